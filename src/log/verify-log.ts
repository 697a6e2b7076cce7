/**
 * Verifies an exported log from its files alone: nothing of the program that wrote it, and none of its data, is needed.
 *
 * What it checks: the signature of the checkpoint; that the entries give the tree of the checkpoint; that the tiles are
 * the tiles of that tree; that every entry is a leaf (leaf.ts) of one organisation, and none is older than the one in front
 * of it; that every older checkpoint somebody holds is of a beginning of this log (held-checkpoint.ts); that the evidence which
 * came along is what the entries say.
 *
 * The entries are read once, 256 at a time, so memory does not grow with the log. verify.cli.ts is the program around it,
 * and is all that verify.mjs holds besides.
 */
import { base64, fromUtf8, sameBytes } from '../lib/bytes.ts';
import { sha256 } from '../lib/hash.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import {
  AnchorTimes,
  type Anchor,
  anchorsOf,
  type HeldCheckpoint,
  MOST_HISTORY_BYTES,
  parseHistory,
} from './held-checkpoint.ts';
import { Findings, type LogFinding } from './log-finding.ts';
import { type Leaf, readLeaf } from './leaf.ts';
import { HASH_BYTES, type Hash, hashLeaf } from './merkle.ts';
import {
  formatVerifierKey,
  MOST_NOTE_BYTES,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifyNote,
} from './note.ts';
import { type Found, foundBefore } from './reopened.ts';
import { type BundleFault, decodeBundle, MOST_BUNDLE_BYTES, TILE_WIDTH, tilePath, tileWidth } from './tile.ts';
import { type Tile, TileBuilder } from './tile-builder.ts';

/** Why there are no bytes. `why` continues "the file …". */
export interface Unread {
  /** It is not there, which is more than not being readable. */
  readonly absent: boolean;
  readonly why: string;
}

/** Reads a file of the pack; `path` has `/` and is relative to the pack. A file of more than `mostBytes` is not read. */
export type ReadFile = (path: string, mostBytes: number) => Promise<Uint8Array | Unread>;

export const PACK = {
  key: 'log.vkey',
  checkpoint: 'log/checkpoint',
  history: 'log/history.ndjson',
  /** In front of the paths of tile.ts. */
  tiles: 'log/',
  /** Says that the pack holds evidence, and what that is. */
  evidence: 'evidence/README.txt',
} as const;

export interface Trust {
  /** The key that the reader got on another way than with the pack; `null`: the one in the pack is believed. */
  readonly key: VerifierKey | null;
  readonly held: readonly HeldCheckpoint[];
}

export interface LogReport {
  /** The whole key, for comparing: its id of four bytes is easily forged. */
  readonly key: { readonly vkey: string; readonly cameWithPack: boolean } | null;
  /** As signed; `null` where no signed checkpoint was found, and then nothing else was looked at. */
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string } | null;
  /** What was read and compared. */
  readonly sums: Sums;
  /** The log in front of this one, as entry 0 says; `null` where it names none, or no root of it. */
  readonly follows: Found | null;
  /** The first hundred; `broken` and `unread` count them all. */
  readonly findings: readonly LogFinding[];
  readonly broken: number;
  readonly unread: number;
}

export interface Sums {
  readonly entries: number;
  readonly entryBytes: number;
  readonly tiles: number;
  readonly olderCheckpoints: number;
  /** Bodies of evidence that were read and are what their entries say, and how many entries name one. */
  readonly evidenceRead: number;
  readonly evidenceNamed: number;
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}

export async function verifyLog(read: ReadFile, trust: Trust): Promise<LogReport> {
  const findings = new Findings();
  const key = await chooseKey(read, trust.key, findings);
  const checkpoint = key === null ? null : await openCheckpoint(read, key, findings);
  let sums = NOTHING;
  let follows: Found | null = null;
  if (key !== null && checkpoint !== null) {
    const held = [...trust.held, ...(await ownHistory(read, findings))];
    const anchors = anchorsOf(held, checkpoint, key, findings);
    const evidence = new PackEvidence(read, findings, await holdsEvidence(read));
    const target = { ...checkpoint, where: PACK.checkpoint, code: 'root-differs', words: NOT_THE_SIGNED } as const;
    const walked = await walkEntries(read, target, anchors, findings, evidence);
    sums = { ...walked, evidenceRead: evidence.read, evidenceNamed: evidence.named };
    follows = foundBefore(evidence.first);
  }
  return {
    key: key === null ? null : { vkey: formatVerifierKey(key), cameWithPack: trust.key === null },
    checkpoint:
      checkpoint === null ? null : { origin: checkpoint.origin, size: checkpoint.size, root: base64(checkpoint.root) },
    sums,
    follows,
    findings: findings.listed,
    broken: findings.broken,
    unread: findings.unread,
  };
}

