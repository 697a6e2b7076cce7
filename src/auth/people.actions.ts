/** People as pages show them, and what owners and they themselves change. The rules are decide-people.ts. */
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import { commitPersonal } from '../log/personal.actions.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { openText } from '../platform/personal-data.ts';
import { emailOf, nameOf, namesOf, record, sealAt, type AuthWorld } from './auth.actions.ts';
import { personState } from './auth-states.ts';
import type { PersonRow } from './auth-tables.ts';
import {
  decidePerson,
  formatRoles,
  isOwner,
  readRoles,
  type PersonCommand,
  type PersonEvent,
  type PersonRefusal,
} from './decide-people.ts';
import { revokeInvitationsBy } from './invitation.actions.ts';
import type { Role } from './permit.ts';
import { activePeople, readPeople, readPerson, updatePerson } from './person.store.ts';
import { passkeysOf } from './passkey.store.ts';
import { countRecoveryCodes, replaceRecoveryCodes } from './recovery.store.ts';
import { revokeAllIn } from './session.actions.ts';
import { deleteSessionsOf } from './session.store.ts';
import { revokeTokensBy } from './token.actions.ts';

/** Somebody as pages show them. */
export interface ShownPerson {
  readonly id: string;
  /** `null`: erased. */
  readonly name: string | null;
  readonly roles: readonly Role[];
  readonly access: 'active' | 'ended';
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  /** To the hour. */
  readonly seenAt: Instant | null;
}

/** The names are sealed, so sorting and filtering happen in memory: a bound for that, far above any house that Holdfast is for. */
export const MOST_PEOPLE = 5_000;

/** Everybody, also those whose access ended, in the order in which they came. */
export function listPeople(world: AuthWorld): Promise<readonly ShownPerson[]> {
  return world.log.db.snapshot(async (queries) => {
    const rows = await readPeople(queries, MOST_PEOPLE);
    const names = await namesOf(world, queries, rows);
    return rows.map((row) => shown(row, names.get(row.id) ?? null));
  });
}

/** With the address, which lists leave out. */
export async function showPerson(
  world: AuthWorld,
  id: string,
  queries: Queries = world.log.db,
): Promise<(ShownPerson & { readonly email: string | null }) | null> {
  const row = await readPerson(queries, id);
  if (row === null) return null;
  const names = await namesOf(world, queries, [row]);
  const email = row.email === null ? null : await openText(queries, world.keys, emailOf(id), row.email);
  return { ...shown(row, names.get(id) ?? null), email };
}

const shown = (row: PersonRow, name: string | null): ShownPerson => ({
  id: row.id,
  name,
  roles: readRoles(row.roles),
  access: row.access,
  createdAt: row.created_at,
  endedAt: row.ended_at,
  seenAt: row.seen_at,
});

/**
 * Changes the roles of somebody or ends their access, if the rules allow it. Who ends loses sessions, tokens, recovery codes and open
 * invitations in the same moment (OWASP ASVS 5.0, 7.4.2).
 */
export function changePerson(
  world: AuthWorld,
  { id, actor, command }: { readonly id: string; readonly actor: string; readonly command: PersonCommand },
  now: Instant,
): Promise<Result<readonly PersonEvent[], PersonRefusal>> {
  return recordInLog(world.log, async (tx) => {
    const row = await readPerson(tx, id);
    if (row === null) return no({ code: 'unknown-person' });
    const otherOwners = (await activePeople(tx)).filter((person) => person.id !== id && isOwner(person)).length;
    const member = { id, roles: readRoles(row.roles), access: row.access };
    const decision = decidePerson(command, { actor, member, otherOwners });
    if (!decision.ok) return decision;
    for (const event of decision.value) await store(tx, row, event, actor, now);
    return ok(decision.value);
  });
}

async function store(tx: Tx, row: PersonRow, event: PersonEvent, actor: string, now: Instant): Promise<void> {
  const { id } = row;
  const change =
    event.type === 'ended'
      ? ({ access: 'ended', ended_at: now } as const)
      : ({ roles: formatRoles(event.to) } as const);
  if (event.type === 'ended') {
    await revokeAllIn(tx, { person: id, actor, except: null }, now);
    await revokeTokensBy(tx, id, actor, now);
    await revokeInvitationsBy(tx, id, actor, now);
    await replaceRecoveryCodes(tx, id, []);
  }
  const data = event.type === 'ended' ? {} : { from: event.from, to: event.to };
  const state = personState({ ...row, ...change });
  const at = await record(tx, { type: `person.${event.type}`, actor, kind: 'person', id, data, state }, now);
  await updatePerson(tx, id, { ...change, ...at });
}

export interface OwnDetails {
  readonly name: string;
  readonly email: string | null;
}

/** What people change about themselves. The address is where links and alarms go, so the routes ask for a fresh sign-in. */
export function changeOwnDetails(
  world: AuthWorld,
  id: string,
  { name, email }: OwnDetails,
  now: Instant,
): Promise<void> {
  const { keys, random } = world;
  return recordInLog(world.log, async (tx) => {
    const row = await readPerson(tx, id);
    if (row === null) throw new Error('somebody who is signed in has no row');
    const pd = [await commitPersonal(tx, keys, random, { subject: id, field: 'name', value: name })];
    if (email !== null) pd.push(await commitPersonal(tx, keys, random, { subject: id, field: 'email', value: email }));
    const change = {
      name: await sealAt(world, tx, nameOf(id), name),
      email: email === null ? null : await sealAt(world, tx, emailOf(id), email),
    };
    const state = personState({ ...row, ...change });
    const at = await record(
      tx,
      { type: 'person.details-changed', actor: id, kind: 'person', id, data: {}, pd, state },
      now,
    );
    await updatePerson(tx, id, { ...change, ...at });
  });
}

/** How somebody can sign in. */
export async function waysIn(
  { log }: AuthWorld,
  person: string,
): Promise<{ readonly passkeys: number; readonly codesLeft: number }> {
  return {
    passkeys: (await passkeysOf(log.db, person)).length,
    codesLeft: await countRecoveryCodes(log.db, person),
  };
}

/**
 * For the erasure of a person (keys/erase.actions.ts): what they sign in with, as far as no entry speaks of it. Their rows stay, because entries do;
 * names and labels in them are closed for ever with the key of the person, and nobody without a name is let in (identify.actions.ts).
 */
export async function eraseWaysIn(tx: Tx, person: string): Promise<void> {
  await replaceRecoveryCodes(tx, person, []);
  await deleteSessionsOf(tx, person);
}
