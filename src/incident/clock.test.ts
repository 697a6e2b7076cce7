import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { formatInstant, type Instant, inZone, parseInstant } from '../lib/time.ts';
import { periodEnd } from './clock.ts';
import { deadlineOf, type DeadlineAnswer, type DeadlineQuestion } from './deadline.ts';
import type { HolidayRegion } from './holiday.ts';

interface Moment {
  readonly utc: string;
  readonly local: string;
}
interface Vector {
  readonly id: string;
  readonly title: string;
  readonly duty: string;
  readonly from: string | null;
  readonly holidays: HolidayRegion | null;
  readonly state?: string;
  readonly strict: Moment | null;
  readonly latest: Moment | null;
  readonly periodStarts?: Moment;
  readonly lastDayUnrolled?: string;
  readonly lastDay?: string;
  readonly rolledBecause?: string | null;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../test/fixtures/incident/deadlines.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const at = (text: string): Instant => {
  const instant = parseInstant(text);
  assert.ok(instant !== null, text);
  return instant;
};

const ask = (question: Partial<DeadlineQuestion>): DeadlineAnswer => {
  const result = deadlineOf({
    clock: 'gdpr-33-1',
    from: null,
    awareAt: null,
    metAt: null,
    followUpAt: null,
    asOf: null,
    zone: 'Europe/Berlin',
    seat: 'DE-HE',
    holidays: null,
    ...question,
  });
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return result.value;
};

const moment = (instant: Instant | null): Moment | null =>
  instant === null
    ? null
    : {
        utc: formatInstant(instant),
        local: inZone(instant, 'Europe/Berlin').toString({ timeZoneName: 'never' }),
      };

describe('a deadline', () => {
  for (const vector of vectors) {
    it(`${vector.id}: ${vector.title}`, () => {
      const answer = ask({
        clock: vector.duty,
        from: vector.from === null ? null : at(vector.from),
        holidays: vector.holidays,
      });
      assert.deepEqual(moment(answer.strict), vector.strict);
      assert.deepEqual(moment(answer.latest), vector.latest);
      assert.equal(answer.state, vector.state ?? 'runs');
      const { counted } = answer;
      if (vector.periodStarts !== undefined) {
        assert.ok(counted?.by === 'hours');
        assert.deepEqual(moment(counted.periodStarts), vector.periodStarts);
      }
      if (vector.lastDay !== undefined) {
        assert.ok(counted?.by === 'dates');
        assert.equal(counted.lastDayUnrolled.toString(), vector.lastDayUnrolled);
        assert.equal(counted.lastDay.toString(), vector.lastDay);
        assert.equal(counted.rolledBecause, vector.rolledBecause);
      }
    });
  }

  it('rolls CRA reports on the federal holidays, whatever state the organisation sits in', () => {
    const answer = ask({ clock: 'cra-14-2-c', from: at('2027-05-13T11:00:00+02:00'), seat: 'DE-HE' });
    assert.equal(answer.holidays, 'DE');
    assert.equal(formatInstant(answer.latest!), '2027-05-27T22:00:00Z');
  });

  it('ends a month from 31 January on the last day of February, Art. 3(2)(c)', () => {
    const common = ask({ clock: 'cra-14-4-c', from: at('2027-01-31T09:00:00+01:00') });
    assert.equal(formatInstant(common.strict!), '2027-02-28T08:00:00Z');
    // 28 February 2027 is a Sunday.
    assert.equal(formatInstant(common.latest!), '2027-03-01T23:00:00Z');
    const leap = ask({ clock: 'cra-14-4-c', from: at('2028-01-31T09:00:00+01:00') });
    assert.equal(formatInstant(leap.strict!), '2028-02-29T08:00:00Z');
    assert.equal(formatInstant(leap.latest!), '2028-02-29T23:00:00Z');
  });

  it('rolls over a row of rest days: Friday 25 December 2026 ends on Monday 28', () => {
    const answer = ask({ clock: 'cra-14-4-c', from: at('2026-11-25T09:00:00+01:00') });
    assert.equal(formatInstant(answer.latest!), '2026-12-28T23:00:00Z');
    assert.ok(answer.counted?.by === 'dates');
    assert.equal(answer.counted.holiday, 'Erster Weihnachtstag');
  });

  it('takes the earlier of elapsed days and wall clock as strict when the clock goes back', () => {
    const answer = ask({ clock: 'cra-14-2-c', from: at('2026-10-14T10:00:00+02:00') });
    // 28 October 09:00 CET is 336 elapsed hours; the same wall clock, 10:00 CET, would be an hour later.
    assert.equal(formatInstant(answer.strict!), '2026-10-28T08:00:00Z');
  });

  it('treats the two halves of the repeated hour as the two moments they are', () => {
    const first = ask({ from: at('2026-10-25T02:30:00+02:00') });
    const second = ask({ from: at('2026-10-25T02:30:00+01:00') });
    assert.equal(formatInstant(first.latest!), '2026-10-28T01:00:00Z');
    assert.equal(formatInstant(second.latest!), '2026-10-28T02:00:00Z');
  });

  it('counts a second before the hour into the hour that ends', () => {
    const answer = ask({ from: at('2026-11-24T12:59:59+01:00') });
    assert.equal(formatInstant(answer.strict!), '2026-11-27T11:59:59Z');
    assert.equal(formatInstant(answer.latest!), '2026-11-27T12:00:00Z');
  });

  it('counts the hours of the local clock where the zone has half an hour', () => {
    const end = periodEnd(
      { kind: 'hours', n: 24, rule: 'reg1182-hours' },
      at('2026-11-24T10:12:00+05:30'),
      'Asia/Kolkata',
      'DE',
    );
    assert.equal(formatInstant(end.latest!), '2026-11-25T05:30:00Z'); // 11:00 in Kolkata
  });
});

describe('the version of a rule', () => {
  it('lets the CRA apply from the first moment of 11 September 2026 in Berlin', () => {
    const before = ask({ clock: 'cra-14-2-a', from: at('2026-09-10T23:59:59+02:00') });
    assert.equal(before.state, 'not-applicable-before-2026-09-11');
    assert.equal(before.strict, null);
    const first = ask({ clock: 'cra-14-2-a', from: at('2026-09-11T00:00:00+02:00') });
    assert.equal(first.state, 'runs');
  });

  it('is chosen by awareness, not by the event that starts the clock', () => {
    const answer = ask({
      clock: 'cra-14-2-c',
      from: at('2026-09-14T10:00:00+02:00'),
      awareAt: at('2026-09-08T10:00:00+02:00'),
    });
    assert.equal(answer.state, 'not-applicable-before-2026-09-11');
  });

  it('gives a critical cloud flaw of July 2026 the four weeks of then', () => {
    const answer = ask({ clock: 'atlassian-fix-critical-cloud', from: at('2026-07-01T10:00:00+02:00') });
    assert.equal(formatInstant(answer.strict!), '2026-07-29T08:00:00Z');
  });

  it('gives a medium cloud flaw twelve weeks, and a critical Data Center flaw twelve too', () => {
    const medium = ask({ clock: 'atlassian-fix-medium-cloud', from: at('2026-11-23T10:00:00+01:00') });
    assert.equal(formatInstant(medium.strict!), '2027-02-15T09:00:00Z');
    const critical = ask({ clock: 'atlassian-fix-critical-dc', from: at('2026-11-23T10:00:00+01:00') });
    assert.equal(formatInstant(critical.strict!), '2027-02-15T09:00:00Z');
    assert.ok(critical.notes.some((note) => note.includes('Not verified for 2026')));
  });
});

describe('a notice', () => {
  const from = at('2026-11-24T10:12:00+01:00');
  const met = (text: string, more: Partial<DeadlineQuestion> = {}) => ask({ from, metAt: at(text), ...more }).met;

  it('is in time a second before the strict end, and at it', () => {
    assert.equal(met('2026-11-27T10:11:59+01:00')?.status, 'in-time-strict');
    assert.equal(met('2026-11-27T10:12:00+01:00')?.status, 'in-time-strict');
    assert.equal(met('2026-11-27T10:11:59+01:00')?.reasonsForDelayRequired, false);
  });

  it('is in time by Regulation 1182/71 between the two ends, with reasons recommended', () => {
    const between = met('2026-11-27T10:40:00+01:00');
    assert.equal(between?.status, 'in-time-by-1182');
    assert.equal(between?.reasonsForDelayRequired, false);
    assert.equal(between?.recommendGivingReasons, true);
    assert.equal(met('2026-11-27T10:59:59+01:00')?.status, 'in-time-by-1182');
  });

  it('is late at the first instant that is too late, and then needs its reasons', () => {
    const late = met('2026-11-27T11:00:00+01:00');
    assert.equal(late?.status, 'late');
    assert.equal(late?.reasonsForDelayRequired, true);
  });

  it('is not late because parts followed later, but lists what was open', () => {
    const phased = met('2026-11-26T18:00:00+01:00', { followUpAt: at('2026-12-03T12:00:00+01:00') });
    assert.equal(phased?.status, 'in-time-strict');
    assert.equal(phased?.phased, true);
    assert.equal(phased?.openFieldsMustBeListed, true);
  });

  it('under a contract is late right after the strict end', () => {
    const answer = ask({ clock: 'atlassian-incident-24h', from, metAt: at('2026-11-25T10:12:01+01:00') });
    assert.equal(answer.met?.status, 'late');
  });
});

describe('a duty without a number', () => {
  it('names the words of the law and keeps our own target apart from it', () => {
    const answer = ask({ clock: 'gdpr-33-2', from: at('2026-11-24T10:12:00+01:00') });
    assert.equal(answer.state, 'no-number');
    assert.equal(answer.strict, null);
    assert.equal(answer.latest, null);
    assert.equal(answer.rule.wording, 'without undue delay');
    assert.equal(formatInstant(answer.target!), '2026-11-25T09:12:00Z');
    assert.ok(answer.notes.includes('24 hours are our own target, not law.'));
  });
});

describe('a question that makes no sense', () => {
  const refused = (question: Partial<DeadlineQuestion>) => {
    const result = deadlineOf({ ...ask({ from: at('2026-11-24T10:12:00+01:00') }).question, ...question });
    return result.ok ? null : result.error.code;
  };

  it('is refused when awareness lies in the future', () => {
    assert.equal(refused({ asOf: at('2026-11-24T10:11:59+01:00') }), 'aware-in-the-future');
    assert.equal(refused({ asOf: at('2026-11-24T10:12:00+01:00') }), null);
  });

  it('is refused when the notice lies before the clock started, or has not been sent yet', () => {
    assert.equal(refused({ metAt: at('2026-11-24T10:11:59+01:00') }), 'met-before-the-clock-started');
    const early = { asOf: at('2026-11-25T00:00:00Z'), metAt: at('2026-11-25T00:00:01Z') };
    assert.equal(refused(early), 'met-in-the-future');
  });
});

describe('an open clock', () => {
  const from = at('2026-11-24T10:12:00+01:00');
  const open = (text: string) => ask({ from, asOf: at(text) }).open;

  it('runs, is due soon from three quarters on, passes the strict end, and is overdue', () => {
    assert.equal(open('2026-11-24T12:00:00+01:00'), 'running');
    assert.equal(open('2026-11-26T16:11:59+01:00'), 'running');
    assert.equal(open('2026-11-26T16:12:00+01:00'), 'due-soon');
    assert.equal(open('2026-11-27T10:12:00+01:00'), 'due-soon');
    assert.equal(open('2026-11-27T10:12:01+01:00'), 'past-strict');
    assert.equal(open('2026-11-27T11:00:00+01:00'), 'overdue');
  });
});
