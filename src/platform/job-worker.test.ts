import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { it } from 'node:test';
import { sql } from 'kysely';
import { forEachEngine } from '../../test/support/engines.ts';
import { jobsDatabase, newJobsDatabase, type JobsDatabase } from '../../test/support/jobs.ts';
import { deposit, ledger } from '../../test/support/ledger.ts';
import { TestClock, until } from '../../test/support/test-clock.ts';
import { hours, type Instant, type Millis } from '../lib/time.ts';
import type { DatabasePlace } from './database-place.ts';
import type { Db } from './db.ts';
import type { JobTables } from './jobs-table.ts';
import { claimJob, deadLetters, enqueue, finishJob, type Claim } from './jobs.ts';
import { Worker, WORKER_DEFAULTS, type JobHandler, type WorkerEvent, type WorkerSettings } from './job-worker.ts';

const LIMIT_MS = 600_000 as Millis;
const PROGRAM = join(import.meta.dirname, '..', '..', 'test', 'support', 'job-process.ts');

interface Bench {
  readonly place: DatabasePlace;
  readonly db: Db;
  readonly clock: TestClock;
  readonly events: WorkerEvent[];
  /** Resolves with the next event. */
  readonly nextEvent: () => Promise<WorkerEvent>;
  readonly add: (count?: number, attempts?: number) => Promise<void>;
  readonly worker: (run: JobHandler['run'], settings?: Partial<WorkerSettings>, db?: Db) => Worker;
  readonly states: () => Promise<readonly (readonly [state: string, attempt: number])[]>;
}

function benchIn({ place, db }: JobsDatabase): Bench {
  const clock = new TestClock();
  const events: WorkerEvent[] = [];
  let heard = Promise.withResolvers<WorkerEvent>();
  const report = (event: WorkerEvent): void => {
    events.push(event);
    heard.resolve(event);
    heard = Promise.withResolvers();
  };
  return {
    place,
    db,
    clock,
    events,
    nextEvent: () => heard.promise,
    add: (count = 1, attempts = 3) =>
      db.transaction(async (tx) => {
        for (let at = 0; at < count; at++) await enqueue(tx, { name: 'job', payload: at, attempts }, clock.now());
      }),
    worker: (run, settings = {}, own = db) =>
      new Worker({ db: own, now: clock.now, timers: clock, report }, new Map([['job', { limitMs: LIMIT_MS, run }]]), {
        ...WORKER_DEFAULTS,
        name: 'one',
        ...settings,
      }),
    states: async () => {
      const rows = await db.tables<JobTables>().selectFrom('job').selectAll().orderBy('id').execute();
      return rows.map(({ state, attempt }) => [state, attempt] as const);
    },
  };
}

/** A handler that waits to be told how to end, and says when it has begun. */
function held() {
  const begun = Promise.withResolvers<{ readonly job: Claim; readonly givenUp: AbortSignal }>();
  const end = Promise.withResolvers<void>();
  const run: JobHandler['run'] = async (job, givenUp) => {
    begun.resolve({ job, givenUp });
    await end.promise;
  };
  return { begun: begun.promise, end: end.resolve, run };
}

const never = hours(1);

