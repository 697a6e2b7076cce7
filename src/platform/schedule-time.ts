/** When a schedule runs next. Reads no clock; the schedules themselves are in schedules.ts. */
import assert from 'node:assert/strict';
import type { Instant, Millis } from '../lib/time.ts';

export type Recurrence =
  | { readonly kind: 'every'; readonly ms: Millis }
  /** `at` as `03:30`, in an IANA time zone. */
  | { readonly kind: 'daily'; readonly at: string; readonly zone: string };

/**
 * The first moment after `after`.
 *
 * A time of day that is skipped when summer time begins runs as much later as was skipped, one that comes twice runs the first time:
 * Temporal's `compatible`, as RFC 5545 §3.3.5 has it. So each day has exactly one run.
 *
 * @param planned when a run was planned: `every` counts on from it, so that late runs do not push the following ones back
 */
export function nextRun(recurrence: Recurrence, after: Instant, planned: Instant): Instant {
  if (recurrence.kind === 'every') {
    const { ms } = recurrence;
    assert(Number.isInteger(ms) && ms > 0);
    // The remainder of a negative number is negative: a plan in the future counts back to the first moment after now.
    const since = (after - planned) % ms;
    return (after - since + (since < 0 ? 0 : ms)) as Instant;
  }
  const time = Temporal.PlainTime.from(recurrence.at);
  const today = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(recurrence.zone).toPlainDate();
  for (const days of [0, 1, 2]) {
    const run = today.add({ days }).toZonedDateTime({ timeZone: recurrence.zone, plainTime: time });
    if (run.epochMilliseconds > after) return run.epochMilliseconds as Instant;
  }
  return assert.fail('two days later is always later');
}
