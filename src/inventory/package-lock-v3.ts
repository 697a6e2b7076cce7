/**
 * Lockfile versions 2 and 3: `packages` lists every folder that npm fills, by its path from the product's root.
 *
 * Source: npm docs, "package-lock.json", "packages". Entered by package-lock.ts; the graph is made in installed-tree.ts.
 */
import { isObject, stringOr } from '../lib/json.ts';
import type { Component, ComponentIndex, Graph, Inventory, InventoryKind, Origin } from './component.ts';
import {
  directDependencies,
  graphOf,
  type Manifest,
  needsOf,
  newPlace,
  type Place,
  putInside,
  unaskedFor,
} from './installed-tree.ts';
import {
  DEEPEST_NESTING,
  type LockEntry,
  LONGEST_LOCATION,
  manifestTables,
  npmComponent,
  TOO_DEEP,
} from './npm-component.ts';
import { type OriginReader, originReader } from './npm-origin.ts';
import { excerpt, malformed } from './unreadable.ts';

/** One folder that holds a package: what becomes a component. */
interface Folder {
  readonly location: string;
  readonly entry: LockEntry;
  readonly place: Place;
  /** The name it is installed under; `null` for a source folder (a workspace), which npm does not install. */
  readonly installedAs: string | null;
}

/** The layout while it is being read. */
interface Layout {
  readonly root: Place;
  readonly byLocation: Map<string, Place>;
  readonly folders: Folder[];
  readonly links: { readonly location: string; readonly entry: LockEntry }[];
}

/** @param packages The lockfile's `packages`. @throws INVENTORY_MALFORMED for an entry of the wrong shape. */
export function readFolders(
  path: string,
  kind: InventoryKind,
  document: Readonly<Record<string, unknown>>,
  packages: Readonly<Record<string, unknown>>,
): Inventory {
  const layout = layOut(path, packages);
  const targets = joinLinks(layout, packages);
  raiseSourceFolders(layout);
  const { folders, root } = layout;
  const rootEntry = Object.hasOwn(packages, '') ? packages[''] : undefined;
  const product: LockEntry | null = isObject(rootEntry) ? rootEntry : null;
  const manifests = product === null ? [] : manifestsOf(product, root, folders, targets);

  const tree = {
    places: folders.map(({ place }) => place),
    tablesOf: (index: ComponentIndex): readonly unknown[] => {
      const folder = folders[index];
      if (folder === undefined) return [];
      return targets.has(folder.place) && folder.installedAs === null
        ? manifestTables(folder.entry)
        : tablesOf(folder.entry);
    },
    manifests,
  };
  // The hidden lockfile in node_modules has no root entry; who asked for what follows from what nobody else needs.
  const needs = product === null ? needsOf(tree) : null;
  const direct =
    needs === null
      ? directDependencies(manifests)
      : { roots: unaskedFor(root, needs), wanted: new Map<number, string>() };
  let graph: Graph | null = null;
  return {
    path,
    kind,
    product: {
      name: stringOr(product?.name ?? document['name'], ''),
      version: stringOr(product?.version ?? document['version'], ''),
    },
    components: componentsOf(folders, direct.roots),
    graph: () => (graph ??= graphOf(tree, direct, needs ?? undefined)),
  };
}

function layOut(path: string, packages: Readonly<Record<string, unknown>>): Layout {
  const root = newPlace(null, -1);
  const layout: Layout = { root, byLocation: new Map([['', root]]), folders: [], links: [] };
  for (const location of Object.keys(packages)) {
    const entry = packages[location];
    if (!isObject(entry)) throw badEntry(path, location, 'is not an object');
    if (location === '') continue;
    if (location.length > SHORTEST_SUSPECT && isTooDeep(location)) throw badEntry(path, location, TOO_DEEP);
    const { version } = entry;
    if (version !== undefined && version !== null && typeof version !== 'string') {
      throw badEntry(path, location, 'has a version that is not text');
    }
    if (entry['link'] === true) {
      layout.links.push({ location, entry });
      continue;
    }
    addFolder(layout, location, entry);
  }
  return layout;
}

/** Below this length no location can be too deep: each level takes at least `/node_modules/x`. */
const SHORTEST_SUSPECT = DEEPEST_NESTING * '/node_modules/x'.length;

function isTooDeep(location: string): boolean {
  let nested = 0;
  for (let at = location.indexOf(NODE_MODULES); at >= 0; at = location.indexOf(NODE_MODULES, at + 1)) nested += 1;
  return nested > DEEPEST_NESTING || location.length > LONGEST_LOCATION;
}

const badEntry = (path: string, location: string, what: string) =>
  malformed(
    path,
    `the entry \`${excerpt(location)}\` ${what}`,
    'Restore the lockfile from version control, or write it again with `npm install --package-lock-only`.',
  );

function addFolder(layout: Layout, location: string, entry: LockEntry): void {
  const place = placeAt(layout, location);
  place.index = layout.folders.length;
  layout.folders.push({ location, entry, place, installedAs: installedName(location) });
}

/** The place of a location, made if it is new, together with the places that hold it. */
function placeAt(layout: Layout, location: string): Place {
  const known = layout.byLocation.get(location);
  if (known !== undefined) return known;
  const name = installedName(location);
  const holder =
    name === null
      ? null
      : placeAt(layout, location.slice(0, Math.max(0, location.length - name.length - NODE_MODULES.length - 1)));
  const place = newPlace(holder, -1);
  if (holder !== null && name !== null) putInside(holder, name, place);
  layout.byLocation.set(location, place);
  return place;
}

