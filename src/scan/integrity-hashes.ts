/**
 * The integrity of a component as CycloneDX and OpenVEX want it: one hexadecimal digest for each algorithm.
 *
 * Sources: W3C Subresource Integrity §3.5 (`sha512-<base64>`, several separated by blanks, options behind `?`);
 * component.ts for the other spelling, `algorithm:hex`.
 */
export interface ComponentHash {
  /** As CycloneDX 1.6 names it (schema, `hash-alg`). */
  readonly alg: string;
  /** Lower-case hexadecimal. */
  readonly content: string;
}

/** CycloneDX's name and the length in bytes. */
const ALGORITHMS: ReadonlyMap<string, readonly [name: string, bytes: number]> = new Map([
  ['md5', ['MD5', 16]],
  ['sha1', ['SHA-1', 20]],
  ['sha256', ['SHA-256', 32]],
  ['sha384', ['SHA-384', 48]],
  ['sha512', ['SHA-512', 64]],
  ['sha3-256', ['SHA3-256', 32]],
  ['sha3-384', ['SHA3-384', 48]],
  ['sha3-512', ['SHA3-512', 64]],
  ['blake2b-256', ['BLAKE2b-256', 32]],
  ['blake2b-384', ['BLAKE2b-384', 48]],
  ['blake2b-512', ['BLAKE2b-512', 64]],
  ['blake3', ['BLAKE3', 32]],
]);

/** What of an integrity string is the digest of a known algorithm, at its right length; the rest says nothing that can be checked. */
export function hashesOf(integrity: string | null): readonly ComponentHash[] {
  if (integrity === null) return [];
  return integrity.split(/\s+/).flatMap((part) => {
    const bare = part.replace(/\?.*$/, '');
    const at = Math.max(bare.lastIndexOf(':'), bare.lastIndexOf('-'));
    const [name, bytes] = ALGORITHMS.get(bare.slice(0, Math.max(at, 0)).toLowerCase()) ?? [];
    if (name === undefined || bytes === undefined) return [];
    const digest = bare.slice(at + 1);
    const content = bare.charAt(at) === ':' ? digest.toLowerCase() : hexOfBase64(digest);
    return content !== null && content.length === 2 * bytes && /^[0-9a-f]+$/.test(content)
      ? [{ alg: name, content }]
      : [];
  });
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `null` for what is not base64 (RFC 4648 §4); padding may be missing. */
function hexOfBase64(text: string): string | null {
  let hex = '';
  let bits = 0;
  let held = 0;
  for (const character of text.replace(/={1,2}$/, '')) {
    const value = BASE64.indexOf(character);
    if (value < 0) return null;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    hex += ((held >> bits) & 0xff).toString(16).padStart(2, '0');
    held &= (1 << bits) - 1;
  }
  return hex;
}
