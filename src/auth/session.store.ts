/** Sessions and the digests of their cookies (auth-tables.ts). How long they live is session.ts. */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { AuthTables, PersonRow, SessionRow, SessionTokenRow } from './auth-tables.ts';

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_session').values(row).execute();
}

export async function insertSessionToken(tx: Tx, row: SessionTokenRow): Promise<void> {
  await tx.tables<AuthTables>().insertInto('auth_session_token').values(row).execute();
}

/** A cookie's session with its person. */
export interface FoundSession {
  readonly token: SessionTokenRow;
  readonly session: SessionRow;
  readonly person: Pick<PersonRow, 'id' | 'roles' | 'access' | 'name'>;
}

/** One read by primary keys: this is done for every page. */
export async function findSession(queries: Queries, hash: string): Promise<FoundSession | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_session_token as token')
    .innerJoin('auth_session as session', 'session.id', 'token.session')
    .innerJoin('auth_person as person', 'person.id', 'session.person')
    .select(['token.hash', 'token.session', 'token.made_at', 'token.used', 'token.valid_until'])
    .select(['session.id', 'session.person', 'session.purpose', 'session.device', 'session.started_at'])
    .select(['session.authenticated_at', 'session.seen_at', 'session.ends_at'])
    .select(['person.roles', 'person.access', 'person.name'])
    .where('token.hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { session: of, made_at, used, valid_until, roles, access, name, hash: found, ...session } = row;
  return {
    token: { hash: found, session: of, made_at, used, valid_until },
    session,
    person: { id: session.person, roles, access, name },
  };
}

export async function readSession(queries: Queries, id: string): Promise<SessionRow | null> {
  const row = await queries
    .tables<AuthTables>()
    .selectFrom('auth_session')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Those of a person, the one that was seen last first; also those that are over and not yet forgotten. */
export async function sessionsOf(queries: Queries, person: string): Promise<readonly SessionRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_session')
    .selectAll()
    .where('person', '=', person)
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .execute();
}

/** The digests of the cookies that open a session, newest first. */
export async function tokensOfSession(queries: Queries, session: string): Promise<readonly SessionTokenRow[]> {
  return queries
    .tables<AuthTables>()
    .selectFrom('auth_session_token')
    .selectAll()
    .where('session', '=', session)
    .orderBy('made_at', 'desc')
    .execute();
}

export async function markSessionSeen(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_session').set({ seen_at: now }).where('id', '=', id).execute();
}

/** The passkey was used in it. */
export async function markSessionFresh(tx: Tx, id: string, now: Instant): Promise<void> {
  const set = { seen_at: now, authenticated_at: now };
  await tx.tables<AuthTables>().updateTable('auth_session').set(set).where('id', '=', id).execute();
}

/** The browser has shown that it holds this cookie. */
export async function markTokenUsed(tx: Tx, hash: string): Promise<void> {
  await tx.tables<AuthTables>().updateTable('auth_session_token').set({ used: 1 }).where('hash', '=', hash).execute();
}

/** All other cookies of the session end at `until`, unless they end before. */
export async function limitOtherTokens(tx: Tx, session: string, hash: string, until: Instant): Promise<void> {
  await tx
    .tables<AuthTables>()
    .updateTable('auth_session_token')
    .set({ valid_until: until })
    .where('session', '=', session)
    .where('hash', '!=', hash)
    .where((e) => e.or([e('valid_until', 'is', null), e('valid_until', '>', until)]))
    .execute();
}

export async function deleteTokens(tx: Tx, session: string, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return;
  await tx
    .tables<AuthTables>()
    .deleteFrom('auth_session_token')
    .where('session', '=', session)
    .where('hash', 'in', hashes)
    .execute();
}

/** With its cookies. */
export async function deleteSession(tx: Tx, id: string): Promise<void> {
  await tx.tables<AuthTables>().deleteFrom('auth_session').where('id', '=', id).execute();
}

export async function deleteSessionsOf(tx: Tx, person: string): Promise<void> {
  await tx.tables<AuthTables>().deleteFrom('auth_session').where('person', '=', person).execute();
}

/** Forgets what ended before `now`, and what nobody used since `idleSince`: a few at a time, because no page waits for many. */
export async function forgetSessions(tx: Tx, now: Instant, idleSince: Instant, most: number): Promise<void> {
  const tables = tx.tables<AuthTables>();
  const over = await tables
    .selectFrom('auth_session')
    .select('id')
    .where((e) => e.or([e('ends_at', '<=', now), e('seen_at', '<=', idleSince)]))
    .limit(most)
    .execute();
  if (over.length === 0) return;
  await tables
    .deleteFrom('auth_session')
    .where(
      'id',
      'in',
      over.map(({ id }) => id),
    )
    .execute();
}
