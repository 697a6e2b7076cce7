/**
 * Periods of law and contract: from a trigger to the moment it ends.
 *
 * Every period has two ends. `strict` is the one to work to: the plain reading that cannot be late. `latest` is the end
 * under Regulation (EEC, Euratom) No 1182/71, given as the first instant that is too late. Which period belongs to which
 * duty stands in the rules-*.ts files; deadline.ts joins the two.
 *
 * Deliberately absent: Art. 3(5) of the Regulation ("two working days"). Whether it lengthens a period in hours is
 * disputed, so nothing here computes it.
 */
import { hours, inZone, plus, type Instant } from '../lib/time.ts';
import { holidayOn, type HolidayRegion } from './holiday.ts';

/** How long, and by which way of counting. `contract-elapsed`: no regulation governs a private contract. */
export type Period =
  | { readonly kind: 'hours'; readonly n: number; readonly rule: 'reg1182-hours' }
  | { readonly kind: 'days'; readonly n: number; readonly rule: 'reg1182-days' }
  | { readonly kind: 'months'; readonly n: number; readonly rule: 'reg1182-months' }
  | { readonly kind: 'elapsed-hours'; readonly n: number; readonly rule: 'contract-elapsed' | 'national-law-elapsed' };

type RollReason = 'saturday' | 'sunday' | 'public-holiday';

export interface PeriodEnd {
  /** The operating deadline; this instant itself is still in time. */
  readonly strict: Instant;
  /** The first instant that is too late under Regulation 1182/71; `null` where the Regulation does not apply. */
  readonly latest: Instant | null;
  /** How `latest` came about, for people who check it. */
  readonly counted: Counted | null;
}

export type Counted =
  | { readonly by: 'hours'; readonly periodStarts: Instant }
  | {
      readonly by: 'dates';
      readonly lastDayUnrolled: Temporal.PlainDate;
      readonly lastDay: Temporal.PlainDate;
      /** Why the last day moved; `null` when it did not. */
      readonly rolledBecause: RollReason | null;
      /** The holiday's name when that is the reason. */
      readonly holiday: string | null;
    };

/**
 * The two ends of a period.
 *
 * @param zone IANA time zone whose clock and calendar count.
 * @param region Whose holidays count; used by periods in days and months only.
 */
export function periodEnd(period: Period, trigger: Instant, zone: string, region: HolidayRegion): PeriodEnd {
  switch (period.kind) {
    case 'elapsed-hours':
      return { strict: plus(trigger, hours(period.n)), latest: null, counted: null };
    case 'hours': {
      const periodStarts = nextFullHour(trigger, zone);
      return {
        strict: plus(trigger, hours(period.n)),
        latest: plus(periodStarts, hours(period.n)),
        counted: { by: 'hours', periodStarts },
      };
    }
    case 'days': {
      const start = inZone(trigger, zone);
      const sameWallClock = instantOf(start.add({ days: period.n }));
      const elapsed = plus(trigger, hours(24 * period.n));
      const strict = sameWallClock < elapsed ? sameWallClock : elapsed;
      return { strict, ...endOfDay(start.toPlainDate().add({ days: period.n }), zone, region) };
    }
    case 'months': {
      const start = inZone(trigger, zone);
      // Art. 3(2)(c): where the month has no such date, its last day; `constrain` is that rule.
      const length = { months: period.n };
      const strict = instantOf(start.add(length, { overflow: 'constrain' }));
      return { strict, ...endOfDay(start.toPlainDate().add(length, { overflow: 'constrain' }), zone, region) };
    }
  }
}

/**
 * Art. 3(1) and (2)(a): the hour of the event is not counted, so the period starts with the next full hour.
 *
 * An event exactly on the hour belongs to the hour that begins there: the first counted hour is the next one. That edge
 * is a convention, nobody has ruled on it; `strict` is the safe side of it. The hour is that of the local clock, which
 * differs from the hour in UTC where the zone has a half-hour offset.
 */
function nextFullHour(trigger: Instant, zone: string): Instant {
  const local = inZone(trigger, zone);
  const intoTheHour = local.minute * 60_000 + local.second * 1_000 + local.millisecond;
  return plus((trigger - intoTheHour) as Instant, hours(1));
}

/** Art. 3(4): a last day on a holiday, Sunday or Saturday moves the end to the end of the following working day. */
function endOfDay(unrolled: Temporal.PlainDate, zone: string, region: HolidayRegion): Omit<PeriodEnd, 'strict'> {
  let lastDay = unrolled;
  while (restDay(lastDay, region) !== null) lastDay = lastDay.add({ days: 1 });
  const rolledBecause = restDay(unrolled, region);
  return {
    latest: instantOf(lastDay.add({ days: 1 }).toZonedDateTime(zone)),
    counted: {
      by: 'dates',
      lastDayUnrolled: unrolled,
      lastDay,
      rolledBecause,
      holiday: rolledBecause === 'public-holiday' ? holidayOn(unrolled, region) : null,
    },
  };
}

/** Art. 2(2): working days are all days other than public holidays, Sundays and Saturdays. */
function restDay(date: Temporal.PlainDate, region: HolidayRegion): RollReason | null {
  if (date.dayOfWeek === 6) return 'saturday';
  if (date.dayOfWeek === 7) return 'sunday';
  return holidayOn(date, region) === null ? null : 'public-holiday';
}

/** Temporal and `Instant` count the same milliseconds; this is the one place that says so. */
export const instantOf = (at: Temporal.ZonedDateTime): Instant => at.epochMilliseconds as Instant;
