/**
 * Sessions: begun with a passkey or a recovery code, confirmed with the passkey (step-up), ended. What a request with a cookie means
 * is identify.actions.ts, the rules are session.ts.
 */
import type { Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import type { Tx } from '../platform/db.ts';
import { record, type AuthWorld } from './auth.actions.ts';
import type { SessionPurpose } from './auth-tables.ts';
import { ID_BYTES, newId } from './opaque-id.ts';
import { markPersonSeen } from './person.store.ts';
import { SECRET_BYTES, secretOf } from './secret.ts';
import { endOf, idleSince, isLive } from './session.ts';
import {
  deleteSession,
  deleteTokens,
  forgetSessions,
  insertSession,
  insertSessionToken,
  markSessionFresh,
  readSession,
  sessionsOf,
  tokensOfSession,
} from './session.store.ts';

/** How many sessions that are over each sign-in clears away. */
const FORGOTTEN_AT_ONCE = 50;

export interface NewSession {
  readonly person: string;
  readonly purpose: SessionPurpose;
  /** device.ts */
  readonly device: string;
  /** The session that the browser came with: it ends (OWASP ASVS 5.0, 7.2.4). */
  readonly replaces: string | null;
}

/** @returns the secret of the cookie (session-cookie.ts) */
export const startSession = (world: AuthWorld, session: NewSession, now: Instant): Promise<string> =>
  recordInLog(world.log, (tx) => startSessionIn(world, tx, session, now));

/** The same, for what signs somebody in beside something else. */
export async function startSessionIn(
  { random }: AuthWorld,
  tx: Tx,
  { person, purpose, device, replaces }: NewSession,
  now: Instant,
): Promise<string> {
  await forgetSessions(tx, now, idleSince(now), FORGOTTEN_AT_ONCE);
  if (replaces !== null) await endIn(tx, { session: replaces, actor: person, type: 'session.ended' }, now);
  const id = newId('session', random(ID_BYTES));
  await insertSession(tx, {
    id,
    person,
    purpose,
    device,
    started_at: now,
    authenticated_at: now,
    seen_at: now,
    ends_at: endOf(purpose, now),
  });
  await markPersonSeen(tx, person, now);
  await record(
    tx,
    { type: 'session.started', actor: person, kind: 'session', id, data: { person, purpose }, state: null },
    now,
  );
  return giveCookie(tx, random(SECRET_BYTES), id, now);
}

/** A cookie for a session, in the making: it counts as used when it first comes back. */
export async function giveCookie(tx: Tx, random: Uint8Array, session: string, now: Instant): Promise<string> {
  const { text, hash } = secretOf(random);
  await insertSessionToken(tx, { hash, session, made_at: now, used: 0, valid_until: null });
  return text;
}

/**
 * The passkey was used again in a session: it is fresh, under a new cookie, and all cookies before are over.
 *
 * @returns `null` where the session ended meanwhile
 */
export function confirmSession(world: AuthWorld, session: string, now: Instant): Promise<string | null> {
  return recordInLog(world.log, async (tx) => {
    const row = await readSession(tx, session);
    if (row === null || !isLive(row, now)) return null;
    const before = await tokensOfSession(tx, session);
    await deleteTokens(
      tx,
      session,
      before.map(({ hash }) => hash),
    );
    await markSessionFresh(tx, session, now);
    const { person } = row;
    await record(
      tx,
      { type: 'session.confirmed', actor: person, kind: 'session', id: session, data: { person }, state: null },
      now,
    );
    return giveCookie(tx, world.random(SECRET_BYTES), session, now);
  });
}

/** Whoever it belongs to leaves. */
export const signOut = (world: AuthWorld, session: string, person: string, now: Instant): Promise<void> =>
  recordInLog(world.log, async (tx) => endIn(tx, { session, actor: person, type: 'session.ended' }, now));

/**
 * Ends a session of a person. The caller has asked whether `actor` may: everybody may end their own, people.change those of others.
 *
 * @returns `false` where that person has no such session; also when it was over already
 */
export function revokeSession(
  world: AuthWorld,
  { session, person, actor }: { readonly session: string; readonly person: string; readonly actor: string },
  now: Instant,
): Promise<boolean> {
  return recordInLog(world.log, async (tx) => {
    const row = await readSession(tx, session);
    if (row?.person !== person) return false;
    await endIn(tx, { session, actor, type: 'session.revoked' }, now);
    return true;
  });
}

/** Ends all sessions of a person but one. @returns how many */
export function revokeOtherSessions(
  world: AuthWorld,
  { person, actor, except }: { readonly person: string; readonly actor: string; readonly except: string | null },
  now: Instant,
): Promise<number> {
  return recordInLog(world.log, (tx) => revokeAllIn(tx, { person, actor, except }, now));
}

/** The same in a transaction. */
export async function revokeAllIn(
  tx: Tx,
  { person, actor, except }: { readonly person: string; readonly actor: string; readonly except: string | null },
  now: Instant,
): Promise<number> {
  const others = (await sessionsOf(tx, person)).filter(({ id }) => id !== except);
  for (const { id } of others) await endIn(tx, { session: id, actor, type: 'session.revoked' }, now);
  return others.length;
}

export interface EndedSession {
  readonly session: string;
  readonly actor: string | null;
  readonly type: 'session.ended' | 'session.revoked';
  readonly reason?: 'cookie-came-back';
}

export async function endIn(tx: Tx, { session, actor, type, reason }: EndedSession, now: Instant): Promise<void> {
  const row = await readSession(tx, session);
  if (row === null) return;
  await deleteSession(tx, session);
  const data = { person: row.person, ...(reason === undefined ? {} : { reason }) };
  await record(tx, { type, actor, kind: 'session', id: session, data, state: null }, now);
}

/** A session as pages show it. */
export interface ShownSession {
  readonly id: string;
  readonly device: string;
  readonly startedAt: Instant;
  /** To the hour. */
  readonly seenAt: Instant;
}

/** The sessions of a person that are not over, the one that was seen last first. */
export async function showSessions({ log }: AuthWorld, person: string, now: Instant): Promise<readonly ShownSession[]> {
  const live = (await sessionsOf(log.db, person)).filter((session) => isLive(session, now));
  return live.map(({ id, device, started_at, seen_at }) => ({ id, device, startedAt: started_at, seenAt: seen_at }));
}
