/**
 * The log that runs: appending entries in the transaction of what they are about, and signing checkpoints.
 *
 * A checkpoint is signed after the commit, and lies in the data folder besides the database. It is never signed backwards: where the
 * database is no continuation of the checkpoint in the folder, everything that writes refuses, and `reopenLog` begins a log
 * of another origin that says what came before it. Verifying is log-verify.actions.ts, exporting log-export.actions.ts.
 */
import { canonicalJson } from '../lib/canonical-json.ts';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import type { JsonObject } from '../lib/json.ts';
import { between, formatInstant, type Instant, type Millis } from '../lib/time.ts';
import { type DatabasePlace, readDatabaseUrl } from '../platform/database-place.ts';
import { openDatabase, type Db, type Queries, type Tx } from '../platform/db.ts';
import { migrate, type MigrationList } from '../platform/migrations.ts';
import type { Random } from '../platform/random.ts';
import { formatCheckpoint } from './checkpoint.ts';
import {
  createKey,
  databaseFile,
  dataFolder,
  hasDatabaseFile,
  readKey,
  writeOutsideCheckpoint,
  writeVerifierKey,
} from './data-folder.client.ts';
import { readVerifierText } from './log-read.actions.ts';
import { encodeLeaf, LEAF_VERSION, type PersonalDatum } from './leaf.ts';
import type { LogMemory } from './log-memory.actions.ts';
import { newestSigned, readOutside, refuseRolledBack, type Signed, signerOf } from './log-guard.actions.ts';
import { insertListed } from './log-listing.store.ts';
import { insertVerifierKey } from './log-service.store.ts';
import {
  insertCheckpoint,
  insertEvidence,
  insertHead,
  type LogHead,
  readCheckpoints,
  readHead,
  storeGrowth,
} from './log.store.ts';
import { CompactRange, type Hash, hashLeaf } from './merkle.ts';
import { formatNote, formatVerifierKey, parseVerifierKey, type SignerKey, signNote, verifierOf } from './note.ts';
import { baseOf, numberOf, orgOf, originOf } from './origin.ts';
import { foundJson, REOPENED } from './reopened.ts';
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
  /** Of a process that stays; a command that ends has the checkpoint in the folder alone. */
  readonly memory?: LogMemory;
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
  await insertListed(tx, head.log, [{ idx: head.size, type, subject, at }]);
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
 * @throws LOG_ROLLED_BACK, LOG_KEY_MISSING, LOG_KEY_UNUSABLE, and LOG_NOT_FOUND where a process that does not sign finds no
 *   log; then nothing was recorded
 */
export async function recordInLog<T>(log: OpenLog, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { db, folder, random, memory } = log;
  return db.transaction(async (tx) => {
    const head = await readHead(tx);
    await refuseUnsound(tx, log, head);
    if (head === null) await insertHead(tx, 1, (readKey(folder) ?? createKey(folder, random)).name);
    const result = await work(tx);
    const after = memory === undefined ? null : await readHead(tx);
    if (after !== null) memory?.made(after);
    return result;
  });
}

/**
 * Everything that stands against recording on this database, as this process can know it.
 *
 * @throws as `recordInLog`
 */
export async function refuseUnsound(
  queries: Queries,
  { folder, memory }: Pick<OpenLog, 'folder' | 'memory'>,
  head: LogHead | null,
): Promise<void> {
  if (memory !== undefined) return memory.refuse(queries, folder, head);
  if (head !== null) signerOf(folder, head.origin);
  await refuseRolledBack(queries, folder, head);
}

/**
 * Signs the log as it is now, if it grew since the last checkpoint, and puts the checkpoint into the folder before anybody sees it.
 * What another process signed since is taken over into the folder.
 *
 * @param atMostEvery Within this time of the last one no checkpoint is signed, and the last one is the answer.
 * @param maySign Asked in the transaction that signs: whether this process is still the one that does.
 * @returns The newest checkpoint; `null` for a log without entries.
 * @throws LOG_ROLLED_BACK, LOG_KEY_MISSING, LOG_KEY_UNUSABLE, FILE_UNWRITABLE; the entries are stored in any case
 */
export async function signCheckpoint(
  { db, folder }: OpenLog,
  now: Instant,
  atMostEvery: Millis,
  maySign: (tx: Tx) => Promise<boolean> = async () => true,
): Promise<Signed | null> {
  // In a transaction, so that of two processes the one with the larger tree writes the file later. The file only ever holds what was committed.
  return db.transaction(async (tx) => {
    const head = await readHead(tx);
    const signer = head === null ? null : signerOf(folder, head.origin);
    const outside = await refuseRolledBack(tx, folder, head);
    if (head === null || signer === null || head.size === 0) return null;
    const own = outside !== null && outside.checkpoint.origin === head.origin ? outside : null;
    const [last] = await readCheckpoints(tx, head.log, 1);
    const newest = await newestSigned(tx, { head, own, stored: last, signer });
    const isEarly = last !== undefined && last.signedAt <= now && between(last.signedAt, now) < atMostEvery;
    const isDue = newest === null || (newest.checkpoint.size < head.size && !isEarly);
    const signed = isDue && (await maySign(tx)) ? signHead(head, signer) : newest;
    if (signed === null) return null;
    writeVerifierKey(folder, verifierOf(signer));
    if (signed !== own) writeOutsideCheckpoint(folder, signed.note);
    await insertVerifierKey(tx, head.log, formatVerifierKey(verifierOf(signer)));
    await insertCheckpoint(tx, head.log, { size: signed.checkpoint.size, note: signed.note, signedAt: now });
    return signed;
  });
}

function signHead({ origin, size, nodes }: LogHead, signer: SignerKey): Signed {
  const checkpoint = { origin, size, root: new CompactRange(size, nodes).root(), extensions: [] };
  const text = formatCheckpoint(checkpoint);
  return { note: formatNote({ text, signatures: [signNote(text, signer)] }), checkpoint };
}

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
  // Signing replaces the file; what the old key signed can be verified with it after the private one is lost.
  const oldPublicKey = parseVerifierKey(readVerifierText(folder)?.trimEnd() ?? '');
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
    const ofFile = oldPublicKey.ok && baseOf(oldPublicKey.value.name) === baseOf(before) ? oldPublicKey.value : null;
    const publicKey = oldKey === null ? ofFile : verifierOf({ name: before, seed: oldKey.seed });
    const previous = {
      origin: before,
      checkpoint: note === null || note.length > MOST_EMBEDDED_NOTE ? null : note,
      checkpointSha256: note === null ? null : sha256(note),
      vkey: publicKey === null ? null : formatVerifierKey(publicKey),
      // What the database held when it was found: less than was signed, or something else. The root is the one that grew with the
      // entries: were one changed since, it is not recorded as if it had always been so.
      database: head === null ? null : foundJson({ ...head, root: new CompactRange(head.size, head.nodes).root() }),
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
