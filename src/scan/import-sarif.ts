/**
 * SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/) as scanners of dependencies write it.
 *
 * SARIF knows neither vulnerabilities nor packages. A result is a vulnerability when its rule names one: in `ruleId`, in the rule's
 * `deprecatedIds`, `helpUri` or properties. All others (code scanners) are counted and left out. The package is a purl in the properties of
 * result or rule (Grype, Holdfast) or in a logical location (Dependency-Check); else `name@version` in a logical location (Snyk) or
 * in the message (Trivy, OSV-Scanner), which counts only where exactly one scanned component is called so; else the file.
 */
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringOr, stringsOf } from '../lib/json.ts';
import { parseInstant, type Instant } from '../lib/time.ts';
import {
  closedThere,
  cwesOf,
  idsIn,
  lineOf,
  linesOf,
  otherEntries,
  packageOf,
  packageOfFile,
  packageOfPurl,
  PLAIN_FINDING,
  problemsOf,
  ratingOf,
  saysMalware,
  unreadableEntries,
  urlsOf,
  type ImportedReport,
  type ReportedFinding,
  type ReportedPackage,
} from './reported-finding.ts';
import { malformedReport, unsupportedReport } from './unreadable-report.ts';

type JsonRecord = Readonly<Record<string, unknown>>;
const NOTHING: JsonRecord = {};

/** @throws IMPORT_MALFORMED, IMPORT_UNSUPPORTED */
export function readSarif(path: string, document: JsonRecord): ImportedReport {
  if (document['version'] !== '2.1.0') {
    throw unsupportedReport(
      path,
      'the report is SARIF of another version than 2.1.0',
      'Let the tool write SARIF 2.1.0.',
    );
  }
  if (!Array.isArray(document['runs'])) throw malformedReport(path, 'the `runs` of the report are not a list');
  const collected: Collected = { findings: [], suppressed: [], others: 0, unreadable: 0, failures: [], made: null };
  for (const run of document['runs']) {
    if (isObject(run)) readRun(run, path, collected);
    else collected.unreadable += 1;
  }
  const { findings, suppressed, others, unreadable, failures, made } = collected;
  return {
    kind: 'sarif',
    findings,
    made,
    leftOut: [
      ...closedThere(suppressed, 'suppressed'),
      ...otherEntries(others, 'result that is no vulnerability', 'results that are no vulnerabilities'),
    ],
    failures: [...linesOf(failures, 600), ...unreadableEntries(unreadable)],
  };
}

interface Collected {
  readonly findings: ReportedFinding[];
  readonly suppressed: string[];
  others: number;
  unreadable: number;
  readonly failures: string[];
  /** The oldest run: the others are no older. */
  made: Instant | null;
}

function readRun(run: JsonRecord, path: string, collected: Collected): void {
  const { driver, rules } = toolOf(run);
  const tool = lineOf(driver['name'], 100) || 'sarif';
  for (const invocation of arrayOr(run['invocations']).filter(isObject)) {
    if (invocation['executionSuccessful'] === false) collected.failures.push(failureOf(tool, invocation));
    const at = parseInstant(stringOr(invocation['endTimeUtc'] ?? invocation['startTimeUtc'], ''));
    if (at !== null && (collected.made === null || at < collected.made)) collected.made = at;
  }
  const artifacts = arrayOr(run['artifacts']);
  // Without results a run may be one that only describes rules (§3.14.23); null says that the tool did not get to them.
  if (run['results'] === null) collected.failures.push(`${tool} did not finish its run`);
  for (const result of arrayOr(run['results'])) {
    if (!isObject(result)) {
      collected.unreadable += 1;
      continue;
    }
    const rule = ruleOf(result, rules);
    const problems = problemsOf(idsOf(result, rule));
    if (problems.length === 0 || !isProblem(result)) collected.others += 1;
    else if (isSuppressed(result)) collected.suppressed.push(problems[0]?.ids[0] ?? '');
    else {
      for (const target of packagesOf(result, rule, artifacts, path))
        for (const { ids, labels } of problems)
          collected.findings.push({ ...sayings(result, rule, ids), tool, ids, labels, package: target });
    }
  }
}

interface Rules {
  readonly byIndex: readonly unknown[];
  readonly byId: ReadonlyMap<unknown, JsonRecord>;
}

/** §3.18: rules of the driver, and of extensions. */
function toolOf(run: JsonRecord): { readonly driver: JsonRecord; readonly rules: Rules } {
  const tool = looseObject(run['tool']);
  const driver = looseObject(tool['driver']);
  const byIndex = arrayOr(driver['rules']);
  const all = [
    ...byIndex,
    ...arrayOr(tool['extensions']).flatMap((extension) => arrayOr(looseObject(extension)['rules'])),
  ];
  return { driver, rules: { byIndex, byId: new Map(all.filter(isObject).map((rule) => [rule['id'], rule])) } };
}

/** §3.27.5 to §3.27.7; a result may carry its rule's id, its index, or both. An index of another rule's id is wrong (§3.52.5). */
function ruleOf(result: JsonRecord, { byIndex, byId }: Rules): JsonRecord {
  const reference = looseObject(result['rule']);
  const id = result['ruleId'] ?? reference['id'];
  if (id !== undefined) return byId.get(id) ?? NOTHING;
  const index = result['ruleIndex'] ?? reference['index'];
  return looseObject(typeof index === 'number' ? byIndex[index] : null);
}

