/**
 * Recorded evaluations, the days of each statement, and what was read for them (policy-tables.ts). Reports are report.store.ts;
 * recording is record.actions.ts.
 */
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { sha256 } from '../lib/hash.ts';
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { worstVerdict, type StatementVerdict } from './evaluate.ts';
import type { PolicyTables } from './policy-tables.ts';

const tables = (queries: Queries) => queries.tables<PolicyTables>();

export interface StoredEvaluation {
  /** `policy:SECURITY-POLICY.md` */
  readonly subject: string;
  /** Of the log that recorded it, and the entry there. */
  readonly origin: string;
  readonly index: number;
  /** RFC 8785 JSON; its SHA-256 is the entry's `state`. */
  readonly body: string;
}

export async function storeEvaluation(tx: Tx, { subject, origin, index, body }: StoredEvaluation): Promise<void> {
  const row = { origin, idx: index, body };
  await tables(tx)
    .insertInto('policy_evaluation')
    .values({ subject, ...row })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(row))
    .execute();
}

export async function readEvaluation(queries: Queries, subject: string): Promise<StoredEvaluation | null> {
  const row = await tables(queries)
    .selectFrom('policy_evaluation')
    .selectAll()
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? null : { subject, origin: row.origin, index: row.idx, body: row.body };
}

/** Which evaluation is the latest, without reading it. */
export async function latestEntry(
  queries: Queries,
  subject: string,
): Promise<Pick<StoredEvaluation, 'origin' | 'index'> | null> {
  const row = await tables(queries)
    .selectFrom('policy_evaluation')
    .select(['origin', 'idx'])
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? null : { origin: row.origin, index: row.idx };
}

/** What `holdfast log verify` compares with the log: each row as it is now. @param subject Only that one. */
export async function evaluationStates(queries: Queries, subject?: string) {
  const all = tables(queries).selectFrom('policy_evaluation').selectAll();
  const rows = await (subject === undefined ? all : all.where('subject', '=', subject)).execute();
  return rows.map((row) => ({ subject: row.subject, origin: row.origin, index: row.idx, digest: sha256(row.body) }));
}

/** A verdict that statements had on a day. */
export interface StatementDay {
  readonly statement: string;
  readonly verdict: StatementVerdict;
}

/** Keeps the worst verdict of the day: what was broken in the morning is not kept in the evening. */
export async function storeDay(
  tx: Tx,
  subject: string,
  day: string,
  statements: readonly StatementDay[],
): Promise<void> {
  const known = new Map(
    (await readDays(tx, subject, { from: day, to: day })).map((row) => [row.statement, row.verdict]),
  );
  for (const { statement, verdict } of statements) {
    const before = known.get(statement);
    const worst = before === undefined ? verdict : worstVerdict([before, verdict]);
    if (worst === before) continue;
    await tables(tx)
      .insertInto('policy_day')
      .values({ subject, statement, day, verdict: worst })
      .onConflict((conflict) => conflict.columns(['subject', 'statement', 'day']).doUpdateSet({ verdict: worst }))
      .execute();
  }
}

export interface RecordedDay extends StatementDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
}

/** In the order of their days. Both ends count. */
export async function readDays(
  queries: Queries,
  subject: string,
  { from, to, statement }: { readonly from: string; readonly to: string; readonly statement?: string },
): Promise<readonly RecordedDay[]> {
  const rows = tables(queries)
    .selectFrom('policy_day')
    .select(['statement', 'day', 'verdict'])
    .where('subject', '=', subject)
    .where('day', '>=', from)
    .where('day', '<=', to);
  const chosen = statement === undefined ? rows : rows.where('statement', '=', statement);
  const found = await chosen.orderBy('day').orderBy('statement').execute();
  // `worstVerdict` of one name is that name, and of any other text what claims least.
  return found.map((row) => ({ ...row, verdict: worstVerdict([row.verdict as StatementVerdict]) }));
}

export async function hasDays(queries: Queries, subject: string): Promise<boolean> {
  const row = tables(queries).selectFrom('policy_day').select('day').where('subject', '=', subject).limit(1);
  return (await row.executeTakeFirst()) !== undefined;
}

/** Before they are made anew from the log. */
export async function deleteDays(tx: Tx, subject: string): Promise<void> {
  await tables(tx).deleteFrom('policy_day').where('subject', '=', subject).execute();
}

/** @returns its SHA-256 */
export async function storeText(tx: Tx, text: string): Promise<string> {
  const digest = sha256(text);
  await tables(tx)
    .insertInto('policy_text')
    .values({ sha256: digest, body: utf8(text) })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute();
  return digest;
}

/** `null` where it is not there, or is not what its digest says. */
export async function readStoredText(queries: Queries, digest: string): Promise<string | null> {
  const row = await tables(queries)
    .selectFrom('policy_text')
    .select('body')
    .where('sha256', '=', digest)
    .executeTakeFirst();
  if (row === undefined || sha256(row.body) !== digest) return null;
  return fromUtf8(row.body);
}

/** Why the policy cannot be evaluated: since when, and what to do. */
export interface Obstacle {
  readonly since: Instant;
  readonly code: string;
  /** RFC 8785 JSON of what there is to say about it. */
  readonly body: string;
}

export async function readObstacle(queries: Queries, subject: string): Promise<Obstacle | null> {
  const row = await tables(queries)
    .selectFrom('policy_obstacle')
    .selectAll()
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? null : { since: row.since as Instant, code: row.code, body: row.body };
}

export async function storeObstacle(tx: Tx, subject: string, obstacle: Obstacle): Promise<void> {
  await tables(tx)
    .insertInto('policy_obstacle')
    .values({ subject, ...obstacle })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ ...obstacle }))
    .execute();
}

export async function clearObstacle(tx: Tx, subject: string): Promise<void> {
  await tables(tx).deleteFrom('policy_obstacle').where('subject', '=', subject).execute();
}
