/**
 * PostgreSQL as Kysely's engine.
 *
 * Transactions that write run one after another, as in SQLite: every change appends to one log, whose head is a lock held
 * until the commit anyway, and code that is right on one engine is right on the other. In this process they take
 * turns, so that those who wait hold no connection that a page could read with; between processes an advisory lock keeps
 * the order. Errors get their words in postgres-error.ts, addresses are read in database-place.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type QueryResult,
} from 'kysely';
import { DatabaseError, Pool, types, type PoolClient, type QueryResult as Answer } from 'pg';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { describePlace, type PostgresPlace } from './database-place.ts';
import type { Engine } from './engine.ts';
import { connectError, postgresError } from './postgres-error.ts';
import type { Session } from './session.ts';
import { sqlValues } from './sql-value.ts';
import { Turns } from './turns.ts';

interface PostgresOptions {
  readonly waitMs: number;
  readonly statementMs: number;
  readonly connections: number;
}

/** Who stopped in the middle of a transaction loses it, and with it the lock that all others wait for. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Past the server's own limits the connection itself is dead, and nobody else would notice. */
const SILENCE_MS = 10_000;
/** The newest release that no longer gets fixes is 12 (PostgreSQL versioning policy). */
const OLDEST_VERSION = 130_000;

/** `hold`, `fast`: the two keys of our advisory lock, one per database. */
const WRITER_LOCK = [0x68_6f_6c_64, 0x66_61_73_74];
const BEGIN_WRITING = `begin isolation level read committed; select pg_advisory_xact_lock(${WRITER_LOCK.join(', ')})`;
const BEGIN_SNAPSHOT = 'begin isolation level repeatable read read only';

