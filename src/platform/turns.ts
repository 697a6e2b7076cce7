/** One at a time, in the order of asking: how the transactions of this process take turns. */
import { HoldfastError } from '../lib/errors.ts';

interface Waiter {
  readonly start: () => void;
}

export class Turns {
  #taken = false;
  readonly #waiting: Waiter[] = [];

  /**
   * Waits for its turn; the answer ends it, and has to be called exactly once.
   *
   * @throws DB_BUSY when those before it do not finish within `waitMs`
   */
  take(waitMs: number): Promise<() => void> {
    const end = (): void => this.#next();
    if (!this.#taken) {
      this.#taken = true;
      return Promise.resolve(end);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(
          new HoldfastError('DB_BUSY', `other transactions of this process did not finish within ${waitMs} ms`, {
            hint: 'Nothing was changed. Try again; when it stays so, the disk or the database server is too slow.',
          }),
        );
      }, waitMs);
      const waiter = {
        start: () => {
          clearTimeout(timer);
          resolve(end);
        },
      };
      this.#waiting.push(waiter);
    });
  }

  #next(): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#taken = false;
    else waiter.start();
  }
}
