/**
 * How the folders of a lockfile of version 2 or 3 lie in each other, and what its links lead to.
 *
 * package-lock-v3.ts reads the entries; installed-tree.ts resolves dependencies on what is laid out here. Entries may
 * stand in any order, and a folder may be missing whose inside is listed.
 */
import { isObject } from '../lib/json.ts';
import type { ComponentIndex } from './component.ts';
import {
  type DirectDependencies,
  directDependencies,
  type InstalledTree,
  type Manifest,
  needsOf,
  newPlace,
  type Place,
  unaskedFor,
} from './installed-tree.ts';
import { DEEPEST_NESTING, type LockEntry, manifestTables } from './npm-component.ts';

/** A folder that holds a package: what becomes a component, and a place where others may lie. */
export interface Folder extends Place {
  readonly location: string;
  readonly entry: LockEntry;
  /** The name it is installed under; `null` for a source folder (a workspace), which npm does not install. */
  readonly installedAs: string | null;
  /** True for a link that leads nowhere. */
  readonly isLink: boolean;
}

export interface Link {
  readonly location: string;
  readonly entry: LockEntry;
}

export interface Laid {
  readonly tree: InstalledTree;
  readonly direct: DirectDependencies;
  /** Already known where it took them to know what is direct. */
  readonly needs: ComponentIndex[][] | null;
}

export const NODE_MODULES = 'node_modules/';

/** `b` for `node_modules/a/node_modules/b`, `@s/b` for a scoped one, `null` for a path that is no package's. */
export function installedName(location: string): string | null {
  const at = location.lastIndexOf(NODE_MODULES);
  if (at < 0 || (at > 0 && location.charCodeAt(at - 1) !== SLASH)) return null;
  const start = at + NODE_MODULES.length;
  const slash = location.indexOf('/', start);
  if (slash < 0) return start < location.length && location.charCodeAt(start) !== AT ? location.slice(start) : null;
  const isScoped = location.charCodeAt(start) === AT && slash > start + 1 && slash < location.length - 1;
  return isScoped && !location.includes('/', slash + 1) ? location.slice(start) : null;
}

const SLASH = 0x2f;
const AT = 0x40;

/**
 * Lays out the folders. A link that leads nowhere, or in a circle, is added to `folders`: it is installed, whatever it is.
 *
 * @param product The entry of the root; `null` in the hidden lockfile of node_modules, which has none. There, who asked
 *   for what follows from what nobody else needs.
 */
export function layOut(
  product: LockEntry | null,
  folders: Folder[],
  links: readonly Link[],
  packages: Readonly<Record<string, unknown>>,
): Laid {
  const ground: Ground = { root: newPlace(null, -1), sources: new Map() };
  for (let at = 0; at < folders.length; at += 1) {
    const folder = folders[at];
    if (folder !== undefined) put(ground, folder);
  }
  const targets = joinLinks(ground, folders, links, packages);
  raiseSources(ground);
  const manifests = product === null ? [] : manifestsOf(product, ground.root, targets);
  const tree: InstalledTree = {
    places: folders,
    tablesOf: (index) => {
      const folder = folders[index];
      if (folder === undefined) return [];
      return targets.has(folder) ? manifestTables(folder.entry) : packageTables(folder.entry);
    },
    manifests,
  };
  if (product !== null) return { tree, direct: directDependencies(manifests), needs: null };
  const needs = needsOf(tree);
  return { tree, direct: { roots: unaskedFor(ground.root, needs), wanted: new Map() }, needs };
}

/** Most packages ask in one table or in none, so the empty list is shared. */
function packageTables({ dependencies, optionalDependencies, peerDependencies }: LockEntry): readonly unknown[] {
  if (optionalDependencies !== undefined || peerDependencies !== undefined) {
    return [dependencies, optionalDependencies, peerDependencies];
  }
  return dependencies === undefined ? NO_TABLES : [dependencies];
}

const NO_TABLES: readonly unknown[] = [];

interface Ground {
  readonly root: Place;
  /** Source folders by their path; index -1 where only something inside of them is listed. */
  readonly sources: Map<string, Place>;
}

/** Puts a folder into the one that holds it, in place of a stand-in that was made for what lies inside of it. */
function put(ground: Ground, folder: Folder): void {
  const { location, installedAs } = folder;
  if (installedAs === null) {
    takeOver(folder, ground.sources.get(location));
    ground.sources.set(location, folder);
    return;
  }
  const holder = holderOf(ground, location, installedAs);
  holder.inside ??= new Map();
  takeOver(folder, holder.inside.get(installedAs));
  folder.up = holder;
  holder.inside.set(installedAs, folder);
}