/** What the rule's own id names, else what its links and properties name; its former ids are aliases (OSV-Scanner). */
function idsOf(result: JsonRecord, rule: JsonRecord): readonly string[] {
  const ruleId = lineOf(result['ruleId'] ?? looseObject(result['rule'])['id'] ?? rule['id'], 600);
  const former = stringsOf(rule['deprecatedIds']).flatMap(idsIn);
  const own = idsIn(ruleId);
  // Snyk: "(CVE-2026-1,CVE-2026-2) name@version".
  const described =
    /^\(([^()]*)\)/.exec(stringOr(looseObject(rule['fullDescription'])['text'], '').slice(0, 1000))?.[1] ?? '';
  if (own.length > 0)
    return [...own, ...former, ...(own.every((id) => id.startsWith('SNYK-')) ? idsIn(described) : [])];
  const properties = [looseObject(rule['properties']), looseObject(result['properties'])];
  const texts = properties.flatMap((bag) =>
    Object.values(bag)
      .slice(0, 100)
      .flatMap((value) => [value, ...arrayOr(value)]),
  );
  return [...former, ...[rule['helpUri'], ...texts].flatMap((text) => idsIn(stringOr(text, '')))];
}

/** §3.27.9: results may also say that a check passed or did not apply; §3.27.24: or that a problem is gone. */
const isProblem = ({ kind, baselineState }: JsonRecord): boolean =>
  !['pass', 'notApplicable', 'informational'].includes(stringOr(kind, 'fail')) && baselineState !== 'absent';

/** §3.35.3: without a status a suppression is accepted. One that is under review or rejected suppresses nothing. */
function isSuppressed({ suppressions }: JsonRecord): boolean {
  const states = arrayOr(suppressions).map((one) => stringOr(looseObject(one)['status'], 'accepted'));
  return states.length > 0 && states.every((state) => state === 'accepted');
}

function packagesOf(
  result: JsonRecord,
  rule: JsonRecord,
  artifacts: readonly unknown[],
  path: string,
): readonly ReportedPackage[] {
  const locations = arrayOr(result['locations']).filter(isObject).slice(0, MOST_PLACES);
  const logical = locations.flatMap((location) =>
    arrayOr(location['logicalLocations']).map((place) => looseObject(place)['fullyQualifiedName']),
  );
  const bags = [looseObject(result['properties']), looseObject(rule['properties'])];
  for (const names of [...bags.map(({ purl, purls }) => [purl, ...arrayOr(purls)]), logical]) {
    const found = names.slice(0, MOST_PLACES).flatMap((name) => packageOfPurl(name) ?? []);
    if (found.length > 0) return found;
  }
  const named = [...logical.flatMap(nameAndVersion), ...packageInMessage(looseObject(result['message'])['text'])];
  if (named.length > 0) return named;
  const files = locations.flatMap((location) => {
    const { uri, index } = looseObject(looseObject(location['physicalLocation'])['artifactLocation']);
    const artifact = typeof index === 'number' ? looseObject(looseObject(artifacts[index])['location']) : NOTHING;
    return packageOfFile(uri ?? artifact['uri']) ?? [];
  });
  const distinct = [...new Map(files.map((file) => [file.name, file])).values()];
  const report = packageOfFile(path);
  return distinct.length > 0 || report === null ? distinct : [report];
}

/** Far above what one result of a scanner of dependencies names. */
const MOST_PLACES = 100;

/** `minimist@1.2.5`, `@scope/name@1.0.0`: without an ecosystem. */
function nameAndVersion(value: unknown): readonly ReportedPackage[] {
  const text = lineOf(value, 1024);
  const at = text.lastIndexOf('@');
  if (at <= 0 || /\s/.test(text)) return [];
  return listed(packageOf('', text.slice(0, at), text.slice(at + 1)));
}

const listed = (found: ReportedPackage | null): readonly ReportedPackage[] => (found === null ? [] : [found]);

function packageInMessage(value: unknown): readonly ReportedPackage[] {
  const text = typeof value === 'string' ? value.slice(0, 4096) : '';
  const trivy = /^Package: ([^\n]+)\nInstalled Version: ([^\n]+)\n/.exec(text);
  if (trivy !== null) return listed(packageOf('', trivy[1], trivy[2]));
  const osvScanner = /^Package '([^'\n]+)' is vulnerable to /.exec(text);
  return osvScanner === null ? [] : nameAndVersion(osvScanner[1]);
}

/** GitHub's `security-severity` is a CVSS base score (GitHub Docs, "SARIF support for code scanning"). */
function sayings(result: JsonRecord, rule: JsonRecord, ids: readonly string[]) {
  const own = looseObject(result['properties']);
  const shared = looseObject(rule['properties']);
  const tags = [...stringsOf(shared['tags']), ...stringsOf(shared['cwe'])].map((tag) =>
    tag.replace(/^external\/cwe\//i, ''),
  );
  const cwes = cwesOf(tags.filter((tag) => /^cwe-/i.test(tag)));
  return {
    ...PLAIN_FINDING,
    rating: ratingOf({
      vectors: [own['cvssV3_vector'], shared['cvssv3_vector'], shared['cvssV3']],
      score: own['security-severity'] ?? shared['security-severity'],
      label: own['severity'],
    }),
    fixed: linesOf(arrayOr(own['fixed']), 200),
    malware: own['malware'] === true || saysMalware(ids, cwes),
    kev: own['kev'] === true,
    cwes,
    urls: urlsOf([rule['helpUri']]),
  };
}

function failureOf(tool: string, invocation: JsonRecord): string {
  const notes = arrayOr(invocation['toolExecutionNotifications']).filter(isObject);
  const worst = notes.find(({ level }) => level === 'error') ?? notes[0];
  const words = lineOf(stringOr(looseObject(worst?.['message'])['text'], '').slice(0, 300), 300);
  return `${tool} says that its run failed${words === '' ? '' : `: ${words}`}`;
}
