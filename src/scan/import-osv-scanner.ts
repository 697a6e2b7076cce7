/**
 * OSV-Scanner's JSON, versions 1 and 2 (pkg/models/results.go, https://google.github.io/osv-scanner/output/).
 *
 * `results[].packages[]` hold whole OSV records, read by ../advisory/osv.ts like those of our own index. `groups` joins records that are
 * aliases of each other. What OSV-Scanner calls uncalled or unimportant stays a finding: whether code is reached is decided here.
 */
import { affects, fixesFor } from '../advisory/affects.ts';
import type { Affected } from '../advisory/advisory.ts';
import { readOsv } from '../advisory/osv.ts';
import { worse } from '../advisory/severity.ts';
import { orderOf } from '../advisory/version.ts';
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringsOf } from '../lib/json.ts';
import {
  cwesOf,
  firstRated,
  idOf,
  otherEntries,
  packageOf,
  PLAIN_FINDING,
  ratingOf,
  unreadableEntries,
  type ImportedReport,
  type ReportedFinding,
  type ReportedPackage,
} from './reported-finding.ts';
import { malformedReport } from './unreadable-report.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws IMPORT_MALFORMED */
export function readOsvScanner(path: string, document: JsonRecord): ImportedReport {
  const results = document['results'];
  // Go writes an empty list as null.
  if (results !== null && !Array.isArray(results))
    throw malformedReport(path, 'the `results` of the report are not a list');
  const findings: ReportedFinding[] = [];
  let licences = 0;
  let unreadable = 0;
  for (const result of arrayOr(results)) {
    if (!isObject(result)) unreadable += 1;
    for (const entry of isObject(result) ? arrayOr(result['packages']) : []) {
      const inner = looseObject(entry);
      const target = isObject(inner['package']) ? packageIn(inner['package']) : null;
      const vulnerabilities = arrayOr(inner['vulnerabilities']);
      licences += arrayOr(inner['license_violations']).length;
      if (target === null) {
        unreadable += Math.max(1, vulnerabilities.length);
        continue;
      }
      const groups = arrayOr(inner['groups']).filter(isObject);
      for (const vulnerability of vulnerabilities) {
        const finding = findingOf(vulnerability, target, groups);
        if (finding === null) unreadable += 1;
        else findings.push(finding);
      }
    }
  }
  return {
    kind: 'osv-scanner',
    findings,
    made: null,
    leftOut: otherEntries(licences, 'licence violation', 'licence violations'),
    failures: unreadableEntries(unreadable),
  };
}

/** A commit of a repository that was copied in has no version. */
function packageIn(value: JsonRecord): ReportedPackage | null {
  const { name, version, ecosystem, commit } = value;
  return packageOf(ecosystem, name === '' || name === undefined ? commit : name, version);
}

function findingOf(value: unknown, target: ReportedPackage, groups: readonly JsonRecord[]): ReportedFinding | null {
  const read = readOsv(value);
  if (!read.ok) return null;
  const { advisory } = read.value;
  const group = groups.find(({ ids }) => stringsOf(ids).includes(advisory.id));
  const aliases = group === undefined ? [] : [...stringsOf(group['ids']), ...stringsOf(group['aliases'])];
  const ids = [...new Set([advisory.id, ...advisory.aliases, ...aliases.slice(0, 1000)].map(idOf))].filter(
    (id) => id !== '',
  );
  const affected = advisory.affected.filter((one) => isSame(one, target));
  const order = orderOf(target.ecosystem);
  const mine = affected.filter((one) => affects(one, target.version, order));
  const ratings = (mine.length > 0 ? mine : affected).map(({ rating }) => rating);
  return {
    ...PLAIN_FINDING,
    tool: 'osv-scanner',
    ids,
    package: target,
    rating: firstRated([
      ...(ratings.length === 0 ? [] : [ratings.reduce(worse)]),
      ratingOf({ score: group?.['max_severity'] }),
    ]),
    fixed: [...new Set(mine.flatMap((one) => fixesFor(one, target.version, order)))],
    malware: advisory.malware,
    cwes: cwesOf(advisory.cwes),
    urls: advisory.urls,
  };
}

const isSame = ({ ecosystem, name }: Affected, target: ReportedPackage): boolean =>
  name === target.name && packageOf(ecosystem, name, '')?.ecosystem === target.ecosystem;
