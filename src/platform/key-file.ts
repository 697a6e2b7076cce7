/**
 * Files with a key in them: nobody but their owner may read them, and nobody else may put another in their place.
 *
 * No error here repeats the path, and none carries the error of the system, which does: a key that was pasted where a path belongs
 * must not end in a log. `what` names the file by its setting instead. What the text must be is secrets.ts and recovery-key.ts.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { syncFolder } from './replace-file.ts';

/** What `ssh-keygen` gives to private keys, and the same without the right to write. */
const OWNER_ONLY = [0o600, 0o400];

/**
 * What systemd gives to credentials: for `User=` and `DynamicUser=` an access control list lets the service read (systemd.exec(5),
 * "Credentials"), and the mode shows its mask in the place of the group (acl(5)). Only the service can enter the folder.
 */
export const CREDENTIAL_MODES = [...OWNER_ONLY, 0o440];

const CHMOD = 'Run `chmod 600` and `chown` on it for the user that runs Holdfast.';

/** Longer than every file of ours with a key in it. */
const LONGEST_FILE_BYTES = 4_096;

/**
 * The text of a key file, after its place and its rights were found in order.
 *
 * Links are followed, as Kubernetes mounts secrets through them, and what they lead to is judged. Access control lists of other users are
 * not seen: Node cannot read them.
 *
 * @throws KEY_MISSING, KEY_EXPOSED, KEY_WRONG, FILE_UNREADABLE
 */
export function readKeyFile(path: string, what: string, modes: readonly number[] = OWNER_ONLY): string {
  if (process.platform === 'win32')
    throw exposed(
      `${what} was not read: Windows does not show who may read a file`,
      'Use a variable for the key here.',
    );
  const { file, folders } = find(path, what);
  for (const folder of folders) refuseOpenFolder(folder, what);
  const handle = attempt(what, () =>
    // A pipe would wait for a writer for ever; a link that was put there since `find` is not followed.
    openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  );
  try {
    const { mode, uid } = statOf(handle, what);
    const rights = mode & 0o7777;
    if (!modes.includes(rights))
      throw exposed(`${what} has mode ${octal(rights)} instead of ${octal(modes[0])}`, CHMOD);
    if (uid !== 0 && uid !== process.geteuid?.()) throw exposed(`${what} belongs to another user`, CHMOD);
    return attempt(what, () => readText(handle, what));
  } finally {
    closeSync(handle);
  }
}

/** The text of a file that needs no secrecy. @throws KEY_MISSING, KEY_WRONG, FILE_UNREADABLE */
export function readRecoveryText(path: string): string {
  const what = 'the recovery file';
  const handle = attempt(what, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    statOf(handle, what);
    return attempt(what, () => readText(handle, what));
  } finally {
    closeSync(handle);
  }
}

/** Writes a file that did not exist, with mode 0600. @throws FILE_EXISTS, FILE_UNWRITABLE */
export function writeKeyFile(path: string, what: string, text: string): void {
  const handle = create(path, what);
  const bytes = Buffer.from(text);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(path, { force: true });
    throw unwritable(what, error);
  } finally {
    bytes.fill(0);
    closeSync(handle);
  }
}

function create(path: string, what: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw unwritable(what, error);
    throw new HoldfastError('FILE_EXISTS', `${what} was not written: a file stands there`, {
      hint: 'Nothing was changed. Choose another place, or move that file away after looking what it is.',
    });
  }
}

const unwritable = (what: string, error: unknown): HoldfastError =>
  new HoldfastError('FILE_UNWRITABLE', `${what} could not be written (${systemCode(error)})`, {
    hint: 'Nothing was changed. Make room, give the right to write there, or choose another place.',
  });

/** The file itself, and every folder in which somebody could put another thing in its place, or in that of a link to it. */
function find(path: string, what: string): { readonly file: string; readonly folders: ReadonlySet<string> } {
  return attempt(what, () => {
    const file = realpathSync(path);
    return { file, folders: new Set([...ancestors(file), ...ancestors(`${realpathSync(dirname(path))}/file`)]) };
  });
}

/** The folder of the path, the folder of that, up to the root. */
function ancestors(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) folders.push(dirname(at));
  return folders;
}

/** stat(2) and inode(7); Node has no name for it. */
const STICKY = 0o1000;

/** In a folder with the sticky bit, as `/tmp` has it, others cannot replace a file that is not theirs (unlink(2), EPERM). */
function refuseOpenFolder(folder: string, what: string): void {
  const { mode } = attempt(what, () => statSync(folder));
  if ((mode & 0o002) !== 0 && (mode & STICKY) === 0)
    throw exposed(`${what} is in a folder that everyone may write to`, 'Move it, or run `chmod o-w` on the folder.');
}

function statOf(handle: number, what: string): { readonly mode: number; readonly uid: number } {
  const stat = attempt(what, () => fstatSync(handle));
  if (!stat.isFile()) throw wrongFile(`${what} is not a regular file`);
  return stat;
}

function readText(handle: number, what: string): string {
  const buffer = Buffer.alloc(LONGEST_FILE_BYTES + 1);
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(handle, buffer, length, buffer.length - length, null);
    if (length > LONGEST_FILE_BYTES) throw wrongFile(`${what} is longer than any key`);
    return buffer.toString('latin1', 0, length);
  } finally {
    buffer.fill(0);
  }
}

function attempt<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new HoldfastError('KEY_MISSING', `${what} does not exist`, {
        hint: 'Correct the setting, or restore the key from the recovery file. Relative paths begin where Holdfast was started.',
      });
    }
    throw new HoldfastError('FILE_UNREADABLE', `${what} could not be read (${code})`, {
      hint: 'Let the user that runs Holdfast read it, or name another file.',
    });
  }
}

/** `EACCES`: the words of the system would bring the path along. */
function systemCode(error: unknown): string {
  const code = isObject(error) ? error['code'] : null;
  return typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : 'unknown reason';
}

const octal = (mode = 0): string => mode.toString(8).padStart(4, '0');

const exposed = (message: string, hint: string): HoldfastError =>
  new HoldfastError('KEY_EXPOSED', message, { hint: `${hint} The key was not used.` });

const wrongFile = (message: string): HoldfastError =>
  new HoldfastError('KEY_WRONG', message, { hint: 'Name the file that holds the key and nothing else.' });
