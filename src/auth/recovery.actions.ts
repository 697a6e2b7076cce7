/**
 * Recovery codes: made ten at a time, used one at a time. One of them begins a session that opens nothing but the page that makes a new
 * passkey; all other sessions of the person end, because a code is what somebody uses whose device is lost.
 *
 * An attempt costs the server what it costs the client unless the selector is right, which 40 random bits keep from being guessed: only then is
 * a digest computed, one at a time in a process. Nothing here ever locks an account.
 */
import { utf8 } from '../lib/bytes.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { recordInLog } from '../log/log.actions.ts';
import { argon2id, SALT_BYTES, type Argon2Cost } from '../platform/argon2id.ts';
import type { Timers } from '../platform/http.ts';
import { OneAtATime } from '../platform/one-at-a-time.ts';
import { equalInTime } from '../platform/equal-in-time.ts';
import type { Random } from '../platform/random.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { record, type AuthWorld } from './auth.actions.ts';
import type { RecoveryCodeRow } from './auth-tables.ts';
import { readPerson } from './person.store.ts';
import { Buckets, SlowDown } from './rate-limit.ts';
import { CODE_BYTES, codeOf, CODES_PER_PERSON, formatCode, readCode } from './recovery-code.ts';
import { countRecoveryCodes, findRecoveryCode, replaceRecoveryCodes, takeRecoveryCode } from './recovery.store.ts';
import { revokeAllIn, startSessionIn } from './session.actions.ts';

/**
 * The least that OWASP's Password Storage Cheat Sheet recommends for Argon2id (19 MiB, 2 passes, 1 lane): the secrets are random, so this is the
 * second lock and not the only one, and ten of them are computed while somebody waits for the page.
 */
const CODE_COST: Argon2Cost = { memoryKiB: 19_456, passes: 2, lanes: 1 };

/** Twice 19 MiB would be no harm; a thousand times would be the end of a small server. */
const MOST_WAITING = 32;

/** Lives as long as the process; what it holds is never stored. */
export interface RecoveryLimits {
  readonly clients: Buckets;
  readonly accounts: SlowDown;
  readonly digests: OneAtATime;
}

/** Five typing mistakes at once, then one a minute, for one network. */
export const newRecoveryLimits = (): RecoveryLimits => ({
  clients: new Buckets({ burst: 5, everyMs: 60_000 as Millis, most: 10_000 }),
  accounts: new SlowDown(),
  digests: new OneAtATime(MOST_WAITING),
});

/** Codes in clear, for the one page that shows them, and their rows. */
export interface HashedCodes {
  readonly codes: readonly string[];
  readonly rows: readonly Omit<RecoveryCodeRow, 'person' | 'created_at'>[];
}

/** Takes a third of a second, and no transaction waits for it. */
export async function hashedCodes(random: Random): Promise<HashedCodes> {
  const codes: string[] = [];
  const rows: Omit<RecoveryCodeRow, 'person' | 'created_at'>[] = [];
  for (let made = 0; made < CODES_PER_PERSON; made += 1) {
    const { selector, secret } = codeOf(random(CODE_BYTES));
    const salt = random(SALT_BYTES);
    codes.push(formatCode({ selector, secret }));
    rows.push({ selector, salt, hash: await digestOf(secret, salt) });
  }
  return { codes, rows };
}

const digestOf = (secret: string, salt: Uint8Array): Promise<Uint8Array> =>
  argon2id({ password: utf8(secret), salt }, CODE_COST);

/** All codes before are worth nothing from now on. */
export async function storeCodesIn(tx: Tx, person: string, rows: HashedCodes['rows'], now: Instant): Promise<void> {
  await replaceRecoveryCodes(
    tx,
    person,
    rows.map((row) => ({ ...row, person, created_at: now })),
  );
  const data = { codes: rows.length };
  await record(tx, { type: 'recovery.codes-made', actor: person, kind: 'person', id: person, data, state: null }, now);
}

/** New codes in place of the old ones. */
export async function renewRecoveryCodes(world: AuthWorld, person: string, now: Instant): Promise<readonly string[]> {
  const { codes, rows } = await hashedCodes(world.random);
  await recordInLog(world.log, (tx) => storeCodesIn(tx, person, rows, now));
  return codes;
}

/** How many a person has left. */
export const recoveryCodesLeft = ({ log }: AuthWorld, person: string, queries: Queries = log.db): Promise<number> =>
  countRecoveryCodes(queries, person);

export interface RecoveryAttempt {
  /** As it was typed. */
  readonly code: string;
  /** client-key.ts */
  readonly client: string;
  /** device.ts */
  readonly device: string;
}

export type RecoveryRefusal =
  /** Not a code, used before, or never one: which of them, nobody is told. */
  { readonly code: 'wrong-code' } | { readonly code: 'too-many'; readonly waitMs: Millis };

/** @returns the secret of the cookie of a session that has to make a passkey */
export async function recover(
  world: AuthWorld,
  limits: RecoveryLimits,
  timers: Timers,
  { code, client, device }: RecoveryAttempt,
  now: Instant,
): Promise<Result<{ readonly person: string; readonly session: string }, RecoveryRefusal>> {
  const waitMs = limits.clients.take(client, now);
  if (waitMs > 0) return no({ code: 'too-many', waitMs });
  const typed = readCode(code);
  const row = typed === null ? null : await findRecoveryCode(world.log.db, typed.selector);
  if (typed === null || row === null) return no({ code: 'wrong-code' });
  await pause(timers, limits.accounts.waitMs(row.person, now));
  const digest = await limits.digests.run(() => digestOf(typed.secret, row.salt));
  if (digest === null) return no({ code: 'too-many', waitMs: 1_000 as Millis });
  if (!equalInTime(digest, row.hash)) {
    limits.accounts.failed(row.person, now);
    return no({ code: 'wrong-code' });
  }
  limits.accounts.succeeded(row.person);
  return recordInLog(world.log, async (tx) => {
    // Of two who use one code at the same time, the database lets one through, whichever process they came to.
    const isFirst = await takeRecoveryCode(tx, row.selector);
    const person = await readPerson(tx, row.person);
    if (!isFirst || person?.access !== 'active') return no({ code: 'wrong-code' });
    const { id } = person;
    const left = await countRecoveryCodes(tx, id);
    await record(tx, { type: 'recovery.used', actor: id, kind: 'person', id, data: { left }, state: null }, now);
    await revokeAllIn(tx, { person: id, actor: id, except: null }, now);
    const session = await startSessionIn(world, tx, { person: id, purpose: 'recovery', device, replaces: null }, now);
    return ok({ person: id, session });
  });
}

const pause = ({ after }: Timers, ms: Millis): Promise<void> =>
  ms === 0 ? Promise.resolve() : new Promise((resolve) => void after(ms, resolve));
