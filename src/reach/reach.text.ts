/**
 * What `holdfast reach` says to people: a path that can be followed in an editor, one place on a line; for "unknown" the places that cause it and what would
 * settle them; for what cannot run the reason in one sentence. What `reach verify` says is verify.text.ts.
 */
import type { Paint } from '../lib/paint.ts';
import { count, firstFew, number, printable, shellWord } from '../lib/text.ts';
import type { DecisiveSite, PathStep, ReachReport, ReachVerdict, Unanalysed } from './reach-report.ts';
import { symbolWords, UNNAMED_FUNCTION } from './symbols.ts';
import { clears, VERDICT_WORDS, VERDICTS, type Verdict } from './verdict.ts';

/** @param folder As a person would name it again; `null`: the symbols were not those of findings, so there is nothing to decide. */
export function reachText(report: ReachReport, folder: string | null, paint: Paint): string {
  const { entries, verdicts, unanalysed, files } = report;
  const from = entries.map(({ file, why }) => printable(`${file} (${why})`));
  const lines = [
    `Started from ${from.length === 0 ? 'nothing' : firstFew(from)}; ${count(files, 'file')} can be loaded.`,
    '',
  ];
  const unnamed = verdicts.filter(isUnnamed);
  for (const group of groupsOf(verdicts.filter((verdict) => !unnamed.includes(verdict))))
    lines.push(...groupLines(group, paint), '');
  lines.push(...unnamedLines(unnamed, folder, paint), ...unanalysedLines(unanalysed), summary(verdicts));
  lines.push(...nextLines(verdicts, folder));
  return `${lines.join('\n')}\n`;
}

/** The package is loaded, and nothing says which of its functions is meant: there is one thing to say about all of these. */
const isUnnamed = ({ symbol, verdict, sites, path }: ReachVerdict): boolean =>
  verdict === 'unknown' &&
  symbol.file === null &&
  sites.every(({ why }) => why === UNNAMED_FUNCTION) &&
  path.length > 0;

/** Worst first; verdicts on one advisory that say the same, in as many words, together. */
function groupsOf(verdicts: readonly ReachVerdict[]): readonly (readonly [ReachVerdict, ...ReachVerdict[]])[] {
  const groups = new Map<string, [ReachVerdict, ...ReachVerdict[]]>();
  const sorted = verdicts.toSorted((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict));
  for (const [index, each] of sorted.entries()) {
    const { symbol, version, verdict, evidence, path, sites } = each;
    const isPlain = path.length === 0 && sites.length === 0;
    const key = JSON.stringify([symbol.id, symbol.package, version, verdict, evidence.claim, isPlain ? '' : index]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [each]);
    else known.push(each);
  }
  return [...groups.values()];
}

const styleOf = (verdict: Verdict): 'red' | 'yellow' | 'green' =>
  verdict === 'reachable' ? 'red' : verdict === 'unknown' ? 'yellow' : 'green';

function groupLines(group: readonly [ReachVerdict, ...ReachVerdict[]], paint: Paint): readonly string[] {
  const [{ symbol, version, verdict, path, sites, evidence }, ...others] = group;
  const rest = others.map((each) =>
    symbolWords({ ...each.symbol, version }).slice(`${symbol.package}@${version} `.length),
  );
  const what = printable([symbolWords({ ...symbol, version }), ...rest].join(', '));
  const word = paint(styleOf(verdict), VERDICT_WORDS[verdict]);
  const lines = [`${word}  ${printable(symbol.id)}  ${paint('bold', what)}`, `  ${sentence(evidence.claim)}`];
  if (verdict === 'reachable') lines.push(...pathLines(path, paint));
  if (verdict === 'unknown') {
    lines.push(...sites.flatMap((site) => siteLines(site, paint)));
    if (sites.length === 0) lines.push(`    ${UNSETTLED}`);
    if (path.length > 0)
      lines.push('  The way on which it could run, as far as it was followed:', ...pathLines(path, paint));
  }
  const considered = group.flatMap((each) => each.evidence.considered);
  if (clears(verdict) && considered.length > 0) {
    const places = considered.map(({ file, line, function: fn }) =>
      printable(`${file}:${line}${fn === null ? '' : ` ${fn}`}`),
    );
    lines.push(`  What leads to it, none of which runs: ${firstFew(places)}.`);
  }
  return lines;
}

const UNSETTLED = 'Nothing that could be changed here settles it: upgrade, or let a person decide (holdfast decide).';

/** A claim may begin with the name of a file or a package, which stays as it is. */
const sentence = (text: string): string =>
  `${/^[a-z]+,? /.test(text) ? text.charAt(0).toUpperCase() : printable(text.charAt(0))}${printable(text.slice(1))}.`;

