/**
 * What the log keeps outside of its database, in the data folder:
 *
 * ```
 * holdfast.db       the database, where no PostgreSQL is used
 * log.key           the private key that signs, for its owner only
 * log.vkey          the public key, to be handed out
 * log.checkpoint    the newest checkpoint; a database that falls behind it was rolled back
 * ```
 *
 * Key and checkpoint lie outside because whoever can change the database must be able to change neither of them with it.
 */
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8, hex, utf8 } from '../lib/bytes.ts';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import type { Result } from '../lib/result.ts';
import { absolutePath } from '../platform/absolute-path.ts';
import type { Random } from '../platform/random.ts';
import { replaceFile } from '../platform/replace-file.ts';
import {
  formatSignerKey,
  formatVerifierKey,
  MOST_NOTE_BYTES,
  parseSignerKey,
  type SignerKey,
  type VerifierKey,
} from './note.ts';
import { readLimited } from '../platform/read-limited.ts';
import type { Unread } from './verify-log.ts';

const KEY_FILE = 'log.key';
const MOST_KEY_BYTES = 2_048;
const KEY_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Group and others. Windows has access lists instead, and Node shows none of them. */
const NOT_OWNER = 0o077;

export const dataFolder = absolutePath;
export const databaseFile = (folder: string): string => join(folder, 'holdfast.db');
export const keyFile = (folder: string): string => join(folder, KEY_FILE);
export const checkpointFile = (folder: string): string => join(folder, 'log.checkpoint');
const verifierFile = (folder: string): string => join(folder, 'log.vkey');

export const hasDatabaseFile = (folder: string): boolean => existsSync(databaseFile(folder));
export const hasCheckpointFile = (folder: string): boolean => existsSync(checkpointFile(folder));

export type ParseKey = (text: string) => Result<SignerKey, string>;

/**
 * The key that signs; `null` where there is none.
 *
 * @param parse For who reads it often and remembers the last answer: it takes longer than reading.
 * @throws LOG_KEY_UNUSABLE where others may read it, or it is not a key. No message holds anything of it.
 */
export function readKey(folder: string, parse: ParseKey = parseSignerKey): SignerKey | null {
  const path = keyFile(folder);
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return null;
  if (process.platform !== 'win32' && (mode & NOT_OWNER) !== 0)
    throw unusable(
      `${path} may be read by others than its owner`,
      `Run \`chmod 600 ${path}\`. If somebody may have copied it, begin a new log: move the file away and run \`holdfast log reopen\`.`,
    );
  const bytes = readLimited(path, MOST_KEY_BYTES);
  if (!(bytes instanceof Uint8Array))
    throw unusable(`${path} ${bytes.why}`, 'Let the user who runs Holdfast read it, or restore it from a backup.');
  const key = parse((fromUtf8(bytes) ?? '').trimEnd());
  if (!key.ok)
    throw unusable(
      `${path} is no key: it ${key.error}`,
      'Restore it from a backup. If it is lost, move the file away and run `holdfast log reopen`.',
    );
  return key.value;
}

const unusable = (message: string, hint: string): HoldfastError =>
  new HoldfastError('LOG_KEY_UNUSABLE', message, { hint });

/** A key and a name of its own: it says nothing about machines, and no two logs share it. */
export function createKey(folder: string, random: Random): SignerKey {
  const own = { name: `holdfast/${hex(random(4))}`, seed: random(32) };
  const path = keyFile(folder);
  const temporary = `${path}.${hex(random(4))}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    writeNew(temporary, utf8(`${formatSignerKey(own)}\n`));
    // A link appears whole or not at all, and never over a key that another process just made.
    linkSync(temporary, path);
    return own;
  } catch (cause) {
    const made = isObject(cause) && cause['code'] === 'EEXIST' ? readKey(folder) : null;
    if (made !== null) return made;
    throw new HoldfastError('FILE_UNWRITABLE', `${path} could not be written: ${messageOf(cause)}`, {
      hint: 'Nothing was recorded. Make room, or name another data folder with --data, on a disk of this machine.',
      cause,
    });
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'wx', KEY_MODE);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The note, or why there is none. */
export const readOutsideCheckpoint = (folder: string): Uint8Array | Unread =>
  readLimited(checkpointFile(folder), MOST_NOTE_BYTES);

export function writeOutsideCheckpoint(folder: string, note: string): void {
  replaceFile(checkpointFile(folder), [utf8(note)]);
}

/** Also after the log was reopened under another name. */
export function writeVerifierKey(folder: string, key: VerifierKey): void {
  const text = `${formatVerifierKey(key)}\n`;
  const stands = readLimited(verifierFile(folder), MOST_KEY_BYTES);
  if (stands instanceof Uint8Array && fromUtf8(stands) === text) return;
  replaceFile(verifierFile(folder), [utf8(text)]);
}

export const readVerifierFile = (folder: string): Uint8Array | Unread =>
  readLimited(verifierFile(folder), MOST_KEY_BYTES);
