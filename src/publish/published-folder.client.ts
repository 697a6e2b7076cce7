/**
 * The folder that a web host serves. Writes our files into it, removes those of an earlier run that are not written any more, and touches
 * nothing else. What marks a folder as ours is published-list.ts.
 */
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { LIST_FILE, listText, readList, type PublishedList } from './published-list.ts';

export interface PublicFile {
  /** Inside of the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface FolderChange {
  /** Absolute. */
  readonly folder: string;
  readonly written: readonly string[];
  /** Files of an earlier run that nothing writes any more. */
  readonly removed: readonly string[];
  /** The same, but changed by somebody since: they stay, and are not ours any more. */
  readonly left: readonly string[];
}

/** Nothing was changed. `files` of others stand where ours would go; empty: the folder holds other things and no list of ours. */
export interface FolderRefusal {
  readonly code: 'FILE_EXISTS';
  readonly folder: string;
  readonly files: readonly string[];
}

/** Larger than any list of ours. */
const MOST_LIST_BYTES = 256 * 1_024;

/**
 * Each file is replaced as a whole. The list is written first with both the old and the new files, so that a run that was interrupted
 * finds its own files again.
 *
 * @param force Takes over a folder, or files in it, that we did not write.
 * @throws FILE_UNWRITABLE
 */
export function writePublished(
  place: { readonly cwd: string; readonly folder: string; readonly force: boolean },
  files: readonly PublicFile[],
): Result<FolderChange, FolderRefusal> {
  const folder = resolve(place.cwd, place.folder);
  const known = listIn(folder);
  const foreign = place.force ? null : foreignIn(folder, known, files);
  if (foreign !== null) return no({ code: 'FILE_EXISTS', folder, files: foreign });
  refuseLinks(folder, files);

  const fresh = new Map(files.map(({ path, text }) => [path, sha256(text)]));
  const before = known ?? new Map<string, string>();
  put(folder, LIST_FILE, listText(new Map([...before, ...fresh])));
  for (const { path, text } of files) put(folder, path, text);
  const stale = [...before].filter(([path]) => !fresh.has(path));
  const removed = stale.filter(([path, digest]) => removeOurs(folder, path, digest)).map(([path]) => path);
  const left = stale.map(([path]) => path).filter((path) => !removed.includes(path) && stands(join(folder, path)));
  put(folder, LIST_FILE, listText(fresh));
  return ok({ folder, written: [...files.map(({ path }) => path), LIST_FILE], removed, left });
}

/** `null` where there is no list that we could have written. */
function listIn(folder: string): PublishedList | null {
  const path = join(folder, LIST_FILE);
  const about = lstatSync(path, { throwIfNoEntry: false });
  if (about === undefined || !about.isFile() || about.size > MOST_LIST_BYTES) return null;
  return reading(path, () => readList(readFileSync(path, 'utf8')));
}

/** What stands against writing; `null`: nothing does. */
function foreignIn(
  folder: string,
  known: PublishedList | null,
  files: readonly PublicFile[],
): readonly string[] | null {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return null;
  const entries = reading(folder, () => readdirSync(folder));
  if (entries.length === 0) return null;
  const taken = files.map(({ path }) => path).filter((path) => known?.has(path) !== true && stands(join(folder, path)));
  return known === null || taken.length > 0 ? taken : null;
}

/** A link inside of the folder would make us write, or remove, somewhere else. */
function refuseLinks(folder: string, files: readonly PublicFile[]): void {
  const inside = new Set(files.flatMap(({ path }) => foldersOf(path)));
  for (const path of inside) {
    if (lstatSync(join(folder, path), { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw unwritable(join(folder, path), 'it is a link to another place', 'Replace it with a folder.');
  }
}

/** `a/b/c` → `a`, `a/b`. */
const foldersOf = (path: string): readonly string[] => {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
};

function put(folder: string, path: string, text: string): void {
  try {
    replaceFile(join(folder, path), [Buffer.from(text)]);
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    throw new HoldfastError('FILE_UNWRITABLE', cause.message, {
      hint: 'Files named before it may be new already. Make room or choose another place, then publish again.',
      cause,
    });
  }
}

/** True when it was ours, unchanged, and is gone. What somebody changed is theirs. */
function removeOurs(folder: string, path: string, digest: string): boolean {
  const full = join(folder, path);
  const throughLink = foldersOf(path).some(
    (part) => lstatSync(join(folder, part), { throwIfNoEntry: false })?.isSymbolicLink() === true,
  );
  if (throughLink || lstatSync(full, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    if (sha256(readFileSync(full)) !== digest) return false;
    rmSync(full);
    return true;
  } catch (cause) {
    throw unwritable(full, messageOf(cause), 'Remove it by hand: nothing writes it any more.', cause);
  }
}

const stands = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unwritable(path, messageOf(cause), 'Name a folder that you may read and write.', cause);
  }
}

const unwritable = (path: string, why: string, hint: string, cause?: unknown): HoldfastError =>
  new HoldfastError('FILE_UNWRITABLE', `${path} could not be written: ${why}`, { hint, cause });
