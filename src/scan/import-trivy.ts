/**
 * Trivy's JSON, schema version 2 (https://trivy.dev/latest/docs/configuration/reporting/#json; pkg/types/report.go).
 *
 * Only `Results[].Vulnerabilities` become findings. Misconfigurations, secrets and licences are counted; what an ignore file or a VEX document
 * of Trivy's closed stands in `ExperimentalModifiedFindings` where Trivy ran with `--show-suppressed`, and is counted too.
 */
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import { parseInstant } from '../lib/time.ts';
import {
  closedThere,
  cwesOf,
  firstRated,
  otherEntries,
  lineOf,
  linesOf,
  packageOf,
  packageOfPurl,
  PLAIN_FINDING,
  problemsOf,
  ratingOf,
  saysMalware,
  unreadableEntries,
  urlsOf,
  type ImportedReport,
  type ReportedFinding,
} from './reported-finding.ts';
import { malformedReport, unsupportedReport } from './unreadable-report.ts';
import type { Rating } from '../advisory/advisory.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws IMPORT_MALFORMED, IMPORT_UNSUPPORTED */
export function readTrivy(path: string, document: JsonRecord): ImportedReport {
  if (document['SchemaVersion'] !== 2) {
    throw unsupportedReport(
      path,
      'the report of Trivy has another schema version than 2',
      'Scan with Trivy 0.20 or later.',
    );
  }
  // Absent where Trivy found nothing to look at.
  const results = document['Results'] ?? [];
  if (!Array.isArray(results)) throw malformedReport(path, 'the `Results` of the report are not a list');
  const findings: ReportedFinding[] = [];
  const modified: string[] = [];
  let others = 0;
  let unreadable = 0;
  for (const result of results) {
    if (!isObject(result)) {
      unreadable += 1;
      continue;
    }
    for (const entry of arrayOr(result['Vulnerabilities'])) {
      const found = isObject(entry) ? findingsOf(entry, result) : [];
      if (found.length === 0) unreadable += 1;
      for (const finding of found) findings.push(finding);
    }
    for (const entry of arrayOr(result['ExperimentalModifiedFindings'])) modified.push(modifiedId(entry));
    for (const name of ['Misconfigurations', 'Secrets', 'Licenses']) others += arrayOr(result[name]).length;
  }
  return {
    kind: 'trivy',
    findings,
    made: parseInstant(stringOr(document['CreatedAt'], '')),
    leftOut: [
      ...closedThere(modified, 'closed'),
      ...otherEntries(others, 'misconfiguration, secret or licence', 'misconfigurations, secrets and licences'),
    ],
    failures: unreadableEntries(unreadable),
  };
}

function modifiedId(entry: unknown): string {
  const finding = isObject(entry) ? entry['Finding'] : null;
  return isObject(finding) ? lineOf(finding['VulnerabilityID'], 256) : '';
}

function findingsOf(entry: JsonRecord, result: JsonRecord): readonly ReportedFinding[] {
  const identifier = looseObject(entry['PkgIdentifier']);
  const { PkgName: name, InstalledVersion: version, FixedVersion: fixed } = entry;
  const target = packageOfPurl(identifier['PURL']) ?? packageOf(result['Type'], name, version);
  if (target === null) return [];
  const cwes = cwesOf(arrayOr(entry['CweIDs']));
  return problemsOf([entry['VulnerabilityID'], ...arrayOr(entry['VendorIDs']).filter(isGhsa)]).map(
    ({ ids, labels }) => ({
      ...PLAIN_FINDING,
      tool: 'trivy',
      ids,
      labels,
      // Trivy's own version carries the epoch that a purl leaves out.
      package: target.version === '' ? { ...target, version: lineOf(version, 1024) } : target,
      rating: rated(entry),
      fixed: linesOf(stringOr(fixed, '').slice(0, 4096).split(','), 200),
      malware: saysMalware(ids, cwes),
      cwes,
      urls: urlsOf([entry['PrimaryURL'], ...arrayOr(entry['References'])]),
    }),
  );
}

/** A GHSA is the same problem; a distribution's bulletin, which stands there as well, may fix several. */
const isGhsa = (id: unknown): boolean => typeof id === 'string' && /^GHSA-/i.test(id);

/** Trivy's severity is that of one source: its vector first, then the word, then what anybody else says. */
function rated(entry: JsonRecord): Rating {
  const scores = looseObject(entry['CVSS']);
  const source = stringOr(entry['SeveritySource'], '');
  const chosen = Object.hasOwn(scores, source) ? vectorsOf(scores[source]) : [];
  return firstRated([
    ratingOf({ vectors: chosen, label: entry['Severity'] }),
    ratingOf({ vectors: Object.values(scores).slice(0, 100).flatMap(vectorsOf) }),
  ]);
}

const vectorsOf = (value: unknown): readonly unknown[] =>
  isObject(value) ? [value['V40Vector'], value['V3Vector'], value['V2Vector']] : [];
