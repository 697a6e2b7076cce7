/**
 * The graph of a lockfile that names by itself what each request led to, and what each component is needed for.
 *
 * pnpm-lock.ts, bun-lock.ts and yarn-graph.ts make it; npm's lockfiles, where folders decide who finds whom, have
 * installed-tree.ts.
 * Counted loops and flat arrays: this runs once, before V8 has compiled anything.
 */
import type { ComponentIndex, Graph, Scope } from './component.ts';
import { withoutCredentials } from './npm-origin.ts';
import { excerpt } from './unreadable.ts';

/** One request of a manifest of the product, and what it led to. */
export interface Ask {
  readonly to: ComponentIndex;
  /** As the manifest has it; `null` when the lockfile does not record it. */
  readonly range: string | null;
  /** `unknown` where only the lockfile says that the manifest asks, and not for what. */
  readonly scope: Scope;
}

/** A manifest of the product: its own (`index` null) or a workspace's. */
export interface AskingManifest {
  readonly index: ComponentIndex | null;
  readonly asks: readonly Ask[];
}

/** What the components that are not manifests need. */
export interface ResolvedEdges {
  /** By component, each once and never the component itself; empty for workspaces, whose manifests say it. */
  readonly needs: readonly (readonly ComponentIndex[])[];
  /** By component: from which position of its list on the needs are optional. */
  readonly optionalFrom: ArrayLike<number>;
  /** As `Graph.rangeOf`, for a component that is no workspace. */
  readonly rangeOf: (from: ComponentIndex, to: ComponentIndex) => string | null;
}

/** @param manifests The product's own first. */
export function resolvedGraph(manifests: readonly AskingManifest[], edges: ResolvedEdges): Graph {
  const wanted = new Map<ComponentIndex, string>();
  const needs = [...edges.needs];
  for (const { index, asks } of manifests) {
    for (const { to, range } of asks) if (to !== index && !wanted.has(to) && range !== null) wanted.set(to, range);
    if (index !== null) needs[index] = [...new Set(asks.map(({ to }) => to).filter((to) => to !== index))];
  }
  const rangeOf = (from: ComponentIndex | null, to: ComponentIndex): string | null => {
    const manifest = manifests.find(({ index }) => index === from);
    if (manifest !== undefined) return manifest.asks.find((ask) => ask.to === to)?.range ?? null;
    return from === null ? null : edges.rangeOf(from, to);
  };
  return { roots: rootsOf(manifests), needs, wanted, rangeOf };
}

/** What the manifests ask for, in their order, each once; then the workspaces themselves. */
export function rootsOf(manifests: readonly AskingManifest[]): readonly ComponentIndex[] {
  const roots = new Set<ComponentIndex>();
  for (const { index, asks } of manifests) for (const { to } of asks) if (to !== index) roots.add(to);
  for (const { index } of manifests) if (index !== null) roots.add(index);
  return [...roots];
}

/**
 * What each component is needed for: production before optional before development, as in npm's own flags; `unknown` for
 * what no manifest leads to. What an ask of unknown scope leads to may be production, so it is unknown rather than optional or
 * development. A workspace is the product's own, so it counts as production, and what it asks for counts by its own tables.
 *
 * @param certain False when a manifest or an answer may be missing. Then more may be needed in production than can be seen, so
 *   nothing is called optional or development.
 */
export function scopesOf(
  manifests: readonly AskingManifest[],
  { needs, optionalFrom }: ResolvedEdges,
  certain: boolean = true,
): Scope[] {
  const scopes: (Scope | null)[] = [];
  for (let index = 0; index < needs.length; index += 1) scopes.push(null);
  /** What has been reached and whose needs have not been looked at yet. */
  const open: ComponentIndex[] = [];
  const reach = (index: ComponentIndex, scope: Scope): void => {
    if (scopes[index] !== null) return;
    scopes[index] = scope;
    open.push(index);
  };
  const spread = (scope: Scope): void => {
    for (const { asks } of manifests) for (const ask of asks) if (ask.scope === scope) reach(ask.to, scope);
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      const list = needs[from] ?? [];
      const end = scope === 'production' ? (optionalFrom[from] ?? 0) : list.length;
      for (let at = 0; at < end; at += 1) reach(list[at] ?? 0, scope);
    }
  };
  for (const { index } of manifests) if (index !== null) scopes[index] = 'production';
  spread('production');
  spread('unknown');
  if (certain) {
    for (let from = 0; from < needs.length; from += 1) {
      const list = needs[from] ?? [];
      if (scopes[from] !== 'production') continue;
      for (let at = optionalFrom[from] ?? 0; at < list.length; at += 1) reach(list[at] ?? 0, 'optional');
    }
    spread('optional');
    spread('development');
  }
  return scopes.map((scope) => scope ?? 'unknown');
}

const MOST_GAPS = 20;

/** Notes a request that leads to nothing in the file: a package is missing there, and nobody would scan it. */
export function addGap(gaps: Set<string>, from: string, name: string, wanted: string): void {
  const [who, what, which] = [from, name, wanted].map((text) => excerpt(withoutCredentials(text)));
  const sentence = `${what}${which === '' ? '' : ` ${which}`}, which ${who} asks for, is not among the packages of the lockfile`;
  if (gaps.size < MOST_GAPS) gaps.add(sentence);
  else if (!gaps.has(sentence)) gaps.add('More requests lead to no package of the lockfile');
}
