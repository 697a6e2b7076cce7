/** What must hold of an inventory, whatever text it was read from. */
import assert from 'node:assert/strict';
import type { Inventory } from '../../src/inventory/component.ts';
import { shortestPaths } from '../../src/inventory/paths.ts';
import { parsePurl } from '../../src/inventory/purl.ts';
import { HoldfastError } from '../../src/lib/errors.ts';

/** Asks an inventory everything that can be asked, and checks what must hold for any input. */
export function assertSound(read: () => Inventory): void {
  let inventory: Inventory;
  try {
    inventory = read();
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError, `${String(thrown)} ${thrown instanceof Error ? thrown.stack : ''}`);
    assert.ok(thrown.code === 'INVENTORY_MALFORMED' || thrown.code === 'INVENTORY_UNSUPPORTED');
    assert.ok(thrown.message.length < 300 && thrown.hint !== '');
    return;
  }
  const { components } = inventory;
  for (const { name, version, purl, location, ecosystem } of components) {
    for (const text of [name, version, purl, location, ecosystem]) assert.equal(typeof text, 'string');
    assert.ok(purl === '' || parsePurl(purl) !== null, purl);
    assert.ok(!/:\/\/[^/]*pw@/.test(purl));
  }
  const graph = inventory.graph();
  if (graph === null) return;
  assert.equal(graph.needs.length, components.length);
  const isComponent = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < components.length;
  assert.ok(graph.roots.every(isComponent) && new Set(graph.roots).size === graph.roots.length);
  for (const [from, found] of graph.needs.entries()) {
    assert.ok(found.every(isComponent) && new Set(found).size === found.length && !found.includes(from));
    for (const to of found) graph.rangeOf(from, to);
  }
  shortestPaths(
    graph,
    components.map((_, index) => index),
    3,
  );
}
