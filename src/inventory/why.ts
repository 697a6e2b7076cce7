/**
 * Why a vulnerable component is there, and the smallest change that the graph proves to remove it.
 *
 * Only what the input records is used: who asks for the component, and by which range. Whether some later version of a
 * dependent would ask for a fixed one stands in registries, not in lockfiles, so it is never guessed: then the answer
 * names whose range stands in the way. The paths themselves are paths.ts. This is the only file here that loads semver.
 */
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type { Component, ComponentIndex, Graph } from './component.ts';
import { reachFrom } from './paths.ts';

/** One that asks for the component; `from` is `null` for the product's own manifest. */
export interface Asker {
  readonly from: ComponentIndex | null;
  /** As it stands in the input; `null` when the input records none. */
  readonly range: string | null;
}

/**
 * Why an asker does not let the fixed version in: its range excludes it; it names a tag, a commit or an address instead
 * of a range; the input records no range; the input does not say whether the product asks (lockfile version 1);
 * its range excludes even the installed version, so an override or a forced installation decides; the component is
 * bundled in a tarball.
 */
export type Obstacle =
  | 'range-excludes-fix'
  | 'not-a-range'
  | 'range-unknown'
  | 'manifest-unknown'
  | 'overridden'
  | 'bundled';

export interface Blocker extends Asker {
  readonly because: Obstacle;
}

/**
 * `update`: everyone who asks accepts `version`, so refreshing the lockfile suffices (`npm update name`).
 * `upgrade`: the product's own manifests (`null`) or its workspaces must ask for `version`, everyone else accepts it.
 * `not-shown`: the graph shows no change that suffices; `blockers` stand in the way of `version`, the smallest fix.
 * `no-fix`: no fixed version above the installed one is known. `orphan`: nothing asks for it, it can be pruned.
 */
export type Fix =
  | { readonly kind: 'update'; readonly version: string }
  | { readonly kind: 'upgrade'; readonly version: string; readonly manifests: readonly (ComponentIndex | null)[] }
  | { readonly kind: 'not-shown'; readonly version: string; readonly blockers: readonly Blocker[] }
  | { readonly kind: 'no-fix' }
  | { readonly kind: 'orphan' };

export interface Why {
  /** Direct dependencies through which it comes (itself, where it is one), ascending; workspaces are not dependencies. */
  readonly through: readonly ComponentIndex[];
  /** Everyone in the product who asks for this very copy: the product first, then ascending. */
  readonly askedBy: readonly Asker[];
  readonly fix: Fix;
}

/** Negative, zero or positive, by the rules of the component's ecosystem. */
export type CompareVersions = (a: string, b: string) => number;

/** @param fixed Versions that fix the finding, in any order; those not above the installed one are passed over. */
export type AskWhy = (target: ComponentIndex, fixed: readonly string[], compare: CompareVersions) => Why;

/** Prepares the answers for one inventory; each answer then costs at most one walk up the graph. */
export function explainer(components: readonly Component[], graph: Graph): AskWhy {
  const { distance } = reachFrom(graph);
  const neededBy: ComponentIndex[][] = graph.needs.map(() => []);
  for (const [from, found] of graph.needs.entries()) {
    if (distance[from] === -1) continue;
    for (const to of found) neededBy[to]?.push(from);
  }
  const roots = new Set(graph.roots);
  return (target, fixed, compare) => {
    const component = components[target];
    if (component === undefined || distance[target] === -1)
      return { through: [], askedBy: [], fix: { kind: 'orphan' } };
    const askedBy: Asker[] = (neededBy[target] ?? []).map((from) => ({ from, range: graph.rangeOf(from, target) }));
    const own = graph.rangeOf(null, target);
    const productAsks = own !== null || (graph.wanted.size === 0 && roots.has(target));
    if (productAsks) askedBy.unshift({ from: null, range: own });
    const candidates = fixed.filter((version) => compare(version, component.version) > 0).sort(compare);
    return {
      through: directAbove(target, components, neededBy),
      askedBy,
      fix: smallestFix({
        component,
        components,
        askedBy,
        candidates,
        mayBeAsked: mayBeAsked(component, graph, askedBy),
      }),
    };
  };
}

