/**
 * SQLite as Kysely's engine, on the main thread (measured in docs/adr/0008-storage-on-two-engines.md).
 *
 * One connection writes, and transactions take turns on it: they may not interleave across awaits, for SQLite would see
 * one transaction. Queries outside of transactions read through a second connection and see what is committed, so a
 * page never waits for a transaction. A snapshot has a connection of its own. Errors get their words in sqlite-error.ts.
 */
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as immediately, setTimeout as pause } from 'node:timers/promises';
import {
  CompiledQuery,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type QueryResult,
} from 'kysely';
import { HoldfastError } from '../lib/errors.ts';
import { STEPS_TABLE, type Engine } from './engine.ts';
import type { Session } from './session.ts';
import { sqlValues } from './sql-value.ts';
import { isBusy, openError, sqliteError } from './sqlite-error.ts';
import { Turns } from './turns.ts';

/**
 * How long SQLite itself may wait for another process, because the whole program stands still meanwhile; after that we
 * wait for a timer and ask again.
 */
const BLOCKING_WAIT_MS = 5;
const BUSY_PAUSE_MS = 10;
/** Prepared statements kept per connection: more than the program has, fewer than fill the memory. */
const MAX_STATEMENTS = 300;
/** Personal data stands in it: for the owner only. SQLite gives the files beside it the same mode. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

interface SqliteOptions {
  /** The longest wait for a lock or a turn. */
  readonly waitMs: number;
}

/** @throws DB_READ_ONLY, DB_FULL, DB_DAMAGED, DB_FOREIGN, DB_BUSY, DB_DISK_FAILED */
export function openSqlite(path: string, { waitMs }: SqliteOptions): Engine {
  makeFile(path);
  const files = new SqliteFiles(path, waitMs, openWriter(path, waitMs));
  return {
    warnings: [],
    dialect: {
      createAdapter: () => new ManyConnectionsAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    openSession: () => new SqliteSession(files),
    close: async () => files.close(),
  };
}

/** Kysely would let one query at a time into its own SQLite; here the driver knows better. */
class ManyConnectionsAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
    closeSync(openSync(path, 'a', FILE_MODE));
  } catch (cause) {
    throw openError(path, cause);
  }
}

/**
 * `synchronous=FULL` syncs before a commit is acknowledged (https://www.sqlite.org/pragma.html#pragma_synchronous);
 * `fullfsync` makes that true on macOS too, where fsync alone leaves it to the drive. `secure_delete` overwrites what is deleted with
 * zeros: the key of a person who is erased does not stay in a free page.
 */
const DURABLE = [
  'synchronous = full',
  'fullfsync = on',
  'checkpoint_fullfsync = on',
  'secure_delete = on',
  'trusted_schema = off',
];

/**
 * Of two processes that make the file at once, the one whose switch would end in a deadlock is told at once that the file is
 * busy, whatever the timeout (https://www.sqlite.org/c3ref/busy_handler.html); so it asks again.
 */
function switchToWal(connection: Connection, waitMs: number): ReturnType<Connection['pragma']> {
  const begun = performance.now();
  for (;;) {
    try {
      return connection.pragma('journal_mode = wal');
    } catch (error) {
      const cause = error instanceof HoldfastError ? error.cause : error;
      if (!isBusy(cause) || performance.now() - begun >= waitMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKING_WAIT_MS);
    }
  }
}

