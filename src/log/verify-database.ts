/**
 * Verifies the log where it is kept: the database against itself, against the checkpoint that lies outside of it, against checkpoints that
 * somebody kept, and the rows that it speaks of against what it recorded.
 *
 * The entries are walked as those of an export are (verify-log.ts). What only the database can show is here: entries behind the last
 * checkpoint, state rows, evidence. Queries are log-verify.actions.ts.
 */
import { base64, fromUtf8 } from '../lib/bytes.ts';
import { anchorsOf, type HeldCheckpoint } from './held-checkpoint.ts';
import type { Instant } from '../lib/time.ts';
import type { Leaf } from './leaf.ts';
import { Findings } from './log-finding.ts';
import type { Hash } from './merkle.ts';
import { formatVerifierKey, type VerifierKey } from './note.ts';
import {
  evidenceOf,
  type LogReport,
  NOTHING,
  type Observer,
  openCheckpoint,
  PACK,
  type ReadFile,
  walkEntries,
} from './verify-log.ts';

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

/** A row of the list in which entries are looked up. */
export interface ListedRow {
  readonly idx: number;
  readonly type: string;
  readonly subject: string | null;
  readonly at: Instant;
}

export interface DatabaseLog {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Entries that have an index at or above `size`. */
  readonly beyond: number;
  readonly key: VerifierKey;
  /** Whether the key was given by who asks, and not found in the data folder. */
  readonly keyGiven: boolean;
  /** Reads the database as an export; `log/checkpoint` is the file in the data folder. */
  readonly read: ReadFile;
  /** Those of the database's own table: changed with it, they show nothing; unchanged, they show where it was rolled back. */
  readonly own: readonly HeldCheckpoint[];
  /** Those that whoever asks has kept. */
  readonly held: readonly HeldCheckpoint[];
  readonly rows: readonly StateRow[];
  /** What the list says of the entries from `from` to before `to`; those of the time before there was a list are absent. */
  readonly listed: (from: number, to: number) => Promise<readonly ListedRow[]>;
  /** The first entry that is in the list. */
  readonly listedFrom: number;
  /** SHA-256 of the evidence that is stored under a digest; `null` where there is none. */
  readonly evidence: (digest: string) => Promise<string | null>;
}

export interface DatabaseReport extends LogReport {
  /** Of the log in the database; the signed size is in `checkpoint`. */
  readonly size: number;
  readonly states: number;
}

export async function verifyDatabase(log: DatabaseLog): Promise<DatabaseReport> {
  const findings = new Findings();
  const { origin, size, root, key, read } = log;
  const outside = await openCheckpoint(read, key, findings);
  const note = await read(PACK.checkpoint, Number.MAX_SAFE_INTEGER);
  const beside = outside === null || !(note instanceof Uint8Array) ? [] : [{ where: CHECKPOINT, note, seenAt: null }];
  const own = [...beside, ...log.own];
  const anchors = anchorsOf([...own, ...log.held], { origin, size, root, extensions: [] }, key, findings);
  const seen = new SeenStates(log, findings);
  const target = { size, root, where: DATABASE, words: NOT_THE_HEAD };
  const sums = size === 0 ? NOTHING : await walkEntries(read, target, anchors, findings, seen);
  if (log.beyond > 0)
    findings.add('broken', 'root-differs', DATABASE, `${log.beyond} entries stand behind the end of the log`);
  if (sums.entries === size) compareRows(log, seen.latest, findings);
  else findings.add('unread', 'state-unread', 'the rows', 'were not compared, because not all entries could be read');
  let evidenceRead = 0;
  for (const [digest, index] of seen.evidence) {
    const found = await log.evidence(digest);
    const where = `entry ${index}`;
    if (found === digest) evidenceRead += 1;
    else if (found === null) findings.add('unread', 'evidence-missing', where, 'its evidence is not in the database');
    else findings.add('broken', 'evidence-differs', where, 'its evidence was changed');
  }
  return {
    key: { vkey: formatVerifierKey(key), cameWithPack: !log.keyGiven },
    checkpoint: outside === null ? null : { origin, size: outside.size, root: base64(outside.root) },
    sums: {
      ...sums,
      olderCheckpoints: Math.max(0, sums.olderCheckpoints - own.length),
      evidenceRead,
      evidenceNamed: seen.evidence.size,
    },
    findings: findings.listed,
    broken: findings.broken,
    unread: findings.unread,
    size,
    states: log.rows.length,
  };
}

const DATABASE = 'the database';
const CHECKPOINT = 'log.checkpoint';
const NOT_THE_HEAD = 'the entries give another root than the log has: an entry was changed, added, removed or moved';

/** What the entries say last about each subject, and which evidence they name. */
class SeenStates implements Observer {
  readonly #log: DatabaseLog;
  readonly #findings: Findings;
  #unlisted: ListedRow[] = [];
  readonly latest = new Map<string, { readonly index: number; readonly state: string }>();
  readonly evidence = new Map<string, number>();

  constructor(log: DatabaseLog, findings: Findings) {
    this.#log = log;
    this.#findings = findings;
  }

  readonly entry = (index: number, leaf: Leaf): void => {
    const { type, subject, at, state } = leaf;
    if (index >= this.#log.listedFrom) this.#unlisted.push({ idx: index, type, subject, at });
    if (subject !== null && state !== null) this.latest.set(subject, { index, state });
    const evidence = evidenceOf(leaf);
    if (evidence !== null) this.evidence.set(evidence, index);
  };

  /** A filter that passes an entry over would hide it. */
  readonly bundle = async (): Promise<void> => {
    const [first] = this.#unlisted;
    const last = this.#unlisted.at(-1);
    if (first === undefined || last === undefined) return;
    const rows = new Map((await this.#log.listed(first.idx, last.idx + 1)).map((row) => [row.idx, row]));
    for (const { idx, type, subject, at } of this.#unlisted) {
      const row = rows.get(idx);
      if (row?.type !== type || row.subject !== subject || row.at !== at)
        this.#findings.add(
          'broken',
          'listing-differs',
          `entry ${idx}`,
          'the list of entries says something else of it',
        );
    }
    this.#unlisted = [];
  };
}

function compareRows({ origin, rows }: DatabaseLog, latest: SeenStates['latest'], findings: Findings): void {
  const found = new Set<string>();
  for (const row of rows) {
    found.add(row.subject);
    const said = latest.get(row.subject);
    if (said === undefined && row.origin !== origin) {
      const words = `it was recorded in the log "${row.origin}", which is not the one that is verified here`;
      findings.add('unread', 'state-elsewhere', row.subject, words);
    } else if (said === undefined)
      findings.add('broken', 'state-differs', row.subject, 'no entry of the log speaks of this row: it was added');
    else if (said.state !== row.digest || said.index !== row.index || row.origin !== origin) {
      const words = `the row is not what entry ${said.index}, the last one about it, recorded: it was changed`;
      findings.add('broken', 'state-differs', row.subject, words);
    }
  }
  for (const [subject, { index }] of latest)
    if (!found.has(subject))
      findings.add('broken', 'state-missing', subject, `entry ${index} recorded it, and its row is gone`);
}

/** The key of a file, for who has no better one. */
export const keyText = (bytes: Uint8Array): string => (fromUtf8(bytes) ?? '').trimEnd();
