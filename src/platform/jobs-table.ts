/**
 * The tables of background work: jobs, leases and schedules, and what a row may hold.
 *
 * jobs.ts, leases.ts and schedules.ts speak to them; nothing else does.
 */
import { days, type Instant, type Millis } from '../lib/time.ts';
import type { MigrationList } from './migrations.ts';

/** `waiting` and `running` are live; `done` and `dead` are settled, and only people bring a dead job back. */
export type JobState = 'waiting' | 'running' | 'done' | 'dead';

export interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly unique_key: string | null;
  readonly payload: string;
  readonly state: JobState;
  /** How often it was begun: it only grows, so it also tells the worker of today from one that was given up. */
  readonly attempt: number;
  readonly attempts_left: number;
  /** When it may be claimed: waiting, its time; running, the end of its lease. */
  readonly due_at: Instant;
  readonly worker: string | null;
  readonly error: string | null;
  readonly created_at: Instant;
  /** When the row was last written, by the clock of who wrote it. */
  readonly changed_at: Instant;
}

export interface JobTables {
  readonly job: JobRow;
  readonly job_counter: { readonly id: number; readonly last: number };
}

export interface LeaseTables {
  readonly lease: {
    readonly name: string;
    readonly holder: string;
    readonly token: number;
    readonly until: Instant;
    readonly changed_at: Instant;
  };
}

export interface ScheduleTables {
  readonly schedule: {
    readonly name: string;
    readonly due_at: Instant;
    readonly created_at: Instant;
    readonly last_success_at: Instant | null;
  };
}

/**
 * How far the clocks of two machines may be apart, and no more than annoying.
 *
 * What was written later than this from now was written before the clock was set back. Waiting until the clock is there
 * again could take years and nobody would see it, so such a row counts as due.
 */
export const CLOCK_TOLERANCE_MS = 300_000 as Millis;

/** How long settled work is kept for questions about it, unless the caller says otherwise. */
export const KEEP_DONE_MS = days(30);

export const JOBS: MigrationList = {
  feature: 'jobs',
  migrations: [
    {
      name: 'jobs, leases and schedules',
      statements: [
        'create table job_counter (id :integer primary key check (id = 1), last :integer not null)',
        'insert into job_counter values (1, 0)',
        'create table job (id :integer primary key, name :text not null, unique_key :text, payload :json not null, ' +
          "state :text not null check (state in ('waiting', 'running', 'done', 'dead')), " +
          'attempt :integer not null check (attempt >= 0), attempts_left :integer not null check (attempts_left >= 0), ' +
          'due_at :instant not null, worker :text, error :text, created_at :instant not null, changed_at :instant not null)',
        'create unique index job_key on job (name, unique_key)',
        "create index job_due on job (due_at, id) where state in ('waiting', 'running')",
        'create index job_settled on job (state, changed_at)',
        'create table lease (name :text primary key, holder :text not null, token :integer not null, ' +
          'until :instant not null, changed_at :instant not null)',
        'create table schedule (name :text primary key, due_at :instant not null, created_at :instant not null, ' +
          'last_success_at :instant)',
      ],
    },
  ],
};
