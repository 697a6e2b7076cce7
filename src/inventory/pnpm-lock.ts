/**
 * pnpm-lock.yaml, lockfileVersion 5, 6 and 9.
 *
 * Source: pnpm.io/lockfile ("Reading pnpm-lock.yaml") and pnpm's lockfile types. `importers` are the manifests of the
 * workspace, `packages` what is installed; version 9 has the installed variants apart, in `snapshots`. Since pnpm 11 a
 * first document may hold what pnpm itself needs (`configDependencies`, `packageManagerDependencies`); it is installed on
 * the machine that builds, so all documents are read into one inventory.
 *
 * Keys are pnpm-key.ts, addresses pnpm-origin.ts, manifests pnpm-importers.ts. An entry of the wrong shape refuses the
 * file, because a package that is left out would be one that nobody scans; a reference that leads to no entry is a gap,
 * for the same reason.
 */
import type { Component, ComponentIndex, Inventory, Scope } from './component.ts';
import type { YamlMap, YamlValue } from './lockfile-yaml.ts';
import { npmComponent } from './npm-component.ts';
import { type OriginReader, originReader, withoutCredentials } from './npm-origin.ts';
import {
  type Folder,
  isMap,
  manifestsOf,
  newReferences,
  PRODUCT,
  type References,
  resolve,
  textIn,
} from './pnpm-importers.ts';
import { type PackageKey, readPackageKey, type Spelling, withoutPeers } from './pnpm-key.ts';
import { isRuntime, pnpmOrigin, runtimeComponent } from './pnpm-origin.ts';
import { type ResolvedEdges, resolvedGraph, rootsOf, scopesOf } from './resolved-graph.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

/** An installed variant of a package: what becomes a component. */
interface Installed {
  readonly location: string;
  readonly key: PackageKey;
  readonly spelling: Spelling;
  /** The entry of `packages`: address, integrity, ranges of peers. */
  readonly entry: YamlMap;
  /** The entry that has the dependencies: the same one, in version 9 that of `snapshots`. */
  readonly variant: YamlMap;
}

/**
 * @param documents The documents of the file, in their order (lockfile-yaml.ts).
 * @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a lockfileVersion of another major.
 */
export function readPnpmLock(path: string, documents: readonly YamlValue[]): Inventory {
  if (documents.length === 0) throw notALockfile(path);
  const parts = documents.map((document) => {
    if (!isMap(document)) throw notALockfile(path);
    return { document, spelling: spellingOf(path, document.get('lockfileVersion')) };
  });
  // The project's own document is the last one.
  parts.reverse();
  const packages: Installed[] = [];
  const positions = new Map<string, ComponentIndex>();
  for (const { document, spelling } of parts) addInstalled(path, document, spelling, packages, positions);
  const references = newReferences(positions);
  const manifests = manifestsOf(parts, references);
  const edges = edgesOf(packages, references);
  const scopes = scopesOf(manifests, edges);
  const direct = new Set(rootsOf(manifests));
  const originOf = originReader();
  const components = packages.map((installed, index) =>
    componentOf(installed, scopeIn(installed, scopes[index]), direct.has(index), originOf),
  );
  for (const folder of references.folders) {
    const index = components.length;
    components.push(folderComponent(folder, scopes[index] ?? 'unknown', direct.has(index)));
  }
  return {
    path,
    kind: 'pnpm-lock',
    product: { name: '', version: '' },
    components,
    coverage: 'whole',
    gaps: [...references.gaps],
    graph: () => resolvedGraph(manifests, edges),
  };
}

const RESTORE = 'Restore it from version control, or write it again with `pnpm install --lockfile-only`.';

const notALockfile = (path: string) =>
  malformed(path, `${lastName(path)} is YAML, but not a lockfile of pnpm`, RESTORE);

/** `5.4`, `5.4-inlineSpecifiers` (pnpm 7 by a setting), `6.0`, `9.0`; pnpm 8 had a 6.1 and nothing ever wrote 8. */
function spellingOf(path: string, version: YamlValue | undefined): Spelling {
  const text = typeof version === 'string' ? version : '';
  const [, major] = /^(\d+)(?:\.\d+)?(?:-inlineSpecifiers)?$/.exec(text) ?? [];
  if (major === '5') return 5;
  if (major === '6') return 6;
  if (major === '9') return 9;
  if (major === undefined) throw malformed(path, 'its `lockfileVersion` is not a version of pnpm-lock.yaml', RESTORE);
  throw unsupported(
    path,
    `lockfileVersion ${excerpt(text)} is not one that Holdfast reads (5.x, 6.x and 9.x)`,
    Number(major) > 9
      ? 'Update Holdfast, or write an SBOM with the build tool and scan that.'
      : 'Write it anew with a current pnpm: `pnpm install --lockfile-only`.',
  );
}

