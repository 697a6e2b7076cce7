/**
 * `npm audit --json`, and what pnpm writes in the same shape.
 *
 * Two formats. Version 1 (npm 6, pnpm; npm/npm-audit-report 1.x): `advisories` by number, each with the installed versions in `findings`.
 * Version 2 (npm 7 and later; npm docs, "npm-audit", and npm/metavuln-calculator): `vulnerabilities` by package name. It names no
 * versions, but the folders in `nodes` and the range of each advisory in `via[].range`, so the installed versions are looked
 * up in the scanned lockfiles (merge-reports.ts). A `via` that is a text names another package of the report that brings the problem along, and
 * is no problem of its own.
 */
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringOr, stringsOf } from '../lib/json.ts';
import { upperBoundsOf, lowerBoundsOf } from './npm-range.ts';
import {
  cwesOf,
  idOf,
  idsIn,
  lineOf,
  packageOf,
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

type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws IMPORT_MALFORMED, IMPORT_UNSUPPORTED */
export function readNpmAudit(path: string, document: JsonRecord): ImportedReport {
  // Version 1 carries no number; pnpm writes that shape under the number 2 as well.
  if ((document['auditReportVersion'] ?? 2) !== 2) {
    throw unsupportedReport(
      path,
      'the report of npm audit has a version that is not read',
      'Holdfast reads versions 1 and 2.',
    );
  }
  const findings: ReportedFinding[] = [];
  let unreadable = 0;
  const add = (found: readonly ReportedFinding[]): void => {
    if (found.length === 0) unreadable += 1;
    for (const finding of found) findings.push(finding);
  };
  const { advisories, vulnerabilities } = document;
  if (isObject(advisories)) for (const advisory of Object.values(advisories)) add(findingsOfAdvisory(advisory));
  else if (isObject(vulnerabilities)) {
    for (const [name, entry] of Object.entries(vulnerabilities)) {
      if (!isObject(entry)) unreadable += 1;
      else for (const via of viaOf(entry)) if (typeof via !== 'string') add(findingsOfVia(via, name, entry));
    }
  } else if (!isFailure(document)) {
    throw malformedReport(path, 'the report of npm audit has neither `advisories` nor `vulnerabilities`');
  }
  return {
    kind: 'npm-audit',
    findings,
    made: null,
    leftOut: [],
    failures: [...failuresOf(document), ...unreadableEntries(unreadable)],
  };
}

/** Without `via` an entry says that something is wrong, and not what. */
const viaOf = (entry: JsonRecord): readonly unknown[] => {
  const via = arrayOr(entry['via']);
  return via.length === 0 ? [null] : via;
};

/** What npm prints instead of a report when the registry or the lockfile fails it: `{ "error": { code, summary } }`, `{ "message": … }`. */
export const isFailure = (document: JsonRecord): boolean =>
  isObject(document['error']) && typeof document['error']['summary'] === 'string';

function failuresOf(document: JsonRecord): readonly string[] {
  if (!isFailure(document) || !isObject(document['error'])) return [];
  const { code, summary } = document['error'];
  const words = lineOf(typeof summary === 'string' ? summary.slice(0, 300) : '', 300);
  return [`npm audit failed (${lineOf(code, 60) || 'no code'}): ${words || 'it does not say why'}`];
}

/** Numbers of npm's own registry before GitHub's ids replaced them: https://npmjs.com/advisories/550. */
const numberedId = (id: unknown): string =>
  typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? `NPM-${id}` : idOf(id);

function findingsOfAdvisory(advisory: unknown): readonly ReportedFinding[] {
  if (!isObject(advisory)) return [];
  const { module_name: name, url, severity, patched_versions: patched, vulnerable_versions: vulnerable } = advisory;
  const cvss = looseObject(advisory['cvss']);
  const ghsas = [advisory['github_advisory_id'], ...idsIn(stringOr(url, ''))];
  // The number is the tool's own; where there is a better id it only says which entry it was.
  const named = problemsOf([...ghsas, ...stringsOf(advisory['cves'])]);
  const problems = named.length > 0 ? named : problemsOf([numberedId(advisory['id'])]);
  const cwe = advisory['cwe'];
  const cwes = cwesOf(
    Array.isArray(cwe)
      ? cwe
      : stringOr(cwe, '')
          .slice(0, 1000)
          .split(/[,\s]+/),
  );
  const findings = arrayOr(advisory['findings']);
  const versions = new Set(findings.map((entry) => (isObject(entry) ? stringOr(entry['version'], '') : '')));
  return [...(versions.size === 0 ? [''] : versions)].flatMap((version) => {
    const target = packageOf('npm', name, version);
    if (target === null) return [];
    return problems.map(({ ids, labels }) => ({
      ...PLAIN_FINDING,
      tool: 'npm-audit',
      ids,
      labels,
      package: target,
      installed: version === '' ? { places: [], range: stringOr(vulnerable, '*') } : null,
      rating: ratingOf({ vectors: [cvss['vectorString']], score: cvss['score'], label: severity }),
      fixed: lowerBoundsOf(stringOr(patched, '')),
      malware: saysMalware([...ids, ...labels], cwes),
      cwes,
      urls: urlsOf([url]),
    }));
  });
}

function findingsOfVia(via: unknown, key: string, entry: JsonRecord): readonly ReportedFinding[] {
  if (!isObject(via)) return [];
  const { url, range, source, severity } = via;
  const cvss = looseObject(via['cvss']);
  const named = problemsOf(idsIn(stringOr(url, '')));
  const problems = named.length > 0 ? named : problemsOf([numberedId(source)]);
  const target = packageOf('npm', via['name'] ?? entry['name'] ?? key, '');
  if (target === null) return [];
  const cwes = cwesOf(arrayOr(via['cwe']));
  return problems.map(({ ids, labels }) => ({
    ...PLAIN_FINDING,
    tool: 'npm-audit',
    ids,
    labels,
    package: target,
    installed: { places: stringsOf(entry['nodes']), range: stringOr(range, '*') },
    rating: ratingOf({ vectors: [cvss['vectorString']], score: cvss['score'], label: severity }),
    fixed: upperBoundsOf(stringOr(range, '')),
    malware: saysMalware([...ids, ...labels], cwes),
    cwes,
    urls: urlsOf([url]),
  }));
}
