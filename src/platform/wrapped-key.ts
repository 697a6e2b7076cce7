/**
 * A DEK as it is stored: encrypted under a KEK, and bound to the place that it belongs to.
 *
 *     v1.kekId.dekId.iv.ct.tag      iv, ct and tag in base64url
 *
 * The place is authenticated, not stored: a wrapped key that somebody moves to another row, column or table does not open there.
 * The keys are encryption-key.ts, wrapping again under a new KEK is key-rotation.ts.
 */
import assert from 'node:assert/strict';
import { base64url, concat, fromBase64url, utf8 } from '../lib/bytes.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { IV_BYTES, open, seal, TAG_BYTES, type Sealed } from './aes-gcm.ts';
import type { Random } from './random.ts';
import {
  KEY_BYTES,
  parseDekId,
  parseKekId,
  takeDek,
  withKeyBytes,
  type Dek,
  type DekId,
  type Kek,
  type KekId,
} from './encryption-key.ts';

export interface WrappedKey extends Sealed {
  readonly kekId: KekId;
  readonly dekId: DekId;
}

/** Where a wrapped key is stored. Names of ours and an id of ours: never empty, always well-formed. */
export interface KeyPlace {
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

export interface Keyring {
  /** Wraps, and opens. */
  readonly current: Kek;
  /** Only open, until nothing is wrapped by them any more. */
  readonly previous: readonly Kek[];
}

/** What a keyring holds now: those of a data folder look at their files each time they are asked, which long lists need not. */
export const heldNow = ({ current, previous }: Keyring): Keyring => ({ current, previous });

export type UnwrapRefusal =
  | { readonly code: 'kek-not-held'; readonly kekId: KekId }
  /** Some byte of it or of its place is not what was wrapped; which one cannot be told. */
  | { readonly code: 'not-authentic' };

/** The version of the text form. It is authenticated too, so that no later form can be passed off as this one. */
const VERSION = 'v1';

export function wrapKey(kek: Kek, dek: Dek, place: KeyPlace, random: Random): WrappedKey {
  const sealed = withKeyBytes(dek.key, (bytes) => seal(kek.key, bytes, associatedData(place, dek.id), random));
  return { kekId: kek.id, dekId: dek.id, ...sealed };
}

/** The whole key, or why there is none. */
export function unwrapKey(keyring: Keyring, wrapped: WrappedKey, place: KeyPlace): Result<Dek, UnwrapRefusal> {
  const kek = [keyring.current, ...keyring.previous].find(({ id }) => id === wrapped.kekId);
  if (kek === undefined) return no({ code: 'kek-not-held', kekId: wrapped.kekId });
  const bytes = open(kek.key, wrapped, associatedData(place, wrapped.dekId));
  return bytes === null ? no({ code: 'not-authentic' }) : ok(takeDek(wrapped.dekId, bytes));
}

export const formatWrappedKey = ({ kekId, dekId, iv, ciphertext, tag }: WrappedKey): string =>
  [VERSION, kekId, dekId, base64url(iv), base64url(ciphertext), base64url(tag)].join('.');

/** `null` for every text that `formatWrappedKey` cannot give, whatever its length. */
export function parseWrappedKey(text: string): WrappedKey | null {
  const parts = text.length === TEXT_LENGTH ? text.split('.') : [];
  const [version, kek = '', dek = '', ivText = '', ciphertextText = '', tagText = ''] = parts;
  const kekId = parseKekId(kek);
  const dekId = parseDekId(dek);
  if (parts.length !== 6 || version !== VERSION || kekId === null || dekId === null) return null;
  const iv = bytesOf(ivText, IV_BYTES);
  const ciphertext = bytesOf(ciphertextText, KEY_BYTES);
  const tag = bytesOf(tagText, TAG_BYTES);
  return iv === null || ciphertext === null || tag === null ? null : { kekId, dekId, iv, ciphertext, tag };
}

/** Two characters, 8 of hex, and 22, 16, 43 and 22 of base64url for 16, 12, 32 and 16 bytes; five dots. */
const TEXT_LENGTH = 2 + 8 + 22 + 16 + 43 + 22 + 5;

export function bytesOf(text: string, length: number): Uint8Array | null {
  const bytes = fromBase64url(text);
  return bytes?.length === length ? bytes : null;
}

/** `table|column|row|dekId|version`. */
export const associatedData = ({ table, column, row }: KeyPlace, dekId: DekId): Uint8Array =>
  lengthPrefixed([table, column, row, dekId, VERSION]);

/**
 * Each part as UTF-8 behind its length in 32 bits, big-endian: no two lists of parts have the same bytes, whatever stands in them.
 *
 * UTF-8 has one spelling for all lone surrogates (U+FFFD), so a part with one would be no longer unique.
 */
export function lengthPrefixed(parts: readonly string[]): Uint8Array {
  return concat(
    parts.flatMap((part) => {
      assert.ok(part !== '' && part.isWellFormed(), 'a part of a place is empty or not well-formed');
      const bytes = utf8(part);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes];
    }),
  );
}
