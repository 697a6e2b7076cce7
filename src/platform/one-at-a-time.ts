/** Work that takes much memory, one piece at a time: so many who ask at once wait, and everybody beyond is told so. */
export class OneAtATime {
  readonly #most: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param most How many may wait or run. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Runs `work` after all before it; `null` where too many wait, and then it does not run. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#waiting >= this.#most) return null;
    this.#waiting += 1;
    const before = this.#last;
    const run = (async () => {
      await before.catch(() => undefined);
      return work();
    })();
    this.#last = run;
    try {
      return await run;
    } finally {
      this.#waiting -= 1;
    }
  }
}
