/**
 * Finds and reads the files that inventories are made of.
 *
 * Named files are taken as they are; named folders are walked for the names of detect.ts. The walk is in the order of the
 * names, so the same tree always gives the same list. `node_modules` and `.git` are skipped, and so is what `ignore`
 * names. Links to folders are not followed: what they lead to inside the folder is found anyway, and what lies outside
 * was not named. Links to files are read.
 */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { INPUT_NAMES, inputsAmong, refuseBinaryBunLock } from './detect.ts';
import { type IsIgnored, ignoreBy } from './ignore-globs.ts';
import { malformed } from './unreadable.ts';

export interface InputFile {
  /** As people see it: with `/`, relative to the working folder where it lies inside of it. */
  readonly path: string;
  /** For opening. */
  readonly absolute: string;
}

export interface Discovery {
  readonly files: readonly InputFile[];
  /** FILE_NOT_FOUND, FILE_UNREADABLE, INVENTORY_NOT_FOUND: one for each path or folder that gave nothing. */
  readonly errors: readonly HoldfastError[];
  /** The folders among the paths, absolute. */
  readonly folders: readonly string[];
}

/**
 * @param paths Files and folders, absolute or relative to `cwd`.
 * @param ignore Globs as in .gitignore, relative to each named folder (ignore-globs.ts); named files are never ignored.
 */
export function discoverInputs(paths: readonly string[], cwd: string, ignore: readonly string[]): Discovery {
  const files = new Map<string, InputFile>();
  const errors: HoldfastError[] = [];
  const folders: string[] = [];
  const isIgnored = ignoreBy(ignore);
  for (const named of paths) {
    const absolute = resolve(cwd, named);
    const path = shownPath(named, absolute, cwd);
    const found: InputFile[] = [];
    try {
      if (statSync(absolute).isDirectory()) {
        folders.push(absolute);
        walk({ path, absolute }, isIgnored, found, errors);
      } else found.push({ path, absolute });
    } catch (thrown) {
      errors.push(fileError(path, thrown));
    }
    for (const file of found) if (!files.has(file.absolute)) files.set(file.absolute, file);
  }
  return { files: [...files.values()], errors, folders };
}

const ALWAYS_SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** Depth first, in the order of the names; without recursion, for hostile depths. */
function walk(folder: InputFile, isIgnored: IsIgnored, found: InputFile[], errors: HoldfastError[]): void {
  const open = [''];
  let ignored = 0;
  const before = found.length + errors.length;
  for (let inside = open.pop(); inside !== undefined; inside = open.pop()) {
    const listing = list(join(folder.absolute, inside), joinShown(folder.path, inside));
    if (listing instanceof HoldfastError) {
      errors.push(listing);
      continue;
    }
    const here = (name: string): string => (inside === '' ? name : `${inside}/${name}`);
    for (const name of inputsAmong(listing.files)) {
      if (isIgnored(here(name), false)) ignored += 1;
      else found.push({ path: joinShown(folder.path, here(name)), absolute: join(folder.absolute, here(name)) });
    }
    const folders = listing.folders.filter((name) => !ALWAYS_SKIPPED.has(name) && !isIgnored(here(name), true));
    open.push(...folders.sort().reverse().map(here));
  }
  if (found.length + errors.length === before) errors.push(nothingIn(folder.path, ignored));
}

interface Listing {
  readonly files: readonly string[];
  readonly folders: string[];
}

/** A link stands for the file it leads to, but is no folder; a broken one is listed, so that reading it reports it. */
function list(absolute: string, path: string): Listing | HoldfastError {
  try {
    const entries = readdirSync(absolute, { withFileTypes: true });
    return {
      files: entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map((entry) => entry.name),
      folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
    };
  } catch (thrown) {
    return fileError(path, thrown);
  }
}

function nothingIn(path: string, ignored: number): HoldfastError {
  const left = ignored === 0 ? '' : ` (${ignored} of them left out by the ignore globs)`;
  return new HoldfastError('INVENTORY_NOT_FOUND', `no lockfile or SBOM was found in ${path}${left}`, {
    hint: `Name the file, or a folder that holds one of: ${INPUT_NAMES.join(', ')}.`,
    at: { file: path, line: null, column: null },
  });
}

/** The largest input that is read; the largest real lockfiles and SBOMs have some 20 MB. */
const LARGEST_INPUT_BYTES = 256 * 1024 * 1024;

export interface InputBytes {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE (no file, no permission, over 256 MB), INVENTORY_MALFORMED (not UTF-8), INVENTORY_UNSUPPORTED. */
export function readInput({ path, absolute }: InputFile): InputBytes {
  const bytes = readBytes(path, absolute);
  if (isUtf8(bytes)) return { bytes, text: bytes.toString('utf8') };
  refuseBinaryBunLock(path, bytes.toString('latin1', 0, 64));
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  throw malformed(
    path,
    isUtf16 ? 'the file is UTF-16, as PowerShell writes it' : 'the file is not UTF-8 text',
    isUtf16
      ? 'Save it as UTF-8; in PowerShell write it with `Out-File -Encoding utf8`.'
      : 'Restore it from version control.',
  );
}

/** The text of `sibling` beside a file that is called one of `names`; `null` when it is not, or cannot be read. */
export function readBeside({ path, absolute }: InputFile, names: readonly string[], sibling: string): string | null {
  if (!names.includes(basename(absolute))) return null;
  try {
    return readInput({ path, absolute: join(dirname(absolute), sibling) }).text;
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return null;
    throw thrown;
  }
}

function readBytes(path: string, absolute: string): Buffer {
  try {
    const stats = statSync(absolute);
    // Reading a pipe or a device may never end.
    if (!stats.isFile()) throw unreadable(path, 'is not a regular file', 'Name a file or a folder.');
    if (stats.size > LARGEST_INPUT_BYTES) {
      const megabytes = Math.ceil(stats.size / 1024 / 1024);
      throw unreadable(path, `has ${megabytes} MB; at most 256 MB are read`, 'Name the lockfile or SBOM itself.');
    }
    return readFileSync(absolute);
  } catch (thrown) {
    throw thrown instanceof HoldfastError ? thrown : fileError(path, thrown);
  }
}

const unreadable = (path: string, what: string, hint: string, cause?: unknown): HoldfastError =>
  new HoldfastError('FILE_UNREADABLE', `${path} ${what}`, {
    hint,
    at: { file: path, line: null, column: null },
    cause,
  });

function fileError(path: string, thrown: unknown): HoldfastError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return unreadable(path, `cannot be read (${code || 'unknown reason'})`, 'Check its permissions.', thrown);
  }
  return new HoldfastError('FILE_NOT_FOUND', `${path} does not exist`, {
    hint: 'Check the path; it is read relative to the current folder.',
    at: { file: path, line: null, column: null },
    cause: thrown,
  });
}

/** Inside the working folder relative to it, else as it was named; always with `/`. */
function shownPath(named: string, absolute: string, cwd: string): string {
  const inside = relative(cwd, absolute);
  const isInside = inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
  return (isInside ? inside || '.' : named).replaceAll(sep, '/');
}

const joinShown = (folder: string, inside: string): string =>
  folder === '.' || inside === '' ? inside || folder : `${folder.replace(/\/+$/, '')}/${inside}`;
