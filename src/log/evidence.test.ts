/** Evidence in an export: compared where it came along, and never missed where it did not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leafBytes, noteOf, type Pack, packOf, readerOf } from '../../test/support/log.ts';
import { utf8 } from '../lib/bytes.ts';
import { sha256 } from '../lib/hash.ts';
import { verifyLog } from './verify-log.ts';

const BODY = utf8('{"verdict":"kept"}');
/** Of the text above, by sha256sum. */
const DIGEST = 'e675784c45cc21f2d0a6746f180018a7ed63007bf552b830e6ea140a89393b6a';
const PATH = `evidence/${DIGEST.slice(0, 2)}/${DIGEST}`;
const ENTRIES = [
  leafBytes(0),
  leafBytes(1, { data: { evidence: DIGEST } }),
  leafBytes(2, { data: { evidence: DIGEST } }),
  leafBytes(3, { data: { evidence: 'f'.repeat(64) } }),
  leafBytes(4, { data: { evidence: '../../etc/passwd' } }),
];

const withEvidence = (): Promise<Pack> =>
  packOf(ENTRIES, { note: noteOf(ENTRIES), evidence: async (digest) => (digest === DIGEST ? BODY : null) });

async function verified(pack: Pack) {
  const { findings, sums } = await verifyLog(readerOf(pack), { key: null, held: [] });
  return [findings.map(({ code, where }) => `${code} ${where}`), sums.evidenceRead, sums.evidenceNamed];
}

test('evidence goes along once, under its digest, and is compared with each entry that names it', async () => {
  assert.equal(sha256(BODY), DIGEST);
  const pack = await withEvidence();
  assert.deepEqual(
    [...pack.keys()].filter((path) => path.startsWith('evidence/')),
    ['evidence/README.txt', PATH],
  );
  assert.deepEqual(await verified(pack), [[], 2, 3]);
});

test('evidence that was changed is found', async () => {
  const pack = await withEvidence();
  pack.set(PATH, utf8('{"verdict":"kepT"}'));
  assert.deepEqual(await verified(pack), [[`evidence-differs ${PATH}`, `evidence-differs ${PATH}`], 0, 3]);
});

test('evidence that is absent, erased or left out breaks nothing, and counts as not read', async () => {
  const pack = await withEvidence();
  pack.delete(PATH);
  assert.deepEqual(await verified(pack), [[], 0, 3]);
  assert.deepEqual(await verified(await packOf(ENTRIES)), [[], 0, 3]);
});

test('evidence that cannot be read is not verified', async () => {
  const pack = await withEvidence();
  pack.set(PATH, new Uint8Array(64 * 1_024 * 1_024 + 1));
  assert.deepEqual(await verified(pack), [[`evidence-unread ${PATH}`, `evidence-unread ${PATH}`], 0, 3]);
});
