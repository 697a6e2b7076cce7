/** Crockford's base 32: the alphabet in its order, and what people type. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crockford, readCrockford } from './crockford.ts';

it('writes five bits a character, in the order of the alphabet', () => {
  // 0, 1, … 31, five bits each.
  const all = Uint8Array.of(0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7);
  const rest = Uint8Array.of(0xc6, 0x75, 0xbe, 0x77, 0xdf);
  assert.equal(crockford(Uint8Array.of(...all, ...rest)), '0123456789ABCDEFGHJKMNPQRSTVWXYZ');
});

it('fills the last character up with zero bits', () => {
  assert.equal(crockford(Uint8Array.of()), '');
  assert.equal(crockford(Uint8Array.of(0x00)), '00');
  assert.equal(crockford(Uint8Array.of(0xff)), 'ZW');
});

it('reads what people type: small letters, spaces, hyphens, and letters that look like digits', () => {
  assert.equal(readCrockford('7k3f-9qxo il', 12), '7K3F9QX011');
});

it('refuses letters that are not in the alphabet, and too many', () => {
  assert.equal(readCrockford('7K3U', 10), null);
  assert.equal(readCrockford('7K3F', 3), null);
  assert.equal(readCrockford('', 10), null);
  assert.equal(readCrockford(' '.repeat(1_000_000), 10), null);
});
