import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { forEachEngine, NO_POSTGRES, sharedPostgres, temporaryFolder } from '../../test/support/engines.ts';
import { balanceOf, deposit, LEDGER, ledger, openLedger } from '../../test/support/ledger.ts';
import type { Instant } from '../lib/time.ts';
import { backupTo, restoreFrom } from './backup.ts';
import { openDatabase, type Db } from './db.ts';
import { migrate, tablesAmong, type MigrationList } from './migrations.ts';

const NOW = 1_764_000_000_000 as Instant;
const LISTS = [LEDGER];

/** Three accounts, 450 entries (more than are written at once), bytes and text that need care. */
async function fill(db: Db): Promise<void> {
  await openLedger(db);
  await db.transaction(async (tx) => {
    await ledger(tx)
      .insertInto('account')
      .values([
        { id: 'ä"\n\\', balance: 7 },
        { id: '[1]', balance: 0 },
      ])
      .execute();
    const numbers = Array.from({ length: 450 }, (_, at) => at + 1);
    await ledger(tx).updateTable('account').set({ balance: 450 }).where('id', '=', 'cash').execute();
    await ledger(tx)
      .insertInto('entry')
      .values(numbers.map((number) => ({ account_id: 'cash', number, note: `note ${number} €`, proof: null })))
      .execute();
    await ledger(tx)
      .updateTable('entry')
      .set({ proof: new Uint8Array([0, 1, 254, 255]) })
      .where('number', '<', 4)
      .execute();
  });
}

const everything = async (db: Db): Promise<unknown> => ({
  account: await ledger(db).selectFrom('account').selectAll().orderBy('id').execute(),
  entry: await ledger(db).selectFrom('entry').selectAll().orderBy('number').execute(),
});

const linesOf = (path: string): string[] => gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');

