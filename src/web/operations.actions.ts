/** How the service itself stands: jobs that wait, jobs that were given up, schedules; and giving a dead letter another chance. */
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { appendEntry, recordInLog, type OpenLog } from '../log/log.actions.ts';
import { backlog, deadLetters, reviveJob, type Backlog, type DeadLetter } from '../platform/jobs.ts';
import {
  overdueSchedules,
  scheduleStates,
  type OverdueSchedule,
  type Schedule,
  type ScheduleState,
} from '../platform/schedules.ts';

export interface OperationsWorld {
  readonly log: OpenLog;
  readonly schedules: readonly Schedule[];
}

export interface Operations {
  readonly engine: string;
  readonly schedules: readonly ScheduleState[];
  readonly overdue: readonly OverdueSchedule[];
  readonly backlog: readonly Backlog[];
  readonly dead: { readonly total: number; readonly letters: readonly DeadLetter[] };
}

/** @throws DB_… */
export async function readOperations({ log: { db }, schedules }: OperationsWorld, now: Instant): Promise<Operations> {
  return db.snapshot(async (queries) => ({
    engine: db.engine,
    schedules: await scheduleStates(queries, schedules),
    overdue: await overdueSchedules(queries, schedules, now),
    backlog: await backlog(queries, now),
    dead: await deadLetters(queries),
  }));
}

/**
 * Gives a job that was given up new attempts, and says in the log who did.
 *
 * @param actor The opaque id of the person.
 */
export async function reviveDeadLetter(
  { log }: OperationsWorld,
  job: number,
  actor: string,
  now: Instant,
): Promise<Result<number, 'not-dead'>> {
  return recordInLog(log, async (tx) => {
    if (!(await reviveJob(tx, job, now))) return no('not-dead');
    await appendEntry(tx, { type: 'job.revived', actor, subject: `job:${job}`, data: {}, state: null }, now);
    return ok(job);
  });
}
