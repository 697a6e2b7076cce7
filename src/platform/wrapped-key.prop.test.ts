import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { base64url } from '../lib/bytes.ts';
import { newDek, newKek, withKeyBytes, type Dek } from './encryption-key.ts';
import {
  associatedData,
  formatWrappedKey,
  lengthPrefixed,
  parseWrappedKey,
  unwrapKey,
  wrapKey,
  type KeyPlace,
} from './wrapped-key.ts';

/** Short parts of few letters, so that two places are often nearly the same. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '|', '\0', '\u0001', 'ü', '.'), minLength: 1, maxLength: 4 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed()),
);
const place: fc.Arbitrary<KeyPlace> = fc.record({ table: part, column: part, row: part });

const keyring = { current: newKek(randomBytes), previous: [newKek(randomBytes)] };
const hexOf = ({ key }: Dek): string => withKeyBytes(key, (bytes) => Buffer.from(bytes).toString('hex'));

it('a wrapped key comes back whole through its text, at its own place', () => {
  fc.assert(
    fc.property(place, fc.boolean(), (at, old) => {
      const dek = newDek(randomBytes);
      const kek = old ? keyring.previous[0]! : keyring.current;
      const stored = parseWrappedKey(formatWrappedKey(wrapKey(kek, dek, at, randomBytes)));
      assert.ok(stored !== null);
      const opened = unwrapKey(keyring, stored, at);
      assert.ok(opened.ok);
      assert.equal(opened.value.id, dek.id);
      assert.equal(hexOf(opened.value), hexOf(dek));
    }),
  );
});

it('a wrapped key with any bit of any field flipped gives a refusal and no key', () => {
  fc.assert(
    fc.property(place, fc.nat(), fc.nat({ max: 7 }), (at, where, bit) => {
      const wrapped = wrapKey(keyring.current, newDek(randomBytes), at, randomBytes);
      const flip = (bytes: Uint8Array): Uint8Array => {
        const copy = Uint8Array.from(bytes);
        copy[where % copy.length]! ^= 1 << bit;
        return copy;
      };
      for (const field of ['iv', 'ciphertext', 'tag'] as const)
        assert.deepEqual(unwrapKey(keyring, { ...wrapped, [field]: flip(wrapped[field]) }, at), {
          ok: false,
          error: { code: 'not-authentic' },
        });
      const dekId = base64url(flip(Buffer.from(wrapped.dekId, 'base64url')));
      const kekId = Buffer.from(flip(Buffer.from(wrapped.kekId, 'hex'))).toString('hex');
      for (const [old, changed] of [
        [wrapped.dekId, dekId],
        [wrapped.kekId, kekId],
        [wrapped.kekId, keyring.previous[0]!.id],
      ] as const) {
        const stored = parseWrappedKey(formatWrappedKey(wrapped).replace(old, changed));
        assert.ok(stored !== null, 'it still has the form of a wrapped key');
        assert.equal(unwrapKey(keyring, stored, at).ok, false);
      }
    }),
  );
});

it('a text with any character changed is no wrapped key, or one that does not open', () => {
  fc.assert(
    fc.property(place, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (at, where, letter) => {
      const text = formatWrappedKey(wrapKey(keyring.current, newDek(randomBytes), at, randomBytes));
      const position = where % text.length;
      fc.pre(text[position] !== letter);
      const stored = parseWrappedKey(text.slice(0, position) + letter + text.slice(position + 1));
      assert.ok(stored === null || !unwrapKey(keyring, stored, at).ok);
    }),
  );
});

it('a wrapped key opens at no other place, and no two places have the same associated data', () => {
  fc.assert(
    fc.property(place, place, (here, there) => {
      fc.pre(here.table !== there.table || here.column !== there.column || here.row !== there.row);
      const dek = newDek(randomBytes);
      const wrapped = wrapKey(keyring.current, dek, here, randomBytes);
      assert.deepEqual(unwrapKey(keyring, wrapped, there), { ok: false, error: { code: 'not-authentic' } });
      assert.notDeepEqual(associatedData(here, dek.id), associatedData(there, dek.id));
    }),
  );
});

it('lists of parts that differ have different bytes, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.array(part, { maxLength: 5 }), (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      assert.notDeepEqual(lengthPrefixed(one), lengthPrefixed(other));
    }),
  );
});

it('the same key wrapped twice at one place shares neither IV nor ciphertext', () => {
  fc.assert(
    fc.property(place, (at) => {
      const dek = newDek(randomBytes);
      const [one, other] = [0, 1].map(() => wrapKey(keyring.current, dek, at, randomBytes));
      assert.notDeepEqual(one!.iv, other!.iv);
      assert.notDeepEqual(one!.ciphertext, other!.ciphertext);
    }),
  );
});

it('the keys of any two places differ, and so do the texts they are stored as', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 2, maxLength: 6 }), (places) => {
      const deks = places.map(() => newDek(randomBytes));
      const texts = deks.map((dek, at) => formatWrappedKey(wrapKey(keyring.current, dek, places[at]!, randomBytes)));
      assert.equal(new Set(deks.map(hexOf)).size, places.length);
      assert.equal(new Set(texts).size, places.length);
    }),
  );
});

it('any text is read or refused, without an exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 118, maxLength: 118 })), (text) => {
      assert.equal(parseWrappedKey(text), null);
    }),
  );
});
