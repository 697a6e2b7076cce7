/**
 * Jobs: work that is promised in a transaction and done after it, at least once.
 *
 * A job is claimed for a while (its lease). Who runs it prolongs the lease, and when its process dies the lease runs out
 * and another process claims the job. So a job may be begun twice: what runs it has to be idempotent. `attempt` tells the
 * claims of one job apart; who was given up cannot settle what another one runs now.
 *
 * Claims and what follows them are single statements outside of transactions: they wait for no transaction. The loop that
 * claims is job-worker.ts, the tables are in jobs-table.ts.
 */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Json } from '../lib/json.ts';
import { printable, shorten } from '../lib/text.ts';
import { plus, type Instant, type Millis } from '../lib/time.ts';
import type { Queries, Tx } from './db.ts';
import { CLOCK_TOLERANCE_MS, KEEP_DONE_MS, type JobRow, type JobTables } from './jobs-table.ts';

export interface NewJob {
  /** Which handler runs it. */
  readonly name: string;
  /** What it is about: references, not documents, because the world moves on until it runs. */
  readonly payload: Json;
  /** A second job of this name and key is not made, as long as the first is kept (done jobs: 30 days). */
  readonly key?: string;
  /** Not before this moment, unless the clock was set back since (`CLOCK_TOLERANCE_MS`). */
  readonly at?: Instant;
  /** How often it is begun before it is a dead letter. */
  readonly attempts?: number;
}

/** A job that is ours until `until`. */
export interface Claim {
  readonly id: number;
  readonly name: string;
  readonly payload: Json;
  /** From 1. */
  readonly attempt: number;
  readonly until: Instant;
}

/** A job that was given up after its last attempt. It stays until a person decides about it. */
export interface DeadLetter {
  readonly id: number;
  readonly name: string;
  readonly payload: Json;
  readonly attempt: number;
  readonly error: string;
  readonly createdAt: Instant;
  readonly diedAt: Instant;
}

/** With `backoffMs` ten attempts span an hour and a half: a restart or a short outage of the other side is survived. */
const DEFAULT_ATTEMPTS = 10;
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 3_600_000;
/** A job is a reference; what is larger belongs into a table of its feature. */
const MAX_PAYLOAD_CHARS = 65_536;
const MAX_ERROR_CHARS = 2_000;
const MAX_LISTED = 1_000;

const jobs = (queries: Queries) => queries.tables<JobTables>();

/**
 * Promises a job, in the transaction of what makes it necessary: both are stored or none.
 *
 * @returns its id, or the id of the job that has its key already
 */
export async function enqueue(tx: Tx, job: NewJob, now: Instant): Promise<number> {
  const payload = JSON.stringify(job.payload);
  const attempts = job.attempts ?? DEFAULT_ATTEMPTS;
  assert(payload.length <= MAX_PAYLOAD_CHARS, `the payload of a job ${job.name} is too large`);
  assert(Number.isInteger(attempts) && attempts > 0, 'a job is begun at least once');
  if (job.key !== undefined) {
    const known = jobs(tx)
      .selectFrom('job')
      .select('id')
      .where('name', '=', job.name)
      .where('unique_key', '=', job.key);
    const row = await known.executeTakeFirst();
    if (row !== undefined) return row.id;
  }
  const { last: id } = await jobs(tx)
    .updateTable('job_counter')
    .set((e) => ({ last: e('last', '+', 1) }))
    .returning('last')
    .executeTakeFirstOrThrow();
  await jobs(tx)
    .insertInto('job')
    .values({
      id,
      name: job.name,
      unique_key: job.key ?? null,
      payload,
      state: 'waiting',
      attempt: 0,
      attempts_left: attempts,
      due_at: job.at ?? now,
      worker: null,
      error: null,
      created_at: now,
      changed_at: now,
    })
    .execute();
  return id;
}

interface ClaimRequest {
  readonly names: readonly string[];
  readonly worker: string;
  readonly leaseMs: Millis;
}

/**
 * Claims the job that is due for the longest time, `null` when none is.
 *
 * A job whose last attempt ended with its process, and not with an answer, is buried on the way: a job that kills whoever
 * runs it must not go round for ever.
 */
export async function claimJob(queries: Queries, request: ClaimRequest, now: Instant): Promise<Claim | null> {
  if (request.names.length === 0) return null;
  for (;;) {
    const row = await takeNext(queries, request, now);
    if (row === undefined) return null;
    const { id, name, payload, attempt, due_at: until } = row;
    if (row.state === 'running') return { id, name, payload: JSON.parse(payload) as Json, attempt, until };
  }
}

const GONE = 'its process ended, or lost the database, during the last attempt';

/**
 * One statement on both engines. On PostgreSQL two workers would wait for the same row, and skip it instead; the lock makes it
 * look at the row again as it is now (https://www.postgresql.org/docs/current/sql-select.html, "The Locking Clause").
 */
async function takeNext(queries: Queries, request: ClaimRequest, now: Instant): Promise<JobRow | undefined> {
  const skipTaken = queries.engine === 'postgres' ? sql`for update skip locked` : sql``;
  const begun = sql`attempts_left > 0`;
  const { rows } = await sql<JobRow>`
    with next as materialized (
      select id from job
      where state in ('waiting', 'running') and name in (${sql.join(request.names)})
        and (due_at <= ${now} or changed_at > ${plus(now, CLOCK_TOLERANCE_MS)})
      order by due_at, id limit 1 ${skipTaken})
    update job set
      state = case when ${begun} then 'running' else 'dead' end,
      attempt = case when ${begun} then attempt + 1 else attempt end,
      attempts_left = case when ${begun} then attempts_left - 1 else 0 end,
      error = case when ${begun} then error else ${GONE} end,
      worker = case when ${begun} then ${request.worker} else null end,
      due_at = ${plus(now, request.leaseMs)},
      changed_at = ${now}
    where id = (select id from next)
    returning *`.execute(queries.tables());
  return rows[0];
}