/**
 * True for a package at the top of a lockfile that does not record the product's manifest: the product may ask for it too.
 */
const mayBeAsked = ({ location }: Component, graph: Graph, askedBy: readonly Asker[]): boolean =>
  graph.wanted.size === 0 &&
  /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(location) &&
  askedBy.every(({ from }) => from !== null);

function directAbove(
  target: ComponentIndex,
  components: readonly Component[],
  neededBy: readonly (readonly ComponentIndex[])[],
): readonly ComponentIndex[] {
  const seen = new Set([target]);
  for (const index of seen) for (const above of neededBy[index] ?? []) seen.add(above);
  return [...seen]
    .filter((index) => components[index]?.direct === true && !isWorkspace(components[index]))
    .sort((a, b) => a - b);
}

const isWorkspace = (component: Component | undefined): boolean => component?.origin.kind === 'link';

interface Question {
  readonly component: Component;
  readonly components: readonly Component[];
  readonly askedBy: readonly Asker[];
  /** Fixed versions above the installed one, ascending. */
  readonly candidates: readonly string[];
  readonly mayBeAsked: boolean;
}

function smallestFix(question: Question): Fix {
  const { candidates, components } = question;
  const [smallest] = candidates;
  if (smallest === undefined) return { kind: 'no-fix' };
  const isManifest = ({ from }: Asker): boolean => from === null || isWorkspace(components[from]);
  const judged = candidates.map((version) => ({ version, blockers: blockersOf(question, version) }));
  const free = judged.find(({ blockers }) => blockers.length === 0);
  if (free !== undefined) return { kind: 'update', version: free.version };
  const inOurHands = judged.find(({ blockers }) =>
    blockers.every((blocker) => isManifest(blocker) && canBeRewritten(blocker)),
  );
  if (inOurHands !== undefined) {
    return { kind: 'upgrade', version: inOurHands.version, manifests: inOurHands.blockers.map(({ from }) => from) };
  }
  return { kind: 'not-shown', version: smallest, blockers: judged[0]?.blockers ?? [] };
}

/** A manifest of ours can ask for another version, but one that names a commit or an address chose it over the registry. */
const canBeRewritten = ({ because, range }: Blocker): boolean =>
  because === 'range-excludes-fix' ||
  because === 'range-unknown' ||
  (because === 'not-a-range' && range !== null && !/[:/]/.test(range));

function blockersOf({ component, askedBy, mayBeAsked }: Question, version: string): readonly Blocker[] {
  const own = askedBy.find(({ from }) => from === null);
  // Maven takes the nearest declaration, so the product's own decides for everyone (Maven docs, "Dependency mediation").
  if (component.ecosystem === 'Maven' && own !== undefined) return [{ ...own, because: 'range-unknown' }];
  const blockers: Blocker[] = mayBeAsked ? [{ from: null, range: null, because: 'manifest-unknown' }] : [];
  for (const asker of askedBy) {
    const because =
      component.origin.kind === 'bundled' ? 'bundled' : obstacleOf(asker.range, component.version, version);
    if (because !== null) blockers.push({ ...asker, because });
  }
  return blockers;
}

/** Ranges are judged as npm judges them: loosely, and without prereleases that they do not name (arborist `dep-valid.js`). */
function obstacleOf(range: string | null, installed: string, fixed: string): Obstacle | null {
  if (range === null) return 'range-unknown';
  const bare = range.startsWith('npm:') ? rangeOfAlias(range) : range;
  if (validRange(bare, true) === null) return 'not-a-range';
  if (!satisfies(installed, bare, true)) return 'overridden';
  return satisfies(fixed, bare, true) ? null : 'range-excludes-fix';
}

/** `npm:real-name@range`, where the range may be missing (npm-package-arg, "alias"). */
function rangeOfAlias(spec: string): string {
  const at = spec.lastIndexOf('@');
  return at > 'npm:'.length ? spec.slice(at + 1) : '*';
}
