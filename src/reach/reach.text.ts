/** What `holdfast reach` says to people: a path that can be followed in an editor, line by line, and for "unknown" what would settle it. */
import type { Paint } from '../lib/paint.ts';
import { count, firstFew, printable } from '../lib/text.ts';
import type { VerifiedVerdict } from './evidence.ts';
import type { DecisiveSite, PathStep, ReachReport, ReachVerdict, Unanalysed } from './reach-report.ts';
import { symbolWords } from './symbols.ts';
import { clears, VERDICT_WORDS, VERDICTS } from './verdict.ts';

export function reachText({ entries, verdicts, unanalysed, files }: ReachReport, paint: Paint): string {
  const lines = [
    `Started from ${firstFew(entries.map(({ file }) => printable(file)))}; ${count(files, 'file')} can be loaded.`,
    '',
  ];
  for (const verdict of worstFirst(verdicts)) lines.push(...verdictLines(verdict, paint), '');
  lines.push(...unanalysedLines(unanalysed), summary(verdicts));
  return `${lines.join('\n')}\n`;
}

const worstFirst = (verdicts: readonly ReachVerdict[]): readonly ReachVerdict[] =>
  verdicts.toSorted((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict));

function verdictLines(
  { symbol, version, verdict, path, sites, evidence }: ReachVerdict,
  paint: Paint,
): readonly string[] {
  const style = verdict === 'reachable' ? 'red' : verdict === 'unknown' ? 'yellow' : 'green';
  const head = `${paint(style, VERDICT_WORDS[verdict])}  ${printable(symbol.id)}  ${paint('bold', printable(symbolWords({ ...symbol, version })))}`;
  const lines = [head, `  ${sentence(evidence.claim)}`];
  if (verdict === 'reachable') lines.push(...pathLines(path, paint));
  if (verdict === 'unknown') {
    lines.push(...sites.flatMap((site) => siteLines(site, paint)));
    if (path.length > 0) lines.push('  The way on which it could run:', ...pathLines(path, paint));
  }
  if (clears(verdict) && evidence.considered.length > 0)
    lines.push(
      `  Considered: ${firstFew(evidence.considered.map(({ file, line, function: fn }) => `${printable(file)}:${line}${fn === null ? '' : ` ${printable(fn)}`}`))}.`,
    );
  return lines;
}

/** A claim may begin with the name of a file or a package, which stays as it is. */
const sentence = (text: string): string =>
  `${/^[a-z]+,? /.test(text) ? text.charAt(0).toUpperCase() : printable(text.charAt(0))}${printable(text.slice(1))}.`;

function pathLines(path: readonly PathStep[], paint: Paint): readonly string[] {
  const places = path.map(({ file, line }) => printable(`${file}:${line}`));
  const width = Math.min(60, Math.max(0, ...places.map(({ length }) => length)));
  return path.map(({ within, does, doubt }, index) => {
    const inside = within === null ? '' : paint('dim', ` in ${printable(within)}`);
    const maybe = doubt === null ? '' : paint('yellow', ` (not certain: ${printable(doubt)})`);
    return `    ${(places[index] ?? '').padEnd(width)}  ${printable(does)}${inside}${maybe}`;
  });
}

const siteLines = ({ file, line, why, settle }: DecisiveSite, paint: Paint): readonly string[] => [
  `  ${paint('bold', printable(`${file}:${line}`))}  ${printable(why)}`,
  ...(settle === '' ? [] : [`    ${printable(settle)}`]),
];

/** Always printed: silence here would look like an analysis of everything. */
function unanalysedLines(unanalysed: readonly Unanalysed[]): readonly string[] {
  if (unanalysed.length === 0) return [];
  const shown = unanalysed
    .slice(0, MOST_UNANALYSED)
    .map(({ file, line, why }) => printable(`  ${file}${line === null ? '' : `:${line}`}  ${why}`));
  const rest = unanalysed.length - shown.length;
  return ['Could not be analysed:', ...shown, ...(rest > 0 ? [`  and ${rest} more (--json lists all)`] : []), ''];
}

const MOST_UNANALYSED = 10;

function summary(verdicts: readonly ReachVerdict[]): string {
  if (verdicts.length === 0) return 'Nothing was asked: no symbol is known for what was found.';
  const groups = VERDICTS.toReversed().flatMap((verdict) => {
    const among = verdicts.filter((each) => each.verdict === verdict).length;
    return among === 0 ? [] : [`${among} ${VERDICT_WORDS[verdict]}`];
  });
  return `${count(verdicts.length, 'function')}: ${groups.join(', ')}.`;
}

export function verificationText(verified: readonly VerifiedVerdict[], paint: Paint): string {
  const lines = verified.map(({ recorded: { symbol, verdict }, standing }) => {
    const what = printable(`${symbol.id}  ${symbolWords(symbol)}: ${VERDICT_WORDS[verdict]}`);
    switch (standing.kind) {
      case 'holds':
        return `${paint('green', 'holds')}  ${what}`;
      case 'lapsed':
        return `${paint('yellow', 'lapsed')}  ${what}. Changed: ${standing.changed.join(', ')}. Today it is ${VERDICT_WORDS[standing.now]}.`;
      case 'contradicted':
        return `${paint('red', 'wrong')}  ${what}. Nothing has changed, and the analysis says ${VERDICT_WORDS[standing.now]}.`;
    }
  });
  return `${lines.join('\n')}\n`;
}
