/** Evaluating the policy in the background: every day, on start and after each report. What it does is service.actions.ts. */
import { isObject } from '../lib/json.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { collectGarbage } from '../platform/collect-garbage.ts';
import { enqueue, type Claim } from '../platform/jobs.ts';
import type { Schedule } from '../platform/schedules.ts';
import { originOf } from './deliver.actions.ts';
import { EVALUATION_LASTS } from './evaluation-age.ts';
import { EVALUATE } from './report.actions.ts';
import { evaluateService, hasJudged, measureLocally } from './service.actions.ts';
import type { PolicyWorld } from './world.actions.ts';

/** Scans of large checkouts and verifying a long log are part of it. */
const LIMIT_MS = 600_000 as Millis;

/** @param now For each run: it may wait in the queue. */
export const policySchedule = (world: PolicyWorld, now: () => Instant): Schedule => ({
  name: EVALUATE,
  // Before the working day in Europe, and not when everybody's midnight jobs run.
  recurrence: { kind: 'daily', at: '04:10', zone: 'UTC' },
  allowanceMs: EVALUATION_LASTS,
  attempts: 5,
  handler: { limitMs: LIMIT_MS, run: (job) => run(world, job, now) },
});

/** On start: what changed while the service was away counts from now on. */
export const evaluateOnStart = ({ log }: PolicyWorld, now: Instant): Promise<number> =>
  log.db.transaction((tx) => enqueue(tx, { name: EVALUATE, payload: { start: now }, attempts: 3 }, now));

async function run(world: PolicyWorld, { payload }: Claim, now: () => Instant): Promise<void> {
  const report = isObject(payload) ? payload['report'] : undefined;
  if (typeof report === 'string') {
    // Of several reports in a row, one evaluation judges all.
    if (!(await hasJudged(world, report))) await evaluateService(world, now(), 'report');
    return;
  }
  await measureLocally(world, await originOf(world.place.root, world.env), now());
  await evaluateService(world, now());
  // A scan holds a hundred megabytes that nothing needs until tomorrow, and an idle process would not look for them.
  collectGarbage();
}
