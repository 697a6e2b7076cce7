/** What can happen to a file: rights, a full disk, another process, damage. What both engines promise is in db.test.ts. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { opener, temporaryFolder } from '../../test/support/engines.ts';
import { balanceOf, deposit, ledger, openLedger } from '../../test/support/ledger.ts';
import { unprivileged } from '../../test/support/unprivileged.ts';
import type { DatabaseSettings, Db } from './db.ts';

const PATIENCE = { waitMs: 100 };
/** Another process that holds the write lock until it is told to let go. */
async function holdLock(path: string): Promise<() => Promise<void>> {
  const script = `const d = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    d.exec('begin immediate'); process.stdout.write('held'); process.stdin.once('data', () => { d.exec('rollback'); d.close(); process.exit(0); });`;
  const holder = spawn(process.execPath, ['-e', script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return async () => {
    const gone = once(holder, 'exit');
    holder.stdin.write('go');
    await gone;
  };
}

/** A program that writes until something stops it, and says what and when. */
const UNTIL_IT_FAILS = `
  import { openDatabase } from './db.ts';
  import { deposit } from '../../test/support/ledger.ts';
  const db = await openDatabase({ engine: 'sqlite', path: process.argv[1] });
  let acknowledged = 0;
  try {
    for (;;) acknowledged = await db.transaction((tx) => deposit(tx, 'cash', 'x'.repeat(10_000)));
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, acknowledged }));
  }
`;

describe('a database in a file', () => {
  const folder = temporaryFolder();
  // Others may look into the folder, and only look: the tests of rights need that.
  chmodSync(folder, 0o755);
  let files = 0;
  const openDatabase = opener();
  const open = (file: string, settings: Partial<DatabaseSettings> = PATIENCE): Promise<Db> =>
    openDatabase({ engine: 'sqlite', path: file }, settings);
  /** A closed database with a balance of 1. */
  const makeLedger = async (file: string): Promise<void> => {
    const db = await openLedger(await open(file));
    await db.transaction((tx) => deposit(tx, 'cash', 'first'));
    await db.close();
  };
  const path = (): string => join(folder, `${++files}.sqlite`);

  it('is readable by its owner only, with everything beside it', async () => {
    const file = join(folder, 'new', 'folder', 'holdfast.sqlite');
    const db = await openLedger(await open(file));
    for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(name).mode & 0o777, 0o600, name);
    assert.equal(statSync(join(folder, 'new', 'folder')).mode & 0o777, 0o700);
    await db.close();
  });

  it('writes ahead and syncs before it acknowledges', async () => {
    const db = await openLedger(await open(path()));
    const settings = await Promise.all(
      ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => sql.raw(`pragma ${name}`).execute(db.tables())),
    );
    // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
    assert.deepEqual(
      settings.flatMap(({ rows }) => rows),
      [{ journal_mode: 'wal' }, { synchronous: 2 }, { foreign_keys: 1 }],
    );
    await db.close();
  });

  it('is refused when the file may only be read', async () => {
    const file = path();
    await makeLedger(file);
    chmodSync(file, 0o444);
    await assert.rejects(
      unprivileged(() => open(file)),
      { code: 'DB_READ_ONLY' },
    );
  });

  it('is refused when its folder may only be read', async () => {
    const place = join(folder, 'locked');
    mkdirSync(place);
    const file = join(place, 'holdfast.sqlite');
    await makeLedger(file);
    chmodSync(file, 0o666);
    chmodSync(place, 0o555);
    await assert.rejects(
      unprivileged(() => open(file)),
      { code: 'DB_READ_ONLY' },
    );
    await assert.rejects(
      unprivileged(() => open(join(place, 'other.sqlite'))),
      { code: 'DB_READ_ONLY' },
    );
    chmodSync(place, 0o755);
    const db = await open(file);
    assert.equal(await balanceOf(db), 1);
    await db.close();
  });

  it('keeps what it has and goes on when a full disk has room again', async () => {
    const db = await openLedger(await open(path()));
    await db.transaction((tx) => deposit(tx, 'cash', 'first'));
    await sql`pragma max_page_count = 20`.execute(db.tables());
    const large = 'x'.repeat(200_000);
    await assert.rejects(
      db.transaction((tx) => deposit(tx, 'cash', large)),
      { code: 'DB_FULL' },
    );
    assert.equal(await balanceOf(db), 1);
    await sql`pragma max_page_count = 100000`.execute(db.tables());
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', large)), 2);
    await db.close();
  });

  it('keeps what it acknowledged when the disk fails under a write', {
    skip: process.platform === 'win32',
  }, async () => {
    const file = path();
    await makeLedger(file);
    // A limit for the size of files: the system refuses the write, as a quota or a failing disk does (400 × 512 bytes).
    const limited = [
      '-c',
      'ulimit -f 400 && exec "$@"',
      'sh',
      process.execPath,
      '--input-type=module-typescript',
      '-e',
      UNTIL_IT_FAILS,
    ];
    const { stdout, status } = spawnSync('/bin/sh', [...limited, file], { encoding: 'utf8', cwd: import.meta.dirname });
    assert.equal(status, 0);
    const { code, acknowledged }: { readonly code: string; readonly acknowledged: number } = JSON.parse(stdout);
    assert.equal(code, 'DB_DISK_FAILED');
    assert.ok(acknowledged > 1);
    const db = await open(file);
    assert.equal(await balanceOf(db), acknowledged);
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', 'next')), acknowledged + 1);
  });

  it('says that it is locked when another process does not let go, while everything else goes on', async () => {
    const file = path();
    await makeLedger(file);
    const db = await open(file, { waitMs: 200 });
    const letGo = await holdLock(file);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await assert.rejects(
      db.transaction((tx) => deposit(tx, 'cash', 'blocked')),
      { code: 'DB_BUSY' },
    );
    clearInterval(timer);
    assert.ok(ticks >= 5, `${ticks} ticks`);
    assert.equal(await balanceOf(db), 1, 'reading needs no lock');
    await letGo();
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', 'free')), 2);
    await db.close();
  });

  it('waits for another process that lets go in time', async () => {
    const file = path();
    await makeLedger(file);
    const db = await open(file, { waitMs: 10_000 });
    const letGo = await holdLock(file);
    const [deposited] = await Promise.all([db.transaction((tx) => deposit(tx, 'cash', 'patient')), letGo()]);
    assert.equal(deposited, 2);
    await db.close();
  });

  it('is refused when the file is something else, and left as it is', async () => {
    const file = path();
    const text = 'this is no database, whatever its name says\n'.repeat(100);
    writeFileSync(file, text);
    await assert.rejects(open(file), { code: 'DB_DAMAGED' });
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('is refused when another program made it, and left as it is', async () => {
    const file = path();
    const other = new DatabaseSync(file);
    other.exec('create table bookmarks (id integer primary key)');
    other.close();
    const before = readFileSync(file);
    await assert.rejects(open(file), { code: 'DB_FOREIGN', message: /bookmarks/ });
    assert.deepEqual(readFileSync(file), before);
  });

  it('names damage inside instead of answering from it', async () => {
    const file = path();
    const db = await openLedger(await open(file));
    await ledger(db)
      .insertInto('account')
      .values(Array.from({ length: 400 }, (_, at) => ({ id: `account ${at} ${'x'.repeat(100)}`, balance: 1 })))
      .execute();
    await db.close();
    const damaged = path();
    copyFileSync(file, damaged);
    const handle = openSync(damaged, 'r+');
    for (let page = 4; page * 4_096 < statSync(damaged).size; page++)
      writeSync(handle, Buffer.alloc(4_096, 0xee), 0, 4_096, page * 4_096);
    closeSync(handle);
    const read = async (): Promise<unknown> => {
      const opened = await open(damaged);
      try {
        return await ledger(opened).selectFrom('account').selectAll().execute();
      } finally {
        await opened.close();
      }
    };
    await assert.rejects(read(), { code: 'DB_DAMAGED' });
    truncateSync(damaged, 4_096 * 3);
    await assert.rejects(read(), { code: 'DB_DAMAGED' });
  });

  it('is refused where no file can be', async () => {
    await assert.rejects(open(folder), { code: 'DB_READ_ONLY' });
    const file = path();
    writeFileSync(file, '');
    await assert.rejects(open(join(file, 'below-a-file.sqlite')), { code: 'DB_READ_ONLY' });
  });
});
