import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { sql } from 'kysely';
import { forEachEngine } from '../../test/support/engines.ts';
import { balanceOf, LEDGER, ledger } from '../../test/support/ledger.ts';
import type { Instant } from '../lib/time.ts';
import type { DatabasePlace } from './database-place.ts';
import { migrate, takenSteps, tablesAmong, type Migration, type MigrationList } from './migrations.ts';

const NOW = 1_764_000_000_000 as Instant;
const [first, second] = LEDGER.migrations as [Migration, Migration];
const list = (...migrations: readonly Migration[]): readonly MigrationList[] => [{ feature: 'ledger', migrations }];

forEachEngine((engine) => {
  /** What must not change when a database is refused. SQLite: the file itself. */
  const fingerprint = (place: DatabasePlace): string | null =>
    place.engine === 'sqlite' ? createHash('sha256').update(readFileSync(place.path)).digest('hex') : null;

  it('takes each step once, and records which and when', async () => {
    const db = await engine.open();
    assert.deepEqual(await takenSteps(db), []);
    assert.equal(await migrate(db, list(first), NOW), 1);
    assert.equal(await migrate(db, list(first, second), NOW), 1);
    assert.equal(await migrate(db, list(first, second), NOW), 0);
    assert.deepEqual(
      (await takenSteps(db)).map(({ feature, number, name }) => [feature, number, name]),
      [
        ['ledger', 1, 'accounts'],
        ['ledger', 2, 'entries'],
      ],
    );
    const { rows } = await sql<{ applied_at: number }>`select applied_at from holdfast_migration`.execute(db.tables());
    assert.deepEqual(rows, [{ applied_at: 1_764_000_000_000 }, { applied_at: 1_764_000_000_000 }]);
  });

  it('takes the steps once when several processes start at the same time', async () => {
    const place = await engine.place();
    const starting = await Promise.all(Array.from({ length: 6 }, () => engine.open(place)));
    const taken = await Promise.all(starting.map((db) => migrate(db, [LEDGER], NOW)));
    assert.deepEqual(
      taken.toSorted((a, b) => a - b),
      [0, 0, 0, 0, 0, 2],
    );
    const { rows } = await sql<{ id: string }>`select id from account`.execute(starting[0]!.tables());
    assert.deepEqual(rows, [{ id: 'cash' }]);
  });

  it('takes all steps of a run or none', async () => {
    const db = await engine.open();
    const broken = {
      name: 'broken',
      statements: ['create table later (id :text primary key)', 'insert into nowhere values (1)'],
    };
    await assert.rejects(migrate(db, list(first, broken), NOW));
    assert.deepEqual(await tablesAmong(db, ['account', 'later', 'holdfast_migration']), []);
    assert.equal(await migrate(db, list(first, second), NOW), 2);
  });

  it('leaves a database of a newer program alone', async () => {
    const place = await engine.place();
    const newer = await engine.open(place);
    await migrate(newer, list(first, second), NOW);
    await newer.close();
    const before = fingerprint(place);
    const older = await engine.open(place);
    await assert.rejects(migrate(older, list(first), NOW), {
      code: 'DB_NEWER',
      message: /step 2 of ledger \(entries\)/,
    });
    await assert.rejects(migrate(older, [], NOW), { code: 'DB_NEWER' });
    assert.equal(await balanceOf(older), 0);
    await older.close();
    assert.equal(fingerprint(place), before);
  });

  it('leaves a database alone that was made by other steps', async () => {
    const db = await engine.open();
    await migrate(db, list(first, second), NOW);
    const edited = { ...first, statements: [...first.statements, 'create table more (id :text primary key)'] };
    await assert.rejects(migrate(db, list(edited, second, second), NOW), {
      code: 'DB_ALTERED',
      message: /step 1 of ledger/,
    });
    await assert.rejects(migrate(db, list(second, first), NOW), { code: 'DB_ALTERED' });
    await sql`delete from holdfast_migration where number = 1`.execute(db.tables());
    await assert.rejects(migrate(db, list(first, second), NOW), { code: 'DB_ALTERED', message: /passed over/ });
    assert.deepEqual(await tablesAmong(db, ['more']), []);
  });

  it('adds a feature beside others, in any order', async () => {
    const db = await engine.open();
    await migrate(db, [LEDGER], NOW);
    const other = {
      feature: 'audit',
      migrations: [{ name: 'notes', statements: ['create table note (id :text primary key)'] }],
    };
    assert.equal(await migrate(db, [other, LEDGER], NOW), 1);
    await assert.rejects(migrate(db, [other], NOW), { code: 'DB_NEWER' });
  });

  it('holds references between tables', async () => {
    const db = await engine.open();
    await migrate(db, [LEDGER], NOW);
    const entry = { account_id: 'nobody', number: 1, note: '', proof: null };
    await assert.rejects(ledger(db).insertInto('entry').values(entry).execute(), /foreign key/i);
  });

  it('knows no other types of columns than its own', async () => {
    const db = await engine.open();
    const odd = { name: 'odd', statements: ['create table odd (at :timestamp)'] };
    await assert.rejects(migrate(db, list(odd), NOW), { name: 'AssertionError', message: /:timestamp/ });
  });

  it('does not take the table of somebody else for its own', async () => {
    const db = await engine.open();
    await sql`create table account (id integer)`.execute(db.tables());
    await assert.rejects(migrate(db, [LEDGER], NOW), { code: 'DB_FOREIGN', message: /table account/ });
    assert.deepEqual(await tablesAmong(db, ['entry', 'holdfast_migration']), []);
  });
});