/** @throws DB_UNREACHABLE, DB_REFUSED, DB_INSECURE, DB_URL_INVALID */
export async function openPostgres(place: PostgresPlace, options: PostgresOptions): Promise<Engine> {
  const server = new Server(place, options);
  const close = (): Promise<void> => server.close();
  try {
    return {
      warnings: await server.examine(),
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
      openSession: () => new PostgresSession(server),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One server with its connections, and who may write when. */
class Server {
  readonly #name: string;
  readonly #pool: Pool;
  readonly #turns = new Turns();
  readonly #prepared = new WeakSet<PoolClient>();
  readonly #waitMs: number;
  readonly #statementMs: number;

  constructor(place: PostgresPlace, { waitMs, statementMs, connections }: PostgresOptions) {
    this.#name = describePlace(place);
    this.#waitMs = waitMs;
    this.#statementMs = statementMs;
    this.#pool = new Pool({
      host: place.host,
      port: place.port,
      user: place.user ?? undefined,
      password: place.password ?? undefined,
      database: place.database,
      // Never left out: the driver would ask PGSSLMODE.
      ssl: tlsOptions(place.tls),
      application_name: 'holdfast',
      max: connections,
      connectionTimeoutMillis: waitMs,
      query_timeout: statementMs + SILENCE_MS,
      keepAlive: true,
      types: { getTypeParser: typeParser as typeof types.getTypeParser },
    });
    // A connection that breaks while nobody uses it is no event: the next query gets another one. Without a listener
    // Node would end the process.
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => void client.on('error', ignore));
  }

  /** What the server promises. @throws DB_REFUSED where it cannot hold what we store */
  async examine(): Promise<readonly string[]> {
    const client = await this.connect();
    try {
      const { rows } = await this.send(client, EXAMINE, []);
      return judgeServer(this.#name, rows[0] ?? {});
    } finally {
      client.release();
    }
  }

  async connect(): Promise<PoolClient> {
    try {
      const client = await this.#pool.connect();
      if (!this.#prepared.has(client)) await this.#prepare(client);
      return client;
    } catch (thrown) {
      throw thrown instanceof HoldfastError ? thrown : connectError(this.#name, thrown);
    }
  }

  takeTurn(): Promise<() => void> {
    return this.#turns.take(this.#waitMs);
  }

  async send(client: PoolClient, sql: string, parameters: readonly unknown[]): Promise<Answer> {
    const values = sqlValues(parameters);
    try {
      return await client.query(sql, values);
    } catch (thrown) {
      throw postgresError(this.#name, thrown);
    }
  }

  /** The connection ended between the question and the answer to COMMIT. */
  outcomeUnknown(cause: unknown): HoldfastError {
    return new HoldfastError('DB_OUTCOME_UNKNOWN', `${this.#name} went away during a commit (${messageOf(cause)})`, {
      hint: 'The change may have been stored or not, and was not tried again. Look before you repeat it.',
      cause,
    });
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }

  /** As queries and not in the start message, which connection poolers turn down. */
  async #prepare(client: PoolClient): Promise<void> {
    try {
      await client.query(SETTINGS, [`${this.#statementMs}`, `${this.#waitMs}`, `${IDLE_IN_TRANSACTION_MS}`]);
      this.#prepared.add(client);
    } catch (thrown) {
      client.release(true);
      throw thrown;
    }
  }
}

/** A role or PGOPTIONS may have asked for commits that are acknowledged before they are on the disk. */
const SETTINGS = `select set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
  set_config('idle_in_transaction_session_timeout', $3, false),
  set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on'
    else current_setting('synchronous_commit') end, false)`;

const EXAMINE = `select current_setting('server_version_num')::integer as version,
  current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes`;

function judgeServer(name: string, { version, encoding, fsync, full_page_writes: pages }: Row): readonly string[] {
  const refused = (why: string, hint: string): HoldfastError =>
    new HoldfastError('DB_REFUSED', `${name} ${why}`, { hint });
  if (encoding !== 'UTF8')
    throw refused(`has the encoding ${String(encoding)}`, 'Create the database with ENCODING UTF8.');
  if (typeof version !== 'number' || version < OLDEST_VERSION)
    throw refused(`is too old (${String(version)})`, 'PostgreSQL 13 or later is needed; older ones get no fixes.');
  return [
    ...(fsync === 'off' ? [`${name} runs with fsync=off: a power cut loses what it acknowledged.`] : []),
    ...(pages === 'off' ? [`${name} runs with full_page_writes=off: a power cut may damage it.`] : []),
  ];
}

type Row = Readonly<Record<string, unknown>>;

const ignore = (): void => undefined;

function tlsOptions(tls: PostgresPlace['tls']): ConnectionOptions | false {
  if (tls === null) return false;
  // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would win otherwise.
  const verified: ConnectionOptions = { rejectUnauthorized: true, minVersion: 'TLSv1.2' };
  if (tls.rootCertificate === null) return verified;
  try {
    return { ...verified, ca: readFileSync(tls.rootCertificate, 'utf8') };
  } catch (cause) {
    throw new HoldfastError('DB_URL_INVALID', `sslrootcert could not be read: ${messageOf(cause)}`, {
      hint: 'Name the PEM file of the certificate authority that signed the certificate of the database server.',
      cause,
    });
  }
}

const INT8 = 20;
const NUMERIC = 1_700;
const BYTEA = 17;

/** bigint, and the numeric that sum(bigint) gives, as the numbers they are in SQLite; bytes as plain bytes. */
function typeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  const parse: (text: string) => unknown = types.getTypeParser(oid, format);
  if (oid === INT8 || oid === NUMERIC) return exactNumber;
  return oid === BYTEA ? (text) => new Uint8Array(parse(text) as Buffer) : parse;
}

function exactNumber(text: string): number {
  const value = Number(text);
  assert(!Number.isInteger(value) || Number.isSafeInteger(value), 'an integer above 2^53 would be rounded');
  return value;
}

/** Takes a connection from the pool for its first query, a writer only when its turn has come. */
class PostgresSession implements Session {
  readonly #server: Server;
  #client: PoolClient | null = null;
  #endTurn: (() => void) | null = null;
  #released = false;
  /** What the connection says next may belong to an earlier question. */
  #broken = false;
  /** PostgreSQL refuses everything after a failed query until the rollback; sqlite.ts does the same. */
  #failed = false;
  #cursors = 0;
  /** The query before this one: the protocol answers one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(server: Server) {
    this.#server = server;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#ask(query.sql, query.parameters);
    const changes = ['INSERT', 'UPDATE', 'DELETE'].includes(command);
    return { rows: rows as R[], ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  async *streamQuery<R>(query: CompiledQuery, rowsPerChunk: number): AsyncGenerator<QueryResult<R>> {
    assert(Number.isInteger(rowsPerChunk) && rowsPerChunk > 0);
    const cursor = `holdfast_rows_${++this.#cursors}`;
    await this.#ask(`declare ${cursor} no scroll cursor for ${query.sql}`, query.parameters);
    try {
      for (;;) {
        const { rows } = await this.#ask(`fetch ${rowsPerChunk} from ${cursor}`, []);
        if (rows.length === 0) return;
        yield { rows: rows as R[] };
      }
    } finally {
      if (!this.#failed) await this.#ask(`close ${cursor}`, []);
    }
  }

  async begin(readOnly: boolean): Promise<void> {
    if (!readOnly) this.#endTurn = await this.#server.takeTurn();
    try {
      await this.#ask(readOnly ? BEGIN_SNAPSHOT : BEGIN_WRITING, []);
      // The snapshot is taken by the first query, not by `begin`.
      if (readOnly) await this.#ask('select 1', []);
    } catch (error) {
      await this.rollBack();
      throw error;
    }
  }

  /** @throws DB_OUTCOME_UNKNOWN */
  async commit(): Promise<void> {
    const asked = !this.#failed;
    try {
      await this.#ask('commit', []);
    } catch (error) {
      throw asked && this.#broken ? this.#server.outcomeUnknown(error) : error;
    }
  }

  /** Never throws: a connection that cannot roll back is given up, and the server rolls back when it is gone. */
  async rollBack(): Promise<void> {
    if (this.#client === null || this.#broken) return;
    this.#failed = false;
    try {
      await this.#ask('rollback', []);
    } catch {
      this.#broken = true;
    }
  }

  release(): void {
    this.#released = true;
    this.#client?.release(this.#broken);
    this.#client = null;
    this.#endTurn?.();
    this.#endTurn = null;
  }

  #ask(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    const answer = this.#last.then(() => this.#askNow(sql, parameters));
    this.#last = answer.catch(ignore);
    return answer;
  }

  async #askNow(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    assert(!this.#released, 'a query after the end of its transaction');
    assert(!this.#failed, 'a transaction went on after a failed query');
    this.#client ??= await this.#server.connect();
    try {
      return await this.#server.send(this.#client, sql, parameters);
    } catch (error) {
      this.#failed = true;
      this.#broken ||= lostConnection(error);
      throw error;
    }
  }
}

/** Not the server's answer to a query, or the last one it gave. */
function lostConnection(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return !(error instanceof DatabaseError);
  return error.code === 'DB_UNREACHABLE' || !(error.cause instanceof DatabaseError);
}
