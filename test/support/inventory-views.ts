/** Inventories as tests compare them. */
import assert from 'node:assert/strict';
import type { Inventory } from '../../src/inventory/component.ts';

/** The whole of an inventory but what it was read from. */
export const saidBy = ({ product, components, coverage, gaps, graph }: Inventory) => {
  const edges = graph();
  return { product, components, coverage, gaps, edges: edges && { roots: edges.roots, needs: edges.needs } };
};

/** The edges between locations, `a > b`. */
export const edgesOf = (inventory: Inventory) => {
  const graph = inventory.graph();
  assert.ok(graph !== null);
  const where = (index: number): string => inventory.components[index]!.location;
  return {
    roots: graph.roots.map(where),
    needs: graph.needs.flatMap((found, from) => found.map((to) => `${where(from)} > ${where(to)}`)),
  };
};
