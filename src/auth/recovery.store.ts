/** Recovery codes that were not used yet (auth-tables.ts); what they look like is recovery-code.ts. */
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, RecoveryCodeRow } from './auth-tables.ts';

/** The new codes of a person take the place of all old ones. */
export async function replaceRecoveryCodes(tx: Tx, person: string, rows: readonly RecoveryCodeRow[]): Promise<void> {
  const tables = tx.tables<AuthTables>();
  await tables.deleteFrom('auth_recovery_code').where('person', '=', person).execute();
  if (rows.length > 0) await tables.insertInto('auth_recovery_code').values(rows).execute();
}

export async function findRecoveryCode(queries: Queries, selector: string): Promise<RecoveryCodeRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_recovery_code')
    .selectAll()
    .where('selector', '=', selector)
    .executeTakeFirst();
  return row ?? null;
}

/** Whether it was there: of two who use one code, one finds it gone. */
export async function takeRecoveryCode(tx: Tx, selector: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .tables<AuthTables>()
    .deleteFrom('auth_recovery_code')
    .where('selector', '=', selector)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** How many a person has left. */
export async function countRecoveryCodes(queries: Queries, person: string): Promise<number> {
  const { count } = await queries
    .tables<AuthTables>()
    .selectFrom('auth_recovery_code')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('person', '=', person)
    .executeTakeFirstOrThrow();
  return count;
}
