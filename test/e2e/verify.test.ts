/**
 * dist/verify.mjs as an auditor starts it: one file, beside an exported log, on a Node of its own. `npm test` builds it before.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatHistory } from '../../src/log/held-checkpoint.ts';
import { formatVerifierKey } from '../../src/log/note.ts';
import { proofBundle } from '../../src/log/proof-bundle.ts';
import { proveInclusion } from '../../src/log/proof.ts';
import { tilePath } from '../../src/log/tile.ts';
import { ROOT } from '../support/canary.ts';
import { atOf, entriesOf, KEY, leafBytes, noteOf, ORIGIN, packOf } from '../support/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));
after(() => rmSync(folder, { recursive: true }));
const program = join(ROOT, 'dist', 'verify.mjs');
const VKEY = formatVerifierKey(KEY);
const ENTRIES = entriesOf(600);

async function write(name: string, entries = ENTRIES): Promise<string> {
  const place = join(folder, name);
  for (const [path, bytes] of await packOf(entries, { program: readFileSync(program) })) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), bytes);
  }
  return place;
}

/** The program that lies in the pack, as VERIFY.md says. */
function verify(pack: string, args: readonly string[] = [], node: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, 'verify.mjs', ...args], {
    cwd: pack,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

describe('verify.mjs', () => {
  it('verifies an export, and says what a green answer does not say', async () => {
    const pack = await write('good');
    const { status, stdout, stderr } = verify(pack, ['.']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(
      stdout,
      new RegExp(
        `^Log {6}${ORIGIN}\nSize {5}600 entries, root [A-Za-z0-9+/=]{44}\nKey {6}${ORIGIN}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{44}\n {9}which came with the pack\n`,
      ),
    );
    assert.match(
      stdout,
      /Read {5}600 entries \([\d,]+ bytes\), from 2026-11-24T09:00:00Z to 2026-11-24T18:59:00Z\nCompared 4 tiles, no older checkpoints\n/,
    );
    assert.match(stdout, /\nVERIFIED: .*\nThe key came with the pack.*\nNo older checkpoint was compared.*\n$/);
    writeFileSync(join(folder, 'kept'), noteOf(ENTRIES.slice(0, 300)));
    writeFileSync(
      join(folder, 'kept.ndjson'),
      formatHistory([{ note: noteOf(ENTRIES.slice(0, 10)), seenAt: atOf(10) }]),
    );
    const sure = verify(pack, ['.', '--vkey', VKEY, '--history', '../kept', '--history', '../kept.ndjson']);
    assert.equal(sure.status, 0);
    assert.match(sure.stdout, /Compared 4 tiles, 2 older checkpoints\n\nVERIFIED: [^\n]*\n$/);
  });

  it('verifies the proof of one entry, as a page hands it out', async () => {
    const pack = await write('one');
    const files = await packOf(ENTRIES);
    const proof = await proveInclusion(
      270,
      600,
      async (level, index, width) => files.get(`log/${tilePath({ level, index, width })}`)!,
    );
    const bundle = proofBundle({
      origin: ORIGIN,
      index: 270,
      leaf: ENTRIES[270]!,
      proof,
      note: noteOf(ENTRIES),
      vkey: VKEY,
    });
    writeFileSync(join(pack, 'entry.json'), JSON.stringify(bundle));
    const { status, stdout } = verify(pack, ['entry.json', '--vkey', VKEY]);
    assert.equal(status, 0, stdout);
    assert.match(
      stdout,
      /^Log {6}\S+\nEntry {4}270 of 600 entries, counted from 0\nSays {5}\{"actor".*\n.*which you gave\n.*\n\nVERIFIED/s,
    );
    writeFileSync(join(pack, 'entry.json'), JSON.stringify(bundle).replace('"kept', '"kepT').replace('kept', 'kepT'));
    assert.equal(verify(pack, ['entry.json']).status, 2);
    assert.equal(verify(pack, ['VERIFY.md']).status, 64);
  });

  it('needs no function that Node 18 does not have', async () => {
    const pack = await write('old');
    const old = join(folder, 'old.cjs');
    // What Node 20, 22, 24 and 26 brought and these sources could have used.
    writeFileSync(
      old,
      `delete process.getBuiltinModule;
       delete require('node:crypto').hash;
       delete require('node:util').styleText;
       for (const [where, ...names] of [
         [Array.prototype, 'toSorted', 'toReversed', 'toSpliced', 'with'],
         [Uint8Array.prototype, 'toHex', 'toBase64', 'toSorted', 'toReversed', 'with'],
         [Uint8Array, 'fromHex', 'fromBase64'],
         [Object.getPrototypeOf(Uint8Array.prototype), 'toSorted', 'toReversed', 'with'],
         [String.prototype, 'isWellFormed', 'toWellFormed'],
         [Set.prototype, 'union', 'intersection', 'difference'],
         [Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), 'map', 'filter', 'toArray', 'some', 'every'],
         [Promise, 'withResolvers', 'try'], [Object, 'groupBy'], [Map, 'groupBy'], [Array, 'fromAsync'],
         [RegExp, 'escape'], [globalThis, 'Temporal', 'Iterator', 'navigator', 'WebSocket'],
       ]) for (const name of names) delete where[name];`,
    );
    const { status, stdout, stderr } = verify(pack, ['.', '--vkey', VKEY], ['--require', old]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /VERIFIED/);
  });

  it('is one file without packages, that says what it is and is not minified', () => {
    const text = readFileSync(program, 'utf8');
    assert.match(text, /^\/\*\n \* verify\.mjs: verifies an exported Holdfast evidence log\./);
    const imports = [...text.matchAll(/^import .* from ["']([^"']+)["'];$/gm)].map(([, name]) => name);
    assert.deepEqual(new Set(imports), new Set(['node:fs', 'node:module', 'node:path', 'node:util']));
    const loaded = [...text.matchAll(/\bbuiltin\(([^)]*)\)/g)].map(([, name]) => name);
    assert.deepEqual(new Set(loaded), new Set(['"node:crypto"']));
    assert.doesNotMatch(text, /\bimport\(|\bfetch\(|node:(?:net|http|child_process)/);
    const longest = Math.max(...text.split('\n').map(({ length }) => length));
    assert.ok(longest < 400 && text.length < 80_000, `${longest} characters in a line, ${text.length} in all`);
  });

  it('ends with 2 for what is broken', async () => {
    const pack = await write('broken');
    const bundle = join(pack, 'log/tile/entries/001');
    const bytes = readFileSync(bundle);
    bytes[100]! ^= 1;
    writeFileSync(bundle, bytes);
    const { status, stdout } = verify(pack, ['.']);
    assert.equal(status, 2);
    assert.match(stdout, /\nBROKEN: \d findings?\.\n/);
    assert.match(stdout, /\[root-differs\]\n/);
    const rolledBack = await write('rolled-back', ENTRIES.slice(0, 10));
    writeFileSync(join(folder, 'kept'), noteOf(ENTRIES.slice(0, 300)));
    assert.equal(verify(rolledBack, ['.', '--vkey', VKEY]).status, 0);
    assert.equal(verify(rolledBack, ['.', '--vkey', VKEY, '--history', '../kept']).status, 2);
  });

  it('ends with 3 for what could not be read, and 2 wins', async () => {
    const pack = await write('incomplete');
    rmSync(join(pack, 'log/tile/0/000'));
    const { status, stdout } = verify(pack, ['.']);
    assert.equal(status, 3);
    assert.match(
      stdout,
      /\nINCOMPLETE: 1 piece could not be looked at\. What was not looked at is not verified\.\n {2}log\/tile\/0\/000: the file is not there \[tile-missing\]\n$/,
    );
    rmSync(join(pack, 'log/tile/entries/000'));
    assert.equal(verify(pack, ['.']).status, 2);
    mkdirSync(join(folder, 'empty'));
    copyFileSync(program, join(folder, 'empty', 'verify.mjs'));
    const empty = verify(join(folder, 'empty'), ['.']);
    assert.equal(empty.status, 3);
    assert.match(empty.stdout, /\[key-missing\]/);
  });

  it('reads regular files of a possible size only, whatever a pack has in their place', async () => {
    const pack = await write('devices');
    for (const [path, target] of [
      ['log/tile/0/000', '/dev/zero'],
      ['log/tile/1/000.p/2', '/'],
    ] as const) {
      rmSync(join(pack, path));
      symlinkSync(target, join(pack, path));
    }
    const fifo = join(pack, 'log/history.ndjson');
    assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
    truncateSync(join(pack, 'log/tile/entries/002.p/88'), 2 ** 34);
    const { status, stdout } = verify(pack, ['.']);
    assert.equal(status, 3);
    assert.equal(stdout.match(/is not a regular file/g)?.length, 2, stdout);
    assert.match(stdout, /has 17179869184 bytes, more than the 16777472 it may have/);
  });

  it('prints nothing that could move the cursor, whatever stands in the pack', async () => {
    const pack = await write('hostile', [leafBytes(0)]);
    writeFileSync(join(pack, 'log.vkey'), 'a\u001b[2J+00000000+AAAA\n');
    const { status, stdout } = verify(pack, ['.']);
    assert.equal(status, 2);
    assert.ok(!stdout.includes('\u001b'));
  });

  it('ends with 64 for wrong use, before anything is read', async () => {
    const pack = await write('usage', [leafBytes(0)]);
    for (const args of [
      [],
      ['.', '.'],
      ['nowhere'],
      ['log.vkey'],
      ['.', '--nonsense'],
      ['.', '--vkey'],
      ['.', '--vkey', `${VKEY}x`],
      ['.', '--history', 'nowhere'],
    ]) {
      const { status, stdout, stderr } = verify(pack, args);
      assert.deepEqual([status, stdout], [64, ''], args.join(' '));
      assert.match(stderr, /--help/);
    }
    assert.match(verify(pack, ['--help']).stdout, /node verify\.mjs DIR\|FILE \[--vkey KEY\]/);
  });
});
