/**
 * Moments as people type them: with an offset, or with a zone. A bare local time is refused, because twice a year it
 * means two moments or none.
 */
import { parseInstant, type Instant } from '../lib/time.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { instantOf } from './clock.ts';

export interface Unreadable {
  readonly message: string;
  readonly hint: string;
}

const FORMS = 'Write it as 2026-11-24T10:12:00+01:00, 2026-11-24T09:12:00Z or 2026-11-24T10:12[Europe/Berlin].';

/**
 * Reads RFC 3339 with an offset, or a time with an IANA zone in brackets (RFC 9557, as `Temporal` prints it).
 *
 * @param zone Used only to spell out what a bare local time could have meant.
 */
export function parseMoment(text: string, zone: string): Result<Instant, Unreadable> {
  const instant = parseInstant(text);
  if (instant !== null) return ok(instant);
  if (/^[^[]+\[[^\]]+\]$/.test(text)) return parseZoned(text);
  const bare = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(:\d\d(\.\d+)?)?)$/.exec(text);
  if (bare !== null) {
    const hint = readings(`${bare[1]}T${bare[2]}`, zone);
    return no({ message: `"${shown(text)}" has no offset, so it is not one moment everywhere`, hint });
  }
  return no({ message: `"${shown(text)}" is not a moment that exists`, hint: FORMS });
}

function parseZoned(text: string): Result<Instant, Unreadable> {
  try {
    return ok(instantOf(Temporal.ZonedDateTime.from(text, { disambiguation: 'reject', offset: 'reject' })));
  } catch {
    const [, local = '', zone = ''] = /^([^[]+)\[([^\]]+)\]$/.exec(text) ?? [];
    const hint = isZone(zone) ? readings(local, zone) : `"${shown(zone)}" is no IANA time zone. ${FORMS}`;
    return no({ message: `"${shown(text)}" is not exactly one moment`, hint });
  }
}

/** What a local time could mean in a zone: one moment, two (the repeated hour), or none (the skipped one). */
function readings(local: string, zone: string): string {
  try {
    const plain = Temporal.PlainDateTime.from(local);
    const early = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
    const late = plain.toZonedDateTime(zone, { disambiguation: 'later' });
    if (!early.toPlainDateTime().equals(plain)) return `The clocks in ${zone} skip that time. ${FORMS}`;
    const spelt = [...new Set([early, late].map((each) => each.toString({ timeZoneName: 'never' })))];
    return spelt.length === 1
      ? `In ${zone} it is ${spelt[0]}.`
      : `In ${zone} it came twice: ${spelt.join(' and then ')}.`;
  } catch {
    return FORMS;
  }
}

/** Long or odd input is cut, never echoed whole. */
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}
