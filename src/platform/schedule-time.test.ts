import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instant } from '../../test/support/test-clock.ts';
import { formatInstant, hours } from '../lib/time.ts';
import { nextRun, type Recurrence } from './schedule-time.ts';

const next = (recurrence: Recurrence, after: string, planned = after): string =>
  formatInstant(nextRun(recurrence, instant(after), instant(planned)));
const berlin = (at: string): Recurrence => ({ kind: 'daily', at, zone: 'Europe/Berlin' });

describe('the next run', () => {
  it('of a period counts on from the plan, however late this one is', () => {
    const hourly: Recurrence = { kind: 'every', ms: hours(1) };
    assert.equal(next(hourly, '2026-11-25T12:00:00Z'), '2026-11-25T13:00:00Z');
    assert.equal(next(hourly, '2026-11-25T12:59:59.999Z', '2026-11-25T12:00:00Z'), '2026-11-25T13:00:00Z');
    assert.equal(next(hourly, '2026-11-28T09:20:00Z', '2026-11-25T12:10:00Z'), '2026-11-28T10:10:00Z');
  });

  it('of a period is at most a period away, whatever was planned when the clock was wrong', () => {
    const hourly: Recurrence = { kind: 'every', ms: hours(1) };
    assert.equal(next(hourly, '2026-11-25T12:00:00Z', '2036-01-01T00:30:00Z'), '2026-11-25T12:30:00Z');
    assert.equal(next(hourly, '2026-11-25T12:00:00Z', '2036-01-01T00:00:00Z'), '2026-11-25T13:00:00Z');
  });

  it('of a time of day is today or tomorrow, where people are', () => {
    assert.equal(next(berlin('03:30'), '2026-11-25T02:29:59Z'), '2026-11-25T02:30:00Z');
    assert.equal(next(berlin('03:30'), '2026-11-25T02:30:00Z'), '2026-11-26T02:30:00Z');
    assert.equal(next(berlin('00:15'), '2026-12-31T23:00:00Z'), '2026-12-31T23:15:00Z');
  });

  it('comes once on the day when summer time begins, and once when it ends', () => {
    // Directive 2000/84/EC, Articles 2 and 3: 01:00 UTC on the last Sundays of March and October.
    assert.equal(next(berlin('02:30'), '2026-03-28T12:00:00Z'), '2026-03-29T01:30:00Z');
    assert.equal(next(berlin('02:30'), '2026-03-29T01:30:00Z'), '2026-03-30T00:30:00Z');
    assert.equal(next(berlin('02:30'), '2026-10-24T12:00:00Z'), '2026-10-25T00:30:00Z');
    assert.equal(next(berlin('02:30'), '2026-10-25T00:30:00Z'), '2026-10-26T01:30:00Z');
  });

  it('passes over a day that a zone left out', () => {
    // Samoa went from 29 to 31 December 2011 (tz database, "Pacific/Apia").
    const apia: Recurrence = { kind: 'daily', at: '12:00', zone: 'Pacific/Apia' };
    assert.equal(next(apia, '2011-12-29T22:00:00Z'), '2011-12-30T22:00:00Z');
    assert.equal(next(apia, '2011-12-30T22:00:00Z'), '2011-12-31T22:00:00Z');
  });
});
