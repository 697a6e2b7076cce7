import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseText } from './parse.client.ts';
import { scopesOf } from './scopes.ts';
import { newSteps, type SeenSteps } from './flow-steps.ts';
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
  const seen: SeenSteps = new Map();
  assert.deepEqual(
    [stepOf(), stepOf(a), stepOf(b), stepOf(a), stepOf()].map((step) => isNew(seen, step)),
    [true, true, true, false, false],
  );
});

it('takes each step once, however many paths a place has, and a perhaps only where there was no certainty', () => {
  const parsed = parseText('a.js', 'a;', 'detect');
  assert.ok('tree' in parsed);
  const { tree } = parsed;
  const file = { path: 'a.js', tree, scopes: scopesOf(tree), isEsm: false, elsewhere: null };
  const stepOf = (name: string, may: boolean, kind: 'value' | 'store' = 'value'): Step => ({
    kind,
    file,
    node: tree.program,
    tag: { path: [name], may, back: false },
  });
  const isNew = newSteps();
  const seen: SeenSteps = new Map();
  for (let at = 0; at < 40; at += 1) {
    const name = `run${at}`;
    assert.deepEqual(
      [true, true, false, false].map((may) => isNew(seen, stepOf(name, may))),
      [true, false, true, false],
      name,
    );
    assert.equal(isNew(seen, stepOf(name, true)), false, name);
    assert.equal(isNew(seen, stepOf(name, true, 'store')), true, name);
  }
  for (let at = 0; at < 40; at += 1) assert.equal(isNew(seen, stepOf(`run${at}`, false)), false);
});
