/**
 * Schedules: work that comes back every so often, and an alarm when it stays away.
 *
 * When a schedule is due it becomes a job (jobs.ts), so crashes and failures go the way of every job. Of all processes the
 * holder of one lease looks what is due. What was missed is done once, not once for each time; a run that is not finished
 * when the next is due stands for both.
 *
 * `overdueSchedules` is the dead-man switch: it asks for the last success and not for errors, so it also speaks when no
 * process runs jobs at all. nextRun is in schedule-time.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import { between, hours, plus, type Instant, type Millis } from '../lib/time.ts';
import { Alarm } from './alarm.ts';
import type { Db, Queries, Tx } from './db.ts';
import type { Timers } from './http.ts';
import { enqueue, forgetDone } from './jobs.ts';
import type { JobHandler, JobHandlers } from './job-worker.ts';
import { CLOCK_TOLERANCE_MS, type JobTables, type ScheduleTables } from './jobs-table.ts';
import { prolongLease, releaseLease, takeLease, type Lease, type LeaseRequest } from './leases.ts';
import { nextRun, type Recurrence } from './schedule-time.ts';

export interface Schedule {
  /** Also the name of its jobs. */
  readonly name: string;
  readonly recurrence: Recurrence;
  /** The longest time without a success that is nothing to speak of: more than one period, to leave room for retries. */
  readonly allowanceMs: Millis;
  /** How often one run is tried; the next one comes anyway. */
  readonly attempts: number;
  readonly handler: JobHandler;
}

const table = (queries: Queries) => queries.tables<ScheduleTables>();

/** The handlers of `schedules` for a worker; each notes its success. */
export function scheduleHandlers(db: Db, schedules: readonly Schedule[], now: () => Instant): JobHandlers {
  return new Map(
    schedules.map(({ name, handler }) => {
      const run: JobHandler['run'] = async (job, givenUp) => {
        await handler.run(job, givenUp);
        // Who was given up may have finished, but nobody can tell from what time on it worked beside another.
        if (!givenUp.aborted) await noteSuccess(db, name, now());
      };
      return [name, { ...handler, run }];
    }),
  );
}

/** Done jobs are kept for a month, for questions about them; then they go, or the table would grow for ever. */
export const forgetDoneJobs = (db: Db, now: () => Instant): Schedule => ({
  name: 'jobs.forget-done',
  recurrence: { kind: 'daily', at: '03:40', zone: 'UTC' },
  allowanceMs: hours(50),
  attempts: 5,
  handler: {
    limitMs: 60_000 as Millis,
    run: async () => {
      await db.transaction((tx) => forgetDone(tx, now()));
    },
  },
});

async function noteSuccess(queries: Queries, name: string, now: Instant): Promise<void> {
  await table(queries).updateTable('schedule').set({ last_success_at: now }).where('name', '=', name).execute();
}

/**
 * Makes jobs of what is due. Two leaders would do no harm: a plan is moved on in the transaction that makes the job.
 *
 * @returns the names for which there is a job now
 */
async function enqueueDue(tx: Tx, schedules: readonly Schedule[], now: Instant): Promise<readonly string[]> {
  const made: string[] = [];
  for (const schedule of schedules) if (await enqueueIfDue(tx, schedule, now)) made.push(schedule.name);
  return made;
}

async function enqueueIfDue(tx: Tx, schedule: Schedule, now: Instant): Promise<boolean> {
  const { name, attempts, recurrence } = schedule;
  const planned = await planOf(tx, schedule, now);
  const next = nextRun(recurrence, now, planned);
  if (planned > now) {
    // The clock was set back, or the schedule comes more often now: what is planned after the next run is planned too late.
    // The leader before us may have had a clock that was ahead a little, and did the next run already.
    const isTooLate = planned > nextRun(recurrence, plus(now, CLOCK_TOLERANCE_MS), planned);
    if (isTooLate) await plan(tx, name, next);
    return false;
  }
  await plan(tx, name, next);
  if (await hasLiveJob(tx, name)) return false;
  await enqueue(tx, { name, payload: { plannedAt: planned }, attempts }, now);
  return true;
}

/** A new schedule runs at once, or at its first time of day. */
async function planOf(tx: Tx, { name, recurrence }: Schedule, now: Instant): Promise<Instant> {
  const known = await table(tx).selectFrom('schedule').select('due_at').where('name', '=', name).executeTakeFirst();
  if (known !== undefined) return known.due_at;
  const first = recurrence.kind === 'every' ? now : nextRun(recurrence, now, now);
  const row = { name, due_at: first, created_at: now, last_success_at: null };
  await table(tx).insertInto('schedule').values(row).execute();
  return first;
}

async function plan(tx: Tx, name: string, at: Instant): Promise<void> {
  await table(tx).updateTable('schedule').set({ due_at: at }).where('name', '=', name).execute();
}

