/** What a verification of the log says to people. */
import { base64 } from '../lib/bytes.ts';
import { count, number, printable, shorten } from '../lib/text.ts';
import { formatInstant } from '../lib/time.ts';
import type { LogFinding } from './log-finding.ts';
import type { BundleReport } from './proof-bundle.ts';
import type { LogReport } from './verify-log.ts';

export const VERIFY_USAGE = `Verifies an exported evidence log, or the proof of one entry: node verify.mjs DIR|FILE [--vkey KEY] [--history FILE]…

  DIR             the unpacked export: it holds log/checkpoint
  FILE            the proof of an entry: entry-17.proof.json
  --vkey KEY      the key of the log, as you got it on another way than with the pack
  --history FILE  a checkpoint that you kept, or a history file of several; may be given more than once

Exit codes: 0 verified, 2 broken, 3 something could not be read, 64 wrong use.
`;

/** Lines for a terminal; the last paragraph is the verdict. */
export function verifyText(report: LogReport): string {
  return [...head(report), '', ...verdict(report)].map((line) => `${printable(line)}\n`).join('');
}

function head({ key, checkpoint, sums, follows }: LogReport): readonly string[] {
  const lines: string[] = [];
  if (checkpoint !== null)
    lines.push(
      `Log      ${checkpoint.origin}`,
      `Size     ${count(checkpoint.size, 'entry', 'entries')}, root ${checkpoint.root}`,
    );
  if (key !== null) {
    lines.push(`Key      ${key.vkey}`, `         ${key.cameWithPack ? CAME_ALONG : GIVEN}`);
  }
  const times =
    sums.firstAt === null || sums.lastAt === null
      ? ''
      : `, from ${formatInstant(sums.firstAt)} to ${formatInstant(sums.lastAt)}`;
  lines.push(
    `Read     ${count(sums.entries, 'entry', 'entries')} (${number(sums.entryBytes)} bytes)${times}`,
    `Compared ${count(sums.tiles, 'tile')}, ${count(sums.olderCheckpoints, 'older checkpoint')}`,
  );
  if (follows !== null)
    lines.push(
      `Follows  ${follows.origin}, of which ${count(follows.size, 'entry was', 'entries were')} left, root ${base64(follows.root)}`,
    );
  if (sums.evidenceRead > 0)
    lines.push(
      `Evidence ${number(sums.evidenceRead)} of ${count(sums.evidenceNamed, 'piece')} that entries name came along`,
    );
  return lines;
}

function verdict(report: LogReport): readonly string[] {
  const { findings, broken, unread } = report;
  if (broken + unread === 0)
    return ['VERIFIED: the entries are those that the checkpoint was signed for.', ...limits(report)];
  const words =
    broken > 0
      ? `BROKEN: ${count(broken, 'finding')}${unread > 0 ? `, and ${number(unread)} not looked at` : ''}.`
      : `INCOMPLETE: ${count(unread, 'piece')} could not be looked at. What was not looked at is not verified.`;
  const rest = broken + unread - findings.length;
  return [words, ...findings.map(findingLine), ...(rest > 0 ? [`  … and ${number(rest)} more`] : [])];
}

/** The same for the proof of one entry. */
export function bundleText({ key, entry, olderCheckpoints, findings, broken, unread }: BundleReport): string {
  const lines: string[] = [];
  if (entry !== null)
    lines.push(
      `Log      ${entry.origin}`,
      `Entry    ${entry.index} of ${count(entry.size, 'entry', 'entries')}, counted from 0`,
      `Says     ${shorten(entry.leaf, MOST_LEAF)}`,
    );
  if (key !== null) lines.push(`Key      ${key.vkey}`, `         ${key.cameWithPack ? CAME_ALONG : GIVEN}`);
  lines.push(`Compared ${count(olderCheckpoints, 'checkpoint')} that you gave`, '');
  if (broken > 0) lines.push(`BROKEN: ${count(broken, 'finding')}. The entry is not proven.`);
  else if (unread > 0)
    lines.push(`INCOMPLETE: ${count(unread, 'piece')} could not be compared. What was not compared is not verified.`);
  else {
    lines.push('VERIFIED: the entry stands in the log that the checkpoint was signed for.');
    if (key?.cameWithPack === true) lines.push(KEY_LIMIT);
  }
  return [...lines, ...findings.map(findingLine)].map((line) => `${printable(line)}\n`).join('');
}

const MOST_LEAF = 2_000;
const CAME_ALONG = 'which came with the pack';
const GIVEN = 'which you gave';
const KEY_LIMIT = 'The key came with the pack, so this says nothing about whose log it is: compare it, or give --vkey.';

const FOLLOWS_LIMIT =
  'The log follows another one, which is not in the pack. Entry 0 says why; compare what you got of that one with its root.';

export const findingLine = ({ code, where, words }: LogFinding): string => `  ${where}: ${words} [${code}]`;

/** What a green answer does not say, so that nobody reads it into it. */
function limits({ key, sums, follows }: LogReport): readonly string[] {
  const lines: string[] = [];
  if (follows !== null) lines.push(FOLLOWS_LIMIT);
  if (key?.cameWithPack === true) lines.push(KEY_LIMIT);
  if (sums.olderCheckpoints === 0)
    lines.push(
      'No older checkpoint was compared: whoever holds the key could have written the whole log anew. Keep this one.',
    );
  return lines;
}
