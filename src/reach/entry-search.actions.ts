/**
 * The search for where a program begins: what was found so far, and how a file is entered. Its neighbours: entries.actions.ts goes through the
 * manifests, started-entries.actions.ts through what commands start.
 */
import { isObject } from '../lib/json.ts';
import { parseJson5 } from '../lib/located-json5.ts';
import { plain } from '../lib/yaml-schema.ts';
import type { Callable, Entry, UnknownEntry } from './closure.ts';
import { sourcesOf } from './entry-requests.ts';
import type { FolderListing } from './folder-listing.client.ts';
import { readManifestText } from './manifest-files.client.ts';
import { isAbsolutePath, normalPath } from './path-text.ts';
import { realPath, type Resolver } from './resolve.client.ts';
import type { Word } from './shell-line.ts';

export interface Unfollowed extends UnknownEntry {
  /** Nothing lies there; another folder that the program may be started in can have it. */
  readonly isAbsent?: true;
}

export interface Search {
  readonly root: string;
  readonly resolver: Resolver;
  readonly listing: FolderListing;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly compilerOptions: unknown;
  readonly entries: Map<string, Entry>;
  readonly unknown: Unfollowed[];
  readonly conditions: string[];
  /** Where commands start something, absolute: other folders than the product's own count as well. */
  readonly startedIn: Set<string>;
  /** Scripts that were entered, each with its folder, so that two that call each other end. */
  readonly scripts: Set<string>;
}

/** The same search from another folder, with the manifests that lie there. */
export const inFolder = (root: string, search: Search): Search => ({ ...search, ...manifestsIn(root) });

export const manifestsIn = (root: string): Pick<Search, 'root' | 'manifest' | 'compilerOptions'> => ({
  root,
  manifest: objectOf(jsonIn(root, 'package.json')),
  compilerOptions: objectOf(jsonIn(root, 'tsconfig.json'))['compilerOptions'],
});

/** The same search with nothing found yet. */
export const afresh = (search: Search): Search => ({
  ...search,
  entries: new Map(),
  unknown: [],
  conditions: [],
  startedIn: new Set(),
  scripts: new Set(search.scripts),
});

export const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

/** JSON with comments, as tsconfig.json may have them; `null` when it is not there or no JSON. */
function jsonIn(root: string, name: string): unknown {
  const read = readManifestText(root, name);
  if (!('text' in read)) return null;
  const parsed = parseJson5(read.text);
  return parsed.ok ? plain(parsed.value) : null;
}

export const missing = (path: string, via: string, { unknown }: Search): void => {
  unknown.push({ via, why: `${path} is named as a start of the program and is not there`, isAbsent: true });
};

export function enterFile(
  path: string,
  via: string,
  callable: Callable,
  search: Search,
  args: readonly Word[] = [],
): boolean {
  const { root, resolver, compilerOptions } = search;
  for (const candidate of [path, ...sourcesOf(path, compilerOptions)]) {
    const request = normalPath(isAbsolutePath(candidate) ? candidate : `${root}/${candidate}`);
    const found = resolver.resolve(`${root}/.`, request, 'require');
    if (!('found' in found)) continue;
    for (const file of found.found) add({ path: file, via, manner: 'require', callable, args: known(args) }, search);
    return true;
  }
  return false;
}

export const known = (words: readonly Word[]): readonly string[] => words.filter((word) => word !== null);

export function add(entry: Entry, { entries }: Search): void {
  const path = realPath(entry.path);
  const before = entries.get(path);
  if (before === undefined) entries.set(path, { ...entry, path });
  else {
    const callable = entry.callable === 'none' || before.callable === 'all' ? before.callable : 'all';
    entries.set(path, { ...before, callable, args: [...before.args, ...entry.args] });
  }
}
