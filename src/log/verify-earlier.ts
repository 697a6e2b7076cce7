/**
 * Verifies the logs that came before the one that grows, as far as the database still holds them. Each log that follows another says in its
 * first entry what the database held of that one (reopened.ts): size and root. So what the newest checkpoint was signed for covers
 * the entries of all of them, and rows that were recorded before a disaster can be judged after it.
 *
 * Called by verify-database.ts. One log is compared by verify-kept.ts.
 */
import { base64 } from '../lib/bytes.ts';
import { type Anchor, anchorsOf, checkpointIn, type HeldCheckpoint } from './held-checkpoint.ts';
import type { Leaf } from './leaf.ts';
import { Findings } from './log-finding.ts';
import type { VerifierKey } from './note.ts';
import { baseOf } from './origin.ts';
import { type Before, type Found, logBefore } from './reopened.ts';
import { type Compared, compareKept, type KeptLog, type ReadDigest, type Said } from './verify-kept.ts';

export interface EarlierLogs {
  /** `null` where the database holds no log of that name. */
  readonly find: (origin: string) => Promise<KeptLog | null>;
  readonly readDigest: ReadDigest;
  /** Checkpoints of other logs than the newest one that whoever asks has kept. */
  readonly held: readonly HeldCheckpoint[];
}

export interface EarlierReport {
  readonly origin: string;
  /** As the log that follows it says. */
  readonly size: number;
  readonly root: string;
  /** That were read. */
  readonly entries: number;
  /** Under a checkpoint of its own: the ones behind stand only under the root that was found when the next log began. */
  readonly signed: number;
  /** That whoever asks has kept, and that were compared. */
  readonly olderCheckpoints: number;
}

export interface Earlier {
  /** The newest first. */
  readonly reports: readonly EarlierReport[];
  /** What the entries of each log that could be read said last about each subject, by origin. */
  readonly said: ReadonlyMap<string, ReadonlyMap<string, Said>>;
  /** Whether they are all logs there were: none could not be read, and none is known by its name alone. */
  readonly isWhole: boolean;
  /** Those of the held checkpoints that belong to none of them. */
  readonly unused: readonly HeldCheckpoint[];
}

/** The newest log, whose entries have been compared. */
export interface Newest {
  readonly origin: string;
  readonly key: VerifierKey;
  /** Entry 0; `null` where it could not be read. */
  readonly first: Leaf | null;
}

export async function verifyEarlier(newest: Newest, logs: EarlierLogs, findings: Findings): Promise<Earlier> {
  const reports: EarlierReport[] = [];
  const said = new Map<string, ReadonlyMap<string, Said>>();
  let { held: unused } = logs;
  let key: VerifierKey | null = newest.key;
  let before = newest.first === null ? UNKNOWN : logBefore(newest.first);
  while (before.kind === 'covered') {
    const { found } = before;
    // A ring would never end. Nobody can make one whose roots are right, and one whose roots are wrong has its finding.
    if (found.origin === newest.origin || said.has(found.origin)) break;
    key = keyOf(found.origin, before.key) ?? keyOf(found.origin, key);
    const kept = await logs.find(found.origin);
    const own = new Findings();
    const anchors = anchorsIn(found, key, { own: kept?.own ?? [], held: unused }, own);
    const compared = await compareFound(found, kept, anchors.all, logs.readDigest, own);
    findings.addAll(own, found.origin);
    unused = anchors.unused;
    const isRead = compared !== null && compared.sums.entries === found.size;
    reports.push({
      ...found,
      root: base64(found.root),
      entries: compared?.sums.entries ?? 0,
      signed: isRead ? (anchors.all.at(-1)?.checkpoint.size ?? 0) : 0,
      olderCheckpoints: isRead ? anchors.held : 0,
    });
    // An entry that was not read may be the last one about any subject, and of those before it.
    if (!isRead) break;
    said.set(found.origin, compared.said);
    before = found.size > 0 && compared.first === null ? UNKNOWN : logBefore(compared.first);
  }
  return { reports, said, isWhole: before.kind === 'nothing', unused };
}

const UNKNOWN: Before = { kind: 'uncovered' };

/** The public key under the name of that log; `null` where it is not the key of that log. */
const keyOf = (origin: string, key: VerifierKey | null): VerifierKey | null =>
  key !== null && baseOf(key.name) === baseOf(origin) ? { ...key, name: origin } : null;

interface FoundAnchors {
  readonly all: readonly Anchor[];
  /** How many of them whoever asks has kept. */
  readonly held: number;
  readonly unused: readonly HeldCheckpoint[];
}

/** A held checkpoint of more entries than were found is not compared: the reopening says itself that those were lost. */
function anchorsIn(
  found: Found,
  key: VerifierKey | null,
  { own, held }: { readonly own: readonly HeldCheckpoint[]; readonly held: readonly HeldCheckpoint[] },
  findings: Findings,
): FoundAnchors {
  if (key === null) return { all: [], held: 0, unused: held };
  const fitting: HeldCheckpoint[] = [];
  const unused: HeldCheckpoint[] = [];
  for (const each of held) {
    const checkpoint = checkpointIn(each);
    const fits = checkpoint?.origin === found.origin && checkpoint.size <= found.size;
    (fits ? fitting : unused).push(each);
  }
  const current = { ...found, extensions: [] };
  const ours = anchorsOf(own, current, key, findings);
  const theirs = anchorsOf(fitting, current, key, findings);
  const all = [...ours, ...theirs].sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  return { all, held: theirs.length, unused };
}

async function compareFound(
  { size, root }: Found,
  kept: KeptLog | null,
  anchors: readonly Anchor[],
  readDigest: ReadDigest,
  findings: Findings,
): Promise<Compared | null> {
  if (kept === null) {
    const words = `the log had ${size} entries when the next one began, and is not in the database`;
    findings.add('broken', 'earlier-missing', 'the database', words);
    return null;
  }
  const target = { size, root, where: 'the database', code: 'earlier-differs', words: NOT_WHAT_WAS_FOUND } as const;
  return compareKept(kept, target, anchors, readDigest, findings);
}

const NOT_WHAT_WAS_FOUND =
  'the entries give another root than was recorded when the next log began: an entry was changed, added, removed or moved';
