/**
 * The log that runs: appending entries in the transaction of what they are about, and signing checkpoints.
 *
 * A checkpoint is signed after the commit, and lies in the data folder besides the database. It is never signed backwards: where the
 * database is no continuation of the checkpoint in the folder, everything that writes refuses, and `reopenLog` begins a log
 * of another origin that says what came before it. Verifying is log-verify.actions.ts, exporting log-export.actions.ts.
 */
import { fromUtf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { isObject, type JsonObject } from '../lib/json.ts';
import { between, formatInstant, type Instant, type Millis } from '../lib/time.ts';
import { type DatabasePlace, readDatabaseUrl } from '../platform/database-place.ts';
import { openDatabase, type Db, type Queries, type Tx } from '../platform/db.ts';
import { migrate, type MigrationList } from '../platform/migrations.ts';
import type { Random } from '../platform/random.ts';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import {
  checkpointFile,
  createKey,
  databaseFile,
  dataFolder,
  hasDatabaseFile,
  keyFile,
  readKey,
  readOutsideCheckpoint,
  writeOutsideCheckpoint,
  writeVerifierKey,
} from './data-folder.client.ts';
import { encodeLeaf, LEAF_VERSION, type PersonalDatum, readLeaf } from './leaf.ts';
import { tileReader } from './log-read.actions.ts';
import {
  insertCheckpoint,
  insertEvidence,
  insertHead,
  type LogHead,
  readCheckpoints,
  readEntries,
  readHead,
  storeGrowth,
} from './log.store.ts';
import { CompactRange, type Hash, hashLeaf, isConsistent } from './merkle.ts';
import { formatNote, parseNote, type SignerKey, signNote, verifierOf, verifyNote, formatVerifierKey } from './note.ts';
import { baseOf, numberOf, orgOf, originOf } from './origin.ts';
import { proveConsistency } from './proof.ts';
import { TILE_HEIGHT } from './tile.ts';

export interface LogPlace {
  readonly cwd: string;
  /** `--data`. */
  readonly data: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the whole program: the log shares its database. */
  readonly migrations: readonly MigrationList[];
  readonly random: Random;
}

export interface OpenLog {
  readonly db: Db;
  /** Absolute. */
  readonly folder: string;
  readonly random: Random;
}

/**
 * Opens the database of the data folder, or the one of HOLDFAST_DATABASE_URL, and makes it if it is not there.
 *
 * @throws DB_…
 */
export async function openLog({ cwd, data, env, migrations, random }: LogPlace, now: Instant): Promise<OpenLog> {
  const folder = dataFolder(cwd, data);
  const db = await openDatabase(databasePlace({ cwd, data, env }));
  try {
    await migrate(db, migrations, now);
  } catch (error) {
    await db.close();
    throw error;
  }
  return { db, folder, random };
}

/** The data folder, absolute. */
export const folderOf = ({ cwd, data }: Pick<LogPlace, 'cwd' | 'data'>): string => dataFolder(cwd, data);

/** @throws DB_URL_INVALID, DB_INSECURE */
export function databasePlace({ cwd, data, env }: Pick<LogPlace, 'cwd' | 'data' | 'env'>): DatabasePlace {
  const url = env['HOLDFAST_DATABASE_URL'] ?? '';
  return url === '' ? { engine: 'sqlite', path: databaseFile(dataFolder(cwd, data)) } : readDatabaseUrl(url);
}

/** The same where nothing may be made that is not there: `null` for a folder without a database. */
export async function findDatabase(place: LogPlace, now: Instant): Promise<OpenLog | null> {
  const isFile = databasePlace(place).engine === 'sqlite';
  return isFile && !hasDatabaseFile(dataFolder(place.cwd, place.data)) ? null : openLog(place, now);
}

/** The same for what only reads the log. `null` where there is no database, or none with a log in it. */
export async function findLog(place: LogPlace, now: Instant): Promise<OpenLog | null> {
  const log = await findDatabase(place, now);
  if (log === null || (await readHead(log.db)) !== null) return log;
  await log.db.close();
  return null;
}

export interface Entry {
  /** `policy.evaluated` */
  readonly type: string;
  /** An opaque id; `null` for the program itself. */
  readonly actor: string | null;
  /** `kind:id` */
  readonly subject: string | null;
  readonly data: JsonObject;
  readonly pd?: readonly PersonalDatum[];
  /** What the subject is after this; `null` where it has no state. The row that holds it stores `index` and `state` of the answer. */
  readonly state: JsonObject | null;
  /** Stored beside the entry; its SHA-256 becomes `data.evidence`. */
  readonly evidence?: Uint8Array;
}

export interface Appended {
  readonly origin: string;
  /** From 0. */
  readonly index: number;
  readonly at: Instant;
  /** SHA-256 of the state; `null` where there is none. */
  readonly state: string | null;
}

/**
 * Appends an entry in the transaction of what it is about; both are stored or neither.
 *
 * A clock that runs behind the last entry never keeps anything from being recorded: the entry gets the time of the one before it,
 * and says in `data.clock` what the clock said.
 */
export async function appendEntry(tx: Tx, entry: Entry, now: Instant): Promise<Appended> {
  const head = await readHead(tx);
  if (head === null) throw new Error('an entry was appended before the log was begun');
  const isBehind = head.lastAt !== null && now < head.lastAt;
  const at = isBehind ? (head.lastAt ?? now) : now;
  const state = entry.state === null ? null : sha256(canonicalJson(entry.state));
  const evidence = entry.evidence === undefined ? null : sha256(entry.evidence);
  const data = {
    ...entry.data,
    ...(isBehind ? { clock: formatInstant(now) } : {}),
    ...(evidence === null ? {} : { evidence }),
  };
  const { type, actor, subject, pd = [] } = entry;
  const leaf = encodeLeaf({ v: LEAF_VERSION, org: orgOf(head.origin), at, type, actor, subject, data, pd, state });
  if (!leaf.ok) throw new Error(`a ${type} entry ${leaf.error}`);
  if (evidence !== null && entry.evidence !== undefined) await insertEvidence(tx, evidence, entry.evidence);
  await storeGrowth(tx, { ...grow(head, leaf.value, at), leaf: leaf.value });
  return { origin: head.origin, index: head.size, at, state };
}

function grow(head: LogHead, leaf: Uint8Array, at: Instant) {
  const range = new CompactRange(head.size, head.nodes);
  const hashes: { level: number; idx: number; hash: Hash }[] = [];
  range.append(hashLeaf(leaf), (height, idx, hash) => {
    if (height > 0 && height % TILE_HEIGHT === 0) hashes.push({ level: height / TILE_HEIGHT, idx, hash });
  });
  return { head: { ...head, size: range.size, nodes: range.nodes, lastAt: at }, hashes };
}

/**
 * Runs `work` in a transaction that may append, and begins the log with its key where there is none.
 *
 * @throws LOG_ROLLED_BACK, LOG_KEY_MISSING, LOG_KEY_UNUSABLE; then nothing was recorded
 */
export async function recordInLog<T>({ db, folder, random }: OpenLog, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    const head = await readHead(tx);
    // The key first: in the wrong folder neither it nor the checkpoint is there, and nothing was rolled back.
    if (head !== null) signerOf(folder, head.origin);
    await refuseRolledBack(tx, folder, head);
    if (head === null) await insertHead(tx, 1, (readKey(folder) ?? createKey(folder, random)).name);
    return work(tx);
  });
}

