import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseText } from './parse.client.ts';
import { scopesOf } from './scopes.ts';
import { newSteps } from './flow-steps.ts';
import type { Step } from './flow-trace.ts';

it('tells steps apart by the variable under which their value was found', () => {
  const parsed = parseText('a.js', 'let a, b; a = b;', 'detect');
  assert.ok('tree' in parsed);
  const { tree } = parsed;
  const scopes = scopesOf(tree);
  const [a, b] = scopes.bindings;
  assert.ok(a !== undefined && b !== undefined);
  const file = { path: 'a.js', tree, scopes, isEsm: false, elsewhere: null };
  const path = ['run'];
  const stepOf = (keyed?: typeof a): Step => ({
    kind: 'value',
    file,
    node: tree.program,
    tag: { path, may: false, back: false, ...(keyed && { keyed: { binding: keyed, name: 'run', isFixed: true } }) },
  });
  const isNew = newSteps();
  const seen = new Set<number>();
  assert.deepEqual(
    [stepOf(), stepOf(a), stepOf(b), stepOf(a), stepOf()].map((step) => isNew(seen, step)),
    [true, true, true, false, false],
  );
});
