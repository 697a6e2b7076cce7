/**
 * The places of a bun.lock, and who finds whom.
 *
 * Entered by bun-lock.ts. A key of `packages` is a path of names, so the entries form the tree that Node's resolution walks
 * (installed-tree.ts): from a package up to the top. Workspaces stand at the top under their names.
 */
import { isObject, stringOr, stringsOf } from '../lib/json.ts';
import type { ComponentIndex } from './component.ts';
import { find, newPlace, type Place } from './installed-tree.ts';
import { DEEPEST_NESTING, LONGEST_LOCATION, TOO_DEEP } from './npm-component.ts';
import { addGap, type Ask, type AskingManifest, type ResolvedEdges } from './resolved-graph.ts';
import { excerpt, malformed } from './unreadable.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** An entry of `packages`. */
export interface Named {
  readonly location: string;
  /** The real name, and what stands behind its `@`: a version or an address. */
  readonly name: string;
  readonly reference: string;
  /** The registry's address; `null` for what is from no registry. */
  readonly tarball: string | null;
  /** Dependencies and flags; nothing of it has been checked. */
  readonly info: JsonRecord;
  readonly integrity: unknown;
}

export interface BunTree {
  readonly top: Place;
  /** What becomes a component: packages in the order of the file, then workspaces by their folders. */
  readonly components: readonly (Named | { readonly folder: string })[];
  /** The position of the first workspace. */
  readonly firstFolder: ComponentIndex;
  /** The names by which packages ask for the product itself. */
  readonly productNames: ReadonlySet<string>;
  /** By component: where its search begins. */
  readonly places: readonly Place[];
}

/** @throws INVENTORY_MALFORMED for a path deeper than any installation. */
export function layOut(
  path: string,
  entries: readonly Named[],
  folders: readonly string[],
  workspaces: JsonRecord,
): BunTree {
  const top = newPlace(null, -1);
  const packages = entries.filter(({ reference }) => !reference.startsWith('workspace:') && reference !== 'root:');
  const folderIndex = new Map(folders.map((folder, at) => [folder, packages.length + at]));
  const places: Place[] = [];
  const extra: Named[] = [];
  const workspacePlaces = folders.map((folder, at) => {
    const manifest = workspaces[folder];
    const name = isObject(manifest) && typeof manifest['name'] === 'string' ? manifest['name'] : folder;
    const place = placeIn(top, name);
    place.index = packages.length + at;
    return place;
  });
  for (const entry of entries) {
    const place = placeAt(path, top, entry.location);
    if (entry.reference === 'root:') continue;
    const index = folderIndex.get(entry.reference.slice('workspace:'.length));
    if (!entry.reference.startsWith('workspace:')) {
      place.index = places.length;
      places.push(place);
    } else if (index !== undefined) place.index = index;
    else {
      // A workspace whose manifest the file does not have: installed, whatever it is.
      place.index = packages.length + folders.length + extra.length;
      extra.push(entry);
    }
  }
  const extraPlaces = extra.map(({ location }) => placeAt(path, top, location));
  return {
    top,
    firstFolder: packages.length,
    productNames: new Set(entries.filter(({ reference }) => reference === 'root:').map(({ location }) => location)),
    components: [...packages, ...folders.map((folder) => ({ folder })), ...extra],
    places: [...places, ...workspacePlaces, ...extraPlaces],
  };
}

function placeIn(holder: Place, name: string): Place {
  holder.inside ??= new Map();
  let place = holder.inside.get(name);
  if (place === undefined) {
    place = newPlace(holder, -1);
    holder.inside.set(name, place);
  }
  return place;
}

/** The place at a key, walked to name by name; `@s/b` is one name. */
function placeAt(path: string, top: Place, key: string): Place {
  let place = top;
  let depth = 0;
  for (let start = 0; start <= key.length; depth += 1) {
    if (depth > DEEPEST_NESTING || key.length > LONGEST_LOCATION) {
      throw malformed(path, `the entry \`${excerpt(key)}\` ${TOO_DEEP}`, 'Restore the lockfile from version control.');
    }
    let end = key.indexOf('/', start);
    if (end >= 0 && key.charCodeAt(start) === AT) end = key.indexOf('/', end + 1);
    const stop = end < 0 ? key.length : end;
    place = placeIn(place, key.slice(start, stop));
    start = stop + 1;
  }
  return place;
}

const AT = 0x40;

/** The tables of a manifest, each with what it asks for it for. A peer is needed where the rest is. */
const TABLES: readonly (readonly [string, Ask['scope']])[] = [
  ['dependencies', 'production'],
  ['peerDependencies', 'production'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'development'],
];

/** The product's own manifest first, then those of the workspaces in the order of the file. */
export function manifestsIn(
  document: JsonRecord,
  workspaces: JsonRecord,
  tree: BunTree,
  gaps: Set<string>,
): readonly AskingManifest[] {
  const own = Object.hasOwn(workspaces, '') ? workspaces[''] : undefined;
  const asksOf = (manifest: unknown, from: string, place: Place): readonly Ask[] =>
    isObject(manifest) ? asksIn(manifest, document, tree, { from, place, gaps }) : [];
  const manifests: AskingManifest[] = [{ index: null, asks: asksOf(own, 'the product', tree.top) }];
  for (let index = tree.firstFolder; index < tree.components.length; index += 1) {
    const component = tree.components[index];
    const place = tree.places[index];
    if (component === undefined || !('folder' in component) || place === undefined) continue;
    manifests.push({ index, asks: asksOf(workspaces[component.folder], component.folder, place) });
  }
  return manifests;
}

