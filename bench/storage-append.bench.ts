/**
 * How many small changes a second the database takes, each with its entry in a log and on the disk before it is acknowledged.
 *
 * Decision: may SQLite run on the main thread, and may transactions run one at a time? Yes while SQLite takes 1,500 a second
 * and PostgreSQL 400 through eight connections. Run: `node bench/storage-append.bench.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Db, type Tx } from '../src/platform/db.ts';
import type { DatabasePlace } from '../src/platform/database-place.ts';
import { migrate, type MigrationList } from '../src/platform/migrations.ts';
import { EPOCH } from '../src/lib/time.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from '../test/support/postgres-server.ts';
import { machine, median } from './support.ts';

const ROUND_MS = 3_000;
const ROUNDS = 5;
const BODY = JSON.stringify({ text: 'x'.repeat(230) });

interface BenchTables {
  head: { id: number; size: number; root: string };
  entry: { seq: number; body: string };
  incident: { id: string; version: number };
}

const lists: readonly MigrationList[] = [
  {
    feature: 'bench',
    migrations: [
      {
        name: 'a log and a state',
        statements: [
          'create table head (id :integer primary key, size :integer not null, root :text not null)',
          'create table entry (seq :integer primary key, body :json not null)',
          'create table incident (id :text primary key, version :integer not null)',
          "insert into head values (1, 0, '')",
          "insert into incident values ('one', 0)",
        ],
      },
    ],
  },
];

async function change(tx: Tx): Promise<void> {
  const tables = tx.tables<BenchTables>();
  await tables
    .updateTable('incident')
    .set((e) => ({ version: e('version', '+', 1) }))
    .where('id', '=', 'one')
    .execute();
  const { size } = await tables
    .updateTable('head')
    .set((e) => ({ size: e('size', '+', 1), root: 'f'.repeat(64) }))
    .where('id', '=', 1)
    .returning('size')
    .executeTakeFirstOrThrow();
  await tables.insertInto('entry').values({ seq: size, body: BODY }).execute();
}

/** Changes per second, and the slowest thing that the main thread did not do meanwhile: a timer of 1 ms. */
async function round(writers: readonly Db[]): Promise<{ readonly perSecond: number; readonly worstGapMs: number }> {
  const end = performance.now() + ROUND_MS;
  let done = 0;
  let last = performance.now();
  let worstGapMs = 0;
  const timer = setInterval(() => {
    worstGapMs = Math.max(worstGapMs, performance.now() - last);
    last = performance.now();
  }, 1);
  const writer = async (db: Db): Promise<void> => {
    for (; performance.now() < end; done++) await db.transaction(change);
  };
  await Promise.all(writers.map(writer));
  clearInterval(timer);
  return { perSecond: (done * 1_000) / ROUND_MS, worstGapMs };
}

async function measure(name: string, place: DatabasePlace, databases: number, writersEach: number): Promise<void> {
  const dbs = await Promise.all(Array.from({ length: databases }, () => openDatabase(place)));
  await migrate(dbs[0]!, lists, EPOCH);
  const writers = dbs.flatMap((db) => Array.from({ length: writersEach }, () => db));
  await round(writers);
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push(await round(writers));
  const rates = rounds.map(({ perSecond }) => perSecond);
  const gaps = rounds.map(({ worstGapMs }) => worstGapMs.toFixed(0));
  console.log(
    `${name.padEnd(52)} median ${median(rates).toFixed(0).padStart(6)} tx/s [${rates.map((rate) => rate.toFixed(0)).join(' ')}]  worst gap ms [${gaps.join(' ')}]`,
  );
  await Promise.all(dbs.map((db) => db.close()));
}

console.log(machine());
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
await measure('SQLite, one process, 8 writers', { engine: 'sqlite', path: join(folder, 'a.sqlite') }, 1, 8);
rmSync(folder, { recursive: true });
if (POSTGRES_PROGRAMS === null) console.log('no PostgreSQL on this machine: not measured');
else {
  const server = await PostgresServer.create(POSTGRES_PROGRAMS);
  console.log((await server.query('select version()'))[0]?.['version']);
  await measure('PostgreSQL, one pool, 8 writers', await server.createDatabase(), 1, 8);
  await measure('PostgreSQL, 8 pools (as 8 processes), a writer each', await server.createDatabase(), 8, 1);
  await server.remove();
}
