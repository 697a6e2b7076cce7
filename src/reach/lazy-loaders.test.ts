import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closureOf, placeTree } from '../../test/support/module-tree.ts';
import { flowFiles } from './flow-files.actions.ts';
import { boundLazyLoaders } from './lazy-loaders.ts';

/** lazy-cache 1.0.4, index.js, as the registry has it. */
const LAZY_CACHE = '8d51334337ee8a95ca75609561bb41948e816126e3c5c6b4b1491c7292de9099';
const BUILTINS = new Set(['fs', 'child_process']);

/** What is said of the places of `utils.js` that hand `require` on, where `node_modules/lazy` is the file with that digest. */
async function boundsIn(
  utils: string,
  main = "require('./utils').one;",
  digest = LAZY_CACHE,
): Promise<readonly string[]> {
  const root = placeTree({
    'index.js': main,
    'utils.js': utils,
    'node_modules/lazy/index.js': 'module.exports = (load) => (name) => load(name);',
    'node_modules/one/index.js': '',
  });
  const closure = await closureOf(root, 'index.js');
  const files = new Map(
    [...closure.files].map(([path, file]) => [path, path.includes('/lazy/') ? { ...file, hash: digest } : file]),
  );
  const { sites } = boundLazyLoaders({ ...closure, files }, flowFiles(closure).open, BUILTINS);
  return sites
    .filter(({ file, form }) => file.endsWith('utils.js') && form === 'require-value')
    .map(({ bound }) => bound.kind);
}

describe('a loader that waits, and that a person has read', () => {
  it('can name the texts with which it is called', async () => {
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); load('one'); load.one;"), ['files']);
    assert.deepEqual(await boundsIn("const lazy = require('lazy'); const load = lazy(require); load('one');"), [
      'files',
    ]);
    assert.deepEqual(await boundsIn("const one = require('lazy')(require)('one'); one.x;"), ['files']);
    const hidden =
      "var load = require('lazy')(require); var fn = require; require = load; require('one', 'a'); require = fn; module.exports = load;";
    assert.deepEqual(await boundsIn(hidden), ['files']);
  });

  it('can name anything where it is called with something else', async () => {
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); load(process.argv[2]);"), ['anything']);
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); load.call(null, 'one');"), ['anything']);
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); load[process.argv[2]];"), ['anything']);
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); ['one'].map(load);"), ['anything']);
    assert.deepEqual(await boundsIn("require('lazy')(require)(process.argv[2]);"), ['anything']);
    const hidden = "var load = require('lazy')(require); require = load; require(process.argv[2]);";
    assert.deepEqual(await boundsIn(hidden), ['anything']);
  });

  it('can name anything where it gives a part of Node that loads code', async () => {
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); load('child_process');"), ['anything']);
    const hidden = "var load = require('lazy')(require); require = load; require('node:child_process', 'cp');";
    assert.deepEqual(await boundsIn(hidden), ['anything']);
  });

  it('can name anything where others may call it', async () => {
    const utils = "const load = require('lazy')(require); load('one'); module.exports = load;";
    assert.deepEqual(await boundsIn(utils), ['files']);
    assert.deepEqual(await boundsIn(utils, "const utils = require('./utils'); utils.one();"), ['files']);
    assert.deepEqual(await boundsIn(utils, "require('./utils')(process.argv[2]);"), ['anything']);
    assert.deepEqual(await boundsIn(utils, "const utils = require('./utils'); utils(process.argv[2]);"), ['anything']);
    assert.deepEqual(await boundsIn(utils, "const utils = require('./utils'); utils.apply(null, [1]);"), ['anything']);
    assert.deepEqual(await boundsIn(utils, "use(require('./utils'));"), ['anything']);
    const own = `${utils} module.exports(process.argv[2]);`;
    assert.deepEqual(await boundsIn(own), ['anything']);
    assert.deepEqual(await boundsIn("const load = require('lazy')(require); exports.load = load;"), ['anything']);
  });

  it('is no other file, whatever its name is', async () => {
    const utils = "const load = require('lazy')(require); load('one');";
    assert.deepEqual(await boundsIn(utils, undefined, `${LAZY_CACHE.slice(0, -1)}0`), ['anything']);
    assert.deepEqual(await boundsIn("const load = use(require); load('one');"), ['anything']);
  });
});
