/**
 * From recorded days to the strip of a year and the course of a whole policy. Pure.
 *
 * A day without an evaluation is nothing, never kept: what nobody measured nobody can show.
 */
import { days, formatDay, parseDay, plus, type Instant } from '../lib/time.ts';
import type { StripHistory, StripRun, StripState } from '../web/strip-history.ts';
import type { StatementVerdict } from './evaluate.ts';

/** The days that a strip shows. */
const STRIP_DAYS = 365;

interface RecordedDay {
  readonly statement: string;
  readonly day: string;
  readonly verdict: StatementVerdict;
}

export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** The year that ends with a day; `null` for what is no day. */
export function yearUntil(today: string): DaySpan | null {
  const end = parseDay(today);
  return end === null ? null : { from: formatDay(plus(end, days(1 - STRIP_DAYS))), to: today };
}

/** Nothing is drawn for a promise that had no case: it was not kept, and it was not broken. */
const stateOf = (verdict: StatementVerdict | undefined): StripState | null =>
  verdict === undefined || verdict === 'no-case' || verdict === 'unbound' ? null : verdict;

/** Each day of a span, in order. */
function daysOf({ from, to }: DaySpan): readonly string[] {
  const first = parseDay(from);
  const last = parseDay(to);
  if (first === null || last === null) return [];
  const amount = Math.round((last - first) / days(1)) + 1;
  return Array.from({ length: Math.max(0, amount) }, (_, at) => formatDay((first + at * days(1)) as Instant));
}

/** The strip of each statement that has a recorded day in the span. */
function stripsOf(recorded: readonly RecordedDay[], span: DaySpan): ReadonlyMap<string, StripHistory> {
  const byStatement = Map.groupBy(recorded, ({ statement }) => statement);
  const all = daysOf(span);
  return new Map(
    [...byStatement].map(([statement, rows]) => {
      const verdicts = new Map(rows.map(({ day, verdict }) => [day, verdict]));
      return [statement, { from: span.from, runs: runsOf(all.map((day) => stateOf(verdicts.get(day)))) }];
    }),
  );
}

function runsOf(states: readonly (StripState | null)[]): readonly StripRun[] {
  const runs: { state: StripState | null; days: number }[] = [];
  for (const state of states) {
    const last = runs.at(-1);
    if (last?.state === state) last.days += 1;
    else runs.push({ state, days: 1 });
  }
  return runs;
}

/** How many statements had which verdict as their worst of a day; `null`: nothing was evaluated. */
export interface CourseDay {
  readonly day: string;
  readonly counts: Readonly<Record<StatementVerdict, number>> | null;
}

function courseOf(recorded: readonly RecordedDay[], span: DaySpan): readonly CourseDay[] {
  const byDay = Map.groupBy(recorded, ({ day }) => day);
  return daysOf(span).map((day) => {
    const rows = byDay.get(day);
    if (rows === undefined) return { day, counts: null };
    const counts = { kept: 0, broken: 0, stale: 0, unknown: 0, manual: 0, 'no-case': 0, unbound: 0 };
    for (const { verdict } of rows) counts[verdict] += 1;
    return { day, counts };
  });
}

/** The year before a day, of each statement and of the whole. */
export interface PolicyYear {
  readonly strips: ReadonlyMap<string, StripHistory>;
  readonly course: readonly CourseDay[];
}

export const yearOf = (recorded: readonly RecordedDay[], span: DaySpan): PolicyYear => ({
  strips: stripsOf(recorded, span),
  course: courseOf(recorded, span),
});
