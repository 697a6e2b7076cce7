/**
 * Reading OSV records: any JSON value in, an `Advisory` or the reason why it is none out.
 *
 * Source: OSV schema 1.7 (https://ossf.github.io/osv-schema/) and, tolerantly, every version from 1.0 on. Databases
 * deviate in details, and a reader that refuses a record for a bad date hides a vulnerability. So only what has no
 * usable `id` is refused; a malformed optional field is left out and named in `dropped`, and fields that this file does
 * not know are not looked at. What is affected is read by osv-affected.ts, its severity by rating.ts.
 */
import type { Advisory, RangeQuality } from './advisory.ts';
import { readAffected, readAffectedCwes } from './osv-affected.ts';
import { type Drops, isPlainText, looseObject, objectsOf, textOf, textsOf } from './osv-field.ts';
import { isObject, stringsOf } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { EPOCH, type Instant, parseInstant } from '../lib/time.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

export interface OsvRecord {
  readonly advisory: Advisory;
  /** Fields that were malformed and left out, by their path (`affected[].ranges[].type`); each once. */
  readonly dropped: readonly string[];
}

/** Far above everything published: the longest list of aliases in 13,085 records had 16 ids, the longest URL 655 characters. */
const LONGEST_ID = 256;
const MOST_ALIASES = 1000;
const MOST_CWES = 100;
const LONGEST_URL = 2048;
const MOST_URLS = 3;

/** @returns For what is no record, the reason as a clause: `not a JSON object`, `no id`, …. */
export function readOsv(value: unknown): Result<OsvRecord, string> {
  if (!isObject(value)) return no('not a JSON object');
  const id = value['id'];
  if (typeof id !== 'string' || id === '') return no('no id');
  if (!isId(id)) return no('an id that is too long, or has white space or control characters in it');

  const drops: Drops = new Set();
  const specific = looseObject(value['database_specific']);
  const aliases = readAliases(value, id, drops);
  const published = readInstant(value, 'published', drops);
  const cwes = readCwes(value, specific, drops);
  const advisory: Advisory = {
    id,
    aliases,
    modified: readInstant(value, 'modified', drops) ?? missingModified(published, drops),
    published,
    withdrawn: readInstant(value, 'withdrawn', drops),
    affected: readAffected(value, drops),
    malware: isMalware([id, ...aliases], cwes, specific),
    cwes,
    urls: readUrls(value, drops),
    quality: qualityOf(specific),
  };
  return ok({ advisory, dropped: [...drops] });
}

/** No white space and no control characters: ids stand in links, file names and terminals. */
const isId = (text: string): boolean => isPlainText(text, LONGEST_ID) && !/\s/.test(text);

function readInstant(record: JsonRecord, name: string, drops: Drops): Instant | null {
  const text = textOf(record, name, name, drops);
  if (text === null) return null;
  const at = parseInstant(text);
  if (at === null) drops.add(name);
  return at;
}

/** The schema demands `modified`. Without it a record counts as old, so that a better copy of it wins. */
function missingModified(published: Instant | null, drops: Drops): Instant {
  drops.add('modified');
  return published ?? EPOCH;
}

function readAliases(record: JsonRecord, id: string, drops: Drops): readonly string[] {
  const aliases = textsOf(record, 'aliases', 'aliases', drops, isId).filter((alias) => alias !== id);
  if (aliases.length > MOST_ALIASES) drops.add('aliases');
  return aliases.slice(0, MOST_ALIASES);
}

/** GitHub's `database_specific.cwe_ids`, and `cwes` of an affected package. */
function readCwes(record: JsonRecord, specific: JsonRecord, drops: Drops): readonly string[] {
  const cwes = new Set<string>();
  for (const cwe of [...stringsOf(specific['cwe_ids']), ...readAffectedCwes(record, drops)]) {
    const id = isObject(cwe) ? cwe['cweId'] : cwe;
    if (typeof id === 'string' && /^CWE-\d{1,6}$/.test(id) && cwes.size < MOST_CWES) cwes.add(id);
    else drops.add('cwes');
  }
  return [...cwes];
}

/**
 * Malicious code rather than a mistake.
 *
 * Sources: the id prefix `MAL-` (https://github.com/ossf/malicious-packages) on the record or on what it repeats; CWE-506
 * "Embedded Malicious Code"; the marks of the OpenSSF and the Leitwacht databases.
 */
export function isMalware(ids: readonly string[], cwes: readonly string[], specific: JsonRecord): boolean {
  return (
    ids.some((id) => id.startsWith('MAL-')) ||
    cwes.includes('CWE-506') ||
    Object.hasOwn(specific, 'malicious-packages-origins') ||
    looseObject(specific['leitwacht'])['category'] === 'malware'
  );
}

/** What a reader opens first; the other types come after these, in the order of the record. */
const USEFUL_FIRST = ['ADVISORY', 'FIX', 'PACKAGE'];

/** https only: nobody is sent to a page that a network can rewrite. Other schemes are no mistake of the record. */
function readUrls(record: JsonRecord, drops: Drops): readonly string[] {
  const references = objectsOf(record, 'references', 'references', drops).flatMap((reference) => {
    const url = textOf(reference, 'url', 'references', drops);
    const rank = USEFUL_FIRST.findIndex((type) => type === reference['type']);
    return url !== null && isHttps(url) ? [{ url, rank: rank === -1 ? USEFUL_FIRST.length : rank }] : [];
  });
  const urls = references.sort((a, b) => a.rank - b.rank).map(({ url }) => url);
  return [...new Set(urls)].slice(0, MOST_URLS);
}

/** The characters of RFC 3986 and letters of other scripts; nothing that ends a link in Markdown, HTML or a terminal. */
export const isHttps = (url: string): boolean =>
  url.length <= LONGEST_URL && url.isWellFormed() && /^https:\/\/[^\s\p{Cc}"<>\\^`{|}]+$/u.test(url);

/** The mark of ranges that Holdfast's own corpus took from an advisory's text or title. */
function qualityOf(specific: JsonRecord): RangeQuality {
  const quality = looseObject(specific['holdfast'])['range_quality'];
  return typeof quality === 'string' && quality.startsWith('derived-from-') ? 'derived' : 'exact';
}
