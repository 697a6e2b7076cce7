/**
 * A log of a million entries in a running service: how long people wait for its pages and for a proof, and what an act costs that is
 * recorded meanwhile.
 *
 * Decisions: may `/log` look entries up in an index table at each request, without a cache? Yes while its 99th percentile is at most
 * 50 ms. May a page prove an entry at each request? Yes while a proof takes at most 20 ms. May every act wait for its entry? Yes while the
 * 99th percentile of recording at 200 a second stays below 150 ms. Run: `node --import ./scripts/tsx-hook.mjs bench/log-pages.bench.ts [ENTRIES] [sqlite|postgres]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat } from '../src/lib/bytes.ts';
import { EPOCH, plus, type Instant, type Millis } from '../src/lib/time.ts';
import { encodeLeaf } from '../src/log/leaf.ts';
import { entryBundle } from '../src/log/log-entry.actions.ts';
import { LogMemory } from '../src/log/log-memory.actions.ts';
import { LOG_TABLES, type LogTables } from '../src/log/log-tables.ts';
import { appendEntry, type OpenLog, recordInLog, signCheckpoint } from '../src/log/log.actions.ts';
import { CompactRange, hashLeaf } from '../src/log/merkle.ts';
import type { DatabasePlace } from '../src/platform/database-place.ts';
import { openDatabase } from '../src/platform/db.ts';
import { JOBS } from '../src/platform/jobs-table.ts';
import { migrate } from '../src/platform/migrations.ts';
import { systemRandom } from '../src/platform/random.ts';
import { POLICY_TABLES } from '../src/policy/policy-tables.ts';
import { AUDITOR, logService } from '../test/support/log-service.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from '../test/support/postgres-server.ts';
import { machine } from './support.ts';

const SIZE = Number(process.argv[2] ?? 1_000_000);
const START = Date.parse('2025-01-01T00:00:00Z') as Instant;
const STEP_MS = 60_000 as Millis;
const AT_ONCE = 0 as Millis;
const BATCH = 2_000;
const TYPES = ['finding.decided', 'policy.evaluated', 'release.gated', 'person.signed-in', 'log.heartbeat'];
const REQUESTS = 300;
const RECORDED = 1_000;
const PER_SECOND = 200;
const WRITERS = 8;

/** As `appendEntry` leaves them, without a transaction for each. */
async function fill({ db }: OpenLog, origin: string): Promise<void> {
  const range = new CompactRange();
  const org = origin.replaceAll('/', '.');
  for (let from = 1; from < SIZE; from += BATCH) {
    const entries: LogTables['log_entry'][] = [];
    const listing: LogTables['log_listing'][] = [];
    const hashes: LogTables['log_hash'][] = [];
    for (let n = from; n < Math.min(SIZE, from + BATCH); n++) {
      const type = TYPES[n % TYPES.length] ?? '';
      const subject = `finding:${n % 7 === 0 ? 'often' : n % 5_003}`;
      const at = plus(START, (n * STEP_MS) as Millis);
      const data = { decision: 'not_affected', reason: 'the vulnerable function is not called' };
      const leaf = encodeLeaf({ v: 1, org, at, type, actor: `p-${n % 9}`, subject, data, pd: [], state: null });
      if (!leaf.ok) throw new Error(leaf.error);
      entries.push({ log: 1, idx: n, leaf: leaf.value });
      listing.push({ log: 1, idx: n, type, subject, at });
    }
    if (from === 1) {
      const [first] = await db.tables<LogTables>().selectFrom('log_entry').select('leaf').execute();
      range.append(hashLeaf(first!.leaf));
    }
    for (const { leaf } of entries)
      range.append(hashLeaf(leaf), (height, idx, hash) => {
        if (height > 0 && height % 8 === 0) hashes.push({ log: 1, level: height / 8, idx, hash });
      });
    await db.transaction(async (tx) => {
      const tables = tx.tables<LogTables>();
      await tables.insertInto('log_entry').values(entries).execute();
      await tables.insertInto('log_listing').values(listing).execute();
      if (hashes.length > 0) await tables.insertInto('log_hash').values(hashes).execute();
      const last_at = plus(START, ((range.size - 1) * STEP_MS) as Millis);
      await tables
        .updateTable('log_head')
        .set({ size: range.size, nodes: concat(range.nodes), last_at })
        .execute();
    });
  }
}

const at = (sorted: readonly number[], share: number): string =>
  `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)} ms`;

function say(name: string, times: readonly number[], more = ''): void {
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `  ${name.padEnd(44)} median ${at(sorted, 0.5).padStart(9)}  p99 ${at(sorted, 0.99).padStart(9)}  worst ${at(sorted, 1).padStart(9)}${more}`,
  );
}

