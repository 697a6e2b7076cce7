/**
 * What every page's foot says about the log, kept fresh in memory: pages must not wait for the database to draw their frame. Every process
 * of the service has one, also those that do not sign.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { Alarm } from '../platform/alarm.ts';
import type { Timers } from '../platform/http.ts';
import { positionWords } from './log-page.text.ts';
import { logState } from './log-state.actions.ts';
import type { LogState } from './log-state.ts';
import type { OpenLog } from './log.actions.ts';

const REFRESH_MS = 10_000;

export class LogWatch {
  readonly #world: { readonly log: OpenLog; readonly now: () => Instant; readonly timers: Timers };
  readonly #alarm: Alarm;
  #stopping = false;
  #state: LogState | null = null;
  #loop: Promise<void> | null = null;

  constructor(world: { readonly log: OpenLog; readonly now: () => Instant; readonly timers: Timers }) {
    this.#world = world;
    this.#alarm = new Alarm(world.timers);
  }

  start(): void {
    this.#loop ??= this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    await this.#loop;
  }

  /** `Log 1,204 entries, signed 09:05`; `null` where nothing was recorded, or the database did not answer yet. */
  position(zone: string): string | null {
    return this.#state === null ? null : positionWords(this.#state, zone);
  }

  async refresh(): Promise<void> {
    try {
      this.#state = await logState(this.#world.log, this.#world.now());
    } catch (error) {
      // What was known is ten seconds old; that the database is gone is said by /readyz, and by every page.
      if (!(error instanceof HoldfastError)) throw error;
    }
  }

  async #watch(): Promise<void> {
    while (!this.#stopping) {
      await this.refresh();
      await this.#alarm.pause(REFRESH_MS);
    }
  }
}