interface Asker {
  /** For people. */
  readonly from: string;
  readonly place: Place;
  readonly gaps: Set<string>;
}

function asksIn(
  manifest: JsonRecord,
  document: JsonRecord,
  tree: BunTree,
  { from, place, gaps }: Asker,
): readonly Ask[] {
  const optionalPeers = new Set(stringsOf(manifest['optionalPeers']));
  const asks: Ask[] = [];
  for (const [table, usual] of TABLES) {
    const ranges = manifest[table];
    if (!isObject(ranges)) continue;
    for (const name of Object.keys(ranges)) {
      const to = find(place, name);
      const isOptional = usual === 'optional' || (table === 'peerDependencies' && optionalPeers.has(name));
      if (to < 0) {
        if (!isOptional && !tree.productNames.has(name)) addGap(gaps, from, name, stringOr(ranges[name], ''));
        continue;
      }
      asks.push({ to, range: rangeIn(document, name, ranges[name]), scope: isOptional ? 'optional' : usual });
    }
  }
  return asks;
}

/** `catalog:` stands for the range in `catalog`, `catalog:name` for that in `catalogs` (Bun docs, "Catalogs"). */
function rangeIn(document: JsonRecord, name: string, range: unknown): string | null {
  if (typeof range !== 'string') return null;
  if (!range.startsWith('catalog:')) return range;
  const named = range.slice('catalog:'.length).trim();
  const catalogs = document['catalogs'];
  const catalog = named === '' ? document['catalog'] : isObject(catalogs) ? ownValue(catalogs, named) : undefined;
  const found = isObject(catalog) ? ownValue(catalog, name) : undefined;
  return typeof found === 'string' ? found : range;
}

const ownValue = (record: JsonRecord, key: string): unknown => (Object.hasOwn(record, key) ? record[key] : undefined);

/**
 * What packages need; workspaces need nothing here, their manifests say it. Counted loops and stamps instead of sets: this
 * runs before V8 has compiled anything.
 */
export function resolvedEdges({ components, places, productNames }: BunTree, gaps: Set<string>): ResolvedEdges {
  const needs: ComponentIndex[][] = [];
  const optionalFrom: number[] = [];
  const lastAskedBy = new Int32Array(components.length).fill(-1);
  for (let from = 0; from < components.length; from += 1) {
    const component = components[from];
    const place = places[from];
    const found: ComponentIndex[] = [];
    needs.push(found);
    let firm = 0;
    if (component !== undefined && 'info' in component && place !== undefined) {
      const { info, location } = component;
      const { dependencies, optionalDependencies, peerDependencies, optionalPeers } = info;
      lastAskedBy[from] = from;
      const search: Search = { place, from, found, lastAskedBy };
      if (dependencies !== undefined) {
        addFound(search, dependencies, (name, range) => {
          if (!productNames.has(name)) addGap(gaps, location, name, stringOr(range, ''));
        });
      }
      if (peerDependencies !== undefined) {
        const optional = stringsOf(optionalPeers);
        addFound(search, peerDependencies, null, optional.length === 0 ? null : new Set(optional));
      }
      firm = found.length;
      if (optionalDependencies !== undefined) addFound(search, optionalDependencies, null);
      if (optionalPeers !== undefined && peerDependencies !== undefined) addFound(search, peerDependencies, null);
    }
    optionalFrom.push(firm);
  }
  return { needs, optionalFrom, rangeOf: (from, to) => rangeBetween(components[from], places[from], to) };
}

interface Search {
  readonly place: Place;
  readonly from: ComponentIndex;
  readonly found: ComponentIndex[];
  /** By component: who found it last, so that each is found once and nobody finds itself. */
  readonly lastAskedBy: Int32Array;
}

function addFound(
  { place, from, found, lastAskedBy }: Search,
  table: unknown,
  onMissing: ((name: string, range: unknown) => void) | null,
  except: ReadonlySet<string> | null = null,
): void {
  if (!isObject(table)) return;
  const names = Object.keys(table);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? '';
    if (except?.has(name) === true) continue;
    const to = find(place, name);
    if (to < 0) onMissing?.(name, table[name]);
    else if (lastAskedBy[to] !== from) {
      lastAskedBy[to] = from;
      found.push(to);
    }
  }
}

function rangeBetween(
  component: BunTree['components'][number] | undefined,
  place: Place | undefined,
  to: ComponentIndex,
): string | null {
  if (component === undefined || place === undefined || !('info' in component)) return null;
  for (const table of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    const ranges = component.info[table];
    if (!isObject(ranges)) continue;
    for (const [name, range] of Object.entries(ranges)) {
      if (find(place, name) === to) return typeof range === 'string' ? range : null;
    }
  }
  return null;
}
