/**
 * What the log keeps in the database (log-tables.ts). Nothing here decides: appending and signing are log.actions.ts.
 *
 * Entries are inserted and never updated or deleted by any function of this file.
 */
import { concat } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { LogTables } from './log-tables.ts';
import { CompactRange, HASH_BYTES, type Hash } from './merkle.ts';
import { MOST_ENTRY_BYTES } from './tile.ts';

/** The log that grows. */
export interface LogHead {
  /** From 1; above it for each time the log was reopened. */
  readonly log: number;
  readonly origin: string;
  readonly size: number;
  readonly nodes: readonly Hash[];
  /** Time of the last entry; `null` in an empty log. */
  readonly lastAt: Instant | null;
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
  readonly signedAt: Instant;
}

/**
 * `null` where no log was begun.
 *
 * @throws LOG_DAMAGED where the row contradicts itself
 */
export async function readHead(queries: Queries): Promise<LogHead | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_head')
    .selectAll()
    .orderBy('log', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { log, origin, size, last_at } = row;
  const nodes = cutHashes(row.nodes);
  if (!fits(size, nodes))
    throw new HoldfastError(
      'LOG_DAMAGED',
      `the database says that the log ${origin} has ${size} entries, and keeps another tree`,
      {
        hint: 'Nothing was recorded or signed. The row in log_head was changed: restore the newest database.',
      },
    );
  return { log, origin, size, nodes, lastAt: last_at as Instant | null };
}

function fits(size: number, nodes: readonly Hash[]): boolean {
  try {
    return new CompactRange(size, nodes).size === size;
  } catch {
    return false;
  }
}

const cutHashes = (bytes: Uint8Array): readonly Hash[] =>
  Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, at) =>
    Uint8Array.from(bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
  );

/** An empty log. */
export async function insertHead(tx: Tx, log: number, origin: string): Promise<void> {
  const row = { log, origin, size: 0, nodes: new Uint8Array(0), last_at: null };
  await tx.tables<LogTables>().insertInto('log_head').values(row).execute();
}

export interface Growth {
  readonly head: LogHead;
  readonly leaf: Uint8Array;
  /** Hashes of level 1 and above that the entry completes. */
  readonly hashes: readonly { readonly level: number; readonly idx: number; readonly hash: Hash }[];
}

/** Stores the entry in front of which `head` stood, and the head behind it. */
export async function storeGrowth(tx: Tx, { head, leaf, hashes }: Growth): Promise<void> {
  const tables = tx.tables<LogTables>();
  const { log, size, nodes, lastAt } = head;
  await tables
    .insertInto('log_entry')
    .values({ log, idx: size - 1, leaf })
    .execute();
  if (hashes.length > 0)
    await tables
      .insertInto('log_hash')
      .values(hashes.map((hash) => ({ log, ...hash })))
      .execute();
  await tables
    .updateTable('log_head')
    .set({ size, nodes: concat(nodes), last_at: lastAt })
    .where('log', '=', log)
    .execute();
}

/**
 * The entries from `from` to before `to`, in order; one that is missing is missing in the answer, and so is one that is larger
 * than an entry can be: what somebody else put into the table must not fill the memory.
 */
export async function readEntries(
  queries: Queries,
  log: number,
  from: number,
  to: number,
): Promise<readonly { readonly idx: number; readonly leaf: Uint8Array }[]> {
  return queries
    .tables<LogTables>()
    .selectFrom('log_entry')
    .select(['idx', 'leaf'])
    .where('log', '=', log)
    .where('idx', '>=', from)
    .where('idx', '<', to)
    .where((e) => e(e.fn<number>('length', ['leaf']), '<=', MOST_ENTRY_BYTES))
    .orderBy('idx')
    .execute();
}

/** The highest index that has an entry, whatever the head says; `null` without any. */
export async function lastIndex(queries: Queries, log: number): Promise<number | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_entry')
    .select('idx')
    .where('log', '=', log)
    .orderBy('idx', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.idx ?? null;
}

/** Hashes of a level above 0, in order, from `from` to before `to`. */
export async function readHashes(
  queries: Queries,
  log: number,
  level: number,
  from: number,
  to: number,
): Promise<readonly Hash[]> {
  const rows = await queries
    .tables<LogTables>()
    .selectFrom('log_hash')
    .select('hash')
    .where('log', '=', log)
    .where('level', '=', level)
    .where('idx', '>=', from)
    .where('idx', '<', to)
    .orderBy('idx')
    .execute();
  return rows.map(({ hash }) => hash);
}

export async function insertCheckpoint(tx: Tx, log: number, { size, note, signedAt }: StoredCheckpoint): Promise<void> {
  await tx
    .tables<LogTables>()
    .insertInto('log_checkpoint')
    .values({ log, size, note, signed_at: signedAt })
    .onConflict((conflict) => conflict.columns(['log', 'size']).doNothing())
    .execute();
}

/** The newest ones, smallest first. */
export async function readCheckpoints(
  queries: Queries,
  log: number,
  most: number,
): Promise<readonly StoredCheckpoint[]> {
  const rows = await queries
    .tables<LogTables>()
    .selectFrom('log_checkpoint')
    .select(['size', 'note', 'signed_at'])
    .where('log', '=', log)
    .orderBy('size', 'desc')
    .limit(most)
    .execute();
  return rows.toReversed().map(({ size, note, signed_at }) => ({ size, note, signedAt: signed_at as Instant }));
}

/** Those of a smaller size, the newest first. */
export async function readCheckpointsBelow(
  queries: Queries,
  log: number,
  below: number,
  most: number,
): Promise<readonly Pick<StoredCheckpoint, 'size' | 'note'>[]> {
  return queries
    .tables<LogTables>()
    .selectFrom('log_checkpoint')
    .select(['size', 'note'])
    .where('log', '=', log)
    .where('size', '<', below)
    .orderBy('size', 'desc')
    .limit(most)
    .execute();
}

/** The name of a log by its number; `null` where there is none. */
export async function readOriginOf(queries: Queries, log: number): Promise<string | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_head')
    .select('origin')
    .where('log', '=', log)
    .executeTakeFirst();
  return row?.origin ?? null;
}

/** The number of a log by its name; `null` where there is none. */
export async function readNumberOf(queries: Queries, origin: string): Promise<number | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_head')
    .select('log')
    .where('origin', '=', origin)
    .executeTakeFirst();
  return row?.log ?? null;
}

/** The same evidence twice is stored once. */
export async function insertEvidence(tx: Tx, sha256: string, body: Uint8Array): Promise<void> {
  await tx
    .tables<LogTables>()
    .insertInto('log_evidence')
    .values({ sha256, body })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute();
}

export async function readEvidence(queries: Queries, sha256: string): Promise<Uint8Array | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_evidence')
    .select('body')
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  return row?.body ?? null;
}
