/** What `holdfast scan` says to people: the table, its sums and the next command; one sentence for other outputs. */
import type { Severity } from '../advisory/advisory.ts';
import { formatPlace, type HoldfastError } from '../lib/errors.ts';
import type { Paint, PaintStyle } from '../lib/paint.ts';
import { count, number, printable, shellWord, shorten } from '../lib/text.ts';
import { between, formatDay, formatSpan, type Instant } from '../lib/time.ts';
import type { FindingReach } from '../reach/finding-reach.ts';
import { reachLine, reachSentence, reachSums, unknownLines } from '../reach/finding-reach.text.ts';
import { clears } from '../reach/verdict.ts';
import { isOpen, openWords } from '../triage/decision.ts';
import { componentLabel, type Finding } from './finding.ts';
import { stands, type ScanDatabase, type ScanInput, type ScanReport, type Threshold } from './scan-report.ts';

/** Severity is shape and word first, colour last: four bars as on the pages. */
const BARS: Readonly<Record<Severity, string>> = {
  critical: '▮▮▮▮',
  high: '▮▮▮▯',
  medium: '▮▮▯▯',
  low: '▮▯▯▯',
  none: '▯▯▯▯',
  unscored: '????',
};
const COLOURS: Readonly<Record<Severity, PaintStyle>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  none: 'dim',
  unscored: 'magenta',
};

export interface View {
  readonly columns: number;
  readonly paint: Paint;
  readonly now: Instant;
}

/** The whole answer for a terminal, ending with a newline. */
export function scanText(report: ScanReport, threshold: Threshold | null, view: View): string {
  const head = [...report.inputs.map(inputLine), databaseLine(report.database, view.now), ''];
  // Open ones first; within both the order of the report stays.
  const findings = [...report.findings.filter(isOpen), ...report.findings.filter((finding) => !isOpen(finding))];
  const body = findings.length === 0 ? [] : [...table(findings, view), ''];
  const sums = sumLines(report, threshold, view);
  const notes = report.notes.map((note) => `note: ${printable(note)}`);
  return `${[...head, ...body, ...sums, ...notes, ...nextLines(report)].join('\n')}\n`;
}

/** One sentence about a finding, for annotations and SARIF. */
export function findingSentence(finding: Finding): string {
  const what = finding.malware ? 'malicious code' : `${severityWords(finding)} vulnerability`;
  const exploited = finding.kev ? ', known to be exploited' : '';
  const way = finding.paths[0];
  const via = way === undefined || way.length < 2 ? '' : ` It comes through ${way.map(printable).join(' → ')}.`;
  const fix =
    finding.fixed[0] === undefined ? ' No fixed version is known.' : ` Fixed in ${printable(finding.fixed[0])}.`;
  const reached = finding.reach === null ? '' : ` ${reachSentence(finding.reach)}`;
  return `${printable(componentLabel(finding))}: ${finding.id}, ${what}${exploited}.${fix}${via}${reached}`;
}

const severityWords = ({ severity, score }: Finding): string =>
  score === null ? severity : `${severity} (${score.toFixed(1)})`;

const inputLine = ({ path, kind, components, coverage }: ScanInput): string =>
  coverage === 'reported'
    ? `${printable(path)}  imported report (${kind})`
    : `${printable(path)}  ${number(components)} packages (${kind})`;

/** Every output names the database and its age. */
export function databaseLine(database: ScanDatabase, now: Instant): string {
  const { advisories, dataAsOf, chosenBy, path } = database;
  const age =
    dataAsOf === null
      ? 'of unknown age'
      : `newest of ${formatDay(dataAsOf)}, ${formatSpan(between(dataAsOf, now))} old`;
  const which = chosenBy === 'snapshot' ? 'the snapshot shipped with Holdfast' : `${printable(path)} (${chosenBy})`;
  return `against ${number(advisories)} advisories, ${age}: ${which}`;
}

