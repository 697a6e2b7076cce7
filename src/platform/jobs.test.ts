import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { jobsDatabase } from '../../test/support/jobs.ts';
import { balanceOf, deposit } from '../../test/support/ledger.ts';
import { instant } from '../../test/support/test-clock.ts';
import type { Instant, Millis } from '../lib/time.ts';
import type { Db } from './db.ts';
import {
  backlog,
  backoffMs,
  claimJob,
  deadLetters,
  enqueue,
  failJob,
  finishJob,
  forgetDone,
  prolongJob,
  releaseJob,
  reviveJob,
  type Claim,
  type NewJob,
} from './jobs.ts';

const NOON = instant('2026-11-25T12:00:00Z');
const MINUTE_MS = 60_000;
const LEASE_MS = MINUTE_MS as Millis;
const later = (ms: number): Instant => (NOON + ms) as Instant;

const add = (db: Db, job: Partial<NewJob> = {}, now = NOON): Promise<number> =>
  db.transaction((tx) => enqueue(tx, { name: 'mail', payload: null, ...job }, now));
const claim = (db: Db, now: Instant, worker = 'one'): Promise<Claim | null> =>
  claimJob(db, { names: ['mail', 'scan'], worker, leaseMs: LEASE_MS }, now);
const mustClaim = async (db: Db, now: Instant): Promise<Claim> => {
  const claimed = await claim(db, now);
  assert.ok(claimed !== null, 'a job is due');
  return claimed;
};

