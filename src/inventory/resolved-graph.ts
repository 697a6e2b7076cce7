/**
 * The graph of a lockfile that names by itself what each request led to, and what each component is needed for.
 *
 * pnpm-lock.ts and bun-lock.ts make it; npm's lockfiles, where folders decide who finds whom, have installed-tree.ts.
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
  readonly scope: 'production' | 'optional' | 'development';
}

/** A manifest of the product: its own (`index` null) or a workspace's. */
export interface AskingManifest {
  readonly index: ComponentIndex | null;
  readonly asks: readonly Ask[];
}

/** What the components that are not manifests need. */
export interface ResolvedEdges {
  /** By component, each once and never the component itself; empty for workspaces, whose manifests say it. */
  readonly needs: readonly ComponentIndex[][];
  /** By component: from which position of its list on the needs are optional. */
  readonly optionalFrom: readonly number[];
  /** As `Graph.rangeOf`, for a component that is no workspace. */
  readonly rangeOf: (from: ComponentIndex, to: ComponentIndex) => string | null;
}

/** @param manifests The product's own first. */
export function resolvedGraph(manifests: readonly AskingManifest[], edges: ResolvedEdges): Graph {
  const wanted = new Map<ComponentIndex, string>();
  const roots = new Set<ComponentIndex>();
  const needs = [...edges.needs];
  for (const { index, asks } of manifests) {
    for (const { to, range } of asks) {
      if (to === index) continue;
      roots.add(to);
      if (!wanted.has(to) && range !== null) wanted.set(to, range);
    }
    if (index !== null) needs[index] = [...new Set(asks.map(({ to }) => to).filter((to) => to !== index))];
  }
  for (const { index } of manifests) if (index !== null) roots.add(index);
  const rangeOf = (from: ComponentIndex | null, to: ComponentIndex): string | null => {
    const manifest = manifests.find(({ index }) => index === from);
    if (manifest !== undefined) return manifest.asks.find((ask) => ask.to === to)?.range ?? null;
    return from === null ? null : edges.rangeOf(from, to);
  };
  return { roots: [...roots], needs, wanted, rangeOf };
}

/**
 * What each component is needed for: production before optional before development; `unknown` for what no manifest leads
 * to. A workspace is the product's own, so it counts as production, and what it asks for counts by its own tables.
 */
export function scopesOf(manifests: readonly AskingManifest[], { needs, optionalFrom }: ResolvedEdges): Scope[] {
  const scopes: Scope[] = [];
  for (let index = 0; index < needs.length; index += 1) scopes.push('unknown');
  /** What has been reached and whose needs have not been looked at yet. */
  const open: ComponentIndex[] = [];
  const reach = (index: ComponentIndex, scope: Scope): void => {
    if (scopes[index] !== 'unknown') return;
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
  for (let from = 0; from < needs.length; from += 1) {
    const list = needs[from] ?? [];
    if (scopes[from] !== 'production') continue;
    for (let at = optionalFrom[from] ?? 0; at < list.length; at += 1) reach(list[at] ?? 0, 'optional');
  }
  spread('optional');
  spread('development');
  return scopes;
}

const MOST_GAPS = 20;

/** Notes a request that leads to nothing in the file: a package is missing there, and nobody would scan it. */
export function addGap(gaps: Set<string>, from: string, name: string, wanted: string): void {
  const [who, what, which] = [from, name, wanted].map((text) => excerpt(withoutCredentials(text)));
  const sentence = `${what}${which === '' ? '' : ` ${which}`}, which ${who} asks for, is not among the packages of the lockfile`;
  if (gaps.size < MOST_GAPS) gaps.add(sentence);
  else if (!gaps.has(sentence)) gaps.add('More requests lead to no package of the lockfile');
}
