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
    tag: { path, may: false, back: 0, ...(keyed && { keyed: { binding: keyed, name: 'run', isFixed: true } }) },
  });
  const isNew = newSteps();
  const seen: SeenSteps = {};
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
    tag: { path: [name], may, back: 0 },
  });
  const isNew = newSteps();
  const seen: SeenSteps = {};
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

it('takes a step again when more objects on its way were given something, and not when fewer were', () => {
  const parsed = parseText('a.js', 'a;', 'detect');
  assert.ok('tree' in parsed);
  const { tree } = parsed;
  const file = { path: 'a.js', tree, scopes: scopesOf(tree), isEsm: false, elsewhere: null };
  const stepOf = (first: string, back: number, may = false): Step => ({
    kind: 'value',
    file,
    node: tree.program,
    tag: { path: [first, 'b', 'run'], may, back },
  });
  for (const others of [0, 1, 40]) {
    const isNew = newSteps();
    const seen: SeenSteps = {};
    for (let at = 0; at < others; at += 1) isNew(seen, stepOf(`other${at}`, at % 4));
    assert.deepEqual(
      [0b00, 0b10, 0b00, 0b10, 0b01, 0b11, 0b01, 0b10].map((back) => isNew(seen, stepOf('a', back))),
      [true, true, false, false, true, true, false, false],
      `beside ${others}`,
    );
    assert.equal(isNew(seen, stepOf('a', 0b11, true)), false, 'what perhaps is so says less');
    assert.equal(isNew(seen, stepOf('c', 0b01, true)), true);
    assert.equal(isNew(seen, stepOf('c', 0b00)), true, 'what is so for certain says more in another way');
  }
});