forEachEngine((engine) => {
  const database = jobsDatabase(engine);
  const open = async (): Promise<Db> => (await database()).db;

  it('stores a job with the change that makes it necessary, or neither', async () => {
    const db = await open();
    const failing = db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'never');
      await enqueue(tx, { name: 'mail', payload: null }, NOON);
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, { message: 'changed my mind' });
    assert.equal(await claim(db, NOON), null);
    assert.equal(await balanceOf(db), 0);
  });

  it('hands out each job once, the longest due first, and leaves other names alone', async () => {
    const db = await open();
    const second = await add(db, { payload: { to: ['ä', '\u0000', '__proto__'] } });
    const first = await add(db, { name: 'scan', at: later(-1) });
    await add(db, { name: 'unknown here' });
    await add(db, { at: later(1) });
    assert.deepEqual(await claim(db, NOON), {
      id: first,
      name: 'scan',
      payload: null,
      attempt: 1,
      until: later(MINUTE_MS),
    });
    const claimed = await claim(db, NOON);
    assert.deepEqual([claimed?.id, claimed?.payload], [second, { to: ['ä', '\u0000', '__proto__'] }]);
    assert.equal(await claim(db, NOON), null);
  });

  it('shows what is due and nobody works on, whether no worker knows it or its worker is gone', async () => {
    const db = await open();
    await add(db);
    await add(db, { name: 'unknown here' });
    await add(db, { name: 'unknown here', at: later(-1) });
    await add(db, { name: 'unknown here', at: later(MINUTE_MS + 1) });
    await mustClaim(db, NOON);
    const unknown = { name: 'unknown here', jobs: 2, oldestDueAt: later(-1) };
    assert.deepEqual(await backlog(db, NOON), [unknown]);
    assert.deepEqual(await backlog(db, later(MINUTE_MS)), [
      { name: 'mail', jobs: 1, oldestDueAt: later(MINUTE_MS) },
      unknown,
    ]);
  });

  it('makes one job of several with the same name and key, also after it is done', async () => {
    const db = await open();
    const id = await add(db, { key: 'notice 7' });
    assert.equal(await add(db, { key: 'notice 7' }), id);
    assert.notEqual(await add(db, { key: 'notice 7', name: 'scan' }), id);
    const claimed = await mustClaim(db, NOON);
    assert.equal(await finishJob(db, claimed, NOON), true);
    assert.equal(await add(db, { key: 'notice 7' }), id);
    const day = 86_400_000;
    assert.equal(await db.transaction((tx) => forgetDone(tx, later(29 * day))), 0);
    assert.equal(await db.transaction((tx) => forgetDone(tx, later(31 * day))), 1);
    assert.notEqual(await add(db, { key: 'notice 7' }), id);
  });

  it('gives the job of a dead worker to another one when its lease runs out, and takes no word of the dead', async () => {
    const db = await open();
    await add(db);
    const lost = await mustClaim(db, NOON);
    assert.equal(await prolongJob(db, lost, LEASE_MS, later(30_000)), true);
    assert.equal(await claim(db, later(89_999)), null);
    const again = await mustClaim(db, later(90_000));
    assert.deepEqual([again.id, again.attempt], [lost.id, 2]);
    assert.equal(await prolongJob(db, lost, LEASE_MS, later(90_001)), false);
    assert.equal(await finishJob(db, lost, later(90_001)), false);
    assert.equal(await failJob(db, lost, { error: 'late', pauseMs: LEASE_MS }, later(90_001)), null);
    assert.equal(await releaseJob(db, lost, later(90_001)), false);
    assert.equal(await finishJob(db, again, later(90_001)), true);
    assert.equal(await finishJob(db, again, later(90_001)), false);
  });

  it('puts a job that always fails among the dead letters, after all of its attempts, with growing pauses', async () => {
    const db = await open();
    const id = await add(db, { attempts: 4, payload: 'poison' });
    const begun: number[] = [];
    let now = NOON;
    let outcome: string | null = 'waiting';
    while (outcome === 'waiting') {
      const claimed = await claim(db, now);
      if (claimed === null) {
        now = (now + 1_000) as Instant;
        continue;
      }
      begun.push((now - NOON) / 1_000);
      outcome = await failJob(db, claimed, { error: 'no\u0000\nroute', pauseMs: backoffMs(claimed.attempt) }, now);
    }
    assert.equal(outcome, 'dead');
    assert.deepEqual(begun, [0, 10, 30, 70]);
    assert.equal(await claim(db, later(86_400_000 * 365)), null);
    const letter = { id, name: 'mail', payload: 'poison', attempt: 4, error: 'no��route' };
    const dead = { total: 1, letters: [{ ...letter, createdAt: NOON, diedAt: later(70_000) }] };
    assert.deepEqual(await deadLetters(db), dead);
    await db.transaction((tx) => forgetDone(tx, later(86_400_000 * 365)));
    assert.deepEqual(await deadLetters(db), dead);
  });

  it('buries a job that ends every process that runs it', async () => {
    const db = await open();
    await add(db, { attempts: 2 });
    await mustClaim(db, NOON);
    await mustClaim(db, later(MINUTE_MS));
    const next = await add(db, {}, later(2 * MINUTE_MS));
    assert.equal((await mustClaim(db, later(2 * MINUTE_MS))).id, next);
    const { letters } = await deadLetters(db);
    assert.deepEqual(
      letters.map(({ attempt, error }) => [attempt, error]),
      [[2, 'its process ended, or lost the database, during the last attempt']],
    );
  });

  it('brings a dead letter back when a person says so, and nothing else', async () => {
    const db = await open();
    const id = await add(db, { attempts: 1 });
    const only = await mustClaim(db, NOON);
    const revive = () => db.transaction((tx) => reviveJob(tx, id, NOON, 1));
    assert.equal(await revive(), false);
    assert.equal(await failJob(db, only, { error: 'full', pauseMs: LEASE_MS }, NOON), 'dead');
    assert.equal(await revive(), true);
    assert.equal(await finishJob(db, only, NOON), false);
    const again = await mustClaim(db, NOON);
    assert.equal(again.attempt, 2);
    assert.equal(await finishJob(db, again, NOON), true);
    assert.equal(await revive(), false);
  });

  it('does not count a release as a failure', async () => {
    const db = await open();
    await add(db, { attempts: 1 });
    for (let update = 1; update <= 3; update++) {
      const claimed = await mustClaim(db, NOON);
      assert.equal(claimed.attempt, update);
      assert.equal(await releaseJob(db, claimed, NOON), true);
    }
    const { attempt } = await mustClaim(db, NOON);
    assert.equal(attempt, 4);
    assert.deepEqual(await deadLetters(db), { total: 0, letters: [] });
  });

  it('waits for no year that a wrong clock wrote, and is not confused by a minute', async () => {
    const db = await open();
    const wrong = instant('2036-01-01T00:00:00Z');
    const waiting = await add(db, {}, wrong);
    assert.equal((await backlog(db, NOON)).length, 1);
    const running = await mustClaim(db, wrong);
    assert.equal(running.id, waiting);
    const again = await mustClaim(db, NOON);
    assert.deepEqual([again.id, again.attempt], [waiting, 2]);
    await finishJob(db, again, NOON);
    await add(db, {}, later(MINUTE_MS));
    assert.equal(await claim(db, NOON), null);
    await mustClaim(db, later(MINUTE_MS));
  });

  it('lets a clock that jumps ahead end a lease early, without a second settlement', async () => {
    const db = await open();
    await add(db);
    const slow = await mustClaim(db, NOON);
    const fast = await mustClaim(db, later(86_400_000));
    assert.equal(await finishJob(db, slow, later(1)), false);
    assert.equal(await finishJob(db, fast, later(2)), true);
  });
});

describe('the pause after a failure', () => {
  it('doubles from ten seconds up to an hour', () => {
    assert.deepEqual(
      [1, 2, 3, 8, 9, 10, 10_000].map((attempt) => backoffMs(attempt) / 1_000),
      [10, 20, 40, 1_280, 2_560, 3_600, 3_600],
    );
  });

  it('is longer by up to a half where chance is given', () => {
    assert.deepEqual([backoffMs(1, 0), backoffMs(1, 0.5), backoffMs(1, 1)], [10_000, 12_500, 15_000]);
  });
});
