/** Invitations: made and taken back by owners; used in registration.actions.ts. The link is shown once, to whoever made it. */
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, plus, type Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import { commitPersonal } from '../log/personal.actions.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { openTexts } from '../platform/personal-data.ts';
import { invitedNameOf, record, sealAt, type AuthWorld } from './auth.actions.ts';
import { invitationState } from './auth-states.ts';
import type { InvitationRow } from './auth-tables.ts';
import { formatRoles, readRoles } from './decide-people.ts';
import { INVITATION_MS, invitationStateAt, type InvitationState } from './invitation.ts';
import {
  findInvitation,
  insertInvitation,
  openInvitationsBy,
  readInvitation,
  readInvitations,
  settleInvitation,
} from './invitation.store.ts';
import { ID_BYTES, newId } from './opaque-id.ts';
import type { Role } from './permit.ts';
import { hashOfSecret, SECRET_BYTES, secretOf } from './secret.ts';

export interface NewInvitation {
  /** Whom it is for, so that lists and the page of the link can say it. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly actor: string;
}

export interface MadeInvitation {
  readonly id: string;
  /** Goes into the link; shown once. */
  readonly secret: string;
  readonly expiresAt: Instant;
}

export function invite(
  world: AuthWorld,
  { name, roles, actor }: NewInvitation,
  now: Instant,
): Promise<Result<MadeInvitation, { readonly code: 'no-role' }>> {
  const formatted = formatRoles(roles);
  if (formatted === '') return Promise.resolve(no({ code: 'no-role' }));
  const { keys, random } = world;
  return recordInLog(world.log, async (tx) => {
    const id = newId('invitation', random(ID_BYTES));
    const person = newId('person', random(ID_BYTES));
    const { text: secret, hash } = secretOf(random(SECRET_BYTES));
    const pd = await commitPersonal(tx, keys, random, { subject: person, field: 'name', value: name });
    const expiresAt = plus(now, INVITATION_MS);
    const row = {
      id,
      hash,
      person,
      name: await sealAt(world, tx, invitedNameOf(id, person), name),
      roles: formatted,
      invited_by: actor,
      created_at: now,
      expires_at: expiresAt,
      state: 'open',
      settled_at: null,
    } as const;
    const data = { person, roles: formatted.split(','), expiresAt: formatInstant(expiresAt) };
    const state = invitationState(row);
    const at = await record(tx, { type: 'person.invited', actor, kind: 'invitation', id, data, pd: [pd], state }, now);
    await insertInvitation(tx, { ...row, ...at });
    return ok({ id, secret, expiresAt });
  });
}

export type RevokeRefusal = { readonly code: 'unknown' } | { readonly code: 'over'; readonly state: InvitationState };

/** Takes an invitation back: its link opens nothing from now on. */
export function revokeInvitation(
  world: AuthWorld,
  { id, actor }: { readonly id: string; readonly actor: string },
  now: Instant,
): Promise<Result<null, RevokeRefusal>> {
  return recordInLog(world.log, async (tx) => {
    const row = await readInvitation(tx, id);
    if (row === null) return no({ code: 'unknown' });
    const state = invitationStateAt(row, now);
    if (state !== 'open') return no({ code: 'over', state });
    await settle(tx, row, { state: 'revoked', type: 'invitation.revoked', actor }, now);
    return ok(null);
  });
}

/** Whoever may no longer come in lets nobody else in. */
export async function revokeInvitationsBy(tx: Tx, person: string, actor: string, now: Instant): Promise<void> {
  for (const row of await openInvitationsBy(tx, person))
    await settle(tx, row, { state: 'revoked', type: 'invitation.revoked', actor }, now);
}

export interface Settled {
  readonly state: 'used' | 'revoked';
  readonly type: 'invitation.used' | 'invitation.revoked';
  readonly actor: string;
}

/** Stores how an invitation ended, with its entry. */
export async function settle(tx: Tx, row: InvitationRow, { state, type, actor }: Settled, now: Instant): Promise<void> {
  const after = { ...row, state, settled_at: now };
  const data = { person: row.person };
  const at = await record(
    tx,
    { type, actor, kind: 'invitation', id: row.id, data, state: invitationState(after) },
    now,
  );
  await settleInvitation(tx, row.id, { state, settled_at: now, ...at });
}

/** An invitation as pages show it. */
export interface ShownInvitation {
  readonly id: string;
  readonly person: string;
  /** `null`: erased. */
  readonly name: string | null;
  readonly roles: readonly Role[];
  readonly invitedBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly state: InvitationState;
}

/** What the page of a link shows; `null` for a link that is none. */
export async function invitationOfLink(world: AuthWorld, link: string, now: Instant): Promise<ShownInvitation | null> {
  const hash = hashOfSecret(link);
  const row = hash === null ? null : await findInvitation(world.log.db, hash);
  if (row === null) return null;
  const [shown = null] = await show(world, world.log.db, [row], now);
  return shown;
}

/** More than anybody reads; older ones are in the log. */
const MOST_SHOWN = 1_000;

/** Newest first. */
export const listInvitations = (world: AuthWorld, now: Instant): Promise<readonly ShownInvitation[]> =>
  world.log.db.snapshot(async (queries) => show(world, queries, await readInvitations(queries, MOST_SHOWN), now));

async function show(
  { keys }: AuthWorld,
  queries: Queries,
  rows: readonly InvitationRow[],
  now: Instant,
): Promise<readonly ShownInvitation[]> {
  const names = await openTexts(
    queries,
    keys,
    rows.map(({ id, person, name }) => ({ place: invitedNameOf(id, person), sealed: name })),
  );
  return rows.map((row, at) => ({
    id: row.id,
    person: row.person,
    name: names[at] ?? null,
    roles: readRoles(row.roles),
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    state: invitationStateAt(row, now),
  }));
}
