import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AskingManifest, type ResolvedEdges, resolvedGraph, scopesOf } from './resolved-graph.ts';

/** 0 → 1, and 0 → 2 if it can be had; 3 → 1; 2 → 4; 5 and 6 need each other; 7 is a workspace; nothing leads to 8. */
const edges: ResolvedEdges = {
  needs: [[1, 2], [], [4], [1], [], [6], [5], [], []],
  optionalFrom: [1, 0, 1, 1, 0, 1, 1, 0, 0],
  rangeOf: (from, to) => `${from} to ${to}`,
};

const manifests: readonly AskingManifest[] = [
  {
    index: null,
    asks: [
      { to: 0, range: '^1', scope: 'production' },
      { to: 7, range: 'workspace:*', scope: 'production' },
      { to: 5, range: null, scope: 'optional' },
    ],
  },
  {
    index: 7,
    asks: [
      { to: 0, range: '^2', scope: 'production' },
      { to: 3, range: '^3', scope: 'development' },
      { to: 3, range: '^4', scope: 'development' },
      { to: 7, range: 'link:.', scope: 'development' },
    ],
  },
];

describe('what components are needed for', () => {
  it('is production before optional before development, and unknown where no manifest leads', () => {
    assert.deepEqual(scopesOf(manifests, edges), [
      'production',
      'production',
      'optional',
      'development',
      'optional',
      'optional',
      'optional',
      'production',
      'unknown',
    ]);
  });
});

describe('the graph of a lockfile that records what each request led to', () => {
  const graph = resolvedGraph(manifests, edges);

  it('starts at what manifests ask for, then at the workspaces', () => {
    assert.deepEqual(graph.roots, [0, 7, 5, 3]);
    assert.deepEqual(graph.needs[7], [0, 3]);
    assert.deepEqual(graph.needs[0], [1, 2]);
  });

  it('has the range of the manifest that asks, for `wanted` that of the first', () => {
    assert.deepEqual(
      [...graph.wanted],
      [
        [0, '^1'],
        [7, 'workspace:*'],
        [3, '^3'],
      ],
    );
    assert.deepEqual(
      [graph.rangeOf(null, 0), graph.rangeOf(7, 0), graph.rangeOf(null, 3), graph.rangeOf(0, 1)],
      ['^1', '^2', null, '0 to 1'],
    );
  });
});
