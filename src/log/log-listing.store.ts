/**
 * The list in which pages look entries up by kind, subject and day (log-tables.ts). It is made of the leaves and can be made again;
 * what an entry says is read from its leaf (log.store.ts).
 */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { LogTables } from './log-tables.ts';
import type { ListedRow } from './verify-kept.ts';

export async function insertListed(tx: Tx, log: number, rows: readonly ListedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .tables<LogTables>()
    .insertInto('log_listing')
    .values(rows.map((row) => ({ log, ...row })))
    .execute();
}

/** The first entry that is listed; `null` where none is. Those from it on are listed without gaps. */
export async function firstListed(queries: Queries, log: number): Promise<number | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_listing')
    .select('idx')
    .where('log', '=', log)
    .orderBy('idx')
    .limit(1)
    .executeTakeFirst();
  return row?.idx ?? null;
}

export interface ListedFilter {
  readonly type: string | null;
  readonly subject: string | null;
  /** Entries from `from` to before `to`. */
  readonly from: number;
  readonly to: number;
}

/** The highest indexes that fit, the highest first. */
export async function findListed(
  queries: Queries,
  log: number,
  { type, subject, from, to }: ListedFilter,
  most: number,
): Promise<readonly number[]> {
  let query = queries
    .tables<LogTables>()
    .selectFrom('log_listing')
    .select('idx')
    .where('log', '=', log)
    .where('idx', '>=', from)
    .where('idx', '<', to);
  if (type !== null) query = query.where('type', '=', type);
  if (subject !== null) query = query.where('subject', '=', subject);
  const rows = await query.orderBy('idx', 'desc').limit(most).execute();
  return rows.map(({ idx }) => idx);
}

/**
 * The kinds of entries that there are, in order: one look into the index for each kind, not one for each entry.
 *
 * @param most After so many no more are looked for.
 */
export async function listedTypes(queries: Queries, log: number, most: number): Promise<readonly string[]> {
  const types: string[] = [];
  for (let after = ''; types.length < most; ) {
    const row = await queries
      .tables<LogTables>()
      .selectFrom('log_listing')
      .select('type')
      .where('log', '=', log)
      .where('type', '>', after)
      .orderBy('type')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) break;
    types.push(row.type);
    after = row.type;
  }
  return types;
}

/** When an entry was recorded, as listed. */
export async function listedAt(queries: Queries, log: number, idx: number): Promise<Instant | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_listing')
    .select('at')
    .where('log', '=', log)
    .where('idx', '=', idx)
    .executeTakeFirst();
  return row === undefined ? null : (row.at as Instant);
}

/** The rows from `from` to before `to`, in order. */
export async function readListed(
  queries: Queries,
  log: number,
  from: number,
  to: number,
): Promise<readonly ListedRow[]> {
  const rows = await queries
    .tables<LogTables>()
    .selectFrom('log_listing')
    .select(['idx', 'type', 'subject', 'at'])
    .where('log', '=', log)
    .where('idx', '>=', from)
    .where('idx', '<', to)
    .orderBy('idx')
    .execute();
  return rows.map((row) => ({ ...row, at: row.at as Instant }));
}
