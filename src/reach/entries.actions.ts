/**
 * Finds where a program begins: the files behind `--run`, holdfast.yaml, package.json, Dockerfile and Forge's manifest.
 *
 * What the manifests ask for is entry-requests.ts and dockerfile-entries.ts, what a command starts is started-entries.actions.ts. Nothing is run. What cannot be followed
 * is in the answer, and makes an unknown of everything it could reach.
 */
import { isObject } from '../lib/json.ts';
import { parseLocated } from '../lib/located-yaml.ts';
import { plain } from '../lib/yaml-schema.ts';
import { loadFacts } from '../policy/facts.actions.ts';
import type { Entry, UnknownEntry } from './closure.ts';
import { entriesOfDockerfile } from './dockerfile-entries.ts';
import {
  type CommandRequest,
  DEFAULT_MAIN,
  entriesOfForge,
  entriesOfManifest,
  type EntryRequest,
  type EntryRequests,
} from './entry-requests.ts';
import {
  add,
  afresh,
  enterFile,
  inFolder,
  manifestsIn,
  missing,
  type Search,
  type Unfollowed,
} from './entry-search.actions.ts';
import { createFolderListing } from './folder-listing.client.ts';
import { dockerfilesIn, foldersUpToRepository, readManifestText } from './manifest-files.client.ts';
import { isNamedBy } from './name-bound.ts';
import { isInside, normalPath, shownIn } from './path-text.ts';
import { createResolver, realPath } from './resolve.client.ts';
import { enterCommand, enterNpmrc, enterShellText, workspacesOf } from './started-entries.actions.ts';

export interface FoundEntries {
  readonly entries: readonly Entry[];
  /** What starts the program and could not be followed. */
  readonly unknown: readonly UnknownEntry[];
  /** Conditions that the commands add to Node's own, each list by itself (Node documentation, `--conditions`). */
  readonly conditions: readonly (readonly string[])[];
  /** What could start something and was left out, in words. */
  readonly leftOut: readonly string[];
  /** Where it is started, absolute. */
  readonly startedIn: readonly string[];
}

/** @param run The command of `--run`: it replaces all other entries. */
export async function findEntries(folder: string, run: string | null): Promise<FoundEntries> {
  const root = realPath(folder);
  const search: Search = {
    ...manifestsIn(root),
    resolver: createResolver(),
    listing: createFolderListing(),
    entries: new Map(),
    unknown: [],
    conditions: [],
    startedIn: new Set(),
    scripts: new Set(),
  };
  if (run !== null) {
    enterCommand(run, '--run', search);
    return answer(search, []);
  }
  const declared = await declaredIn(root);
  for (const request of declared.requests) enter(request, search);
  if (declared.requests.length > 0) {
    // A product that names no entries begins where its manifests say.
    return answer(
      search,
      declared.silent.flatMap((inside) => enterFolder(inside, search)),
    );
  }
  return answer(search, enterManifests(search, enterWorkspaces));
}

/** @param enterBelow Workspaces have no workspaces of their own. @returns What was left out. */
function enterManifests(search: Search, enterBelow: (search: Search) => readonly string[]): readonly string[] {
  const { requests, leftOut } = manifestEntries(search);
  for (const request of requests) enter(request, search);
  const below = enterBelow(search);
  if (search.entries.size > 0 || search.unknown.length > 0) return [...leftOut, ...below];
  // Nothing else starts the program, so whatever its developers run is all there is.
  const { scripts } = search.manifest;
  for (const [name, line] of Object.entries(isObject(scripts) ? scripts : {})) {
    if (typeof line === 'string') enterCommand(line, `package.json, scripts.${name}`, search);
  }
  return below;
}

/**
 * One lockfile is for all workspaces, and each may be a program that is started by itself; which of them are shipped is said nowhere, so all
 * of them are. @returns What was left out.
 */
function enterWorkspaces(search: Search): readonly string[] {
  const { workspaces, complete } = workspacesOf(search);
  if (!complete)
    search.unknown.push({ via: 'package.json, workspaces', why: 'not every workspace could be looked at' });
  return workspaces.flatMap(({ folder }) => enterFolder(folder, search));
}

/** A folder with manifests of its own. @param inside Relative to the root. @returns What was left out. */
function enterFolder(inside: string, search: Search): readonly string[] {
  const { unknown } = search;
  const inner: Search = {
    ...inFolder(normalPath(`${search.root}/${inside}`), search),
    entries: new Map(),
    unknown: [],
    scripts: new Set(),
  };
  const leftOut = enterManifests(inner, () => []);
  for (const entry of inner.entries.values()) add({ ...entry, via: `${inside}/${entry.via}` }, search);
  unknown.push(...inner.unknown.map(({ via, why }) => ({ via: `${inside}/${via}`, why })));
  const isStill = inner.entries.size === 0 && inner.unknown.length === 0;
  const nothing = isStill ? [`${inside}: nothing says where it starts`] : [];
  return [...nothing, ...leftOut.map((each) => `${inside}/${each}`)];
}

