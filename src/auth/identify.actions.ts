/**
 * Who is asking: the person of a cookie, the token of an `Authorization` header, or nobody. Done for every request, so it is one read by
 * primary keys and one for the name; what it writes, it writes once an hour.
 */
import { between, plus, type Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import { openText } from '../platform/personal-data.ts';
import { hashOfApiToken, readScopes, scopesInForce } from './api-token.ts';
import { nameOf, type AuthWorld } from './auth.actions.ts';
import { readRoles } from './decide-people.ts';
import type { Role, Scope } from './permit.ts';
import { markPersonSeen } from './person.store.ts';
import { hashOfSecret, SECRET_BYTES } from './secret.ts';
import { endIn, giveCookie } from './session.actions.ts';
import { noSessionCookie, readSessionCookie, sessionCookie, type CookieSettings } from './session-cookie.ts';
import { HANDOVER_MS, meaningOf, replacedOnRotation, SEEN_EVERY_MS, type CookieMeaning } from './session.ts';
import {
  deleteTokens,
  findSession,
  limitOtherTokens,
  markSessionSeen,
  markTokenUsed,
  tokensOfSession,
  type FoundSession,
} from './session.store.ts';
import { findToken, markTokenSeen } from './token.store.ts';

/** What a request says about who sends it. */
export interface Credentials {
  /** The `Cookie` header. */
  readonly cookie: string | null;
  /** The `Authorization` header. */
  readonly authorization: string | null;
}

/** A person as web/route.ts knows viewers. */
export interface SignedIn {
  readonly kind: 'person';
  readonly person: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly session: string;
  readonly authenticatedAt: Instant;
}

export interface Machine {
  readonly kind: 'token';
  readonly token: string;
  readonly scopes: readonly Scope[];
}

export interface Identified {
  readonly viewer: SignedIn | Machine | null;
  /** For `Set-Cookie`: a new one once a day, and none any more when the session is over. */
  readonly cookie: string | null;
}

const NOBODY: Identified = { viewer: null, cookie: null };

export async function identify(
  world: AuthWorld,
  { cookie, authorization }: Credentials,
  settings: CookieSettings,
  now: Instant,
): Promise<Identified> {
  // A machine that shows a token is judged by it alone: a browser cannot be made to send one from another site.
  if (authorization !== null) return { viewer: await tokenViewer(world, authorization, now), cookie: null };
  const secret = readSessionCookie(cookie, settings);
  if (secret === null) return NOBODY;
  const hash = hashOfSecret(secret);
  const found = hash === null ? null : await findSession(world.log.db, hash);
  if (found === null) return { viewer: null, cookie: noSessionCookie(settings) };
  return personOf(world, found, settings, now);
}

async function personOf(
  world: AuthWorld,
  found: FoundSession,
  settings: CookieSettings,
  now: Instant,
): Promise<Identified> {
  const { token, session, person } = found;
  const meaning = meaningOf(token, session, person.access, now);
  if (meaning.kind === 'replayed') await endReplayed(world, session.id, now);
  if (meaning.kind !== 'good') return { viewer: null, cookie: noSessionCookie(settings) };
  const renewed = await keepUp(world, found, meaning, now);
  const renewedCookie = renewed === null ? null : sessionCookie(renewed, settings);
  // It opens the page that makes a passkey, and nothing that asks who is there (recovery.actions.ts).
  if (session.purpose !== 'staff') return { viewer: null, cookie: renewedCookie };
  const name = await openText(world.log.db, world.keys, nameOf(person.id), person.name);
  // Erased, though nobody ended their access before.
  if (name === null) return { viewer: null, cookie: noSessionCookie(settings) };
  const { authenticated_at: authenticatedAt, id } = session;
  const viewer = { kind: 'person', person: person.id, name, roles: readRoles(person.roles), session: id } as const;
  return { viewer: { ...viewer, authenticatedAt }, cookie: renewedCookie };
}

/** Whoever of the two has the newer cookie is signed out as well: which of them is the thief, nobody can tell. */
const endReplayed = (world: AuthWorld, session: string, now: Instant): Promise<void> =>
  recordInLog(world.log, (tx) =>
    endIn(tx, { session, actor: null, type: 'session.revoked', reason: 'cookie-came-back' }, now),
  );

/** Writes what is due, and gives the secret of a new cookie once a day. */
async function keepUp(
  { log, random }: AuthWorld,
  { token, session }: FoundSession,
  { isDue, isFirstUse, rotates }: Extract<CookieMeaning, { kind: 'good' }>,
  now: Instant,
): Promise<string | null> {
  if (!isDue && !isFirstUse && !rotates) return null;
  return log.db.transaction(async (tx) => {
    if (isDue) {
      await markSessionSeen(tx, session.id, now);
      await markPersonSeen(tx, session.person, now);
    }
    if (isFirstUse) {
      await markTokenUsed(tx, token.hash);
      await limitOtherTokens(tx, session.id, token.hash, plus(now, HANDOVER_MS));
    }
    if (!rotates) return null;
    const replaced = replacedOnRotation(await tokensOfSession(tx, session.id), now);
    if (replaced === null) return null;
    await deleteTokens(tx, session.id, replaced);
    return giveCookie(tx, random(SECRET_BYTES), session.id, now);
  });
}

/** RFC 6750 §2.1; the scheme's name has no case (RFC 9110 §11.1). */
const BEARER = /^bearer +(\S+)$/i;
/** Longer than a token and its scheme. */
const MOST_AUTHORIZATION = 256;

async function tokenViewer({ log }: AuthWorld, authorization: string, now: Instant): Promise<Machine | null> {
  const text = authorization.length > MOST_AUTHORIZATION ? undefined : BEARER.exec(authorization)?.[1];
  const hash = text === undefined ? null : hashOfApiToken(text);
  const found = hash === null ? null : await findToken(log.db, hash);
  if (found === null) return null;
  const { token, creator } = found;
  if (token.revoked_at !== null || token.expires_at <= now || creator.access === 'ended') return null;
  const scopes = scopesInForce(readScopes(token.scopes), readRoles(creator.roles));
  if (token.used_at === null || between(token.used_at, now) >= SEEN_EVERY_MS)
    await log.db.transaction((tx) => markTokenSeen(tx, token.id, now));
  return { kind: 'token', token: token.id, scopes };
}

/** The session that a recovery code began: for the page that makes a new passkey, and no other. */
export async function identifyRecovery(
  { log }: AuthWorld,
  { cookie }: Pick<Credentials, 'cookie'>,
  settings: CookieSettings,
  now: Instant,
): Promise<{ readonly person: string; readonly session: string } | null> {
  const secret = readSessionCookie(cookie, settings);
  const hash = secret === null ? null : hashOfSecret(secret);
  const found = hash === null ? null : await findSession(log.db, hash);
  if (found === null || found.session.purpose !== 'recovery') return null;
  const { token, session, person } = found;
  return meaningOf(token, session, person.access, now).kind === 'good'
    ? { person: person.id, session: session.id }
    : null;
}
