/** The digest of the one link that makes the first owner (auth-tables.ts). */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables } from './auth-tables.ts';

export interface SetUp {
  readonly hash: string;
  /** The id that the first owner will have. */
  readonly person: string;
}

/** The new link takes the place of the one before it. */
export async function storeSetUp(tx: Tx, { hash, person }: SetUp, now: Instant): Promise<void> {
  const row = { hash, person, created_at: now };
  await tx
    .tables<AuthTables>()
    .insertInto('auth_set_up')
    .values({ id: 1, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** `null` where there is none, because there is an owner. */
export async function readSetUp(queries: Queries): Promise<SetUp | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_set_up')
    .select(['hash', 'person'])
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteSetUp(tx: Tx): Promise<void> {
  await tx.tables<AuthTables>().deleteFrom('auth_set_up').execute();
}
