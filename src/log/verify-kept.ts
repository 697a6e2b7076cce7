/**
 * Compares one log as a database keeps it: its entries and tiles with the root that they have to come to, the list in which they are looked
 * up, the evidence that they name. The log that grows is compared so (verify-database.ts), and each one before it (verify-earlier.ts).
 */
import type { Instant } from '../lib/time.ts';
import type { Anchor, HeldCheckpoint } from './held-checkpoint.ts';
import type { Leaf } from './leaf.ts';
import type { Findings } from './log-finding.ts';
import {
  evidenceOf,
  NOTHING,
  type Observer,
  type ReadFile,
  type Sums,
  type Target,
  walkEntries,
} from './verify-log.ts';

/** A row of the list in which entries are looked up. */
export interface ListedRow {
  readonly idx: number;
  readonly type: string;
  readonly subject: string | null;
  readonly at: Instant;
}

/** A log in the tables. */
export interface KeptLog {
  /** Reads it as an export. */
  readonly read: ReadFile;
  /** The index behind the last entry that has a row, whatever anybody says its size is. */
  readonly end: number;
  /** Those of the database's own table: changed with it, they show nothing; unchanged, they show where it was rolled back. */
  readonly own: readonly HeldCheckpoint[];
  /** What the list says of the entries from `from` to before `to`; those of the time before there was a list are absent. */
  readonly listed: (from: number, to: number) => Promise<readonly ListedRow[]>;
  /** The first entry that is in the list. */
  readonly listedFrom: number;
}

/** SHA-256 of the evidence that is stored under a digest; `null` where there is none. */
export type ReadDigest = (digest: string) => Promise<string | null>;

/** What an entry said last about a subject. */
export interface Said {
  readonly index: number;
  /** SHA-256 of what the row has to hold. */
  readonly state: string;
}

export interface Compared {
  readonly sums: Sums;
  /** `null` where it is absent or no leaf. */
  readonly first: Leaf | null;
  /** By subject; not the whole truth where fewer entries were read than there are. */
  readonly said: ReadonlyMap<string, Said>;
}

export async function compareKept(
  log: KeptLog,
  target: Target,
  anchors: readonly Anchor[],
  readDigest: ReadDigest,
  findings: Findings,
): Promise<Compared> {
  const seen = new SeenEntries(log, findings);
  const sums = target.size === 0 ? NOTHING : await walkEntries(log.read, target, anchors, findings, seen);
  const beyond = log.end - target.size;
  if (beyond > 0)
    findings.add('broken', target.code, target.where, `${beyond} entries stand behind the end of the log`);
  const evidenceRead = await compareEvidence(seen.evidence, readDigest, findings);
  return {
    sums: { ...sums, evidenceRead, evidenceNamed: seen.evidence.size },
    first: seen.first,
    said: seen.said,
  };
}

async function compareEvidence(
  named: SeenEntries['evidence'],
  readDigest: ReadDigest,
  findings: Findings,
): Promise<number> {
  let read = 0;
  for (const [digest, index] of named) {
    const found = await readDigest(digest);
    const where = `entry ${index}`;
    if (found === digest) read += 1;
    else if (found === null) findings.add('unread', 'evidence-missing', where, 'its evidence is not in the database');
    else findings.add('broken', 'evidence-differs', where, 'its evidence was changed');
  }
  return read;
}

/** What the entries say last about each subject, and which evidence they name. */
class SeenEntries implements Observer {
  readonly #log: KeptLog;
  readonly #findings: Findings;
  #unlisted: ListedRow[] = [];
  first: Leaf | null = null;
  readonly said = new Map<string, Said>();
  readonly evidence = new Map<string, number>();

  constructor(log: KeptLog, findings: Findings) {
    this.#log = log;
    this.#findings = findings;
  }

  readonly entry = (index: number, leaf: Leaf): void => {
    const { type, subject, at, state } = leaf;
    if (index === 0) this.first = leaf;
    if (index >= this.#log.listedFrom) this.#unlisted.push({ idx: index, type, subject, at });
    if (subject !== null && state !== null) this.said.set(subject, { index, state });
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