forEachEngine((engine) => {
  const folder = temporaryFolder();
  let files = 0;
  const file = (): string => join(folder, `backup-${++files}.ndjson.gz`);

  it('brings everything back into an empty database', async () => {
    const source = await engine.open();
    await fill(source);
    const path = file();
    assert.deepEqual(await backupTo(source, LISTS, path, NOW), { tables: { account: 3, entry: 450 } });
    const target = await engine.open();
    assert.deepEqual(await restoreFrom(target, LISTS, path, NOW), {
      tables: { account: 3, entry: 450 },
      at: '2025-11-24T16:00:00Z',
      files: [],
    });
    assert.deepEqual(await everything(target), await everything(source));
    assert.equal(await migrate(target, LISTS, NOW), 0);
    assert.equal(await target.transaction((tx) => deposit(tx, 'cash', 'after')), 451);
  });

  it('is readable by its owner only and leaves nothing half-written behind', async () => {
    const source = await engine.open();
    await fill(source);
    const path = file();
    await backupTo(source, LISTS, path, NOW);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const old = readFileSync(path);
    await assert.rejects(backupTo(source, [], path, NOW), { code: 'DB_NEWER' });
    await assert.rejects(backupTo(source, LISTS, join(path, 'below-a-file'), NOW), { code: 'FILE_UNWRITABLE' });
    assert.deepEqual(readFileSync(path), old);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('gives back the files that lay beside the database', async () => {
    const source = await openLedger(await engine.open());
    const path = file();
    const files = [{ name: 'erasures', text: '{"subject":"p-1"}\nä' }];
    await backupTo(source, LISTS, path, NOW, files);
    assert.deepEqual((await restoreFrom(await engine.open(), LISTS, path, NOW)).files, files);
  });

  it('takes away what a backup left behind whose process was killed, and nothing else', async () => {
    const source = await openLedger(await engine.open());
    const path = file();
    const ended = spawnSync(process.execPath, ['-e', '']).pid;
    const [dead, live, other] = [
      `${folder}/.${basename(path)}.${ended}-0a1b2c3d.tmp`,
      `${folder}/.${basename(path)}.${process.pid}-0a1b2c3d.tmp`,
      `${folder}/.other.${ended}-0a1b2c3d.tmp`,
    ];
    for (const each of [dead, live, other]) writeFileSync(each, 'half');
    await backupTo(source, LISTS, path, NOW);
    assert.deepEqual([dead, live, other].map(existsSync), [false, true, true]);
    for (const each of [live, other]) rmSync(each);
  });

  it('holds one moment while others write', async () => {
    const source = await engine.open();
    await openLedger(source);
    let going = true;
    const writer = (async () => {
      for (let at = 0; going; at++) await source.transaction((tx) => deposit(tx, 'cash', `${at}`));
    })();
    while ((await balanceOf(source)) === 0) await new Promise((resolve) => setImmediate(resolve));
    const path = file();
    const { tables } = await backupTo(source, LISTS, path, NOW);
    going = false;
    await writer;
    const target = await engine.open();
    await restoreFrom(target, LISTS, path, NOW);
    assert.equal(await balanceOf(target), tables['entry']);
    assert.ok((await balanceOf(source))! >= tables['entry']!);
  });

  it('is brought forward when the program has moved on, and refused when the program is older', async () => {
    const source = await engine.open();
    await fill(source);
    const path = file();
    await backupTo(source, LISTS, path, NOW);
    const [first] = LEDGER.migrations;
    const newer: MigrationList = {
      feature: 'ledger',
      migrations: [
        ...LEDGER.migrations,
        { name: 'colour', statements: ["alter table account add column colour :text not null default 'red'"] },
      ],
    };
    const target = await engine.open();
    await restoreFrom(target, [newer], path, NOW);
    assert.equal(await balanceOf(target), 450);
    assert.equal(await migrate(target, [newer], NOW), 0);
    const older = await engine.open();
    await assert.rejects(restoreFrom(older, [{ feature: 'ledger', migrations: [first!] }], path, NOW), {
      code: 'DB_NEWER',
    });
    assert.deepEqual(await tablesAmong(older, ['account', 'holdfast_migration']), []);
  });

  it('never mixes with what is there', async () => {
    const source = await engine.open();
    await fill(source);
    const path = file();
    await backupTo(source, LISTS, path, NOW);
    const target = await openLedger(await engine.open());
    await assert.rejects(restoreFrom(target, LISTS, path, NOW), { code: 'DB_NOT_EMPTY' });
    assert.equal(await balanceOf(target), 0);
  });

  it('restores nothing from a backup that is damaged, cut off, foreign or forged by hand', async () => {
    const source = await engine.open();
    await openLedger(source);
    await source.transaction((tx) => deposit(tx, 'cash', 'only'));
    const path = file();
    await backupTo(source, LISTS, path, NOW);
    const lines = linesOf(path);
    const [header, ...rest] = lines as [string, ...string[]];
    const text = (...all: readonly string[]): Buffer => gzipSync(`${all.join('\n')}\n`);
    const wrong: Readonly<Record<string, Buffer>> = {
      'an empty file': Buffer.alloc(0),
      'no gzip': Buffer.from('hello'),
      'half of the bytes': readFileSync(path).subarray(0, 100),
      'an end that is missing': text(...lines.slice(0, -1)),
      'a row that is missing': text(...lines.filter((line) => !line.startsWith('["cash",1]'))),
      'a row that was changed': text(...lines.map((line) => line.replace('"only"', '"else"'))),
      'a row that is there twice': text(...lines.toSpliced(3, 0, lines[2]!)),
      'something after the end': text(...lines, '{}'),
      'no header': text(...rest),
      'two headers': text(header, ...lines),
      'another table': text(header, '{"table":"pg_class","columns":["a"]}', '[1]', ...rest),
      'another kind of file': text('{"schema":"holdfast.scan/1"}', ...rest),
      'a value of no kind': text(header, '{"table":"account","columns":["id","balance"]}', '["x",{"a":1}]', ...rest),
      'no JSON': text(header, '{', ...rest),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      const bad = file();
      writeFileSync(bad, bytes);
      const target = await engine.open(...(engine.name === 'postgres' ? [await sameEmpty()] : []));
      await assert.rejects(restoreFrom(target, LISTS, bad, NOW), { code: 'BACKUP_UNREADABLE' }, what);
      assert.deepEqual(await tablesAmong(target, ['account', 'entry', 'holdfast_migration']), [], what);
    }
    const future = file();
    writeFileSync(future, text(header.replace('holdfast.backup/1', 'holdfast.backup/2'), ...rest));
    await assert.rejects(restoreFrom(await engine.open(), LISTS, future, NOW), { code: 'DB_NEWER' });
    await assert.rejects(restoreFrom(await engine.open(), LISTS, join(folder, 'missing'), NOW), {
      code: 'FILE_NOT_FOUND',
    });
  });

  /** A refused restore leaves the database empty, so the next one can have it: making one takes PostgreSQL 0.2 s. */
  let empty: ReturnType<typeof engine.place> | null = null;
  const sameEmpty = (): ReturnType<typeof engine.place> => (empty ??= engine.place());
});

describe('a backup', () => {
  const folder = temporaryFolder();

  it('moves an installation from SQLite to PostgreSQL and back, byte for byte', { skip: NO_POSTGRES }, async () => {
    const sqlite = await openDatabase({ engine: 'sqlite', path: join(folder, 'one.sqlite') });
    await fill(sqlite);
    const postgres = await openDatabase(await (await sharedPostgres()).createDatabase());
    const [there, back] = [join(folder, 'there'), join(folder, 'back')];
    await backupTo(sqlite, LISTS, there, NOW);
    await restoreFrom(postgres, LISTS, there, NOW);
    await backupTo(postgres, LISTS, back, NOW);
    assert.deepEqual(linesOf(back).toSorted(), linesOf(there).toSorted());
    const again = await openDatabase({ engine: 'sqlite', path: join(folder, 'two.sqlite') });
    await restoreFrom(again, LISTS, back, NOW);
    assert.deepEqual(await everything(again), await everything(sqlite));
    await Promise.all([sqlite.close(), postgres.close(), again.close()]);
    assert.ok(existsSync(there));
  });
});
