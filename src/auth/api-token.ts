/**
 * Tokens of the API: `hft_`, 52 characters for 32 random bytes, and 6 that are a checksum.
 *
 *     hft_ 0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk mnpqrs
 *
 * Prefix and checksum are for programs that look for secrets in repositories: they find a token by its form, and know without asking us that it
 * is one (docs/guide/people.md has the pattern). The service keeps its SHA-256 only: with 256 random bits there is nothing to
 * guess. The design named argon2id for tokens as well; it slows guessing down, of which there is none here, and would cost 19 MiB and
 * 25 ms for each request of anybody who sends a string.
 */
import { utf8 } from '../lib/bytes.ts';
import { crockford } from '../lib/crockford.ts';
import { sha256, sha256Bytes } from '../lib/hash.ts';
import { days, type Millis } from '../lib/time.ts';
import { may, SCOPES, scopeNeeds, type Role, type Scope } from './permit.ts';

const PREFIX = 'hft_';
/** How many random bytes a token is made of. */
export const TOKEN_BYTES = 32;
const BODY = 52;
const CHECKSUM = 6;

/** No token lives longer: what nobody renews, nobody misses. */
export const LONGEST_TOKEN_MS: Millis = days(365);

export interface ApiToken {
  /** Shown once, never stored. */
  readonly text: string;
  readonly hash: string;
}

/** @param random 32 bytes. */
export function apiTokenOf(random: Uint8Array): ApiToken {
  const body = crockford(random).toLowerCase();
  const text = `${PREFIX}${body}${checksumOf(body)}`;
  return { text, hash: sha256(text) };
}

/** The digest to look for; `null` for every text that is not a token, also for one with a mistyped character. */
export function hashOfApiToken(text: string): string | null {
  if (text.length !== PREFIX.length + BODY + CHECKSUM || !/^hft_[0-9a-hjkmnp-tv-z]+$/.test(text)) return null;
  const body = text.slice(PREFIX.length, -CHECKSUM);
  return text.slice(-CHECKSUM) === checksumOf(body) ? sha256(text) : null;
}

/** The first 30 bits of the SHA-256 of prefix and body: an accident gets past it once in a thousand million times. */
const checksumOf = (body: string): string =>
  crockford(sha256Bytes(utf8(PREFIX + body)).subarray(0, 4))
    .slice(0, CHECKSUM)
    .toLowerCase();

/** Scopes as they are stored: in the order of `SCOPES`, so that one set has one spelling. */
export const formatScopes = (scopes: readonly Scope[]): string =>
  SCOPES.filter((scope) => scopes.includes(scope)).join();

/** A scope that this program does not know any more opens nothing. */
export const readScopes = (text: string): readonly Scope[] => {
  const named = text.split(',');
  return SCOPES.filter((scope) => named.includes(scope));
};

/** What a token may do now: what it was made for, as far as whoever made it still may give that away. */
export const scopesInForce = (scopes: readonly Scope[], creator: readonly Role[]): readonly Scope[] =>
  scopes.filter((scope) => may(creator, 'tokens.change') && may(creator, scopeNeeds(scope)));
