/**
 * Public holidays in Germany: the nine that hold everywhere (region `DE`) and those of each state (`DE-HE` …).
 *
 * They matter only to periods in days and months, which run on past a holiday (Regulation (EEC, Euratom) No 1182/71,
 * Art. 3(4)); a period in hours never looks here. Who uses them: clock.ts.
 *
 * A day that is a holiday only in parts of a state is deliberately not one here: Assumption Day in the Catholic
 * municipalities of Bavaria, Corpus Christi in a few places of Saxony and Thuringia, the Augsburg peace festival. Not
 * counting it gives the earlier end, and the early reading cannot be late. Half days (24 and 31 December) are working
 * days in law.
 *
 * Sources: Art. 2(1) of the Unification Treaty (3 October) and the holiday acts of the sixteen states.
 */

/** The sixteen states, as in ISO 3166-2 after `DE-`. */
export const GERMAN_STATES = [
  'BB',
  'BE',
  'BW',
  'BY',
  'HB',
  'HE',
  'HH',
  'MV',
  'NI',
  'NW',
  'RP',
  'SH',
  'SL',
  'SN',
  'ST',
  'TH',
] as const;
type GermanState = (typeof GERMAN_STATES)[number];

/** Whose holidays count: those of all Germany, or of one state (which include them). */
export type HolidayRegion = 'DE' | `DE-${GermanState}`;

interface Holiday {
  readonly date: Temporal.PlainDate;
  readonly name: string;
}

interface HolidayRule {
  readonly name: string;
  readonly on: (year: number) => Temporal.PlainDate;
  readonly states: readonly GermanState[] | 'all';
  /** First year in which the day is a holiday there. */
  readonly since?: number;
  /** The only years in which it is one. */
  readonly years?: readonly number[];
}

const fixed = (month: number, day: number) => (year: number) => Temporal.PlainDate.from({ year, month, day });
const afterEaster = (days: number) => (year: number) => easterSunday(year).add({ days });

const RULES: readonly HolidayRule[] = [
  { name: 'Neujahr', on: fixed(1, 1), states: 'all' },
  { name: 'Heilige Drei Könige', on: fixed(1, 6), states: ['BW', 'BY', 'ST'] },
  { name: 'Internationaler Frauentag', on: fixed(3, 8), states: ['BE'], since: 2019 },
  { name: 'Internationaler Frauentag', on: fixed(3, 8), states: ['MV'], since: 2023 },
  { name: 'Karfreitag', on: afterEaster(-2), states: 'all' },
  { name: 'Ostersonntag', on: afterEaster(0), states: ['BB'] },
  { name: 'Ostermontag', on: afterEaster(1), states: 'all' },
  { name: 'Tag der Arbeit', on: fixed(5, 1), states: 'all' },
  { name: 'Tag der Befreiung', on: fixed(5, 8), states: ['BE'], years: [2020, 2025] },
  { name: 'Christi Himmelfahrt', on: afterEaster(39), states: 'all' },
  { name: 'Pfingstsonntag', on: afterEaster(49), states: ['BB'] },
  { name: 'Pfingstmontag', on: afterEaster(50), states: 'all' },
  { name: 'Fronleichnam', on: afterEaster(60), states: ['BW', 'BY', 'HE', 'NW', 'RP', 'SL'] },
  { name: 'Jahrestag des Volksaufstands', on: fixed(6, 17), states: ['BE'], years: [2028] },
  { name: 'Mariä Himmelfahrt', on: fixed(8, 15), states: ['SL'] },
  { name: 'Weltkindertag', on: fixed(9, 20), states: ['TH'], since: 2019 },
  { name: 'Tag der Deutschen Einheit', on: fixed(10, 3), states: 'all' },
  { name: 'Reformationstag', on: fixed(10, 31), states: ['BB', 'MV', 'SN', 'ST', 'TH'] },
  { name: 'Reformationstag', on: fixed(10, 31), states: ['HB', 'HH', 'NI', 'SH'], since: 2018 },
  { name: 'Allerheiligen', on: fixed(11, 1), states: ['BW', 'BY', 'NW', 'RP', 'SL'] },
  { name: 'Buß- und Bettag', on: dayOfRepentance, states: ['SN'] },
  { name: 'Erster Weihnachtstag', on: fixed(12, 25), states: 'all' },
  { name: 'Zweiter Weihnachtstag', on: fixed(12, 26), states: 'all' },
];

/** The public holidays of a year, in order of date. */
export function publicHolidays(region: HolidayRegion, year: number): readonly Holiday[] {
  return RULES.filter((rule) => holdsIn(rule, region, year))
    .map((rule) => ({ date: rule.on(year), name: rule.name }))
    .sort((one, other) => Temporal.PlainDate.compare(one.date, other.date));
}

/** The name of the holiday on that day, or `null` on a day that is none. */
export function holidayOn(date: Temporal.PlainDate, region: HolidayRegion): string | null {
  return publicHolidays(region, date.year).find((holiday) => holiday.date.equals(date))?.name ?? null;
}

function holdsIn(rule: HolidayRule, region: HolidayRegion, year: number): boolean {
  if (rule.since !== undefined && year < rule.since) return false;
  if (rule.years !== undefined && !rule.years.includes(year)) return false;
  return rule.states === 'all' || rule.states.some((state) => region === `DE-${state}`);
}

/** The Wednesday before 23 November. */
function dayOfRepentance(year: number): Temporal.PlainDate {
  const lastCandidate = Temporal.PlainDate.from({ year, month: 11, day: 22 });
  return lastCandidate.subtract({ days: (lastCandidate.dayOfWeek + 4) % 7 });
}

/**
 * Easter Sunday of the Gregorian calendar.
 *
 * Source: the anonymous algorithm published in Nature 13 (1876), 487; the letters are those of the usual presentation
 * (Meeus, Astronomical Algorithms, ch. 8), because renaming them would make it harder to compare.
 */
export function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Temporal.PlainDate.from({ year, month: Math.floor(n / 31), day: (n % 31) + 1 });
}