async function hasLiveJob(tx: Tx, name: string): Promise<boolean> {
  const live = tx.tables<JobTables>().selectFrom('job').select('id').where('name', '=', name);
  return (await live.where('state', 'in', ['waiting', 'running']).limit(1).executeTakeFirst()) !== undefined;
}

export interface ScheduleState {
  readonly name: string;
  /** `null`: no process has ever looked what is due. */
  readonly dueAt: Instant | null;
  readonly lastSuccessAt: Instant | null;
}

/** Each schedule as it stands, in the order given. */
export async function scheduleStates(
  queries: Queries,
  schedules: readonly Pick<Schedule, 'name'>[],
): Promise<readonly ScheduleState[]> {
  const rows = new Map(
    (await table(queries).selectFrom('schedule').selectAll().execute()).map((row) => [row.name, row]),
  );
  return schedules.map(({ name }) => {
    const row = rows.get(name);
    return { name, dueAt: row?.due_at ?? null, lastSuccessAt: row?.last_success_at ?? null };
  });
}

export interface OverdueSchedule {
  readonly name: string;
  /** `unknown`: no process has ever looked what is due; `future`: the clock was set back, so its age cannot be told. */
  readonly why: 'late' | 'unknown' | 'future';
  readonly lastSuccessAt: Instant | null;
}

/** Schedules that have not succeeded for longer than they may; one that never did counts from when it was first seen. */
export async function overdueSchedules(
  queries: Queries,
  schedules: readonly Schedule[],
  now: Instant,
): Promise<readonly OverdueSchedule[]> {
  const rows = new Map(
    (await table(queries).selectFrom('schedule').selectAll().execute()).map((row) => [row.name, row]),
  );
  return schedules.flatMap(({ name, allowanceMs }): OverdueSchedule[] => {
    const row = rows.get(name);
    if (row === undefined) return [{ name, why: 'unknown', lastSuccessAt: null }];
    const { last_success_at: lastSuccessAt, created_at: createdAt } = row;
    const since = lastSuccessAt ?? createdAt;
    if (since > plus(now, CLOCK_TOLERANCE_MS)) return [{ name, why: 'future', lastSuccessAt }];
    return between(since, now) > allowanceMs ? [{ name, why: 'late', lastSuccessAt }] : [];
  });
}

export interface SchedulerWorld {
  readonly db: Db;
  readonly now: () => Instant;
  readonly timers: Timers;
  /** The database failed us; the scheduler looks again later. */
  readonly report: (error: HoldfastError) => void;
  /** There are jobs now: `() => worker.wake()`. */
  readonly onJobs: () => void;
}

const LEASE = 'schedules';
/** A leader that dies is followed after a minute; nothing is scheduled more finely than that. */
const LEASE_MS = 60_000 as Millis;
export const TICK_MS = 10_000 as Millis;

/** Looks every ten seconds what is due, if this process holds the lease. */
export class Scheduler {
  readonly #world: SchedulerWorld;
  readonly #schedules: readonly Schedule[];
  readonly #request: LeaseRequest;
  readonly #alarm: Alarm;
  #lease: Lease | null = null;
  #stopping = false;
  #loop: Promise<void> | null = null;

  constructor(world: SchedulerWorld, schedules: readonly Schedule[], holder: string) {
    this.#world = world;
    this.#schedules = schedules;
    this.#request = { name: LEASE, holder, leaseMs: LEASE_MS };
    this.#alarm = new Alarm(world.timers);
  }

  start(): void {
    this.#loop ??= this.#tickAndWait();
  }

  /** Lets another process lead at once. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    await this.#loop;
    const lease = this.#lease;
    this.#lease = null;
    if (lease !== null) await this.#asked(() => releaseLease(this.#world.db, lease));
  }

  /** @returns the names of the schedules that became jobs */
  async tick(): Promise<readonly string[]> {
    const { db, now } = this.#world;
    this.#lease = await this.#lead(now());
    if (this.#lease === null) return [];
    const made = await db.transaction((tx) => enqueueDue(tx, this.#schedules, now()));
    if (made.length > 0) this.#world.onJobs();
    return made;
  }

  async #lead(now: Instant): Promise<Lease | null> {
    const { db } = this.#world;
    if (this.#lease !== null && (await prolongLease(db, this.#lease, LEASE_MS, now))) return this.#lease;
    const taken = await takeLease(db, this.#request, now);
    return taken.ok ? taken.value : null;
  }

  async #tickAndWait(): Promise<void> {
    while (!this.#stopping) {
      await this.#asked(() => this.tick());
      await this.#alarm.pause(TICK_MS);
    }
  }

  async #asked(ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#world.report(error);
    }
  }
}
