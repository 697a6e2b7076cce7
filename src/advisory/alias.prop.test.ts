import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { groupAliases } from './alias.ts';

test('two records share a group exactly when a path of aliases joins them', () => {
  const id = fc.integer({ min: 0, max: 14 }).map(String);
  fc.assert(
    fc.property(fc.array(fc.record({ id, aliases: fc.array(id, { maxLength: 2 }) }), { maxLength: 12 }), (list) => {
      const { groupOf, members } = groupAliases(list);
      for (const [position, { id: start }] of list.entries()) {
        const reached = reachable(start, list);
        assert.deepEqual(members[groupOf[position] ?? -1], [...reached].sort());
      }
    }),
  );
});

/** Walks links until nothing new appears. */
function reachable(start: string, list: readonly { readonly id: string; readonly aliases: readonly string[] }[]) {
  const reached = new Set([start]);
  for (let before = 0; before !== reached.size; ) {
    before = reached.size;
    for (const { id, aliases } of list) {
      const ids = [id, ...aliases];
      if (ids.some((one) => reached.has(one))) for (const one of ids) reached.add(one);
    }
  }
  return reached;
}