function takeOver(folder: Folder, standIn: Place | undefined): void {
  if (standIn === undefined || standIn.inside === null) return;
  folder.inside = standIn.inside;
  for (const place of standIn.inside.values()) place.up = folder;
}

function holderOf(ground: Ground, location: string, installedAs: string): Place {
  const end = location.length - installedAs.length - NODE_MODULES.length - 1;
  return end < 0 ? ground.root : placeAt(ground, location.slice(0, end));
}

/** The place at a path: walked to from the root, one package name (or at first a source folder) after another. */
function placeAt({ root, sources }: Ground, path: string): Place {
  let place = root;
  let at = path.startsWith(NODE_MODULES) ? NODE_MODULES.length : 0;
  while (at < path.length) {
    const next = path.indexOf(`/${NODE_MODULES}`, at);
    const end = next < 0 ? path.length : next;
    const name = path.slice(at, end);
    const isPackage =
      at > 0 && (name.charCodeAt(0) === AT ? name.indexOf('/') === name.lastIndexOf('/') : !name.includes('/'));
    place = isPackage
      ? standInFor((place.inside ??= new Map()), name, place)
      : standInFor(sources, path.slice(0, end), null);
    at = end + NODE_MODULES.length + 1;
  }
  return place;
}

function standInFor(places: Map<string, Place>, name: string, up: Place | null): Place {
  let place = places.get(name);
  if (place === undefined) {
    place = newPlace(up, -1);
    places.set(name, place);
  }
  return place;
}

/**
 * Lets every link stand for the folder that it leads to, so that a workspace is one component however often it is linked.
 *
 * @returns The source folders that links lead to: their manifests are the product's own.
 */
function joinLinks(
  ground: Ground,
  folders: Folder[],
  links: readonly Link[],
  packages: Readonly<Record<string, unknown>>,
): ReadonlySet<Folder> {
  const targets = new Set<Folder>();
  const byLocation = new Map(links.length === 0 ? [] : folders.map((folder) => [folder.location, folder]));
  for (const { location, entry } of links) {
    const leadsTo = followLink(packages, entry);
    if (leadsTo === '') continue;
    const target = leadsTo === null ? undefined : byLocation.get(leadsTo);
    const installedAs = installedName(location);
    const index = target?.index ?? folders.length;
    const link: Folder = { up: null, inside: null, index, location, entry, installedAs, isLink: true };
    if (target === undefined) folders.push(link);
    else if (target.installedAs === null) targets.add(target);
    if (target === undefined || installedAs !== null) put(ground, link);
  }
  return targets;
}

/** The location of the folder at the end of a link, empty for the product's own; `null` when there is none. */
function followLink(packages: Readonly<Record<string, unknown>>, link: LockEntry): string | null {
  let target: unknown = link.resolved;
  // npm writes links to folders only; a link to a link is somebody's edit, and eight of them are a circle.
  for (let steps = 0; steps < 8; steps += 1) {
    if (typeof target !== 'string' || !Object.hasOwn(packages, target)) return null;
    const entry = packages[target];
    if (!isObject(entry)) return null;
    if (entry['link'] !== true) return target;
    target = entry['resolved'];
  }
  return null;
}

/** Source folders look for packages in the folders around them, up to the product's root; those outside never reach it. */
function raiseSources(ground: Ground): void {
  for (const [location, place] of ground.sources) {
    const isOutside = location.startsWith('..') || location.startsWith('/') || /^[A-Za-z]:/.test(location);
    let above = location;
    for (let steps = 0; place.up === null && above !== '' && steps < DEEPEST_NESTING; steps += 1) {
      above = above.slice(0, Math.max(0, above.lastIndexOf('/')));
      place.up = installedName(above) === null ? (ground.sources.get(above) ?? null) : placeAt(ground, above);
    }
    if (place.up === null && !isOutside) place.up = ground.root;
  }
}

/** The product's own manifest first, then those of the workspaces and linked folders, in the order of their links. */
function manifestsOf(product: LockEntry, root: Place, targets: ReadonlySet<Folder>): readonly Manifest[] {
  const own: Manifest = { index: null, place: root, tables: manifestTables(product) };
  const linked = [...targets].map((folder) => ({
    index: folder.index,
    place: folder,
    tables: manifestTables(folder.entry),
  }));
  return [own, ...linked];
}
