/** Timers for tests: pauses between tries pass at once, limits pass when the test says so. */
import type { Timers } from '../../src/platform/http.ts';

export interface TestTimers extends Timers {
  /** How long each try waited before the next one. */
  readonly pauses: number[];
  /** Lets every limit of exactly `ms` that is pending now pass. */
  readonly pass: (ms: number) => void;
}

/** The shortest limit of platform/http.ts; pauses that a server asked for in these tests stay below. */
const SHORTEST_LIMIT_MS = 15_000;

export function testTimers(): TestTimers {
  const pending = new Set<{ readonly ms: number; readonly run: () => void }>();
  const pauses: number[] = [];
  return {
    pauses,
    after: (ms, run) => {
      if (ms < SHORTEST_LIMIT_MS) {
        pauses.push(ms);
        setImmediate(run);
        return () => undefined;
      }
      const timer = { ms, run };
      pending.add(timer);
      return () => void pending.delete(timer);
    },
    pass: (ms) => {
      for (const timer of [...pending].filter((each) => each.ms === ms)) {
        pending.delete(timer);
        timer.run();
      }
    },
  };
}
