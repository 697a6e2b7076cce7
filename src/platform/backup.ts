/**
 * Backups: one file for both engines, so that an installation can also move from one to the other.
 *
 * The file is gzipped NDJSON. The first line says what it is and which steps made the tables; then, for each table, a line
 * with its name and columns and a line for each row; the last line carries the counts and the SHA-256 of everything before
 * it. A backup sees one moment of the database while others go on writing; it is put into place whole or not at all. The
 * digest finds accidents; it does not prove who wrote the file, which is why the log has signatures of its own.
 *
 * The first line also carries small text files of the data folder that a restored database needs beside it. Who calls says which.
 *
 *   {"schema":"holdfast.backup/1","at":"2026-11-25T10:00:00Z","steps":[{"feature":"log","number":1,"name":"…","digest":"…"}],"files":[]}
 *   {"table":"log_entry","columns":["seq","leaf"]}
 *   [1,{"base64":"…"}]
 *   {"tables":{"log_entry":1},"sha256":"…"}
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { Db, Snapshot, Tables, Tx } from './db.ts';
import { STEPS_TABLE } from './engine.ts';
import { removeLeftovers } from './leftovers.ts';
import { splitLines } from './lines.ts';
import {
  stepsAhead,
  tablesAmong,
  tablesOf,
  takenSteps,
  takeSteps,
  type MigrationList,
  type Step,
} from './migrations.ts';
import { replaceFileFrom } from './replace-file.ts';
import type { SqlValue } from './sql-value.ts';

const SCHEMA = 'holdfast.backup/1';
/** Rows that are read, and written, at once. */
const ROWS_PER_CHUNK = 200;
/** A PostgreSQL query has at most 65,535 parameters (its protocol counts them in 16 bits), a SQLite query 32,766. */
const MAX_PARAMETERS = 32_000;
/** The longest line: a row with a mail and its attachments, in base64. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

type AnyTables = Readonly<Record<string, Readonly<Record<string, SqlValue>>>>;

export interface BackupContents {
  /** Rows per table, in the order of the tables. */
  readonly tables: Readonly<Record<string, number>>;
}

/** A text file that lies beside the database. Nothing secret: the backup is not encrypted. */
export interface FileBeside {
  readonly name: string;
  readonly text: string;
}

export interface RestoredContents extends BackupContents {
  /** When the backup was begun, RFC 3339. */
  readonly at: string;
  readonly files: readonly FileBeside[];
}

/**
 * Writes everything the database holds to `path`, readable for its owner only, while it is in use.
 *
 * @throws FILE_UNWRITABLE, DB_NEWER, DB_ALTERED; whatever stood at `path` still stands there
 */
export async function backupTo(
  db: Db,
  lists: readonly MigrationList[],
  path: string,
  now: Instant,
  files: readonly FileBeside[] = [],
): Promise<BackupContents> {
  const tables: Record<string, number> = {};
  removeLeftovers(dirname(path), leftoverOf(basename(path)));
  await db.snapshot(async (snapshot) => {
    const taken = await takenAmong(snapshot, lists);
    await replaceFileFrom(path, (file) =>
      pipeline(Readable.from(backupText(snapshot, taken, { at: now, files }, tables)), createGzip(), file),
    );
  });
  return { tables };
}

/** What `replaceFileFrom` writes beside a file of this name before it takes its place. */
const leftoverOf = (name: string): RegExp =>
  new RegExp(`^\\.${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}\\.(\\d+)-[0-9a-f]{8}\\.tmp$`);

async function takenAmong(snapshot: Snapshot, lists: readonly MigrationList[]): Promise<readonly Step[]> {
  const ahead = stepsAhead(await takenSteps(snapshot), lists);
  return stepsAhead([], lists).filter((step) => !ahead.some((other) => sameStep(step, other)));
}

const sameStep = (a: Step, b: Step): boolean => a.feature === b.feature && a.number === b.number;

