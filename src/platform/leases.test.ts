import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { jobsDatabase } from '../../test/support/jobs.ts';
import { balanceOf, deposit } from '../../test/support/ledger.ts';
import { instant, TestClock, until } from '../../test/support/test-clock.ts';
import type { Millis } from '../lib/time.ts';
import type { Db } from './db.ts';
import type { LeaseTables } from './jobs-table.ts';
import { isHeld, prolongLease, releaseLease, takeLease, withLease, type Lease } from './leases.ts';

const LEASE_MS = 60_000 as Millis;
const NOON = instant('2026-11-25T12:00:00Z');
const request = (holder: string) => ({ name: 'signing', holder, leaseMs: LEASE_MS });

const mustTake = async (db: Db, holder: string, now = NOON): Promise<Lease> => {
  const taken = await takeLease(db, request(holder), now);
  assert.ok(taken.ok, 'nobody has it');
  return taken.value;
};

const leaseEnd = async (db: Db): Promise<number | undefined> =>
  (await db.tables<LeaseTables>().selectFrom('lease').select('until').executeTakeFirst())?.until;

forEachEngine((engine) => {
  const database = jobsDatabase(engine);
  const open = async (): Promise<Db> => (await database()).db;

  it('goes to one of many who ask at once', async () => {
    const db = await open();
    const asked = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((holder) => takeLease(db, request(holder), NOON)));
    const [taken] = asked.filter(({ ok }) => ok);
    assert.equal(asked.filter(({ ok }) => ok).length, 1);
    assert.ok(taken?.ok);
    const { holder } = taken.value;
    for (const each of asked) {
      if (!each.ok) assert.deepEqual(each.error, { holder, until: instant('2026-11-25T12:01:00Z') });
    }
    assert.equal((await takeLease(db, { ...request('a'), name: 'another' }, NOON)).ok, true);
  });

  it('is taken over when it has run out, with a higher token, and the former holder is told', async () => {
    const db = await open();
    const first = await mustTake(db, 'one');
    assert.equal(await prolongLease(db, first, LEASE_MS, instant('2026-11-25T12:00:30Z')), true);
    assert.equal((await takeLease(db, request('two'), instant('2026-11-25T12:01:29Z'))).ok, false);
    const second = await mustTake(db, 'two', instant('2026-11-25T12:01:30Z'));
    assert.deepEqual([first.token, second.token], [1, 2]);
    assert.equal(await prolongLease(db, first, LEASE_MS, instant('2026-11-25T12:01:31Z')), false);
    await releaseLease(db, first);
    assert.equal((await takeLease(db, request('three'), instant('2026-11-25T12:01:31Z'))).ok, false);
    await releaseLease(db, second);
    assert.equal((await mustTake(db, 'three', instant('2026-11-25T12:01:31Z'))).token, 3);
  });

  it('lets a holder who slept write nothing', async () => {
    const db = await open();
    const sign = (lease: Lease) =>
      db.transaction(async (tx) => (await isHeld(tx, lease)) && deposit(tx, 'cash', 'signed'));
    const first = await mustTake(db, 'one');
    assert.equal(await sign(first), 1);
    const second = await mustTake(db, 'two', instant('2026-11-25T12:02:00Z'));
    assert.equal(await sign(first), false);
    assert.equal(await sign(second), 2);
    assert.equal(await balanceOf(db), 2);
  });

  it('makes who wants it wait for the transaction that asked whether it is held', async () => {
    const { place, db } = await database();
    const other = await engine.open(place);
    const lease = await mustTake(db, 'one');
    const steps: string[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    const held = Promise.withResolvers<void>();
    const asks = held.promise.then(() => {
      taking = takeLease(other, request('two'), instant('2026-11-25T13:00:00Z')).then(({ ok }) =>
        steps.push(`taken ${ok}`),
      );
    });
    await db.transaction(async (tx) => {
      assert.equal(await isHeld(tx, lease), true);
      held.resolve();
      await asks;
      // On PostgreSQL the other connection has sent its question by now, and its answer would be here.
      for (let turn = 0; turn < 20; turn++) assert.equal(await isHeld(tx, lease), true);
      steps.push('written');
    });
    await taking;
    assert.deepEqual(steps, ['written', 'taken true']);
  });

  it('waits for no year that a wrong clock wrote', async () => {
    const db = await open();
    await mustTake(db, 'one', instant('2036-01-01T00:00:00Z'));
    assert.equal((await mustTake(db, 'two')).token, 2);
  });

  it('is prolonged while work goes on, and released after it, also when it fails', { timeout: 30_000 }, async () => {
    const db = await open();
    const clock = new TestClock();
    const world = { db, now: clock.now, timers: clock };
    const done = await withLease(world, request('one'), async ({ token }, lost) => {
      for (let beat = 0; beat < 6; beat++) {
        clock.pass(20_000);
        // The next beat is set, and this one is stored.
        await until(async () => clock.pending === 1 && (await leaseEnd(db)) === clock.now() + LEASE_MS);
      }
      assert.deepEqual(await takeLease(db, request('two'), clock.now()), {
        ok: false,
        error: { holder: 'one', until: instant('2026-11-25T12:03:00Z') },
      });
      assert.equal(lost.aborted, false);
      return token;
    });
    assert.deepEqual(done, { ok: true, value: 1 });
    const failing = withLease(world, request('two'), () => Promise.reject(new Error('no key')));
    await assert.rejects(failing, { message: 'no key' });
    assert.equal((await mustTake(db, 'three', clock.now())).token, 3);
    assert.equal(clock.pending, 0);
    const refused = await withLease(world, request('four'), () => assert.fail('it is held'));
    assert.deepEqual(refused, { ok: false, error: { holder: 'three', until: instant('2026-11-25T12:03:00Z') } });
  });

  it('tells the work when somebody else has the lease', async () => {
    const db = await open();
    const clock = new TestClock();
    await withLease({ db, now: clock.now, timers: clock }, request('one'), async (_, lost) => {
      const told = new Promise((resolve) => lost.addEventListener('abort', resolve));
      await mustTake(db, 'two', instant('2026-11-25T12:30:00Z'));
      clock.pass(20_000);
      await told;
    });
    const { ok } = await takeLease(db, request('three'), instant('2026-11-25T12:30:30Z'));
    assert.equal(ok, false, 'who lost it does not release it');
  });
});
