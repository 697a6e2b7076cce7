/**
 * How many jobs a second are claimed and finished, each step on the disk before it is acknowledged.
 *
 * Decision: may jobs live in the database, without a queue beside it? Yes while a small installation does 100 a second, which is more
 * than mails, scans and reminders of a large one need. Run: `node bench/jobs.bench.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EPOCH, type Instant, type Millis } from '../src/lib/time.ts';
import type { DatabasePlace } from '../src/platform/database-place.ts';
import { openDatabase, type Db } from '../src/platform/db.ts';
import { JOBS } from '../src/platform/jobs-table.ts';
import { claimJob, enqueue, finishJob } from '../src/platform/jobs.ts';
import { migrate } from '../src/platform/migrations.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from '../test/support/postgres-server.ts';
import { machine, median } from './support.ts';

const JOBS_EACH = 1_000;
const ROUNDS = 5;
const REQUEST = { names: ['job'], worker: 'bench', leaseMs: 30_000 as Millis };
const now = (): Instant => Date.now() as Instant;

/** Jobs per second, from the first claim to the last finish. */
async function round(workers: readonly Db[]): Promise<number> {
  await workers[0]?.transaction(async (tx) => {
    for (let at = 0; at < JOBS_EACH; at++) await enqueue(tx, { name: 'job', payload: { at } }, now());
  });
  const begin = performance.now();
  const worker = async (db: Db): Promise<void> => {
    for (;;) {
      const claim = await claimJob(db, REQUEST, now());
      if (claim === null) return;
      await finishJob(db, claim, now());
    }
  };
  await Promise.all(workers.map(worker));
  return (JOBS_EACH * 1_000) / (performance.now() - begin);
}

async function measure(name: string, place: DatabasePlace, databases: number, workersEach: number): Promise<void> {
  const dbs = await Promise.all(Array.from({ length: databases }, () => openDatabase(place)));
  for (const db of dbs) await migrate(db, [JOBS], EPOCH);
  const workers = dbs.flatMap((db) => Array.from({ length: workersEach }, () => db));
  await round(workers);
  const rates: number[] = [];
  for (let i = 0; i < ROUNDS; i++) rates.push(await round(workers));
  const raw = rates.map((rate) => rate.toFixed(0)).join(' ');
  console.log(`${name.padEnd(46)} median ${median(rates).toFixed(0).padStart(6)} jobs/s [${raw}]`);
  await Promise.all(dbs.map((db) => db.close()));
}

console.log(machine());
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
await measure('SQLite, one process, 4 workers', { engine: 'sqlite', path: join(folder, 'a.sqlite') }, 1, 4);
rmSync(folder, { recursive: true });
if (POSTGRES_PROGRAMS === null) console.log('no PostgreSQL on this machine: not measured');
else {
  const server = await PostgresServer.create(POSTGRES_PROGRAMS);
  await measure('PostgreSQL, one pool, 4 workers', await server.createDatabase(), 1, 4);
  await measure('PostgreSQL, 4 pools (as 4 processes), 1 worker', await server.createDatabase(), 4, 1);
  await server.remove();
}