async function timed(name: string, runs: number, work: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < 20; n++) await work(n);
  const times: number[] = [];
  // Of the process, without what the database server does: a crowded machine adds waiting, and no work.
  const before = process.cpuUsage();
  for (let n = 0; n < runs; n++) {
    const begun = performance.now();
    await work(n);
    times.push(performance.now() - begun);
  }
  const { user, system } = process.cpuUsage(before);
  say(name, times, `  processor ${((user + system) / 1_000 / runs).toFixed(1)} ms`);
}

async function measure(name: string, place: DatabasePlace): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const db = await openDatabase(place);
  await migrate(db, [LOG_TABLES, POLICY_TABLES, JOBS], EPOCH);
  const log: OpenLog = { db, folder, random: systemRandom, memory: new LogMemory(true) };
  const beat = { type: 'log.heartbeat', actor: null, subject: null, data: {}, state: null };
  const { origin } = await recordInLog(log, (tx) => appendEntry(tx, beat, START));
  const begun = performance.now();
  await fill(log, origin);
  const now = plus(START, (SIZE * STEP_MS) as Millis);
  await signCheckpoint(log, now, AT_ONCE);
  console.log(`${name}: ${SIZE} entries, filled in ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
  const get = logService(log, () => now);
  const page = (path: (n: number) => string) => async (n: number) => {
    const answer = await get(path(n), AUDITOR);
    if (answer.status !== 200) throw new Error(`${path(n)}: ${answer.status}`);
    const { length } = await answer.text();
    if (length > 100_000) throw new Error(`${path(n)} has ${length} characters`);
  };
  const somewhere = (n: number): number => (n * 7_919 * 101) % SIZE;
  await timed(
    '/log',
    REQUESTS,
    page(() => '/log'),
  );
  await timed(
    '/log, a page somewhere',
    REQUESTS,
    page((n) => `/log?before=${somewhere(n) + 1}`),
  );
  await timed(
    '/log by kind',
    REQUESTS,
    page((n) => `/log?type=${TYPES[n % TYPES.length]}&before=${somewhere(n) + 1}`),
  );
  await timed(
    '/log by a rare subject',
    REQUESTS,
    page((n) => `/log?subject=finding:${n % 5_003}`),
  );
  await timed(
    '/log by a frequent subject and kind',
    REQUESTS,
    page((n) => `/log?subject=finding:often&type=${TYPES[n % 5]}`),
  );
  await timed(
    '/log by a kind and subject that never met',
    REQUESTS,
    page(() => '/log?subject=finding:often&type=never.happened'),
  );
  await timed(
    '/log of a day',
    REQUESTS,
    page((n) => `/log?day=2025-${String(1 + (n % 12)).padStart(2, '0')}-15`),
  );
  await timed(
    '/log/entries/N with its proof',
    REQUESTS,
    page((n) => `/log/entries/${somewhere(n)}`),
  );
  await timed('the proof of an entry alone', REQUESTS, (n) => entryBundle(db, somewhere(n)));
  await timed('a full tile', REQUESTS, (n) => get(`/log/tile/0/${String(n % 1_000).padStart(3, '0')}`, AUDITOR));
  await timed(
    '/.well-known/holdfast/checkpoint',
    REQUESTS,
    page(() => '/.well-known/holdfast/checkpoint'),
  );
  await recordPaced(log, now);
  await db.close();
  rmSync(folder, { recursive: true });
}

/** An act every 5 ms whatever the others take, and a page now and then beside them. */
async function recordPaced(log: OpenLog, now: Instant): Promise<void> {
  const entry = { type: 'finding.decided', actor: 'p-1', subject: 'finding:often', data: { kept: 1 }, state: null };
  const times: number[] = [];
  const running: Promise<void>[] = [];
  const begun = performance.now();
  for (let n = 0; n < RECORDED; n++) {
    const due = begun + (n * 1_000) / PER_SECOND;
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1));
    const one = async (): Promise<void> => {
      await recordInLog(log, (tx) => appendEntry(tx, entry, now));
      times.push(performance.now() - due);
    };
    running.push(one());
  }
  await Promise.all(running);
  say(`recording at ${PER_SECOND} a second, from when it was due`, times);
  const rate = performance.now();
  const writer = async (): Promise<void> => {
    for (let n = 0; n < RECORDED / WRITERS; n++) await recordInLog(log, (tx) => appendEntry(tx, entry, now));
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  console.log(
    `  recording, ${WRITERS} at once: ${Math.round((RECORDED * 1_000) / (performance.now() - rate))} a second`,
  );
}

console.log(machine());
const only = process.argv[3];
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
if (only !== 'postgres') await measure('SQLite', { engine: 'sqlite', path: join(folder, 'a.sqlite') });
rmSync(folder, { recursive: true });
if (only === 'sqlite') console.log('PostgreSQL was not asked for');
else if (POSTGRES_PROGRAMS === null) console.log('no PostgreSQL on this machine: not measured');
else {
  const server = await PostgresServer.create(POSTGRES_PROGRAMS);
  await measure('PostgreSQL', await server.createDatabase());
  await server.remove();
}
