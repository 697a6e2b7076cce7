/** What the first entry of a log says of the one before it, also where somebody else wrote it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../lib/bytes.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { EPOCH } from '../lib/time.ts';
import type { Leaf } from './leaf.ts';
import { foundBefore, logBefore } from './reopened.ts';

/** Of the tree without entries: SHA-256 of nothing (RFC 6962 §2.1). */
const EMPTY = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const DATABASE = { origin: 'holdfast/00000001', size: 0, root: EMPTY };

const leaf = (data: JsonObject, type = 'log.reopened'): Leaf => ({
  v: 1,
  org: 'holdfast.00000001',
  at: EPOCH,
  type,
  actor: null,
  subject: null,
  data,
  pd: [],
  state: null,
});
const previous = (database: Json, vkey: Json = null): Leaf => leaf({ reason: 'r', previous: { database, vkey } });

test('a log that was reopened covers what was found by size and root', () => {
  const found = foundBefore(previous(DATABASE));
  assert.deepEqual([found?.origin, found?.size], ['holdfast/00000001', 0]);
  assert.equal(hex(found!.root), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('a log that follows none, or one that was gone, covers nothing and lacks nothing', () => {
  assert.equal(logBefore(null).kind, 'nothing');
  assert.equal(logBefore(leaf({ previous: { database: DATABASE } }, 'policy.evaluated')).kind, 'nothing');
  assert.equal(logBefore(previous(null)).kind, 'nothing');
});

test('what cannot be compared is not taken for nothing', () => {
  const uncovered: readonly Leaf[] = [
    leaf({}),
    leaf({ previous: null }),
    leaf({ previous: {} }),
    previous({ origin: 'holdfast/00000001', size: 5 }),
    previous([]),
    ...['', 'a b', 'a\u0000', 'ä', 'a'.repeat(257), 1, null].map((origin) => previous({ ...DATABASE, origin })),
    ...[-1, 1.5, '0', 2 ** 53, null].map((size) => previous({ ...DATABASE, size })),
    ...['', 'AAAA', EMPTY.slice(1), `${EMPTY}\n`, 0, null].map((root) => previous({ ...DATABASE, root })),
  ];
  for (const each of uncovered) assert.equal(logBefore(each).kind, 'uncovered', JSON.stringify(each.data));
});

test('a public key that is none is no key', () => {
  for (const vkey of [null, 1, 'holdfast/00000001+00000000+AZ', '']) {
    const before = logBefore(previous(DATABASE, vkey));
    assert.ok(before.kind === 'covered' && before.key === null, `${vkey}`);
  }
});
