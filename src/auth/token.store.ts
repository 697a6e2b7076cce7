/** Tokens of the API (auth-tables.ts). What one looks like is api-token.ts. */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, PersonRow, TokenRow } from './auth-tables.ts';

export async function insertToken(tx: Tx, row: TokenRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_token').values(row).execute();
}

/** A token with whoever made it: what they may no longer do, it may not either. */
export interface FoundToken {
  readonly token: TokenRow;
  readonly creator: Pick<PersonRow, 'roles' | 'access'>;
}

export async function findToken(queries: Queries, hash: string): Promise<FoundToken | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_token as token')
    .innerJoin('auth_person as person', 'person.id', 'token.created_by')
    .selectAll('token')
    .select(['person.roles', 'person.access'])
    .where('token.hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { roles, access, ...token } = row;
  return { token, creator: { roles, access } };
}

export async function readToken(queries: Queries, id: string): Promise<TokenRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_token')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Newest first, also those that are over. */
export async function readTokens(queries: Queries, most: number): Promise<readonly TokenRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_token')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
}

/** Those that somebody made and that were not revoked. */
export async function tokensBy(queries: Queries, person: string): Promise<readonly TokenRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_token')
    .selectAll()
    .where('created_by', '=', person)
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** Stores the revocation together with the entry that recorded it. */
export async function updateToken(
  tx: Tx,
  id: string,
  change: Pick<TokenRow, 'revoked_at' | 'origin' | 'idx'>,
): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_token').set(change).where('id', '=', id).execute();
}

export async function markTokenSeen(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_token').set({ used_at: now }).where('id', '=', id).execute();
}