async function* backupText(
  snapshot: Snapshot,
  taken: readonly Step[],
  { at, files }: { readonly at: Instant; readonly files: readonly FileBeside[] },
  counts: Record<string, number>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const piece = (lines: readonly unknown[]): Buffer => {
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    hash.update(bytes);
    return bytes;
  };
  const steps = taken.map(({ feature, number, name, digest }) => ({ feature, number, name, digest }));
  yield piece([{ schema: SCHEMA, at: formatInstant(at), steps, files }]);
  for (const table of tablesOf(taken)) {
    counts[table] = 0;
    let columns: readonly string[] | null = null;
    const tables: Tables<AnyTables> = snapshot.tables<AnyTables>();
    let rows: Readonly<Record<string, SqlValue>>[] = [];
    for await (const row of tables.selectFrom(table).selectAll().stream(ROWS_PER_CHUNK)) {
      if (columns === null) {
        columns = Object.keys(row);
        yield piece([{ table, columns }]);
      }
      counts[table]++;
      if (rows.push(row) < ROWS_PER_CHUNK) continue;
      yield piece(rows.map(packRow));
      rows = [];
    }
    if (rows.length > 0) yield piece(rows.map(packRow));
  }
  yield Buffer.from(`${JSON.stringify({ tables: counts, sha256: hash.digest('hex') })}\n`);
}

const packRow = (row: Readonly<Record<string, SqlValue>>): readonly unknown[] =>
  Object.values(row).map((value) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );

/**
 * Fills an empty database with what a backup holds, and then takes the steps that this program is ahead of it.
 *
 * All of it or nothing: the digest is checked before the commit.
 *
 * @throws BACKUP_UNREADABLE, FILE_NOT_FOUND, DB_NOT_EMPTY, DB_NEWER, DB_ALTERED
 */
export async function restoreFrom(
  db: Db,
  lists: readonly MigrationList[],
  path: string,
  now: Instant,
): Promise<RestoredContents> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new HoldfastError('FILE_NOT_FOUND', `${path} does not exist`, { hint: 'Name a file that backup wrote.' });
  }
  return db.transaction(async (tx) => {
    await refuseFilled(tx, lists);
    try {
      return await new Restore(tx, lists, path, now).run();
    } catch (cause) {
      if (cause instanceof HoldfastError) throw cause;
      throw unreadable(path, messageOf(cause), cause);
    }
  });
}

async function refuseFilled(tx: Tx, lists: readonly MigrationList[]): Promise<void> {
  const [filled] = await tablesAmong(tx, [STEPS_TABLE, ...tablesOf(stepsAhead([], lists))]);
  if (filled === undefined) return;
  throw new HoldfastError('DB_NOT_EMPTY', `the database already has a table ${filled}`, {
    hint: 'Nothing was touched. Restore into a new file or a new database, and then use that one.',
  });
}

