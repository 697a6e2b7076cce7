/**
 * yarn.lock of Yarn 2 and later ("berry"): YAML, an entry for every package with the descriptors that it answers.
 *
 * lockfile-yaml.ts reads the text, yarn-berry-entries.ts the entries, yarn-berry-locator.ts what stands behind their `@`; edges
 * are yarn-graph.ts, scopes resolved-graph.ts. The file records what each workspace asks for, but puts its `devDependencies` among the
 * others, so the manifests of the workspaces say what is for development; without one, what its workspace asks for is of
 * unknown scope.
 */
import { stringOr } from '../lib/json.ts';
import type { Component, ComponentIndex, Graph, Inventory, Scope } from './component.ts';
import type { YamlValue } from './lockfile-yaml.ts';
import { purlOf } from './npm-component.ts';
import { type OriginReader, originReader } from './npm-origin.ts';
import { asksOfManifest, type ProductManifests, type WorkspaceManifest } from './product-manifests.ts';
import { resolvedGraph, rootsOf, scopesOf } from './resolved-graph.ts';
import { type Assembled, assemble, type BerryEntry, type Installed, readEntries } from './yarn-berry-entries.ts';
import {
  type Locator,
  originOfLocator,
  parseLocator,
  patchedLocator,
  withoutParameters,
} from './yarn-berry-locator.ts';
import {
  type Ask,
  type Asker,
  link,
  type LookUp,
  type ManifestAsk,
  NOBODY,
  PRODUCT,
  shownDescriptors,
  type YarnTree,
} from './yarn-graph.ts';
import { redirectsOf } from './yarn-resolutions.ts';

type Manifest = WorkspaceManifest['manifest'];

/**
 * One component for each package and each workspace but the product's own.
 *
 * @param documents What lockfile-yaml.ts made of the text.
 * @param manifests `null` where there is no package.json of the product.
 * @throws INVENTORY_MALFORMED, and INVENTORY_UNSUPPORTED for a version of the format that is not read.
 */
export function readYarnBerry(
  path: string,
  documents: readonly YamlValue[],
  manifests: ProductManifests | null,
): Inventory {
  const entries = readEntries(path, documents);
  const assembled = assemble(entries);
  const manifestOf = manifestsByFolder(manifests);
  const tree = treeOf(entries, assembled, manifestOf, manifests);
  const linked = link(tree);
  const direct = new Set(rootsOf(linked.manifests));
  const scopes = manifests === null ? null : scopesOf(linked.manifests, linked.edges, linked.answered);
  const originOf = originReader();
  const product = entries.find(({ workspace }) => workspace === '.');
  const own = product === undefined ? null : manifestOf(product);
  let graph: Graph | null = null;
  return {
    path,
    kind: 'yarn-berry',
    product: { name: product?.locator.name ?? '', version: stringOr(own?.['version'], '') },
    components: assembled.installed.map((item, index) => {
      const version = stringOr(manifestOf(item.entry)?.['version'], item.entry.version);
      return componentOf(item, version, scopes?.[index] ?? 'unknown', direct.has(index), originOf);
    }),
    coverage: 'whole',
    gaps: [],
    graph: () => (graph ??= resolvedGraph(linked.manifests, linked.edges)),
  };
}

type ManifestOf = (entry: BerryEntry) => Manifest | null;

/** The manifest of a workspace, if it is the one that the lockfile speaks of: it has the same name. */
function manifestsByFolder(manifests: ProductManifests | null): ManifestOf {
  const byFolder = new Map<string, Manifest>();
  if (manifests !== null) byFolder.set('.', manifests.own);
  for (const { folder, manifest } of manifests?.workspaces ?? []) byFolder.set(folder, manifest);
  return ({ workspace, locator }) => {
    const manifest = workspace === null ? undefined : byFolder.get(workspace);
    return manifest !== undefined && isNamed(manifest, locator.name) ? manifest : null;
  };
}

/** Yarn gives a workspace without a name one that is made of its folder's and a hash, `root-workspace-0b6124`. */
const isNamed = (manifest: Manifest, name: string): boolean =>
  manifest['name'] === name || (manifest['name'] === undefined && /-[0-9a-f]{6}$/.test(name));

function treeOf(
  entries: readonly BerryEntry[],
  { installed, componentOf }: Assembled,
  manifestOf: ManifestOf,
  manifests: ProductManifests | null,
): YarnTree {
  const asksOf = installed.map(({ entry, patches }): readonly Ask[] =>
    patches.length === 0 ? entry.asks : [...patches, entry].flatMap(({ asks }) => asks),
  );
  const product: Asker[] = [];
  const workspaces: Asker[] = [];
  for (const [at, entry] of entries.entries()) {
    if (entry.workspace === null) continue;
    const index = componentOf[at] ?? NOBODY;
    const asks = scopedAsks(entry, manifestOf(entry));
    if (index < 0) product.push({ index: null, asks });
    else workspaces.push({ index, asks });
  }
  return { asksOf, askers: [...product, ...workspaces], lookUp: lookUpIn(entries, componentOf, manifests) };
}

/**
 * What a workspace asks for, by the lockfile, with the scopes of its manifest. What only the manifest names stands there since
 * the lockfile was written, and may ask for a package of other scope.
 */
