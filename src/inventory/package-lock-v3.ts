/**
 * Lockfile versions 2 and 3: `packages` lists every folder that npm fills, by its path from the product's root.
 *
 * Source: npm docs, "package-lock.json", "packages". Entered by package-lock.ts. Components are made here; how the folders
 * lie in each other is package-lock-layout.ts, and worked out only when somebody asks for the graph or links need it.
 */
import { isObject, stringOr } from '../lib/json.ts';
import type { Component, Graph, Inventory, InventoryKind, Origin } from './component.ts';
import { graphOf } from './installed-tree.ts';
import {
  DEEPEST_NESTING,
  type LockEntry,
  LONGEST_LOCATION,
  manifestTables,
  npmComponent,
  TOO_DEEP,
} from './npm-component.ts';
import { type OriginReader, originReader } from './npm-origin.ts';
import { type Folder, installedName, type Laid, type Link, layOut, NODE_MODULES } from './package-lock-layout.ts';
import { excerpt, malformed } from './unreadable.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** @param packages The lockfile's `packages`. @throws INVENTORY_MALFORMED for an entry of the wrong shape. */
export function readFolders(path: string, kind: InventoryKind, document: JsonRecord, packages: JsonRecord): Inventory {
  const { folders, links } = foldersIn(path, packages);
  const root = Object.hasOwn(packages, '') ? packages[''] : undefined;
  const product: LockEntry | null = isObject(root) ? root : null;
  let laid: Laid | null = null;
  const layout = (): Laid => (laid ??= layOut(product, folders, links, packages));
  const isDirect = product !== null && links.length === 0 ? namedBy(product) : inRoots(layout());
  let graph: Graph | null = null;
  return {
    path,
    kind,
    product: {
      name: stringOr(product?.name ?? document['name'], ''),
      version: stringOr(product?.version ?? document['version'], ''),
    },
    components: componentsOf(folders, isDirect),
    coverage: 'whole',
    gaps: [],
    graph: () => {
      if (graph === null) {
        const { tree, direct, needs } = layout();
        graph = graphOf(tree, direct, needs ?? undefined);
      }
      return graph;
    },
  };
}

function foldersIn(
  path: string,
  packages: JsonRecord,
): { readonly folders: Folder[]; readonly links: readonly Link[] } {
  const folders: Folder[] = [];
  const links: Link[] = [];
  const locations = Object.keys(packages);
  // Counted, as in installed-tree.ts: nothing is compiled yet when a scan comes by.
  for (let at = 0; at < locations.length; at += 1) {
    const location = locations[at] ?? '';
    const entry = packages[location];
    if (!isObject(entry)) throw badEntry(path, location, 'is not an object');
    if (location === '') continue;
    if (location.length > SHORTEST_SUSPECT && isTooDeep(location)) throw badEntry(path, location, TOO_DEEP);
    const { version } = entry;
    if (typeof version !== 'string' && version !== undefined && version !== null) {
      throw badEntry(path, location, 'has a version that is not text');
    }
    if (entry['link'] === true) links.push({ location, entry });
    else {
      const installedAs = installedName(location);
      folders.push({ up: null, inside: null, index: folders.length, location, entry, installedAs, isLink: false });
    }
  }
  return { folders, links };
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

type IsDirect = (folder: Folder) => boolean;

/** Without workspaces the product's manifest is the only one, and what it names stands at the top. */
function namedBy(product: LockEntry): IsDirect {
  const locations = new Set<string>();
  for (const table of manifestTables(product)) {
    if (isObject(table)) for (const name of Object.keys(table)) locations.add(`${NODE_MODULES}${name}`);
  }
  return ({ location }) => locations.has(location);
}

function inRoots({ direct }: Laid): IsDirect {
  const roots = new Set(direct.roots);
  return ({ index }) => roots.has(index);
}

function componentsOf(folders: readonly Folder[], isDirect: IsDirect): readonly Component[] {
  const originOf = originReader();
  return folders.map((folder) => componentOf(folder, isDirect(folder), originOf));
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

function folderOrigin(folder: Folder, name: string, version: string, originOf: OriginReader): Origin {
  const { location, entry, installedAs, isLink } = folder;
  if (installedAs === null) return { kind: 'link', location };
  const { resolved } = entry;
  if (isLink) return { kind: 'link', location: stringOr(resolved, location) };
  return resolved === undefined && entry.inBundle === true ? BUNDLED : originOf(resolved, name, version);
}

const BUNDLED: Origin = { kind: 'bundled' };
