/** Invitations (auth-tables.ts). When one is good is invitation.ts. */
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, InvitationRow } from './auth-tables.ts';

export async function insertInvitation(tx: Tx, row: InvitationRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_invitation').values(row).execute();
}

export async function findInvitation(queries: Queries, hash: string): Promise<InvitationRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_invitation')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row ?? null;
}

export async function readInvitation(queries: Queries, id: string): Promise<InvitationRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_invitation')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Newest first. */
export async function readInvitations(queries: Queries, most: number): Promise<readonly InvitationRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_invitation')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
}

/** Those that somebody made and nobody has used or taken back, whether in date or not. */
export async function openInvitationsBy(queries: Queries, person: string): Promise<readonly InvitationRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_invitation')
    .selectAll()
    .where('invited_by', '=', person)
    .where('state', '=', 'open')
    .orderBy('id')
    .execute();
}

/** Stores how it ended together with the entry that recorded it. */
export async function settleInvitation(
  tx: Tx,
  id: string,
  change: Pick<InvitationRow, 'state' | 'settled_at' | 'origin' | 'idx'>,
): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_invitation').set(change).where('id', '=', id).execute();
}