export const NOTHING: Sums = {
  entries: 0,
  entryBytes: 0,
  tiles: 0,
  olderCheckpoints: 0,
  evidenceRead: 0,
  evidenceNamed: 0,
  firstAt: null,
  lastAt: null,
};

const MOST_KEY_BYTES = 2_048;

async function chooseKey(read: ReadFile, given: VerifierKey | null, findings: Findings): Promise<VerifierKey | null> {
  const file = await read(PACK.key, MOST_KEY_BYTES);
  if (!(file instanceof Uint8Array)) {
    if (given === null)
      findings.add('unread', 'key-missing', PACK.key, `the file ${file.why}, and no other key was given`);
    return given;
  }
  const own = parseVerifierKey((fromUtf8(file) ?? '').replace(/\n$/, ''));
  if (!own.ok) {
    findings.add('broken', 'key-malformed', PACK.key, `the key ${own.error}`);
    return given;
  }
  if (given !== null && (given.name !== own.value.name || !sameBytes(given.publicKey, own.value.publicKey)))
    findings.add('broken', 'key-differs', PACK.key, 'the key in the pack is not the one that you gave');
  return given ?? own.value;
}

/** "The text MUST be ignored unless the note is signed by a trusted key": without a signature there is no checkpoint. */
export async function openCheckpoint(read: ReadFile, key: VerifierKey, findings: Findings): Promise<Checkpoint | null> {
  const where = PACK.checkpoint;
  const file = await read(where, MOST_NOTE_BYTES);
  if (!(file instanceof Uint8Array)) {
    findings.add('unread', 'checkpoint-missing', where, `the file ${file.why}, so there is nothing to verify against`);
    return null;
  }
  const note = parseNote(file);
  if (!note.ok) {
    findings.add('broken', 'checkpoint-malformed', where, `the note ${note.error}`);
    return null;
  }
  const verdict = verifyNote(note.value, key);
  if (verdict !== 'signed') {
    if (verdict === 'wrong') findings.add('broken', 'signature-wrong', where, 'the signature does not fit the text');
    else findings.add('broken', 'signature-missing', where, `no signature is by the key of "${key.name}"`);
    return null;
  }
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) {
    findings.add('broken', 'checkpoint-malformed', where, `the checkpoint ${checkpoint.error}`);
    return null;
  }
  // A key may sign for more than one log; the one in front of us has to be the one that the key was given for.
  if (checkpoint.value.origin !== key.name) {
    const words = `the checkpoint is of the log "${checkpoint.value.origin}", the key is that of "${key.name}"`;
    findings.add('broken', 'origin-differs', where, words);
    return null;
  }
  return checkpoint.value;
}

/** The history that came with the pack. It proves less than one that somebody else kept, and has to fit all the same. */
async function ownHistory(read: ReadFile, findings: Findings): Promise<readonly HeldCheckpoint[]> {
  const file = await read(PACK.history, MOST_HISTORY_BYTES);
  if (!(file instanceof Uint8Array)) {
    if (!file.absent) findings.add('unread', 'history-malformed', PACK.history, `the file ${file.why}`);
    return [];
  }
  const held = parseHistory(PACK.history, file);
  if (held.ok) return held.value;
  findings.add('unread', 'history-malformed', PACK.history, `the history ${held.error}`);
  return [];
}

/** A pack without evidence is not asked for each piece of it. */
const holdsEvidence = async (read: ReadFile): Promise<boolean> =>
  (await read(PACK.evidence, MOST_NOTE_BYTES)) instanceof Uint8Array;

const NOT_THE_SIGNED =
  'the entries give another root than the signed one: an entry was changed, added, removed or moved';

/** What the entries have to come to, and how to say that they do not. */
export interface Target {
  readonly size: number;
  readonly root: Hash;
  readonly where: string;
  readonly code: 'root-differs' | 'earlier-differs';
  readonly words: string;
}

