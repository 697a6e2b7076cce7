/**
 * Crockford's base 32: text for random bytes that people read aloud and type, and that a double click selects.
 *
 * Source: https://www.crockford.com/base32.html. No check symbol; hyphens are for the reader only.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Five bits a character, most significant first; the last character is filled up with zero bits. */
export function crockford(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held & 0x1f) << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 0x1f);
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 0x1f);
}

/**
 * What somebody typed, in the one spelling of `crockford`: the letters that are easily taken for digits are those digits, and
 * spaces and hyphens are left out. `null` where another character is among them, or too many.
 */
export function readCrockford(typed: string, most: number): string | null {
  if (typed.length > 2 * most + 16) return null;
  const text = typed.replaceAll(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return text.length <= most && /^[0-9A-HJKMNP-TV-Z]+$/.test(text) ? text : null;
}
