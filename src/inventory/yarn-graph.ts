/**
 * Who needs whom in a yarn.lock, and what for: descriptors (`name@range`) lead from those who ask to those who answer.
 *
 * yarn-classic.ts and yarn-berry.ts say what each package and each manifest asks for and how a descriptor is looked up; this
 * file makes edges, scopes and the graph of that. Linear in the size of the lockfile.
 */
import type { ComponentIndex, Graph, Scope } from './component.ts';
import { withoutCredentials } from './npm-origin.ts';

/** What a package asks for. */
export interface Ask {
  /** The name it is installed under: an alias, where the range says `npm:other@…`. */
  readonly name: string;
  readonly range: string;
  /** The package works without it, and it is left out where it cannot be built or the platform is another. */
  readonly optional: boolean;
}

/** What a manifest of ours asks for; `scope` is `unknown` where only the lockfile says that it asks. */
export interface ManifestAsk extends Ask {
  readonly scope: Scope;
}

/** The product's own manifest (`index` null) or a workspace's. */
export interface Asker {
  readonly index: ComponentIndex | null;
  readonly asks: readonly ManifestAsk[];
}

/** The component that answers; NOBODY when the lockfile has none, PRODUCT when it is the product itself. */
export type LookUp = (from: ComponentIndex | null, ask: Ask) => ComponentIndex;

export const NOBODY = -1;
export const PRODUCT = -2;

export interface YarnTree {
  /** By component; what a workspace asks for stands in `askers` as well, where its scopes are known. */
  readonly asksOf: readonly (readonly Ask[])[];
  /** The product's own manifest first. */
  readonly askers: readonly Asker[];
  readonly lookUp: LookUp;
}

export interface Edges {
  /** By component: what answers its asks, each once; first what it cannot do without. */
  readonly needs: readonly (readonly ComponentIndex[])[];
  /** By component: how many of its needs, from the first, it cannot do without. */
  readonly firm: Int32Array;
  /** False when something is asked for that nothing in the lockfile answers. */
  readonly whole: boolean;
}

/** Counted loops, as in installed-tree.ts: nothing is compiled yet when a scan comes by. */
export function edgesOf({ asksOf, lookUp }: Pick<YarnTree, 'asksOf' | 'lookUp'>): Edges {
  const needs: ComponentIndex[][] = [];
  const firm = new Int32Array(asksOf.length);
  const lastAskedBy = new Int32Array(asksOf.length).fill(-1);
  let whole = true;
  for (let from = 0; from < asksOf.length; from += 1) {
    const asks = asksOf[from] ?? [];
    const found: ComponentIndex[] = [];
    const optional: ComponentIndex[] = [];
    for (let at = 0; at < asks.length; at += 1) {
      const ask = asks[at];
      if (ask === undefined) continue;
      const to = lookUp(from, ask);
      if (to === NOBODY) whole = false;
      if (ask.optional) optional.push(to);
      else addAnswer(to, from, found, lastAskedBy);
    }
    firm[from] = found.length;
    for (let at = 0; at < optional.length; at += 1) addAnswer(optional[at] ?? NOBODY, from, found, lastAskedBy);
    needs.push(found);
  }
  return { needs, firm, whole };
}

function addAnswer(to: ComponentIndex, from: ComponentIndex, found: ComponentIndex[], lastAskedBy: Int32Array): void {
  if (to < 0 || to === from || lastAskedBy[to] === from) return;
  lastAskedBy[to] = from;
  found.push(to);
}

/**
 * What each component is needed for, by what leads to it from the manifests: production wins, then optional, then
 * development, as in npm's own flags. What an ask of unknown scope leads to may be production, so it is unknown rather than
 * optional or development; so is what nothing leads to.
 *
 * @param complete False when a manifest may be missing. Then, and when an ask has no answer, more may be needed in
 *   production than can be seen, so nothing is called optional or development.
 */
export function scopesOf(edges: Edges, { askers, lookUp }: YarnTree, complete: boolean): readonly Scope[] {
  const { needs, firm } = edges;
  const scopes: (Scope | null)[] = needs.map(() => null);
  const asked: Record<Scope, ComponentIndex[]> = { production: [], development: [], optional: [], unknown: [] };
  let answered = edges.whole;
  for (const { index, asks } of askers) {
    // A workspace is our own code. What it asks for is known by scope from its manifest, so the search stops at it.
    if (index !== null) scopes[index] = 'production';
    for (const ask of asks) {
      const to = lookUp(index, ask);
      if (to === NOBODY) answered = false;
      else if (to >= 0) asked[ask.scope].push(to);
    }
  }
  const workspaces = new Set(askers.map(({ index }) => index));
  const spread = (scope: Scope, queue: ComponentIndex[], onlyFirm: boolean): void => {
    for (const index of queue) {
      if (scopes[index] !== null) continue;
      scopes[index] = scope;
      const found = needs[index] ?? [];
      const count = onlyFirm ? (firm[index] ?? 0) : found.length;
      for (let at = 0; at < count; at += 1) queue.push(found[at] ?? 0);
    }
  };
  spread('production', asked.production, true);
  spread('unknown', asked.unknown, false);
  if (complete && answered) {
    const beside = needs.flatMap((found, index) =>
      scopes[index] === 'production' && !workspaces.has(index) ? found.slice(firm[index]) : [],
    );
    spread('optional', [...asked.optional, ...beside], false);
    spread('development', asked.development, false);
  }
  return scopes.map((scope) => scope ?? 'unknown');
}

/** What the manifests ask for, in their order, each once; then the workspaces themselves. */
export interface DirectDependencies {
  readonly roots: readonly ComponentIndex[];
  readonly wanted: ReadonlyMap<ComponentIndex, string>;
}

export function directOf({ askers, lookUp }: YarnTree): DirectDependencies {
  const wanted = new Map<ComponentIndex, string>();
  for (const { index, asks } of askers) {
    for (const ask of asks) {
      const found = lookUp(index, ask);
      if (found >= 0 && found !== index && !wanted.has(found)) wanted.set(found, withoutCredentials(ask.range));
    }
  }
  const roots = new Set(wanted.keys());
  for (const { index } of askers) if (index !== null) roots.add(index);
  return { roots: [...roots], wanted };
}

export function yarnGraph(tree: YarnTree, { needs }: Edges, { roots, wanted }: DirectDependencies): Graph {
  const rangeOf = (from: ComponentIndex | null, to: ComponentIndex): string | null => {
    const asks = from === null ? tree.askers.find(({ index }) => index === null)?.asks : tree.asksOf[from];
    const range = asks?.find((ask) => tree.lookUp(from, ask) === to)?.range;
    return range === undefined ? null : withoutCredentials(range);
  };
  return { roots, needs, wanted, rangeOf };
}

/** The descriptors of an entry, separated by `, `, as they may be shown: an address may hold an access token. */
export const shownDescriptors = (descriptors: string): string =>
  descriptors.includes('//') ? descriptors.split(', ').map(withoutCredentials).join(', ') : descriptors;
