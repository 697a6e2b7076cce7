/** The words of the `duties` commands. What is printed comes from deadline.ts, case-answer.ts and draft.ts. */
import type { CaseAnswer } from './case-answer.ts';
import type { Counted, Period } from './clock.ts';
import { isAwareness, triggerWords, type DeadlineAnswer, type MetStatus, type OpenStatus } from './deadline.ts';
import type { Duty } from './derive.ts';
import type { RenderedNotice } from './draft.ts';
import { wrap } from '../lib/text.ts';
import { RECIPIENTS } from './recipients.ts';
import { whenBoth } from '../lib/when-words.ts';

const MET: Readonly<Record<MetStatus, string>> = {
  'in-time-strict': 'in time',
  'in-time-by-1182': 'in time by Regulation 1182/71 only; give the reasons anyway',
  late: 'late: record the reasons; the duty remains until it is fulfilled',
};

const OPEN: Readonly<Record<OpenStatus, string>> = {
  running: 'running',
  'due-soon': 'due soon: three quarters of the time are gone',
  'past-strict': 'past the date to work to; not yet too late by Regulation 1182/71: submit now, with the reasons',
  overdue: 'overdue: submit now, with the reasons; the duty remains',
};

/** One clock as lines of `label  value`, at most `columns` wide. */
export function deadlineText(answer: DeadlineAnswer, columns: number): string {
  const { rule, question } = answer;
  const rows: Row[] = [];
  if (rule.to !== null) rows.push(['to', RECIPIENTS[rule.to].name]);
  if (question.from !== null)
    rows.push([isAwareness(rule.trigger) ? 'aware' : 'from', whenBoth(question.from, question.zone)]);
  if (answer.state === 'runs') rows.push(...endRows(answer));
  else rows.push(['by', stateWords(answer)]);
  if (answer.target !== null) rows.push(['target', `${whenBoth(answer.target, question.zone)}, our own, not law`]);
  if (answer.met !== null)
    rows.push(['notice', `${whenBoth(answer.met.at, question.zone)}: ${MET[answer.met.status]}`]);
  if (answer.met?.phased === true) rows.push(['', 'parts followed later: the first notice has to list what was open']);
  if (answer.open !== null) rows.push(['now', OPEN[answer.open]]);
  rows.push(['why', why(answer)]);
  // Without a deadline the one note already stands under "by".
  const notes = answer.state === 'runs' || answer.state === 'no-number' ? answer.notes : [];
  for (const [index, note] of notes.entries()) rows.push([index === 0 ? 'notes' : '', note]);
  return `${rule.title}  ${question.clock}\n${table(rows, columns)}`;
}

function endRows(answer: DeadlineAnswer): readonly Row[] {
  const { zone } = answer.question;
  const rows: Row[] = [];
  if (answer.strict !== null) rows.push(['by', `${whenBoth(answer.strict, zone)}`]);
  if (answer.latest !== null) {
    rows.push(['latest', `${whenBoth(answer.latest, zone)} is the first instant that is too late, Regulation 1182/71`]);
  }
  return rows;
}

function stateWords(answer: DeadlineAnswer): string {
  const { rule, state } = answer;
  if (state === 'waiting-for-trigger') return `not running: it starts when ${triggerWords(rule.trigger)}`;
  if (state === 'no-number') return rule.wording ?? 'the source names no time';
  return state === 'runs' ? '' : `never: ${answer.notes[0] ?? ''}`;
}

function why(answer: DeadlineAnswer): string {
  const { rule } = answer;
  const source = rule.article === null ? rule.instrument : `${rule.instrument} Art. ${rule.article}`;
  if (rule.period === null || answer.state !== 'runs') return source;
  const counted = answer.counted === null ? '' : `; ${countedWords(answer.counted, answer)}`;
  return `${source}: ${periodWords(rule.period)} from when ${triggerWords(rule.trigger)}${counted}`;
}

function periodWords(period: Period): string {
  const amount = (unit: string) => `${period.n} ${period.n === 1 ? unit : `${unit}s`}`;
  if (period.kind === 'days') return amount('day');
  if (period.kind === 'months') return amount('month');
  return period.kind === 'elapsed-hours' && period.n > 72 && period.n % 24 === 0
    ? `${period.n / 24} days`
    : amount('hour');
}

const ROLLED = {
  saturday: 'a Saturday',
  sunday: 'a Sunday',
  'public-holiday': 'a public holiday',
} as const;

