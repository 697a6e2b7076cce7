import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Graph } from './component.ts';
import { shortestPaths } from './paths.ts';

const graph = (roots: number[], needs: number[][]): Graph => ({ roots, needs, wanted: new Map(), rangeOf: () => null });

/** Every path of the shortest length, found by trying all of them. */
function everyShortestPath({ roots, needs }: Graph, target: number): number[][] {
  let level = [...new Set(roots)].map((root) => [root]);
  for (let steps = 0; steps <= needs.length; steps += 1) {
    const found = level.filter((path) => path.at(-1) === target);
    if (found.length > 0) return found;
    level = level.flatMap((path) => (needs[path.at(-1)!] ?? []).map((next) => [...path, next]));
  }
  return [];
}

describe('shortest paths', () => {
  it('start at what the product asks for and end at the component', () => {
    const [direct, deep, orphan] = shortestPaths(graph([0, 1], [[2], [2], [3], [], [3]]), [0, 3, 4]);
    assert.deepEqual(direct, { paths: [[0]], more: 0, orphan: false });
    assert.deepEqual(deep, {
      paths: [
        [0, 2, 3],
        [1, 2, 3],
      ],
      more: 0,
      orphan: false,
    });
    assert.deepEqual(orphan, { paths: [], more: 0, orphan: true });
  });

  it('are not led in circles', () => {
    const [found] = shortestPaths(graph([0], [[1], [0, 2], [1]]), [2]);
    assert.deepEqual(found?.paths, [[0, 1, 2]]);
  });

  it('are listed up to the limit and counted beyond it', () => {
    const wide = graph(
      [0],
      [Array.from({ length: 30 }, (_, i) => i + 1), ...Array.from({ length: 30 }, () => [31]), []],
    );
    const [found] = shortestPaths(wide, [31]);
    assert.equal(found?.paths.length, 20);
    assert.equal(found?.more, 10);
    assert.equal(shortestPaths(wide, [31], 3)[0]?.more, 27);
  });

  it('are counted in a ladder that has 2 to the 200 of them', () => {
    // Rung i is the components 2i and 2i + 1; each needs both of the next rung.
    const needs = Array.from({ length: 400 }, (_, i) => (i < 398 ? [i - (i % 2) + 2, i - (i % 2) + 3] : []));
    const [found] = shortestPaths(graph([0, 1], needs), [399]);
    assert.equal(found?.paths.length, 20);
    assert.equal(found?.paths[0]?.length, 200);
    assert.equal(found?.more, Number.MAX_SAFE_INTEGER);
    assert.equal(new Set(found?.paths.map(String)).size, 20);
  });

  it('may be a hundred thousand steps long', () => {
    const [found] = shortestPaths(
      graph(
        [0],
        Array.from({ length: 100_000 }, (_, i) => (i < 99_999 ? [i + 1] : [])),
      ),
      [99_999],
    );
    assert.equal(found?.paths[0]?.length, 100_000);
  });

  it('agree with trying every path, on any graph', () => {
    const anyGraph = fc.integer({ min: 1, max: 7 }).chain((size) => {
      const index = fc.nat(size - 1);
      return fc.record({
        roots: fc.array(index, { maxLength: 3 }),
        needs: fc.array(fc.uniqueArray(index, { maxLength: 4 }), { minLength: size, maxLength: size }),
      });
    });
    fc.assert(
      fc.property(anyGraph, fc.integer({ min: 0, max: 40 }), ({ roots, needs }, limit) => {
        const all = needs.map((_, target) => target);
        for (const [target, found] of shortestPaths(graph(roots, needs), all, limit).entries()) {
          const expected = everyShortestPath(graph(roots, needs), target).map(String);
          assert.equal(found.paths.length + found.more, expected.length);
          assert.equal(found.paths.length, Math.min(limit, expected.length));
          assert.equal(found.orphan, expected.length === 0);
          assert.equal(new Set(found.paths.map(String)).size, found.paths.length);
          for (const path of found.paths)
            assert.ok(expected.includes(String(path)), `${String(path)} of ${expected.join(' ')}`);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
