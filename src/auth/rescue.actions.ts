/**
 * Letting an owner in from the machine of the service (rescue.ts): the link is made by a command, beside the service or without it, and opened in
 * the service. It takes the database, the key of the log and the key of the data; whoever has those three could do anything anyway, and
 * what this adds is that it is in the log and that people are told. The words are rescue.text.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, plus, type Instant, type Millis } from '../lib/time.ts';
import { findDatabase, recordInLog, signCheckpoint, type LogPlace } from '../log/log.actions.ts';
import { commitPersonal } from '../log/personal.actions.ts';
import type { Tx } from '../platform/db.ts';
import { openKeyring } from '../platform/keyring.ts';
import { openText, openTexts } from '../platform/personal-data.ts';
import { reasonOf, record, sealAt, type AuthWorld } from './auth.actions.ts';
import { rescueState } from './auth-states.ts';
import type { RescueRow } from './auth-tables.ts';
import { invitationStateAt, type InvitationState } from './invitation.ts';
import { ID_BYTES, newId } from './opaque-id.ts';
import { isCredentialKnown } from './passkey.store.ts';
import { hashedCodes } from './recovery.actions.ts';
import { hasOwner, register, type Newcomer, type Registered } from './registration.actions.ts';
import { needsALook, RESCUE_MS, type MadeRescue, type RescueRefusal } from './rescue.ts';
import { findRescue, insertRescue, readRescues, settleRescue, unsettledRescues } from './rescue.store.ts';
import { hashOfSecret, SECRET_BYTES, secretOf } from './secret.ts';

const AT_ONCE = 0 as Millis;

/**
 * Makes the link on the database of a place; signed at once, because no process stays to do it.
 *
 * @throws KEY_… and LOG_… where a key is missing or does not fit, DB_…; then there is no link
 */
export async function offerRescueAt(
  place: LogPlace,
  reason: string,
  now: Instant,
): Promise<Result<MadeRescue, RescueRefusal>> {
  const log = await findDatabase(place, now);
  if (log === null) return no({ code: 'no-database' });
  try {
    // Before a key is looked for: a fresh folder would get one, and a log.
    if (!(await hasOwner(log.db))) return no({ code: 'no-owner' });
    const keys = await openKeyring({ env: place.env, folder: log.folder }, log.db, place.random);
    const made = await offerRescue({ log, keys, random: place.random }, reason, now);
    if (made.ok) await signCheckpoint(log, now, AT_ONCE);
    return made;
  } finally {
    await log.db.close();
  }
}

/** Makes the link; the one before it is worth nothing from now on. */
export function offerRescue(
  world: AuthWorld,
  reason: string,
  now: Instant,
): Promise<Result<MadeRescue, RescueRefusal>> {
  const { keys, random } = world;
  return recordInLog(world.log, async (tx) => {
    if (!(await hasOwner(tx))) return no({ code: 'no-owner' });
    for (const row of await unsettledRescues(tx))
      if (invitationStateAt(row, now) === 'open') await settle(tx, row, REPLACED, now);
    const id = newId('rescue', random(ID_BYTES));
    const person = newId('person', random(ID_BYTES));
    const { text: secret, hash } = secretOf(random(SECRET_BYTES));
    // A reason like this one names people, whatever it is asked to do.
    const pd = [await commitPersonal(tx, keys, random, { subject: person, field: 'reason', value: reason })];
    const expiresAt = plus(now, RESCUE_MS);
    const row = {
      id,
      hash,
      person,
      reason: await sealAt(world, tx, reasonOf(id, person), reason),
      created_at: now,
      expires_at: expiresAt,
      state: 'open',
      settled_at: null,
    } as const;
    const data = { person, expiresAt: formatInstant(expiresAt) };
    const state = rescueState(row);
    const at = await record(tx, { type: 'rescue.offered', actor: null, kind: 'rescue', id, data, pd, state }, now);
    await insertRescue(tx, { ...row, ...at });
    return ok({ secret, expiresAt, entry: at.idx });
  });
}

