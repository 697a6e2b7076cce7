/**
 * Points and lengths of time, as plain numbers with names.
 *
 * Nothing here reads the clock: `now` is an argument everywhere in the core, so a test can stand at any moment.
 */
import type { Brand } from './brand.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type Instant = Brand<number, 'Instant'>;
/** A length of time in milliseconds, an integer, never negative. */
export type Millis = Brand<number, 'Millis'>;

/** 1970-01-01T00:00:00Z. */
export const EPOCH = 0 as Instant;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const hours = (n: number): Millis => (n * HOUR_MS) as Millis;
export const days = (n: number): Millis => (n * DAY_MS) as Millis;
export const plus = (at: Instant, span: Millis): Instant => (at + span) as Instant;
/** From `from` to `to`; zero when `to` is the earlier one (a clock that ran backwards is not a negative age). */
export const between = (from: Instant, to: Instant): Millis => Math.max(0, to - from) as Millis;

/**
 * Reads an RFC 3339 timestamp; `null` when it has no offset, or names a moment that does not exist (30 February, hour 25).
 *
 * A leap second (`:60`, RFC 3339 §5.6) is read as the second before it: `Date` and `Temporal` cannot hold it.
 */
export function parseInstant(text: string): Instant | null {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d)(:\d\d)?(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (parts === null) return null;
  const [, day = '', minute = '', second = ':00', fraction = '', offset = ''] = parts;
  if (parseDay(day) === null) return null;
  const at = Date.parse(
    `${day}T${minute}${second === ':60' ? ':59' : second}${fraction.slice(0, 4)}${offset.toUpperCase()}`,
  );
  return Number.isNaN(at) ? null : (at as Instant);
}

/** Reads a calendar day `2026-11-24` as its first moment in UTC; `null` when that day does not exist. */
export function parseDay(text: string): Instant | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? (at as Instant) : null;
}

/** RFC 3339 in UTC; whole seconds unless there is a fraction: `2026-11-24T09:05:00Z`. */
export const formatInstant = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** `2026-11-24`, the day in UTC. */
export const formatDay = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

/** The calendar day `YYYY-MM-DD` at a moment, in an IANA time zone. Days of this form sort as text. */
export const dayIn = (at: Instant, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();

/** How long something has lasted, for people: below 72 h in hours and minutes, above in days. Rounded down. */
export function formatSpan(span: Millis): string {
  const minutes = Math.floor(span / 60_000);
  if (minutes < 1) return 'under a minute';
  if (minutes < 60) return `${minutes} min`;
  if (span < 72 * HOUR_MS)
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(span / DAY_MS)} d`;
}

export const inZone = (at: Instant, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
