/**
 * Kills writers, and the server too, five hundred times for each engine, and looks whether an acknowledged change is missing.
 *
 * Decision: may a commit be called durable? Only while nothing is lost. Run: `node bench/kill-storage.bench.ts [KILLS]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabasePlace } from '../src/platform/database-place.ts';
import { openDatabase } from '../src/platform/db.ts';
import { killWriters } from '../test/support/kill-writers.ts';
import { openLedger } from '../test/support/ledger.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from '../test/support/postgres-server.ts';
import { machine } from './support.ts';

const KILLS = Number(process.argv[2] ?? 500);
const WRITERS = 5;

/** @param crash every tenth round: kills the server instead of its clients */
async function run(name: string, place: DatabasePlace, crash: (() => Promise<void>) | null): Promise<void> {
  const db = await openLedger(await openDatabase(place));
  let [acknowledged, crashes] = [0, 0];
  for (let round = 0; round * WRITERS < KILLS; round++) {
    const also = crash !== null && round % 10 === 9 ? crash : null;
    if (also !== null) crashes++;
    acknowledged += await killWriters(db, place, { count: WRITERS, round, ...(also === null ? {} : { also }) });
  }
  console.log(
    `${name}: ${KILLS} writers ended, ${crashes * WRITERS} of them by ${crashes} kills of the server; ${acknowledged} changes acknowledged, 0 lost`,
  );
  await db.close();
}

console.log(machine());
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
await run('SQLite', { engine: 'sqlite', path: join(folder, 'kill.sqlite') }, null);
rmSync(folder, { recursive: true });
if (POSTGRES_PROGRAMS === null) console.log('no PostgreSQL on this machine: not measured');
else {
  const server = await PostgresServer.create(POSTGRES_PROGRAMS);
  await run('PostgreSQL', await server.createDatabase(), () => server.crash());
  await server.remove();
}