/** What the page of a link has to know. */
export interface RescueLink {
  /** The id that the new owner will have. */
  readonly person: string;
  readonly expiresAt: Instant;
  readonly state: InvitationState;
}

/** `null` for a link that is none. */
export async function rescueOfLink({ log }: AuthWorld, link: string, now: Instant): Promise<RescueLink | null> {
  const hash = hashOfSecret(link);
  const row = hash === null ? null : await findRescue(log.db, hash);
  if (row === null) return null;
  return { person: row.person, expiresAt: row.expires_at, state: invitationStateAt(row, now) };
}

export type RescueLinkRefusal =
  | { readonly code: 'unknown-link' }
  /** Used, replaced or out of date. */
  | { readonly code: 'rescue-over' }
  | { readonly code: 'known-passkey' };

/** Registers whoever has the link as a further owner. */
export async function acceptRescue(
  world: AuthWorld,
  newcomer: Newcomer,
  now: Instant,
): Promise<Result<Registered, RescueLinkRefusal>> {
  // Before the slow work, so that a made-up link costs nothing.
  if ((await rescueOfLink(world, newcomer.link, now)) === null) return no({ code: 'unknown-link' });
  const { codes, rows } = await hashedCodes(world.random);
  return recordInLog(world.log, async (tx) => {
    const hash = hashOfSecret(newcomer.link);
    const rescue = hash === null ? null : await findRescue(tx, hash);
    if (rescue === null) return no({ code: 'unknown-link' });
    if (invitationStateAt(rescue, now) !== 'open') return no({ code: 'rescue-over' });
    const { id, person, reason } = rescue;
    // Erased since the link was made: nothing more is stored under that id.
    if ((await openText(tx, world.keys, reasonOf(id, person), reason)) === null) return no({ code: 'unknown-link' });
    if (await isCredentialKnown(tx, newcomer.passkey.credential)) return no({ code: 'known-passkey' });
    const session = await register(world, tx, { ...newcomer, person, roles: 'owner', codes: rows }, now);
    await settle(tx, rescue, { state: 'used', type: 'rescue.used', actor: person }, now);
    return ok({ person, session, recoveryCodes: codes });
  });
}

interface Settled {
  readonly state: 'used' | 'revoked';
  readonly type: 'rescue.used' | 'rescue.replaced';
  readonly actor: string | null;
}

const REPLACED: Settled = { state: 'revoked', type: 'rescue.replaced', actor: null };

async function settle(tx: Tx, row: RescueRow, { state, type, actor }: Settled, now: Instant): Promise<void> {
  const { id, person } = row;
  const after = rescueState({ ...row, state, settled_at: now });
  const at = await record(tx, { type, actor, kind: 'rescue', id, data: { person }, state: after }, now);
  await settleRescue(tx, id, { state, settled_at: now, ...at });
}

/** A link that people have to hear of. */
export interface ShownRescue extends RescueLink {
  /** `null`: erased. */
  readonly reason: string | null;
  readonly createdAt: Instant;
  readonly settledAt: Instant | null;
}

/** More in thirty days than this is trouble that the newest ones tell of. */
const MOST_SHOWN = 20;

/** Newest first. */
export const rescuesToLookAt = ({ log, keys }: AuthWorld, now: Instant): Promise<readonly ShownRescue[]> =>
  log.db.snapshot(async (queries) => {
    const rows = await readRescues(queries, MOST_SHOWN);
    const places = rows.map(({ id, person, reason }) => ({ place: reasonOf(id, person), sealed: reason }));
    const reasons = await openTexts(queries, keys, places);
    const all = rows.map((row, at) => ({
      person: row.person,
      reason: reasons[at] ?? null,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      settledAt: row.settled_at,
      state: invitationStateAt(row, now),
    }));
    return all.filter((rescue) => needsALook(rescue, now));
  });
