/** Moments for people: local time with its zone first, UTC beside it. Independent of the zone of the machine. */
import type { Language } from './language.ts';
import { formatInstant, inZone, type Instant } from './time.ts';

/** `Tue 24 Nov 2026, 10:12 CET`; German: `Di., 24. Nov. 2026, 10:12 Uhr MEZ`. Seconds only where there are any. */
export function whenLocal(at: Instant, zone: string, language: Language = 'en'): string {
  const local = inZone(at, zone);
  const name = (options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes): string => {
    const format = formatOf(language, zone, options);
    return format.formatToParts(at).find((part) => part.type === type)?.value ?? '';
  };
  const weekday = name({ weekday: 'short' }, 'weekday').replace(/\.$/, '');
  const month = language === 'de' ? name({ month: 'short', day: 'numeric' }, 'month') : MONTHS[local.month - 1];
  const zoneName = name({ timeZoneName: 'short', hour: 'numeric' }, 'timeZoneName');
  const time = local.toPlainTime().toString({ smallestUnit: local.second === 0 ? 'minute' : 'second' });
  return language === 'de'
    ? `${weekday}., ${local.day}. ${month} ${local.year}, ${time} Uhr ${zoneName}`
    : `${weekday} ${local.day} ${month} ${local.year}, ${time} ${zoneName}`;
}

/** Making a format takes longer than using it a hundred times, and pages show the same few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** A process shows the zone of one organisation; a test a few more. */
const MOST_FORMATS = 100;

function formatOf(language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${Object.keys(options).join()}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= MOST_FORMATS) formats.clear();
  const format = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { ...options, timeZone: zone });
  formats.set(key, format);
  return format;
}

/** Written out: the English of ICU shortens September to four letters. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `09:12 UTC`, with the day in front where it differs from the local one. */
function whenUtc(at: Instant, zone: string): string {
  const text = formatInstant(at);
  const time = text.slice(11, text.endsWith(':00Z') ? 16 : 19);
  return inZone(at, zone).toPlainDate().toString() === text.slice(0, 10)
    ? `${time} UTC`
    : `${text.slice(0, 10)} ${time} UTC`;
}

export const whenBoth = (at: Instant, zone: string, language: Language = 'en'): string =>
  `${whenLocal(at, zone, language)} (${whenUtc(at, zone)})`;

/** `Tue 24 Nov 2026, 09:05 CET (08:05 UTC)`, UTC once. To the minute: people need no seconds, and evidence has them. */
export function whenMinute(at: Instant, zone: string, language: Language = 'en'): string {
  const minute = (at - (((at % 60_000) + 60_000) % 60_000)) as Instant;
  return zone === 'UTC' ? whenLocal(minute, zone, language) : whenBoth(minute, zone, language);
}

/** `2026-11-27T10:12:00+01:00` */
export const localStamp = (at: Instant, zone: string): string => inZone(at, zone).toString({ timeZoneName: 'never' });