/** Sees what is walked by. */
export interface Observer {
  readonly entry: (index: number, leaf: Leaf) => void;
  /** Called when the entries of a bundle have been seen: what they name is looked at before more is read. */
  readonly bundle?: () => Promise<void>;
}

/**
 * Reads all entries once and compares them with everything that is known about them. An export is compared with its checkpoint,
 * a database with what its head says (verify-database.ts).
 *
 * @param observer Gets every entry that is a leaf, in order.
 */
export async function walkEntries(
  read: ReadFile,
  target: Target,
  anchors: readonly Anchor[],
  findings: Findings,
  observer: Observer,
): Promise<Sums> {
  const tree = new TileBuilder();
  const leaves = new LeafChecks(anchors, findings, observer);
  let tiles = 0;
  let compared = compareAnchors(tree, anchors, 0, findings);
  for (let index = 0; tree.size < target.size; index += 1) {
    const entries = await readBundle(read, index, tileWidth('entries', index, target.size), findings);
    if (entries === null) break;
    for (const entry of entries) {
      leaves.check(tree.size, entry);
      for (const tile of tree.append(hashLeaf(entry))) tiles += await compareTile(read, tile, findings);
      if (anchors[compared]?.checkpoint.size === tree.size)
        compared = compareAnchors(tree, anchors, compared, findings);
    }
    await observer.bundle?.();
  }
  if (tree.size === target.size) {
    for (const tile of tree.partials()) tiles += await compareTile(read, tile, findings);
    if (!sameBytes(tree.root(), target.root)) findings.add('broken', target.code, target.where, target.words);
  }
  const { entryBytes, firstAt, lastAt } = leaves;
  return { ...NOTHING, entries: tree.size, entryBytes, tiles, olderCheckpoints: compared, firstAt, lastAt };
}

/** @returns How many anchors have been compared when the tree has its present size. */
function compareAnchors(tree: TileBuilder, anchors: readonly Anchor[], from: number, findings: Findings): number {
  let at = from;
  for (let anchor = anchors[at]; anchor?.checkpoint.size === tree.size; anchor = anchors[at]) {
    if (!sameBytes(tree.root(), anchor.checkpoint.root)) {
      const words = `the first ${tree.size} entries are not those that this checkpoint was signed for: the log was rewritten`;
      findings.add('broken', 'rewritten', anchor.where, words);
    }
    at += 1;
  }
  return at;
}

async function readBundle(
  read: ReadFile,
  index: number,
  width: number,
  findings: Findings,
): Promise<readonly Uint8Array[] | null> {
  const where = `${PACK.tiles}${tilePath({ level: 'entries', index, width })}`;
  const file = await read(where, MOST_BUNDLE_BYTES);
  const from = index * TILE_WIDTH;
  if (!(file instanceof Uint8Array)) {
    const words = `the file ${file.why}: entry ${from} and all behind it were not looked at`;
    // The checkpoint signs for these entries: that they are not there breaks it, that they cannot be read does not.
    findings.add(file.absent ? 'broken' : 'unread', 'entries-missing', where, words);
    return null;
  }
  const entries = decodeBundle(file, width);
  if (entries.ok) return entries.value;
  const words = `${bundleWords(entries.error, width)}: entry ${from} and all behind it were not looked at`;
  findings.add('broken', 'bundle-malformed', where, words);
  return null;
}

function bundleWords(fault: BundleFault, width: number): string {
  switch (fault.fault) {
    case 'cut-off':
      return 'the bundle ends in the middle of an entry';
    case 'wrong-count':
      return `the bundle has ${fault.found} entries and the checkpoint asks for ${width}`;
    case 'bytes-left-over':
      return `the bundle has ${fault.bytes} bytes behind the ${width} entries that the checkpoint asks for`;
  }
}

/** @returns 1 where the tile was there and right. Tiles can be computed again, so a missing one breaks nothing. */
async function compareTile(read: ReadFile, tile: Tile, findings: Findings): Promise<0 | 1> {
  const where = `${PACK.tiles}${tilePath(tile)}`;
  const file = await read(where, TILE_WIDTH * HASH_BYTES);
  if (!(file instanceof Uint8Array)) {
    findings.add('unread', 'tile-missing', where, `the file ${file.why}`);
    return 0;
  }
  if (sameBytes(file, tile.bytes)) return 1;
  findings.add('broken', 'tile-differs', where, 'the hashes in the tile are not those of the entries');
  return 0;
}

