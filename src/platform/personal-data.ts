/**
 * Personal data at rest: each value encrypted under the key of the person it is about, and bound to the place where it is stored.
 *
 *     v1.dekId.iv.ct.tag      iv, ct and tag in base64url
 *
 * A value that somebody moves to another row, column, table or person does not open there. When the person is erased, their key is
 * deleted and every value about them stays closed, also in the backups that are made from then on. Sorting and searching such a column
 * is not possible in SQL: read, open, then sort. The keys are subject-keys.ts; values that the evidence log speaks of are
 * log/personal-datum.actions.ts.
 */
import assert from 'node:assert/strict';
import { base64url, fromBase64url, fromUtf8, utf8 } from '../lib/bytes.ts';
import { IV_BYTES, open, seal, TAG_BYTES, type Sealed } from './aes-gcm.ts';
import type { Queries, Tx } from './db.ts';
import { parseDekId, type Dek, type DekId } from './encryption-key.ts';
import type { Random } from './random.ts';
import { altered, ensureSubjectKey, readSubjectKeys } from './subject-keys.ts';
import { bytesOf, lengthPrefixed, type KeyPlace, type Keyring } from './wrapped-key.ts';

/** Where a value is stored, and whom it is about. Names and ids of ours, none of them empty. */
export interface PersonalPlace extends KeyPlace {
  /** The opaque id of a person, as actors have it in the log. */
  readonly subject: string;
}

export interface SealedText {
  readonly place: PersonalPlace;
  readonly sealed: string;
}

/** The version of the text form; authenticated. */
const VERSION = 'v1';
/** Parts this use of a key from every other one: a wrapped key never opens as a value. */
const DOMAIN = 'holdfast personal data';

/**
 * Encrypts a text about a person. They get a key with their first one.
 *
 * @param text Any text without lone surrogates, also an empty one.
 * @throws SUBJECT_ERASED, KEY_MISMATCH, DATA_ALTERED
 */
export async function sealText(
  tx: Tx,
  keys: Keyring,
  random: Random,
  place: PersonalPlace,
  text: string,
): Promise<string> {
  assert.ok(text.isWellFormed(), 'a text with a lone surrogate would come back as another one');
  const dek = await ensureSubjectKey(tx, keys, random, place.subject);
  const { iv, ciphertext, tag } = seal(dek.key, utf8(text), associatedData(place, dek.id), random);
  return [VERSION, dek.id, base64url(iv), base64url(ciphertext), base64url(tag)].join('.');
}

/**
 * The text, or `null` for a person who was erased.
 *
 * @throws KEY_MISMATCH, DATA_ALTERED
 */
export async function openText(
  queries: Queries,
  keys: Keyring,
  place: PersonalPlace,
  sealed: string,
): Promise<string | null> {
  const [text = null] = await openTexts(queries, keys, [{ place, sealed }]);
  return text;
}

/**
 * The same for a list, with one query for all keys; answers in the order of `sealed`.
 *
 * @throws KEY_MISMATCH, DATA_ALTERED
 */
export async function openTexts(
  queries: Queries,
  keys: Keyring,
  sealed: readonly SealedText[],
): Promise<readonly (string | null)[]> {
  const subjects = sealed.map(({ place }) => place.subject);
  const deks = await readSubjectKeys(queries, keys, subjects);
  return sealed.map((each) => openUnder(deks.get(each.place.subject), each));
}

/** @param dek `null`: erased; `undefined`: there never was one, so nobody sealed this here. */
function openUnder(dek: Dek | null | undefined, { place, sealed }: SealedText): string | null {
  if (dek === null) return null;
  const value = parseSealed(sealed);
  const bytes =
    dek === undefined || value === null || value.dekId !== dek.id
      ? null
      : open(dek.key, value, associatedData(place, dek.id));
  const text = bytes === null ? null : fromUtf8(bytes);
  bytes?.fill(0);
  if (text === null) throw altered(`the value of ${place.table}.${place.column} in row ${place.row}`);
  return text;
}

function parseSealed(text: string): (Sealed & { readonly dekId: DekId }) | null {
  const parts = text.split('.', 6);
  const [version, dek = '', ivText = '', ciphertextText = '', tagText = ''] = parts;
  const dekId = parseDekId(dek);
  if (parts.length !== 5 || version !== VERSION || dekId === null) return null;
  const iv = bytesOf(ivText, IV_BYTES);
  const ciphertext = fromBase64url(ciphertextText);
  const tag = bytesOf(tagText, TAG_BYTES);
  return iv === null || ciphertext === null || tag === null ? null : { dekId, iv, ciphertext, tag };
}

const associatedData = ({ subject, table, column, row }: PersonalPlace, dekId: DekId): Uint8Array =>
  lengthPrefixed([DOMAIN, subject, table, column, row, dekId, VERSION]);