forEachEngine((engine) => {
  const database = jobsDatabase(engine);

  it('runs each of 500 jobs once with four workers on connections of their own, when nothing crashes', async () => {
    const { place, add, worker, states, events } = benchIn(await database());
    await add(500);
    const runs = new Map<number, number>();
    const all = Promise.withResolvers<void>();
    const run = async ({ id }: Claim): Promise<void> => {
      runs.set(id, (runs.get(id) ?? 0) + 1);
      if (runs.size === 500) all.resolve();
    };
    const dbs = await Promise.all([1, 2, 3, 4].map(() => engine.open(place, { connections: 4 })));
    const workers = dbs.map((own, at) => worker(run, { name: `worker ${at}` }, own));
    for (const each of workers) each.start();
    await all.promise;
    await Promise.all(workers.map((each) => each.stop(never)));
    assert.deepEqual(new Set(runs.values()), new Set([1]));
    assert.deepEqual(new Set((await states()).map(([state, attempt]) => `${state} ${attempt}`)), new Set(['done 1']));
    assert.deepEqual(events, []);
  });

  it('runs as many at once as it was told to, and looks again when one ends', async () => {
    const { add, worker } = benchIn(await database());
    await add(5);
    let atOnce = 0;
    let most = 0;
    let ended = 0;
    const all = Promise.withResolvers<void>();
    const full = Promise.withResolvers<void>();
    const run = async (): Promise<void> => {
      most = Math.max(most, ++atOnce);
      if (atOnce === 2) full.resolve();
      await full.promise;
      atOnce--;
      if (++ended === 5) all.resolve();
    };
    const one = worker(run, { concurrency: 2 });
    one.start();
    await all.promise;
    await one.stop(never);
    assert.equal(most, 2);
  });

  it('tries a job that fails again after a pause, and reports it, the last time as dead', async () => {
    const { add, worker, clock, events, nextEvent, db, states } = benchIn(await database());
    await add(1, 2);
    const one = worker(async () => {
      throw new Error('no route');
    });
    const first = nextEvent();
    one.start();
    await first;
    assert.deepEqual(await states(), [['waiting', 1]]);
    const second = nextEvent();
    clock.pass(10_000);
    one.wake();
    await second;
    await one.stop(never);
    assert.deepEqual(
      events.map((event) => event.kind === 'failed' && event.outcome),
      ['waiting', 'dead'],
    );
    assert.equal((await deadLetters(db)).letters[0]?.error, 'no route');
  });

  it('keeps a long job claimed while it works', { timeout: 30_000 }, async () => {
    const { add, worker, clock, db, states } = benchIn(await database());
    await add();
    const { begun, end, run } = held();
    const one = worker(run, { pollMs: never });
    one.start();
    await begun;
    for (let beat = 0; beat < 9; beat++) {
      clock.pass(10_000);
      // The limit, the next look and the next beat are set, and this beat is stored.
      await until(async () => clock.pending === 3 && (await leaseEnd(db)) === clock.now() + 30_000);
    }
    const other = { names: ['job'], worker: 'two', leaseMs: WORKER_DEFAULTS.leaseMs };
    assert.equal(await claimJob(db, other, clock.now()), null);
    end();
    await one.stop(never);
    assert.deepEqual(await states(), [['done', 1]]);
  });

  it('gives up a job that another worker took while this machine slept, and does not settle it', async () => {
    const { add, worker, clock, db, states, nextEvent } = benchIn(await database());
    await add();
    const { begun, end, run } = held();
    const one = worker(run);
    one.start();
    const { givenUp } = await begun;
    const other = { names: ['job'], worker: 'two', leaseMs: WORKER_DEFAULTS.leaseMs };
    clock.set('2026-11-25T13:00:00Z');
    assert.equal((await claimJob(db, other, clock.now()))?.attempt, 2);
    const lost = nextEvent();
    clock.pass(10_000);
    assert.equal((await lost).kind, 'lost');
    assert.equal(givenUp.aborted, true);
    end();
    await one.stop(never);
    assert.deepEqual(await states(), [['running', 2]]);
  });

  it('counts a job that does not end as failed, and goes on with others', async () => {
    const { add, worker, clock, nextEvent, states } = benchIn(await database());
    await add(2);
    const { begun, run } = held();
    const second = Promise.withResolvers<void>();
    const one = worker((job, givenUp) => (job.payload === 0 ? run(job, givenUp) : Promise.resolve(second.resolve())), {
      concurrency: 1,
    });
    one.start();
    const { givenUp } = await begun;
    const failed = nextEvent();
    clock.pass(LIMIT_MS);
    const event = await failed;
    assert.equal(event.kind === 'failed' && `${event.error as Error}`, 'Error: it did not end within 600000 ms');
    assert.equal(givenUp.aborted, true);
    await second.promise;
    await one.stop(never);
    assert.deepEqual(await states(), [
      ['waiting', 1],
      ['done', 1],
    ]);
  });

  it('finishes what runs before it stops, and begins nothing more', async () => {
    const { add, worker, states, clock } = benchIn(await database());
    await add(2);
    const { begun, end, run } = held();
    const one = worker(run, { concurrency: 1 });
    one.start();
    await begun;
    const stopped = one.stop(never);
    end();
    await stopped;
    assert.deepEqual(await states(), [
      ['done', 1],
      ['waiting', 0],
    ]);
    assert.equal(clock.pending, 0, 'no timer keeps the process');
  });

  it('gives back what does not end in time when it stops, for another worker to begin at once', async () => {
    const { add, worker, clock, states, db } = benchIn(await database());
    await add(1, 1);
    const { begun, run } = held();
    const one = worker(run);
    one.start();
    const { givenUp } = await begun;
    const stopped = one.stop(5_000 as Millis);
    clock.pass(5_000);
    await stopped;
    assert.equal(givenUp.aborted, true);
    assert.deepEqual(await states(), [['waiting', 1]]);
    const other = { names: ['job'], worker: 'two', leaseMs: WORKER_DEFAULTS.leaseMs };
    assert.equal((await claimJob(db, other, clock.now()))?.attempt, 2);
  });

  it('says that the database fails it, and goes on when it is back', async () => {
    const { place, add, worker, clock, db, states, nextEvent } = benchIn(await database());
    await add();
    const ran = Promise.withResolvers<void>();
    const own = await engine.open(place, { waitMs: 50 });
    const one = worker(async () => ran.resolve(), {}, own);
    const failed = nextEvent();
    await db.transaction(async (tx) => {
      if (engine.name === 'postgres') await sql`lock table job in access exclusive mode`.execute(tx.tables());
      one.start();
      const event = await failed;
      assert.equal(event.kind === 'database-failed' && event.error.code, 'DB_BUSY');
    });
    clock.pass(1_000);
    one.wake();
    await ran.promise;
    await one.stop(never);
    assert.deepEqual(await states(), [['done', 1]]);
  });

  it('loses no job when its process is killed', async () => {
    // Ten kills, two at a time.
    await Promise.all([1, 2].map(async () => killWorkers(benchIn(await newJobsDatabase(engine)), 5)));
  });
});

