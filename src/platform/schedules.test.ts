import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { jobsDatabase, type JobsDatabase } from '../../test/support/jobs.ts';
import { instant, TestClock, until } from '../../test/support/test-clock.ts';
import { days, hours, type Millis } from '../lib/time.ts';
import type { Db } from './db.ts';
import type { JobTables } from './jobs-table.ts';
import { claimJob, failJob, finishJob } from './jobs.ts';
import { Worker, WORKER_DEFAULTS } from './job-worker.ts';
import { overdueSchedules, scheduleHandlers, Scheduler, TICK_MS, type Schedule } from './schedules.ts';

const LIMIT_MS = hours(1);

function schedule(name: string, recurrence: Schedule['recurrence'], run = async () => {}): Schedule {
  return { name, recurrence, allowanceMs: days(2), attempts: 1, handler: { limitMs: LIMIT_MS, run } };
}

const hourly = schedule('sync', { kind: 'every', ms: hours(1) });
const nightly = schedule('rescan', { kind: 'daily', at: '03:30', zone: 'Europe/Berlin' });

function openIn({ place, db }: JobsDatabase) {
  const clock = new TestClock();
  const failures: unknown[] = [];
  const scheduler = (schedules: readonly Schedule[], holder = 'one', own = db) =>
    new Scheduler(
      { db: own, now: clock.now, timers: clock, report: (error) => failures.push(error), onJobs: () => {} },
      schedules,
      holder,
    );
  return { place, db, clock, failures, scheduler };
}

/** Runs everything that is due with the handlers of `schedules`. */
async function work(db: Db, clock: TestClock, schedules: readonly Schedule[]): Promise<number> {
  const handlers = scheduleHandlers(db, schedules, clock.now);
  const request = { names: [...handlers.keys()], worker: 'w', leaseMs: hours(1) };
  let done = 0;
  for (;;) {
    const claim = await claimJob(db, request, clock.now());
    if (claim === null) return done;
    await handlers.get(claim.name)?.run(claim, new AbortController().signal);
    assert.equal(await finishJob(db, claim, clock.now()), true);
    done++;
  }
}

const jobsOf = async (db: Db): Promise<readonly string[]> => {
  const rows = await db.tables<JobTables>().selectFrom('job').selectAll().orderBy('id').execute();
  return rows.map(({ name, state, payload }) => `${name} ${state} ${payload}`);
};

