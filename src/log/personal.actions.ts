/**
 * Personal data that an entry speaks of: committed to in the leaf, kept encrypted beside the log, and erased without touching a proof.
 *
 *     const name = await commitPersonal(tx, keys, random, { subject: person, field: 'name', value: 'Ada Beispiel' });
 *     await appendEntry(tx, { type: 'person.joined', actor, subject: `person:${person}`, data: {}, pd: [name], state }, now);
 *
 * The commitment itself is commitment.ts, the encryption platform/personal-data.ts. Erasing a person is keys/erase.actions.ts.
 */
import { base64url, fromBase64url } from '../lib/bytes.ts';
import { isObject } from '../lib/json.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { openTexts, sealText, type PersonalPlace } from '../platform/personal-data.ts';
import type { Random } from '../platform/random.ts';
import { altered } from '../platform/subject-keys.ts';
import type { Keyring } from '../platform/wrapped-key.ts';
import { commit, opens } from './commitment.ts';
import type { PersonalDatum } from './leaf.ts';
import { deletePersonal, insertPersonal, readPersonal } from './personal.store.ts';

export interface PersonalValue {
  /** The opaque id of the person it is about. */
  readonly subject: string;
  /** The field of the entry that it would stand in: `name`. */
  readonly field: string;
  readonly value: string;
}

const COMMITMENT_KEY_BYTES = 32;

const placeOf = (commitment: string, subject: string): PersonalPlace => ({
  subject,
  table: 'log_personal',
  column: 'sealed',
  row: commitment,
});

/**
 * Stores the value in the transaction of the entry, and gives what the entry says in its place.
 *
 * @throws SUBJECT_ERASED, KEY_MISMATCH, DATA_ALTERED
 */
export async function commitPersonal(
  tx: Tx,
  keys: Keyring,
  random: Random,
  { subject, field, value }: PersonalValue,
): Promise<PersonalDatum> {
  const r = random(COMMITMENT_KEY_BYTES);
  const commitment = commit(r, value);
  const opening = JSON.stringify({ r: base64url(r), value });
  const sealed = await sealText(tx, keys, random, placeOf(commitment, subject), opening);
  await insertPersonal(tx, { commitment, subject, sealed });
  return { f: field, c: commitment, k: subject };
}

/**
 * What entries meant, after each value was seen to be the one that was committed to; in the order of `data`.
 *
 * @returns `null` in place of a value whose person was erased
 * @throws DATA_ALTERED where a value is gone without an erasure, or is another one; KEY_MISMATCH
 */
export async function revealPersonal(
  queries: Queries,
  keys: Keyring,
  data: readonly PersonalDatum[],
): Promise<readonly (string | null)[]> {
  const stored = await readPersonal(
    queries,
    data.map(({ c }) => c),
  );
  const openings = await openTexts(
    queries,
    keys,
    data.map(({ c, k }) => ({ place: placeOf(c, k), sealed: stored.get(c)?.sealed ?? '' })),
  );
  return openings.map((opening, at) => {
    if (opening === null) return null;
    const { r, value } = readOpening(opening);
    const { c = '' } = data[at] ?? {};
    if (!opens(c, r, value)) throw altered(`the value behind the commitment ${c}`);
    return value;
  });
}

function readOpening(text: string): { readonly r: Uint8Array; readonly value: string } {
  const opening: unknown = JSON.parse(text);
  const { r, value } = isObject(opening) ? opening : {};
  const bytes = typeof r === 'string' ? fromBase64url(r) : null;
  if (bytes === null || typeof value !== 'string') throw new Error('an opening was sealed in another form');
  return { r: bytes, value };
}

/** Deletes every value about a person; their key goes with `eraseSubject`. */
export const erasePersonal = (tx: Tx, subject: string): Promise<void> => deletePersonal(tx, subject);