function scopedAsks({ asks }: BerryEntry, manifest: Manifest | null): readonly ManifestAsk[] {
  const scopes = new Map<string, Scope>();
  const manifestAsks = manifest === null ? [] : asksOfManifest(manifest, true);
  for (const { name, scope } of manifestAsks) if (!scopes.has(name)) scopes.set(name, scope);
  const locked = new Set(asks.map(({ name }) => name));
  return [
    ...asks.map((ask) => ({ ...ask, scope: scopes.get(ask.name) ?? 'unknown' })),
    ...manifestAsks.filter(({ name }) => !locked.has(name)),
  ];
}

/**
 * A descriptor is looked up as `resolutions` have it, else as it stands, with the `npm:` that a plain range leaves out, and with
 * the locator of who asks, which Yarn binds to paths. If nothing answers (`resolutions` of a manifest that is not there,
 * ranges from a catalog), the only package of that name does; of several none is taken.
 */
function lookUpIn(entries: readonly BerryEntry[], componentOf: Int32Array, manifests: ProductManifests | null): LookUp {
  const answers = answersOf(entries, componentOf);
  const redirect = redirectsOf(manifests?.own);
  const locators = locatorsOf(entries, componentOf);
  let lessExact: LessExact | null = null;
  return (from, ask) => {
    const asker = locators.get(from ?? PRODUCT);
    const to = redirect(asker?.name ?? null, ask);
    const found = (to === null ? undefined : find(answers, ask.name, to)) ?? find(answers, ask.name, ask.range);
    if (found !== undefined) return found;
    const descriptor = `${ask.name}@${to ?? ask.range}`;
    const locator = asker === undefined ? '' : `${asker.name}@${asker.reference}`;
    const bound = answers.get(`${descriptor}::locator=${encodeURIComponent(locator.toWellFormed())}`);
    if (bound !== undefined) return bound;
    lessExact ??= lessExactOf(answers);
    return lessExact.unbound.get(descriptor) ?? lessExact.sole.get(ask.name) ?? NOBODY;
  };
}

/** By descriptor; the product's own workspace answers as PRODUCT. */
type Answers = ReadonlyMap<string, ComponentIndex>;

const find = (answers: Answers, name: string, range: string): ComponentIndex | undefined =>
  answers.get(`${name}@npm:${range}`) ?? answers.get(`${name}@${range}`);

function answersOf(entries: readonly BerryEntry[], componentOf: Int32Array): Answers {
  const answers = new Map<string, ComponentIndex>();
  for (let at = 0; at < entries.length; at += 1) {
    const key = entries[at]?.key ?? '';
    const index = componentOf[at] ?? NOBODY;
    const answer = index < 0 ? PRODUCT : index;
    if (!key.includes(',')) answers.set(key, answer);
    else for (const descriptor of descriptorsOf(key)) answers.set(descriptor, answer);
  }
  return answers;
}

/** Yarn separates descriptors by commas, which a range may hold too: what has no `@` continues the one before. */
function descriptorsOf(key: string): readonly string[] {
  const descriptors: string[] = [];
  for (const part of key.split(',')) {
    const last = descriptors.length - 1;
    if (part.trim().lastIndexOf('@') > 0 || last < 0) descriptors.push(part.trim());
    else descriptors[last] += `,${part}`;
  }
  return descriptors;
}

interface LessExact {
  /** By descriptor without the parameters that Yarn adds. */
  readonly unbound: Answers;
  /** By name. */
  readonly sole: Answers;
}

/** Where several would answer, nobody does. */
function lessExactOf(answers: Answers): LessExact {
  const unbound = new Map<string, ComponentIndex>();
  const sole = new Map<string, ComponentIndex>();
  const put = (map: Map<string, ComponentIndex>, key: string, index: ComponentIndex) => {
    map.set(key, (map.get(key) ?? index) === index ? index : NOBODY);
  };
  for (const [descriptor, index] of answers) {
    put(unbound, withoutParameters(descriptor), index);
    put(sole, parseLocator(descriptor)?.name ?? descriptor, index);
  }
  return { unbound, sole };
}

function locatorsOf(entries: readonly BerryEntry[], componentOf: Int32Array): ReadonlyMap<ComponentIndex, Locator> {
  const locators = new Map<ComponentIndex, Locator>();
  for (const [at, { locator }] of entries.entries()) {
    const index = componentOf[at] ?? NOBODY;
    locators.set(index < 0 ? PRODUCT : index, locator);
  }
  return locators;
}

function componentOf(
  { entry, patches }: Installed,
  version: string,
  scope: Scope,
  direct: boolean,
  originOf: OriginReader,
): Component {
  const locator = unpatched(entry.locator);
  const origin = originOfLocator(locator, version, originOf);
  return {
    ecosystem: 'npm',
    name: locator.name,
    version,
    purl: purlOf(locator.name, version, origin),
    scope,
    // Yarn's checksum is that of its own archive of the package, which is no digest of anything that a registry has.
    integrity: null,
    origin,
    direct,
    location: shownDescriptors(patches[0]?.key ?? entry.key),
  };
}

/** What a patch is applied to, where only the patch is in the lockfile; a patch of a patch stays what it says. */
function unpatched(locator: Locator): Locator {
  const source = patchedLocator(locator);
  return (source === null ? null : parseLocator(source)) ?? locator;
}
