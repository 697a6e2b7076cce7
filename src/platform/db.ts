/**
 * The database: one set of queries for two engines, the file of a small installation and the PostgreSQL of a large one.
 *
 * What the two promise alike, so that code that is right on one is right on the other:
 * - transactions that write run one after another, in the whole database, and each sees everything before it;
 * - an acknowledged commit is on the disk;
 * - a query outside sees what is committed and waits for no transaction;
 * - a snapshot sees one moment, however long it is read.
 *
 * The engines are sqlite.ts and postgres.ts, tables come from migrations.ts, docs/adr/0008-storage-on-two-engines.md says why.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { HoldfastError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import type { DatabasePlace } from './database-place.ts';
import type { Engine, EngineName } from './engine.ts';
import { SessionDriver, type Session } from './session.ts';
import { TransactionScope } from './transaction-scope.ts';

/** Queries over the tables `T`, which the caller names; without what would start a transaction past this file. */
export type Tables<T> = Omit<Kysely<T>, 'transaction' | 'startTransaction' | 'connection' | 'destroy'>;

/** Where a store sends its queries: the database, or one transaction of it. */
export interface Queries {
  readonly engine: EngineName;
  readonly tables: <T>() => Tables<T>;
}

/** One transaction. A store's writing functions take this, so that what belongs together cannot be written apart. */
export interface Tx extends Queries {
  readonly kind: 'transaction';
}

/** One moment of the database, for reading several things that agree. */
export interface Snapshot extends Queries {
  readonly kind: 'snapshot';
}

export interface DatabaseSettings {
  /** The longest wait for a lock, a turn or a connection. */
  readonly waitMs: number;
  /** The longest a query may take on PostgreSQL. No page waits for more; migrations of large tables need more. */
  readonly statementMs: number;
  /** Connections to PostgreSQL. One of them writes at a time, the others read. */
  readonly connections: number;
}

const DEFAULTS: DatabaseSettings = { waitMs: 10_000, statementMs: 30_000, connections: 10 };

/** The pauses before further tries of a transaction that collided; afterwards its caller hears of it. */
const RETRY_PAUSES_MS = [10, 40, 160, 640];
/** serialization_failure and deadlock_detected (PostgreSQL documentation, Appendix A): nothing was changed, the same may succeed now. */
const COLLISIONS: readonly unknown[] = ['40001', '40P01'];

/** @throws DB_… when the database cannot be reached, written or used; nothing in it is changed */
export async function openDatabase(place: DatabasePlace, settings: Partial<DatabaseSettings> = {}): Promise<Db> {
  const options = { ...DEFAULTS, ...settings };
  if (place.engine === 'sqlite') {
    const { openSqlite } = await import('./sqlite.ts');
    return new Db('sqlite', openSqlite(place.path, options));
  }
  const { openPostgres } = await import('./postgres.ts');
  return new Db('postgres', await openPostgres(place, options));
}

export class Db implements Queries {
  readonly engine: EngineName;
  readonly warnings: readonly string[];
  readonly #kysely: Kysely<unknown>;
  readonly #opened: Engine;
  readonly #scope = new TransactionScope();

  constructor(engine: EngineName, opened: Engine) {
    this.engine = engine;
    this.warnings = opened.warnings;
    this.#opened = opened;
    this.#kysely = kyselyOver(
      opened,
      () => {
        this.#scope.assertOutside();
        return opened.openSession();
      },
      (session) => session.release(),
    );
  }

  /** Queries outside of transactions, each for itself. */
  readonly tables = <T>(): Tables<T> => typed<T>(this.#kysely);

  /**
   * Runs `work` in a transaction: all of its changes are on the disk when this resolves, none of them when it throws.
   *
   * No other transaction runs meanwhile, so `work` waits for nothing but its own queries; mail, files and other machines
   * come afterwards (the outbox). It may be called again after a collision, so it changes nothing outside of the database.
   *
   * @throws DB_BUSY, DB_FULL, DB_UNREACHABLE, DB_OUTCOME_UNKNOWN and others; and whatever `work` throws
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.#scope.assertOutside();
    for (const pauseMs of RETRY_PAUSES_MS) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (!isCollision(error)) throw error;
      }
      await pause(pauseMs);
    }
    return this.#once(work);
  }

  /** Runs `work`, which only reads, on one moment of the database. Nobody waits for it, and it waits for nobody. */
  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    this.#scope.assertOutside();
    return this.#during(true, (tables) => work({ kind: 'snapshot', engine: this.engine, tables }));
  }

  async close(): Promise<void> {
    await this.#opened.close();
  }

  #once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#during(false, (tables) => work({ kind: 'transaction', engine: this.engine, tables }));
  }

  async #during<T>(readOnly: boolean, work: (tables: Queries['tables']) => Promise<T>): Promise<T> {
    const session = this.#opened.openSession();
    try {
      await session.begin(readOnly);
      try {
        const kysely = kyselyOver(
          this.#opened,
          () => session,
          () => undefined,
        );
        const result = await this.#scope.run(() => work(<U>() => typed<U>(kysely)));
        await session.commit();
        return result;
      } catch (error) {
        await session.rollBack();
        throw error;
      }
    } finally {
      session.release();
    }
  }
}

/** Whether the database answers now. Never throws. */
export async function isReachable(db: Db): Promise<boolean> {
  try {
    await sql`select 1`.execute(db.tables());
    return true;
  } catch {
    return false;
  }
}

/** Each query gets a session from `acquire`, and `release` gets it back. */
function kyselyOver({ dialect }: Engine, acquire: () => Session, release: (session: Session) => void): Kysely<unknown> {
  return new Kysely({ dialect: { ...dialect, createDriver: () => new SessionDriver(acquire, release) } });
}

/** Only the migrations know which tables there are; a store says which of them are its own. */
const typed = <T>(kysely: Kysely<unknown>): Tables<T> => kysely as unknown as Tables<T>;

const isCollision = (error: unknown): boolean =>
  error instanceof HoldfastError && isObject(error.cause) && COLLISIONS.includes(error.cause['code']);
