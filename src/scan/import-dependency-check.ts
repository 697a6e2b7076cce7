/**
 * Reports of OWASP Dependency-Check 5 and later, in JSON and in XML.
 *
 * Source: core/src/main/resources/templates/jsonReport.vsl and xmlReport.vsl in DependencyCheck's repository, and
 * dependency-check.2.0.xsd to 4.0.xsd (https://jeremylong.github.io/DependencyCheck/). Both formats become the same `Dependency` first.
 *
 * Dependency-Check finds by CPE, which is a guess from names. A finding is taken for the package that the report identifies by a purl,
 * and its CPEs are kept as evidence; a file without a purl becomes a finding of that file and is matched with nothing.
 */
import type { Rating } from '../advisory/advisory.ts';
import { looseObject } from '../advisory/osv-field.ts';
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import { parseInstant } from '../lib/time.ts';
import { childOf, childrenOf, textIn, type XmlElement } from '../lib/xml.ts';
import {
  closedThere,
  cwesOf,
  firstRated,
  lineOf,
  linesOf,
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

/** What both formats say of a file. */
interface Dependency {
  readonly fileName: string;
  /** Purls, and names of other kinds. */
  readonly packages: readonly Identifier[];
  readonly cpes: readonly Identifier[];
  /** Purls of files that the report folds into this one, because they share its CPE. */
  readonly related: readonly string[];
  readonly problems: readonly Problem[];
  readonly suppressed: readonly string[];
}

interface Identifier {
  readonly id: string;
  readonly confidence: string;
}

interface Problem {
  readonly name: string;
  readonly rating: Rating;
  readonly cwes: readonly string[];
  readonly urls: readonly string[];
  readonly fixed: readonly string[];
}

/** @throws IMPORT_MALFORMED, IMPORT_UNSUPPORTED */
export function readDependencyCheckJson(path: string, document: JsonRecord): ImportedReport {
  const dependencies = document['dependencies'];
  if (!Array.isArray(dependencies)) throw malformedReport(path, 'the `dependencies` of the report are not a list');
  const scan = looseObject(document['scanInfo']);
  const project = looseObject(document['projectInfo']);
  const exceptions = arrayOr(scan['analysisExceptions']).map((entry) => exceptionWords(entry));
  return reportOf(
    dependencies.map((entry) => (isObject(entry) ? dependencyOfJson(entry) : null)),
    stringOr(project['reportDate'], ''),
    exceptions,
  );
}

/** @throws IMPORT_MALFORMED, IMPORT_UNSUPPORTED */
export function readDependencyCheckXml(path: string, analysis: XmlElement): ImportedReport {
  // Up to version 1.8 of the schema (Dependency-Check 4, 2018) packages were names of Maven and files, not purls.
  if (/dependency-check\.1\.\d+\.xsd$/.test(analysis.namespace)) {
    throw unsupportedReport(path, 'the report is of Dependency-Check 4 or older, which knows no package URLs', UPGRADE);
  }
  const dependencies = childOf(analysis, 'dependencies');
  if (dependencies === undefined) throw malformedReport(path, 'the report has no `dependencies`');
  const scan = childOf(analysis, 'scanInfo');
  const project = childOf(analysis, 'projectInfo');
  const holder = scan === undefined ? undefined : childOf(scan, 'analysisExceptions');
  const exceptions = holder === undefined ? [] : childrenOf(holder, 'exception');
  return reportOf(
    childrenOf(dependencies, 'dependency').map(dependencyOfXml),
    project === undefined ? '' : textIn(project, 'reportDate'),
    exceptions.map((exception) => cut(textIn(exception, 'message') || exception.text)),
  );
}

const UPGRADE = 'Scan with a current version of Dependency-Check.';

function reportOf(
  dependencies: readonly (Dependency | null)[],
  reportDate: string,
  exceptions: readonly string[],
): ImportedReport {
  const findings: ReportedFinding[] = [];
  const suppressed: string[] = [];
  let unreadable = 0;
  for (const dependency of dependencies) {
    if (dependency === null) {
      unreadable += 1;
      continue;
    }
    suppressed.push(...dependency.suppressed.slice(0, 1000));
    const targets = targetsOf(dependency);
    const evidence = evidenceOf(dependency);
    for (const problem of dependency.problems) {
      const found = findingsOf(problem, targets, evidence);
      if (found.length === 0) unreadable += 1;
      for (const finding of found) findings.push(finding);
    }
  }
  const failed = exceptions.map(
    (words) => `Dependency-Check met an error and may have missed something: ${words || 'no message'}`,
  );
  return {
    kind: 'dependency-check',
    findings,
    made: parseInstant(reportDate.trim()),
    leftOut: closedThere(suppressed, 'suppressed'),
    failures: [...linesOf(failed, 600), ...unreadableEntries(unreadable)],
  };
}

/** Each purl of the file with a version; without one the file itself. */
function targetsOf({ packages, fileName }: Dependency): readonly ReportedPackage[] {
  const purls = packages.flatMap(({ id }) => packageOfPurl(id) ?? []);
  const versioned = purls.filter(({ version }) => version !== '');
  const chosen = versioned.length > 0 ? versioned : purls;
  if (chosen.length > 0) return [...new Map(chosen.map((target) => [target.purl, target])).values()];
  const file = packageOfFile(fileName);
  return file === null ? [] : [file];
}

function evidenceOf({ packages, cpes, related }: Dependency): readonly string[] {
  // Early versions of the XML repeat purls as CPEs.
  const names = [...cpes, ...packages].filter(({ id }) => !id.startsWith('pkg:'));
  const words = names.map(({ id, confidence }) =>
    confidence === '' ? id : `${id} (${confidence.toLowerCase()} confidence)`,
  );
  return linesOf([...words, ...related.map((id) => `reported together with ${id}`)], 600);
}

function findingsOf(
  { name, rating, cwes, urls, fixed }: Problem,
  targets: readonly ReportedPackage[],
  evidence: readonly string[],
): readonly ReportedFinding[] {
  return problemsOf([name]).flatMap(({ ids, labels }) =>
    targets.map((target) => ({
      ...PLAIN_FINDING,
      tool: 'dependency-check',
      ids,
      labels,
      package: target,
      rating,
      fixed,
      malware: saysMalware(ids, cwes),
      cwes,
      urls,
      evidence,
    })),
  );
}

function dependencyOfJson(entry: JsonRecord): Dependency {
  return {
    fileName: stringOr(entry['fileName'], '') || stringOr(entry['filePath'], ''),
    packages: arrayOr(entry['packages']).flatMap(identifierOfJson),
    cpes: arrayOr(entry['vulnerabilityIds']).flatMap(identifierOfJson),
    related: arrayOr(entry['relatedDependencies'])
      .flatMap((related) => (isObject(related) ? arrayOr(related['packageIds']) : []))
      .flatMap(identifierOfJson)
      .map(({ id }) => id),
    problems: arrayOr(entry['vulnerabilities']).map((problem) =>
      problemOf(isObject(problem) ? jsonFields(problem) : NO_FIELDS),
    ),
    suppressed: arrayOr(entry['suppressedVulnerabilities']).map((problem) =>
      isObject(problem) ? lineOf(problem['name'], 256) : '',
    ),
  };
}

const identifierOfJson = (value: unknown): readonly Identifier[] => {
  const id = isObject(value) ? stringOr(value['id'], '') : '';
  return id === '' || !isObject(value) ? [] : [{ id, confidence: lineOf(value['confidence'], 40) }];
};

function dependencyOfXml(element: XmlElement): Dependency {
  const identifiers = childOf(element, 'identifiers');
  const named = (name: string): readonly Identifier[] =>
    identifiers === undefined ? [] : childrenOf(identifiers, name).map(identifierOfXml);
  const vulnerabilities = childOf(element, 'vulnerabilities');
  const related = childOf(element, 'relatedDependencies');
  return {
    fileName: textIn(element, 'fileName') || textIn(element, 'filePath'),
    packages: named('package'),
    cpes: named('vulnerabilityIds'),
    related: (related === undefined ? [] : childrenOf(related, 'relatedDependency'))
      .flatMap((one) => childOf(one, 'identifiers')?.children ?? [])
      .map((one) => textIn(one, 'id')),
    problems: (vulnerabilities === undefined ? [] : childrenOf(vulnerabilities, 'vulnerability')).map((one) =>
      problemOf(xmlFields(one)),
    ),
    suppressed: (vulnerabilities === undefined ? [] : childrenOf(vulnerabilities, 'suppressedVulnerability')).map(
      (one) => lineOf(textIn(one, 'name'), 256),
    ),
  };
}

const identifierOfXml = (element: XmlElement): Identifier => ({
  id: textIn(element, 'id'),
  confidence: lineOf(element.attributes.get('confidence'), 40),
});

/** A vulnerability, however it is written. */
interface Fields {
  readonly text: (name: string) => unknown;
  /** A part such as `cvssv3`, by its name in lower case. */
  readonly part: (name: string) => Fields | null;
  readonly cwes: readonly unknown[];
  readonly urls: readonly unknown[];
  /** `versionEndExcluding` of what was matched. */
  readonly ends: readonly unknown[];
}

const NO_FIELDS: Fields = { text: () => undefined, part: () => null, cwes: [], urls: [], ends: [] };

function jsonFields(problem: JsonRecord): Fields {
  const software = arrayOr(problem['vulnerableSoftware']).flatMap((entry) => {
    const inner = isObject(entry) ? entry['software'] : null;
    return isObject(inner) && inner['vulnerabilityIdMatched'] === 'true' ? [inner['versionEndExcluding']] : [];
  });
  return {
    text: (name) => problem[name],
    part: (name) => {
      const value = problem[name];
      const part = Array.isArray(value) ? value[0] : value;
      return isObject(part) ? { ...NO_FIELDS, text: (field) => part[field] } : null;
    },
    cwes: arrayOr(problem['cwes']),
    urls: arrayOr(problem['references']).map((reference) => (isObject(reference) ? reference['url'] : null)),
    ends: software,
  };
}

function xmlFields(element: XmlElement): Fields {
  const list = (holder: string, name: string): readonly XmlElement[] => {
    const found = childOf(element, holder);
    return found === undefined ? [] : childrenOf(found, name);
  };
  return {
    text: (name) => textIn(element, name) || undefined,
    part: (name) => {
      const part = element.children.find((child) => child.name.toLowerCase() === name);
      return part === undefined ? null : { ...NO_FIELDS, text: (field) => textIn(part, field) || undefined };
    },
    cwes: list('cwes', 'cwe').map(({ text }) => text),
    urls: list('references', 'reference').map((reference) => textIn(reference, 'url')),
    ends: list('vulnerableSoftware', 'software')
      .filter(({ attributes }) => attributes.get('vulnerabilityIdMatched') === 'true')
      .map(({ attributes }) => attributes.get('versionEndExcluding')),
  };
}

function problemOf({ text, part, cwes, urls, ends }: Fields): Problem {
  const [v4, v3, v2] = [part('cvssv4'), part('cvssv3'), part('cvssv2')];
  const label = text('severity');
  return {
    name: stringOr(text('name'), ''),
    rating: firstRated([
      ratingOf({ vectors: [v4?.text('vectorString'), vectorOf(v3)], score: v3?.text('baseScore'), label }),
      ratingOf({ score: v2?.text('score'), label: v2?.text('severity') }),
    ]),
    cwes: cwesOf(cwes),
    urls: urlsOf(urls),
    fixed: linesOf(ends, 200),
  };
}

/** The base metrics of CVSS 3 by the report's names, in the order of the specification (CVSS v3.1 §6). */
const METRICS = [
  ['AV', 'attackVector'],
  ['AC', 'attackComplexity'],
  ['PR', 'privilegesRequired'],
  ['UI', 'userInteraction'],
  ['S', 'scope'],
  ['C', 'confidentialityImpact'],
  ['I', 'integrityImpact'],
  ['A', 'availabilityImpact'],
] as const;

/** The report spells the metrics out, and each value begins with its own letter; without the version of CVSS there is no vector. */
function vectorOf(v3: Fields | null): string | null {
  const version = v3?.text('version');
  if (v3 === null || (version !== '3.0' && version !== '3.1')) return null;
  const metrics = METRICS.map(([metric, name]) => `${metric}:${stringOr(v3.text(name), '').charAt(0).toUpperCase()}`);
  return `CVSS:${version}/${metrics.join('/')}`;
}

const cut = (text: string): string => lineOf(text.slice(0, 300), 300);

/** `{ "exception": { "message": …, "innerException": … } }` or the inner object itself, by version. */
function exceptionWords(entry: unknown): string {
  const outer = isObject(entry) && isObject(entry['exception']) ? entry['exception'] : entry;
  return isObject(outer) ? cut(stringOr(outer['message'], '')) : '';
}
