/** Links that let an owner in from the machine (auth-tables.ts). What one is good for is rescue.ts. */
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, RescueRow } from './auth-tables.ts';

export async function insertRescue(tx: Tx, row: RescueRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_rescue').values(row).execute();
}

export async function findRescue(queries: Queries, hash: string): Promise<RescueRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_rescue')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row ?? null;
}

/** Newest first. */
export async function readRescues(queries: Queries, most: number): Promise<readonly RescueRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_rescue')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
}

/** Those that nobody has used and no newer one has replaced, whether in date or not. */
export async function unsettledRescues(queries: Queries): Promise<readonly RescueRow[]> {
  return queries.tables<AuthTables>().selectFrom('auth_rescue').selectAll().where('state', '=', 'open').execute();
}

/** Stores how it ended together with the entry that recorded it. */
export async function settleRescue(
  tx: Tx,
  id: string,
  change: Pick<RescueRow, 'state' | 'settled_at' | 'origin' | 'idx'>,
): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_rescue').set(change).where('id', '=', id).execute();
}
