/**
 * Whether a version is affected: the evaluation algorithm of the OSV schema, and the fixes it implies.
 *
 * Source: https://ossf.github.io/osv-schema/#evaluation. Where it leaves something open: events are sorted stably, so
 * events at one version keep the order of the record; a pre-release of `introduced` stands below it and is therefore
 * not affected. The orders of versions are in version.ts, the shape of the record in advisory.ts.
 */
import type { Affected, Range, RangeEvent } from './advisory.ts';
import type { VersionOrder } from './version.ts';

/** The part of an `affected` element that decides. */
type Versions = Pick<Affected, 'ranges' | 'versions'>;

/**
 * True when the record says that `version` of the package is affected.
 *
 * @param order `null` when the ecosystem's versions cannot be ordered: then only enumerated versions can match, as
 *   texts. With an order an enumerated `1.0` also stands for `1.0.0` where the ecosystem says they are one version.
 */
export function affects(affected: Versions, version: string, order: VersionOrder | null): boolean {
  if (affected.versions.includes(version)) return true;
  if (order === null) return false;
  return (
    affected.ranges.some((range) => isInRange(range, version, order)) ||
    affected.versions.some((listed) => order.compare(listed, version) === 0)
  );
}

/**
 * The versions that end what affects `version`, lowest first.
 *
 * They are the `fixed` events above `version` in the ranges that contain it, without those that `affected` still
 * affects. Empty when nobody has published a fix, when the version is only enumerated, and without an order.
 */
export function fixesFor(affected: Versions, version: string, order: VersionOrder | null): string[] {
  if (order === null) return [];
  const fixes = affected.ranges
    .filter((range) => isInRange(range, version, order))
    .flatMap((range) => range.events)
    .filter((event) => event.type === 'fixed' && order.compare(event.version, version) > 0)
    .map((event) => event.version)
    .sort(order.compare);
  return fixes
    .filter((fix, at) => at === 0 || order.compare(fix, fixes[at - 1] ?? '') !== 0)
    .slice(0, MOST_FIXES)
    .filter((fix) => !affects(affected, fix, order));
}

/** Ten release lines are many; without a bound a record of 10,000 ranges would be evaluated 10,000 times. */
const MOST_FIXES = 100;

function isInRange({ events }: Range, version: string, order: VersionOrder): boolean {
  if (!isBeforeLimits(events, version, order)) return false;
  let vulnerable = false;
  for (const event of inOrder(events, order)) {
    if (event.type === 'introduced' && reaches(version, event, order)) vulnerable = true;
    else if (event.type === 'fixed' && reaches(version, event, order)) vulnerable = false;
    else if (event.type === 'last_affected' && order.compare(version, event.version) > 0) vulnerable = false;
  }
  return vulnerable;
}

/** "If no limit events are provided, an implicit `*` is assumed", and one limit above the version suffices. */
function isBeforeLimits(events: readonly RangeEvent[], version: string, order: VersionOrder): boolean {
  const limits = events.filter((event) => event.type === 'limit');
  return (
    limits.length === 0 ||
    limits.some((limit) => limit.version.includes('*') || order.compare(version, limit.version) < 0)
  );
}

/** Nearly every range is two events in order already; only the others are copied and sorted. */
function inOrder(events: readonly RangeEvent[], order: VersionOrder): readonly RangeEvent[] {
  const sorted = events.every((event, at) => {
    const before = events[at - 1];
    return before === undefined || compareEvents(before, event, order) <= 0;
  });
  return sorted ? events : [...events].sort((a, b) => compareEvents(a, b, order));
}

function compareEvents(a: RangeEvent, b: RangeEvent, order: VersionOrder): number {
  if (isBeginning(a) || isBeginning(b)) return Number(isBeginning(b)) - Number(isBeginning(a));
  return order.compare(a.version, b.version);
}

/** `introduced: "0"` is no version: it sorts before every version, also before 0.0.0-alpha. */
const isBeginning = (event: RangeEvent): boolean => event.type === 'introduced' && event.version === '0';

const reaches = (version: string, event: RangeEvent, order: VersionOrder): boolean =>
  isBeginning(event) || order.compare(version, event.version) >= 0;
