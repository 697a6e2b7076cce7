/**
 * How many entries a second the evidence log takes, each with its row, in one durable transaction; and how long it takes to verify the
 * database afterwards, to sign, and to prove an entry.
 *
 * Decision: may every recorded event wait for its entry, without a queue in front of the log? Yes while SQLite takes 1,500 a second and
 * PostgreSQL 400 through eight connections. Run: `node bench/log-append.bench.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../src/lib/canonical-json.ts';
import { EPOCH, type Instant, type Millis } from '../src/lib/time.ts';
import { LOG_TABLES } from '../src/log/log-tables.ts';
import { appendEntry, type OpenLog, recordInLog, signCheckpoint } from '../src/log/log.actions.ts';
import { tileReader } from '../src/log/log-read.actions.ts';
import { verifyOpenLog } from '../src/log/log-verify.actions.ts';
import { proveInclusion } from '../src/log/proof.ts';
import type { DatabasePlace } from '../src/platform/database-place.ts';
import { openDatabase, type Db } from '../src/platform/db.ts';
import { migrate } from '../src/platform/migrations.ts';
import { systemRandom } from '../src/platform/random.ts';
import { POLICY_TABLES } from '../src/policy/policy-tables.ts';
import { evaluationStates, storeEvaluation } from '../src/policy/policy.store.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from '../test/support/postgres-server.ts';
import { machine, median } from './support.ts';

const ROUND_MS = 2_000;
const ROUNDS = 5;
const NOW = Date.parse('2026-11-25T09:00:00Z') as Instant;
const PAYLOAD = 'x'.repeat(60);

/** An entry of about 250 bytes and the row that it speaks of. */
async function change(db: Db, subject: string): Promise<void> {
  await db.transaction(async (tx) => {
    const state = { kept: 12, note: PAYLOAD };
    const entry = { type: 'policy.evaluated', actor: null, subject, data: { note: PAYLOAD }, state };
    const { origin, index } = await appendEntry(tx, entry, NOW);
    await storeEvaluation(tx, { subject, origin, index, body: canonicalJson(state) });
  });
}

async function round(writers: readonly Db[]): Promise<number> {
  const end = performance.now() + ROUND_MS;
  let done = 0;
  const writer = async (db: Db, at: number): Promise<void> => {
    for (; performance.now() < end; done++) await change(db, `policy:${at}`);
  };
  await Promise.all(writers.map(writer));
  return (done * 1_000) / ROUND_MS;
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const answer = await work();
  console.log(`  ${name.padEnd(50)} ${(performance.now() - begun).toFixed(1)} ms`);
  return answer;
}

async function measure(name: string, place: DatabasePlace, databases: number, writersEach: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const dbs = await Promise.all(Array.from({ length: databases }, () => openDatabase(place)));
  const db = dbs[0]!;
  await migrate(db, [LOG_TABLES, POLICY_TABLES], EPOCH);
  const log: OpenLog = { db, folder, random: systemRandom };
  await recordInLog(log, async () => undefined);
  const writers = dbs.flatMap((each) => Array.from({ length: writersEach }, () => each));
  await round(writers);
  const rates: number[] = [];
  for (let at = 0; at < ROUNDS; at++) rates.push(await round(writers));
  console.log(
    `${name.padEnd(52)} median ${median(rates).toFixed(0).padStart(6)} tx/s [${rates.map((rate) => rate.toFixed(0)).join(' ')}]`,
  );
  const signed = await timed('sign a checkpoint', () => signCheckpoint(log, NOW, 0 as Millis));
  const { size } = signed!.checkpoint;
  await timed(`prove an entry of ${size}`, () => proveInclusion(Math.floor(size / 3), size, tileReader(db, 1)));
  const report = await timed(`verify ${size} entries`, () =>
    verifyOpenLog(log, [evaluationStates], { vkey: null, history: [] }),
  );
  if (report.broken + report.unread > 0) throw new Error(JSON.stringify(report.findings));
  await Promise.all(dbs.map((each) => each.close()));
  rmSync(folder, { recursive: true });
}

console.log(machine());
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
await measure('SQLite, one process, 8 writers', { engine: 'sqlite', path: join(folder, 'a.sqlite') }, 1, 8);
rmSync(folder, { recursive: true });
if (POSTGRES_PROGRAMS === null) console.log('no PostgreSQL on this machine: not measured');
else {
  const server = await PostgresServer.create(POSTGRES_PROGRAMS);
  await measure('PostgreSQL, one pool, 8 writers', await server.createDatabase(), 1, 8);
  await measure('PostgreSQL, 8 pools (as 8 processes), a writer each', await server.createDatabase(), 8, 1);
  await server.remove();
}
