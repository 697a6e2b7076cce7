/**
 * The ceremonies of passkeys: a challenge goes out with a page, its answer comes back with a form, and is believed once it was verified.
 *
 * A challenge is used up by the first answer to it, right or wrong, before anything in that answer is looked at. The cryptography is that of
 * @simplewebauthn/server, loaded with the first ceremony: it weighs 25 MB of memory. What is asked for and what an answer may look like is passkey.ts,
 * the rows are passkey.store.ts; who comes in by a link is registration.actions.ts.
 */
import { base64url } from '../lib/bytes.ts';
import { messageOf } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { openTexts } from '../platform/personal-data.ts';
import { labelOf, record, sealAt, type AuthWorld } from './auth.actions.ts';
import { passkeyState } from './auth-states.ts';
import type { PasskeyRow } from './auth-tables.ts';
import { insertChallenge, takeChallenge } from './challenge.store.ts';
import {
  ALGORITHMS,
  creationOptions,
  firstLabel,
  ownerOf,
  readAuthentication,
  readRegistration,
  requestOptions,
  type AuthenticationAnswer,
  type KnownCredential,
  type PasskeyChangeRefusal,
  type PasskeyOwner,
  type PasskeyRefusal,
  type RegistrationAnswer,
  type RelyingParty,
} from './passkey.ts';
import { isCredentialKnown, markPasskeyUsed, passkeysOf, readCredential, updatePasskey } from './passkey.store.ts';
import { readPerson } from './person.store.ts';
import { countRecoveryCodes } from './recovery.store.ts';
import { addPasskey, type NewPasskey } from './registration.actions.ts';
import { confirmSession, startSessionIn } from './session.actions.ts';
import { readSession } from './session.store.ts';

export interface PasskeyWorld extends AuthWorld {
  readonly rp: RelyingParty;
}

/** §13.4.3 of the specification asks for 16 bytes at least. */
const CHALLENGE_BYTES = 32;

/** The sign-in page is the same for everybody, as nobody is known there. */
const ANYBODY = 'anybody';

type Purpose = 'register' | 'sign-in' | 'confirm';

async function giveChallenge(
  { log, random }: AuthWorld,
  purpose: Purpose,
  binding: string,
  now: Instant,
): Promise<string> {
  const challenge = base64url(random(CHALLENGE_BYTES));
  await log.db.transaction((tx) => insertChallenge(tx, { challenge, purpose, binding }, now));
  return challenge;
}

/** Of two answers to one challenge, the database lets one through, whichever process they came to. */
const spend = (
  { log }: AuthWorld,
  challenge: string,
  purpose: Purpose,
  binding: string,
  now: Instant,
): Promise<boolean> => log.db.transaction((tx) => takeChallenge(tx, { challenge, purpose, binding }, now));

const known = ({ credential, transports }: PasskeyRow): KnownCredential => ({
  id: credential,
  transports: transports === '' ? [] : transports.split(','),
});

/** @param binding Whom the page was given to: the digest of a link, or a session. The answer has to come from there. */
export async function offerRegistration(
  world: PasskeyWorld,
  { owner, binding }: { readonly owner: PasskeyOwner; readonly binding: string },
  now: Instant,
) {
  const passkeys = await passkeysOf(world.log.db, owner.id);
  const challenge = await giveChallenge(world, 'register', binding, now);
  return creationOptions(world.rp, owner, challenge, passkeys.map(known));
}

/** Nothing is stored yet: whoever calls this stores the passkey together with whatever else comes of it. */
export async function verifyRegistration(
  world: PasskeyWorld,
  { text, binding }: { readonly text: string; readonly binding: string },
  now: Instant,
): Promise<Result<NewPasskey, PasskeyRefusal>> {
  const read = readRegistration(text);
  if (!read.ok) return read;
  const { answer, challenge } = read.value;
  if (!(await spend(world, challenge, 'register', binding, now))) return no({ code: 'challenge-over' });
  const verified = await verifiedRegistration(world.rp, answer, challenge);
  if (!verified.ok) return verified;
  // Without an attestation nothing proves that an authenticator chose the id: a program may name that of somebody else.
  const isTaken = await isCredentialKnown(world.log.db, verified.value.credential);
  return isTaken ? no({ code: 'known-passkey' }) : verified;
}

async function verifiedRegistration(
  { origin, id }: RelyingParty,
  answer: RegistrationAnswer,
  challenge: string,
): Promise<Result<NewPasskey, PasskeyRefusal>> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { decodeAttestationObject, isoBase64URL } = await import('@simplewebauthn/server/helpers');
  const { transports } = answer.response;
  try {
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(answer.response.attestationObject));
    // Nobody asked for certificates, and to check one the library would fetch from any address that stands in it.
    // A security key without a serial may sign for itself (§5.1.3, step on `none`), which names nobody.
    const format = attestation.get('fmt');
    const certificates: unknown = attestation.get('attStmt').get('x5c');
    if (format !== 'none' && (format !== 'packed' || certificates !== undefined)) return no({ code: 'attested' });
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, clientExtensionResults: {}, response: { ...answer.response, transports: [] } },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return no({ code: 'not-verified', why: 'the attestation does not verify' });
    const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo;
    return ok({
      credential: credential.id,
      publicKey: Uint8Array.from(credential.publicKey),
      counter: credential.counter,
      transports,
      backupEligible: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
      label: firstLabel(transports),
    });
  } catch (error) {
    // The library's only way to say no.
    return no({ code: 'not-verified', why: messageOf(error) });
  }
}