interface Row {
  readonly severity: Severity;
  readonly rating: string;
  readonly what: string;
  readonly id: string;
  readonly fix: string;
  readonly via: string;
  /** `risk accepted until 2026-11-01, expired`; empty where nobody has decided. */
  readonly decided: string;
  /** `null`: it was not asked for. */
  readonly reach: FindingReach | null;
  readonly open: boolean;
}

function table(findings: readonly Finding[], { columns, paint }: View): readonly string[] {
  const rows = findings.map(row);
  const width = (pick: (item: Row) => string, most: number): number =>
    Math.min(most, Math.max(...rows.map((item) => pick(item).length)));
  const rating = width((item) => item.rating, 13);
  const what = width((item) => item.what, 36);
  const id = width((item) => item.id, 30);
  const fix = width((item) => item.fix, 22);
  const rest = columns - (4 + 1 + rating + 2 + what + 2 + id + 2 + fix + 2);
  const line = (item: Row): string => {
    const plainBars = `${BARS[item.severity]} ${item.rating.padEnd(rating)}`;
    const bars = item.open ? paint(COLOURS[item.severity], plainBars) : plainBars;
    const cells = [bars, shorten(item.what, what).padEnd(what), item.id.padEnd(id), shorten(item.fix, fix).padEnd(fix)];
    // A path that is cut after a few characters says nothing; `holdfast why` says all.
    if (rest >= 12) cells.push(item.open ? paint('dim', shorten(item.via, rest)) : shorten(item.via, rest));
    return item.open ? cells.join('  ').trimEnd() : paint('dim', cells.join('  ').trimEnd());
  };
  return rows.flatMap((item) => [
    line(item),
    ...(item.reach === null ? [] : [reachRow(item.reach, item.open, paint)]),
    ...(item.decided === '' ? [] : [paint('dim', `     ${item.open ? 'open' : 'closed'}: ${item.decided}`)]),
  ]);
}

/** In full, however wide: a place that is cut cannot be opened. */
function reachRow(reach: FindingReach, isOpenFinding: boolean, paint: Paint): string {
  const line = `     ${reachLine(reach)}`;
  if (!isOpenFinding) return paint('dim', line);
  return paint(clears(reach.verdict) ? 'green' : reach.verdict === 'reachable' ? 'red' : 'yellow', line);
}

function row(finding: Finding): Row {
  const { severity, score, malware, kev, derived, fixed, paths, scope, sources } = finding;
  const way = paths[0];
  const others = [...new Set(sources.map(({ tool }) => tool))].filter((tool) => tool !== 'holdfast').join(', ');
  const own = sources.some(({ tool }) => tool === 'holdfast');
  const unreached = own ? 'not reached from the product' : 'no known way';
  const from = way === undefined ? unreached : way.length < 2 ? 'direct' : `via ${way[0] ?? ''}`;
  const seen = others === '' ? from : `${from}; ${own ? 'also ' : 'only '}${others}`;
  return {
    severity: malware ? 'critical' : severity,
    rating: malware ? 'malware' : score === null ? severity : `${severity} ${score.toFixed(1)}`,
    what: printable(`${finding.name} ${finding.version}`),
    id: `${finding.id}${kev ? ' exploited' : ''}`,
    fix: `${derived ? '≈ ' : ''}${fixed[0] === undefined ? 'no fix known' : `fixed in ${printable(fixed[0])}`}`,
    via: printable(scope === 'production' || scope === 'unknown' ? seen : `${scope}, ${seen}`),
    decided: finding.decision === null ? '' : printable(openWords(finding.decision)),
    reach: finding.reach,
    open: isOpen(finding),
  };
}

