/**
 * Leases: of many processes one does what must not be done twice at once, such as signing checkpoints.
 *
 * A lease is held for a while and prolonged. A process that stands still can hold on to a lease that has run out, so time alone
 * proves nothing: each taking has a higher token, and what is written under a lease asks in its own transaction whether the
 * token is still the last one (`isHeld`). The table is in jobs-table.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import { EPOCH, plus, type Instant, type Millis } from '../lib/time.ts';
import type { Db, Queries, Tx } from './db.ts';
import type { Timers } from './http.ts';
import { CLOCK_TOLERANCE_MS, type LeaseTables } from './jobs-table.ts';

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Higher than that of every earlier taking. */
  readonly token: number;
}

export interface LeaseRequest {
  readonly name: string;
  /** Who asks, for people who look why nothing happens. It proves nothing. */
  readonly holder: string;
  readonly leaseMs: Millis;
}

export interface LeaseHolder {
  readonly holder: string;
  readonly until: Instant;
}

const leases = (queries: Queries) => queries.tables<LeaseTables>();

/** Takes the lease, or says who has it. */
export async function takeLease(
  queries: Queries,
  { name, holder, leaseMs }: LeaseRequest,
  now: Instant,
): Promise<Result<Lease, LeaseHolder>> {
  const until = plus(now, leaseMs);
  const taken = await leases(queries)
    .insertInto('lease')
    .values({ name, holder, until, token: 1, changed_at: now })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((e) => ({ holder, until, token: e('lease.token', '+', 1), changed_at: now }))
        .where((e) => e.or([e('lease.until', '<=', now), e('lease.changed_at', '>', plus(now, CLOCK_TOLERANCE_MS))])),
    )
    .returning('token')
    .executeTakeFirst();
  if (taken !== undefined) return ok({ name, holder, token: taken.token });
  const held = leases(queries).selectFrom('lease').select(['holder', 'until']).where('name', '=', name);
  return no(await held.executeTakeFirstOrThrow());
}

/** Prolongs it, also when it has run out and nobody took it; `false` when somebody did. */
export async function prolongLease(queries: Queries, lease: Lease, leaseMs: Millis, now: Instant): Promise<boolean> {
  const { numUpdatedRows } = await heldRow(queries, lease)
    .set({ until: plus(now, leaseMs), changed_at: now })
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Lets others have it now. */
export async function releaseLease(queries: Queries, lease: Lease): Promise<void> {
  await heldRow(queries, lease).set({ until: EPOCH }).execute();
}

/**
 * Whether nobody has taken the lease since, until the transaction ends: who wants it meanwhile waits.
 *
 * It writes the row to lock it, which both engines do alike.
 */
export async function isHeld(tx: Tx, lease: Lease): Promise<boolean> {
  const { numUpdatedRows } = await heldRow(tx, lease).set({ token: lease.token }).executeTakeFirst();
  return numUpdatedRows > 0n;
}

const heldRow = (queries: Queries, { name, token }: Lease) =>
  leases(queries).updateTable('lease').where('name', '=', name).where('token', '=', token);

/** How often a lease is prolonged before it could run out: two tries may fail. */
const BEATS_PER_LEASE = 3;

/**
 * Runs `work` while the lease is held and prolonged, and releases it afterwards; or says who has it.
 *
 * @param work `lost` says that somebody else has the lease now, or may have: the database did not answer for as long as it
 *   lasts. Whatever it writes asks `isHeld` in the same transaction.
 */
export async function withLease<T>(
  { db, now, timers }: { readonly db: Db; readonly now: () => Instant; readonly timers: Timers },
  request: LeaseRequest,
  work: (lease: Lease, lost: AbortSignal) => Promise<T>,
): Promise<Result<T, LeaseHolder>> {
  const taken = await takeLease(db, request, now());
  if (!taken.ok) return taken;
  const lost = new AbortController();
  const beats = keepAlive(timers, request.leaseMs, () => prolongLease(db, taken.value, request.leaseMs, now()));
  void beats.lost.then((isLost) => isLost && lost.abort());
  try {
    return ok(await work(taken.value, lost.signal));
  } finally {
    await beats.stop();
    // What is not released runs out by itself, and must not hide what became of the work.
    await releaseLease(db, taken.value).catch(() => undefined);
  }
}

export interface Beats {
  /** `true` once what is kept alive is lost, `false` once it was stopped. */
  readonly lost: Promise<boolean>;
  /** Resolves when no beat is on its way any more. */
  readonly stop: () => Promise<void>;
}

/** Calls `beat` again and again, until it says `false` or has failed for a whole `leaseMs`. */
export function keepAlive(timers: Timers, leaseMs: Millis, beat: () => Promise<boolean>): Beats {
  const { promise: lost, resolve } = Promise.withResolvers<boolean>();
  let stopped = false;
  let failures = 0;
  let running: Promise<void> = Promise.resolve();
  let callOff = (): void => undefined;
  const end = (isLost: boolean): void => {
    stopped = true;
    callOff();
    resolve(isLost);
  };
  const beatOnce = async (): Promise<void> => {
    const isOurs = await beat().catch(() => null);
    failures = isOurs === null ? failures + 1 : 0;
    if (stopped) return;
    if (isOurs === false || failures >= BEATS_PER_LEASE) end(true);
    else wait();
  };
  const wait = (): void => {
    callOff = timers.after(leaseMs / BEATS_PER_LEASE, () => {
      running = beatOnce();
    });
  };
  wait();
  return {
    lost,
    stop: async () => {
      end(false);
      await running;
    },
  };
}