/** Prolongs the lease; `false` when the job is no longer ours. */
export async function prolongJob(queries: Queries, claim: Claim, leaseMs: Millis, now: Instant): Promise<boolean> {
  return changed(
    await ours(queries, claim, now)
      .set({ due_at: plus(now, leaseMs) })
      .executeTakeFirst(),
  );
}

/** Settles the job; `false` when it is no longer ours, and then nothing is changed. */
export async function finishJob(queries: Queries, claim: Claim, now: Instant): Promise<boolean> {
  return changed(await ours(queries, claim, now).set({ state: 'done', worker: null, error: null }).executeTakeFirst());
}

/** Gives the job back unharmed, its attempt included: a process that stops for an update is no failure of the job. */
export async function releaseJob(queries: Queries, claim: Claim, now: Instant): Promise<boolean> {
  return changed(
    await ours(queries, claim, now)
      .set((e) => ({ state: 'waiting', worker: null, due_at: now, attempts_left: e('attempts_left', '+', 1) }))
      .executeTakeFirst(),
  );
}

/** Records a failure: the job waits for `pauseMs`, or is dead; `null` when it is no longer ours. */
export async function failJob(
  queries: Queries,
  claim: Claim,
  failure: { readonly error: string; readonly pauseMs: Millis },
  now: Instant,
): Promise<'waiting' | 'dead' | null> {
  const row = await ours(queries, claim, now)
    .set({
      state: sql<'waiting' | 'dead'>`case when attempts_left > 0 then 'waiting' else 'dead' end`,
      worker: null,
      due_at: plus(now, failure.pauseMs),
      error: shorten(printable(failure.error), MAX_ERROR_CHARS),
    })
    .returning('state')
    .executeTakeFirst();
  if (row === undefined) return null;
  return row.state === 'dead' ? 'dead' : 'waiting';
}

const ours = (queries: Queries, { id, attempt }: Claim, now: Instant) =>
  jobs(queries)
    .updateTable('job')
    .set({ changed_at: now })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', '=', 'running');

const changed = ({ numUpdatedRows }: { readonly numUpdatedRows: bigint }): boolean => numUpdatedRows > 0n;

/**
 * How long a job waits after its `attempt`th failure: 10 s, doubled each time, at most an hour.
 *
 * @param spread from 0 to 1, by chance: jobs that failed together wait up to half as long again, each differently.
 */
export function backoffMs(attempt: number, spread = 0): Millis {
  assert(attempt >= 1 && spread >= 0 && spread <= 1);
  const pauseMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.round(pauseMs * (1 + spread / 2)) as Millis;
}

/** The newest first, and how many there are in all. */
export async function deadLetters(
  queries: Queries,
): Promise<{ readonly total: number; readonly letters: readonly DeadLetter[] }> {
  const dead = jobs(queries).selectFrom('job').where('state', '=', 'dead');
  const { total } = await dead.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const rows = await dead.selectAll().orderBy('changed_at', 'desc').orderBy('id', 'desc').limit(MAX_LISTED).execute();
  const letters = rows.map(({ id, name, payload, attempt, error, created_at: createdAt, changed_at: diedAt }) => ({
    id,
    name,
    payload: JSON.parse(payload) as Json,
    attempt,
    error: error ?? '',
    createdAt,
    diedAt,
  }));
  return { total, letters };
}

/** Gives a dead letter new attempts; `false` when the job is not dead. */
export async function reviveJob(tx: Tx, id: number, now: Instant, attempts = DEFAULT_ATTEMPTS): Promise<boolean> {
  assert(Number.isInteger(attempts) && attempts > 0, 'a job is begun at least once');
  const revived = jobs(tx)
    .updateTable('job')
    .set({ state: 'waiting', attempts_left: attempts, due_at: now, changed_at: now })
    .where('id', '=', id)
    .where('state', '=', 'dead');
  return changed(await revived.executeTakeFirst());
}

export interface Backlog {
  readonly name: string;
  readonly jobs: number;
  /** Since when the one that waits for the longest time could have been begun. */
  readonly oldestDueAt: Instant;
}

/** What is due and nobody works on, by name: it grows where no worker runs, or none knows the name. */
export async function backlog(queries: Queries, now: Instant): Promise<readonly Backlog[]> {
  return jobs(queries)
    .selectFrom('job')
    .where('state', 'in', ['waiting', 'running'])
    .where((e) => e.or([e('due_at', '<=', now), e('changed_at', '>', plus(now, CLOCK_TOLERANCE_MS))]))
    .groupBy('name')
    .orderBy('name')
    .select((e) => ['name', e.fn.countAll<number>().as('jobs'), e.fn.min('due_at').as('oldestDueAt')])
    .execute();
}

/** Forgets jobs that were done long ago, and with them their keys; dead letters stay. @returns how many */
export async function forgetDone(tx: Tx, now: Instant, keepMs: Millis = KEEP_DONE_MS): Promise<number> {
  const { numDeletedRows } = await jobs(tx)
    .deleteFrom('job')
    .where('state', '=', 'done')
    .where('changed_at', '<', (now - keepMs) as Instant)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
