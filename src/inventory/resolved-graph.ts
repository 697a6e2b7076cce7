/**
 * The graph of a lockfile that names by itself what each request led to, and what each component is needed for.
 *
 * pnpm-lock.ts and bun-lock.ts make it; npm's lockfiles, where folders decide who finds whom, have installed-tree.ts.
 * Counted loops and flat arrays: this runs once, before V8 has compiled anything.
 */
import type { ComponentIndex, Graph, Scope } from './component.ts';

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
  const scopes = needs.map((): Scope => 'unknown');
  const spread = (found: ComponentIndex[], scope: Scope): void => {
    for (let next = 0; next < found.length; next += 1) {
      const from = found[next] ?? 0;
      if (scopes[from] !== 'unknown') continue;
      scopes[from] = scope;
      const list = needs[from] ?? [];
      const end = scope === 'production' ? (optionalFrom[from] ?? list.length) : list.length;
      for (let at = 0; at < end; at += 1) found.push(list[at] ?? 0);
    }
  };
  const askedAs = (scope: Scope): ComponentIndex[] =>
    manifests.flatMap(({ asks }) => asks.filter((ask) => ask.scope === scope).map(({ to }) => to));
  for (const { index } of manifests) if (index !== null) scopes[index] = 'production';
  spread(askedAs('production'), 'production');
  const optional = askedAs('optional');
  for (let from = 0; from < needs.length; from += 1) {
    if (scopes[from] === 'production') optional.push(...(needs[from]?.slice(optionalFrom[from]) ?? []));
  }
  spread(optional, 'optional');
  spread(askedAs('development'), 'development');
  return scopes;
}
