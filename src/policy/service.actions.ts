/**
 * The policy in the service: evaluated on start, every day and with each report, and recorded in the log. Pages read what was recorded
 * (standing.actions.ts); none measures anything.
 *
 * Controls that need a checkout are judged from what was reported (judge-report.ts), all others are asked here. A document that cannot be
 * read is a state that every page shows, and the last evaluation stays what it was.
 */
import { canonicalJson } from '../lib/canonical-json.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { sha256 } from '../lib/hash.ts';
import { between, hours, type Instant } from '../lib/time.ts';
import { wellFormed } from '../lib/well-formed.ts';
import { appendEntry, recordInLog } from '../log/log.actions.ts';
import { utf8 } from '../lib/bytes.ts';
import type { BoundControl, Verdict } from './control.ts';
import { notMeasured, type Evaluation, type PolicyTexts } from './evaluate.ts';
import type { Facts } from './facts.ts';
import { rebuildDays } from './history.actions.ts';
import { judgeAgain, measurementKey, reportedVerdicts } from './judge-report.ts';
import { evaluateDocument, type PolicyRequest, type ReadForPolicy } from './policy.actions.ts';
import { liesInCheckout } from './policy-file.client.ts';
import { readRecorded } from './evaluation-json.ts';
import { hasDays, readEvaluation, readObstacle, storeObstacle } from './policy.store.ts';
import { keepEvaluation } from './record.actions.ts';
import { isReportedByToken, newestReports, takeReport, type NewestSource, type TakenAnswer } from './report.actions.ts';
import { readReport, reportOn, reportToJson, type ReportOrigin } from './report.ts';
import type { PolicyWorld } from './world.actions.ts';

export type ServiceEvaluation =
  | { readonly kind: 'recorded'; readonly evaluation: Evaluation; readonly entry: number }
  /** The document or holdfast.yaml cannot be read; the error says what to do. */
  | { readonly kind: 'obstacle'; readonly error: HoldfastError };

/** A report may arrive while we measure; then the newest ones are judged once more. The job of that report comes in any case. */
const TRIES = 3;

/** What the service found itself is good for an hour where only a report is new: verifying a log of a million entries takes seconds. */
const REUSE_MS = hours(1);

/**
 * Evaluates the policy as the service sees it now, and records it.
 *
 * @param why `report`: only a report is new, so what the service asked itself a short while ago is judged again and not asked again.
 * @throws LOG_…, DB_…; then nothing was recorded
 */
export async function evaluateService(
  world: PolicyWorld,
  now: Instant,
  why: 'due' | 'report' = 'due',
): Promise<ServiceEvaluation> {
  const { log, subject } = world;
  if (why === 'due') world.memory.asked = null;
  if (await lacksDays(world)) await rebuildDays(log, subject);
  for (let tries = 1; ; tries++) {
    const newest = await newestReports(log.db);
    const evaluation = await evaluatedOn(world, newest, now);
    if (evaluation instanceof HoldfastError) {
      await recordObstacle(world, evaluation, now);
      return { kind: 'obstacle', error: evaluation };
    }
    const sources = newest
      .filter(({ report }) => isKnownProduct(report.product, evaluation.facts))
      .map(({ report, digest, entry }) => ({ product: report.product, digest, entry }));
    const entry = await recordInLog(log, async (tx) => {
      if (tries < TRIES && !isSame(newest, await newestReports(tx))) return null;
      return (await keepEvaluation(tx, { ...evaluation, sources }, world.version, now)).index;
    });
    if (entry !== null) return { kind: 'recorded', evaluation, entry };
  }
}

/** Evaluations that were recorded before there were days: those days are made from the log, once. */
async function lacksDays({ log: { db }, subject }: PolicyWorld): Promise<boolean> {
  const stored = await readEvaluation(db, subject);
  return stored !== null && readRecorded(stored.body) === null && !(await hasDays(db, subject));
}

/** Whether the latest evaluation rests on a report. */
export async function hasJudged({ log, subject }: PolicyWorld, report: string): Promise<boolean> {
  const stored = await readEvaluation(log.db, subject);
  const recorded = stored === null ? null : readRecorded(stored.body);
  return recorded?.basis.reports.some(({ digest }) => digest === report) === true;
}

const isSame = (a: readonly NewestSource[], b: readonly NewestSource[]): boolean =>
  a.length === b.length && a.every(({ digest }, at) => digest === b[at]?.digest);

/** What of the files can be wrong. Anything else is no state of the policy, and is thrown. */
const OBSTACLES: ReadonlySet<string> = new Set([
  'POLICY_NOT_FOUND',
  'POLICY_TOO_LARGE',
  'POLICY_INVALID',
  'FACTS_INVALID',
  'FILE_UNREADABLE',
]);