export async function offerSignIn(world: PasskeyWorld, now: Instant) {
  return requestOptions(world.rp, await giveChallenge(world, 'sign-in', ANYBODY, now), []);
}

export interface SignedIn {
  readonly person: string;
  /** The secret of the cookie. */
  readonly session: string;
}

export interface SignInAttempt {
  readonly text: string;
  /** device.ts */
  readonly device: string;
  /** The session that the browser came with: it ends. */
  readonly replaces: string | null;
}

export async function signIn(
  world: PasskeyWorld,
  { text, device, replaces }: SignInAttempt,
  now: Instant,
): Promise<Result<SignedIn, PasskeyRefusal>> {
  const used = await verifiedUse(world, text, { purpose: 'sign-in', binding: ANYBODY }, now);
  if (!used.ok) return used;
  return recordInLog(world.log, async (tx) => {
    const owner = await countUse(tx, used.value, now);
    if (!owner.ok) return owner;
    const person = owner.value;
    return ok({
      person,
      session: await startSessionIn(world, tx, { person, purpose: 'staff', device, replaces }, now),
    });
  });
}

/** Step-up: one of the passkeys of whoever is signed in, and no other. */
export async function offerConfirmation(
  world: PasskeyWorld,
  { person, session }: { readonly person: string; readonly session: string },
  now: Instant,
) {
  const passkeys = await passkeysOf(world.log.db, person);
  return requestOptions(world.rp, await giveChallenge(world, 'confirm', session, now), passkeys.map(known));
}

/** @returns the secret of the session's new cookie */
export async function confirm(
  world: PasskeyWorld,
  { text, person, session }: { readonly text: string; readonly person: string; readonly session: string },
  now: Instant,
): Promise<Result<string, PasskeyRefusal>> {
  const used = await verifiedUse(world, text, { purpose: 'confirm', binding: session }, now);
  if (!used.ok) return used;
  if (used.value.person !== person) return no({ code: 'unknown-passkey' });
  const owner = await recordInLog(world.log, (tx) => countUse(tx, used.value, now));
  if (!owner.ok) return owner;
  const cookie = await confirmSession(world, session, now);
  return cookie === null ? no({ code: 'challenge-over' }) : ok(cookie);
}

interface VerifiedUse {
  readonly credential: string;
  readonly person: string;
  readonly counter: number;
  readonly backedUp: boolean;
}

async function verifiedUse(
  world: PasskeyWorld,
  text: string,
  { purpose, binding }: { readonly purpose: Purpose; readonly binding: string },
  now: Instant,
): Promise<Result<VerifiedUse, PasskeyRefusal>> {
  const read = readAuthentication(text);
  if (!read.ok) return read;
  const { answer, challenge } = read.value;
  if (!(await spend(world, challenge, purpose, binding, now))) return no({ code: 'challenge-over' });
  const row = await readCredential(world.log.db, answer.id);
  if (row === null) return no({ code: 'unknown-passkey' });
  // §7.2, step 6: whom the authenticator remembers has to be whose key it is; it has to say so where nobody was named.
  const owner = ownerOf(answer);
  if (owner === null ? purpose === 'sign-in' : owner !== row.person) return no({ code: 'unknown-passkey' });
  return verifiedSignature(world.rp, answer, challenge, row);
}

async function verifiedSignature(
  { origin, id }: RelyingParty,
  answer: AuthenticationAnswer,
  challenge: string,
  row: PasskeyRow,
): Promise<Result<VerifiedUse, PasskeyRefusal>> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { clientDataJSON, authenticatorData, signature } = answer.response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answer, clientExtensionResults: {}, response: { clientDataJSON, authenticatorData, signature } },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      // The counter is compared in the transaction that stores it (countUse), so that of two uses at once one is late.
      credential: { id: row.credential, publicKey: Uint8Array.from(row.public_key), counter: 0 },
    });
    if (!verified) return no({ code: 'not-verified', why: 'the signature does not verify' });
    const { newCounter: counter, credentialBackedUp: backedUp } = authenticationInfo;
    return ok({ credential: row.credential, person: row.person, counter, backedUp });
  } catch (error) {
    return no({ code: 'not-verified', why: messageOf(error) });
  }
}

/**
 * Stores the use of a passkey, if it is still one and its owner may come in.
 *
 * §6.1.1: a counter that does not grow means that there may be a second authenticator with the same key. That is refused and recorded; 0
 * both times is an authenticator that does not count.
 */
