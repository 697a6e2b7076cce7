/**
 * AES-256-GCM with the one set of sizes that Holdfast uses. What is sealed, and under which words, is wrapped-key.ts and
 * recovery-key.ts.
 *
 * Source: NIST SP 800-38D. A 96-bit IV (§5.2.1.1) of random bytes (§8.2.2) and the full 128-bit tag (§5.2.1.2); §8.3 allows 2^32 IVs for
 * a key, and a key here seals one key for each person, or the values about one person.
 */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { Random } from './random.ts';

export const IV_BYTES = 12;
export const TAG_BYTES = 16;

const ALGORITHM = 'aes-256-gcm';

export interface Sealed {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** Draws an IV and seals `plain`; `associated` is not stored, and `open` wants the same bytes again. */
export function seal(key: KeyObject, plain: Uint8Array, associated: Uint8Array, random: Random): Sealed {
  const iv = random(IV_BYTES);
  assert.equal(iv.length, IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  const ciphertext = cipher.update(plain);
  cipher.final();
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/** All of what was sealed, or `null`: before the tag is checked nothing leaves this function. The caller zeroes what it gets. */
export function open(key: KeyObject, { iv, ciphertext, tag }: Sealed, associated: Uint8Array): Uint8Array | null {
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES) return null;
  // Without `authTagLength` OpenSSL would take a tag of 4 bytes, which can be guessed (SP 800-38D Appendix C).
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(tag);
  const plain = decipher.update(ciphertext);
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