function answer({ entries, unknown, conditions, startedIn }: Search, leftOut: readonly string[]): FoundEntries {
  const nothing = { via: 'package.json', why: 'nothing says where the program starts' };
  return {
    entries: [...entries.values()],
    unknown: entries.size + unknown.length > 0 ? unknown : [nothing],
    conditions: combined(conditions),
    leftOut,
    startedIn: [...startedIn],
  };
}

/** Which of them come together is not looked at, so every choice of a few counts; more than that are told apart one by one and all at once. */
function combined(names: readonly string[]): readonly (readonly string[])[] {
  const all = [...new Set(names)];
  if (all.length > 3) return [...all.map((name) => [name]), all];
  return all
    .reduce<readonly (readonly string[])[]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]])
    .slice(1);
}

interface Declared {
  readonly requests: readonly EntryRequest[];
  /** Folders of products that name none, relative to the root. */
  readonly silent: readonly string[];
}

/**
 * The entries of all products that lie in this folder, by its holdfast.yaml or by that of the repository around it: a product of several in
 * one repository is named there.
 */
async function declaredIn(root: string): Promise<Declared> {
  for (const folder of foldersUpToRepository(root)) {
    const { products } = await loadFacts(folder);
    const requests = products.flatMap(({ id, path, entries }) =>
      entries.flatMap((entry): readonly EntryRequest[] => {
        const file = normalPath(`${folder}/${path}/${entry}`);
        if (!isInside(file, root)) return [];
        return [{ kind: 'file', path: shownIn(file, root), via: `holdfast.yaml, entries of ${id}`, callable: 'all' }];
      }),
    );
    const silent = products
      .filter(({ entries }) => entries.length === 0)
      .map(({ path }) => normalPath(`${folder}/${path}`))
      .filter((place) => isInside(place, root))
      .map((place) => shownIn(place, root));
    if (requests.length > 0) return { requests, silent };
  }
  return { requests: [], silent: [] };
}

function manifestEntries({ root, manifest }: Search): EntryRequests {
  const parts = [entriesOfManifest(manifest)];
  for (const name of dockerfilesIn(root)) {
    const read = readManifestText(root, name);
    if ('text' in read) parts.push(entriesOfDockerfile(read.text, name));
  }
  const forge = readManifestText(root, 'manifest.yml');
  if ('text' in forge) {
    const parsed = parseLocated(forge.text);
    parts.push(entriesOfForge(parsed.ok ? plain(parsed.value) : null));
  }
  return { requests: parts.flatMap(({ requests }) => requests), leftOut: parts.flatMap(({ leftOut }) => leftOut) };
}

function enter(request: EntryRequest, search: Search): void {
  switch (request.kind) {
    case 'command':
      enterNpmrc(request.via, search);
      enterSomewhere(request, search);
      return;
    case 'pattern':
      enterPattern(request.pattern, request.via, search);
      return;
    case 'file': {
      const isEntered = enterFile(request.path, request.via, request.callable, search);
      if (!isEntered && request.via !== DEFAULT_MAIN) missing(request.path, request.via, search);
    }
  }
}

/** In each of its folders. */
function enterSomewhere({ line, via, folders, scripts }: CommandRequest, search: Search): void {
  const script = scripts
    .map((path) => ({ path, read: readManifestText(search.root, path) }))
    .find(({ read }) => 'text' in read);
  const tried = folders
    .map((folder) => normalPath(`${search.root}/${folder}`))
    .filter((root) => search.listing.isFolder(root))
    .map((root) => {
      const place = afresh(root === search.root ? search : inFolder(root, search));
      if (script !== undefined && 'text' in script.read)
        enterShellText(script.read.text, line, `${via}, ${script.path}`, place);
      else enterCommand(line, via, place);
      return place;
    });
  const unknown = new Map(
    tried.flatMap((place) => place.unknown.map((each) => [`${each.via}: ${each.why}`, each] as const)),
  );
  // What is missing in one folder comes from another; what is missing in all of them is.
  const isMissing = ({ via: at, why }: Unfollowed): boolean =>
    tried.every((place) => place.unknown.some((other) => other.via === at && other.why === why));
  search.unknown.push(...[...unknown.values()].filter((each) => each.isAbsent !== true || isMissing(each)));
  for (const { entries, conditions, startedIn } of tried) {
    for (const entry of entries.values()) add(entry, search);
    search.conditions.push(...conditions);
    for (const folder of startedIn) search.startedIn.add(folder);
  }
}

/** `./dist/*.js`: every file that the star can stand for (Node documentation, "Subpath patterns"). */
function enterPattern(pattern: string, via: string, search: Search): void {
  const [before = '', after = ''] = pattern.replace(/^\.\//, '').split('*');
  const folder = before.includes('/') ? before.slice(0, before.lastIndexOf('/')) : '';
  const prefix = before.slice(folder === '' ? 0 : folder.length + 1);
  const inside = search.listing.programsUnder(`${search.root}/${folder}`, prefix, 5_000);
  if (inside === null) search.unknown.push({ via, why: `${pattern} means more files than are followed` });
  for (const path of inside ?? []) {
    if (path.includes('node_modules/') || !isNamedBy(path, { prefix, suffix: after })) continue;
    enterFile(folder === '' ? path : `${folder}/${path}`, via, 'all', search);
  }
}
