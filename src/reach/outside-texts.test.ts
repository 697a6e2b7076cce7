import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { closureOf, placeTree } from '../../test/support/module-tree.ts';

const PROGRAM = {
  'a.js': "require('engine').render('hello');",
  'node_modules/engine/package.json': '{"name":"engine","version":"1.0.0"}',
  'node_modules/engine/index.js': 'exports.render = (text) => new Function(text);',
};

const boundOf = async (root: string) => (await closureOf(root, 'a.js')).sites[0]?.bound;

test('what a package makes of texts is bounded, and the report says under which assumption', async () => {
  assert.deepEqual(await boundOf(placeTree(PROGRAM)), {
    kind: 'files',
    files: [],
    says: 'makes a function of texts of the program, which lead to no module but those that its functions import',
    assumes: 'no text from outside is a program that loads one or changes what others use',
  });
});

const BESIDE: readonly (readonly [what: string, file: string, text: string])[] = [
  ['a template', 'views/page.ejs', '<% process.mainModule.require("x") %>'],
  ['JSON with escapes', 'data/page.json', '{"text":"process.m\\u0061inModule"}'],
  ['JSON that is broken', 'data/page.json', '{"text":"process.mainModule'],
  ['a template of a package', 'node_modules/engine/page.tpl', 'import("x")'],
];
for (const [what, file, text] of BESIDE)
  test(`what a package makes of texts has no bound beside ${what} that leads to a module`, async () => {
    assert.equal((await boundOf(placeTree({ ...PROGRAM, [file]: text })))?.kind, 'anything');
  });

test('what a package makes of texts has no bound where a link hides some of them', async () => {
  const root = placeTree(PROGRAM);
  symlinkSync(join(root, 'node_modules'), join(root, 'views'));
  assert.equal((await boundOf(root))?.kind, 'anything');
});

const ABOUT = {
  'node_modules/engine/README.md': 'Use `import("engine")`.',
  'package-lock.json': '{"process":"1.0.0"}',
};

test('what is written about a package is no text that a function is made of', async () => {
  assert.equal((await boundOf(placeTree({ ...PROGRAM, ...ABOUT })))?.kind, 'files');
});