const Header = z.strictObject({
  schema: z.literal(SCHEMA),
  at: z.string(),
  steps: z.array(
    z.strictObject({ feature: z.string(), number: z.int().positive(), name: z.string(), digest: z.string() }),
  ),
  files: z.array(z.strictObject({ name: z.string(), text: z.string() })),
});
const TableHead = z.strictObject({ table: z.string(), columns: z.array(z.string()).min(1).max(1_000) });
const Value = z.union([
  z.null(),
  z.string(),
  z.number(),
  z.strictObject({ base64: z.base64() }).transform(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64'))),
]);
const Row = z.array(Value);
const End = z.strictObject({ tables: z.record(z.string(), z.int()), sha256: z.string() });

/** One run over a backup, line by line. */
class Restore {
  readonly #tx: Tx;
  readonly #lists: readonly MigrationList[];
  readonly #path: string;
  readonly #now: Instant;
  readonly #hash: Hash = createHash('sha256');
  readonly #counts = new Map<string, number>();
  #ahead: readonly Step[] = [];
  #known: readonly string[] | null = null;
  #head: z.infer<typeof TableHead> | null = null;
  #rows: (readonly SqlValue[])[] = [];
  #ended = false;
  #at = '';
  #files: readonly FileBeside[] = [];

  constructor(tx: Tx, lists: readonly MigrationList[], path: string, now: Instant) {
    this.#tx = tx;
    this.#lists = lists;
    this.#path = path;
    this.#now = now;
  }

  async run(): Promise<RestoredContents> {
    const file = createReadStream(this.#path);
    // An error of the file does not travel through pipe() by itself.
    const text = file.on('error', (error) => text.destroy(error)).pipe(createGunzip());
    for await (const line of splitLines(text, MAX_LINE_BYTES)) await this.#take(line);
    if (!this.#ended) throw unreadable(this.#path, 'it is cut off');
    await takeSteps(this.#tx, this.#ahead, this.#now);
    return { tables: Object.fromEntries(this.#counts), at: this.#at, files: this.#files };
  }

  async #take(line: string): Promise<void> {
    if (this.#ended) throw unreadable(this.#path, 'something stands after its end');
    const value: unknown = JSON.parse(line);
    if (isObject(value) && 'sha256' in value) {
      await this.#takeEnd(End.parse(value));
      return;
    }
    this.#hash.update(`${line}\n`);
    if (this.#known === null) await this.#takeHeader(value);
    else if (Array.isArray(value)) await this.#takeRow(Row.parse(value));
    else await this.#takeTable(TableHead.parse(value));
  }

  async #takeHeader(value: unknown): Promise<void> {
    const schema = isObject(value) ? value['schema'] : null;
    if (schema !== SCHEMA && String(schema).startsWith('holdfast.backup/')) {
      throw new HoldfastError('DB_NEWER', `${this.#path} is a backup in the form ${String(schema)}, unknown here`, {
        hint: 'Nothing was touched. Update Holdfast to the version that wrote it, or a later one.',
      });
    }
    const header = Header.parse(value);
    this.#at = header.at;
    this.#files = header.files;
    this.#ahead = stepsAhead(header.steps, this.#lists);
    const taken = stepsAhead([], this.#lists).filter((step) => !this.#ahead.some((other) => sameStep(step, other)));
    await takeSteps(this.#tx, taken, this.#now);
    this.#known = tablesOf(taken);
    // What the steps themselves put into tables is in the backup, as it had become.
    for (const table of this.#known.toReversed()) await this.#tables().deleteFrom(table).execute();
  }

  async #takeTable(head: z.infer<typeof TableHead>): Promise<void> {
    await this.#store();
    if (this.#known?.includes(head.table) !== true || this.#counts.has(head.table))
      throw unreadable(this.#path, `it has a table ${head.table} that its steps do not make, or has it twice`);
    this.#head = head;
    this.#counts.set(head.table, 0);
  }

  async #takeRow(row: readonly SqlValue[]): Promise<void> {
    const columns = this.#head?.columns.length ?? 0;
    if (columns === 0 || row.length !== columns) throw unreadable(this.#path, 'a row does not fit its table');
    if (this.#rows.push(row) >= Math.min(ROWS_PER_CHUNK, Math.floor(MAX_PARAMETERS / columns))) await this.#store();
  }

  async #takeEnd(end: z.infer<typeof End>): Promise<void> {
    await this.#store();
    for (const table of this.#known ?? []) if (!this.#counts.has(table)) this.#counts.set(table, 0);
    const agrees =
      this.#known !== null &&
      this.#known.every((table) => Object.hasOwn(end.tables, table) && end.tables[table] === this.#counts.get(table));
    if (!agrees || end.sha256 !== this.#hash.digest('hex'))
      throw unreadable(this.#path, 'its digest or its counts do not match its content');
    this.#ended = true;
  }

  async #store(): Promise<void> {
    const head = this.#head;
    if (head === null || this.#rows.length === 0) return;
    const rows = this.#rows.map((row) => Object.fromEntries(head.columns.map((name, at) => [name, row[at] ?? null])));
    this.#rows = [];
    this.#counts.set(head.table, (this.#counts.get(head.table) ?? 0) + rows.length);
    await this.#tables().insertInto(head.table).values(rows).execute();
  }

  #tables(): Tables<AnyTables> {
    return this.#tx.tables<AnyTables>();
  }
}

const unreadable = (path: string, why: string, cause?: unknown): HoldfastError =>
  new HoldfastError('BACKUP_UNREADABLE', `${path} could not be restored: ${why}`, {
    hint: 'Nothing was restored. Take another copy of the backup, or an older one.',
    cause,
  });
