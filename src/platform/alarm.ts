/** A pause that can be cut short: how loops in the background wait for work. */
import type { Timers } from './http.ts';

export class Alarm {
  readonly #timers: Timers;
  #rung = false;
  #end: (() => void) | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Ends the pause; the next one when nobody pauses, so that what happens between two looks is not slept over. */
  ring(): void {
    this.#rung = true;
    this.#end?.();
  }

  /** @param ms `null` waits for `ring` alone */
  async pause(ms: number | null): Promise<void> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const callOff = ms === null ? null : this.#timers.after(ms, resolve);
      this.#end = resolve;
      await promise;
      callOff?.();
      this.#end = null;
    }
    this.#rung = false;
  }
}
