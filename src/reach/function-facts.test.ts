import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { coveredBy, placeTree } from '../../test/support/module-tree.ts';
import { functionsNamed, functionsOf } from './function-facts.ts';
import { parseText } from './parse.client.ts';

function functionsIn(text: string): ReturnType<typeof functionsOf> {
  const parsed = parseText('program.js', text, 'commonjs');
  assert.ok('tree' in parsed);
  return functionsOf(parsed.tree);
}

const PROGRAM = `
'use strict';
function plain() {}
var expression = function () {};
const arrow = () => {};
let named = function inner() {};
exports.parse = function () {};
exports.format = () => {};
module.exports.deep = { tool: function () {}, short() {}, get size() { return 1; }, set size(value) {}, async *[Symbol.iterator]() {} };
function Type() { this.own = function () {}; }
Type.prototype.method = function () {};
Type.prototype.other = function explicit() {};
class Shape { constructor() {} area() {} static make() {} get name() { return ''; } static async load() {} field = () => {}; static other = function () {}; }
const Nameless = class { constructor() {} run() {} };
const { preset = function () {} } = {};
let later;
later = function () {};
later ||= () => {};
exports.first = exports.second = function () {};
const table = { 'quoted-name': function () {}, 12: function () {} };
[1].map(function () {});
[1].map((one) => one);
(function () {})();
exports.made = (function () { return function () {}; })();
exports.choice = true ? function () {} : null;
exports.wrapped = [function () {}].slice(0);
var outer = exports.inner = function () {};
async function waits() {}
function* yields() {}
new Type();
new Shape();
const object = { *gen() {}, async wait() {}, async *both() {} };
`;

/** `name start end`, in the order of the starts. V8 adds functions of its own for fields and static blocks; they are in no source. */
const line = ({ name, start, end }: { name: string; start: number; end: number }): string => `${name} ${start} ${end}`;

test('functions have the names and the places that V8 gives them in coverage', () => {
  const root = placeTree({ 'program.js': PROGRAM });
  const [covered] = coveredBy(root, 'program.js');
  const seen = (covered?.functions ?? [])
    .filter(({ name, start, end }) => !/^<|^$/.test(name) || !(start === 0 && end === PROGRAM.length))
    .filter(({ name }) => !name.startsWith('<'))
    .toSorted((left, right) => left.start - right.start || right.end - left.end)
    .map(line);
  assert.ok(seen.length > 40, `${seen.length}`);
  assert.deepEqual(
    functionsIn(readFileSync(`${root}/program.js`, 'utf8')).map(({ fact }) => line(fact)),
    seen,
  );
});

test('a symbol means the functions that are called so, and those whose last part is', () => {
  const functions = functionsIn('exports.parse = function () {}; function parse() {} const x = { reparse() {} };');
  assert.deepEqual(
    functionsNamed(functions, 'parse').map(({ fact: { name, id } }) => `${id} ${name}`),
    ['0 exports.parse', '1 parse'],
  );
  assert.deepEqual(
    functionsNamed(functions, 'exports.parse').map(({ fact }) => fact.id),
    [0],
  );
});

test('a function knows its line and the function around it', () => {
  const functions = functionsIn('function a() {\n  return () => {\n    function b() {}\n  };\n}\n');
  assert.deepEqual(
    functions.map(({ fact: { name, line: at, parent } }) => [name, at, parent]),
    [
      ['a', 1, null],
      ['', 2, 0],
      ['b', 3, 1],
    ],
  );
});
