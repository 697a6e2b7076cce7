/**
 * The folder that `holdfast init` writes to: what can be read there beforehand, and the writing itself.
 *
 * Everything read here is somebody's file: sizes and counts are bounded, and what cannot be read is simply not known. What
 * it means is init-answers.ts and init-products.ts.
 */
import { execFile } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  type Dirent,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject, stringOr } from '../lib/json.ts';
import { childEnvironment } from '../platform/child-environment.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { isEmail, oneLine, type GitSurroundings, type Surroundings } from './init-answers.ts';
import {
  DEPENDENCY_FILES,
  DESCRIPTOR_FILES,
  parseJson,
  readDescriptor,
  type Descriptor,
  type FoundFolder,
} from './init-products.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Real manifests have a few KB; more than this is not read. */
const MANIFEST_BYTES = 256 * 1024;
/** `apps/timesheet/static/page` is depth 4. */
const DEPTH = 4;
const FOLDER_LIMIT = 2_000;
const GIT_TIMEOUT_MS = 2_000;

/** Folders that hold what was installed or built. */
const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'dist',
  'build',
  'target',
  'out',
]);

export const absoluteFolder = (cwd: string, folder: string): string => resolve(cwd, folder);

export async function readSurroundings(folder: string, env: Env): Promise<Surroundings> {
  const manifest = parseJson(readStart(join(folder, 'package.json')) ?? '');
  const { folders, leftOut } = listFolders(folder);
  return {
    folderName: basename(folder),
    author: authorOf(isObject(manifest) ? manifest['author'] : null),
    bugsEmail: isObject(manifest) && isObject(manifest['bugs']) ? emailOr(manifest['bugs']['email']) : null,
    git: await readGit(folder, env),
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    folders,
    foldersLeftOut: leftOut,
  };
}

/** Both forms of npm docs, package.json, "people fields": an object, or `Name <mail> (url)`. */
function authorOf(author: unknown): Surroundings['author'] {
  if (isObject(author)) return { name: nameOr(author['name']), email: emailOr(author['email']) };
  const text = stringOr(author, '').slice(0, 1_000);
  const [name = ''] = text.split(/[<(]/, 1);
  return { name: nameOr(name), email: emailOr(/<([^<>]*)>/.exec(text)?.[1]) };
}

function nameOr(value: unknown): string | null {
  const name = oneLine(stringOr(value, ''));
  return name === '' ? null : name;
}

function emailOr(value: unknown): string | null {
  const email = stringOr(value, '').trim();
  return isEmail(email) ? email : null;
}

function listFolders(root: string): { readonly folders: readonly FoundFolder[]; readonly leftOut: boolean } {
  const folders: FoundFolder[] = [];
  let waiting = ['.'];
  let seen = 0;
  for (let depth = 0; depth <= DEPTH && waiting.length > 0; depth++) {
    const below: string[] = [];
    for (const path of waiting) {
      if (++seen > FOLDER_LIMIT) return { folders, leftOut: true };
      const entries = readFolder(join(root, path));
      const found = describeFolder(root, path, entries);
      if (found !== null) folders.push(found);
      for (const entry of entries)
        if (isSearched(entry)) below.push(path === '.' ? entry.name : `${path}/${entry.name}`);
    }
    waiting = below;
  }
  return { folders, leftOut: false };
}

/** Symbolic links are not followed: they lead out of the folder, or in circles. */
const isSearched = (entry: Dirent): boolean =>
  entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name);

function readFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function describeFolder(root: string, path: string, entries: readonly Dirent[]): FoundFolder | null {
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const inputs = files.filter((name) => DEPENDENCY_FILES.includes(name));
  let descriptor: Descriptor | null = null;
  for (const file of DESCRIPTOR_FILES) {
    if (!files.includes(file)) continue;
    descriptor ??= readDescriptor(file, readStart(join(root, path, file)) ?? '');
  }
  if (inputs.length === 0 && descriptor === null) return null;
  const manifest = parseJson(readStart(join(root, path, 'package.json')) ?? '');
  return { path, inputs, descriptor, name: isObject(manifest) ? nameOr(manifest['name']) : null };
}

