import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { buildIndex, folderWith, holdfast, lockOf } from '../../test/support/project.ts';

const LEAKY = {
  'node_modules/leaky/package.json': '{ "name": "leaky", "version": "1.0.0" }',
  'node_modules/leaky/index.js': 'exports.leak = function leak() {};\n',
};
const APP = { 'package.json': '{ "name": "app", "main": "index.js" }', 'index.js': 'module.exports = 1;\n' };

describe('holdfast reach about findings', () => {
  let index: string;
  before(async () => {
    index = await buildIndex();
  });

  const ask = async (files: Readonly<Record<string, string>>) =>
    holdfast(folderWith(files), ['reach', '--db', index, '--json']);

  it('asks about what the lockfile of the folder has', async () => {
    const { out, code } = await ask({ ...APP, ...LEAKY, 'package-lock.json': lockOf('leaky') });
    const { verdicts } = JSON.parse(out) as { verdicts: { id: string; package: string; verdict: string }[] };
    assert.deepEqual(
      verdicts.map(({ id, package: name, verdict }) => [id, name, verdict]),
      [['GHSA-aaaa-bbbb-cccc', 'leaky', 'never-loaded']],
    );
    assert.equal(code, 0);
  });

  it('says together of what is only known by its package, and names the next step', async () => {
    const { out, code } = await holdfast(
      folderWith({ ...APP, ...LEAKY, 'index.js': "require('leaky');\n", 'package-lock.json': lockOf('leaky') }),
      ['reach', '--db', index],
    );
    assert.equal(code, 3);
    assert.match(out, /^Started from index\.js \(package\.json, main\); 2 files can be loaded\.$/m);
    assert.match(out, /^unknown {2}1 finding in packages that are loaded, and no list names/m);
    assert.match(
      out,
      /^ {4}GHSA-aaaa-bbbb-cccc {2}leaky@1\.0\.0 {2}index\.js:1 loads node_modules\/leaky\/index\.js$/m,
    );
    assert.match(out, /holdfast reach \. --symbols FILE$/m);
    const cleared = await holdfast(folderWith({ ...APP, ...LEAKY, 'package-lock.json': lockOf('leaky') }), [
      'reach',
      '--db',
      index,
    ]);
    assert.match(
      cleared.out,
      /^Next: holdfast reach \. --advisory GHSA-aaaa-bbbb-cccc --json > proof\.json && holdfast decide GHSA-aaaa-bbbb-cccc --proof proof\.json$/m,
    );
  });

  it('does not judge one product by the entries of another, and says which it left out', async () => {
    const { out, code } = await ask({
      ...APP,
      'package-lock.json': lockOf(),
      'other/package-lock.json': lockOf('leaky'),
      'other/node_modules/leaky/package.json': '{ "name": "leaky", "version": "1.0.0" }',
    });
    const { verdicts, unanalysed } = JSON.parse(out) as { verdicts: object[]; unanalysed: object[] };
    assert.deepEqual(verdicts, []);
    assert.deepEqual(unanalysed, [
      {
        file: 'other/package-lock.json',
        line: null,
        why: 'belongs to a product of its own, which was not asked about: holdfast reach other',
      },
    ]);
    assert.equal(code, 3);
  });

  it('is incomplete while an input could not be read', async () => {
    const { out, code } = await ask({
      ...APP,
      ...LEAKY,
      'package-lock.json': lockOf('leaky'),
      'yarn.lock': 'no lockfile at all',
    });
    const { verdicts, unanalysed } = JSON.parse(out) as { verdicts: object[]; unanalysed: { file: string }[] };
    assert.equal(verdicts.length, 1);
    assert.equal(unanalysed[0]?.file, 'yarn.lock');
    assert.equal(code, 3);
  });

  it('says nothing about malicious code but that it runs when it is installed', async () => {
    const { out, code } = await ask({
      ...APP,
      'package-lock.json': lockOf('trojan'),
      'node_modules/trojan/package.json': '{ "name": "trojan", "version": "1.0.0" }',
    });
    const { verdicts, unanalysed } = JSON.parse(out) as { verdicts: object[]; unanalysed: { why: string }[] };
    assert.deepEqual(verdicts, []);
    assert.match(unanalysed[0]?.why ?? '', /^MAL-2026-77 in trojan@1\.0\.0 is malicious code, which runs when/);
    assert.equal(code, 3);
  });
});
