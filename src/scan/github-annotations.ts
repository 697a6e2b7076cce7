/**
 * `holdfast scan --format github`: workflow commands that GitHub Actions shows beside the file.
 *
 * Source: GitHub Docs, "Workflow commands for GitHub Actions", setting a notice, warning or error message. In values `%`, CR and
 * LF are escaped; in properties also `:` and `,`.
 */
import { atLeast } from '../advisory/severity.ts';
import { isOpen } from '../triage/decision.ts';
import { componentLabel, type Finding } from './finding.ts';
import { findingSentence } from './scan.text.ts';
import { reaches, type ScanReport, type Threshold } from './scan-report.ts';

/** Open findings that fail the run are errors, the others warnings or notices by severity; what a decision closes is not annotated. */
export function scanToAnnotations(report: ScanReport, threshold: Threshold | null): string {
  const lines = report.findings
    .filter(isOpen)
    .flatMap((finding) =>
      finding.inputs.map((input) =>
        command(
          levelOf(finding, threshold),
          { file: input, title: `${finding.id} in ${componentLabel(finding)}` },
          findingSentence(finding),
        ),
      ),
    );
  const errors = report.errors.map(({ code, message, hint, at }) =>
    command(
      'error',
      {
        ...(at === null ? {} : { file: at.file }),
        ...(at === null || at.line === null ? {} : { line: String(at.line) }),
        title: code,
      },
      `${message} ${hint}`,
    ),
  );
  return [...lines, ...errors].map((line) => `${line}\n`).join('');
}

function levelOf(finding: Finding, threshold: Threshold | null): 'error' | 'warning' | 'notice' {
  if (threshold === null ? finding.malware || atLeast(finding.severity, 'high') : reaches(finding, threshold))
    return 'error';
  return atLeast(finding.severity, 'medium') ? 'warning' : 'notice';
}

function command(level: string, properties: Readonly<Record<string, string>>, message: string): string {
  const attributes = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeMessage(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${level} ${attributes.join(',')}::${escapeMessage(message)}`;
}

const escapeMessage = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
