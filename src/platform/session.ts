/** What Kysely takes for a connection, and a driver that only hands it over: transactions begin and end in db.ts. */
import assert from 'node:assert/strict';
import type { DatabaseConnection, Driver } from 'kysely';

/** Borrows a real connection query by query, or for the time of a transaction. */
export interface Session extends DatabaseConnection {
  /** Waits for the turn of a writer; a reader waits for nobody. */
  readonly begin: (readOnly: boolean) => Promise<void>;
  readonly commit: () => Promise<void>;
  /** Never throws for a connection that is lost: its transaction ends with it. */
  readonly rollBack: () => Promise<void>;
  readonly release: () => void;
}

/**
 * Kysely's own transactions would let a query wait forever behind rows that are still being streamed
 * (kysely/dist/driver/single-connection-provider.js); sessions bring their queries into order themselves.
 */
export class SessionDriver implements Driver {
  readonly #acquire: () => Session;
  readonly #release: (session: Session) => void;

  constructor(acquire: () => Session, release: (session: Session) => void) {
    this.#acquire = acquire;
    this.#release = release;
  }

  async init(): Promise<void> {
    // Everything is open already: who opens a database learns at once why it cannot be.
  }

  async acquireConnection(): Promise<Session> {
    return this.#acquire();
  }

  async releaseConnection(session: Session): Promise<void> {
    this.#release(session);
  }

  async beginTransaction(): Promise<void> {
    assert.fail('transactions are those of Db');
  }

  async commitTransaction(): Promise<void> {
    assert.fail('transactions are those of Db');
  }

  async rollbackTransaction(): Promise<void> {
    assert.fail('transactions are those of Db');
  }

  async destroy(): Promise<void> {
    // Db closes what it opened.
  }
}