/** A whole regular file of at most `MANIFEST_BYTES`; `null` otherwise. A pipe of that name is never waited for. */
function readStart(path: string): string | null {
  try {
    if (!lstatSync(path).isFile()) return null;
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(MANIFEST_BYTES + 1);
      const length = readSync(file, bytes);
      return length > MANIFEST_BYTES ? null : bytes.toString('utf8', 0, length);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** Reading configuration and refs runs nothing that a repository could have planted; without Git nothing is known. */
async function readGit(folder: string, env: Env): Promise<GitSurroundings> {
  const settings = await git(folder, env, [
    'config',
    '-z',
    '--get-regexp',
    '^(user\\.(name|email)|remote\\.origin\\.url)$',
  ]);
  const values = new Map<string, string>();
  for (const line of (settings ?? '').split('\0')) {
    const cut = line.indexOf('\n');
    // A later line comes from the nearer file and wins, as in git-config(1).
    if (cut > 0) values.set(line.slice(0, cut), line.slice(cut + 1));
  }
  return {
    userName: nameOr(values.get('user.name')),
    userEmail: emailOr(values.get('user.email')),
    remote: values.get('remote.origin.url') ?? null,
    branch: await releaseBranch(folder, env),
  };
}

/** The branch that the remote shows first, else `main` or `master` where one of them exists. */
async function releaseBranch(folder: string, env: Env): Promise<string | null> {
  const remote = await git(folder, env, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  if (remote !== null) return remote.trim().replace(/^origin\//, '');
  const local = await git(folder, env, [
    'for-each-ref',
    '--format=%(refname:short)',
    'refs/heads/main',
    'refs/heads/master',
  ]);
  return local?.split('\n')[0]?.trim() || null;
}

async function git(folder: string, env: Env, args: readonly string[]): Promise<string | null> {
  try {
    const options = {
      env: childEnvironment(env),
      timeout: GIT_TIMEOUT_MS,
      maxBuffer: MANIFEST_BYTES,
      windowsHide: true,
    };
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], options);
    return stdout;
  } catch {
    return null;
  }
}

/**
 * The names that are taken, whatever stands there: a dangling link is somebody's too.
 *
 * @throws FILE_UNWRITABLE when that cannot be seen (a file instead of the folder, no permission).
 */
export function takenAmong(folder: string, names: readonly string[]): readonly string[] {
  try {
    return names.filter((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);
  } catch (cause) {
    throw unwritable(folder, 'Name a folder that you may write to.', cause);
  }
}

/**
 * Writes all files or none: when a later one fails, the earlier ones stand as before.
 *
 * @throws FILE_UNWRITABLE
 */
export function writeFiles(folder: string, files: readonly { readonly name: string; readonly text: string }[]): void {
  const undo: (() => void)[] = [];
  try {
    makeFolder(folder);
    for (const { name, text } of files) {
      const path = join(folder, name);
      const before = bytesBefore(path);
      replaceFile(path, [Buffer.from(text)]);
      undo.push(() => (before === null ? rmSync(path, { force: true }) : replaceFile(path, [before])));
    }
  } catch (thrown) {
    for (const step of undo) step();
    throw thrown;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, 'Name a folder that you may write to.', cause);
  }
}

/** What stands at `path` now; `null` when nothing does. */
function bytesBefore(path: string): Buffer | null {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return null;
  if (entry.isDirectory())
    throw unwritable(path, 'A folder of that name is in the way. Move it, then run the command again.');
  // A link or a device would be replaced by a plain file; only regular files can be put back as they were.
  if (!entry.isFile()) throw unwritable(path, 'It is not a regular file. Move it, then run the command again.');
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unwritable(path, 'Make it readable, or move it, then run the command again.', cause);
  }
}

const unwritable = (path: string, hint: string, cause?: unknown): HoldfastError =>
  new HoldfastError(
    'FILE_UNWRITABLE',
    `${path} could not be written${cause === undefined ? '' : `: ${messageOf(cause)}`}`,
    {
      hint,
      cause,
    },
  );
