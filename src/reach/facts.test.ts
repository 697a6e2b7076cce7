import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { sha256 } from '../lib/hash.ts';
import { factsOfText, placeTree } from '../../test/support/module-tree.ts';
import { createFactsReader } from './facts.actions.ts';
import type { FactsAnswer } from './facts-reader.ts';
import { FACTS_VERSION } from './file-facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-facts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function read(cache: string | null, paths: readonly string[]): Promise<ReadonlyMap<string, FactsAnswer>> {
  const reader = createFactsReader(cache);
  try {
    return await reader.read(paths.map((path) => ({ path, goal: 'detect' })));
  } finally {
    await reader.close();
  }
}

const factsIn = (answers: ReadonlyMap<string, FactsAnswer>, path: string): unknown => {
  const answer = answers.get(path);
  return answer !== undefined && 'facts' in answer ? answer.facts : answer;
};

test('facts from the cache are those of the text, and another text has its own', async () => {
  const cache = join(folder, 'cached.db');
  const root = placeTree({ 'a.js': "require('one');" });
  const path = join(root, 'a.js');
  const first = factsIn(await read(cache, [path]), path);
  assert.deepEqual(first, factsOfText("require('one');"));
  assert.deepEqual(factsIn(await read(cache, [path]), path), first);
  writeFileSync(path, "require('two');");
  assert.deepEqual(factsIn(await read(cache, [path]), path), factsOfText("require('two');"));
});

test('a cache that is damaged, or cannot be, changes nothing', async () => {
  const cache = join(folder, 'damaged.db');
  writeFileSync(cache, 'this is no database');
  const root = placeTree({ 'a.js': "require('one');" });
  const path = join(root, 'a.js');
  assert.deepEqual(factsIn(await read(cache, [path]), path), factsOfText("require('one');"));
  assert.equal(readFileSync(cache).subarray(0, 15).toString(), 'SQLite format 3');
  assert.deepEqual(factsIn(await read(join(path, 'no-folder.db'), [path]), path), factsOfText("require('one');"));
});

test('threads answer what one thread answers', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`f${at}.js`, `require('./f${at + 1}');\n${'// filler\n'.repeat(1_500)}`]),
  );
  const root = placeTree(files);
  const paths = Object.keys(files).map((name) => join(root, name));
  const answers = await read(null, paths);
  for (const [at, path] of paths.entries()) {
    assert.deepEqual(factsIn(answers, path), factsOfText(files[`f${at}.js`] ?? ''));
  }
});

test('a file that is not there, or no program, says why', async () => {
  const root = placeTree({ 'broken.js': 'let let let' });
  const answers = await read(null, [join(root, 'broken.js'), join(root, 'gone.js')]);
  assert.deepEqual(answers.get(join(root, 'broken.js')), { why: 'is not valid JavaScript or TypeScript' });
  assert.deepEqual(answers.get(join(root, 'gone.js')), { why: 'is not there' });
});

test('the version of the facts is raised with what is extracted', () => {
  const facts = factsOfText(`
    import a, { b as c } from './a.js';
    const load = require('./b'), { join } = require('path');
    exports.run = function () { require(join(__dirname, 'c', x)); eval(y); load('../d'); new Function('return this'); };
    module.exports.call = require;
  `);
  // When this fails: raise FACTS_VERSION, or caches go on answering with the old facts; then write both down here.
  assert.deepEqual([FACTS_VERSION, sha256(JSON.stringify(facts)).slice(0, 16)], [23, '7aa9c65069be78d8']);
});
