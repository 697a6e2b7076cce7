/**
 * `holdfast scan --format junit`: findings as test results, for CI servers that show nothing else.
 *
 * The format has no specification. What is written here is what Jenkins' JUnit plug-in, GitLab ("Unit test reports") and Azure
 * Pipelines ("PublishTestResults@2") all read: `testsuites > testsuite > testcase` with at most one `failure`, `error` or `skipped`, of
 * which Jenkins and GitLab keep only the first. Hence one test case for each package and advisory, not for each package. A finding
 * that does not fail the run is `skipped`, never passed: a green mark would say that nothing was found.
 */
import type { HoldfastError } from '../lib/errors.ts';
import { count } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import { isOpen } from '../triage/decision.ts';
import { advisoryLink } from './advisory-link.ts';
import { componentLabel, type Finding } from './finding.ts';
import { reaches, type ScanInput, type ScanReport, type Threshold } from './scan-report.ts';
import { databaseLine, errorLine, findingSentence } from './scan.text.ts';
import { decisionSentence } from './vex-stance.ts';

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface TestCase {
  readonly name: string;
  readonly outcome: Outcome;
  /** Kind of failure or error, for filters. */
  readonly type: string;
  readonly message: string;
  readonly detail: string;
}

interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/** @param threshold `--fail-on`; without it every open finding fails. */
export function scanToJunit(report: ScanReport, threshold: Threshold | null, at: Instant): string {
  const suites = suitesOf(report, threshold);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdfast scan" ${sumsOf(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap((suite) => suiteLines(suite, report, at)),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function suitesOf({ inputs, findings, errors }: ScanReport, threshold: Threshold | null): readonly TestSuite[] {
  const known = new Set(inputs.map(({ path }) => path));
  const casesOf = new Map<string, TestCase[]>(inputs.map(({ path }) => [path, []]));
  const add = (suite: string, item: TestCase): void => {
    const cases = casesOf.get(suite);
    if (cases === undefined) casesOf.set(suite, [item]);
    else cases.push(item);
  };
  for (const error of errors) add(error.at?.file ?? WHOLE_SCAN, errorCase(error));
  const packagesWithFindings = new Map<string, Set<string>>();
  for (const finding of findings) {
    const item = findingCase(finding, threshold);
    const places = finding.inputs.filter((input) => known.has(input));
    // What only another tool's report names stands under that report.
    for (const place of places.length > 0 ? places : finding.inputs.slice(0, 1)) {
      add(place, item);
      const packages = packagesWithFindings.get(place) ?? new Set();
      packagesWithFindings.set(place, packages.add(`${finding.ecosystem}\0${finding.name}\0${finding.version}`));
    }
  }
  for (const input of inputs) {
    for (const item of restCase(input, packagesWithFindings.get(input.path)?.size ?? 0)) add(input.path, item);
  }
  return [...casesOf].map(([name, cases]) => ({ name, cases }));
}

const WHOLE_SCAN = 'holdfast scan';

const errorCase = (error: HoldfastError): TestCase => ({
  name: `not read: ${error.code}`,
  outcome: 'error',
  type: error.code,
  message: error.message,
  detail: errorLine(error),
});

function findingCase(finding: Finding, threshold: Threshold | null): TestCase {
  const { id, aliases, decision, severity, malware } = finding;
  const detail = [
    findingSentence(finding),
    ...(decision === null ? [] : [decisionSentence(decision)]),
    advisoryLink(finding),
    ...(aliases.length === 0 ? [] : [`Also known as ${aliases.join(', ')}.`]),
  ].join('\n');
  const base = { name: `${componentLabel(finding)} ${id}`, type: malware ? 'malware' : severity, detail };
  if (decision !== null && !isOpen(finding))
    return { ...base, outcome: 'skipped', message: decisionSentence(decision) };
  if (threshold !== null && !reaches(finding, threshold))
    return { ...base, outcome: 'skipped', message: `Below --fail-on ${threshold}. ${findingSentence(finding)}` };
  return { ...base, outcome: 'failure', message: findingSentence(finding) };
}

/** The packages of which nothing is known, if there are any; an input that names none, and a report, have nothing to pass. */
function restCase({ components, coverage }: ScanInput, found: number): readonly TestCase[] {
  if (coverage === 'reported') {
    const what =
      'An imported report is compared with nothing; its findings stand under the inputs that hold the package.';
    return [{ name: 'imported report', outcome: 'skipped', type: '', message: what, detail: '' }];
  }
  const empty = { type: '', message: 'The input names no package that could be compared.', detail: '' };
  if (components === 0) return [{ ...empty, name: 'nothing to compare', outcome: 'skipped' }];
  if (found >= components) return [];
  const which = coverage === 'direct' ? ' that are asked for directly' : '';
  const name = `${count(components - found, 'package')}${which} without findings`;
  return [{ name, outcome: 'passed', type: '', message: '', detail: '' }];
}

const amountOf = (cases: readonly TestCase[], outcome: Outcome): number =>
  cases.filter((item) => item.outcome === outcome).length;

/** Without what was skipped: Jenkins' schema (junit-10.xsd) knows that sum for a `testsuite` only. */
const sumsOf = (cases: readonly TestCase[]): string =>
  `tests="${cases.length}" failures="${amountOf(cases, 'failure')}" errors="${amountOf(cases, 'error')}" time="0"`;

const countsOf = (cases: readonly TestCase[]): string => `${sumsOf(cases)} skipped="${amountOf(cases, 'skipped')}"`;

function suiteLines({ name, cases }: TestSuite, { database }: ScanReport, at: Instant): readonly string[] {
  return [
    // Jenkins and the Ant schema take the moment without a zone.
    `  <testsuite name="${attribute(name)}" ${countsOf(cases)} timestamp="${formatInstant(at).slice(0, 19)}">`,
    `    <properties><property name="advisories" value="${attribute(databaseLine(database, at))}"/></properties>`,
    ...cases.map((item) => caseLine(item, name)),
    '  </testsuite>',
  ];
}

function caseLine({ name, outcome, type, message, detail }: TestCase, suite: string): string {
  const open = `    <testcase classname="${attribute(suite)}" name="${attribute(name)}" time="0"`;
  switch (outcome) {
    case 'passed':
      return `${open}/>`;
    case 'skipped':
      return `${open}><skipped message="${attribute(message)}">${escapeText(detail)}</skipped></testcase>`;
    case 'failure':
    case 'error':
      return `${open}><${outcome} type="${attribute(type)}" message="${attribute(message)}">${escapeText(detail)}</${outcome}></testcase>`;
  }
}

/** XML 1.0 §2.2, "Char": what no document may hold, not even escaped, becomes U+FFFD; §2.4: what has to be escaped. */
const escapeText = (text: string): string =>
  text
    .toWellFormed()
    .replace(NOT_XML, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '');

/** §3.3.3: a reader turns blanks of an attribute into spaces unless they are spelt out. */
const attribute = (text: string): string =>
  escapeText(text).replace(/[\t\n\r]/g, (blank) => `&#${blank.charCodeAt(0)};`);

// oxlint-disable-next-line no-control-regex -- control characters are what is replaced
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);
