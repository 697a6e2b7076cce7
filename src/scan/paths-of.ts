/** The paths of findings: searches of graphs, shared by all findings of an inventory. Pure. */
import type { ComponentIndex, Graph, Inventory } from '../inventory/component.ts';
import { reachFrom, shortestPaths, type Reached } from '../inventory/paths.ts';
import { MAX_PATHS, type PathFinder } from './finding.ts';

/** Searches each inventory's graph once, and only when one of its components has a finding. */
export function pathFinder(): PathFinder {
  const searches = new Map<Inventory, { readonly graph: Graph; readonly reached: Reached } | null>();
  const searchOf = (inventory: Inventory): { readonly graph: Graph; readonly reached: Reached } | null => {
    const known = searches.get(inventory);
    if (known !== undefined) return known;
    const graph = inventory.graph();
    const search = graph === null ? null : { graph, reached: reachFrom(graph) };
    searches.set(inventory, search);
    return search;
  };
  return (inventory, index) => {
    const search = searchOf(inventory);
    if (search === null) return { paths: [], total: 0 };
    const [found] = shortestPaths(search.graph, [index], MAX_PATHS, search.reached);
    const label = (at: ComponentIndex): string => {
      const component = inventory.components[at];
      return component === undefined ? '' : `${component.name}@${component.version}`;
    };
    const paths = found?.paths ?? [];
    return { paths: paths.map((path) => path.map(label)), total: paths.length + (found?.more ?? 0) };
  };
}
