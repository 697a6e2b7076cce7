/**
 * `snyk test --json`: one project, or a list of them with `--all-projects` (snyk/cli, src/lib/snyk-test/legacy.ts; Snyk docs, "CLI JSON output").
 *
 * `vulnerabilities[]` repeats a problem for each way to it in `from`; the copies become one finding with all its ways. Licence issues
 * stand in the same list and are no findings. A project that Snyk could not test is an object with `error`.
 */
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import {
  closedThere,
  cwesOf,
  idOf,
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
import { malformedReport } from './unreadable-report.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** @param projects The document, or its elements. @throws IMPORT_MALFORMED */
export function readSnyk(path: string, projects: readonly JsonRecord[]): ImportedReport {
  const findings: ReportedFinding[] = [];
  const ignored: string[] = [];
  const failures: string[] = [];
  let licences = 0;
  let unreadable = 0;
  for (const project of projects) {
    if (project['error'] !== undefined) failures.push(failureOf(project));
    else if (!Array.isArray(project['vulnerabilities'])) {
      throw malformedReport(path, 'the `vulnerabilities` of a project are not a list');
    }
    const filtered = looseObject(project['filtered']);
    for (const issue of [...arrayOr(filtered['ignore']), ...arrayOr(filtered['patch'])]) ignored.push(issueId(issue));
    for (const issue of arrayOr(project['vulnerabilities'])) {
      if (isObject(issue) && (issue['type'] === 'license' || stringOr(issue['id'], '').startsWith('snyk:lic:'))) {
        licences += 1;
        continue;
      }
      const found = isObject(issue) ? findingsOf(issue, project) : [];
      if (found.length === 0) unreadable += 1;
      for (const finding of found) findings.push(finding);
    }
  }
  return {
    kind: 'snyk',
    findings,
    made: null,
    leftOut: [...closedThere(ignored, 'ignored'), ...otherEntries(licences, 'licence issue', 'licence issues')],
    failures: [...linesOf(failures, 600), ...unreadableEntries(unreadable)],
  };
}

const issueId = (issue: unknown): string => (isObject(issue) ? idOf(issue['id']) : '');

function failureOf({ path, error }: JsonRecord): string {
  const words = isObject(error) ? (error['message'] ?? error['name']) : error;
  const place = lineOf(path, 200);
  return `Snyk could not test ${place || 'a project'}: ${lineOf(stringOr(words, '').slice(0, 300), 300) || 'it does not say why'}`;
}

function findingsOf(issue: JsonRecord, project: JsonRecord): readonly ReportedFinding[] {
  const manager = issue['packageManager'] ?? project['packageManager'];
  const name = issue['packageName'] ?? issue['moduleName'] ?? issue['name'];
  const target = packageOfPurl(issue['purl']) ?? packageOf(manager, name, issue['version']);
  if (target === null) return [];
  const identifiers = looseObject(issue['identifiers']);
  const cwes = cwesOf(arrayOr(identifiers['CWE']));
  const names = [issue['id'], ...arrayOr(identifiers['GHSA']), ...arrayOr(identifiers['CVE'])];
  const way = wayOf(issue['from']);
  return problemsOf(names).map(({ ids, labels }) => ({
    ...PLAIN_FINDING,
    tool: 'snyk',
    ids,
    labels,
    package: target,
    rating: ratingOf({
      vectors: [issue['CVSSv3']],
      score: issue['cvssScore'],
      label: issue['severityWithCritical'] ?? issue['severity'],
    }),
    fixed: linesOf(arrayOr(issue['fixedIn']), 200),
    malware: issue['malicious'] === true || saysMalware([...ids, ...labels], cwes),
    cwes,
    urls: urlsOf(arrayOr(issue['references']).map((reference) => (isObject(reference) ? reference['url'] : null))),
    paths: way.length === 0 ? [] : [way],
  }));
}

const LONGEST_WAY = 100;

/** What stands first is the project itself. A way that cannot be shown whole is not shown. */
function wayOf(from: unknown): readonly string[] {
  const way = arrayOr(from)
    .slice(1, LONGEST_WAY + 2)
    .map((step) => lineOf(step, 1024));
  return way.length > LONGEST_WAY || way.includes('') ? [] : way;
}
