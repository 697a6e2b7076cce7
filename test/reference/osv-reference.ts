/**
 * A second opinion for tests: which records of a corpus match a version, straight from the raw OSV JSON.
 *
 * Written from the "Evaluation" section of the schema (https://ossf.github.io/osv-schema/#evaluation), function by
 * function and slow on purpose. It shares nothing with src/advisory/ but the orders of versions: Maven's always, npm's
 * only where the package `semver` cannot read one of the two versions. If it and the index disagree, one of them is wrong.
 */
import semver from 'semver';
import { compareMaven, parseMavenVersion } from '../../src/advisory/version-maven.ts';
import { compareNpm, parseNpmVersion } from '../../src/advisory/version-npm.ts';

interface RawEvent {
  introduced?: string;
  fixed?: string;
  last_affected?: string;
  limit?: string;
}
interface RawRange {
  type: string;
  events?: RawEvent[] | null;
}
interface RawAffected {
  package?: { ecosystem: string; name: string } | null;
  ranges?: RawRange[] | null;
  versions?: string[] | null;
}
/** An OSV record as `JSON.parse` gives it; well-formed records only. */
export interface RawRecord {
  id: string;
  withdrawn?: string | null;
  affected?: RawAffected[] | null;
}

/** Ids of the records, withdrawn ones left out, that say `version` of the package is affected. */
export type Matcher = (ecosystem: string, name: string, version: string) => Set<string>;

/** Sorts the records by package once; everything else is evaluated anew for every question. */
export function referenceMatcher(records: Iterable<RawRecord>): Matcher {
  const byPackage = new Map<string, RawRecord[]>();
  for (const record of records) {
    if (typeof record.withdrawn === 'string') continue;
    for (const key of new Set((record.affected ?? []).map(packageOf))) {
      byPackage.set(key, [...(byPackage.get(key) ?? []), record]);
    }
  }
  return (ecosystem, name, version) => {
    const candidates = byPackage.get(`${ecosystem}|${name}`) ?? [];
    return new Set(candidates.filter((record) => isVulnerable(ecosystem, name, version, record)).map(({ id }) => id));
  };
}

/** The ecosystem may carry a suffix behind a colon that does not change which package is meant (`Maven:https://…`). */
function packageOf(affected: RawAffected): string {
  const { ecosystem, name } = affected.package ?? { ecosystem: '', name: '' };
  return `${ecosystem.replace(/:.*$/s, '')}|${name}`;
}

function isVulnerable(ecosystem: string, name: string, version: string, record: RawRecord): boolean {
  for (const affected of record.affected ?? []) {
    if (packageOf(affected) !== `${ecosystem}|${name}`) continue;
    if (includedInVersions(ecosystem, version, affected.versions ?? [])) return true;
    // Versions of other ecosystems have no order here, so only enumerated ones can be answered.
    const ordered = ecosystem === 'npm' || ecosystem === 'Maven';
    if (ordered && includedInRanges(ecosystem, version, affected.ranges ?? [])) return true;
  }
  return false;
}

function includedInVersions(ecosystem: string, version: string, versions: string[]): boolean {
  for (const listed of versions) {
    if (listed === version || compareIn(ecosystem, listed, version) === 0) return true;
  }
  return false;
}

function includedInRanges(ecosystem: string, version: string, ranges: RawRange[]): boolean {
  for (const range of ranges) {
    if (range.type === 'GIT') continue;
    const events = range.events ?? [];
    if (!beforeLimits(ecosystem, version, events)) continue;
    let vulnerable = false;
    for (const event of sorted(ecosystem, events)) {
      const { introduced, fixed, last_affected: last } = event;
      if (introduced !== undefined && (introduced === '0' || compareIn(ecosystem, version, introduced) >= 0)) {
        vulnerable = true;
      } else if (fixed !== undefined && compareIn(ecosystem, version, fixed) >= 0) {
        vulnerable = false;
      } else if (last !== undefined && compareIn(ecosystem, version, last) > 0) {
        vulnerable = false;
      }
    }
    if (vulnerable) return true;
  }
  return false;
}

function beforeLimits(ecosystem: string, version: string, events: RawEvent[]): boolean {
  const limits = events.flatMap(({ limit }) => limit ?? []);
  if (limits.length === 0) return true;
  for (const limit of limits) {
    if (limit === '*' || compareIn(ecosystem, version, limit) < 0) return true;
  }
  return false;
}

/** By version, stably; `introduced: "0"` "sorts before any other version". */
function sorted(ecosystem: string, events: RawEvent[]): RawEvent[] {
  const first = events.filter(({ introduced }) => introduced === '0');
  const rest = events.filter(({ introduced }) => introduced !== '0');
  const versionOf = ({ introduced, fixed, last_affected: last, limit }: RawEvent) =>
    introduced ?? fixed ?? last ?? limit ?? '';
  return [...first, ...rest.sort((a, b) => compareIn(ecosystem, versionOf(a), versionOf(b)))];
}

function compareIn(ecosystem: string, a: string, b: string): number {
  if (ecosystem === 'Maven') return compareMaven(parseMavenVersion(a), parseMavenVersion(b));
  if (ecosystem !== 'npm') return Number.NaN;
  const left = semver.parse(a, { loose: true });
  const right = semver.parse(b, { loose: true });
  if (left !== null && right !== null) return left.compare(right);
  return compareNpm(parseNpmVersion(a), parseNpmVersion(b));
}
