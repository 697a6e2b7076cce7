import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { holdfast } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/repository.ts';

const UNSAFE = `function set(target, key, value) { target[key] = value; return target; }`;
const SAFE = `function set(target, key, value) { if (key === '__proto__') return target; target[key] = value; return target; }`;
/** The same, as another formatter and another author of comments would have it. */
const SAFE_BY_OTHERS = `/* Backported. */
function set (target, key, value) {
    if (key === "__proto__")
        return target
    target[key] = value
    return target
}`;
const OLD_MERGE = `function merge(target, key) { return set(target, key, 1); }`;
const NEW_MERGE = `function merge(target, key) { return key === 'constructor' ? target : set(target, key, 1); }`;

const library = (set: string, merge: string): string =>
  `${set}\n${merge}\nexports.set = set;\nexports.merge = merge;\nexports.other = { set: function set() {} };\n`;

interface Answer {
  readonly id: string;
  readonly function: string | null;
  readonly verdict: string;
  readonly evidence: {
    readonly code?: readonly { readonly file: string; readonly copy: string; readonly hash: string }[];
  };
  readonly openvex: object;
  readonly cyclonedx: object;
}

function plant(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  const all = {
    'package.json': '{ "name": "app", "version": "1.0.0" }',
    'index.js': `const lib = require('lib'); lib.set({}, 'a', 1); lib.merge({}, 'b');\n`,
    'node_modules/lib/package.json': '{ "name": "lib", "version": "1.0.0" }',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const RUN = ['--symbols', 'symbols.json', '--run', 'node index.js', '--json'];

async function answers(root: string, symbols: readonly object[]): Promise<readonly Answer[]> {
  writeFileSync(join(root, 'symbols.json'), JSON.stringify(symbols));
  const said = await holdfast(root, ['reach', '.', ...RUN]);
  writeFileSync(join(root, 'proof.json'), said.out);
  return (JSON.parse(said.out) as { readonly verdicts: readonly Answer[] }).verdicts;
}

const verdictsOf = async (root: string, symbols: readonly object[]): Promise<readonly string[]> =>
  (await answers(root, symbols)).map(({ verdict }) => verdict);

/** Of the two functions in a library with the flaw and in one without it. They change when what function-hash.ts writes changes: then data/symbols.json must be made anew. */
const HASHES = {
  unsafe: '7712d5eca0fbb8e6e9578f98bd7be25162de0642ef1e93cfb0574c18bb569231',
  safe: '732f3a10da7186efb981a96ebf5d1a6a0fb3aa8b3ccbfef37070e51c047ffa0a',
  oldMerge: 'aeedb8f02e7482532d8f778b3e22b0429725c5d69c10562ebe9e0cfb1faf8f3f',
  newMerge: '4e113367cad3905e0b0d54dcf31d5c1394ab85d99576e745e774e55aee94c3fe',
};

const SET = {
  id: 'GHSA-aaaa-bbbb-cccc',
  package: 'lib',
  version: '1.0.0',
  file: 'index.js',
  function: 'set',
  vulnerable: { '1.0.0': HASHES.unsafe },
  fixed: { '1.0.1': HASHES.safe },
};
const MERGE = {
  ...SET,
  function: 'merge',
  vulnerable: { '1.0.0': HASHES.oldMerge },
  fixed: { '1.0.1': HASHES.newMerge },
};

describe('fixed code', () => {
  it('is found under a version that has the flaw, whoever formatted it', async () => {
    const root = plant({ 'node_modules/lib/index.js': library(SAFE_BY_OTHERS, NEW_MERGE) });
    const [set, merge] = await answers(root, [SET, MERGE]);
    assert.equal(set?.verdict, 'fixed-code-present');
    assert.equal(merge?.verdict, 'fixed-code-present');
    assert.deepEqual(set.evidence.code, [
      {
        copy: 'node_modules/lib',
        file: 'index.js',
        function: 'set',
        nth: 0,
        hash: HASHES.safe,
        release: '1.0.1',
        vulnerable: [HASHES.unsafe],
      },
      {
        copy: 'node_modules/lib',
        file: 'index.js',
        function: 'merge',
        nth: 0,
        hash: HASHES.newMerge,
        release: '1.0.1',
        vulnerable: [HASHES.oldMerge],
      },
    ]);
    assert.deepEqual(set.openvex, { status: 'not_affected', justification: 'vulnerable_code_not_present' });
    assert.deepEqual(set.cyclonedx, { state: 'not_affected', justification: 'code_not_present' });
  });

  it('is not said where one of two functions is repaired, or a comment promises it', async () => {
    const half = plant({ 'node_modules/lib/index.js': library(SAFE, OLD_MERGE) });
    assert.deepEqual(await verdictsOf(half, [SET, MERGE]), ['reachable', 'reachable']);
    const commented = plant({
      'node_modules/lib/index.js': library(`// fixed: __proto__ is refused\n${UNSAFE}`, OLD_MERGE),
    });
    assert.deepEqual(await verdictsOf(commented, [SET, MERGE]), ['reachable', 'reachable']);
  });

  it('is not said of another function with the same name', async () => {
    const root = plant({ 'node_modules/lib/index.js': library(SAFE, NEW_MERGE) });
    const [set] = await answers(root, [{ ...SET, nth: 1 }, MERGE]);
    assert.equal(set?.verdict, 'not-referenced');
  });

  it('is not said where a second copy of the version has the flaw', async () => {
    const root = plant({
      'node_modules/lib/index.js': library(SAFE, NEW_MERGE),
      'node_modules/user/package.json': '{ "name": "user", "version": "1.0.0" }',
      'node_modules/user/index.js': `require('lib').set({}, 'a', 1);`,
      'node_modules/user/node_modules/lib/package.json': '{ "name": "lib", "version": "1.0.0" }',
      'node_modules/user/node_modules/lib/index.js': library(UNSAFE, OLD_MERGE),
      'index.js': `require('lib').set({}, 'a', 1); require('user');`,
    });
    const [set] = await answers(root, [SET, MERGE]);
    assert.equal(set?.verdict, 'reachable');
  });

  it('answers in the published form, and its proof holds until the code changes', async () => {
    const root = plant({ 'node_modules/lib/index.js': library(SAFE, NEW_MERGE), 'index.js': `process.cwd();` });
    await answers(root, [SET, MERGE]);
    const schema = readFileSync(new URL('../../docs/formats/reach.schema.json', import.meta.url), 'utf8');
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(schema) as object);
    const proof: unknown = JSON.parse(readFileSync(join(root, 'proof.json'), 'utf8'));
    assert.ok(validate(proof), JSON.stringify(validate.errors));
    const holds = await holdfast(root, ['reach', 'verify', 'proof.json']);
    assert.equal(holds.code, 0, holds.out + holds.err);
    // No entry loads it: of all digests only that of the symbols covers it.
    writeFileSync(join(root, 'node_modules/lib/index.js'), library(SAFE, OLD_MERGE));
    const lapsed = await holdfast(root, ['reach', 'verify', 'proof.json']);
    assert.equal(lapsed.code, 3);
    assert.match(lapsed.out, /^lapsed .*Changed: symbols\./m);
  });
});

describe('a symbol of another version', () => {
  it('clears nothing, although its file is never loaded', async () => {
    const moved = { ...SET, file: 'legacy.js', function: 'parse', vulnerable: undefined, fixed: undefined };
    const root = plant({
      'node_modules/lib/index.js': library(UNSAFE, OLD_MERGE),
      'node_modules/lib/legacy.js': `module.exports = require('./index.js');`,
    });
    assert.deepEqual(await verdictsOf(root, [moved]), ['unknown']);
    assert.deepEqual(await verdictsOf(root, [{ ...moved, function: undefined }]), ['never-loaded']);
  });

  it('clears nothing, although all that loads its file never runs', async () => {
    const moved = { ...SET, file: 'legacy.js', function: 'parse', vulnerable: undefined, fixed: undefined };
    const root = plant({
      'node_modules/lib/index.js': `${library(UNSAFE, OLD_MERGE)}\nfunction idle() { require('./legacy.js'); }`,
      'node_modules/lib/legacy.js': `exports.other = 1;`,
    });
    assert.deepEqual(await verdictsOf(root, [moved]), ['unknown']);
  });
});
