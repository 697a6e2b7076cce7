/**
 * Commitments: how personal data gets into the log without being in it.
 *
 * The leaf holds HMAC-SHA256(r, value) with 32 random bytes `r`; value and r lie in a table that may be erased
 * (GDPR Art. 17). While r exists, value and r together prove what the leaf meant. Without r the commitment says nothing about
 * the value, however few values there could have been; a plain or salted hash could be tried out. Proofs stay valid.
 */
import { fromHex, hex, sameBytes, utf8 } from '../lib/bytes.ts';
import { hmacSha256 } from '../lib/hash.ts';

/** As long as the digest: RFC 2104 §3 recommends no less. */
const COMMITMENT_KEY_BYTES = 32;

/** @param r 32 random bytes, new for each value: two equal values have to get different commitments. */
export function commit(r: Uint8Array, value: string): string {
  if (r.length !== COMMITMENT_KEY_BYTES) throw new TypeError(`a commitment needs 32 random bytes, not ${r.length}`);
  // A lone surrogate would be encoded as U+FFFD: two values would share a commitment.
  if (LONE_SURROGATE.test(value)) throw new TypeError('a lone surrogate cannot be committed to');
  return hex(hmacSha256(r, utf8(value)));
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether `value` and `r` are what the commitment was made of; false for everything that cannot be. */
export function opens(commitment: string, r: Uint8Array, value: string): boolean {
  const expected = fromHex(commitment);
  if (expected === null || r.length !== COMMITMENT_KEY_BYTES || LONE_SURROGATE.test(value)) return false;
  return sameBytes(expected, hmacSha256(r, utf8(value)));
}