/**
 * Signs the log as it is now, if it grew since the last checkpoint, and puts the checkpoint into the folder before anybody sees it.
 *
 * @param atMostEvery Within this time of the last one no checkpoint is signed, and the last one is the answer.
 * @returns The newest checkpoint; `null` for a log without entries.
 * @throws LOG_ROLLED_BACK, LOG_KEY_MISSING, LOG_KEY_UNUSABLE, FILE_UNWRITABLE; the entries are stored in any case
 */
export async function signCheckpoint(
  { db, folder }: OpenLog,
  now: Instant,
  atMostEvery: Millis,
): Promise<Signed | null> {
  // In a transaction, so that of two processes the one with the larger tree writes the file later. The file only ever holds what was committed.
  return db.transaction(async (tx) => {
    const head = await readHead(tx);
    const signer = head === null ? null : signerOf(folder, head.origin);
    const outside = await refuseRolledBack(tx, folder, head);
    if (head === null || signer === null || head.size === 0) return null;
    const current = outside !== null && outside.checkpoint.origin === head.origin ? outside : null;
    const [last] = await readCheckpoints(tx, head.log, 1);
    const isEarly = last !== undefined && last.signedAt <= now && between(last.signedAt, now) < atMostEvery;
    if (current !== null && (isEarly || current.checkpoint.size === head.size)) {
      await insertCheckpoint(tx, head.log, { size: current.checkpoint.size, note: current.note, signedAt: now });
      writeVerifierKey(folder, verifierOf(signer));
      return current;
    }
    const root = new CompactRange(head.size, head.nodes).root();
    const checkpoint = { origin: head.origin, size: head.size, root, extensions: [] };
    const text = formatCheckpoint(checkpoint);
    const note = formatNote({ text, signatures: [signNote(text, signer)] });
    writeVerifierKey(folder, verifierOf(signer));
    writeOutsideCheckpoint(folder, note);
    await insertCheckpoint(tx, head.log, { size: head.size, note, signedAt: now });
    return { note, checkpoint };
  });
}

