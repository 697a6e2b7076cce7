/** What `holdfast decide` says to people: what was decided and what it means now, the list, and the questions. */
import type { Paint, PaintStyle } from '../lib/paint.ts';
import { count, printable, shellWord, shorten } from '../lib/text.ts';
import type { Finding } from '../scan/finding.ts';
import { namedFinding } from '../scan/scan.text.ts';
import type { ApproveReport, DecideReport, DecisionList, ListedState, RenewReport } from './decide-report.ts';
import type { Topic } from './decide-answers.ts';
import type { DecideRefusal } from './decide.ts';
import { DECISION_STATES, DECISIONS_FILE, openWords, STATE_WORDS, VEX_JUSTIFICATIONS } from './decision.ts';

/** Ends with a newline. */
export function decidedText({ entry, place, findings }: DecideReport): string {
  const next = findings.some(({ decision }) => decision?.open === 'unapproved')
    ? `Next: a second person looks at it and runs: holdfast decide --approve ${shellWord(entry.id)} --by NAME`
    : `Next: commit ${DECISIONS_FILE}; the gate counts only what a commit holds.`;
  return `${[
    printable(`${place}: ${entry.id} in ${entry.package}, ${STATE_WORDS[entry.decision]}`),
    ...findings.map(outcomeLine),
    next,
  ].join('\n')}\n`;
}

/** Ends with a newline. */
export function approvedText({ decision, findings }: ApproveReport): string {
  return `${[
    printable(`${decision.place}: approved by ${decision.approvedBy ?? ''}`),
    ...(findings.length === 0 ? ['It matches no finding here.'] : findings.map(outcomeLine)),
    `Next: commit ${DECISIONS_FILE}; the gate counts only what a commit holds.`,
  ].join('\n')}\n`;
}

/** Ends with a newline. */
export function renewedText({ renewed }: RenewReport): string {
  const lines = renewed.flatMap(({ decision: { id, package: scope, place }, file, fails }) => [
    printable(`${fails === null ? 'renewed    ' : 'not renewed'}  ${file}: ${id} in ${scope.purl} (${place})`),
    ...(fails === null ? [] : [printable(`  ${fails}`)]),
  ]);
  const next = renewed.every(({ fails }) => fails !== null)
    ? 'Next: holdfast scan --reach, then decide on each again'
    : `Next: commit ${DECISIONS_FILE} and the proofs; the gate counts only what a commit holds.`;
  return `${[...lines, next].join('\n')}\n`;
}

function outcomeLine(finding: Finding): string {
  const { decision } = finding;
  if (decision === null) return `  ${namedFinding(finding)}: open, because a part of its inputs is not decided on`;
  return `  ${namedFinding(finding)}: ${decision.open === null ? 'closed' : 'open'}, ${printable(openWords(decision))}`;
}

const STATES: Readonly<Record<ListedState, { readonly word: string; readonly colour: PaintStyle }>> = {
  live: { word: '● live', colour: 'green' },
  planned: { word: '◐ planned', colour: 'yellow' },
  expired: { word: '✕ expired', colour: 'red' },
  unapproved: { word: '✕ unapproved', colour: 'red' },
  unproven: { word: '✕ not proven', colour: 'red' },
  unused: { word: '· unused', colour: 'dim' },
  'not-measured': { word: '? not measured', colour: 'magenta' },
};
const STATE_WIDTH = Math.max(...Object.values(STATES).map(({ word }) => word.length));
/** A package URL longer than this would push the rest off the line. */
const PACKAGE_WIDTH = 50;

/** Ends with a newline. */
export function listText({ decisions, today, zone, undecided, strangers }: DecisionList, paint: Paint): string {
  const widest = (pick: (id: string, purl: string) => string): number =>
    Math.max(0, ...decisions.map(({ decision }) => pick(decision.id, decision.package.purl).length));
  const id = widest((own) => own);
  const purl = Math.min(
    PACKAGE_WIDTH,
    widest((_, own) => own),
  );
  const lines = decisions.flatMap(({ decision, state, findings }) => {
    const { word, colour } = STATES[state];
    const approved = decision.approvedBy === null ? '' : `, approved by ${decision.approvedBy}`;
    const paths = decision.paths.length === 0 ? '' : `, for ${decision.paths.join(', ')}`;
    return [
      `${paint(colour, word.padEnd(STATE_WIDTH))}  ${printable(`${decision.id.padEnd(id)}  ${shorten(decision.package.purl, purl).padEnd(purl)}`)}  ${STATE_WORDS[decision.state]} until ${decision.expires}`,
      `${' '.repeat(STATE_WIDTH + 2)}${paint('dim', printable(`${decision.place}, by ${decision.owner}${approved}${paths}; ${count(findings, 'finding')}`))}`,
    ];
  });
  const sums =
    decisions.length === 0
      ? `There is no decision in ${DECISIONS_FILE}.`
      : `${count(decisions.length, 'decision')} on ${today} (${printable(zone)}).`;
  const open = undecided === 0 ? [] : [`${count(undecided, 'finding')} without a decision: holdfast scan`];
  return `${[...lines, ...(lines.length > 0 ? [''] : []), sums, ...open, ...strangers.map((each) => `note: ${each}`), nextOfList(decisions)].join('\n')}\n`;
}

function nextOfList(decisions: DecisionList['decisions']): string {
  const first = (state: ListedState) => decisions.find((listed) => listed.state === state)?.decision;
  const expired = first('expired');
  if (expired !== undefined) return `Next: decide on it again, or remove ${printable(expired.place)}`;
  const unapproved = first('unapproved');
  if (unapproved !== undefined)
    return `Next: a second person runs: holdfast decide --approve ${shellWord(unapproved.id)} --by NAME`;
  if (first('unproven') !== undefined) return 'Next: holdfast decide --renew';
  const unused = first('unused');
  if (unused !== undefined) return `Next: remove ${printable(unused.place)}, which matches nothing any more`;
  return 'Next: holdfast check';
}

/** To stderr. */
export const refusalText = ({ code, message, hint }: DecideRefusal): string =>
  `holdfast: ${printable(message)}; nothing was changed\n  ${printable(hint)} [${code}]\n`;

/** One question, ending with a blank for the answer. */
export function questionText(topic: Topic, suggestion: string | null, problem: string | null): string {
  const usual = suggestion === null ? '' : ` [${printable(suggestion)}]`;
  const again = problem === null ? '' : `  ${printable(problem)}\n`;
  return `${again}${QUESTIONS[topic]}${usual}: `;
}

const QUESTIONS: Readonly<Record<Topic, string>> = {
  decision: `Decision (${DECISION_STATES.join(', ')})`,
  justification: `Why it is not affected (${VEX_JUSTIFICATIONS.join(', ')})`,
  reason: 'Reason, in a sentence that a stranger understands',
  owner: 'Owner, who answers for it',
  expires: 'Until when (a day, or 90d; a year at most)',
};
