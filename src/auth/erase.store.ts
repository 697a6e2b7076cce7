/**
 * What goes when a person is erased, besides their key (keys/erase.actions.ts): sessions with their device, and recovery codes.
 *
 * Rows that entries of the log speak of stay, as the log recorded them: their names and labels are sealed under the key that is gone.
 */
import type { Tx } from '../platform/db.ts';
import type { AuthTables } from './auth-tables.ts';

export async function eraseSignIns(tx: Tx, person: string): Promise<void> {
  const tables = tx.tables<AuthTables>();
  await tables.deleteFrom('auth_session').where('person', '=', person).execute();
  await tables.deleteFrom('auth_recovery_code').where('person', '=', person).execute();
}
