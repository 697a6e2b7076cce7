/**
 * What stands between the database and whoever wants to record or sign: the key, and the checkpoint outside of the database. A
 * database that fell behind it was rolled back. What a process remembers besides is log-memory.actions.ts.
 *
 * Appending and signing are log.actions.ts; which process keeps what is docs/adr/0009-the-log-of-several-processes.md.
 */
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { isObject } from '../lib/json.ts';
import type { Queries } from '../platform/db.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { checkpointFile, keyFile, type ParseKey, readKey, readOutsideCheckpoint } from './data-folder.client.ts';
import { readLeaf } from './leaf.ts';
import { tileReader } from './log-read.actions.ts';
import { type LogHead, readCheckpoints, readEntries, type StoredCheckpoint } from './log.store.ts';
import { CompactRange, isConsistent } from './merkle.ts';
import { parseNote, type SignerKey, type VerifierKey, verifierOf, verifyNote } from './note.ts';
import { baseOf } from './origin.ts';
import { proveConsistency } from './proof.ts';
import { REOPENED } from './reopened.ts';

export interface Signed {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** The key of the folder, signing in the name of the log. */
export function signerOf(folder: string, origin: string, parseKey?: ParseKey): SignerKey {
  const key = readKey(folder, parseKey);
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
export async function refuseRolledBack(queries: Queries, folder: string, head: LogHead | null): Promise<Signed | null> {
  const outside = readOutside(folder);
  if (outside === null) {
    if (head === null || (await readCheckpoints(queries, head.log, 1)).length === 0) return null;
    throw new HoldfastError(
      'LOG_ROLLED_BACK',
      `${checkpointFile(folder)} is gone, so nobody can tell whether the database is the latest one`,
      {
        hint:
          'Nothing was recorded or signed. Restore it from a backup, or copy it from the data folder of another process that signs; ' +
          'if it is lost, `holdfast log reopen --reason TEXT` begins a new log that names this one.',
      },
    );
  }
  const { origin, size, root: oldRoot } = outside.checkpoint;
  if (head === null) throw rolledBack(`a log ${origin} with ${size} entries was signed, and the database holds none`);
  if (origin !== head.origin) {
    if (await followsOn(queries, head, outside)) return outside;
    throw rolledBack(`the newest checkpoint is of the log ${origin}, and the database holds ${head.origin}`);
  }
  await refuseAnotherWay(queries, { origin, size, root: oldRoot }, head);
  return outside;
}

/** @throws LOG_ROLLED_BACK where the database does not continue that log of that size */
export async function refuseAnotherWay(
  queries: Queries,
  { origin, size, root: oldRoot }: Pick<Checkpoint, 'origin' | 'size' | 'root'>,
  head: Pick<LogHead, 'log' | 'size' | 'nodes'>,
): Promise<void> {
  if (size > head.size)
    throw rolledBack(`the log ${origin} had ${size} entries when it was signed last, and now ends at ${head.size}`);
  const proof = await proveConsistency(size, head.size, tileReader(queries, head.log));
  const newRoot = new CompactRange(head.size, head.nodes).root();
  if (!isConsistent({ oldSize: size, oldRoot, newSize: head.size, newRoot, proof }))
    throw rolledBack(`the log ${origin} does not continue what was signed at ${size} entries`);
}

interface Known {
  readonly head: LogHead;
  /** In the folder, compared already. */
  readonly own: Signed | null;
  /** In the database: another process may have signed since. */
  readonly stored: StoredCheckpoint | undefined;
  readonly signer: SignerKey;
}

/**
 * The newest checkpoint that was signed by the key, wherever it is.
 *
 * A row that the key did not sign says nothing: somebody else made it. One that it did sign and that the log does not continue says
 * that the log was rolled back.
 *
 * @throws LOG_ROLLED_BACK
 */
export async function newestSigned(queries: Queries, { head, own, stored, signer }: Known): Promise<Signed | null> {
  if (stored === undefined || (own !== null && stored.size <= own.checkpoint.size)) return own;
  const signed = openSigned(stored.note, verifierOf(signer));
  if (signed === null || signed.checkpoint.origin !== head.origin) return own;
  await refuseAnotherWay(queries, signed.checkpoint, head);
  return signed;
}

/** A note with the checkpoint that it signs; `null` where it is none, or not by this key. */
export function openSigned(text: string, key: VerifierKey): Signed | null {
  const note = parseNote(utf8(text));
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!note.ok || !checkpoint.ok || verifyNote(note.value, key) !== 'signed') return null;
  return { note: text, checkpoint: checkpoint.value };
}

export const rolledBack = (message: string): HoldfastError =>
  new HoldfastError('LOG_ROLLED_BACK', message, {
    hint:
      'Nothing was recorded or signed. Restore the newest database; if it is lost, `holdfast log reopen --reason TEXT` begins a ' +
      'new log that names this one.',
  });

export function readOutside(folder: string): Signed | null {
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
