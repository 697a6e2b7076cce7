/**
 * Grype's JSON (anchore/grype, grype/presenter/models; unchanged in the parts that are read since Grype 0.7).
 *
 * `relatedVulnerabilities` are the other names of a GHSA or a CVE. For the bulletin of a Linux distribution they are everything
 * that it fixes, several problems with one name: then they are evidence, and the bulletin stays a finding of its own.
 */
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import { parseInstant } from '../lib/time.ts';
import {
  closedThere,
  cwesOf,
  firstRated,
  idOf,
  isCve,
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
import { malformedReport } from './unreadable-report.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws IMPORT_MALFORMED */
export function readGrype(path: string, document: JsonRecord): ImportedReport {
  const matches = document['matches'];
  if (!Array.isArray(matches)) throw malformedReport(path, 'the `matches` of the report are not a list');
  const findings: ReportedFinding[] = [];
  let unreadable = 0;
  for (const match of matches) {
    const found = isObject(match) ? findingsOf(match) : [];
    if (found.length === 0) unreadable += 1;
    for (const finding of found) findings.push(finding);
  }
  const descriptor = looseObject(document['descriptor']);
  const ignored = arrayOr(document['ignoredMatches']).map((match) =>
    isObject(match) && isObject(match['vulnerability']) ? idOf(match['vulnerability']['id']) : '',
  );
  return {
    kind: 'grype',
    findings,
    made: parseInstant(stringOr(descriptor['timestamp'], '')),
    leftOut: closedThere(ignored, 'ignored'),
    failures: unreadableEntries(unreadable),
  };
}

function findingsOf(match: JsonRecord): readonly ReportedFinding[] {
  const { vulnerability, artifact } = match;
  if (!isObject(vulnerability) || !isObject(artifact)) return [];
  const found = packageOfPurl(artifact['purl']) ?? packageOf(artifact['type'], artifact['name'], artifact['version']);
  if (found === null) return [];
  const version = linesOf([artifact['version']], 1024)[0] ?? '';
  const target = found.version === '' ? { ...found, version } : found;
  const related = arrayOr(match['relatedVulnerabilities']).filter(isObject);
  const id = idOf(vulnerability['id']);
  const others = related.map((one) => idOf(one['id'])).filter((one) => one !== '' && one !== id);
  const isSameProblem = id.startsWith('GHSA-') || isCve(id) || others.length <= 1;
  const fix = looseObject(vulnerability['fix']);
  const cwes = cwesOf(arrayOr(vulnerability['cwes']).map((cwe) => (isObject(cwe) ? cwe['cwe'] : cwe)));
  const evidence = [
    ...arrayOr(match['matchDetails']).flatMap(cpesOf),
    ...(isSameProblem ? [] : others.map((other) => `a bulletin that covers ${other}`)),
  ];
  return problemsOf([id, ...(isSameProblem ? others : [])]).map(({ ids, labels }) => ({
    ...PLAIN_FINDING,
    tool: 'grype',
    ids,
    labels,
    package: target,
    rating: firstRated([
      ratingOf({ vectors: vectorsOf(vulnerability), label: vulnerability['severity'] }),
      ...related.map((one) => ratingOf({ vectors: vectorsOf(one), label: one['severity'] })),
    ]),
    fixed: linesOf(arrayOr(fix['versions']), 200),
    malware: saysMalware([...ids, ...labels], cwes),
    kev: arrayOr(vulnerability['knownExploited']).length > 0,
    cwes,
    urls: urlsOf([vulnerability['dataSource'], ...arrayOr(vulnerability['urls'])]),
    evidence: linesOf(evidence, 600),
  }));
}

const vectorsOf = (vulnerability: JsonRecord): readonly unknown[] =>
  arrayOr(vulnerability['cvss']).map((entry) => (isObject(entry) ? entry['vector'] : null));

/** By which CPEs a match was found that did not come from the package's own name. */
function cpesOf(detail: unknown): readonly unknown[] {
  if (!isObject(detail) || detail['type'] !== 'cpe-match') return [];
  const { searchedBy, found } = detail;
  return [searchedBy, found].flatMap((side) => (isObject(side) ? arrayOr(side['cpes']) : []));
}
