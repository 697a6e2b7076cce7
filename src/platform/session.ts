/** What Kysely takes for a connection, and the driver around it: the same for both engines. */
import assert from 'node:assert/strict';
import type { DatabaseConnection, Driver, TransactionSettings } from 'kysely';
import type { TransactionScope } from './transaction-scope.ts';

/** Borrows a real connection query by query, or for the time of a transaction. */
export interface Session extends DatabaseConnection {
  /** Waits for the turn of a writer; a reader waits for nobody. */
  readonly begin: (readOnly: boolean) => Promise<void>;
  readonly commit: () => Promise<void>;
  /** Never throws for a connection that is lost: its transaction ends with it. */
  readonly rollBack: () => Promise<void>;
  readonly release: () => void;
}

export class SessionDriver implements Driver {
  readonly #scope: TransactionScope;
  readonly #open: () => Session;
  readonly #close: () => Promise<void>;
  readonly #sessions = new WeakMap<DatabaseConnection, Session>();

  constructor(scope: TransactionScope, open: () => Session, close: () => Promise<void>) {
    this.#scope = scope;
    this.#open = open;
    this.#close = close;
  }

  async init(): Promise<void> {
    // Everything is open already: who opens a database learns at once why it cannot be.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#scope.assertOutside();
    const session = this.#open();
    this.#sessions.set(session, session);
    return session;
  }

  async beginTransaction(connection: DatabaseConnection, { accessMode }: TransactionSettings): Promise<void> {
    await this.#sessionOf(connection).begin(accessMode === 'read only');
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#sessionOf(connection).commit();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#sessionOf(connection).rollBack();
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#sessionOf(connection).release();
  }

  async destroy(): Promise<void> {
    await this.#close();
  }

  #sessionOf(connection: DatabaseConnection): Session {
    const session = this.#sessions.get(connection);
    assert(session !== undefined, 'a connection of another database');
    return session;
  }
}
