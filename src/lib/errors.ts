/** Errors: the class, the places it names, and the codes. Printing them is main.ts. */
import { printable } from './text.ts';

/**
 * The one error class that reaches a person.
 *
 * Thrown when the outside world fails us (a broken file, a full disk, a missing program). `code` is stable, has a
 * paragraph in docs/errors.md and is safe to match on; `hint` says what the reader can do next; `at` names the place
 * in a file; `cause` keeps the original.
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly at: Place | null;
  /** Everything to correct, in order of place; empty where the message says it all. */
  readonly problems: readonly PlacedProblem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint: string; at?: Place | null; problems?: readonly PlacedProblem[]; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.at = options.at ?? null;
    this.problems = options.problems ?? [];
  }
}

/** `policy.md:12:4: no control "release.reveiw". Did you mean release.review?` on one line, safe to print. */
export const formatProblem = ({ at, message, hint }: PlacedProblem): string =>
  printable(`${formatPlace(at)}: ${message}. ${hint}`);

/** One of several things to correct in a file: an error that names them all saves a round for each. */
export interface PlacedProblem {
  readonly at: Place;
  readonly message: string;
  readonly hint: string;
}

/** A place in a text file; `line` and `column` count from 1, `null` where the format gives none. */
export interface Place {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** `policy.md:12:4`, as editors and terminals make clickable. */
export function formatPlace({ file, line, column }: Place): string {
  if (line === null) return file;
  return column === null ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** The words of any thrown value; an unknown value never makes the report of an error fail. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

export type ErrorCode =
  | 'USAGE'
  | 'FILE_NOT_FOUND'
  | 'FILE_UNREADABLE'
  | 'FILE_EXISTS'
  | 'FILE_UNWRITABLE'
  | 'POLICY_NOT_FOUND'
  | 'POLICY_INVALID'
  | 'POLICY_TOO_LARGE'
  | 'FACTS_INVALID'
  | 'REPORT_REFUSED'
  | 'REPORT_UNDELIVERED'
  | 'DECISIONS_INVALID'
  | 'IGNORES_UNREADABLE'
  | 'INVENTORY_NOT_FOUND'
  | 'INVENTORY_MALFORMED'
  | 'INVENTORY_UNSUPPORTED'
  | 'INVENTORY_INCOMPLETE'
  | 'IMPORT_MALFORMED'
  | 'IMPORT_UNSUPPORTED'
  | 'IMPORT_INCOMPLETE'
  | 'SYMBOLS_INVALID'
  | 'PROOF_INVALID'
  | 'INDEX_NOT_FOUND'
  | 'INDEX_FOREIGN'
  | 'INDEX_NEWER'
  | 'INDEX_OLDER'
  | 'INDEX_DAMAGED'
  | 'ADVISORY_SOURCE_UNREADABLE'
  | 'ADVISORY_SOURCE_EMPTY'
  | 'SYNC_UNREACHABLE'
  | 'SYNC_CORRUPT'
  | 'SYNC_REFUSED'
  | 'SYNC_BUSY'
  | 'DB_URL_INVALID'
  | 'DB_INSECURE'
  | 'DB_UNREACHABLE'
  | 'DB_REFUSED'
  | 'DB_READ_ONLY'
  | 'DB_FULL'
  | 'DB_DISK_FAILED'
  | 'DB_BUSY'
  | 'DB_OUTCOME_UNKNOWN'
  | 'DB_DAMAGED'
  | 'DB_NEWER'
  | 'DB_ALTERED'
  | 'DB_FOREIGN'
  | 'DB_NOT_EMPTY'
  | 'BACKUP_UNREADABLE'
  | 'KEY_MISSING'
  | 'KEY_EXPOSED'
  | 'KEY_WRONG'
  | 'KEY_MISMATCH'
  | 'PASSPHRASE_MISSING'
  | 'PASSPHRASE_UNFIT'
  | 'DATA_ALTERED'
  | 'SUBJECT_ERASED'
  | 'ERASURES_DAMAGED'
  | 'GIT_UNAVAILABLE'
  | 'GIT_REF_UNKNOWN'
  | 'GIT_UNREADABLE'
  | 'COMMAND_NOT_STARTED'
  | 'LOG_DAMAGED'
  | 'LOG_NOT_FOUND'
  | 'LOG_KEY_MISSING'
  | 'LOG_KEY_UNUSABLE'
  | 'LOG_ROLLED_BACK'
  | 'SETTING_INVALID'
  | 'LISTENER_CLEARTEXT'
  | 'LISTENER_UNAVAILABLE';
