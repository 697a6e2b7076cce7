/** Proposals as a YAML text to be completed by hand, and the summary of an import for people. */
import { stringify } from 'yaml';
import { count, printable } from '../lib/text.ts';
import type { OpenProposal, ImportedFile } from './proposals.ts';

/** Values that only YAML 1.1 would read otherwise are quoted too: other tools read this file. */
const WRITING = { lineWidth: 0, compat: 'yaml-1.1' } as const;

/** Ends with a newline. A decisions file that still holds `proposals:` is refused as a whole. */
export function proposalsText(
  files: readonly ImportedFile[],
  proposals: readonly OpenProposal[],
  today: string,
): string {
  const left = files.flatMap(({ file, left: sentences }) =>
    sentences.map((sentence) => comment(`${file}, ${sentence}`)),
  );
  return `${[
    comment(
      `Proposals from ${files.map(({ file }) => file).join(', ')}, made by \`holdfast decide --import\` on ${today}.`,
    ),
    '# None of them is a decision: nothing here closes a finding. Look at each; where it is right, fill in what `open` lists, move',
    '# it below `decisions:` in holdfast.decisions.yaml and remove its `from` and `open` lines.',
    ...(left.length === 0 ? [] : ['#', '# Not proposed:', ...left]),
    proposals.length === 0 ? 'proposals: []' : 'proposals:',
    ...proposals.map((proposal) => proposalText(proposal, today)),
  ].join('\n')}\n`;
}

function proposalText(proposal: OpenProposal, today: string): string {
  const { ids, from, matches, near, lost, open } = proposal;
  const [id = '', ...aliases] = ids;
  const comments = [
    matches.length > 0 ? `matches ${matches.join(', ')}` : 'matches no finding here',
    ...(near.length > 0 ? [`findings in that package: ${near.join(', ')}`] : []),
    ...lost.map((what) => (/^(?:it|its|the id) /.test(what) ? what : `not carried over: ${what}`)),
  ];
  return [
    ...comments.map((text) => `  ${comment(text)}`),
    `  - ${pair('from', from)}`,
    `    open: [${open.join(', ')}]`,
    `    ${pair('id', id)}`,
    ...(aliases.length > 0 ? [`    aliases: [${aliases.map(value).join(', ')}]`] : []),
    `    ${pair('package', proposal.package)}`,
    `    ${pair('decision', proposal.decision)}`,
    ...(proposal.decision === 'not_affected' ? [`    ${pair('justification', proposal.justification)}`] : []),
    '    owner:',
    `    ${pair('reason', proposal.reason)}`,
    `    decided: ${today}`,
    `    ${pair('expires', proposal.expires)}`,
  ].join('\n');
}

/** One line, whatever a file holds: a line break would end the comment. */
const comment = (text: string): string => `# ${printable(text)}`;

/** In quotes wherever something could be more than a plain word: inside brackets a comma separates. */
const value = (text: string): string =>
  /^[\w.:/@%+-]+$/.test(text) ? stringify(text, WRITING).trimEnd() : JSON.stringify(text);

const pair = (key: string, text: string | null): string =>
  text === null
    ? `${key}:`
    : stringify({ [key]: text }, { ...WRITING, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd();

/** What an import made, in a line for each file, and the next step. Ends with a newline. */
export function importSummary(
  files: readonly ImportedFile[],
  proposals: readonly OpenProposal[],
  out: string | null,
): string {
  const lines = files.map(({ file, format, proposals: made, left }) =>
    printable(
      `${file} (${format}): ${count(made.length, 'entry', 'entries')} read, ${count(left.length, 'entry', 'entries')} not proposed`,
    ),
  );
  const matching = proposals.filter(({ matches }) => matches.length > 0).length;
  const where = out === null ? 'above' : `in ${printable(out)}`;
  return `${[
    ...lines,
    `${count(proposals.length, 'proposal')}, of which ${matching} match a finding here. None of them is a decision.`,
    `Next: complete the ones that are right ${where}, move them into holdfast.decisions.yaml, then run: holdfast decide --list`,
  ].join('\n')}\n`;
}
