/**
 * `holdfast scan --format sarif`: SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code-scanning
 * services read it; the types are generated from its schema (@types/sarif). One rule for each advisory, one result for each finding in each input.
 */
import { atLeast } from '../advisory/severity.ts';
import type { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import type { Log, Notification, ReportingDescriptor, Result, Suppression } from 'sarif';
import { isOpen } from '../triage/decision.ts';
import { advisoryLink } from './advisory-link.ts';
import { componentLabel, type Finding } from './finding.ts';
import { findingSentence } from './scan.text.ts';
import type { ScanReport } from './scan-report.ts';
import { decisionSentence } from './vex-stance.ts';

export function scanToSarif(report: ScanReport, toolVersion: string): Log {
  const rules = new Map<string, Finding>();
  for (const finding of report.findings) if (!rules.has(finding.id)) rules.set(finding.id, finding);
  const ruleIds = [...rules.keys()];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Holdfast',
            version: toolVersion,
            informationUri: 'https://www.npmjs.com/package/holdfast',
            rules: [...rules.values()].map(rule),
          },
        },
        // §3.20.14: what could not be read is a notification of the tool, and the run did not succeed.
        invocations: [
          {
            executionSuccessful: report.errors.length === 0,
            toolExecutionNotifications: report.errors.map(notification),
          },
        ],
        artifacts: report.inputs.map(({ path, digest }) => ({
          location: { uri: fileUri(path) },
          hashes: { 'sha-256': digest() },
        })),
        results: report.findings.flatMap((finding) =>
          finding.inputs.map((input) => result(finding, input, ruleIds.indexOf(finding.id))),
        ),
        columnKind: 'utf16CodeUnits',
      },
    ],
  };
}

function rule(finding: Finding): ReportingDescriptor {
  return {
    id: finding.id,
    name: finding.malware ? 'MaliciousPackage' : 'VulnerableDependency',
    shortDescription: {
      text: `${finding.id}: ${finding.malware ? 'malicious code' : `${finding.severity} vulnerability`} in ${finding.name}`,
    },
    helpUri: advisoryLink(finding),
    help: { text: `${[finding.id, ...finding.aliases].join(', ')}\n${advisoryLink(finding)}` },
    properties: {
      tags: ['security', 'external/dependency', ...finding.cwes.map((cwe) => `external/cwe/${cwe.toLowerCase()}`)],
      // GitHub reads this as the severity of a security result; without a score it ranks by `level`.
      ...(finding.score === null ? {} : { 'security-severity': finding.score.toFixed(1) }),
    },
  };
}

function result(finding: Finding, input: string, ruleIndex: number): Result {
  return {
    ruleId: finding.id,
    ruleIndex,
    level: sarifLevel(finding),
    message: { text: findingSentence(finding) },
    locations: [{ physicalLocation: { artifactLocation: { uri: fileUri(input) }, region: { startLine: 1 } } }],
    ...relatedOf(finding),
    // Stable when the lockfile is re-ordered: the same package with the same problem in the same file.
    partialFingerprints: {
      'holdfast/v1': sha256(`${input}\0${finding.purl || componentLabel(finding)}\0${finding.id}`),
    },
    properties: {
      purl: finding.purl,
      severity: finding.severity,
      malware: finding.malware,
      kev: finding.kev,
      fixed: [...finding.fixed],
      scope: finding.scope,
      sources: finding.sources.map(({ tool }) => tool),
      decision: finding.decision?.state ?? null,
      ...(finding.reach === null ? {} : { reach: finding.reach.verdict }),
      ...(finding.epss === null ? {} : { epss: finding.epss.probability }),
    },
    suppressions: suppressionsOf(finding),
  };
}

/** §3.27.22: the place in the code by which a reader sees why reach says what it says. */
function relatedOf({ reach }: Finding): Pick<Result, 'relatedLocations'> {
  if (reach === null || reach.place === null) return {};
  const { file, line, says } = reach.place;
  return {
    relatedLocations: [
      {
        physicalLocation: { artifactLocation: { uri: fileUri(file) }, region: { startLine: line } },
        message: { text: says },
      },
    ],
  };
}

/**
 * §3.35: a decision outside of the code closes the result; §3.27.23: either every result of a run has the property or none, and an
 * empty one says that nothing suppresses it. A decision that does not hold suppresses nothing.
 */
function suppressionsOf(finding: Finding): Suppression[] {
  const { decision } = finding;
  if (decision === null || isOpen(finding)) return [];
  return [{ kind: 'external', status: 'accepted', justification: decisionSentence(decision) }];
}

const sarifLevel = ({ malware, severity }: Finding): Result.level =>
  malware || atLeast(severity, 'high') ? 'error' : severity === 'medium' ? 'warning' : 'note';

function notification({ code, message, hint, at }: HoldfastError): Notification {
  const place =
    at === null
      ? []
      : [
          {
            physicalLocation: {
              artifactLocation: { uri: fileUri(at.file) },
              ...(at.line === null ? {} : { region: { startLine: at.line } }),
            },
          },
        ];
  return { level: 'error', message: { text: `${message} ${hint}` }, descriptor: { id: code }, locations: place };
}

/** RFC 3986 path segments: a blank, a percent sign or a colon in a folder's name must not break the address. */
const fileUri = (path: string): string => path.split(/[\\/]/).map(encodeURIComponent).join('/');
