/**
 * The work in the background of one process: the worker that runs jobs and the scheduler that makes them. Both stop in the order in which
 * nothing is begun that cannot be ended.
 */
import { messageOf } from '../lib/errors.ts';
import type { Instant, Millis } from '../lib/time.ts';
import type { Db } from './db.ts';
import type { Timers } from './http.ts';
import { Worker, WORKER_DEFAULTS, type JobHandlers, type WorkerEvent } from './job-worker.ts';
import { scheduleHandlers, Scheduler, type Schedule } from './schedules.ts';

export interface BackgroundWorld {
  readonly db: Db;
  readonly now: () => Instant;
  readonly timers: Timers;
  /** Which process this is, for people. */
  readonly name: string;
  readonly schedules: readonly Schedule[];
  /** Of jobs that no schedule makes. */
  readonly handlers: JobHandlers;
  readonly report: (trouble: Trouble) => void;
}

export interface Trouble {
  readonly event: 'job-failed' | 'job-dead' | 'job-lost' | 'database-failed';
  readonly job: string | null;
  readonly message: string;
}

export interface Background {
  /** There may be a job: look now. */
  readonly wake: () => void;
  readonly stop: (graceMs: Millis) => Promise<void>;
}

export function startBackground({ db, now, timers, name, schedules, handlers, report }: BackgroundWorld): Background {
  const worker = new Worker(
    { db, now, timers, report: (event) => report(troubleOf(event)) },
    new Map([...handlers, ...scheduleHandlers(db, schedules, now)]),
    { ...WORKER_DEFAULTS, name },
  );
  const scheduler = new Scheduler(
    {
      db,
      now,
      timers,
      report: (error) => report({ event: 'database-failed', job: null, message: messageOf(error) }),
      onJobs: () => worker.wake(),
    },
    schedules,
    name,
  );
  worker.start();
  scheduler.start();
  return {
    wake: () => worker.wake(),
    stop: async (graceMs) => {
      await scheduler.stop();
      await worker.stop(graceMs);
    },
  };
}

function troubleOf(event: WorkerEvent): Trouble {
  switch (event.kind) {
    case 'failed':
      return {
        event: event.outcome === 'dead' ? 'job-dead' : 'job-failed',
        job: event.job.name,
        message: messageOf(event.error),
      };
    case 'lost':
      return { event: 'job-lost', job: event.job.name, message: 'its lease ran out while it ran' };
    case 'database-failed':
      return { event: 'database-failed', job: null, message: messageOf(event.error) };
  }
}
