/**
 * The manifests in a pnpm-lock.yaml: what the product and its workspaces ask for, and what each reference leads to.
 *
 * Source: pnpm's lockfile types, `ProjectSnapshot`. Entered by pnpm-lock.ts. A manifest's references are versions, keys
 * (pnpm-key.ts) or `link:` with a folder: a workspace, or one outside of the lockfile.
 */
import type { ComponentIndex } from './component.ts';
import type { YamlMap, YamlValue } from './lockfile-yaml.ts';
import { LONGEST_LOCATION } from './npm-component.ts';
import { keysOf, type Spelling } from './pnpm-key.ts';
import { addGap, type Ask, type AskingManifest } from './resolved-graph.ts';

export const isMap = (value: YamlValue | undefined): value is YamlMap => value instanceof Map;

/** Empty where the map has no such text. */
export const textIn = (map: YamlMap, key: string): string => {
  const value = map.get(key);
  return typeof value === 'string' ? value : '';
};

/** A workspace or a linked folder. */
export interface Folder {
  /** From the folder of the lockfile on. */
  readonly location: string;
  /** The name by which somebody links to it; `null` when nobody does. */
  name: string | null;
}

/** What references lead to. Folders are found while references are followed. */
export interface References {
  /** Of packages, by their whole key. */
  readonly positions: ReadonlyMap<string, ComponentIndex>;
  /** Their positions come behind those of the packages. */
  readonly folders: Folder[];
  readonly foldersAt: Map<string, ComponentIndex>;
  /** What leads nowhere, one sentence each. */
  readonly gaps: Set<string>;
}

export const newReferences = (positions: ReadonlyMap<string, ComponentIndex>): References => ({
  positions,
  folders: [],
  foldersAt: new Map(),
  gaps: new Set(),
});

/** The product's own manifest, where a reference leads to it. */
export const PRODUCT = -1;

interface Request {
  /** Who asks, for people. */
  readonly from: string;
  /** The folder that links are relative to. */
  readonly folder: string;
  readonly name: string;
  readonly reference: string;
}

/** @returns `null` when the reference leads to nothing in the file; then there is a gap more. */
export function resolve(references: References, request: Request, spelling: Spelling): ComponentIndex | null {
  const { name, reference, folder } = request;
  if (reference.startsWith('link:')) return folderAt(references, join(folder, reference.slice('link:'.length)), name);
  const [likely, whole] = keysOf(name, reference, spelling);
  const found = references.positions.get(likely) ?? references.positions.get(whole);
  if (found !== undefined) return found;
  addGap(references.gaps, request.from, name, reference);
  return null;
}

function folderAt(
  { positions, folders, foldersAt }: References,
  location: string,
  name: string | null,
): ComponentIndex {
  if (location === '.') return PRODUCT;
  const known = foldersAt.get(location);
  if (known !== undefined) {
    const folder = folders[known - positions.size];
    if (folder !== undefined) folder.name ??= name;
    return known;
  }
  const index = positions.size + folders.length;
  folders.push({ location, name });
  foldersAt.set(location, index);
  return index;
}

/** A path relative to a folder; what is absolute, or longer than any path, stays as it is. */
function join(folder: string, path: string): string {
  if (/^(?:[/\\]|[A-Za-z]:)/.test(path) || folder.length + path.length > LONGEST_LOCATION) return path;
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/**
 * The tables of a manifest. The last two are what pnpm 11 and later keep for themselves: pnpm's own plug-ins and pnpm; they
 * run where the product is built and are no part of it.
 */
const TABLES: readonly (readonly [string, Ask['scope']])[] = [
  ['dependencies', 'production'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'development'],
  ['configDependencies', 'development'],
  ['packageManagerDependencies', 'development'],
];

interface Part {
  readonly document: YamlMap;
  readonly spelling: Spelling;
}

/** The product's own manifest first, then those of the workspaces in the order of the file. */
export function manifestsOf(parts: readonly Part[], references: References): readonly AskingManifest[] {
  const asks = new Map<string, Ask[]>([['.', []]]);
  for (const part of parts) {
    for (const [folder, importer] of importersIn(part.document)) {
      const place = join('.', folder);
      let list = asks.get(place);
      if (list === undefined) asks.set(place, (list = []));
      addAsks(part, place, importer, references, list);
    }
  }
  return [...asks].map(([folder, list]) => ({
    index: folder === '.' ? null : folderAt(references, folder, null),
    asks: list,
  }));
}

/** A lockfile of one project may have its manifest at the top (versions 5 and 6). */
function importersIn(document: YamlMap): readonly (readonly [string, YamlMap])[] {
  const importers = document.get('importers');
  if (!isMap(importers)) return [['.', document]];
  return [...importers].flatMap(([folder, importer]) => (isMap(importer) ? [[folder, importer] as const] : []));
}

function addAsks(part: Part, folder: string, importer: YamlMap, references: References, asks: Ask[]): void {
  const specifiers = importer.get('specifiers');
  for (const [table, scope] of TABLES) {
    const requests = importer.get(table);
    if (!isMap(requests)) continue;
    for (const [name, value] of requests) {
      const reference = isMap(value) ? value.get('version') : value;
      const specifier = isMap(value) ? value.get('specifier') : isMap(specifiers) ? specifiers.get(name) : undefined;
      if (typeof reference !== 'string') continue;
      const to = resolve(references, { from: folder, folder, name, reference }, part.spelling);
      if (to === null || to === PRODUCT) continue;
      const range = typeof specifier === 'string' ? rangeOf(part.document, name, specifier) : null;
      asks.push({ to, range, scope });
    }
  }
}

/** `catalog:` stands for the range that the workspace's catalog has (pnpm.io/catalogs); `catalog:` alone is `default`. */
function rangeOf(document: YamlMap, name: string, specifier: string): string {
  if (!specifier.startsWith('catalog:')) return specifier;
  const catalogs = document.get('catalogs');
  const catalog = isMap(catalogs) ? catalogs.get(specifier.slice('catalog:'.length).trim() || 'default') : undefined;
  const entry = isMap(catalog) ? catalog.get(name) : undefined;
  return (isMap(entry) && textIn(entry, 'specifier')) || specifier;
}
