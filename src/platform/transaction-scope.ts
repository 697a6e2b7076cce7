/** Which code runs inside a transaction: carried along with its promises, so that a mistake is found where it is made. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A query that passes the transaction it stands in, and a transaction inside another, would wait for themselves on SQLite
 * and see other data on PostgreSQL. Both are defects of the program, the same on both engines.
 */
export class TransactionScope {
  readonly #storage = new AsyncLocalStorage<{ open: boolean }>();

  /** What `work` starts and does not await outlives the transaction, and is outside from then on. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const state = { open: true };
    try {
      return await this.#storage.run(state, work);
    } finally {
      state.open = false;
    }
  }

  assertOutside(): void {
    assert(this.#storage.getStore()?.open !== true, 'inside a transaction every query goes through that transaction');
  }
}
