/**
 * The year of one promise as a strip, a day at a time, with the same as a table beside it. A kept promise is a low, even line; trouble
 * rises above it.
 *
 * Measures are those of style.css (`.strip`, 26 px high). Where nothing is drawn, nothing was recorded, and the words say so.
 */
import type { Child } from 'hono/jsx';
import { plus, days, formatDay, parseDay, type Instant } from '../lib/time.ts';
import { Day } from './components.tsx';
import type { StripHistory, StripRun, StripState, StripWords } from './strip-history.ts';

const ORDER: readonly (StripState | null)[] = ['kept', 'broken', 'stale', 'unknown', 'manual', null];

const BARS: Readonly<Record<StripState, { readonly class: string; readonly y: number; readonly height: number }>> = {
  kept: { class: 'k', y: 15, height: 5 },
  broken: { class: 'b', y: 0, height: 20 },
  stale: { class: 's', y: 9, height: 11 },
  unknown: { class: 'u', y: 9, height: 11 },
  manual: { class: 'm', y: 15, height: 5 },
};

/** A single bad day in a year would be 0.27 % wide, which no screen shows. */
const LEAST_WIDTH = 0.9;

interface PlacedRun extends StripRun {
  /** Days before it. */
  readonly before: number;
}

/** @param none What stands there while no evaluation has been recorded. */
export const Strip = ({
  history,
  words,
  none,
}: {
  readonly history: StripHistory | null;
  readonly words: StripWords;
  readonly none: Child;
}) => {
  const runs = history?.runs.filter((run) => run.days > 0) ?? [];
  const all = runs.reduce((sum, run) => sum + run.days, 0);
  const first = history === null ? null : parseDay(history.from);
  if (first === null || all === 0) return <p class="finer">{none}</p>;
  const placed = placedRuns(runs);
  const sums = ORDER.map((state) => ({
    state,
    days: runs.filter((run) => run.state === state).reduce((sum, run) => sum + run.days, 0),
  })).filter((sum) => sum.days > 0);
  return (
    <div>
      <svg
        class="strip"
        role="img"
        aria-label={`${words.span}${sums.map((sum) => words.sum(sum.state, sum.days)).join(', ')}`}
      >
        <line class="base" x1="0" x2="100%" y1="20.5" y2="20.5" />
        {drawn(placed, all).map(({ state, days: length, before }) =>
          state === null ? null : bar(state, length, before, all),
        )}
        {Array.from({ length: 11 }, (_, month) => percent((100 * (month + 1)) / 12)).map((x) => (
          <line class="tick" x1={x} x2={x} y1="21" y2="24" />
        ))}
      </svg>
      <div class="strip-cap">
        <span>{formatDay(first)}</span>
        <span>{words.until}</span>
      </div>
      <StripTable first={first} runs={placed} words={words} />
    </div>
  );
};

/** More bars than that nobody tells apart on a phone, and twenty-four such strips would be a page of a megabyte. */
const MOST_BARS = 60;
const WEEK = 7;

/** A promise that changes every few days is drawn week by week, each with its worst state. The words count days all the same. */
function drawn(placed: readonly PlacedRun[], all: number): readonly PlacedRun[] {
  if (placed.length <= MOST_BARS) return placed;
  const weeks: { state: StripState | null; days: number }[] = [];
  for (const { state, days: length, before } of placed)
    for (let day = before; day < before + length; day += 1) {
      const at = Math.floor(day / WEEK);
      const week = (weeks[at] ??= { state: null, days: Math.min(WEEK, all - at * WEEK) });
      if (WORST_FIRST.indexOf(state) < WORST_FIRST.indexOf(week.state)) week.state = state;
    }
  return placedRuns(weeks);
}

const WORST_FIRST: readonly (StripState | null)[] = ['broken', 'unknown', 'stale', 'manual', 'kept', null];

function placedRuns(runs: readonly StripRun[]): readonly PlacedRun[] {
  let before = 0;
  return runs.map((run) => {
    const placed = { ...run, before };
    before += run.days;
    return placed;
  });
}

/** The newest rows of a table; the JSON has all. */
const MOST_ROWS = 25;

/** The same for those who do not see the drawing, and for whoever wants the days. */
const StripTable = ({
  first,
  runs,
  words,
}: {
  readonly first: Instant;
  readonly runs: readonly PlacedRun[];
  readonly words: StripWords;
}) => (
  <details>
    <summary class="more">{words.table.summary}</summary>
    <table class="tbl">
      <thead>
        <tr>
          <th scope="col">{words.table.from}</th>
          <th scope="col">{words.table.to}</th>
          <th scope="col">{words.table.state}</th>
        </tr>
      </thead>
      <tbody>
        {runs.slice(-MOST_ROWS).map(({ state, days: length, before }) => (
          <tr>
            <td>
              <Day day={dayAfter(first, before)} />
            </td>
            <td>
              <Day day={dayAfter(first, before + length - 1)} />
            </td>
            <td>{words.state(state)}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {runs.length > MOST_ROWS ? <p class="fine">{words.table.earlier(runs.length - MOST_ROWS)}</p> : null}
  </details>
);

function bar(state: StripState, length: number, before: number, all: number) {
  const { y, height, class: name } = BARS[state];
  const share = (100 * length) / all;
  const width = state === 'kept' ? share : Math.max(share, LEAST_WIDTH);
  // A run of one day at the very end would stand outside.
  const x = Math.min((100 * before) / all, 100 - width);
  return <rect class={name} x={percent(x)} y={y} width={percent(width)} height={height} />;
}

const percent = (value: number): string => `${Number(value.toFixed(2))}%`;

const dayAfter = (first: Instant, count: number): string => formatDay(plus(first, days(count)));