function openWriter(path: string, waitMs: number): Connection {
  const connection = new Connection(path, { readOnly: false, timeoutMs: waitMs });
  try {
    refuseForeign(path, connection);
    const mode = switchToWal(connection, waitMs);
    if (mode !== 'wal') {
      throw new HoldfastError('DB_READ_ONLY', `${path} stays in journal mode ${mode}; write-ahead logging is needed`, {
        hint: 'Put the data folder on a disk of this machine (not a network share) that Holdfast may write to.',
      });
    }
    for (const setting of DURABLE) connection.pragma(setting);
    connection.pragma(`busy_timeout = ${BLOCKING_WAIT_MS}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Before the first change: the journal mode stands in the file itself. */
function refuseForeign(path: string, connection: Connection): void {
  const names = connection.run<{ readonly name: string }>(TABLES).rows.map(({ name }) => name);
  if (names.length === 0 || names.includes(STEPS_TABLE)) return;
  throw new HoldfastError('DB_FOREIGN', `${path} is a database of another program (it has a table ${names[0]})`, {
    hint: 'Nothing was touched. Name another file, or a folder that holds none.',
  });
}

const TABLES = CompiledQuery.raw("select name from sqlite_schema where type = 'table' order by name");

/** One connection of SQLite with its prepared statements. */
class Connection {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, { readOnly, timeoutMs }: { readonly readOnly: boolean; readonly timeoutMs: number }) {
    this.#path = path;
    this.#database = this.#said(() => new DatabaseSync(path, { readOnly, timeout: timeoutMs }));
  }

  run<Row>({ sql, parameters }: CompiledQuery): QueryResult<Row> {
    return this.#said(() => {
      const statement = this.#prepare(sql);
      const values = sqlValues(parameters);
      if (statement.columns().length > 0) return { rows: statement.all(...values).map((row) => ({ ...row }) as Row) };
      return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
    });
  }

  /** A statement of its own: one that is being read cannot be run again. */
  *rows<Row>({ sql, parameters }: CompiledQuery): Generator<Row> {
    const rows = this.#said(() => this.#database.prepare(sql).iterate(...sqlValues(parameters)));
    try {
      for (;;) {
        const next = this.#said(() => rows.next());
        if (next.done === true) return;
        yield { ...next.value } as Row;
      }
    } finally {
      rows.return?.();
    }
  }

  exec(sql: string): void {
    this.#said(() => this.#database.exec(sql));
  }

  /** The answer in words, `null` when there is none. */
  pragma(text: string): string | null {
    const answer = this.#said(() => this.#database.prepare(`pragma ${text}`).get());
    const [value] = Object.values(answer ?? {});
    return value === undefined || value === null ? null : String(value);
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #said<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw sqliteError(this.#path, thrown);
    }
  }
}

/** The connections of one database, and who may use them when. */
class SqliteFiles {
  readonly #path: string;
  readonly #waitMs: number;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #turns = new Turns();

  constructor(path: string, waitMs: number, writer: Connection) {
    this.#path = path;
    this.#waitMs = waitMs;
    this.#writer = writer;
    this.#reader = this.#openReader();
  }

  /** A query outside of transactions. What is no plain SELECT may write, and waits for its turn. */
  async runAlone<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (SelectQueryNode.is(query.query)) return this.#patiently(() => this.#reader.run<Row>(query));
    const endTurn = await this.#turns.take(this.#waitMs);
    try {
      return await this.#patiently(() => this.#writer.run<Row>(query));
    } finally {
      endTurn();
    }
  }

  async beginWriting(): Promise<Begun> {
    const endTurn = await this.#turns.take(this.#waitMs);
    // Everything here is synchronous: without this, a queue of transactions would let no timer and no request through.
    await immediately();
    try {
      // Takes the write lock now: a transaction that takes it later can find that what it read is old, and fails.
      await this.#patiently(() => this.#writer.exec('begin immediate'));
      return { connection: this.#writer, end: endTurn };
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  async beginSnapshot(): Promise<Begun> {
    const connection = this.#openReader();
    const end = (): void => connection.close();
    try {
      connection.exec('begin');
      // A transaction sees what is committed at its first read, not at its `begin`.
      await this.#patiently(() => connection.pragma('schema_version'));
      return { connection, end };
    } catch (error) {
      end();
      throw error;
    }
  }

  close(): void {
    // The writer last: it is the one that can carry the write-ahead log over into the database.
    this.#reader.close();
    this.#writer.close();
  }

  #openReader(): Connection {
    return new Connection(this.#path, { readOnly: true, timeoutMs: BLOCKING_WAIT_MS });
  }

  /** @throws DB_BUSY when another process does not let go within `waitMs` */
  async #patiently<T>(work: () => T): Promise<T> {
    const deadline = performance.now() + this.#waitMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        const busy = error instanceof HoldfastError && isBusy(error.cause);
        if (!busy || performance.now() >= deadline) throw error;
      }
      await pause(BUSY_PAUSE_MS);
    }
  }
}

/** A transaction that has begun: where its queries go, and what is to be done after its end. */
interface Begun {
  readonly connection: Connection;
  readonly end: () => void;
}

class SqliteSession implements Session {
  readonly #files: SqliteFiles;
  #begun: Begun | null = null;
  #released = false;
  /** SQLite would go on after a failed query, PostgreSQL refuses: so that nobody relies on it, neither does. */
  #failed = false;

  constructor(files: SqliteFiles) {
    this.#files = files;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    assert(!this.#released, 'a query after the end of its transaction');
    if (this.#begun === null) return this.#files.runAlone(query);
    this.#assertGoing();
    try {
      return this.#begun.connection.run(query);
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  async *streamQuery<Row>(query: CompiledQuery, rowsPerChunk: number): AsyncGenerator<QueryResult<Row>> {
    assert(this.#begun !== null && !this.#released, 'rows are streamed inside a snapshot');
    let rows: Row[] = [];
    for (const row of this.#begun.connection.rows<Row>(query)) {
      rows.push(row);
      if (rows.length < rowsPerChunk) continue;
      yield { rows };
      rows = [];
    }
    if (rows.length > 0) yield { rows };
  }

  async begin(readOnly: boolean): Promise<void> {
    this.#begun = await (readOnly ? this.#files.beginSnapshot() : this.#files.beginWriting());
  }

  async commit(): Promise<void> {
    this.#assertGoing();
    this.#begun?.connection.exec('commit');
    this.#finish();
  }

  /** A full or failing disk rolls back by itself (https://www.sqlite.org/lang_transaction.html §3); then nothing is left to do. */
  async rollBack(): Promise<void> {
    if (this.#begun?.connection.inTransaction === true) this.#begun.connection.exec('rollback');
    this.#finish();
  }

  release(): void {
    this.#finish();
    this.#released = true;
  }

  #assertGoing(): void {
    assert(!this.#failed, 'a transaction went on after a failed query');
  }

  #finish(): void {
    const begun = this.#begun;
    this.#begun = null;
    begun?.end();
  }
}
