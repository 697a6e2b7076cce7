/** A log in a database of a test, with rows that its entries speak of. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TestEngine } from './engines.ts';
import { sha256 } from '../../src/lib/hash.ts';
import { canonicalJson } from '../../src/lib/canonical-json.ts';
import { utf8 } from '../../src/lib/bytes.ts';
import { EPOCH, hours, parseInstant, plus, type Instant, type Millis } from '../../src/lib/time.ts';
import { LOG_TABLES, type LogTables } from '../../src/log/log-tables.ts';
import { appendEntry, type OpenLog, recordInLog, signCheckpoint } from '../../src/log/log.actions.ts';
import { verifyOpenLog, type Trusted } from '../../src/log/log-verify.actions.ts';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import type { Db } from '../../src/platform/db.ts';
import { JOBS } from '../../src/platform/jobs-table.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { POLICY_TABLES, type PolicyTables } from '../../src/policy/policy-tables.ts';
import { evaluationStates, storeEvaluation } from '../../src/policy/policy.store.ts';

/** Of the whole program, in its order. */
const TABLES = [LOG_TABLES, POLICY_TABLES, JOBS];
const START = parseInstant('2026-11-24T09:00:00Z') ?? EPOCH;
/** One entry an hour. */
export const hour = (n: number): Instant => plus(START, hours(n));
export const AT_ONCE = 0 as Millis;

/** Not random, so that a failure can be repeated; each log of a process has another key all the same. */
let drawn = 0;
const counting = (bytes: number): Uint8Array => {
  drawn += 1;
  return new Uint8Array(bytes).fill(drawn % 251);
};

export async function openEvidence(engine: TestEngine, place?: DatabasePlace): Promise<OpenLog> {
  const db = await engine.open(place);
  await migrate(db, TABLES, START);
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder, { mode: 0o700 });
  return { db, folder, random: counting };
}

/** Records an evaluation with its row, as `check --record` does. */
export async function record(
  log: OpenLog,
  at: Instant,
  subject = 'policy:SECURITY-POLICY.md',
  kept = 1,
): Promise<number> {
  const state = { kept, at };
  const body = canonicalJson(state);
  return recordInLog(log, async (tx) => {
    const entry = { type: 'policy.evaluated', actor: null, subject, data: { kept }, state, evidence: utf8(body) };
    const { origin, index } = await appendEntry(tx, entry, at);
    await storeEvaluation(tx, { subject, origin, index, body });
    return index;
  });
}

/** `size` entries, signed each `every` of them and at the end. */
export async function fill(log: OpenLog, size: number, from = 0): Promise<void> {
  for (let at = from; at < from + size; at++) await record(log, hour(at), `policy:${at % 3}`, at);
  await signCheckpoint(log, hour(from + size), AT_ONCE);
}

const NOTHING_HELD: Trusted = { vkey: null, history: [] };

/** The codes of what a verification finds; none: verified. */
export async function findingsOf(log: OpenLog, trusted: Trusted = NOTHING_HELD): Promise<readonly string[]> {
  const { findings, sums, size } = await verifyOpenLog(log, [evaluationStates], trusted);
  const codes = findings.map(({ code }) => code);
  return codes.length === 0 && sums.entries !== size ? ['NOT ALL READ'] : [...new Set(codes)];
}

type AllTables = LogTables & PolicyTables;
/** Direct access, for attacks. */
export const raw = (db: Db) => db.tables<AllTables>();
export const digest = sha256;

const NAMES = [
  'log_head',
  'log_listing',
  'log_vkey',
  'log_stop',
  'log_entry',
  'log_hash',
  'log_checkpoint',
  'log_evidence',
  'policy_evaluation',
] as const;

async function deleteAll({ db }: OpenLog): Promise<void> {
  for (const name of NAMES.toReversed()) await raw(db).deleteFrom(name).execute();
}

/** As on the first day, with the same key. */
export async function emptyEvidence(log: OpenLog): Promise<void> {
  await deleteAll(log);
  rmSync(join(log.folder, 'log.checkpoint'), { force: true });
}

/** Remembers all tables, and gives what puts them back: a backup of the database that is restored later. */
export async function snapshotOf(log: OpenLog): Promise<() => Promise<void>> {
  const rows = new Map(
    await Promise.all(
      NAMES.map(async (name) => [name, await raw(log.db).selectFrom(name).selectAll().execute()] as const),
    ),
  );
  return async () => {
    await deleteAll(log);
    for (const name of NAMES) {
      const all = rows.get(name) ?? [];
      if (all.length > 0)
        await raw(log.db)
          .insertInto(name)
          .values(all as never)
          .execute();
    }
  };
}
