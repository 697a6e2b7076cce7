/**
 * OSV's `<ecosystem>/modified_id.csv`: which records exist and when each was last changed, newest first.
 *
 * Source: https://google.github.io/osv.dev/data/, "Data dumps": lines `<RFC 3339>,<ID>`, in reverse chronological order. The order is
 * what lets a sync read only the beginning, so it is checked and never trusted: a list out of order is read to its end.
 */
import { EPOCH, hours, parseInstant, type Instant } from '../lib/time.ts';

export interface ListedRecord {
  readonly id: string;
  readonly modified: Instant;
}

/** Ids become a segment of an address and a name on a terminal: no separators, no blanks, no controls. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:+@~-]{0,254}$/;

function parseListLine(line: string): ListedRecord | null {
  const comma = line.indexOf(',');
  const modified = comma < 0 ? null : parseInstant(line.slice(0, comma));
  return modified === null ? null : { id: line.slice(comma + 1).trimEnd(), modified };
}

/**
 * How far behind the newest known change the list is compared again.
 *
 * A record is listed some time after the moment it carries (OSV exports in rounds), and not all in the order of these moments. A day
 * covers that many times over and costs only comparisons with the index.
 */
export const OVERLAP = hours(24);
/** Lines looked at beyond the point where reading could stop, to see whether the order holds. */
const LOOK_BEYOND = 200;
/** Fetching more records than this one by one takes longer than the archive of all of them. */
export const MOST_CHANGES = 10_000;
/** No list of one ecosystem is this long; OSV's largest has some 220,000 lines. */
const MOST_LINES = 5_000_000;

/**
 * The newest of many moments, unless that one stands alone.
 *
 * One record with a date in the future would make everything that follows look old. So it is the second newest that counts, and
 * never more than `now`. Too early only costs comparisons; too late would lose records.
 */
export class Newest {
  #first: Instant | null = null;
  #second: Instant | null = null;

  take(at: Instant): void {
    if (this.#first === null || at > this.#first) {
      this.#second = this.#first;
      this.#first = at;
    } else if (this.#second === null || at > this.#second) this.#second = at;
  }

  /** `null` while there is only one, which nothing bears out. */
  get corroborated(): Instant | null {
    return this.#second;
  }

  /** The moment from which the next sync has to look. */
  cursor(now: Instant): Instant {
    return earlier(this.#second ?? EPOCH, now);
  }
}

/** What a line did to the reading: `stop` when nothing further can be new, `malformed` when it is no line of a list. */
export type Step = 'more' | 'stop' | 'malformed';

/** One reading of a list from the top, line by line. */
export class ListReading {
  readonly #isNeeded: (record: ListedRecord) => boolean;
  /** Where the last sync stood. */
  readonly #cursor: Instant;
  #cutoff: Instant;
  #previous: Instant | null = null;
  #beyond = 0;
  readonly newest = new Newest();
  lines = 0;
  /** False once a line was newer than the one before it. */
  sorted = true;
  /** Listed records that the index lacks, or has in an older version. */
  readonly needed: ListedRecord[] = [];
  /** Lines whose id is none that we would ask for. */
  odd = 0;

  constructor(cursor: Instant, isNeeded: (record: ListedRecord) => boolean) {
    this.#cursor = cursor;
    this.#cutoff = back(cursor);
    this.#isNeeded = isNeeded;
  }

  take(line: string): Step {
    if (line.trim() === '') return 'more';
    const record = parseListLine(line);
    if (record === null) return this.lines === 0 && /^"?modified"?,"?id"?\r?$/i.test(line) ? 'more' : 'malformed';
    if (++this.lines > MOST_LINES) return 'malformed';
    this.#order(record.modified);
    if (record.modified >= this.#cutoff) {
      if (!ID.test(record.id)) this.odd++;
      else if (this.#isNeeded(record)) this.needed.push(record);
      return this.needed.length > MOST_CHANGES ? 'stop' : 'more';
    }
    return this.sorted && ++this.#beyond > LOOK_BEYOND ? 'stop' : 'more';
  }

  #order(modified: Instant): void {
    if (this.#previous !== null && modified > this.#previous) this.sorted = false;
    this.#previous = modified;
    this.newest.take(modified);
    // A cursor later than the list itself came from a bad date or another copy of the list: the list decides.
    if (this.lines <= 2) this.#cutoff = back(earlier(this.#cursor, this.newest.corroborated ?? modified));
  }
}

export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
const back = (at: Instant): Instant => Math.max(EPOCH, at - OVERLAP) as Instant;
