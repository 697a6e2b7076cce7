/** What `holdfast check` says to people: each statement with its chip, what was measured, the counts, the next command. */
import type { Paint, PaintStyle } from '../lib/paint.ts';
import { count, number, printable, shellWord, shorten, wrap } from '../lib/text.ts';
import { formatInstant, formatSpan, type Instant, type Millis } from '../lib/time.ts';
import type { RecordedEntry } from './recorded-evaluation.ts';
import type { ReportedAnswer } from './report-answer.ts';
import {
  VERDICT_ORDER,
  type ControlReport,
  type Counts,
  type PolicyReport,
  type StatementReport,
  type StatementVerdict,
} from './evaluate.ts';

interface Chip {
  /** Each verdict has a shape of its own: colour is never the only carrier. */
  readonly glyph: string;
  readonly word: string;
  readonly colour: PaintStyle;
}

const CHIPS: Readonly<Record<StatementVerdict, Chip>> = {
  kept: { glyph: '●', word: 'kept', colour: 'green' },
  broken: { glyph: '✕', word: 'broken', colour: 'red' },
  stale: { glyph: '◐', word: 'stale', colour: 'yellow' },
  unknown: { glyph: '?', word: 'unknown', colour: 'magenta' },
  manual: { glyph: '✎', word: 'manual', colour: 'blue' },
  'no-case': { glyph: '○', word: 'no case yet', colour: 'cyan' },
  unbound: { glyph: '·', word: 'unbound', colour: 'dim' },
};

const WORD_WIDTH = Math.max(...Object.values(CHIPS).map(({ word }) => word.length));
/** Glyph, space, word, two spaces: where sentences begin. */
const INDENT = ' '.repeat(2 + WORD_WIDTH + 2);
/** Narrower than this, wrapped text is a column of single words. */
const MIN_TEXT = 30;

export interface CheckView {
  readonly columns: number;
  readonly paint: Paint;
  /** `release.review` under `--only`; `null` for the whole policy. */
  readonly only: string | null;
}

