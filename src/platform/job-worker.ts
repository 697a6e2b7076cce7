/**
 * Runs jobs: claims what is due, keeps it claimed while its handler works, and writes down what became of it.
 *
 * The composition root knows which handlers there are and what time it is. Jobs of other names are left to processes that
 * know them: during an update old and new ones run side by side. What a claim means stands in jobs.ts.
 */
import assert from 'node:assert/strict';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { Alarm } from './alarm.ts';
import type { Db } from './db.ts';
import type { Timers } from './http.ts';
import { backoffMs, claimJob, failJob, finishJob, prolongJob, releaseJob, type Claim } from './jobs.ts';
import { keepAlive } from './leases.ts';

export interface JobHandler {
  /** The longest a run may take; then it counts as failed, because one that hangs would be prolonged for ever. */
  readonly limitMs: Millis;
  /**
   * Does the job, and throws when it could not be done. It runs at least once, and again after a crash, so it has to be
   * idempotent. `givenUp` is aborted when the job is no longer ours or should end; whatever it does then counts for nothing.
   */
  readonly run: (job: Claim, givenUp: AbortSignal) => Promise<void>;
}

export type JobHandlers = ReadonlyMap<string, JobHandler>;

/** What an operator may want to hear of. */
export type WorkerEvent =
  | { readonly kind: 'failed'; readonly job: Claim; readonly error: unknown; readonly outcome: 'waiting' | 'dead' }
  /** Its lease ran out while it ran (a machine that slept, a clock that was set): another process may run it too. */
  | { readonly kind: 'lost'; readonly job: Claim }
  | { readonly kind: 'database-failed'; readonly error: HoldfastError };

export interface WorkerWorld {
  readonly db: Db;
  readonly now: () => Instant;
  readonly timers: Timers;
  readonly report: (event: WorkerEvent) => void;
  /** From 0 to 1, by chance: see `backoffMs`. */
  readonly spread?: () => number;
}

export interface WorkerSettings {
  /** Which process this is, for people. */
  readonly name: string;
  /** Jobs at once. */
  readonly concurrency: number;
  /** After a crash a job waits this long for its next worker. */
  readonly leaseMs: Millis;
  /** How long a job of another process may lie there before we look; who makes one here calls `wake`. */
  readonly pollMs: Millis;
}

export const WORKER_DEFAULTS: Omit<WorkerSettings, 'name'> = {
  concurrency: 4,
  leaseMs: 30_000 as Millis,
  pollMs: 1_000 as Millis,
};

type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'lost' }
  | { readonly kind: 'released' };

export class Worker {
  readonly #world: WorkerWorld;
  readonly #handlers: JobHandlers;
  readonly #settings: WorkerSettings;
  readonly #alarm: Alarm;
  /** Jobs that run, and how each is given back. */
  readonly #running = new Map<Promise<void>, () => void>();
  #stopping = false;
  #loop: Promise<void> | null = null;

  constructor(world: WorkerWorld, handlers: JobHandlers, settings: WorkerSettings) {
    assert(Number.isInteger(settings.concurrency) && settings.concurrency > 0);
    this.#world = world;
    this.#handlers = handlers;
    this.#settings = settings;
    this.#alarm = new Alarm(world.timers);
  }

  start(): void {
    assert(this.#loop === null && !this.#stopping, 'a worker starts once');
    this.#loop = this.#claimAndRun();
  }

  /** There may be a job: look now. */
  wake(): void {
    this.#alarm.ring();
  }

  /** Begins nothing more, waits for what runs, and gives back what has not ended after `graceMs`. */
  async stop(graceMs: Millis): Promise<void> {
    this.#stopping = true;
    this.wake();
    const callOff = this.#world.timers.after(graceMs, () => {
      for (const release of this.#running.values()) release();
    });
    await this.#loop;
    await Promise.all(this.#running.keys());
    callOff();
  }

  async #claimAndRun(): Promise<void> {
    while (!this.#stopping) {
      const isFull = this.#running.size >= this.#settings.concurrency;
      const claim = isFull ? null : await this.#claim();
      if (claim === null) await this.#alarm.pause(isFull ? null : this.#settings.pollMs);
      else if (this.#stopping) await this.#settle(claim, { kind: 'released' });
      else this.#begin(claim);
    }
  }

  async #claim(): Promise<Claim | null> {
    const { db, now } = this.#world;
    const { name: worker, leaseMs } = this.#settings;
    const names = [...this.#handlers.keys()];
    return (await this.#asked(() => claimJob(db, { names, worker, leaseMs }, now()))) ?? null;
  }

  #begin(claim: Claim): void {
    const { promise: released, resolve: release } = Promise.withResolvers<Outcome>();
    const run = this.#run(claim, released).finally(() => {
      this.#running.delete(run);
      this.wake();
    });
    this.#running.set(run, () => release({ kind: 'released' }));
  }

  async #run(claim: Claim, released: Promise<Outcome>): Promise<void> {
    const { db, now, timers } = this.#world;
    const { leaseMs } = this.#settings;
    const handler = this.#handlers.get(claim.name);
    assert(handler !== undefined, 'claimed by name');
    const givenUp = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<Outcome>();
    const callOff = timers.after(handler.limitMs, () => resolve(tooLong(handler.limitMs)));
    const beats = keepAlive(timers, leaseMs, () => prolongJob(db, claim, leaseMs, now()));
    const lost = beats.lost.then((): Outcome => ({ kind: 'lost' }));
    const outcome = await Promise.race([outcomeOf(handler, claim, givenUp.signal), late, lost, released]);
    callOff();
    if (outcome.kind !== 'done') givenUp.abort();
    await beats.stop();
    await this.#settle(claim, outcome);
  }

  async #settle(job: Claim, outcome: Outcome): Promise<void> {
    const isOurs = await this.#asked(() => this.#write(job, outcome));
    if (isOurs === false) this.#world.report({ kind: 'lost', job });
  }

  async #write(job: Claim, outcome: Outcome): Promise<boolean> {
    const { db, now, report, spread } = this.#world;
    switch (outcome.kind) {
      case 'done':
        return finishJob(db, job, now());
      case 'released':
        return releaseJob(db, job, now());
      case 'lost':
        return false;
      case 'failed': {
        const failure = { error: messageOf(outcome.error), pauseMs: backoffMs(job.attempt, spread?.()) };
        const state = await failJob(db, job, failure, now());
        if (state !== null) report({ kind: 'failed', job, error: outcome.error, outcome: state });
        return state !== null;
      }
    }
  }

  /** A database that fails us is reported, and asked again later; what was claimed runs out there by itself. */
  async #asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#world.report({ kind: 'database-failed', error });
      return undefined;
    }
  }
}

const tooLong = (limitMs: Millis): Outcome => ({
  kind: 'failed',
  error: new Error(`it did not end within ${limitMs} ms`),
});

async function outcomeOf({ run }: JobHandler, job: Claim, givenUp: AbortSignal): Promise<Outcome> {
  try {
    await run(job, givenUp);
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
