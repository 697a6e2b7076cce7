/** What SQLite's result codes mean to a person. Source: https://www.sqlite.org/rescode.html. */
import { HoldfastError, messageOf, type ErrorCode } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';

const BUSY = 5;

/** The low byte of an extended result code is its primary code (rescode.html §3). */
const primaryCode = (thrown: unknown): number | null => {
  const code = isObject(thrown) ? thrown['errcode'] : null;
  return typeof code === 'number' ? code & 0xff : null;
};

/** Another process holds the lock just now; asking again may help. */
export const isBusy = (thrown: unknown): boolean => primaryCode(thrown) === BUSY;

interface Meaning {
  readonly code: ErrorCode;
  readonly words: string;
  readonly hint: string;
}

const UNWRITABLE: Meaning = {
  code: 'DB_READ_ONLY',
  words: 'cannot be opened for writing',
  hint: 'Give the user that runs Holdfast the right to write the file and its folder; the file system must not be read-only.',
};
const DAMAGED: Meaning = {
  code: 'DB_DAMAGED',
  words: 'is damaged, or is no SQLite database',
  hint: 'Keep the file for an examination, and restore the last backup into a new one.',
};

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [
    BUSY,
    {
      code: 'DB_BUSY',
      words: 'is locked by another process',
      hint: 'Nothing was changed. Try again; when it stays so, find the process that holds the file.',
    },
  ],
  [8, UNWRITABLE], // SQLITE_READONLY
  [
    10, // SQLITE_IOERR
    {
      code: 'DB_DISK_FAILED',
      words: 'could not be read or written',
      hint: 'The statement was not acknowledged. Look at the disk, its quota and the system log.',
    },
  ],
  [11, DAMAGED], // SQLITE_CORRUPT
  [
    13, // SQLITE_FULL
    { code: 'DB_FULL', words: 'cannot grow: the disk is full', hint: 'Nothing was changed. Make room and try again.' },
  ],
  [14, UNWRITABLE], // SQLITE_CANTOPEN
  [26, DAMAGED], // SQLITE_NOTADB
]);

/** A failing world as a `HoldfastError`; anything else (a constraint, a mistake in SQL) as it is, for it is ours. */
export function sqliteError(path: string, thrown: unknown): unknown {
  const meaning = MEANINGS.get(primaryCode(thrown) ?? -1);
  if (meaning === undefined) return thrown;
  return new HoldfastError(meaning.code, `${path} ${meaning.words} (${messageOf(thrown)})`, {
    hint: meaning.hint,
    cause: thrown,
  });
}

/** The same for what the system says while the file is made. */
export function openError(path: string, thrown: unknown): HoldfastError {
  const full = isObject(thrown) && (thrown['code'] === 'ENOSPC' || thrown['code'] === 'EDQUOT');
  const { code, words, hint } = (full ? MEANINGS.get(13) : undefined) ?? UNWRITABLE;
  return new HoldfastError(code, `${path} ${words} (${messageOf(thrown)})`, { hint, cause: thrown });
}