async function evaluatedOn(
  world: PolicyWorld,
  newest: readonly NewestSource[],
  now: Instant,
): Promise<Evaluation | HoldfastError> {
  try {
    const evaluation = await evaluateDocument({
      ...requestOf(world, now),
      answered: (bound, read) => {
        if (bound.where === 'service') return remembered(world, bound, read, now);
        const counted = newest.filter(({ report }) => isKnownProduct(report.product, read.facts));
        return reportedVerdicts(counted, world.controls, now)(bound);
      },
    });
    remember(world, evaluation, now);
    return evaluation;
  } catch (error) {
    if (error instanceof HoldfastError && OBSTACLES.has(error.code)) return error;
    throw error;
  }
}

/** `null`: it has to be asked. */
function remembered({ memory: { asked } }: PolicyWorld, bound: BoundControl, { texts }: ReadForPolicy, now: Instant) {
  if (asked === null || asked.at > now || between(asked.at, now) > REUSE_MS || asked.texts !== textsKey(texts))
    return null;
  const facts = asked.facts.get(measurementKey(bound));
  return facts === undefined ? null : judgeAgain(bound, facts, asked.at, now);
}

function remember({ memory }: PolicyWorld, { gathered, texts }: Evaluation, now: Instant): void {
  const own = gathered.flatMap((each) =>
    'facts' in each ? [[measurementKey(each.control), each.facts] as const] : [],
  );
  // Where all was remembered nothing was asked, and what is known is as old as it was.
  if (own.length > 0) memory.asked = { at: now, texts: textsKey(texts), facts: new Map(own) };
}

const textsKey = ({ document, facts }: PolicyTexts): string => sha256(canonicalJson([document, facts]));

/** What was reported of a product that holdfast.yaml no longer has is about nothing that the policy speaks of. */
const isKnownProduct = (product: string | null, facts: Facts): boolean =>
  product === null || facts.products.some(({ id }) => id === product);

const requestOf = ({ path, cwd, controls, database, data, env }: PolicyWorld, now: Instant): PolicyRequest => ({
  path,
  cwd,
  controls,
  only: null,
  database,
  release: null,
  data,
  env,
  now,
});

/** Once for each obstacle, with its moment; a later evaluation ends it. */
async function recordObstacle({ log, subject }: PolicyWorld, error: HoldfastError, now: Instant): Promise<void> {
  const { code, message, hint } = error;
  const problems = error.problems.map(({ at, ...words }) => ({
    ...words,
    line: at.line,
    column: at.column,
    file: at.file,
  }));
  const body = canonicalJson(wellFormed({ message, hint, problems }));
  await recordInLog(log, async (tx) => {
    const known = await readObstacle(tx, subject);
    if (known !== null && known.code === code && known.body === body) return;
    const since = known?.since ?? now;
    const data: JsonObject = { code, problems: problems.length };
    // Messages quote files and their places on this machine: those are for the pages of the staff.
    await appendEntry(tx, { type: 'policy.unreadable', actor: null, subject, data, state: null }, now);
    await storeObstacle(tx, subject, { since, code, body });
  });
}

/**
 * Measures the checkout in which the policy lies, as CI would, and takes it as a report of the whole house. Once CI reports, it does so no
 * more: what lies here may be older than what CI has seen.
 *
 * @returns `null` where nothing was measured: no checkout, CI reports, or the policy cannot be read, which the evaluation then says
 */
export async function measureLocally(
  world: PolicyWorld,
  origin: Pick<ReportOrigin, 'checkout' | 'hide'>,
  now: Instant,
): Promise<TakenAnswer | null> {
  if (!(await liesInCheckout(world.place.root)) || (await isReportedByToken(world.log.db))) return null;
  let evaluation: Evaluation;
  try {
    evaluation = await evaluateDocument({ ...requestOf(world, now), answered: passedOver });
  } catch (error) {
    if (error instanceof HoldfastError && OBSTACLES.has(error.code)) return null;
    throw error;
  }
  const report = reportOn(evaluation, { ...origin, version: world.version, product: null });
  const read = readReport(utf8(canonicalJson(reportToJson(report))));
  const taken = read.ok ? await takeReport(world, read.value, { actor: null, via: 'local' }, now) : read;
  if (!taken.ok) throw new Error(`a report of our own was refused: ${JSON.stringify(taken.error)}`);
  return taken.value;
}

/** What the service asks by itself with the evaluation that follows. */
const passedOver = ({ where }: { readonly where: 'repo' | 'service' }): Verdict | null =>
  where === 'service' ? notMeasured('', '') : null;
