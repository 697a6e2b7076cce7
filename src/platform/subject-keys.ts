/**
 * A key for each person whose data is stored (a data subject, GDPR Art. 4(1)): wrapped under the KEK, and gone when the person is erased.
 *
 * Whoever is erased stays known by an opaque id without a key, so that nothing can be written about them again by mistake and a
 * backup from before can be told so. What is encrypted under these keys is personal-data.ts; a new KEK is key-rotation.ts.
 */
import { sql } from 'kysely';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from './db.ts';
import { newDek, parseKekId, type Dek, type KekId } from './encryption-key.ts';
import type { StoredKey } from './key-rotation.ts';
import type { MigrationList } from './migrations.ts';
import type { Random } from './random.ts';
import {
  formatWrappedKey,
  heldNow,
  parseWrappedKey,
  unwrapKey,
  wrapKey,
  type KeyPlace,
  type Keyring,
  type WrappedKey,
} from './wrapped-key.ts';

export const SUBJECT_KEYS: MigrationList = {
  feature: 'subject-keys',
  migrations: [
    {
      name: 'a key for each person',
      statements: [
        // Either a key, or the time at which it was erased.
        'create table subject_key (subject :text primary key, dek :text, erased_at :instant, ' +
          'check ((dek is null) = (erased_at is not null)))',
      ],
    },
  ],
};

interface SubjectKeyTables {
  subject_key: { subject: string; dek: string | null; erased_at: number | null };
}

/** SQLite takes 32,766 parameters in a query, PostgreSQL 65,535. */
const SUBJECTS_PER_QUERY = 10_000;

const placeOf = (subject: string): KeyPlace => ({ table: 'subject_key', column: 'dek', row: subject });

/**
 * The key of a person, made now where there was none.
 *
 * @throws SUBJECT_ERASED, KEY_MISMATCH, DATA_ALTERED
 */
export async function ensureSubjectKey(tx: Tx, keys: Keyring, random: Random, subject: string): Promise<Dek> {
  const known = (await readSubjectKeys(tx, keys, [subject])).get(subject);
  if (known === null) {
    throw new HoldfastError('SUBJECT_ERASED', `${subject} was erased, so nothing more is stored about them`, {
      hint: 'Nothing was changed. A person who comes back gets a new id.',
    });
  }
  if (known !== undefined) return known;
  const dek = newDek(random);
  const text = formatWrappedKey(wrapKey(keys.current, dek, placeOf(subject), random));
  await tx
    .tables<SubjectKeyTables>()
    .insertInto('subject_key')
    .values({ subject, dek: text, erased_at: null })
    .execute();
  return dek;
}

/**
 * The keys of many people in one query (for each 10,000 of them): `null` for who was erased, absent for who never had one.
 *
 * @throws KEY_MISMATCH, DATA_ALTERED
 */
export async function readSubjectKeys(
  queries: Queries,
  keys: Keyring,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, Dek | null>> {
  const found = new Map<string, Dek | null>();
  const held = heldNow(keys);
  const all = [...new Set(subjects)];
  for (let from = 0; from < all.length; from += SUBJECTS_PER_QUERY) {
    const rows = await queries
      .tables<SubjectKeyTables>()
      .selectFrom('subject_key')
      .select(['subject', 'dek'])
      .where('subject', 'in', all.slice(from, from + SUBJECTS_PER_QUERY))
      .execute();
    for (const { subject, dek } of rows) found.set(subject, dek === null ? null : unwrap(held, subject, dek));
  }
  return found;
}

function unwrap(keys: Keyring, subject: string, text: string): Dek {
  const wrapped = parseWrappedKey(text);
  const dek = wrapped === null ? null : unwrapKey(keys, wrapped, placeOf(subject));
  if (dek?.ok === true) return dek.value;
  if (dek?.error.code === 'kek-not-held') throw otherKek(dek.error.kekId, keys);
  throw altered(`the key of ${subject}`);
}

export const otherKek = (kekId: string, keys: Keyring): HoldfastError =>
  new HoldfastError(
    'KEY_MISMATCH',
    `data is encrypted under the key ${kekId}, and the key that was given is ${[keys.current, ...keys.previous].map(({ id }) => id).join(' and ')}`,
    {
      hint: 'Nothing was changed. Name that key; if it is lost, `holdfast keys restore FILE` writes it again from its recovery file.',
    },
  );

/** @param what For people, without any of its content. */
export const altered = (what: string): HoldfastError =>
  new HoldfastError('DATA_ALTERED', `${what} was changed or moved since it was encrypted, so it was not opened`, {
    hint: 'Restore the database from a backup, and find out who wrote to it.',
  });

/**
 * Forgets the key of a person for ever; every value that was encrypted under it stays closed. The rows of the values are for their
 * features to delete.
 *
 * @returns whether there was anything to do: `false` for who was erased before
 */
export async function eraseSubject(tx: Tx, subject: string, now: Instant): Promise<boolean> {
  const tables = tx.tables<SubjectKeyTables>();
  const { numInsertedOrUpdatedRows } = await tables
    .insertInto('subject_key')
    .values({ subject, dek: null, erased_at: now })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet({ dek: null, erased_at: now }).where('subject_key.erased_at', 'is', null),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether there is a key of this person, or was one. */
export async function hasSubject(queries: Queries, subject: string): Promise<boolean> {
  const row = await queries
    .tables<SubjectKeyTables>()
    .selectFrom('subject_key')
    .select('subject')
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row !== undefined;
}

/** Everyone who was erased, in order of their ids. */
export async function erasedSubjects(
  queries: Queries,
): Promise<readonly { readonly subject: string; readonly at: Instant }[]> {
  const rows = await queries
    .tables<SubjectKeyTables>()
    .selectFrom('subject_key')
    .select(['subject', 'erased_at'])
    .where('dek', 'is', null)
    .orderBy('subject')
    .execute();
  return rows.map(({ subject, erased_at }) => ({ subject, at: (erased_at ?? 0) as Instant }));
}

/** Every key that is stored, for a rotation. @throws DATA_ALTERED */
export async function storedSubjectKeys(queries: Queries): Promise<readonly StoredKey[]> {
  const rows = await queries
    .tables<SubjectKeyTables>()
    .selectFrom('subject_key')
    .select(['subject', 'dek'])
    .orderBy('subject')
    .execute();
  return rows.flatMap(({ subject, dek }) => {
    if (dek === null) return [];
    const wrapped = parseWrappedKey(dek);
    if (wrapped === null) throw altered(`the key of ${subject}`);
    return [{ place: placeOf(subject), wrapped }];
  });
}

/** Puts a key wrapped anew where the old one still stands; `false` where it does not. */
export async function replaceSubjectKey(tx: Tx, { place, wrapped }: StoredKey, next: WrappedKey): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .tables<SubjectKeyTables>()
    .updateTable('subject_key')
    .set({ dek: formatWrappedKey(next) })
    .where('subject', '=', place.row)
    .where('dek', '=', formatWrappedKey(wrapped))
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Under which KEKs how many keys are wrapped: each text begins with `v1.kekId.`. @throws DATA_ALTERED */
export async function keksInUse(queries: Queries): Promise<ReadonlyMap<KekId, number>> {
  const { rows } = await sql<{ kek: string; keys: number }>`
    select substr(dek, 4, 8) as kek, count(*) as keys from subject_key where dek is not null group by 1 order by 1`.execute(
    queries.tables(),
  );
  return new Map(
    rows.map(({ kek, keys }) => {
      const id = parseKekId(kek);
      if (id === null) throw altered('the key of a person');
      return [id, Number(keys)];
    }),
  );
}
