import assert from 'node:assert/strict';
import { setImmediate as immediately } from 'node:timers/promises';
import { it } from 'node:test';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import { forEachEngine } from '../../test/support/engines.ts';
import { balanceOf, deposit, ledger, openLedger } from '../../test/support/ledger.ts';
import type { Tx } from './db.ts';

/** A moment in which everything else that is ready may run. */
const aMoment = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await immediately();
};

forEachEngine((engine) => {
  it('gives back what was stored: text of any language, large integers, nothing, bytes', async () => {
    const db = await openLedger(await engine.open());
    const account = { id: 'Kasse "ä" 🙂 \\ \n\u2028', balance: Number.MAX_SAFE_INTEGER };
    const entry = { account_id: account.id, number: 1, note: '', proof: new Uint8Array([0, 255, 10]) };
    await ledger(db).insertInto('account').values(account).execute();
    await ledger(db).insertInto('entry').values(entry).execute();
    assert.deepEqual(await ledger(db).selectFrom('account').selectAll().where('id', '=', account.id).execute(), [
      account,
    ]);
    assert.deepEqual(await ledger(db).selectFrom('entry').selectAll().execute(), [entry]);
    await ledger(db).updateTable('entry').set({ proof: null }).execute();
    assert.deepEqual(await ledger(db).selectFrom('entry').select('proof').execute(), [{ proof: null }]);
  });

  it('counts and sums in numbers, and says how many rows a change concerned', async () => {
    const db = await openLedger(await engine.open());
    await ledger(db)
      .insertInto('account')
      .values([
        { id: 'a', balance: 2 },
        { id: 'b', balance: 3 },
      ])
      .execute();
    const totals = await ledger(db)
      .selectFrom('account')
      .select((e) => [e.fn.countAll<number>().as('accounts'), e.fn.sum<number>('balance').as('total')])
      .execute();
    assert.deepEqual(totals, [{ accounts: 3, total: 5 }]);
    const { numDeletedRows } = await ledger(db).deleteFrom('account').where('balance', '>', 1).executeTakeFirst();
    assert.equal(numDeletedRows, 2n);
  });

  it('sorts text by its bytes, whatever language the server speaks', async () => {
    const db = await openLedger(await engine.open());
    await ledger(db).deleteFrom('account').execute();
    const ids = ['b', 'ä', 'B', 'a', 'Z', '_'];
    await ledger(db)
      .insertInto('account')
      .values(ids.map((id) => ({ id, balance: 0 })))
      .execute();
    const sorted = await ledger(db).selectFrom('account').select('id').orderBy('id').execute();
    assert.deepEqual(
      sorted.map(({ id }) => id),
      ['B', 'Z', '_', 'a', 'b', 'ä'],
    );
  });

  it('refuses values that the two engines would store differently', async () => {
    const db = await openLedger(await engine.open());
    for (const value of [true, new Date(0), undefined, 'a\0b', 2 ** 53, Number.NaN, 1n, ['x'], { a: 1 }]) {
      await assert.rejects(sql`select ${value} as it`.execute(db.tables()), { name: 'AssertionError' }, inspect(value));
      await assert.rejects(
        db.transaction((tx) => sql`select ${value} as it`.execute(tx.tables())),
        { name: 'AssertionError' },
      );
    }
    assert.equal(await balanceOf(db), 0);
  });

  it('holds the types of columns', async () => {
    const db = await openLedger(await engine.open());
    await assert.rejects(sql`insert into account values ('x', 'many')`.execute(db.tables()));
    assert.equal(await balanceOf(db, 'x'), null);
  });

  it('never lets two transactions interleave, across waits and across connections', async () => {
    const place = await engine.place();
    const [one, other] = [await openLedger(await engine.open(place)), await engine.open(place)];
    const steps: string[] = [];
    const work = (name: string) => async (tx: Tx) => {
      steps.push(`${name} begins`);
      await deposit(tx, 'cash', name, aMoment);
      steps.push(`${name} ends`);
    };
    await Promise.all(Array.from({ length: 12 }, (_, at) => (at % 3 === 0 ? other : one).transaction(work(`${at}`))));
    assert.equal(await balanceOf(one), 12);
    assert.equal(steps.length, 24);
    for (let at = 0; at < steps.length; at += 2) {
      assert.equal(steps[at]?.replace('begins', 'ends'), steps[at + 1], steps.join(', '));
    }
  });

  it('lets queries outside see what is committed, without waiting for a transaction', async () => {
    const db = await openLedger(await engine.open());
    const { promise: written, resolve: write } = Promise.withResolvers<void>();
    const outside = written.then(() => balanceOf(db));
    await db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'not seen yet');
      write();
      assert.equal(await outside, 0);
      assert.equal(await balanceOf(tx), 1);
    });
    assert.equal(await balanceOf(db), 1);
  });

  it('lets a change outside wait for the transaction before it', async () => {
    const db = await openLedger(await engine.open());
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const change = started.then(() =>
      ledger(db)
        .updateTable('account')
        .set((e) => ({ balance: e('balance', '*', 10) }))
        .execute(),
    );
    await db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'first');
      start();
      await aMoment();
      await deposit(tx, 'cash', 'second');
    });
    await change;
    assert.equal(await balanceOf(db), 20);
  });

  it('stores all of a transaction or nothing of it', async () => {
    const db = await openLedger(await engine.open());
    const failed = db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'half');
      throw new Error('stopped in the middle');
    });
    await assert.rejects(failed, { message: 'stopped in the middle' });
    assert.equal(await balanceOf(db), 0);
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', 'whole')), 1);
    assert.equal(await balanceOf(db), 1);
  });

  it('ends a transaction in which a query failed, also when the failure was caught', async () => {
    const db = await openLedger(await engine.open());
    const went = db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'first');
      await ledger(tx)
        .updateTable('account')
        .set({ balance: -1 })
        .execute()
        .catch(() => undefined);
    });
    await assert.rejects(went, { name: 'AssertionError', message: /went on after a failed query/ });
    assert.equal(await balanceOf(db), 0);
  });

  it('finds the defect of a query that passes its transaction by, of a transaction inside another, and of one too late', async () => {
    const db = await openLedger(await engine.open());
    const defect = { name: 'AssertionError' };
    await assert.rejects(
      db.transaction(() => balanceOf(db)),
      defect,
    );
    await assert.rejects(
      db.transaction(() => db.transaction((tx) => deposit(tx, 'cash', 'inner'))),
      defect,
    );
    await assert.rejects(
      db.snapshot(() => db.transaction((tx) => deposit(tx, 'cash', 'inner'))),
      defect,
    );
    await assert.rejects(
      db.transaction(() => db.snapshot((snapshot) => balanceOf(snapshot))),
      defect,
    );
    let late: Tx | null = null;
    await db.transaction(async (tx) => {
      late = tx;
    });
    await assert.rejects(deposit(late!, 'cash', 'late'));
    assert.equal(await balanceOf(db), 0);
  });

  it('lets work that was started in a transaction and outlives it use the database', async () => {
    const db = await openLedger(await engine.open());
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { later } = await db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'first');
      return { later: ended.then(() => balanceOf(db)) };
    });
    end();
    assert.equal(await later, 1);
  });

  it('reads one moment in a snapshot, however long it is read, and streams it', async () => {
    const db = await openLedger(await engine.open());
    for (let at = 0; at < 5; at++) await db.transaction((tx) => deposit(tx, 'cash', `${at}`));
    const { promise: reading, resolve: write } = Promise.withResolvers<void>();
    const written = reading.then(() => db.transaction((tx) => deposit(tx, 'cash', 'later')));
    const seen = await db.snapshot(async (snapshot) => {
      write();
      await written;
      const numbers: number[] = [];
      for await (const { number } of ledger(snapshot).selectFrom('entry').select('number').orderBy('number').stream(2))
        numbers.push(number);
      return { balance: await balanceOf(snapshot), numbers };
    });
    assert.deepEqual(seen, { balance: 5, numbers: [1, 2, 3, 4, 5] });
    assert.equal(await balanceOf(db), 6);
  });

  it('streams two things at once, with parameters, and stops in the middle', async () => {
    const db = await openLedger(await engine.open());
    for (let at = 0; at < 5; at++) await db.transaction((tx) => deposit(tx, 'cash', `${at}`));
    const pairs = await db.snapshot(async (snapshot) => {
      const found: string[] = [];
      const entries = ledger(snapshot).selectFrom('entry').select('number').where('number', '>', 1).orderBy('number');
      for await (const outer of entries.stream(1)) {
        for await (const inner of entries.where('number', '<', 4).stream(1))
          found.push(`${outer.number}${inner.number}`);
        if (outer.number === 3) break;
      }
      return [...found, await balanceOf(snapshot)];
    });
    assert.deepEqual(pairs, ['22', '23', '32', '33', 5]);
  });

  it('writes nothing in a snapshot', async () => {
    const db = await openLedger(await engine.open());
    await assert.rejects(
      db.snapshot((snapshot) => ledger(snapshot).deleteFrom('account').execute()),
      { code: 'DB_READ_ONLY' },
    );
    assert.equal(await balanceOf(db), 0);
  });

  it('says so when it waits for longer than it was told to', async () => {
    const db = await openLedger(await engine.open(undefined, { waitMs: 50 }));
    const { promise: freed, resolve: free } = Promise.withResolvers<void>();
    const holder = db.transaction((tx) => deposit(tx, 'cash', 'slow', () => freed));
    await assert.rejects(
      db.transaction((tx) => deposit(tx, 'cash', 'hasty')),
      { code: 'DB_BUSY' },
    );
    free();
    await holder;
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', 'next')), 2);
  });

  it('lets timers and requests through while transactions queue up', async () => {
    const db = await openLedger(await engine.open());
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await Promise.all(Array.from({ length: 100 }, () => db.transaction((tx) => deposit(tx, 'cash', 'one of many'))));
    clearInterval(timer);
    assert.ok(ticks >= 5, `${ticks} ticks`);
  });
});
