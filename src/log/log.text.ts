/** What `holdfast log` says to people. */
import { count, number, printable, shorten } from '../lib/text.ts';
import { formatInstant } from '../lib/time.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { DatabaseReport } from './verify-database.ts';
import type { EarlierReport } from './verify-earlier.ts';
import { findingLine } from './verify.text.ts';

const lines = (all: readonly string[]): string => all.map((line) => `${printable(line)}\n`).join('');

/** The last paragraph is the verdict. */
export function databaseText(report: DatabaseReport): string {
  const { checkpoint, key, size, sums, states, earlier, findings, broken, unread } = report;
  const times =
    sums.firstAt === null || sums.lastAt === null
      ? ''
      : `, from ${formatInstant(sums.firstAt)} to ${formatInstant(sums.lastAt)}`;
  const head = [
    ...(checkpoint === null ? [] : [`Log      ${checkpoint.origin}`]),
    ...(key === null ? [] : [`Key      ${key.vkey}`]),
    `Size     ${count(size, 'entry', 'entries')}, ${number(checkpoint?.size ?? 0)} of them under the newest checkpoint`,
    `Read     ${count(sums.entries, 'entry', 'entries')} (${number(sums.entryBytes)} bytes)${times}`,
    `Compared ${count(states, 'recorded row')}, ${count(sums.tiles, 'tile')}, ${count(sums.olderCheckpoints, 'checkpoint')} that you gave`,
    ...earlier.map(earlierLine),
    '',
  ];
  if (broken + unread === 0)
    return lines([
      ...head,
      'VERIFIED: the entries are those that were signed, and the rows are what they recorded.',
      'Only a checkpoint that somebody else kept shows that the owner of the key did not write the log anew: give it with --history.',
      ...(earlier.length === 0 ? [] : [EARLIER_LIMIT]),
    ]);
  const rest = broken + unread - findings.length;
  const words =
    broken > 0
      ? `BROKEN: ${count(broken, 'finding')}${unread > 0 ? `, and ${number(unread)} not looked at` : ''}.`
      : `INCOMPLETE: ${count(unread, 'piece')} could not be looked at. What was not looked at is not verified.`;
  return lines([...head, words, ...findings.map(findingLine), ...(rest > 0 ? [`  … and ${number(rest)} more`] : [])]);
}

function earlierLine({ origin, size, entries, signed, olderCheckpoints }: EarlierReport): string {
  const read = entries === size ? '' : `, ${number(entries)} of them read`;
  const given = olderCheckpoints === 0 ? '' : `, ${count(olderCheckpoints, 'checkpoint')} that you gave`;
  return `Before   ${origin}: ${count(size, 'entry', 'entries')}${read}, ${number(signed)} of them under a checkpoint of their own${given}`;
}

/** What is green is what was there when the log was reopened. */
const EARLIER_LIMIT =
  'The same shows what was done to a log of before, or lost of it, until it was reopened: entry 0 says why that was.';

export function exportText(folder: string, { signed, files, vkey, evidence }: Exported): string {
  const { size } = signed.checkpoint;
  return lines([
    `Wrote ${count(size, 'entry', 'entries')} in ${count(files, 'file')} to ${folder}.`,
    ...(evidence === null ? [] : evidenceLines(evidence)),
    `Hand it over with the key, on another way than the folder: ${vkey}`,
    `Whoever has it verifies it with: node ${folder}/verify.mjs ${folder} --vkey ${vkey}`,
  ]);
}

const evidenceLines = ({ written, leftOut }: EvidenceCount): readonly string[] => [
  `With ${count(written, 'piece')} of evidence, which may name people: hand it only to who needs it.`,
  ...(leftOut === 0
    ? []
    : [
        `${count(leftOut, 'piece')} of evidence left out: not in the database, or changed. Run \`holdfast log verify\`.`,
      ]),
];

export const anchorText = ({ commit, ref, size }: Anchored): string =>
  lines([
    `The checkpoint of ${count(size, 'entry', 'entries')} is a note on commit ${commit}.`,
    `Push it, so that others hold it: git push origin ${ref}`,
  ]);

/** A checkpoint that was kept in a repository. */
export interface Anchored {
  readonly commit: string;
  readonly ref: string;
  readonly origin: string;
  readonly size: number;
}

/** What was exported. */
export interface Exported {
  readonly signed: { readonly checkpoint: Checkpoint };
  readonly files: number;
  readonly vkey: string;
  /** `null`: none was asked for. */
  readonly evidence: EvidenceCount | null;
}

export interface EvidenceCount {
  readonly written: number;
  /** Not in the database, or not what its entry says. */
  readonly leftOut: number;
}

const MOST_DATA = 60;

export interface ListedEntry {
  readonly index: number;
  /** RFC 3339; empty where the entry is malformed. */
  readonly at: string;
  readonly type: string;
  readonly subject: string | null;
  readonly data: JsonObject;
}

export const listText = (entries: readonly ListedEntry[]): string =>
  lines(
    entries.map(({ index, at, type, subject, data }) =>
      [
        index.toString().padStart(7),
        at.padEnd(24),
        type.padEnd(18),
        subject ?? '-',
        shorten(dataWords(data), MOST_DATA),
      ].join('  '),
    ),
  );

/** Counts say most of an evaluation; of other entries the beginning has to do. */
export function dataWords(data: JsonObject): string {
  const { counts } = data;
  if (typeof counts !== 'object' || counts === null || Array.isArray(counts)) return canonicalJson(data);
  return Object.entries(counts)
    .flatMap(([verdict, amount]) => (typeof amount === 'number' && amount > 0 ? [`${amount} ${verdict}`] : []))
    .join(', ');
}