export interface Signed {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** The key of the folder, signing in the name of the log. */
function signerOf(folder: string, origin: string): SignerKey {
  const key = readKey(folder);
  if (key === null)
    throw new HoldfastError('LOG_KEY_MISSING', `the log ${origin} exists, but its key ${keyFile(folder)} does not`, {
      hint: 'Name its data folder with --data, or restore the key from a backup. If it is lost, `holdfast log reopen --reason TEXT` begins a new log that names this one.',
    });
  if (key.name !== baseOf(origin))
    throw new HoldfastError('LOG_KEY_UNUSABLE', `${keyFile(folder)} is the key of ${key.name}, the log is ${origin}`, {
      hint: 'Nothing was signed. Name the data folder of this database with --data, or restore its key from a backup.',
    });
  return { name: origin, seed: key.seed };
}

/**
 * Compares the database with the checkpoint in the folder, by a consistency proof.
 *
 * @returns That checkpoint; `null` where none was signed yet.
 */
async function refuseRolledBack(queries: Queries, folder: string, head: LogHead | null): Promise<Signed | null> {
  const outside = readOutside(folder);
  if (outside === null) {
    if (head === null || (await readCheckpoints(queries, head.log, 1)).length === 0) return null;
    throw rolledBack(`${checkpointFile(folder)} is gone, so nobody can tell whether the database is the latest one`);
  }
  const { origin, size, root: oldRoot } = outside.checkpoint;
  if (head === null) throw rolledBack(`a log ${origin} with ${size} entries was signed, and the database holds none`);
  if (origin !== head.origin) {
    if (await followsOn(queries, head, outside)) return outside;
    throw rolledBack(`the newest checkpoint is of the log ${origin}, and the database holds ${head.origin}`);
  }
  if (size > head.size)
    throw rolledBack(`the log ${origin} had ${size} entries when it was signed last, and now ends at ${head.size}`);
  const proof = await proveConsistency(size, head.size, tileReader(queries, head.log));
  const newRoot = new CompactRange(head.size, head.nodes).root();
  if (!isConsistent({ oldSize: size, oldRoot, newSize: head.size, newRoot, proof }))
    throw rolledBack(`the log ${origin} does not continue what was signed at ${size} entries`);
  return outside;
}

const rolledBack = (message: string): HoldfastError =>
  new HoldfastError('LOG_ROLLED_BACK', message, {
    hint:
      'Nothing was recorded or signed. Restore the newest database; if it is lost, `holdfast log reopen --reason TEXT` begins a ' +
      'new log that names this one.',
  });

function readOutside(folder: string): Signed | null {
  const bytes = readOutsideCheckpoint(folder);
  if (!(bytes instanceof Uint8Array)) {
    if (bytes.absent) return null;
    throw new HoldfastError('FILE_UNREADABLE', `${checkpointFile(folder)} ${bytes.why}`, {
      hint: 'Nothing was recorded or signed. Let the user who runs Holdfast read it.',
    });
  }
  const note = parseNote(bytes);
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!note.ok || !checkpoint.ok) throw foreign(folder, checkpoint.ok ? 'is malformed' : checkpoint.error);
  const key = readKey(folder);
  // Without the key nothing is signed anyway; reopening takes the checkpoint as it lies there.
  const signer = key === null ? null : { name: checkpoint.value.origin, seed: key.seed };
  if (
    signer !== null &&
    key?.name === baseOf(checkpoint.value.origin) &&
    verifyNote(note.value, verifierOf(signer)) !== 'signed'
  )
    throw foreign(folder, 'is not signed by the key of the log');
  return { note: fromUtf8(bytes) ?? '', checkpoint: checkpoint.value };
}

