/** Passkeys (auth-tables.ts): public keys only, no secret is among them. The ceremonies are passkey.actions.ts. */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, PasskeyRow } from './auth-tables.ts';

export async function insertPasskey(tx: Tx, row: PasskeyRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_passkey').values(row).execute();
}

/** The one with this credential id (base64url), unless it was removed. */
export async function readCredential(queries: Queries, credential: string): Promise<PasskeyRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_passkey')
    .selectAll()
    .where('credential', '=', credential)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Also one that was removed: its row stays, and no other passkey may have its credential. */
export async function isCredentialKnown(queries: Queries, credential: string): Promise<boolean> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_passkey')
    .select('id')
    .where('credential', '=', credential)
    .executeTakeFirst();
  return row !== undefined;
}

/** Those of a person that were not removed, oldest first. */
export async function passkeysOf(queries: Queries, person: string): Promise<readonly PasskeyRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_passkey')
    .selectAll()
    .where('person', '=', person)
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** What every use of a passkey changes; no entry speaks of it. */
export async function markPasskeyUsed(
  tx: Tx,
  id: string,
  use: { readonly counter: number; readonly backedUp: boolean; readonly at: Instant },
): Promise<void> {
  const set = { counter: use.counter, backed_up: use.backedUp ? 1 : 0, used_at: use.at };
  await tx.tables<AuthTables>().updateTable('auth_passkey').set(set).where('id', '=', id).execute();
}

/** Stores a new label or a removal together with the entry that recorded it. */
export async function updatePasskey(
  tx: Tx,
  id: string,
  change: Partial<Pick<PasskeyRow, 'label' | 'removed_at'>> & Pick<PasskeyRow, 'origin' | 'idx'>,
): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_passkey').set(change).where('id', '=', id).execute();
}
