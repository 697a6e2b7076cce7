/**
 * The ways by which a component came into the product: the shortest paths from what the product itself asks for.
 *
 * One breadth-first search per inventory (`reachFrom`), then each question walks back from its component. Everything is
 * linear in the graph; the number of paths, which can grow as 2 to the depth, is counted but never enumerated.
 */
import type { ComponentIndex, Graph } from './component.ts';

/** What one search from the roots found, by component. */
export interface Reached {
  /** Steps from a root, 0 for a root; -1 for an orphan: nothing that the product asks for leads to it. */
  readonly distance: Int32Array;
  /** The components one step nearer to the roots, in the order in which the search came to them; empty for roots. */
  readonly nearer: readonly (readonly ComponentIndex[])[];
  /** The number of shortest paths; `Number.MAX_SAFE_INTEGER` means that many or more. */
  readonly count: Float64Array;
}

export interface ShortestPaths {
  /** Each from a root to the component itself; empty for an orphan. */
  readonly paths: readonly (readonly ComponentIndex[])[];
  /** Further paths of the same length that are not listed; `Number.MAX_SAFE_INTEGER` means that many or more. */
  readonly more: number;
  /** True when nothing that the product asks for leads to the component (`npm ls` calls it extraneous). */
  readonly orphan: boolean;
}

const SHOWN_PATHS = 20;

/** All shortest paths to each target, in the order of `targets`; at most `limit` of each are listed. */
export function shortestPaths(
  graph: Graph,
  targets: readonly ComponentIndex[],
  limit: number = SHOWN_PATHS,
  reached: Reached = reachFrom(graph),
): readonly ShortestPaths[] {
  return targets.map((target) => {
    const paths = pathsTo(target, reached, limit);
    const count = reached.count[target] ?? 0;
    const more = count >= Number.MAX_SAFE_INTEGER ? count : count - paths.length;
    return { paths, more, orphan: count === 0 };
  });
}

/** One breadth-first search over the whole graph; components of equal distance in the order in which they were met. */
export function reachFrom({ roots, needs }: Graph): Reached {
  const distance = new Int32Array(needs.length).fill(-1);
  const count = new Float64Array(needs.length);
  const nearer: ComponentIndex[][] = needs.map(() => []);
  const queue: ComponentIndex[] = [];
  for (const root of roots) {
    if (distance[root] === 0) continue;
    distance[root] = 0;
    count[root] = 1;
    queue.push(root);
  }
  for (let next = 0; next < queue.length; next += 1) {
    const from = queue[next] ?? 0;
    const step = (distance[from] ?? 0) + 1;
    for (const to of needs[from] ?? []) {
      if (distance[to] === -1) {
        distance[to] = step;
        queue.push(to);
      }
      if (distance[to] !== step) continue;
      nearer[to]?.push(from);
      count[to] = Math.min(Number.MAX_SAFE_INTEGER, (count[to] ?? 0) + (count[from] ?? 0));
    }
  }
  return { distance, nearer, count };
}

/** Walks back from the target, depth first; every way back ends at a root, so no step is taken in vain. */
function pathsTo(target: ComponentIndex, { distance, nearer }: Reached, limit: number): readonly ComponentIndex[][] {
  const paths: ComponentIndex[][] = [];
  const length = (distance[target] ?? -1) + 1;
  if (length === 0) return paths;
  const path = Array.from({ length }, () => target);
  /** At each position of the path: which of the nearer components is tried next. */
  const choice = new Int32Array(length);
  let at = length - 1;
  while (at < length && paths.length < limit) {
    const options = nearer[path[at] ?? 0] ?? [];
    const option = options[choice[at] ?? 0];
    if (at > 0 && option !== undefined) {
      choice[at] = (choice[at] ?? 0) + 1;
      at -= 1;
      path[at] = option;
      choice[at] = 0;
      continue;
    }
    if (at === 0) paths.push([...path]);
    at += 1;
  }
  return paths;
}
