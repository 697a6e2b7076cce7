/**
 * How somebody comes in: the first owner by the link that `holdfast serve` prints, everybody else by an invitation. Both bring a passkey that
 * passkey.actions.ts has verified, and leave with ten recovery codes and a session. The way back in for owners is rescue.actions.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import { commitPersonal } from '../log/personal.actions.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { openText } from '../platform/personal-data.ts';
import { emailOf, invitedNameOf, labelOf, nameOf, record, sealAt, type AuthWorld } from './auth.actions.ts';
import { passkeyState, personState } from './auth-states.ts';
import { isOwner } from './decide-people.ts';
import { settle } from './invitation.actions.ts';
import { findInvitation } from './invitation.store.ts';
import { invitationStateAt, type InvitationState } from './invitation.ts';
import { ID_BYTES, newId } from './opaque-id.ts';
import { insertPasskey, isCredentialKnown } from './passkey.store.ts';
import { activePeople, insertPerson } from './person.store.ts';
import { hashedCodes, storeCodesIn } from './recovery.actions.ts';
import { hashOfSecret, SECRET_BYTES, secretOf } from './secret.ts';
import { startSessionIn } from './session.actions.ts';
import { deleteSetUp, readSetUp, storeSetUp } from './set-up.store.ts';

/** A passkey whose registration was verified. */
export interface NewPasskey {
  /** The credential's id, base64url. */
  readonly credential: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  /** "Ada's laptop" */
  readonly label: string;
}

export interface Newcomer {
  /** From the link. */
  readonly link: string;
  readonly name: string;
  readonly email: string | null;
  readonly passkey: NewPasskey;
  /** device.ts */
  readonly device: string;
}

export interface Registered {
  readonly person: string;
  /** The secret of the cookie. */
  readonly session: string;
  /** Shown once. */
  readonly recoveryCodes: readonly string[];
}

export type LinkRefusal =
  | { readonly code: 'unknown-link' }
  | { readonly code: 'invitation-over'; readonly state: Exclude<InvitationState, 'open'> }
  /** Somebody else registered a passkey with this credential id since it was verified. */
  | { readonly code: 'known-passkey' };

/**
 * Makes the link that registers the first owner; each start of the service makes a new one, and the one before is worth nothing.
 *
 * @returns its secret; `null` where there is an owner, and then no link opens anything
 */
export function offerSetUp({ log, random }: AuthWorld, now: Instant): Promise<string | null> {
  return recordInLog(log, async (tx) => {
    if (await hasOwner(tx)) {
      await deleteSetUp(tx);
      return null;
    }
    const { text, hash } = secretOf(random(SECRET_BYTES));
    await storeSetUp(tx, { hash, person: newId('person', random(ID_BYTES)) }, now);
    return text;
  });
}

export const hasOwner = async (queries: Queries): Promise<boolean> => (await activePeople(queries)).some(isOwner);

/** The id that the first owner will have, for the passkey that is to be made; `null` for a link that is not the newest one. */
export async function personOfSetUp({ log }: AuthWorld, link: string): Promise<string | null> {
  const setUp = await readSetUp(log.db);
  return setUp !== null && setUp.hash === hashOfSecret(link) ? setUp.person : null;
}

/** Registers the first owner. */
export async function completeSetUp(
  world: AuthWorld,
  newcomer: Newcomer,
  now: Instant,
): Promise<Result<Registered, LinkRefusal>> {
  // Before the slow work, so that a made-up link costs nothing.
  if ((await personOfSetUp(world, newcomer.link)) === null) return no({ code: 'unknown-link' });
  const { codes, rows } = await hashedCodes(world.random);
  return recordInLog(world.log, async (tx) => {
    const setUp = await readSetUp(tx);
    if (setUp === null || setUp.hash !== hashOfSecret(newcomer.link) || (await hasOwner(tx)))
      return no({ code: 'unknown-link' });
    if (await isCredentialKnown(tx, newcomer.passkey.credential)) return no({ code: 'known-passkey' });
    const { person } = setUp;
    await deleteSetUp(tx);
    const session = await register(world, tx, { ...newcomer, person, roles: 'owner', codes: rows }, now);
    await record(
      tx,
      { type: 'set-up.completed', actor: person, kind: 'person', id: person, data: {}, state: null },
      now,
    );
    return ok({ person, session, recoveryCodes: codes });
  });
}

