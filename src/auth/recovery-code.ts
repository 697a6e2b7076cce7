/**
 * Recovery codes: twenty characters in four groups, for the day on which no passkey is at hand.
 *
 *     7K3F9-QX0ML 5T2VN-8HB4R     selector of 8 characters, secret of 12
 *
 * The selector finds the one row that the code can be, so that a single digest is computed for each attempt that has a chance, and none for the
 * others. The secret has 60 random bits; OWASP ASVS 5.0, 6.5.2 wants a password hash and a salt for anything below 112, hence argon2id
 * (recovery.actions.ts).
 */
import { crockford, readCrockford } from '../lib/crockford.ts';

/** As many as other services give, so that nobody has to make new ones after each journey. */
export const CODES_PER_PERSON = 10;
/** How many random bytes a code is made of. */
export const CODE_BYTES = 13;

const SELECTOR = 8;
const LENGTH = 20;

export interface RecoveryCode {
  readonly selector: string;
  readonly secret: string;
}

/** @param random `CODE_BYTES` of them, new for each code. */
export const codeOf = (random: Uint8Array): RecoveryCode => cut(crockford(random).slice(0, LENGTH));

/** As a person reads, prints and types it. */
export const formatCode = ({ selector, secret }: RecoveryCode): string =>
  (selector + secret).replaceAll(/(.{5})(?=.)/g, '$1-');

/** `null` for everything that is no code, whatever its length. */
export function readCode(typed: string): RecoveryCode | null {
  const text = readCrockford(typed, LENGTH);
  return text?.length === LENGTH ? cut(text) : null;
}

const cut = (text: string): RecoveryCode => ({ selector: text.slice(0, SELECTOR), secret: text.slice(SELECTOR) });
