/** What `holdfast gate` says to people: the verdict, what stands in the way and the way out, then what was measured. */
import type { Paint } from '../lib/paint.ts';
import { count, firstFew, number, printable, shellWord } from '../lib/text.ts';
import type { Finding } from '../scan/finding.ts';
import { databaseLine } from '../scan/scan.text.ts';
import { stands, type ScanReport } from '../scan/scan-report.ts';
import { isOpen, openWords } from '../triage/decision.ts';
import type { GateReport } from './gate-report.ts';
import { sumFindings, sumsInWords, type GateDecision, type GateReason, type TreeFacts } from './gate.ts';
import { shortId } from './git-format.ts';

/** More findings than this are counted; `holdfast scan` lists them all. */
const SHOWN_FINDINGS = 20;

const NOT_CHECKED_SENTENCE =
  'Only the findings and the decisions on them are checked so far: that every change was reviewed and that the release is signed is not looked at yet.';

/** The whole answer for a terminal, ending with a newline. */
export function gateText(report: GateReport, paint: Paint): string {
  const lines = [headline(report, paint), ''];
  for (const reason of report.decision.reasons) {
    lines.push(...reasonLines(reason));
    if (reason.code === 'findings' && report.scan !== null) lines.push(...findingLines(report, report.scan, paint));
    lines.push('');
  }
  return `${[...lines, ...evidenceLines(report), NOT_CHECKED_SENTENCE].join('\n')}\n`;
}

function headline({ decision, rules }: GateReport, paint: Paint): string {
  switch (decision.verdict) {
    case 'passed':
      return `${paint('green', '● passed')}: no open finding at ${rules.failOn} or above.`;
    case 'blocked':
      return `${paint('red', '■ blocked')}: this release must not go out as it is.`;
    case 'incomplete':
      return `${paint('yellow', '? incomplete')}: not everything could be measured, so this release cannot pass.`;
  }
}

const reasonLines = ({ text, next }: GateReason): readonly string[] => [printable(text), `  ${printable(next)}`];

function findingLines({ rules }: GateReport, scan: ScanReport, paint: Paint): readonly string[] {
  const blocking = scan.findings.filter((finding) => stands(finding, rules.failOn));
  const lines = blocking.slice(0, SHOWN_FINDINGS).flatMap((finding) => ['', ...findingBlock(finding, paint)]);
  const left = blocking.length - SHOWN_FINDINGS;
  return left > 0 ? [...lines, '', `  and ${count(left, 'more', 'more')}: \`holdfast scan\` lists them all.`] : lines;
}

function findingBlock(finding: Finding, paint: Paint): readonly string[] {
  const { id, name, version, severity, score, malware, kev, paths, pathCount } = finding;
  const rating = malware ? 'malware' : score === null ? severity : `${severity} ${score.toFixed(1)}`;
  const exploited = kev ? '  known to be exploited' : '';
  const way = paths[0];
  const more = pathCount > 1 ? ` (and ${count(pathCount - 1, 'other way', 'other ways')})` : '';
  return [
    `  ${paint('bold', printable(`${name} ${version}`))}  ${printable(id)}  ${rating}${exploited}`,
    ...(finding.decision === null ? [] : [`    decided: ${printable(openWords(finding.decision))}`]),
    ...(way === undefined || way.length < 2 ? [] : [`    through ${way.map(printable).join(' → ')}${more}`]),
    `    ${fixLine(finding)}`,
  ];
}

/** The command that ends the finding, where it is certain; else what has to change, and how to find out where. */
export function fixLine(finding: Finding): string {
  const { name, version, fixed, malware, derived } = finding;
  const fix = fixed[0];
  const spec = `${name}@${version}`;
  if (fix === undefined) {
    return malware
      ? 'Remove it: it is malicious code. What it could read, secrets included, counts as known to others.'
      : `No fixed version is known. Replace it; \`holdfast why ${shellWord(spec)}\` shows what needs it.`;
  }
  const command = derived ? null : npmInstall(finding, fix);
  if (command !== null) return `fix: ${command}`;
  const about = derived ? ' (read from the advisory’s text, may be wrong)' : '';
  return `fixed in ${printable(fix)}${about}; \`holdfast why ${shellWord(spec)}\` shows what to raise.`;
}

/**
 * Only for what the product's own package.json asks for: a version that something else asks for is not ours to set.
 * Only where the input is an npm lockfile: an SBOM does not say what it was made from.
 */
function npmInstall({ ecosystem, name, paths, inputs }: Finding, fix: string): string | null {
  const direct = paths.length > 0 && paths.every((path) => path.length === 1);
  const [input, ...others] = inputs;
  if (ecosystem !== 'npm' || !direct || input === undefined || others.length > 0) return null;
  const place = /^(?:(.*)[\\/])?(?:package-lock|npm-shrinkwrap)\.json$/.exec(input);
  if (place === null) return null;
  const folder = place[1] === undefined || place[1] === '.' ? '' : ` --prefix ${shellWord(place[1])}`;
  // A package may be called "-"; npm would take it for an option.
  return `npm install${folder} ${name.startsWith('-') ? '-- ' : ''}${shellWord(`${name}@${fix}`)}`;
}

function evidenceLines(report: GateReport): readonly string[] {
  const { tree, scan, checkedAt, uncommittedInputs, prod } = report;
  const lines = [commitLine(tree)];
  if (scan !== null) {
    lines.push(scanLine(scan, prod), databaseLine(scan.database, checkedAt));
    lines.push(
      ...scan.errors.map((error) => `not read: ${printable(`${error.message}. ${error.hint} [${error.code}]`)}`),
    );
    lines.push(...scan.notes.map((note) => `note: ${printable(note)}`));
  }
  if (uncommittedInputs.length > 0) {
    const are = uncommittedInputs.length === 1 ? 'is in no commit: it was' : 'are in no commit: they were';
    lines.push(`note: ${printable(firstFew(uncommittedInputs))} ${are} made in this checkout.`);
  }
  return lines;
}

function commitLine(tree: TreeFacts): string {
  if (tree.state !== 'read') return 'No commit names what was measured.';
  const { base, head } = tree;
  const since = base === null ? 'no release before it' : `since ${base.ref} ${shortId(base.commit)}`;
  const ref = head.commit.startsWith(head.ref) ? '' : ` (${head.ref})`;
  return printable(`commit ${shortId(head.commit)}${ref}, ${since}`);
}

function scanLine({ inputs, findings }: ScanReport, prod: boolean): string {
  const packages = inputs.reduce((sum, { components }) => sum + components, 0);
  const left = prod ? ', what only development needs left out' : '';
  const sums = sumsInWords(sumFindings(findings.filter(isOpen)));
  const closed = findings.length - findings.filter(isOpen).length;
  const decided = closed > 0 ? `; ${number(closed)} closed by decisions` : '';
  return `${count(inputs.length, 'input')}, ${count(packages, 'package')}${left}; ${sums === '' ? 'no open findings' : `open findings: ${sums}`}${decided}`;
}

/** Why the command after `--` did not start; tells exit codes 2 and 3 of the gate from those of the command. */
export const notStartedLine = (program: string, { verdict }: GateDecision): string =>
  `holdfast: ${printable(program)} was not started: the gate ${verdict === 'blocked' ? 'blocks this release' : 'could not measure everything'}.\n`;

/** Said before the command's own output begins. */
export const startingLine = (command: readonly string[]): string =>
  `holdfast: the gate passed, starting ${command.map((word) => shellWord(printable(word))).join(' ')}\n`;
