/** The product's folder: its paths, its lockfile, and the Node that looks at it. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { sha256 } from '../lib/hash.ts';

/** The folder as people name it, absolute and without links. @throws what the file system says when it is not there. */
export const folderAt = (cwd: string, path: string): string => realpathSync(resolve(cwd, path));

export const existsAt = (cwd: string, path: string): boolean => existsSync(resolve(cwd, path));

/** Whatever the two are called; false where one of them is not there. */
export const isSameFolder = (cwd: string, one: string, other: string): boolean =>
  existsAt(cwd, one) && existsAt(cwd, other) && folderAt(cwd, one) === folderAt(cwd, other);

/** A file of a package, without links; `isThere`: it exists. */
export function fileIn(root: string, file: string): { readonly path: string; readonly isThere: boolean } {
  const path = join(root, file);
  const isThere = existsSync(path);
  return { path: isThere ? realpathSync(path) : path, isThere };
}

/** As reports write paths: relative to the folder. */
export const shownFrom =
  (root: string) =>
  (path: string): string =>
    relative(root, path) || '.';

/** The lockfiles that npm, Yarn, pnpm and Bun write, in the order in which npm and Holdfast take them; the first that is there counts. */
const LOCKFILES = ['npm-shrinkwrap.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'];

export const lockfileIn = (root: string): string | null =>
  LOCKFILES.find((name) => existsSync(join(root, name))) ?? null;

export function lockfileDigest(root: string): string | null {
  const name = lockfileIn(root);
  return name === null ? null : sha256(readFileSync(join(root, name)));
}

/** Where the facts of files are kept between runs; nowhere where there is no home. */
export function factsCachePath(env: Readonly<Record<string, string | undefined>>): string | null {
  const folder = env['XDG_CACHE_HOME'] ?? (env['HOME'] === undefined ? '' : join(env['HOME'], '.cache'));
  return folder === '' ? null : join(folder, 'holdfast', 'reach-facts.sqlite');
}

/** The names of Node's own modules, without `node:`. */
export const NODE_MODULES: ReadonlySet<string> = new Set(builtinModules);

export const NODE_VERSION = process.version;