/** Registers whoever was invited, with the roles that the invitation names. */
export async function acceptInvitation(
  world: AuthWorld,
  newcomer: Newcomer,
  now: Instant,
): Promise<Result<Registered, LinkRefusal>> {
  const hash = hashOfSecret(newcomer.link);
  // As above.
  if (hash === null || (await findInvitation(world.log.db, hash)) === null) return no({ code: 'unknown-link' });
  const { codes, rows } = await hashedCodes(world.random);
  return recordInLog(world.log, async (tx) => {
    const invitation = await findInvitation(tx, hash);
    if (invitation === null) return no({ code: 'unknown-link' });
    const state = invitationStateAt(invitation, now);
    if (state !== 'open') return no({ code: 'invitation-over', state });
    const { id, person, roles, name } = invitation;
    // Erased since they were invited: nothing more is stored about them.
    if ((await openText(tx, world.keys, invitedNameOf(id, person), name)) === null) return no({ code: 'unknown-link' });
    if (await isCredentialKnown(tx, newcomer.passkey.credential)) return no({ code: 'known-passkey' });
    const session = await register(world, tx, { ...newcomer, person, roles, codes: rows }, now);
    await settle(tx, invitation, { state: 'used', type: 'invitation.used', actor: person }, now);
    return ok({ person, session, recoveryCodes: codes });
  });
}

interface Registration extends Omit<Newcomer, 'link'> {
  readonly person: string;
  /** As stored. */
  readonly roles: string;
  readonly codes: Awaited<ReturnType<typeof hashedCodes>>['rows'];
}

/** The person with their passkey, codes and session. */
export async function register(world: AuthWorld, tx: Tx, registration: Registration, now: Instant): Promise<string> {
  const { person: id, roles, name, email, passkey, device, codes } = registration;
  const { keys, random } = world;
  const pd = [await commitPersonal(tx, keys, random, { subject: id, field: 'name', value: name })];
  if (email !== null) pd.push(await commitPersonal(tx, keys, random, { subject: id, field: 'email', value: email }));
  const row = {
    id,
    roles,
    access: 'active',
    name: await sealAt(world, tx, nameOf(id), name),
    email: email === null ? null : await sealAt(world, tx, emailOf(id), email),
    created_at: now,
    ended_at: null,
  } as const;
  const data = { roles: roles.split(',') };
  const state = personState(row);
  const at = await record(tx, { type: 'person.registered', actor: id, kind: 'person', id, data, pd, state }, now);
  await insertPerson(tx, { ...row, seen_at: now, ...at });
  await addPasskey(world, tx, { person: id, passkey }, now);
  await storeCodesIn(tx, id, codes, now);
  return startSessionIn(world, tx, { person: id, purpose: 'staff', device, replaces: null }, now);
}

/** Stores a verified passkey of somebody, with its entry. @returns its id */
export async function addPasskey(
  world: AuthWorld,
  tx: Tx,
  { person, passkey }: { readonly person: string; readonly passkey: NewPasskey },
  now: Instant,
): Promise<string> {
  const id = newId('passkey', world.random(ID_BYTES));
  const row = {
    id,
    person,
    credential: passkey.credential,
    public_key: passkey.publicKey,
    transports: passkey.transports.join(),
    backup_eligible: passkey.backupEligible ? 1 : 0,
    label: await sealAt(world, tx, labelOf(id, person), passkey.label),
    created_at: now,
    removed_at: null,
  };
  const data = { person, backupEligible: passkey.backupEligible };
  const state = passkeyState(row);
  const at = await record(tx, { type: 'passkey.added', actor: person, kind: 'passkey', id, data, state }, now);
  const use = { counter: passkey.counter, backed_up: passkey.backedUp ? 1 : 0, used_at: null };
  await insertPasskey(tx, { ...row, ...use, ...at });
  return id;
}
