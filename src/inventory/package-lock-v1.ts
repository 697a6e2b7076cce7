/**
 * Lockfile version 1 (npm 5 and 6), and the shrinkwraps before it: `dependencies` nested as the folders are.
 *
 * Source: npm 6 docs, "package-locks" and "package-lock.json". Entered by package-lock.ts. This format does not record
 * the product's own manifest, so the package.json beside it is taken where there is one. Without it a top-level package
 * that no other requires must have been asked for by the product, so it is direct; whether the product also asks for one
 * that others require is not known, and such a package is not called direct. Then there are no `wanted` ranges.
 */
import { isObject, stringOr } from '../lib/json.ts';
import type { Component, ComponentIndex, Inventory, InventoryKind, Origin } from './component.ts';
import {
  type DirectDependencies,
  directDependencies,
  type InstalledTree,
  graphOf,
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
import {
  fileOrigin,
  isGitSpec,
  type OriginReader,
  originReader,
  registryVersionOf,
  withoutCredentials,
} from './npm-origin.ts';
import { excerpt, malformed } from './unreadable.ts';

interface Nested {
  readonly location: string;
  readonly installedAs: string;
  readonly entry: LockEntry;
  readonly place: Place;
}

/**
 * @param dependencies The lockfile's top-level `dependencies`.
 * @param manifest The product's package.json, unchecked; anything but an object means that there is none.
 * @throws INVENTORY_MALFORMED for an entry of the wrong shape.
 */
export function readNested(
  path: string,
  kind: InventoryKind,
  document: Readonly<Record<string, unknown>>,
  dependencies: Readonly<Record<string, unknown>>,
  manifest: unknown,
): Inventory {
  const root = newPlace(null, -1);
  const packages = unfold(path, root, dependencies);
  const tree: InstalledTree = {
    places: packages.map(({ place }) => place),
    tablesOf: (index: ComponentIndex) => [packages[index]?.entry.requires],
    manifests: isObject(manifest) ? [{ index: null, place: root, tables: manifestTables(manifest) }] : [],
  };
  // Shrinkwraps of npm 4 and older have no `requires` at all: who needs whom is not recorded.
  const hasEdges = document['requires'] === true || packages.some(({ entry }) => isObject(entry.requires));
  const needs = hasEdges ? needsOf(tree) : null;
  const direct = directIn(tree, root, needs);
  const isDirect = new Set(direct.roots);
  const originOf = originReader();
  const graph = needs === null ? null : graphOf(tree, direct, needs);
  return {
    path,
    kind,
    product: { name: stringOr(document['name'], ''), version: stringOr(document['version'], '') },
    components: packages.map((nested, index) => componentOf(nested, isDirect.has(index), originOf)),
    coverage: 'whole',
    gaps: [],
    graph: () => graph,
  };
}

function directIn(tree: InstalledTree, root: Place, needs: ComponentIndex[][] | null): DirectDependencies {
  if (tree.manifests.length > 0) return directDependencies(tree.manifests);
  return { roots: needs === null ? [] : unaskedFor(root, needs), wanted: new Map() };
}

/** Every entry in the order of the file, a parent before what is nested in it; without recursion, for hostile depths. */
function unfold(path: string, root: Place, dependencies: Readonly<Record<string, unknown>>): readonly Nested[] {
  const packages: Nested[] = [];
  const open = [
    { prefix: 'node_modules/', holder: root, table: dependencies, names: Object.keys(dependencies), next: 0 },
  ];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const name = level.names[level.next];
    if (name === undefined) {
      open.pop();
      continue;
    }
    level.next += 1;
    const location = `${level.prefix}${name}`;
    const entry = level.table[name];
    if (!isObject(entry)) throw badEntry(path, location, 'is not an object');
    if (location.length > LONGEST_LOCATION || open.length > DEEPEST_NESTING) throw badEntry(path, location, TOO_DEEP);
    if (entry['version'] !== undefined && typeof entry['version'] !== 'string') {
      throw badEntry(path, location, 'has a version that is not text');
    }
    const place = newPlace(level.holder, packages.length);
    putInside(level.holder, name, place);
    packages.push({ location, installedAs: name, entry, place });
    const inner = entry['dependencies'];
    if (inner === undefined) continue;
    if (!isObject(inner)) throw badEntry(path, location, 'has `dependencies` that are not an object');
    open.push({ prefix: `${location}/node_modules/`, holder: place, table: inner, names: Object.keys(inner), next: 0 });
  }
  return packages;
}

const badEntry = (path: string, location: string, what: string) =>
  malformed(
    path,
    `the entry \`${excerpt(location)}\` ${what}`,
    'Restore the lockfile from version control, or write it again with `npm install --package-lock-only`.',
  );

function componentOf({ location, installedAs, entry }: Nested, direct: boolean, originOf: OriginReader): Component {
  const { name, version, origin } = identityOf(installedAs, stringOr(entry.version, ''), entry, originOf);
  return npmComponent(entry, name, version, origin, location, direct);
}

/**
 * `version` is a version, or for packages from elsewhere the specifier that they were installed by (npm 6 docs, "version").
 * Such an entry records no version of its own, so the version is empty unless the address tells it.
 */
function identityOf(
  installedAs: string,
  version: string,
  entry: LockEntry,
  originOf: OriginReader,
): { readonly name: string; readonly version: string; readonly origin: Origin } {
  if (version.startsWith('npm:')) {
    const alias = version.slice('npm:'.length);
    const at = alias.lastIndexOf('@');
    const name = at > 0 ? alias.slice(0, at) : alias;
    const real = at > 0 ? alias.slice(at + 1) : '';
    return { name, version: real, origin: originOf(entry.resolved, name, real) };
  }
  if (isGitSpec(version)) {
    return { name: installedAs, version: '', origin: { kind: 'git', location: withoutCredentials(version) } };
  }
  if (version.startsWith('file:'))
    return { name: installedAs, version: '', origin: fileOrigin(version.slice('file:'.length)) };
  if (/^https?:/i.test(version)) {
    const real = registryVersionOf(version, installedAs) ?? '';
    return { name: installedAs, version: real, origin: originOf(version, installedAs, real) };
  }
  const bundled = entry.bundled === true && typeof entry.resolved !== 'string';
  return {
    name: installedAs,
    version,
    origin: bundled ? { kind: 'bundled' } : originOf(entry.resolved, installedAs, version),
  };
}