forEachEngine((engine) => {
  const database = jobsDatabase(engine);
  const open = async () => openIn(await database());

  it('runs a period at once and then each time, and a time of day at its first', async () => {
    const { db, clock, scheduler } = await open();
    const one = scheduler([hourly, nightly]);
    assert.deepEqual(await one.tick(), ['sync']);
    assert.equal(await work(db, clock, [hourly, nightly]), 1);
    clock.pass(hours(1) - 1);
    assert.deepEqual(await one.tick(), []);
    clock.pass(1);
    assert.deepEqual(await one.tick(), ['sync']);
    await work(db, clock, [hourly, nightly]);
    clock.set('2026-11-26T02:30:00Z');
    assert.deepEqual(await one.tick(), ['sync', 'rescan']);
  });

  it('does once what was missed many times, and keeps to the plan afterwards', async () => {
    const { db, clock, scheduler } = await open();
    const one = scheduler([hourly]);
    await one.tick();
    await work(db, clock, [hourly]);
    clock.set('2026-11-28T09:20:00Z');
    assert.deepEqual(await one.tick(), ['sync']);
    assert.deepEqual(await one.tick(), []);
    assert.equal(await work(db, clock, [hourly]), 1);
    clock.set('2026-11-28T10:00:00Z');
    assert.deepEqual(await one.tick(), ['sync']);
  });

  it('lets a run that is not finished stand for the next ones', async () => {
    const { db, clock, scheduler } = await open();
    const one = scheduler([hourly]);
    await one.tick();
    for (let hour = 0; hour < 5; hour++) {
      clock.pass(hours(1));
      assert.deepEqual(await one.tick(), []);
    }
    assert.equal(await work(db, clock, [hourly]), 1);
  });

  it('comes back after a run that died', async () => {
    const { db, clock, scheduler } = await open();
    const one = scheduler([hourly]);
    await one.tick();
    const claim = await claimJob(db, { names: ['sync'], worker: 'w', leaseMs: hours(1) }, clock.now());
    assert.ok(claim !== null);
    assert.equal(await failJob(db, claim, { error: 'no', pauseMs: hours(1) }, clock.now()), 'dead');
    clock.pass(hours(1));
    assert.deepEqual(await one.tick(), ['sync']);
  });

  it('is led by one of many processes, and by another when that one is gone', async () => {
    const { db, place, clock, scheduler } = await open();
    const others = await Promise.all([1, 2, 3].map(() => engine.open(place)));
    const all = [scheduler([hourly]), ...others.map((own, at) => scheduler([hourly], `other ${at}`, own))];
    const made = (await Promise.all(all.map((each) => each.tick()))).flat();
    assert.deepEqual(made, ['sync']);
    await work(db, clock, [hourly]);
    const { holder } = await db
      .tables<{ lease: { holder: string } }>()
      .selectFrom('lease')
      .select('holder')
      .executeTakeFirstOrThrow();
    const rest = all.filter((_, at) => ['one', 'other 0', 'other 1', 'other 2'][at] !== holder);
    clock.pass(59_999);
    for (const each of rest) assert.deepEqual(await each.tick(), []);
    clock.pass(hours(1));
    assert.deepEqual((await Promise.all(rest.map((each) => each.tick()))).flat(), ['sync']);
  });

  it('plans anew when the clock was set back, instead of waiting until it is there again', async () => {
    const { db, clock, scheduler } = await open();
    const one = scheduler([hourly, nightly]);
    clock.set('2036-01-01T00:00:00Z');
    await one.tick();
    await work(db, clock, [hourly, nightly]);
    clock.set('2026-11-25T12:00:00Z');
    assert.deepEqual(await one.tick(), []);
    clock.set('2026-11-25T13:00:00Z');
    assert.deepEqual(await one.tick(), ['sync']);
    await work(db, clock, [hourly, nightly]);
    clock.set('2026-11-26T02:30:00Z');
    assert.deepEqual(await one.tick(), ['sync', 'rescan']);
  });

  it('runs once when the next leader has a clock that is a little behind', async () => {
    const { db, clock, scheduler } = await open();
    const both = [hourly, nightly];
    const one = scheduler(both);
    await one.tick();
    await work(db, clock, both);
    clock.set('2026-11-26T02:30:00Z');
    assert.deepEqual(await one.tick(), ['sync', 'rescan']);
    await work(db, clock, both);
    await one.stop();
    const other = scheduler(both, 'other');
    clock.set('2026-11-26T02:25:01Z');
    assert.deepEqual(await other.tick(), []);
    clock.set('2026-11-26T02:30:00Z');
    assert.deepEqual(await other.tick(), []);
    clock.set('2026-11-26T03:00:00Z');
    assert.deepEqual(await other.tick(), ['sync']);
  });

  it('says which schedules have not succeeded for too long, whether they fail, or nobody runs them', async () => {
    const { db, clock, scheduler } = await open();
    const both = [hourly, nightly];
    const overdue = () => overdueSchedules(db, both, clock.now());
    assert.deepEqual(await overdue(), [
      { name: 'sync', why: 'unknown', lastSuccessAt: null },
      { name: 'rescan', why: 'unknown', lastSuccessAt: null },
    ]);
    await scheduler(both).tick();
    assert.deepEqual(await overdue(), []);
    await work(db, clock, both);
    clock.set('2026-11-27T12:00:00Z');
    assert.deepEqual(await overdue(), []);
    clock.set('2026-11-27T12:00:00.001Z');
    const noon = instant('2026-11-25T12:00:00Z');
    assert.deepEqual(await overdue(), [
      { name: 'sync', why: 'late', lastSuccessAt: noon },
      { name: 'rescan', why: 'late', lastSuccessAt: null },
    ]);
    clock.set('2026-11-24T12:00:00Z');
    assert.deepEqual(await overdue(), [
      { name: 'sync', why: 'future', lastSuccessAt: noon },
      { name: 'rescan', why: 'future', lastSuccessAt: null },
    ]);
  });

  it('notes no success of a run that failed or was given up', async () => {
    const { db, clock, scheduler } = await open();
    const failing = schedule('sync', hourly.recurrence, () => Promise.reject(new Error('no route')));
    await scheduler([failing]).tick();
    const claim = await claimJob(db, { names: ['sync'], worker: 'w', leaseMs: hours(1) }, clock.now());
    assert.ok(claim !== null);
    const running = scheduleHandlers(db, [failing], clock.now).get('sync')?.run(claim, new AbortController().signal);
    await assert.rejects(Promise.resolve(running), { message: 'no route' });
    await scheduleHandlers(db, [hourly], clock.now).get('sync')?.run(claim, AbortSignal.abort());
    clock.pass(days(3));
    assert.deepEqual(await overdueSchedules(db, [hourly], clock.now()), [
      { name: 'sync', why: 'late', lastSuccessAt: null },
    ]);
  });

  it('goes all the way: it is scheduled, run by a worker, noted, and lets another lead when it stops', {
    timeout: 30_000,
  }, async () => {
    const { db, clock, scheduler, failures } = await open();
    let ran = Promise.withResolvers<void>();
    const real = schedule('sync', hourly.recurrence, async () => ran.resolve());
    const world = { db, now: clock.now, timers: clock, report: (event: unknown) => failures.push(event) };
    const worker = new Worker(world, scheduleHandlers(db, [real], clock.now), { ...WORKER_DEFAULTS, name: 'w' });
    const one = new Scheduler({ ...world, onJobs: () => worker.wake() }, [real], 'one');
    worker.start();
    one.start();
    await ran.promise;
    ran = Promise.withResolvers();
    // The worker and the scheduler wait for their next look.
    await until(async () => clock.pending === 2 && (await jobsOf(db))[0]?.startsWith('sync done') === true);
    clock.pass(hours(1) - TICK_MS);
    clock.pass(TICK_MS as Millis);
    await ran.promise;
    await one.stop();
    await worker.stop(hours(1));
    assert.deepEqual(await jobsOf(db), [
      `sync done {"plannedAt":${instant('2026-11-25T12:00:00Z')}}`,
      `sync done {"plannedAt":${instant('2026-11-25T13:00:00Z')}}`,
    ]);
    assert.deepEqual(await overdueSchedules(db, [real], clock.now()), []);
    assert.deepEqual(failures, []);
    assert.equal(clock.pending, 0);
    clock.pass(hours(1));
    assert.deepEqual(await scheduler([hourly], 'two').tick(), ['sync']);
  });
});
