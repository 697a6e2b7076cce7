/** What lies in the folders that computed names can point into. Listings are kept: the same folders are asked for again and again. */
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { entriesOf } from '../platform/folder-entries.ts';
import { PROGRAM } from './no-program.ts';
import { MOST_FOLDERS, NOT_SHIPPED } from './own-folders.ts';
import type { ProgramFile } from './surroundings.ts';

export interface FolderListing {
  /**
   * The paths of the programs below a folder that begin with `prefix`, relative to it; `null` when there are more than `most`. Links
   * are not followed.
   */
  readonly programsUnder: (folder: string, prefix: string, most: number) => readonly string[] | null;
  /** The names in a folder. */
  readonly entriesOf: (folder: string) => readonly string[];
  /** The names of installed packages that begin so, as seen from a folder. */
  readonly packagesFrom: (folder: string, prefix: string) => readonly string[];
  /** The folder of an installed package, as seen from a folder. */
  readonly packageFolder: (folder: string, name: string) => string | null;
  /** As `program` of surroundings.ts. */
  readonly program: (name: string, folder: string) => ProgramFile;
  /** As in surroundings.ts. */
  readonly ownPrograms: (name: string, root: string) => readonly ProgramFile[];
  /**
   * A link to a file or folder below a folder or in a `node_modules` above it, or more folders than are searched; `null` where there is
   * none.
   */
  readonly linkUnder: (folder: string) => string | null;
  readonly isFile: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
}

const DECLARATION = /\.d\.[cm]?ts$/;
const DEEPEST = 24;

export function createFolderListing(): FolderListing {
  const listings = new Map<string, readonly Entry[]>();
  const own = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const list = (folder: string): readonly Entry[] => {
    let entries = listings.get(folder);
    if (entries === undefined) listings.set(folder, (entries = read(folder)));
    return entries;
  };
  return {
    programsUnder: (folder, prefix, most) => {
      const found: string[] = [];
      const open = [''];
      for (let inside = open.pop(); inside !== undefined; inside = open.pop()) {
        if (inside.split('/').length > DEEPEST) return null;
        for (const { name, isFolder } of list(join(folder, inside))) {
          const path = inside === '' ? name : `${inside}/${name}`;
          // A folder on the way to the prefix, or one that begins so.
          if (!path.startsWith(prefix) && !(isFolder && prefix.startsWith(`${path}/`))) continue;
          if (isFolder) open.push(path);
          else if (PROGRAM.test(name) && !DECLARATION.test(name)) found.push(path);
          if (found.length > most || open.length > most) return null;
        }
      }
      return found.sort();
    },
    entriesOf: (folder) => list(folder).map(({ name }) => name),
    packagesFrom: (folder, prefix) => [
      ...new Set(moduleFolders(folder).flatMap((modules) => named(modules, prefix, list))),
    ],
    packageFolder: (folder, name) =>
      moduleFolders(folder)
        .map((modules) => join(modules, name))
        .find(isFolderAt) ?? null,
    program: programAt,
    ownPrograms: (name, root) => {
      let known = own.get(root);
      if (known === undefined) own.set(root, (known = filesByName(root)));
      return (known.get(name) ?? []).map(programOf);
    },
    linkUnder,
    isFile: (path) => kindOf(path) === 'file',
    isFolder: isFolderAt,
  };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

function read(folder: string): readonly Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return [];
  }
}

function named(modules: string, prefix: string, list: (folder: string) => readonly Entry[]): readonly string[] {
  const slash = prefix.indexOf('/');
  const scope = prefix.startsWith('@') && slash > 0 ? prefix.slice(0, slash) : null;
  const names = list(scope === null ? modules : join(modules, scope)).map(({ name }) =>
    scope === null ? name : `${scope}/${name}`,
  );
  return names.filter((name) => name.startsWith(prefix) && !name.startsWith('.'));
}

/** Every `node_modules` from a folder upwards. */
function moduleFolders(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    if (!at.endsWith('/node_modules')) folders.push(join(at, 'node_modules'));
    if (dirname(at) === at) return folders;
  }
}

const MOST_LINK_FOLDERS = 100_000;

/** The links of `.bin` start programs, and nothing is required through them. */
function linkUnder(folder: string): string | null {
  const open = [folder, ...moduleFolders(dirname(folder)).filter(isFolderAt)];
  let seen = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if ((seen += 1) > MOST_LINK_FOLDERS) return `more than ${MOST_LINK_FOLDERS} folders`;
    let entries: ReturnType<typeof entriesWithTypes>;
    try {
      entries = entriesWithTypes(at);
    } catch {
      return `a folder that cannot be read: ${at}`;
    }
    for (const entry of entries) {
      if (entry.isSymbolicLink() && !at.endsWith('/.bin')) return `the link ${join(at, entry.name)}`;
      if (entry.isDirectory() && entry.name !== '.git') open.push(join(at, entry.name));
    }
  }
  return null;
}

const entriesWithTypes = (folder: string) => readdirSync(folder, { withFileTypes: true });

const isFolderAt = (path: string): boolean => kindOf(path) === 'folder';

function kindOf(path: string): 'file' | 'folder' | 'none' {
  try {
    const stats = statSync(realpathSync(path));
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'none';
  } catch {
    return 'none';
  }
}

function programAt(name: string, folder: string): ProgramFile {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : join(folder, name)]
    : moduleFolders(folder).map((modules) => join(modules, '.bin', name));
  const path = candidates.find((candidate) => kindOf(candidate) === 'file');
  return path === undefined ? { path: null, isUnread: false } : programOf(path);
}

/** The files of the product by their names, as far as its folders are gone through (own-folders.ts). */
function filesByName(root: string): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  const open = [root];
  for (let folder = open.pop(), seen = 0; folder !== undefined && seen < MOST_FOLDERS; folder = open.pop(), seen += 1) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_SHIPPED.has(entry.name)) open.push(path);
      else if (entry.isFile()) files.set(entry.name, [...(files.get(entry.name) ?? []), path]);
    }
  }
  return files;
}

function programOf(path: string): ProgramFile {
  const real = realpathSync(path);
  if (/\.[cm]?[jt]s$/.test(real)) return { path: real, isUnread: false };
  const head = firstLine(real);
  if (/^#!.*\bnode\b/.test(head)) return { path: real, isUnread: false };
  // What a shell script starts is not read, and a text that may be executed is one (POSIX.1-2024, 2.9.1.6); a binary is no JavaScript.
  const isText = head !== '' && !head.includes('\0') && (statSync(real).mode & 0o111) !== 0;
  return { path: null, isUnread: head.startsWith('#!') || isText };
}

function firstLine(path: string): string {
  const bytes = Buffer.alloc(200);
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    readSync(file, bytes, 0, bytes.length, 0);
  } catch {
    return '';
  } finally {
    if (file !== null) closeSync(file);
  }
  return bytes.toString('latin1').split('\n', 1)[0] ?? '';
}
