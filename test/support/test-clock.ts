/** A clock whose time passes when the test says so, with the timers that hang on it. */
import { formatInstant, parseInstant, type Instant } from '../../src/lib/time.ts';
import type { Timers } from '../../src/platform/http.ts';

export class TestClock implements Timers {
  #now: number;
  /** Timers run on time that passes; a clock that is set moves none of them. */
  #passed = 0;
  readonly #pending = new Set<{ readonly at: number; readonly run: () => void }>();

  constructor(now = '2026-11-25T12:00:00Z') {
    this.#now = instant(now);
  }

  readonly now = (): Instant => this.#now as Instant;

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#passed + ms, run };
    this.#pending.add(timer);
    return () => void this.#pending.delete(timer);
  };

  /** Lets time pass; what hangs on it runs in order. */
  pass(ms: number): void {
    const end = this.#passed + ms;
    for (;;) {
      const [next] = [...this.#pending].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#move(next.at);
      next.run();
    }
    this.#move(end);
  }

  /** Somebody sets the clock, forwards or back. */
  set(text: string): void {
    this.#now = instant(text);
  }

  get text(): string {
    return formatInstant(this.now());
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending.size;
  }

  #move(to: number): void {
    this.#now += to - this.#passed;
    this.#passed = to;
  }
}

export function instant(text: string): Instant {
  const at = parseInstant(text);
  if (at === null) throw new Error(`no moment: ${text}`);
  return at;
}

/** Looks until it is so, giving everything else its turn; the test's timeout ends a wait in vain. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
