/**
 * Reading `affected[]` of an OSV record: packages, ranges, versions, and the rating of each.
 *
 * The rest of the record is read by osv.ts. Sources: OSV schema 1.7, sections "affected fields" and "severity field".
 */
import { PackageURL } from 'packageurl-js';
import type { Affected, Range, RangeEvent } from './advisory.ts';
import { type Drops, elementsOf, isPlainText, looseObject, objectsOf, textOf, textsOf } from './osv-field.ts';
import { rate, UNRATED } from './rating.ts';
import { isObject } from '../lib/json.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** npm allows 214 characters; the longest name in the GitHub Advisory Database had 96, the longest version 33. */
const LONGEST_NAME = 512;
const LONGEST_VERSION = 1024;

/** Elements without a usable package are left out: nothing can match them. */
export function readAffected(record: JsonRecord, drops: Drops): readonly Affected[] {
  const severity = readSeverity(record, 'severity', drops);
  const scored = rate(severity, []);
  const labelled = rate([], [...severity, ...labelOf(record['database_specific'])]);
  const affected: Affected[] = [];
  for (const element of objectsOf(record, 'affected', 'affected', drops)) {
    const target = readPackage(element['package']);
    if (target === null) {
      drops.add('affected[].package');
      continue;
    }
    const own = readSeverity(element, 'affected[].severity', drops);
    const ownLabels = [...labelOf(element['ecosystem_specific']), ...labelOf(element['database_specific'])];
    // Since 1.6 a package may have a severity of its own; it stands for the record's.
    const ratings = [rate(own, own), scored, rate([], ownLabels), labelled];
    affected.push({
      ...target,
      ranges: readRanges(element, drops),
      versions: textsOf(element, 'versions', 'affected[].versions', drops, isVersion),
      rating: ratings.find(({ severity: known }) => known !== 'unscored') ?? UNRATED,
    });
  }
  return affected;
}

const isVersion = (text: string): boolean => isPlainText(text, LONGEST_VERSION);

interface Target {
  readonly ecosystem: string;
  readonly name: string;
}

/** `ecosystem` and `name`, else what the purl says. `null` when neither names a package. */
function readPackage(value: unknown): Target | null {
  if (!isObject(value)) return null;
  const { ecosystem, name, purl } = value;
  const target =
    typeof ecosystem === 'string' && typeof name === 'string'
      ? { ecosystem: withoutSuffix(ecosystem), name }
      : fromPurl(purl);
  return target !== null && isPlainText(target.ecosystem, LONGEST_NAME) && isPlainText(target.name, LONGEST_NAME)
    ? target
    : null;
}

/** `Maven:https://repo.example` names the same packages as `Maven`; a release as in `Debian:12` is cut off as well. */
const withoutSuffix = (ecosystem: string): string => ecosystem.split(':', 1)[0] ?? ecosystem;

function fromPurl(purl: unknown): Target | null {
  if (typeof purl !== 'string' || purl.length > LONGEST_VERSION) return null;
  try {
    const { type, namespace, name } = PackageURL.fromString(purl);
    if (name === undefined) return null;
    if (type === 'npm') return { ecosystem: 'npm', name: namespace ? `${namespace}/${name}` : name };
    return type === 'maven' && namespace ? { ecosystem: 'Maven', name: `${namespace}:${name}` } : null;
  } catch {
    return null; // The library throws on what is no purl.
  }
}

/** SEMVER and ECOSYSTEM alike: the ecosystem decides how versions are ordered, whatever the record calls them. */
function readRanges(element: JsonRecord, drops: Drops): readonly Range[] {
  const ranges: Range[] = [];
  for (const range of objectsOf(element, 'ranges', 'affected[].ranges', drops)) {
    const type = range['type'];
    if (type === 'GIT') continue;
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') {
      drops.add('affected[].ranges[].type');
      continue;
    }
    const events = objectsOf(range, 'events', 'affected[].ranges[].events', drops).flatMap((event) =>
      readEvents(event, drops),
    );
    if (events.length > 0) ranges.push({ events });
  }
  return ranges;
}

const EVENT_TYPES = ['introduced', 'fixed', 'last_affected', 'limit'] as const;

/** One event by the schema; records with `{introduced, fixed}` in one object exist and mean both. */
function readEvents(event: JsonRecord, drops: Drops): readonly RangeEvent[] {
  const events: RangeEvent[] = [];
  for (const type of EVENT_TYPES) {
    const version = textOf(event, type, 'affected[].ranges[].events', drops);
    if (version === null) continue;
    if (isVersion(version)) events.push({ type, version });
    else drops.add('affected[].ranges[].events');
  }
  return events;
}

/** The scores of a `severity` field: vectors for the CVSS types, a word for others (`Ubuntu`: `medium`). */
function readSeverity(record: JsonRecord, path: string, drops: Drops): readonly string[] {
  return objectsOf(record, 'severity', path, drops).flatMap((entry) => textOf(entry, 'score', path, drops) ?? []);
}

function labelOf(specific: unknown): readonly string[] {
  const label = looseObject(specific)['severity'];
  return typeof label === 'string' ? [label] : [];
}

/** `affected[].database_specific.cwes`, as the GitHub and malware databases write it: ids, or objects with a `cweId`. */
export function readAffectedCwes(record: JsonRecord, drops: Drops): readonly unknown[] {
  return elementsOf(record, 'affected', 'affected', drops).flatMap((element) => {
    const cwes = looseObject(looseObject(element)['database_specific'])['cwes'];
    return Array.isArray(cwes) ? cwes : [];
  });
}
