/** The proof of one entry as a file of its own: what it proves, and every way in which it does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOf, KEY, noteOf, ORIGIN, packOf, SIGNER } from '../../test/support/log.ts';
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { formatHistory, parseHistory } from './held-checkpoint.ts';
import { formatVerifierKey, type VerifierKey, verifierOf } from './note.ts';
import { proofBundle, verifyBundle } from './proof-bundle.ts';
import { proveInclusion } from './proof.ts';
import { tilePath } from './tile.ts';

const ENTRIES = entriesOf(300);
const OTHER = verifierOf({ name: ORIGIN, seed: new Uint8Array(32).fill(9) });
const pack = await packOf(ENTRIES);
const readTile = async (level: number, index: number, width: number): Promise<Uint8Array> =>
  pack.get(`log/${tilePath({ level, index, width })}`)!;
const BUNDLE = JSON.stringify(
  proofBundle({
    origin: ORIGIN,
    index: 270,
    leaf: ENTRIES[270]!,
    proof: await proveInclusion(270, 300, readTile),
    note: noteOf(ENTRIES),
    vkey: formatVerifierKey(KEY),
  }),
);
type Members = Record<string, unknown> & { leaf: string; tlogProof: string; checkpoint: string };

const verify = (text: string, key: VerifierKey | null = null, held: readonly string[] = []) => {
  const history = parseHistory('kept', utf8(formatHistory(held.map((note) => ({ note, seenAt: null })))));
  return verifyBundle(utf8(text), key, history.ok ? history.value : []);
};
const codes = (text: string, key: VerifierKey | null = null, held: readonly string[] = []): readonly string[] =>
  verify(text, key, held).findings.map(({ code }) => code);
function changed(change: (members: Members) => object): string {
  const members = JSON.parse(BUNDLE) as Members;
  return JSON.stringify({ ...members, ...change(members) });
}

test('one entry is proven from its bundle alone, and the answer says where the key came from', () => {
  const { entry, key, broken, unread } = verify(BUNDLE, KEY);
  assert.deepEqual([entry?.origin, entry?.index, entry?.size, broken, unread], [ORIGIN, 270, 300, 0, 0]);
  assert.equal(entry?.leaf, fromUtf8(ENTRIES[270]!));
  assert.equal(key?.cameWithPack, false);
  assert.equal(verify(BUNDLE).key?.cameWithPack, true);
});

test('a bundle in which anything was changed proves nothing', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['the entry', changed(({ leaf }) => ({ leaf: leaf.replace('"kept":12', '"kept":13') })), ['root-differs']],
    ['the number', changed(() => ({ index: 271 })), ['proof-malformed']],
    [
      'the number, everywhere',
      changed(({ tlogProof }) => ({ index: 271, tlogProof: tlogProof.replace('index 270', 'index 271') })),
      ['root-differs'],
    ],
    ['the checkpoint beside it', changed(() => ({ checkpoint: noteOf(ENTRIES.slice(0, 299)) })), ['proof-malformed']],
    ['the origin', changed(() => ({ origin: 'log.other.example' })), ['proof-malformed']],
    [
      'the size, everywhere',
      changed(({ tlogProof, checkpoint }) => ({
        tlogProof: tlogProof.replace('\n300\n', '\n301\n'),
        checkpoint: checkpoint.replace('\n300\n', '\n301\n'),
      })),
      ['signature-wrong'],
    ],
    ['the key', changed(() => ({ vkey: formatVerifierKey(OTHER) })), ['signature-missing']],
    [
      'a step left out',
      changed(({ tlogProof }) => ({ tlogProof: tlogProof.replace(/\n[^\n]{44}\n/, '\n') })),
      ['root-differs'],
    ],
    ['the format', changed(() => ({ schema: 'holdfast.log-proof-bundle/2' })), ['proof-malformed']],
    ['nothing left', '{}', ['proof-malformed']],
    ['no JSON', '{', ['proof-malformed']],
    ['too large', `${BUNDLE}${' '.repeat(1_000_000)}`, ['proof-malformed']],
  ];
  for (const [name, text, expected] of cases) {
    assert.deepEqual(codes(text), expected, name);
    assert.equal(verify(text).entry, null, name);
  }
});

test('a key that was given wins over the one in the bundle', () => {
  assert.deepEqual(
    codes(
      changed(() => ({ vkey: formatVerifierKey(OTHER) })),
      KEY,
    ),
    ['key-differs'],
  );
  assert.deepEqual(codes(BUNDLE, OTHER), ['key-differs', 'signature-missing']);
});

test('a checkpoint that somebody kept is compared where it is of the same size, and else is not', () => {
  assert.equal(verify(BUNDLE, KEY, [noteOf(ENTRIES)]).olderCheckpoints, 1);
  const rewritten = noteOf([...ENTRIES.slice(1), ENTRIES[0]!]);
  assert.deepEqual(codes(BUNDLE, KEY, [rewritten]), ['rewritten']);
  assert.deepEqual(codes(BUNDLE, KEY, [noteOf(ENTRIES.slice(0, 100))]), ['history-other-size']);
  assert.deepEqual(codes(BUNDLE, KEY, [noteOf(ENTRIES, SIGNER, 'log.other.example')]), ['history-other-log']);
});
