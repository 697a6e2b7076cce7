/** The values behind the commitments of the log, each encrypted (personal-tables.ts). What they mean is personal.actions.ts. */
import type { Queries, Tx } from '../platform/db.ts';
import type { PersonalTables } from './personal-tables.ts';

export type StoredPersonal = PersonalTables['log_personal'];

/** SQLite takes 32,766 parameters in a query, PostgreSQL 65,535. */
const COMMITMENTS_PER_QUERY = 10_000;

export async function insertPersonal(tx: Tx, row: StoredPersonal): Promise<void> {
  await tx.tables<PersonalTables>().insertInto('log_personal').values(row).execute();
}

/** By commitment; whatever was erased is missing. */
export async function readPersonal(
  queries: Queries,
  commitments: readonly string[],
): Promise<ReadonlyMap<string, StoredPersonal>> {
  const found = new Map<string, StoredPersonal>();
  for (let from = 0; from < commitments.length; from += COMMITMENTS_PER_QUERY) {
    const rows = await queries
      .tables<PersonalTables>()
      .selectFrom('log_personal')
      .selectAll()
      .where('commitment', 'in', commitments.slice(from, from + COMMITMENTS_PER_QUERY))
      .execute();
    for (const row of rows) found.set(row.commitment, row);
  }
  return found;
}

export async function deletePersonal(tx: Tx, subject: string): Promise<void> {
  await tx.tables<PersonalTables>().deleteFrom('log_personal').where('subject', '=', subject).execute();
}