async function countUse(tx: Tx, use: VerifiedUse, now: Instant): Promise<Result<string, PasskeyRefusal>> {
  const row = await readCredential(tx, use.credential);
  const person = row === null ? null : await readPerson(tx, row.person);
  if (row === null || person?.access !== 'active') return no({ code: 'unknown-passkey' });
  const { counter, backedUp } = use;
  if ((counter > 0 || row.counter > 0) && counter <= row.counter) {
    const data = { person: person.id, counter, stored: row.counter };
    await record(
      tx,
      { type: 'passkey.counter-refused', actor: null, kind: 'passkey', id: row.id, data, state: null },
      now,
    );
    return no({ code: 'counter' });
  }
  await markPasskeyUsed(tx, row.id, { counter, backedUp, at: now });
  return ok(person.id);
}

/** For every device and a key in the safe; a page has to name them all to the browser. */
const MOST_PASSKEYS = 20;

/** A further passkey of somebody. @returns its id */
export function storePasskey(
  world: AuthWorld,
  { person, passkey }: { readonly person: string; readonly passkey: NewPasskey },
  now: Instant,
): Promise<Result<string, PasskeyRefusal>> {
  return recordInLog(world.log, async (tx) => {
    if ((await passkeysOf(tx, person)).length >= MOST_PASSKEYS) return no({ code: 'too-many' });
    if (await isCredentialKnown(tx, passkey.credential)) return no({ code: 'known-passkey' });
    return ok(await addPasskey(world, tx, { person, passkey }, now));
  });
}

/** After a recovery code: the new passkey, and a session for everything in place of the one that was for this page only. */
export function storeRecoveredPasskey(
  world: AuthWorld,
  order: {
    readonly person: string;
    readonly recovery: string;
    readonly passkey: NewPasskey;
    readonly device: string;
  },
  now: Instant,
): Promise<Result<SignedIn, PasskeyRefusal>> {
  const { person, recovery, passkey, device } = order;
  return recordInLog(world.log, async (tx) => {
    if ((await readPerson(tx, person))?.access !== 'active') return no({ code: 'unknown-passkey' });
    // One code makes one passkey, also where its page was sent from two windows at once.
    const session = await readSession(tx, recovery);
    if (session?.person !== person || session.purpose !== 'recovery') return no({ code: 'challenge-over' });
    if (await isCredentialKnown(tx, passkey.credential)) return no({ code: 'known-passkey' });
    await addPasskey(world, tx, { person, passkey }, now);
    const replacing = { person, purpose: 'staff', device, replaces: recovery } as const;
    return ok({ person, session: await startSessionIn(world, tx, replacing, now) });
  });
}

/** A passkey as its owner's page shows it. */
export interface ShownPasskey {
  readonly id: string;
  readonly label: string;
  /** Whether it may be on more than one device. */
  readonly isSynchronised: boolean;
  readonly createdAt: Instant;
  readonly usedAt: Instant | null;
}

/** Oldest first. */
export async function listPasskeys(
  { log, keys }: AuthWorld,
  person: string,
  queries: Queries = log.db,
): Promise<readonly ShownPasskey[]> {
  const rows = await passkeysOf(queries, person);
  const labels = await openTexts(
    queries,
    keys,
    rows.map(({ id, label }) => ({ place: labelOf(id, person), sealed: label })),
  );
  return rows.map(({ id, backup_eligible, created_at, used_at }, at) => ({
    id,
    label: labels[at] ?? '',
    isSynchronised: backup_eligible === 1,
    createdAt: created_at,
    usedAt: used_at,
  }));
}

interface OwnPasskey {
  readonly person: string;
  readonly id: string;
}

export function renamePasskey(
  world: AuthWorld,
  { person, id, label }: OwnPasskey & { readonly label: string },
  now: Instant,
): Promise<Result<null, PasskeyChangeRefusal>> {
  return recordInLog(world.log, async (tx) => {
    const row = (await passkeysOf(tx, person)).find((each) => each.id === id);
    if (row === undefined) return no({ code: 'unknown-passkey' });
    const change = { label: await sealAt(world, tx, labelOf(id, person), label) };
    await store(tx, row, change, 'passkey.renamed', now);
    return ok(null);
  });
}

export function removePasskey(
  world: AuthWorld,
  { person, id }: OwnPasskey,
  now: Instant,
): Promise<Result<null, PasskeyChangeRefusal>> {
  return recordInLog(world.log, async (tx) => {
    const all = await passkeysOf(tx, person);
    const row = all.find((each) => each.id === id);
    if (row === undefined) return no({ code: 'unknown-passkey' });
    if (all.length === 1 && (await countRecoveryCodes(tx, person)) === 0) return no({ code: 'last-way-in' });
    await store(tx, row, { removed_at: now }, 'passkey.removed', now);
    return ok(null);
  });
}

async function store(
  tx: Tx,
  row: PasskeyRow,
  change: Partial<Pick<PasskeyRow, 'label' | 'removed_at'>>,
  type: 'passkey.renamed' | 'passkey.removed',
  now: Instant,
): Promise<void> {
  const { id, person } = row;
  const state = passkeyState({ ...row, ...change });
  const at = await record(tx, { type, actor: person, kind: 'passkey', id, data: { person }, state }, now);
  await updatePasskey(tx, id, { ...change, ...at });
}
