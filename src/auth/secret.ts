/**
 * Secrets that a machine carries for somebody: the cookie of a session, the link of an invitation, the link that sets the service up.
 *
 * 32 random bytes, known to the service only as their SHA-256. A slow hash is for secrets that can be guessed; 256 random bits cannot, so
 * nothing is gained by paying for one with every request (OWASP ASVS 5.0, 7.2.3 asks for 128 bits).
 */
import { base64url, fromBase64url } from '../lib/bytes.ts';
import { sha256 } from '../lib/hash.ts';

export const SECRET_BYTES = 32;

export interface Secret {
  /** For whoever carries it; shown once and never stored. */
  readonly text: string;
  /** For the database. */
  readonly hash: string;
}

export function secretOf(random: Uint8Array): Secret {
  const text = base64url(random);
  return { text, hash: sha256(text) };
}

/** The digest to look for; `null` for a text that is none of ours, whatever its length. */
export function hashOfSecret(text: string): string | null {
  const isOurs = text.length === 43 && fromBase64url(text)?.length === SECRET_BYTES;
  return isOurs ? sha256(text) : null;
}