const now = (): Instant => Date.now() as Instant;

async function killWorkers({ place, db, states }: Bench, rounds: number): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    await db.transaction(async (tx) => {
      for (const name of ['quick', 'quick', 'hang', 'quick', 'quick'])
        await enqueue(tx, { name, payload: null }, now());
    });
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(place), `${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), gone.then(() => assert.fail('the process ended by itself'))]);
    child.kill('SIGKILL');
    await gone;
    assert.ok((await finishTheRest(db)).includes('hang'), 'it was begun, and is begun again');
    const ended = await states();
    assert.equal(ended.length, 5 * round);
    assert.deepEqual(new Set(ended.map(([state]) => state)), new Set(['done']));
  }
  // An effect may come twice, when the kill came between the effect and the end of its job, but never not at all.
  const notes = await ledger(db).selectFrom('entry').select('note').distinct().execute();
  assert.equal(notes.length, 4 * rounds);
}

/** Does what the dead left, by the clock of a moment when their leases have run out. @returns the names of what they had begun */
async function finishTheRest(db: Db): Promise<readonly string[]> {
  const then = (Date.now() + 60_000) as Instant;
  const request = { names: ['quick', 'hang'], worker: 'heir', leaseMs: WORKER_DEFAULTS.leaseMs };
  const again: string[] = [];
  for (;;) {
    const claim = await claimJob(db, request, then);
    if (claim === null) return again;
    if (claim.attempt > 1) again.push(claim.name);
    if (claim.name === 'quick') await db.transaction((tx) => deposit(tx, 'cash', `job ${claim.id}`));
    assert.equal(await finishJob(db, claim, then), true);
  }
}

async function leaseEnd(db: Db): Promise<number | undefined> {
  return (await db.tables<JobTables>().selectFrom('job').select('due_at').executeTakeFirst())?.due_at;
}