function addInstalled(
  path: string,
  document: YamlMap,
  spelling: Spelling,
  packages: Installed[],
  positions: Map<string, ComponentIndex>,
): void {
  const entries = tableIn(path, document, 'packages');
  const add = (location: string, bare: string, entry: YamlMap, variant: YamlMap): void => {
    if (positions.has(location)) return;
    positions.set(location, packages.length);
    packages.push({ location, key: readPackageKey(bare, spelling), spelling, entry, variant });
  };
  if (spelling !== 9) {
    for (const [location, value] of entries) {
      const entry = entryOf(path, location, value);
      add(location, spelling === 6 ? withoutPeers(location) : location, entry, entry);
    }
    return;
  }
  const seen = new Set<string>();
  for (const [location, value] of tableIn(path, document, 'snapshots')) {
    const bare = withoutPeers(location);
    seen.add(bare);
    add(location, bare, entryOf(path, bare, entries.get(bare) ?? ''), entryOf(path, location, value));
  }
  for (const [location, value] of entries) {
    if (!seen.has(location)) add(location, location, entryOf(path, location, value), NOTHING);
  }
}

const NOTHING: YamlMap = new Map();

/** A table of the document; one that is absent or has no value is empty. */
function tableIn(path: string, document: YamlMap, name: string): YamlMap {
  const table = document.get(name) ?? '';
  if (isMap(table)) return table;
  if (table === '') return NOTHING;
  throw malformed(path, `its \`${name}\` is not a map`, RESTORE);
}

function entryOf(path: string, location: string, value: YamlValue): YamlMap {
  if (isMap(value)) return value;
  if (value === '') return NOTHING;
  throw malformed(path, `the entry \`${excerpt(location)}\` is not a map`, RESTORE);
}

/** Versions 5 and 6 say what an entry is needed for (`dev` is absent where production needs it too); 9 does not. */
function scopeIn({ spelling, entry }: Installed, reached: Scope | undefined): Scope {
  if (spelling === 9) return reached ?? 'unknown';
  if (entry.get('dev') === 'true') return 'development';
  return entry.get('optional') === 'true' ? 'optional' : 'production';
}

function componentOf(installed: Installed, scope: Scope, direct: boolean, originOf: OriginReader): Component {
  const { key, spelling, entry } = installed;
  // A key may be an address, and addresses hold access tokens.
  const location = withoutCredentials(installed.location);
  const ownName = spelling === 9 ? '' : textIn(entry, 'name');
  const name = ownName || key.name || location;
  const version = textIn(entry, 'version') || key.version;
  const resolution = entry.get('resolution');
  const known = isMap(resolution) ? resolution : NOTHING;
  if (isRuntime(key, known)) return runtimeComponent(key, version, scope, direct, location);
  const origin = pnpmOrigin(known, key, name, version, originOf);
  const integrity = known.get('integrity');
  return npmComponent({ integrity }, name, version, origin, location, direct, scope);
}

/** pnpm does not record the names of workspaces; where another one links to it, the name of that link is known. */
function folderComponent({ location, name }: Folder, scope: Scope, direct: boolean): Component {
  const component = npmComponent({}, name ?? location, '', { kind: 'link', location }, location, direct, scope);
  return name === null ? { ...component, purl: '' } : component;
}

function edgesOf(packages: readonly Installed[], references: References): ResolvedEdges {
  const needs: ComponentIndex[][] = [];
  const optionalFrom: number[] = [];
  for (let from = 0; from < packages.length; from += 1) {
    const installed = packages[from];
    const found = new Set<ComponentIndex>();
    if (installed !== undefined) addNeeds(installed, from, 'dependencies', references, found);
    optionalFrom.push(found.size);
    if (installed !== undefined) addNeeds(installed, from, 'optionalDependencies', references, found);
    needs.push([...found]);
  }
  for (let folder = 0; folder < references.folders.length; folder += 1) {
    needs.push([]);
    optionalFrom.push(0);
  }
  return { needs, optionalFrom, rangeOf: (from, to) => peerRange(packages[from], to, references) };
}

function addNeeds(
  installed: Installed,
  index: ComponentIndex,
  table: string,
  references: References,
  found: Set<ComponentIndex>,
): void {
  const dependencies = installed.variant.get(table);
  if (!isMap(dependencies)) return;
  for (const [name, reference] of dependencies) {
    if (typeof reference !== 'string') continue;
    // Links in packages are relative to the lockfile, those of manifests to the manifest.
    const to = resolve(references, { from: installed.location, folder: '.', name, reference }, installed.spelling);
    if (to !== null && to !== PRODUCT && to !== index) found.add(to);
  }
}

/** pnpm records by which version a request was met, and the range only of peers. */
function peerRange(installed: Installed | undefined, to: ComponentIndex, references: References): string | null {
  const ranges = installed?.entry.get('peerDependencies');
  if (installed === undefined || !isMap(ranges)) return null;
  for (const [name, range] of ranges) {
    if (typeof range !== 'string') continue;
    for (const table of ['dependencies', 'optionalDependencies']) {
      const dependencies = installed.variant.get(table);
      const reference = isMap(dependencies) ? dependencies.get(name) : undefined;
      if (typeof reference !== 'string') continue;
      const request = { from: installed.location, folder: '.', name, reference };
      if (resolve(references, request, installed.spelling) === to) return range;
    }
  }
  return null;
}
