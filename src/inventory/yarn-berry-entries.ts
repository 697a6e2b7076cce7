/**
 * The entries of a yarn.lock of Yarn 2 and later, and which of them are one package.
 *
 * Source: `Project.generateLockfile` of @yarnpkg/core. A patched package has two entries, the patch and what it is applied to,
 * of the same name and version. Here they are one component: it is installed once, advisories speak of it by name and version,
 * and its `location` is the patch's. Entered by yarn-berry.ts.
 */
import type { ComponentIndex } from './component.ts';
import type { YamlMap, YamlValue } from './lockfile-yaml.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';
import { type Locator, parseLocator, patchedLocator, plainRange, workspaceFolder } from './yarn-berry-locator.ts';
import type { Ask } from './yarn-graph.ts';

export interface BerryEntry {
  /** As it stands in the file: descriptors, separated by commas. */
  readonly key: string;
  readonly locator: Locator;
  readonly version: string;
  readonly asks: readonly Ask[];
  /** The folder of a workspace, `.` for the product's own; `null` for everything else. */
  readonly workspace: string | null;
}

/** @throws INVENTORY_MALFORMED, and INVENTORY_UNSUPPORTED for a version of the format that is not read. */
export function readEntries(path: string, documents: readonly YamlValue[]): readonly BerryEntry[] {
  const [document] = documents;
  if (!(document instanceof Map) || documents.length !== 1) throw notALockfile(path);
  refuseOtherVersions(path, document);
  const entries: BerryEntry[] = [];
  for (const [key, fields] of document) {
    if (key !== METADATA) entries.push(entryOf(path, key, fields));
  }
  return entries;
}

const METADATA = '__metadata';

/** `__metadata.version` of Yarn 2.0 (4), the first that was released, up to the newest that is known. */
const OLDEST_VERSION = 4;
const NEWEST_VERSION = 10;

function refuseOtherVersions(path: string, document: YamlMap): void {
  const metadata = document.get(METADATA);
  const version = metadata instanceof Map ? metadata.get('version') : undefined;
  if (typeof version !== 'string' || !/^\d{1,9}$/.test(version)) throw notALockfile(path);
  if (Number(version) < OLDEST_VERSION || Number(version) > NEWEST_VERSION) {
    throw unsupported(
      path,
      `${lastName(path)} has version ${version} of Yarn's format, which is not read`,
      `Holdfast reads versions ${OLDEST_VERSION} to ${NEWEST_VERSION}, which Yarn 2 to 4 write.`,
    );
  }
}

function entryOf(path: string, key: string, fields: YamlValue): BerryEntry {
  if (!(fields instanceof Map)) throw badEntry(path, key, 'is no table');
  const resolution = fields.get('resolution');
  const locator = typeof resolution === 'string' ? parseLocator(resolution) : null;
  if (locator === null) throw badEntry(path, key, 'has no `resolution` of the form name@reference');
  // Yarn keeps them in memory only: they stand for a package beside one set of peers.
  if (locator.reference.startsWith('virtual:')) throw badEntry(path, key, 'is virtual, which Yarn never writes');
  return {
    key,
    locator,
    version: versionOf(path, key, locator, fields.get('version')),
    asks: asksIn(path, key, fields),
    workspace: workspaceFolder(locator),
  };
}

/** The registry's version is what the locator says, because that is what Yarn fetches. */
function versionOf(path: string, key: string, { reference }: Locator, version: YamlValue | undefined): string {
  if (typeof version !== 'string') throw badEntry(path, key, 'has no version');
  if (/^npm:[^:]*$/.test(reference)) return reference.slice('npm:'.length);
  return version === NO_VERSION ? '' : version;
}

/** What Yarn writes for workspaces and linked folders. */
const NO_VERSION = '0.0.0-use.local';

/** Optional dependencies stand among the others and are marked in `dependenciesMeta`. Peers are asked for by others. */
function asksIn(path: string, key: string, fields: YamlMap): readonly Ask[] {
  const dependencies = fields.get('dependencies');
  if (dependencies === undefined || dependencies === '') return [];
  if (!(dependencies instanceof Map)) throw badEntry(path, key, 'has `dependencies` that are no table');
  const meta = fields.get('dependenciesMeta');
  const asks: Ask[] = [];
  for (const [name, range] of dependencies) {
    if (typeof range !== 'string') throw badEntry(path, key, 'has a dependency without a range');
    asks.push({ name, range: plainRange(range), optional: meta instanceof Map && isOptional(meta.get(name)) });
  }
  return asks;
}

const isOptional = (meta: YamlValue | undefined): boolean => meta instanceof Map && meta.get('optional') === 'true';

const badEntry = (path: string, key: string, what: string) =>
  malformed(path, `the entry \`${excerpt(key)}\` ${what}`, RESTORE_HINT);

const notALockfile = (path: string) =>
  malformed(path, `${lastName(path)} has no \`__metadata\` with a version, as Yarn's lockfiles have`, RESTORE_HINT);

const RESTORE_HINT = 'Restore the lockfile from version control, or write it again with `yarn install`.';

/** A component before it is one: the entry that it is made of, and the patches of it. */
export interface Installed {
  readonly entry: BerryEntry;
  readonly patches: BerryEntry[];
}

export interface Assembled {
  readonly installed: readonly Installed[];
  /** By entry, in the order of the file: its component; -1 for the product's own workspace. */
  readonly componentOf: Int32Array;
}

/** Puts patches and what they are applied to together. */
export function assemble(entries: readonly BerryEntry[]): Assembled {
  const byLocator = new Map<string, number>();
  for (const [at, { locator }] of entries.entries()) byLocator.set(`${locator.name}@${locator.reference}`, at);
  const installed: Installed[] = [];
  const componentOf = new Int32Array(entries.length).fill(OWN);
  const patches: number[] = [];
  for (const [at, entry] of entries.entries()) {
    if (entry.locator.reference.startsWith('patch:')) patches.push(at);
    else if (entry.workspace !== '.') componentOf[at] = installed.push({ entry, patches: [] }) - 1;
  }
  for (const at of patches) {
    const entry = entries[at];
    const base = baseOf(entries, byLocator, at);
    const index: ComponentIndex = base === null ? OWN : (componentOf[base] ?? OWN);
    if (entry === undefined) continue;
    if (index === OWN) componentOf[at] = installed.push({ entry, patches: [] }) - 1;
    else {
      componentOf[at] = index;
      installed[index]?.patches.push(entry);
    }
  }
  return { installed, componentOf };
}

const OWN = -1;

/** Patches of patches are rare, and deeper ones are not made by people. */
const MOST_PATCHES = 16;

/** The entry that a patch, or the patch that it is applied to, is applied to; `null` where the lockfile has none. */
function baseOf(entries: readonly BerryEntry[], byLocator: ReadonlyMap<string, number>, patch: number): number | null {
  let at = patch;
  for (let step = 0; step < MOST_PATCHES; step += 1) {
    const source = patchedLocator(entries[at]?.locator ?? NO_LOCATOR);
    if (source === null) return at;
    const next = byLocator.get(source);
    if (next === undefined) return null;
    at = next;
  }
  return null;
}

const NO_LOCATOR: Locator = { name: '', reference: '' };