/** What each entry has to be by itself and beside its neighbours. */
class LeafChecks {
  entryBytes = 0;
  firstAt: Instant | null = null;
  lastAt: Instant | null = null;
  readonly #times: AnchorTimes;
  readonly #findings: Findings;
  readonly #observer: Observer;
  #org: string | null = null;

  constructor(anchors: readonly Anchor[], findings: Findings, observer: Observer) {
    this.#times = new AnchorTimes(anchors);
    this.#findings = findings;
    this.#observer = observer;
  }

  check(index: number, bytes: Uint8Array): void {
    this.entryBytes += bytes.length;
    const leaf = readLeaf(bytes);
    const where = `entry ${index}`;
    if (!leaf.ok) {
      this.#findings.add('broken', 'entry-malformed', where, `the entry ${leaf.error}`);
      return;
    }
    const { at, org } = leaf.value;
    this.#org ??= org;
    if (org !== this.#org) {
      const words = `the entry is of the organisation "${org}", the log began with "${this.#org}"`;
      this.#findings.add('broken', 'entry-foreign', where, words);
    }
    if (this.lastAt !== null && at < this.lastAt) {
      const words = `the entry is of ${formatInstant(at)}, after one of ${formatInstant(this.lastAt)}`;
      this.#findings.add('broken', 'time-backwards', where, words);
    }
    this.firstAt ??= at;
    this.lastAt = this.lastAt !== null && at < this.lastAt ? this.lastAt : at;
    this.#judgeTime(index, where, at);
    this.#observer.entry(index, leaf.value);
  }

  #judgeTime(index: number, where: string, at: Instant): void {
    const judged = this.#times.judge(index, at);
    if (judged === 'before') {
      const words = `the entry says ${formatInstant(at)}, and was not yet in the log when a later checkpoint was seen: it was backdated`;
      this.#findings.add('broken', 'time-before-anchor', where, words);
    } else if (judged === 'after') {
      const words = `the entry says ${formatInstant(at)}, and was in the log before that, when a checkpoint was seen`;
      this.#findings.add('broken', 'time-after-anchor', where, words);
    }
  }
}

/** The body of a whole evaluation has 100 KB; reports of large products more. */
const MOST_EVIDENCE_BYTES = 64 * 1_024 * 1_024;
const DIGEST = /^[0-9a-f]{64}$/;

/** The SHA-256 that an entry names for its evidence; `null` where it names none. */
export function evidenceOf({ data }: Leaf): string | null {
  const { evidence } = data;
  return typeof evidence === 'string' && DIGEST.test(evidence) ? evidence : null;
}

/** Two digits as a folder, so that none gets a million files. */
export const evidencePath = (digest: string): string => `evidence/${digest.slice(0, 2)}/${digest}`;

/**
 * Compares the evidence that came along with what the entries say. What did not come along breaks nothing: it may be kept back because
 * it names people, or be erased; the entry proves what it was all the same.
 */
class PackEvidence implements Observer {
  read = 0;
  named = 0;
  first: Leaf | null = null;
  readonly #read: ReadFile;
  readonly #findings: Findings;
  readonly #isThere: boolean;
  #pending: { readonly index: number; readonly digest: string }[] = [];

  constructor(read: ReadFile, findings: Findings, isThere: boolean) {
    this.#read = read;
    this.#findings = findings;
    this.#isThere = isThere;
  }

  readonly entry = (index: number, leaf: Leaf): void => {
    if (index === 0) this.first = leaf;
    const digest = evidenceOf(leaf);
    if (digest === null) return;
    this.named += 1;
    if (this.#isThere) this.#pending.push({ index, digest });
  };

  readonly bundle = async (): Promise<void> => {
    for (const { index, digest } of this.#pending) {
      const path = evidencePath(digest);
      const file = await this.#read(path, MOST_EVIDENCE_BYTES);
      if (file instanceof Uint8Array && sha256(file) === digest) this.read += 1;
      else if (file instanceof Uint8Array)
        this.#findings.add(
          'broken',
          'evidence-differs',
          path,
          `the evidence of entry ${index} is not what the entry says`,
        );
      else if (!file.absent)
        this.#findings.add('unread', 'evidence-unread', path, `the evidence of entry ${index} ${file.why}`);
    }
    this.#pending = [];
  };
}