function countedWords(counted: Counted, answer: DeadlineAnswer): string {
  if (counted.by === 'hours')
    return `counting starts with the full hour at ${whenBoth(counted.periodStarts, answer.question.zone)}`;
  if (counted.rolledBecause === null)
    return `last day ${counted.lastDay.toString()}, holidays of ${answer.holidays ?? 'none'}`;
  const name = counted.holiday === null ? '' : ` (${counted.holiday})`;
  return `${counted.lastDayUnrolled.toString()} is ${ROLLED[counted.rolledBecause]}${name}, so the last day is ${counted.lastDay.toString()}, holidays of ${answer.holidays ?? 'none'}`;
}

/** A case: the duties that exist or may exist, the ones that do not, and who decides. */
export function caseText(answer: CaseAnswer, zone: string, columns: number): string {
  const { duties, decider, sure } = answer.derivation;
  const exists = duties.filter((duty) => duty.level !== 'no');
  const none = duties.filter((duty) => duty.level === 'no');
  const blocks = exists.map((duty) => dutyText(duty, answer.clocks.get(duty) ?? [], zone, columns));
  const noRows = none.map((duty): Row => [duty.id, duty.why]);
  const tail: Row[] = [
    ['decides', decider],
    ['reading', sure],
    ['rules of', answer.rulesOf.toString()],
    ...answer.notes.map((note, index): Row => [index === 0 ? 'to do' : '', note]),
  ];
  const rest = noRows.length === 0 ? '' : `No duty\n${table(noRows, columns)}\n`;
  return `${blocks.join('\n')}\n${rest}${table(tail, columns, '')}\nThis is a calculation, not legal advice.\n`;
}

const LEVELS: Readonly<Record<Duty['level'], string>> = {
  law: 'LAW',
  contract: 'CONTRACT',
  policy: 'POLICY',
  recommended: 'recommended',
  conditional: 'depends',
  optional: 'optional',
  'overridden-by-gdpr-33-2': 'overridden',
  always: 'always',
  no: 'no duty',
};

function dutyText(duty: Duty, clocks: readonly DeadlineAnswer[], zone: string, columns: number): string {
  const rows: Row[] = [];
  if (duty.rule.to !== null) rows.push(['to', RECIPIENTS[duty.rule.to].short]);
  for (const [index, line] of clockLines(clocks, zone).entries()) rows.push([index === 0 ? 'by' : '', line]);
  rows.push(['why', duty.why]);
  return `${LEVELS[duty.level].padEnd(12)}${duty.rule.title}  ${duty.id}\n${table(rows, columns, ' '.repeat(12))}`;
}

/** One line per clock; clocks that say the same share one. */
function clockLines(clocks: readonly DeadlineAnswer[], zone: string): readonly string[] {
  const byWords = new Map<string, readonly string[]>();
  for (const clock of clocks) {
    const words = clockWords(clock, zone);
    byWords.set(words, [...(byWords.get(words) ?? []), clock.question.clock]);
  }
  return [...byWords].map(([words, ids]) => (clocks.length === 1 ? words : `${words} (${ids.join(', ')})`));
}

function clockWords(clock: DeadlineAnswer, zone: string): string {
  if (clock.strict === null) return stateWords(clock);
  const latest = clock.latest === null ? '' : `; too late from ${whenBoth(clock.latest, zone)}`;
  return `${whenBoth(clock.strict, zone)}${latest}`;
}

/** What a draft still lacks, for the person who writes it. Empty when nothing is lacking. */
export function gapsText({ completeness }: RenderedNotice, language: 'de' | 'en', columns: number): string {
  const rows: Row[] = [
    ...completeness.missing.map(({ field, lacks }): Row => [field.key, `${field.label[language]}: ${LACKS[lacks]}`]),
    ...completeness.tooLong.map(
      ({ field, length }): Row => [
        field.key,
        `${field.label[language]}: ${length} characters, at most ${field.maxLength}`,
      ],
    ),
  ];
  const advice = completeness.recommended.map((field): Row => [field.key, field.label[language]]);
  const unused = completeness.unused.map(
    (key): Row => [key, 'this kind of notice does not ask for it; it was left out'],
  );
  const part = (title: string, list: readonly Row[]) => (list.length === 0 ? '' : `${title}\n${table(list, columns)}`);
  return part('Missing', rows) + part('Recommended and empty', advice) + part('Not used', unused);
}

const LACKS = {
  value: 'fill it in',
  reason: 'fill it in, or give a reason',
  date: 'say by when it follows (followsBy), or that it never will (final: true)',
} as const;

type Row = readonly [label: string, text: string];

/** Two columns, the second wrapped under itself. */
function table(rows: readonly Row[], columns: number, indent = '  '): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  const room = Math.max(30, columns - indent.length - width - 2);
  return rows
    .flatMap(([label, text]) =>
      wrap(text, room).map((line, index) => `${indent}${(index === 0 ? label : '').padEnd(width)}  ${line}\n`),
    )
    .join('');
}
