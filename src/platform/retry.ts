/** Asking again after a failure that passes: a cut connection, a server that is busy. */
import { HttpFailure } from './http-failure.ts';
import type { HttpAnswer, Timers } from './http.ts';

/** Four tries over ten seconds: a restart of the other side is survived, an outage is reported. */
const PAUSES_MS = [500, 2_000, 8_000];
/** A server that wants to be left alone for longer gets its wish: the next run comes by itself. */
const LONGEST_PAUSE_MS = 60_000;

/** @throws HttpFailure of the last try */
export async function withRetries<T>(timers: Timers, attempt: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof HttpFailure) || !failure.passing) throw failure;
      const wanted = failure.retryAfterMs ?? pauseMs;
      if (wanted > LONGEST_PAUSE_MS) throw failure;
      await new Promise<void>((resolve) => timers.after(wanted, resolve));
    }
  }
  return attempt();
}

/** The answer itself when its status is one of `good`; else it is discarded. @throws HttpFailure */
export function expectStatus(answer: HttpAnswer, good: readonly number[]): HttpAnswer {
  const { status, headers } = answer;
  if (good.includes(status)) return answer;
  answer.discard();
  throw new HttpFailure('status', `it answered with status ${status}`, {
    status,
    passing: status === 429 || status >= 500,
    retryAfterMs: retryAfter(headers['retry-after'], headers['date']),
  });
}

/** RFC 9110 §10.2.3: seconds, or a date, which is measured against the server's own clock rather than ours. */
function retryAfter(text: string | undefined, serverDate: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const wait = Date.parse(text) - Date.parse(serverDate ?? '');
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