/** The whole answer for a terminal, ending with a newline. */
export function checkText(report: PolicyReport, view: CheckView): string {
  const bound = report.statements.filter(({ verdict }) => verdict !== 'unbound');
  const unbound = report.statements.filter(({ verdict }) => verdict === 'unbound');
  const blocks = [
    [headLine(report, view)],
    ...bound.map((statement) => statementLines(statement, view)),
    unboundLines(unbound, view),
    [view.paint('bold', countLine(report.counts)), nextLine(report, view.only)],
  ];
  const lines = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

/** What `--record` did; after the first entry also what there is to look after from now on. */
export const recordedText = ({ entry, origin, size }: RecordedEntry, data: string): string =>
  `Recorded as entry ${entry} of ${printable(origin)}, under a checkpoint of ${count(size, 'entry', 'entries')}.\n` +
  (entry > 0
    ? ''
    : `This began the log. Back up ${printable(data)}, and keep its log.key out of Git: whoever has it can sign in your name.\n`);

/** What `--report-to` did, with what is odd about it. */
export function reportedText({ entry, standing, clockAheadMs }: ReportedAnswer): string {
  const older =
    standing === 'older' ? ' A newer report is there already, so it changes no verdict of the service.' : '';
  const clock =
    clockAheadMs === 0
      ? ''
      : ` The clock here is ${formatSpan(clockAheadMs as Millis)} ahead of the service: set it right.`;
  return `Reported as entry ${entry.index} of ${printable(entry.origin)}; the service judges the facts again.${older}${clock}\n`;
}

function headLine({ policy, statements, evaluatedAt }: PolicyReport, { only }: CheckView): string {
  const part = only === null ? '' : ` (only ${printable(only)})`;
  return `${printable(policy)}: ${count(statements.length, 'statement')}${part}, evaluated ${second(evaluatedAt)}`;
}

function statementLines({ verdict, text, line, controls }: StatementReport, view: CheckView): readonly string[] {
  const { glyph, word, colour } = CHIPS[verdict];
  const chip = view.paint(colour, `${glyph} ${word.padEnd(WORD_WIDTH)}`);
  const several = controls.length > 1;
  return [
    `${chip}  ${shorten(printable(text), textWidth(view))}`,
    ...controls.flatMap((control) => controlLines(control, { several, line }, view)),
  ];
}

function controlLines(
  control: ControlReport,
  { several, line }: { readonly several: boolean; readonly line: number },
  view: CheckView,
): readonly string[] {
  const { glyph, word } = CHIPS[control.verdict];
  const own = several ? `${glyph} ${word}: ` : '';
  const measured = control.measuredAt === null ? 'not measured' : `measured ${second(control.measuredAt)}`;
  return [
    ...wrap(`${own}${printable(control.summary)}`, textWidth(view)).map((part) => `${INDENT}${part}`),
    `${INDENT}${view.paint('dim', `${control.id}, line ${line}, ${measured}`)}`,
  ];
}

/** Sentences that no control answers, one line each. */
function unboundLines(statements: readonly StatementReport[], view: CheckView): readonly string[] {
  const free = statements.filter(({ controls }) => controls.length === 0);
  const unbuilt = statements.filter(({ controls }) => controls.length > 0);
  const chip = view.paint(CHIPS.unbound.colour, `${CHIPS.unbound.glyph} ${CHIPS.unbound.word.padEnd(WORD_WIDTH)}`);
  const group = (members: readonly StatementReport[], title: string): readonly string[] =>
    members.length === 0 ? [] : [`${chip}  ${title}`, ...members.map((member) => unboundLine(member, view))];
  return [
    ...group(free, `${count(free.length, 'sentence')} that nothing checks`),
    ...group(unbuilt, `${count(unbuilt.length, 'sentence')} with a control that is not built yet`),
  ];
}

function unboundLine({ line, text, controls }: StatementReport, view: CheckView): string {
  const where = `line ${line}`.padEnd(9);
  const missing = controls.filter(({ verdict }) => verdict === 'unbound').map(({ id }) => id);
  const why = missing.length === 0 ? '' : ` (${missing.join(', ')})`;
  return `${INDENT}${view.paint('dim', where)} ${shorten(printable(text), Math.max(MIN_TEXT, textWidth(view) - 10 - why.length))}${why}`;
}

/** `3 kept, 1 broken, 2 unbound.` */
function countLine(counts: Counts): string {
  const parts = VERDICT_ORDER.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => `${number(counts[verdict])} ${CHIPS[verdict].word}`,
  );
  return parts.length === 0 ? 'Nothing was evaluated: the document has no sentence.' : `${parts.join(', ')}.`;
}

/** The worst thing first: where it stands, what it needs, and the command that looks at it alone. */
function nextLine({ policy, statements }: PolicyReport, only: string | null): string {
  const command = `holdfast check ${shellWord(policy)}`;
  const first = (verdict: StatementVerdict): StatementReport | undefined =>
    statements.find((statement) => statement.verdict === verdict);
  const worst = first('broken') ?? first('unknown') ?? first('stale');
  if (worst !== undefined) {
    const place = `${printable(policy)}:${worst.line}`;
    return `Next: ${place} is ${worst.verdict}; do what it says above, then run: ${command} --only ${shellWord(worst.id)}`;
  }
  if (statements.length === 0) return 'Next: write the first sentence of the policy, or run: holdfast init';
  if (only !== null) return `Next: evaluate the whole policy: ${command}`;
  const free = statements.find(({ controls }) => controls.length === 0);
  if (free === undefined) return `Next: run this in CI on every change: ${command}`;
  return `Next: bind ${printable(policy)}:${free.line} to a control with a footnote, or leave it shown as unbound.`;
}

/** People need no milliseconds; `--json` keeps them. */
const second = (at: Instant): string => formatInstant(at).replace(/\.\d+Z$/, 'Z');

const textWidth = ({ columns }: CheckView): number => Math.max(MIN_TEXT, columns - INDENT.length);