/** Longer paths would push what happens there out of the window. */
const WIDEST_PLACE = 60;

function pathLines(path: readonly PathStep[], paint: Paint): readonly string[] {
  const places = path.map(({ file, line }) => printable(`${file}:${line}`));
  const width = Math.min(WIDEST_PLACE, Math.max(0, ...places.map(({ length }) => length)));
  return path.map(({ within, does, doubt }, index) => {
    const isEnd = index === path.length - 1;
    const inside = within === null ? '' : isEnd ? ` ${printable(within)}` : paint('dim', `, in ${printable(within)}`);
    const maybe = doubt === null ? '' : paint('yellow', ` (not certain: ${printable(doubt)})`);
    return `    ${(places[index] ?? '').padEnd(width)}  ${printable(does)}${inside}${maybe}`;
  });
}

const siteLines = ({ file, line, why, settle }: DecisiveSite, paint: Paint): readonly string[] => [
  `  ${paint('bold', printable(`${file}:${line}`))}  ${printable(why)}`,
  ...(settle === '' ? [] : [`    ${printable(settle)}`]),
];

function unnamedLines(unnamed: readonly ReachVerdict[], folder: string | null, paint: Paint): readonly string[] {
  if (unnamed.length === 0) return [];
  const rows = unnamed.map(({ symbol, version, path }) => {
    // The last step is the file itself; the one before it loads it.
    const step = path.at(-2) ?? path[0];
    return {
      id: printable(symbol.id),
      what: printable(symbolWords({ ...symbol, version })),
      by: step === undefined ? '' : printable(`${step.file}:${step.line} ${step.does}`),
    };
  });
  const width = (pick: (row: (typeof rows)[number]) => string): number =>
    Math.max(...rows.map((row) => pick(row).length));
  const [id, what] = [width((row) => row.id), width((row) => row.what)];
  return [
    `${paint('yellow', VERDICT_WORDS.unknown)}  ${paint('bold', `${count(unnamed.length, 'finding')} in packages that are loaded, and no list names which of their functions are vulnerable`)}`,
    ...rows.map((row) => `    ${row.id.padEnd(id)}  ${row.what.padEnd(what)}  ${row.by}`),
    `    Read in the advisory which function it is, and ask about that: holdfast reach ${shellWord(folder ?? '.')} --symbols FILE`,
    '',
  ];
}

/** Always printed: silence here would look like an analysis of everything. */
function unanalysedLines(unanalysed: readonly Unanalysed[]): readonly string[] {
  if (unanalysed.length === 0) return ['Could not be analysed: nothing.', ''];
  const shown = unanalysed
    .slice(0, MOST_UNANALYSED)
    .map(({ file, line, why }) => printable(`  ${file}${line === null ? '' : `:${line}`}  ${why}`));
  const rest = unanalysed.length - shown.length;
  return [
    `Could not be analysed (${number(unanalysed.length)}):`,
    ...shown,
    ...(rest > 0 ? [`  and ${number(rest)} more: --json lists all`] : []),
    '',
  ];
}

const MOST_UNANALYSED = 10;

function summary(verdicts: readonly ReachVerdict[]): string {
  if (verdicts.length === 0) return 'Nothing was asked: no finding here is about code that could be unused.';
  const groups = VERDICTS.toReversed().flatMap((verdict) => {
    const among = verdicts.filter((each) => each.verdict === verdict).length;
    return among === 0 ? [] : [`${among} ${VERDICT_WORDS[verdict]}`];
  });
  return `${count(verdicts.length, 'question')}: ${groups.join(', ')}.`;
}

/** What cannot run is worth a decision only when all of its functions cannot. */
function nextLines(verdicts: readonly ReachVerdict[], folder: string | null): readonly string[] {
  if (folder === null) return [];
  const open = new Set(verdicts.filter(({ verdict }) => !clears(verdict)).map(({ symbol }) => symbol.id));
  const cleared = verdicts.find(({ symbol }) => !open.has(symbol.id));
  if (cleared !== undefined) {
    const id = shellWord(cleared.symbol.id);
    return [
      `Next: holdfast reach ${shellWord(folder)} --advisory ${id} --json > proof.json && holdfast decide ${id} --proof proof.json`,
    ];
  }
  const reachable = verdicts.find(({ verdict }) => verdict === 'reachable');
  if (reachable === undefined) return [];
  return [`Next: holdfast why ${shellWord(`${reachable.symbol.package}@${reachable.version}`)}`];
}