const NODE_MODULES = 'node_modules/';

/** `b` for `node_modules/a/node_modules/b`, `@s/b` for a scoped one, `null` for a path that is no package's. */
function installedName(location: string): string | null {
  const at = location.lastIndexOf(NODE_MODULES);
  if (at < 0 || (at > 0 && location.charCodeAt(at - 1) !== SLASH)) return null;
  const name = location.slice(at + NODE_MODULES.length);
  const slash = name.indexOf('/');
  if (name.charCodeAt(0) === AT)
    return slash > 1 && slash < name.length - 1 && !name.includes('/', slash + 1) ? name : null;
  return slash < 0 && name !== '' ? name : null;
}

const SLASH = 0x2f;
const AT = 0x40;

/**
 * Lets every link stand for the folder that it leads to, so that a workspace is one component however often it is linked.
 * A link that leads nowhere (or in a circle) becomes a component itself: it is installed, whatever it is.
 *
 * @returns The folders that links lead to.
 */
function joinLinks(layout: Layout, packages: Readonly<Record<string, unknown>>): ReadonlySet<Place> {
  const targets = new Set<Place>();
  for (const { location, entry } of layout.links) {
    const target = followLink(layout, packages, entry);
    if (target === layout.root) continue;
    if (target === null) {
      addFolder(layout, location, entry);
      continue;
    }
    targets.add(target);
    placeAt(layout, location).index = target.index;
  }
  return targets;
}

function followLink(layout: Layout, packages: Readonly<Record<string, unknown>>, link: LockEntry): Place | null {
  let entry: unknown = link;
  // npm writes links to folders only; a link to a link is somebody's edit, and eight of them are a circle.
  for (let steps = 0; steps < 8; steps += 1) {
    if (!isObject(entry)) return null;
    const target: unknown = entry['resolved'];
    if (typeof target !== 'string' || !Object.hasOwn(packages, target)) return null;
    entry = packages[target];
    if (isObject(entry) && entry['link'] !== true) return layout.byLocation.get(target) ?? null;
  }
  return null;
}

/** Source folders look for packages in the folders around them, up to the product's root; those outside never reach it. */
function raiseSourceFolders({ root, folders, byLocation }: Layout): void {
  for (const { location, place, installedAs } of folders) {
    if (installedAs !== null) continue;
    const outside = location.startsWith('..') || location.startsWith('/') || /^[A-Za-z]:/.test(location);
    let above = location;
    for (let steps = 0; place.up === null && above !== '' && steps < DEEPEST_NESTING; steps += 1) {
      above = above.slice(0, Math.max(0, above.lastIndexOf('/')));
      const holder = above === '' ? null : byLocation.get(above);
      if (holder !== undefined && holder !== place) place.up = holder;
    }
    if (place.up === null && !outside) place.up = root;
  }
}

/** The product's own manifest first, then those of the workspaces and linked folders, in the file's order. */
function manifestsOf(
  product: LockEntry,
  root: Place,
  folders: readonly Folder[],
  targets: ReadonlySet<Place>,
): readonly Manifest[] {
  const manifests: Manifest[] = [{ index: null, place: root, tables: manifestTables(product) }];
  for (const { entry, place, installedAs } of folders) {
    if (installedAs !== null || !targets.has(place)) continue;
    manifests.push({ index: place.index, place, tables: manifestTables(entry) });
  }
  return manifests;
}

const tablesOf = (entry: LockEntry): readonly unknown[] => [
  entry.dependencies,
  entry.optionalDependencies,
  entry.peerDependencies,
];

function componentsOf(folders: readonly Folder[], roots: readonly ComponentIndex[]): readonly Component[] {
  const direct = new Uint8Array(folders.length);
  for (const index of roots) direct[index] = 1;
  const originOf = originReader();
  return folders.map((folder, index) => componentOf(folder, direct[index] === 1, originOf));
}

function componentOf(folder: Folder, direct: boolean, originOf: OriginReader): Component {
  const { location, entry, installedAs } = folder;
  const name = stringOr(entry.name, '') || (installedAs ?? folderName(location));
  const version = stringOr(entry.version, '');
  return npmComponent(entry, name, version, folderOrigin(folder, name, version, originOf), location, direct);
}

/** npm leaves the name out where the folder's path tells it (arborist, `name-from-folder`): `packages/@shop/a` is `@shop/a`. */
function folderName(location: string): string {
  const scoped = /(?:^|\/)(@[^/]+\/[^/]+)$/.exec(location);
  return scoped?.[1] ?? location.slice(location.lastIndexOf('/') + 1);
}

function folderOrigin(
  { location, entry, installedAs }: Folder,
  name: string,
  version: string,
  originOf: OriginReader,
): Origin {
  if (installedAs === null) return { kind: 'link', location };
  if (entry.link === true) return { kind: 'link', location: stringOr(entry.resolved, location) };
  if (entry.inBundle === true && entry.resolved === undefined) return BUNDLED;
  return originOf(entry.resolved, name, version);
}

const BUNDLED: Origin = { kind: 'bundled' };
