import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from './parse.client.ts';
import { replacedNatives } from './replaced-natives.ts';
import { scopesOf } from './scopes.ts';

function replacedBy(source: string): readonly string[] {
  const parsed = parseText('a.js', source, 'commonjs');
  assert.ok('tree' in parsed);
  return replacedNatives(parsed.tree, scopesOf(parsed.tree));
}

test('what a file puts in the place of the language is found', () => {
  assert.deepEqual(replacedBy('Object.keys = f;\nconsole.log = g'), ['Object.keys', 'console.log']);
  assert.deepEqual(replacedBy('Object[name] = f'), ['Object']);
  assert.deepEqual(replacedBy('Object.assign(Reflect, { get: f })'), ['Reflect']);
  assert.deepEqual(replacedBy('global.JSON = x'), ['JSON']);
  assert.deepEqual(replacedBy('root.Array.isArray = f'), ['Array.isArray']);
  assert.deepEqual(replacedBy("require('util').inherits = f"), ['util.inherits']);
  assert.deepEqual(replacedBy('String = f'), ['String']);
  assert.deepEqual(replacedBy('function patch(util) { util.inherits = f; }'), ['util.inherits']);
  assert.deepEqual(replacedBy("var util = require('./own'); util.inherits = f"), ['util.inherits']);
  assert.deepEqual(replacedBy('var util = {}; util = given; util.inherits = f'), ['util.inherits']);
  assert.deepEqual(replacedBy("setTimeout('Object.keys = f')"), ['Object.keys']);
  assert.deepEqual(replacedBy('ways.set(Map, f)'), ['Map']);
});

test('settings of errors are there to be set, and what gets the errors is noted', () => {
  assert.deepEqual(replacedBy('Error.stackTraceLimit = 5'), []);
  assert.deepEqual(replacedBy('Error.prepareStackTrace = f'), ['Error.prepareStackTrace']);
  assert.deepEqual(replacedBy('const E = Error; E.prepareStackTrace = f'), ['Error.prepareStackTrace']);
});

test('a variable that is known to be another module replaces nothing', () => {
  const parsed = parseText('a.js', "var util = require('is'); util.inherits = f", 'detect');
  assert.ok('tree' in parsed);
  const scopes = scopesOf(parsed.tree);
  assert.deepEqual(replacedNatives(parsed.tree, scopes), ['util.inherits']);
  assert.deepEqual(
    replacedNatives(parsed.tree, scopes, ({ type }) => type === 'CallExpression'),
    [],
  );
});

test('a comment replaces nothing', () => {
  assert.deepEqual(replacedBy('/** @param {Object=} a */ function f(a) {}\n// Object.keys = f\nf()'), []);
});

test("a variable of the file's own is none of the language's", () => {
  assert.deepEqual(replacedBy("var a = 1,\n    Map = require('./map');"), []);
  assert.deepEqual(replacedBy("var util = Object.create(require('core')); util.inherits = f"), []);
  assert.deepEqual(replacedBy('class Set {}\nSet.of = f'), []);
  assert.deepEqual(replacedBy('var Set; with (x) { Set = f }'), ['Set']);
  assert.deepEqual(replacedBy('const ways = new Map();\nways.set(Map, f)'), []);
});
