/**
 * Judges facts that were reported: at once, for the answer to who sent them, and again with each evaluation, as they grow older.
 * Pure. Reading a report is report.ts; storing it and evaluating are report.actions.ts and service.actions.ts.
 */
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import type { Json } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { count, printable } from '../lib/text.ts';
import { between, days, formatInstant, formatSpan, type Instant } from '../lib/time.ts';
import type { BoundControl, Control, Verdict } from './control.ts';
import { notMeasured, worstVerdict } from './evaluate.ts';
import { MOST_FAULTS, placeOf, type Report, type ReportedControl, type ReportFault } from './report.ts';

/** What a control said on the facts of a report. */
export interface JudgedControl {
  readonly control: string;
  readonly params: Json;
  readonly verdict: Verdict;
}

/** A control of a report, understood: ready to be judged at any time. */
interface Understood {
  readonly bound: BoundControl;
  readonly facts: { readonly facts: Json } | { readonly failed: { readonly code: string; readonly message: string } };
}

/**
 * Refuses the whole report where one part of it is not understood: half of a report would look like a whole one.
 *
 * @param now When it arrived.
 */
export function judgeReport(
  report: Report,
  controls: readonly Control[],
  now: Instant,
): Result<readonly JudgedControl[], readonly ReportFault[]> {
  const faults: ReportFault[] = [];
  const judged: JudgedControl[] = [];
  const seen = new Set<string>();
  for (const [index, reported] of report.controls.entries()) {
    const understood = understand(reported, controls);
    const place = `controls[${index}]`;
    if (!understood.ok) {
      faults.push(...understood.error.map(({ at, message }) => ({ at: inside(place, at), message })));
      continue;
    }
    const { bound, facts } = understood.value;
    const key = measurementKey(bound);
    if (seen.has(key)) faults.push({ at: place, message: `has ${bound.id} with the same parameters a second time` });
    seen.add(key);
    const measured = { facts, measuredAt: earlier(report.measuredAt, now) };
    judged.push({ control: bound.id, params: bound.params, verdict: judgeMeasured(bound, measured, now) });
  }
  return faults.length > 0 ? no(faults.slice(0, MOST_FAULTS)) : ok(judged);
}

const inside = (place: string, at: string): string =>
  at === '' || at.startsWith('[') ? `${place}${at}` : `${place}.${at}`;

function understand(
  reported: ReportedControl,
  controls: readonly Control[],
): Result<Understood, readonly ReportFault[]> {
  const control = controls.find(({ id }) => id === reported.control);
  if (control === undefined)
    return no([{ at: 'control', message: `${printable(reported.control)} is no control of this service; update it` }]);
  if (control.where === 'service')
    return no([{ at: 'control', message: `${control.id} is measured by the service itself, and not reported` }]);
  const read = control.bind(reported.params);
  if (!read.ok) return no(read.issues.map(({ path, message }) => ({ at: placeOf(['params', ...path]), message })));
  const { bound } = read;
  if ('failed' in reported) return ok({ bound, facts: { failed: reported.failed } });
  const facts = bound.readFacts(reported.facts);
  if (!facts.ok) return no(facts.error.map(({ path, message }) => ({ at: placeOf(['facts', ...path]), message })));
  return ok({ bound, facts: { facts: facts.value } });
}

/** The same control with the same parameters measures the same. */
export const measurementKey = ({ id, params }: Pick<BoundControl, 'id' | 'params'>): string =>
  sha256(canonicalJson({ control: id, params }));

/** The newest report of a product, as it is stored. */
export interface NewestReport {
  readonly report: Report;
  /** By the clock of the service. */
  readonly receivedAt: Instant;
}

/** A sender whose clock is ahead measured before its report arrived, whatever it says. */
const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
export const measuredAtOf = ({ report, receivedAt }: NewestReport): Instant => earlier(report.measuredAt, receivedAt);

