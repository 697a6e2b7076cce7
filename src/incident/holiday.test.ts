import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Holidays from 'date-holidays';
import * as feiertage from 'feiertagejs';
import { easterSunday, GERMAN_STATES, holidayOn, publicHolidays } from './holiday.ts';

const FIRST = 2020;
const LAST = 2040;
const years = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
const ours = (state: (typeof GERMAN_STATES)[number], year: number) =>
  publicHolidays(`DE-${state}`, year).map((holiday) => holiday.date.toString());

const local = (date: Date) =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;

describe('public holidays in Germany', () => {
  it('are ten in Hesse in 2026', () => {
    assert.deepEqual(ours('HE', 2026), [
      '2026-01-01',
      '2026-04-03',
      '2026-04-06',
      '2026-05-01',
      '2026-05-14',
      '2026-05-25',
      '2026-06-04',
      '2026-10-03',
      '2026-12-25',
      '2026-12-26',
    ]);
  });

  it('are nine everywhere in 2028', () => {
    const federal = publicHolidays('DE', 2028).map((holiday) => holiday.date.toString());
    assert.deepEqual(federal, [
      '2028-01-01',
      '2028-04-14',
      '2028-04-17',
      '2028-05-01',
      '2028-05-25',
      '2028-06-05',
      '2028-10-03',
      '2028-12-25',
      '2028-12-26',
    ]);
  });

  for (const state of GERMAN_STATES) {
    it(`agree with date-holidays in ${state} for 2020 to 2040, one-off holidays of Berlin included`, () => {
      const oracle = new Holidays('DE', state);
      for (const year of years) {
        const days = oracle.getHolidays(year).filter((holiday) => holiday.type === 'public');
        assert.deepEqual(ours(state, year), days.map((holiday) => holiday.date.slice(0, 10)).sort());
      }
    });

    it(`agree with feiertagejs in ${state} for 2020 to 2040, but for the differences named below`, () => {
      const explained: string[] = [];
      for (const year of years) {
        const theirs = feiertage.getHolidays(String(year), state).map((holiday) => local(holiday.date));
        const mine = ours(state, year);
        explained.push(...theirs.filter((day) => !mine.includes(day)).map((day) => `they: ${day}`));
        explained.push(...mine.filter((day) => !theirs.includes(day)).map((day) => `we: ${day}`));
      }
      assert.deepEqual(explained, EXPLAINED[state] ?? []);
    });
  }

  it('include Easter and Whit Sunday by law in Brandenburg only', () => {
    const withEaster = GERMAN_STATES.filter((state) => ours(state, 2026).includes('2026-04-05'));
    assert.deepEqual(withEaster, ['BB']);
    assert.equal(holidayOn(Temporal.PlainDate.from('2026-05-24'), 'DE-BB'), 'Pfingstsonntag');
  });

  it('leave out what holds in parts of a state: Augsburg, Catholic municipalities of Bavaria', () => {
    assert.equal(holidayOn(Temporal.PlainDate.from('2026-08-08'), 'DE-BY'), null);
    assert.equal(holidayOn(Temporal.PlainDate.from('2026-08-15'), 'DE-BY'), null);
    assert.equal(holidayOn(Temporal.PlainDate.from('2026-08-15'), 'DE-SL'), 'Mariä Himmelfahrt');
  });

  it('do not include Christmas Eve and New Year’s Eve, which are working days in law', () => {
    for (const state of GERMAN_STATES) {
      assert.equal(holidayOn(Temporal.PlainDate.from('2026-12-24'), `DE-${state}`), null);
      assert.equal(holidayOn(Temporal.PlainDate.from('2026-12-31'), `DE-${state}`), null);
    }
  });
});

/**
 * feiertagejs counts Assumption Day for all of Bavaria, where it holds in Catholic municipalities only; it does not
 * know the three one-off holidays of Berlin. date-holidays differs in neither.
 */
const EXPLAINED: Readonly<Record<string, readonly string[]>> = {
  BY: years.map((year) => `they: ${year}-08-15`),
  BE: ['we: 2020-05-08', 'we: 2025-05-08', 'we: 2028-06-17'],
};

describe('Easter Sunday', () => {
  it('falls on its earliest, latest and usual days', () => {
    // Extremes and samples from the tables of the Gregorian computus.
    for (const day of [
      '1818-03-22',
      '1943-04-25',
      '2000-04-23',
      '2024-03-31',
      '2026-04-05',
      '2038-04-25',
      '2285-03-22',
    ]) {
      const date = Temporal.PlainDate.from(day);
      assert.equal(easterSunday(date.year).toString(), day);
    }
  });
});
