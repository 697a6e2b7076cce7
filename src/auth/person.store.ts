/** People (auth-tables.ts). Who may be changed how is decide-people.ts. */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, PersonRow } from './auth-tables.ts';

export async function insertPerson(tx: Tx, row: PersonRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_person').values(row).execute();
}

export async function readPerson(queries: Queries, id: string): Promise<PersonRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_person')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Everybody, also those whose access ended; in the order of their beginning, `most` at the most. */
export async function readPeople(queries: Queries, most: number): Promise<readonly PersonRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_person')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .limit(most)
    .execute();
}

export type PersonChange = Partial<Pick<PersonRow, 'roles' | 'access' | 'name' | 'email' | 'ended_at'>>;

/** Stores a change together with the entry that recorded it. */
export async function updatePerson(
  tx: Tx,
  id: string,
  change: PersonChange & Pick<PersonRow, 'origin' | 'idx'>,
): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_person').set(change).where('id', '=', id).execute();
}

/** Everybody whose access has not ended, with their roles: few columns, because the decision about the last owner reads all of them. */
export async function activePeople(queries: Queries): Promise<readonly Pick<PersonRow, 'id' | 'roles'>[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_person')
    .select(['id', 'roles'])
    .where('access', '=', 'active')
    .execute();
}

export async function markPersonSeen(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_person').set({ seen_at: now }).where('id', '=', id).execute();
}
