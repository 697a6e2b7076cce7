/**
 * Who needs whom in a yarn.lock, and what for: descriptors (`name@range`) lead from those who ask to those who answer.
 *
 * yarn-classic.ts and yarn-berry.ts say what each package and each manifest asks for and how a descriptor is looked up; this
 * file follows every ask, and resolved-graph.ts makes scopes and the graph of that. Linear in the size of the lockfile.
 */
import type { ComponentIndex, Scope } from './component.ts';
import { withoutCredentials } from './npm-origin.ts';
import type { AskingManifest, ResolvedEdges } from './resolved-graph.ts';

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

/** The tree with every ask followed to its answer. */
export interface Linked {
  readonly manifests: readonly AskingManifest[];
  readonly edges: ResolvedEdges;
  /** False when something is asked for that nothing in the lockfile answers. */
  readonly answered: boolean;
}

export function link(tree: YarnTree): Linked {
  const edges = edgesOf(tree);
  let { answered } = edges;
  const manifests = tree.askers.map(({ index, asks }): AskingManifest => {
    const found: AskingManifest['asks'][number][] = [];
    for (const ask of asks) {
      const to = tree.lookUp(index, ask);
      if (to === NOBODY) answered = false;
      if (to >= 0) found.push({ to, range: withoutCredentials(ask.range), scope: ask.scope });
    }
    return { index, asks: found };
  });
  return { manifests, edges, answered };
}

/**
 * What packages need: what answers their asks, each once, first what they cannot do without. Counted loops, as in
 * installed-tree.ts: nothing is compiled yet when a scan comes by.
 */
function edgesOf({ asksOf, askers, lookUp }: YarnTree): ResolvedEdges & { readonly answered: boolean } {
  const needs: (readonly ComponentIndex[])[] = [];
  const optionalFrom = new Int32Array(asksOf.length);
  const lastAskedBy = new Int32Array(asksOf.length).fill(-1);
  const workspaces = new Set(askers.map(({ index }) => index));
  let answered = true;
  for (let from = 0; from < asksOf.length; from += 1) {
    // What a workspace asks for stands in its manifest.
    const asks = workspaces.has(from) ? [] : (asksOf[from] ?? []);
    const found: ComponentIndex[] = [];
    const optional: ComponentIndex[] = [];
    for (let at = 0; at < asks.length; at += 1) {
      const ask = asks[at];
      if (ask === undefined) continue;
      const to = lookUp(from, ask);
      if (to === NOBODY) answered = false;
      if (ask.optional) optional.push(to);
      else addAnswer(to, from, found, lastAskedBy);
    }
    optionalFrom[from] = found.length;
    for (let at = 0; at < optional.length; at += 1) addAnswer(optional[at] ?? NOBODY, from, found, lastAskedBy);
    needs.push(found);
  }
  const rangeOf = (from: ComponentIndex, to: ComponentIndex): string | null => {
    const range = asksOf[from]?.find((ask) => lookUp(from, ask) === to)?.range;
    return range === undefined ? null : withoutCredentials(range);
  };
  return { needs, optionalFrom, rangeOf, answered };
}

function addAnswer(to: ComponentIndex, from: ComponentIndex, found: ComponentIndex[], lastAskedBy: Int32Array): void {
  if (to < 0 || to === from || lastAskedBy[to] === from) return;
  lastAskedBy[to] = from;
  found.push(to);
}

/** The descriptors of an entry, separated by `, `, as they may be shown: an address may hold an access token. */
export const shownDescriptors = (descriptors: string): string =>
  descriptors.includes('//') ? descriptors.split(', ').map(withoutCredentials).join(', ') : descriptors;