const foreign = (folder: string, why: string): HoldfastError =>
  new HoldfastError('LOG_DAMAGED', `the checkpoint in ${checkpointFile(folder)} ${why}`, {
    hint: 'Nothing was recorded or signed. Restore the file from a backup of the data folder.',
  });

/** Whether the log began by naming that checkpoint: reopening was interrupted before it could sign. */
async function followsOn(queries: Queries, head: LogHead, outside: Signed): Promise<boolean> {
  const [first] = await readEntries(queries, head.log, 0, 1);
  const leaf = first === undefined ? null : readLeaf(first.leaf);
  if (leaf === null || !leaf.ok || leaf.value.type !== REOPENED) return false;
  const { previous } = leaf.value.data;
  return isObject(previous) && previous['checkpointSha256'] === sha256(outside.note);
}

const REOPENED = 'log.reopened';
/** Ten signatures fit; a longer one is named by its digest alone. */
const MOST_EMBEDDED_NOTE = 16_384;

/**
 * Begins a log of another origin because the old one cannot go on: the database was rolled back, or the key is lost. Its first
 * entry holds the last checkpoint of the old one, so what was lost stays visible to whoever holds that checkpoint.
 *
 * @throws LOG_NOT_FOUND where there is nothing to follow, USAGE where the log can go on
 */
export async function reopenLog(log: OpenLog, reason: string, now: Instant): Promise<Signed | null> {
  const { db, folder, random } = log;
  const oldKey = readKey(folder);
  const outside = readOutside(folder);
  await db.transaction(async (tx) => {
    const head = await readHead(tx);
    if (head === null && outside === null)
      throw new HoldfastError('LOG_NOT_FOUND', `there is no log in ${folder}`, {
        hint: 'There is nothing to follow: `holdfast check --record` begins a log.',
      });
    if (oldKey !== null && (await goesOn(tx, folder, head)))
      throw new HoldfastError('USAGE', `the log ${head?.origin ?? ''} can go on: it continues its newest checkpoint`, {
        hint: 'Reopening is for a database that was rolled back and for a lost key. Nothing was changed.',
      });
    const key = oldKey ?? createKey(folder, random);
    const before = outside?.checkpoint.origin ?? head?.origin ?? key.name;
    const number = 1 + Math.max(numberOf(before), head === null ? 0 : head.log);
    await insertHead(tx, number, originOf(key.name, number));
    const note = outside?.note ?? (head === null ? null : await newestNote(tx, head));
    const previous = {
      origin: before,
      checkpoint: note === null || note.length > MOST_EMBEDDED_NOTE ? null : note,
      checkpointSha256: note === null ? null : sha256(note),
      vkey: oldKey === null ? null : formatVerifierKey(verifierOf({ name: before, seed: oldKey.seed })),
      // What the database held when it was found: less than was signed, or something else.
      database: head === null ? null : { origin: head.origin, size: head.size },
    };
    await appendEntry(tx, { type: REOPENED, actor: null, subject: null, data: { reason, previous }, state: null }, now);
  });
  return signCheckpoint(log, now, 0 as Millis);
}

/** Where no checkpoint lies outside, as on a new machine: the last one that the database knows of. */
const newestNote = async (queries: Queries, { log }: LogHead): Promise<string | null> =>
  (await readCheckpoints(queries, log, 1))[0]?.note ?? null;

async function goesOn(tx: Tx, folder: string, head: LogHead | null): Promise<boolean> {
  try {
    await refuseRolledBack(tx, folder, head);
    return true;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'LOG_ROLLED_BACK') return false;
    throw error;
  }
}

/** `reopenLog` on the log of a data folder. */
export async function reopenAt(place: LogPlace, reason: string, now: Instant): Promise<Signed> {
  const log = await openLog(place, now);
  try {
    const signed = await reopenLog(log, reason, now);
    if (signed === null) throw new Error('a reopened log has no checkpoint');
    return signed;
  } finally {
    await log.db.close();
  }
}
