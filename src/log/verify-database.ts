/**
 * Verifies the log where it is kept: the database against itself, against the checkpoint that lies outside of it, against checkpoints that
 * somebody kept, and the rows that it speaks of against what it recorded.
 *
 * The entries are walked as those of an export are (verify-log.ts), with what only a database can show besides (verify-kept.ts). A log that
 * follows another covers it, so the logs before it are verified too (verify-earlier.ts). The rows are compared here, with what
 * any of them said last. Queries are log-verify.actions.ts.
 */
import { base64, fromUtf8 } from '../lib/bytes.ts';
import { anchorsOf, checkpointIn, type HeldCheckpoint } from './held-checkpoint.ts';
import { Findings } from './log-finding.ts';
import type { Hash } from './merkle.ts';
import { formatVerifierKey, type VerifierKey } from './note.ts';
import { foundBefore } from './reopened.ts';
import { type Earlier, type EarlierReport, verifyEarlier } from './verify-earlier.ts';
import { compareKept, type KeptLog, type ReadDigest, type Said } from './verify-kept.ts';
import { type LogReport, openCheckpoint, PACK } from './verify-log.ts';

/** A row that an entry speaks of: what it holds now. */
export interface StateRow {
  /** As in the entry: `policy:SECURITY-POLICY.md`. */
  readonly subject: string;
  /** Of the log that recorded it. */
  readonly origin: string;
  readonly index: number;
  /** SHA-256 of what the row holds. */
  readonly digest: string;
}

/** The log that grows. Its `log/checkpoint` is the file in the data folder. */
export interface DatabaseLog extends KeptLog {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  readonly key: VerifierKey;
  /** Whether the key was given by who asks, and not found in the data folder. */
  readonly keyGiven: boolean;
  /** Those that whoever asks has kept. */
  readonly held: readonly HeldCheckpoint[];
  readonly rows: readonly StateRow[];
  /** A log of before it was reopened; `null` where the database holds none of that name. */
  readonly earlier: (origin: string) => Promise<KeptLog | null>;
  readonly evidence: ReadDigest;
}

export interface DatabaseReport extends LogReport {
  /** Of the log in the database; the signed size is in `checkpoint`. */
  readonly size: number;
  readonly states: number;
  /** The logs that it follows, the newest first. */
  readonly earlier: readonly EarlierReport[];
}

export async function verifyDatabase(log: DatabaseLog): Promise<DatabaseReport> {
  const findings = new Findings();
  const { origin, size, root, key, read } = log;
  const outside = await openCheckpoint(read, key, findings);
  const note = await read(PACK.checkpoint, Number.MAX_SAFE_INTEGER);
  const beside = outside === null || !(note instanceof Uint8Array) ? [] : [{ where: CHECKPOINT, note, seenAt: null }];
  const own = [...beside, ...log.own];
  const isElsewhere = (each: HeldCheckpoint): boolean => (checkpointIn(each)?.origin ?? origin) !== origin;
  const held = log.held.filter((each) => !isElsewhere(each));
  const current = { origin, size, root, extensions: [] };
  const anchors = anchorsOf([...own, ...held], current, key, findings);
  const target = { size, root, where: DATABASE, code: 'root-differs', words: NOT_THE_HEAD } as const;
  const { sums, first, said } = await compareKept(log, target, anchors, log.evidence, findings);
  const logs = { find: log.earlier, readDigest: log.evidence, held: log.held.filter(isElsewhere) };
  const earlier = await verifyEarlier({ origin, key, first }, logs, findings);
  // Says of each that nothing was compared with it.
  anchorsOf(earlier.unused, current, key, findings);
  if (sums.entries === size) compareRows(log, said, earlier, findings);
  else findings.add('unread', 'state-unread', 'the rows', 'were not compared, because not all entries could be read');
  return {
    key: { vkey: formatVerifierKey(key), cameWithPack: !log.keyGiven },
    checkpoint: outside === null ? null : { origin, size: outside.size, root: base64(outside.root) },
    sums: { ...sums, olderCheckpoints: Math.max(0, sums.olderCheckpoints - own.length) },
    follows: foundBefore(first),
    findings: findings.listed,
    broken: findings.broken,
    unread: findings.unread,
    size,
    states: log.rows.length,
    earlier: earlier.reports,
  };
}

const DATABASE = 'the database';
const CHECKPOINT = 'log.checkpoint';
const NOT_THE_HEAD = 'the entries give another root than the log has: an entry was changed, added, removed or moved';

interface LastSaid extends Said {
  readonly origin: string;
}

/** What was said last about each subject: a newer log is right against an older one. */
function lastSaid(origin: string, said: ReadonlyMap<string, Said>, earlier: Earlier): ReadonlyMap<string, LastSaid> {
  const last = new Map<string, LastSaid>();
  for (const [from, entries] of [[origin, said] as const, ...earlier.said])
    for (const [subject, { index, state }] of entries)
      if (!last.has(subject)) last.set(subject, { origin: from, index, state });
  return last;
}

function compareRows(
  { origin, rows }: DatabaseLog,
  said: ReadonlyMap<string, Said>,
  earlier: Earlier,
  findings: Findings,
): void {
  const last = lastSaid(origin, said, earlier);
  const found = new Set<string>();
  const entryOf = (each: LastSaid): string =>
    each.origin === origin ? `entry ${each.index}` : `entry ${each.index} of the log "${each.origin}"`;
  for (const row of rows) {
    found.add(row.subject);
    const entry = last.get(row.subject);
    const isCovered = row.origin === origin || earlier.said.has(row.origin);
    if (entry === undefined && !isCovered && !earlier.isWhole) {
      const words = `it was recorded in the log "${row.origin}", whose entries could not be compared with anything this log says of them`;
      findings.add('unread', 'state-elsewhere', row.subject, words);
    } else if (entry === undefined)
      findings.add('broken', 'state-differs', row.subject, 'no entry of the log speaks of this row: it was added');
    else if (entry.state !== row.digest || entry.index !== row.index || entry.origin !== row.origin) {
      const words = `the row is not what ${entryOf(entry)}, the last one about it, recorded: it was changed`;
      findings.add('broken', 'state-differs', row.subject, words);
    }
  }
  for (const [subject, entry] of last)
    if (!found.has(subject))
      findings.add('broken', 'state-missing', subject, `${entryOf(entry)} recorded it, and its row is gone`);
}

/** The key of a file, for who has no better one. */
export const keyText = (bytes: Uint8Array): string => (fromUtf8(bytes) ?? '').trimEnd();
