import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDay, type Instant } from '../lib/time.ts';
import { VERDICT_ORDER } from './evaluate.ts';
import { yearOf, yearUntil } from './history.ts';

const SPAN = yearUntil('2026-11-25') ?? assert.fail();

const day = (statement: string, on: string, verdict: (typeof VERDICT_ORDER)[number]) => ({
  statement,
  day: on,
  verdict,
});

describe('the year until a day', () => {
  it('has 365 days, that day included, also over a leap day', () => {
    assert.deepEqual(SPAN, { from: '2025-11-26', to: '2026-11-25' });
    assert.deepEqual(yearUntil('2028-03-01'), { from: '2027-03-03', to: '2028-03-01' });
    assert.equal(yearUntil('2026-02-30'), null);
  });

  it('draws runs of days, and nothing for a day that nobody measured or a promise without a case', () => {
    const { strips } = yearOf(
      [
        day('a', '2025-11-26', 'kept'),
        day('a', '2025-11-27', 'kept'),
        day('a', '2026-11-23', 'broken'),
        day('a', '2026-11-24', 'no-case'),
        day('a', '2026-11-25', 'manual'),
        day('b', '2026-11-25', 'unbound'),
      ],
      SPAN,
    );
    assert.deepEqual(strips.get('a'), {
      from: '2025-11-26',
      runs: [
        { state: 'kept', days: 2 },
        { state: null, days: 360 },
        { state: 'broken', days: 1 },
        { state: null, days: 1 },
        { state: 'manual', days: 1 },
      ],
    });
    assert.deepEqual(strips.get('b')?.runs, [{ state: null, days: 365 }]);
    assert.equal(strips.get('c'), undefined);
  });

  it('counts each day by verdict, and knows a day without an evaluation from one without trouble', () => {
    const { course } = yearOf([day('a', '2026-11-24', 'kept'), day('b', '2026-11-24', 'broken')], SPAN);
    assert.equal(course.length, 365);
    assert.deepEqual(course.at(-2), {
      day: '2026-11-24',
      counts: { kept: 1, broken: 1, stale: 0, unknown: 0, manual: 0, 'no-case': 0, unbound: 0 },
    });
    assert.deepEqual(course.at(-1), { day: '2026-11-25', counts: null });
  });

  it('never shows a day as kept that was not recorded as kept', () => {
    const first = Date.parse('2025-11-26T00:00:00Z');
    const recorded = fc.uniqueArray(
      fc.record({
        statement: fc.constantFrom('a', 'b', '__proto__'),
        day: fc.nat(364).map((at) => formatDay((first + at * 86_400_000) as Instant)),
        verdict: fc.constantFrom(...VERDICT_ORDER),
      }),
      { selector: ({ statement, day: on }) => `${statement} ${on}`, maxLength: 60 },
    );
    fc.assert(
      fc.property(recorded, (rows) => {
        for (const [statement, { runs }] of yearOf(rows, SPAN).strips) {
          const states = runs.flatMap(({ state, days }) => Array.from({ length: days }, () => state));
          assert.equal(states.length, 365);
          for (const [at, state] of states.entries()) {
            const on = formatDay((first + at * 86_400_000) as Instant);
            const row = rows.find((each) => each.statement === statement && each.day === on);
            assert.equal(state === 'kept', row?.verdict === 'kept', `${statement} ${on}`);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
