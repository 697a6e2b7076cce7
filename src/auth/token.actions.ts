/** Tokens of the API: made, listed and revoked. What one opens is decided with each request (identify.actions.ts). */
import { no, ok, type Result } from '../lib/result.ts';
import { between, formatInstant, type Instant } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import type { Tx } from '../platform/db.ts';
import { apiTokenOf, formatScopes, LONGEST_TOKEN_MS, readScopes, TOKEN_BYTES } from './api-token.ts';
import { record, namesOf, type AuthWorld } from './auth.actions.ts';
import { tokenState } from './auth-states.ts';
import type { TokenRow } from './auth-tables.ts';
import { ID_BYTES, newId } from './opaque-id.ts';
import { may, scopeNeeds, type Role, type Scope } from './permit.ts';
import { readPeople } from './person.store.ts';
import { insertToken, readToken, readTokens, tokensBy, updateToken } from './token.store.ts';

export interface NewToken {
  /** What it is for: "Pipeline of the shop". Shown to all who may see tokens, so nobody's name belongs into it. */
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Instant;
  readonly creator: { readonly id: string; readonly roles: readonly Role[] };
}

export type TokenRefusal =
  | { readonly code: 'no-scope' }
  /** Whoever makes it may not do this themselves. */
  | { readonly code: 'scope-beyond-roles'; readonly scope: Scope }
  | { readonly code: 'expires-too-early' }
  | { readonly code: 'expires-too-late' };

export function createToken(
  { log, random }: AuthWorld,
  { label, scopes, expiresAt, creator }: NewToken,
  now: Instant,
): Promise<Result<{ readonly id: string; readonly text: string }, TokenRefusal>> {
  const refusal = refusalOf(scopes, expiresAt, creator.roles, now);
  if (refusal !== null) return Promise.resolve(no(refusal));
  return recordInLog(log, async (tx) => {
    const id = newId('token', random(ID_BYTES));
    const { text, hash } = apiTokenOf(random(TOKEN_BYTES));
    const row = {
      id,
      hash,
      label,
      scopes: formatScopes(scopes),
      created_by: creator.id,
      created_at: now,
      expires_at: expiresAt,
      revoked_at: null,
    };
    const data = { scopes: row.scopes.split(','), expiresAt: formatInstant(expiresAt) };
    const state = tokenState(row);
    const at = await record(tx, { type: 'token.created', actor: creator.id, kind: 'token', id, data, state }, now);
    await insertToken(tx, { ...row, used_at: null, ...at });
    return ok({ id, text });
  });
}

function refusalOf(
  scopes: readonly Scope[],
  expiresAt: Instant,
  roles: readonly Role[],
  now: Instant,
): TokenRefusal | null {
  if (scopes.length === 0) return { code: 'no-scope' };
  const beyond = scopes.find((scope) => !may(roles, scopeNeeds(scope)));
  if (beyond !== undefined) return { code: 'scope-beyond-roles', scope: beyond };
  if (expiresAt <= now) return { code: 'expires-too-early' };
  return between(now, expiresAt) > LONGEST_TOKEN_MS ? { code: 'expires-too-late' } : null;
}

/** @returns `false` where there is no such token, or it was revoked before */
export function revokeToken(
  { log }: AuthWorld,
  { id, actor }: { readonly id: string; readonly actor: string },
  now: Instant,
): Promise<boolean> {
  return recordInLog(log, async (tx) => {
    const row = await readToken(tx, id);
    if (row === null || row.revoked_at !== null) return false;
    await revokeIn(tx, row, actor, now);
    return true;
  });
}

/** Whoever leaves takes their tokens along. */
export async function revokeTokensBy(tx: Tx, person: string, actor: string, now: Instant): Promise<void> {
  for (const row of await tokensBy(tx, person)) await revokeIn(tx, row, actor, now);
}

async function revokeIn(tx: Tx, row: TokenRow, actor: string, now: Instant): Promise<void> {
  const state = tokenState({ ...row, revoked_at: now });
  const at = await record(tx, { type: 'token.revoked', actor, kind: 'token', id: row.id, data: {}, state }, now);
  await updateToken(tx, row.id, { revoked_at: now, ...at });
}

/** A token as pages show it: never the token. */
export interface ShownToken {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  /** `null`: erased. */
  readonly creatorName: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** To the hour. */
  readonly usedAt: Instant | null;
  readonly state: 'live' | 'expired' | 'revoked';
}

/** More than anybody reads; those that are over are in the log. */
const MOST_SHOWN = 2_000;

/** Newest first. */
export function listTokens(world: AuthWorld, now: Instant): Promise<readonly ShownToken[]> {
  return world.log.db.snapshot(async (queries) => {
    const rows = await readTokens(queries, MOST_SHOWN);
    const creators = new Set(rows.map(({ created_by }) => created_by));
    const people = (await readPeople(queries, MOST_PEOPLE_READ)).filter(({ id }) => creators.has(id));
    const names = await namesOf(world, queries, people);
    return rows.map((row) => ({
      id: row.id,
      label: row.label,
      scopes: readScopes(row.scopes),
      createdBy: row.created_by,
      creatorName: names.get(row.created_by) ?? null,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
      state: row.revoked_at !== null ? 'revoked' : row.expires_at <= now ? 'expired' : 'live',
    }));
  });
}

const MOST_PEOPLE_READ = 5_000;