function sumLines(
  { findings: all, inputs, errors }: ScanReport,
  threshold: Threshold | null,
  { paint }: View,
): readonly string[] {
  const lines: string[] = [];
  const findings = all.filter(isOpen);
  const closed = all.length - findings.length;
  const decided = closed > 0 ? ` ${number(closed)} closed by decisions.` : '';
  const packages = new Set(findings.map((finding) => finding.purl || componentLabel(finding))).size;
  const scanned = inputs.reduce((sum, { components }) => sum + components, 0);
  if (findings.length > 0)
    lines.push(
      paint(
        'bold',
        `${count(findings.length, 'finding')} in ${count(packages, 'package')}: ${severitySums(findings)}.${decided}`,
      ),
    );
  else if (closed > 0) lines.push(paint('bold', `No open finding in ${count(scanned, 'package')}.${decided}`));
  else if (inputs.length > 0 && inputs.every(({ coverage }) => coverage === 'reported'))
    lines.push(paint('bold', 'Nothing was compared; the imported reports name no vulnerability.'));
  else if (inputs.length > 0) lines.push(paint('bold', `No known vulnerability in ${count(scanned, 'package')}.`));
  const reached = all.flatMap(({ reach }) => (reach === null ? [] : [reach]));
  if (reached.length > 0) lines.push(`Can it run? ${reachSums(reached)}.`, ...unknownLines(all));
  if (all.some(({ derived }) => derived))
    lines.push("≈ the affected versions were read from the advisory's text and may be wrong.");
  for (const error of errors) lines.push(paint('red', `not read: ${errorLine(error)}`));
  if (threshold === null) return lines;
  const blocking = findings.filter((finding) => stands(finding, threshold)).length;
  const unscored = findings.filter(({ severity, malware }) => severity === 'unscored' && !malware).length;
  const aside = unscored > 0 ? `, ${unscored} of them unscored (counted as at least ${threshold})` : '';
  lines.push(
    blocking > 0
      ? `${count(blocking, 'finding')} at ${threshold} or above${aside}.`
      : `No ${closed > 0 ? 'open findings' : 'findings'} at ${threshold} or above.`,
  );
  return lines;
}

/** `GHSA-35jh-r3h4-6jhm in lodash@4.17.20` */
export const namedFinding = (finding: Pick<Finding, 'id' | 'name' | 'version'>): string =>
  printable(`${finding.id} in ${componentLabel(finding)}`);

export const errorLine = ({ code, message, hint, at }: HoldfastError): string =>
  printable(
    `${at === null || (at.line === null && message.includes(at.file)) ? '' : `${formatPlace(at)}: `}${message}. ${hint} [${code}]`,
  );

/** `2 critical, 1 medium; 1 known to be exploited` */
export function severitySums(findings: readonly Finding[]): string {
  const malware = findings.filter((finding) => finding.malware).length;
  const kev = findings.filter((finding) => finding.kev).length;
  const parts = (['critical', 'high', 'medium', 'low', 'none', 'unscored'] as const)
    .map((severity) => ({
      severity,
      amount: findings.filter((finding) => !finding.malware && finding.severity === severity).length,
    }))
    .filter(({ amount }) => amount > 0)
    .map(({ severity, amount }) => `${number(amount)} ${severity}`);
  if (malware > 0) parts.unshift(`${number(malware)} malware`);
  return `${parts.join(', ')}${kev > 0 ? `; ${number(kev)} known to be exploited` : ''}`;
}

function nextLines({ findings, inputs }: ScanReport): readonly string[] {
  // What only a report names stands in no input, and `why` knows no way to it.
  const scanned = inputs.filter(({ coverage }) => coverage !== 'reported').map(({ path }) => path);
  const worst = findings.find((finding) => isOpen(finding) && finding.inputs.some((input) => scanned.includes(input)));
  if (worst === undefined && findings.some(isOpen)) return [];
  if (worst === undefined) return inputs.length === 0 ? [] : ['Next: holdfast check'];
  const unused = findings.find((finding) => isOpen(finding) && finding.reach !== null && clears(finding.reach.verdict));
  if (unused?.reach)
    return ['Only a decision closes a finding. For what is shown not to run:', `Next: ${printable(unused.reach.next)}`];
  return [`Next: holdfast why ${shellWord(`${worst.name}@${worst.version}`)} ${shellWord(worst.inputs[0] ?? '.')}`];
}