/**
 * The verdicts of controls that need a checkout, from the newest report of each product. Of several products the worst one counts.
 *
 * @returns `null` for a control that the service asks itself.
 */
export function reportedVerdicts(
  newest: readonly NewestReport[],
  controls: readonly Control[],
  now: Instant,
): (bound: BoundControl) => Verdict | null {
  const known = newest.map((each) => ({ ...each, understood: understoodOf(each.report, controls) }));
  return (bound) => {
    if (bound.where === 'service') return null;
    const key = measurementKey(bound);
    const verdicts = known.flatMap(({ understood, report, receivedAt }): readonly ProductVerdict[] => {
      const facts = understood.get(key);
      if (facts === undefined) return [];
      const measuredAt = measuredAtOf({ report, receivedAt });
      return [{ product: report.product, verdict: judgeMeasured(bound, { facts, measuredAt }, now) }];
    });
    return together(verdicts) ?? notReported(bound, known.length);
  };
}

/** What a program of another version no longer understands counts as not reported. */
function understoodOf(report: Report, controls: readonly Control[]): ReadonlyMap<string, Understood['facts']> {
  return new Map(
    report.controls.flatMap((reported): readonly [string, Understood['facts']][] => {
      const understood = understand(reported, controls);
      return understood.ok ? [[measurementKey(understood.value.bound), understood.value.facts]] : [];
    }),
  );
}

/** The verdict on facts that the service gathered itself at a moment before. */
export function judgeAgain(bound: BoundControl, facts: Json, gatheredAt: Instant, now: Instant): Verdict {
  const judged = bound.judge(facts, now);
  return { ...judged, measuredAt: judged.measuredAt === null ? null : earlier(judged.measuredAt, gatheredAt) };
}

/** Old facts can still show that something is broken; they cannot show that it is kept. */
function judgeMeasured(
  bound: BoundControl,
  { facts, measuredAt }: { readonly facts: Understood['facts']; readonly measuredAt: Instant },
  now: Instant,
): Verdict {
  if ('failed' in facts) return notMeasured(printable(facts.failed.message), facts.failed.code);
  const verdict = judgeAgain(bound, facts.facts, measuredAt, now);
  const age = between(measuredAt, now);
  const lapses = verdict.verdict === 'kept' || verdict.verdict === 'manual' || verdict.verdict === 'no-case';
  if (!lapses || age <= days(bound.factsLastDays)) return verdict;
  return {
    ...verdict,
    verdict: 'stale',
    summary: `Reported ${formatSpan(age)} ago, on ${formatInstant(measuredAt)}, and good for ${count(bound.factsLastDays, 'day')}. Let CI run \`holdfast check --report-to\` again. It said: ${verdict.summary}`,
  };
}

const notReported = (bound: BoundControl, reports: number): Verdict => ({
  verdict: 'unknown',
  summary:
    reports === 0
      ? 'Nothing was reported yet: this is measured in a checkout. Next: holdfast check --report-to URL, in CI, on every change'
      : `No report has ${bound.id} with the parameters of this document. Check out the document as the service has it, and run \`holdfast check --report-to\` there.`,
  measuredAt: null,
  evidence: {},
});

interface ProductVerdict {
  readonly product: string | null;
  readonly verdict: Verdict;
}

/** The worst, with the name of its product, and how many others there are; `null` of none. */
function together(verdicts: readonly ProductVerdict[]): Verdict | null {
  const worst = worstVerdict(verdicts.map(({ verdict }) => verdict.verdict));
  const shown = verdicts.find(({ verdict }) => verdict.verdict === worst);
  if (shown === undefined) return null;
  const { product, verdict } = shown;
  const name = product === null ? '' : `${product}: `;
  const others = verdicts.length === 1 ? '' : ` This is the worst of ${count(verdicts.length, 'report')}.`;
  return { ...verdict, summary: `${name}${verdict.summary}${others}` };
}
