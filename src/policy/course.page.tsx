/**
 * The course of a policy over a year: how many statements were kept each day, and how many were not. A drawing, and the figures as a table.
 *
 * A day without an evaluation is a gap in the lines: nothing is drawn where nothing was measured.
 */
import { count } from '../lib/text.ts';
import { Day } from '../web/components.tsx';
import type { CourseDay } from './history.ts';

/** What of the day was not kept, though it should have been. */
const troubleOf = ({ counts }: CourseDay): number | null =>
  counts === null ? null : counts.broken + counts.unknown + counts.stale;
const keptOf = ({ counts }: CourseDay): number | null => counts?.kept ?? null;

/** Measures of style.css (`.chart`): the drawing is 150 high, above the labels of the months. */
const HEIGHT = 150;
const TOP = 14;

interface Measured {
  readonly shown: readonly CourseDay[];
  readonly measured: readonly CourseDay[];
  readonly first: CourseDay;
  readonly last: CourseDay;
}

/** @param today `YYYY-MM-DD`, where the organisation is. */
export const CourseChart = ({ course, today }: { readonly course: readonly CourseDay[]; readonly today: string }) => {
  const measured = course.filter(({ counts }) => counts !== null);
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined || first === last)
    return (
      <p class="finer">
        {first === undefined ? 'No day is recorded yet.' : 'One day is recorded.'} A course has two days at least: the
        next evaluation is made tomorrow morning.
      </p>
    );
  const shown = course.slice(course.indexOf(first));
  return (
    <>
      <Drawing {...{ shown, measured, first, last }} today={today} />
      <Figures measured={measured} />
    </>
  );
};

const Drawing = ({ shown, measured, first, last, today }: Measured & { readonly today: string }) => {
  const most = Math.max(1, ...measured.map(({ counts }) => (counts === null ? 0 : sumOf(counts))));
  const y = (value: number): number => HEIGHT - (value / most) * HEIGHT;
  const grid = most < 4 ? [most] : [Math.round(most / 2), most];
  const keptLabel = labelAt(TOP + y(keptOf(last) ?? 0));
  return (
    <figure>
      <svg class="chart" role="img" aria-label={labelOf(first, last)}>
        <line class="ax" x1="0" x2="100%" y1={TOP + HEIGHT} y2={TOP + HEIGHT} />
        {grid.map((value) => (
          <>
            <line class="gl" x1="0" x2="100%" y1={round(TOP + y(value))} y2={round(TOP + y(value))} />
            <text x="0" y={round(TOP + y(value) - 4)}>
              {value}
            </text>
          </>
        ))}
        <svg y={TOP} width="100%" height={HEIGHT} viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none">
          <path class="l1" d={pathOf(shown, keptOf, y)} />
          <path class="l2" d={pathOf(shown, troubleOf, y)} />
        </svg>
        <text class="lab" x="100%" y={round(keptLabel)} text-anchor="end">
          {keptOf(last)} kept
        </text>
        <text x="100%" y={round(troubleLabelAt(TOP + y(troubleOf(last) ?? 0), keptLabel))} text-anchor="end">
          {troubleOf(last)} not kept
        </text>
        <text x="0" y={TOP + HEIGHT + 18}>
          {first.day}
        </text>
        <text x="100%" y={TOP + HEIGHT + 18} text-anchor="end">
          {last.day === today ? 'today' : last.day}
        </text>
      </svg>
    </figure>
  );
};

/** The newest; whoever wants all takes the history in policy.json. */
const MOST_ROWS = 40;

/** The columns of the table, and what stands in them. */
const COLUMNS = ['kept', 'broken', 'stale', 'unknown'] as const;

const Figures = ({ measured }: Pick<Measured, 'measured'>) => (
  <details>
    <summary class="more">Figures as a table</summary>
    <div class="scroll-x" tabindex={0} role="group" aria-label="Statements by verdict">
      <table class="tbl">
        <thead>
          <tr>
            <th scope="col">Since</th>
            {COLUMNS.map((column) => (
              <th scope="col" class="num">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changesOf(measured)
            .slice(-MOST_ROWS)
            .map(({ day, counts }) => (
              <tr>
                <td>
                  <Day day={day} />
                </td>
                {COLUMNS.map((column) => (
                  <td class="num">{counts[column]}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  </details>
);

const sumOf = (counts: NonNullable<CourseDay['counts']>): number =>
  Math.max(counts.kept, counts.broken + counts.unknown + counts.stale);

/** Above its line, or below where there is no room above. */
const labelAt = (y: number): number => (y < TOP + 16 ? y + 16 : y - 6);

/** Two labels at one height would cover each other. */
const troubleLabelAt = (y: number, other: number): number => {
  const wanted = labelAt(y);
  return Math.abs(wanted - other) < 16 ? other + 16 : wanted;
};

const round = (value: number): string => String(Number(value.toFixed(1)));

function pathOf(
  days: readonly CourseDay[],
  valueOf: (day: CourseDay) => number | null,
  y: (value: number) => number,
): string {
  const width = Math.max(1, days.length - 1);
  let isDrawing = false;
  return days
    .flatMap((day, at) => {
      const value = valueOf(day);
      if (value === null) {
        isDrawing = false;
        return [];
      }
      const point = `${round((100 * at) / width)} ${round(y(value))}`;
      // A day between two gaps would have no length.
      const step = isDrawing ? `L${point}` : `M${point}h0.3`;
      isDrawing = true;
      return [step];
    })
    .join('');
}

interface MeasuredDay {
  readonly day: string;
  readonly counts: NonNullable<CourseDay['counts']>;
}

/** Days on which something changed: a year of equal rows tells nobody more. */
function changesOf(measured: readonly CourseDay[]): readonly MeasuredDay[] {
  const days = measured.flatMap(({ day, counts }) => (counts === null ? [] : [{ day, counts }]));
  return days.filter(({ counts }, at) => {
    const before = days[at - 1]?.counts;
    return before === undefined || JSON.stringify(before) !== JSON.stringify(counts) || at === days.length - 1;
  });
}

function labelOf(first: CourseDay, last: CourseDay): string {
  const then = keptOf(first) ?? 0;
  const now = keptOf(last) ?? 0;
  const course = then === now ? `stayed at ${now}` : `${now > then ? 'rose' : 'fell'} from ${then} to ${now}`;
  return `Kept statements ${course} between ${first.day} and ${last.day}; ${count(troubleOf(last) ?? 0, 'statement')} not kept on the last day`;
}
