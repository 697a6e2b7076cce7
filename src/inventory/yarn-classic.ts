/**
 * yarn.lock of Yarn 1: for every `name@range` that anybody asks for, the package that answers.
 *
 * The text is read by yarn-classic-text.ts, edges are yarn-graph.ts, scopes resolved-graph.ts. The format records no manifest, so the
 * package.json beside it and those of its workspaces are taken (product-manifests.ts). Without them the scope of everything is
 * unknown, and what the product asks for is seen from the other side: Yarn keeps no descriptor that nobody asks for, so one
 * that no package asks for is asked for by a manifest of the product. What it asks for in the very words of a package cannot
 * be told then, and is not called direct.
 */
import { stringOr } from '../lib/json.ts';
import type { Component, ComponentIndex, Graph, Inventory, Origin, Scope } from './component.ts';
import { purlOf } from './npm-component.ts';
import { originReader, withoutCredentials } from './npm-origin.ts';
import { asksOfManifest, type ProductManifests, type WorkspaceManifest } from './product-manifests.ts';
import { type AskingManifest, resolvedGraph, rootsOf, scopesOf } from './resolved-graph.ts';
import { type ClassicEntry, readClassicText } from './yarn-classic-text.ts';
import { type Identity, identityOf, installedNameOf, rangeOf } from './yarn-classic-origin.ts';
import { type Ask, type Asker, link, type Linked, type LookUp, NOBODY, shownDescriptors } from './yarn-graph.ts';
import { redirectsOf } from './yarn-resolutions.ts';

/**
 * One component for each entry, then one for each workspace.
 *
 * @param manifests `null` where there is no package.json of the product.
 * @throws INVENTORY_MALFORMED with the line, INVENTORY_UNSUPPORTED for another version of the format.
 */
export function readYarnClassic(path: string, text: string, manifests: ProductManifests | null): Inventory {
  const entries = readClassicText(path, text);
  const own = manifests?.own ?? {};
  const workspaces = manifests?.workspaces ?? [];
  const linked = linkedIn(entries, manifests);
  const direct = new Set(rootsOf(linked.manifests));
  const certain = manifests?.complete === true && linked.answered;
  const scopes = manifests === null ? null : scopesOf(linked.manifests, linked.edges, certain);
  const originOf = originReader();
  const components = entries.map((entry, index) =>
    componentOf(entry, identityOf(entry, originOf), scopes?.[index] ?? 'unknown', direct.has(index)),
  );
  for (const workspace of workspaces) components.push(workspaceComponent(workspace));
  let graph: Graph | null = null;
  return {
    path,
    kind: 'yarn-classic',
    product: { name: stringOr(own['name'], ''), version: stringOr(own['version'], '') },
    components,
    coverage: 'whole',
    gaps: [],
    graph: () => (graph ??= resolvedGraph(linked.manifests, linked.edges)),
  };
}

/** The answers of a lockfile. Where a badly merged one has two entries for one descriptor, the last answers, as for Yarn. */
interface Answers {
  /** By descriptor, in the order of the file: its number. */
  readonly numbers: ReadonlyMap<string, number>;
  /** By the number of a descriptor: the component that answers. */
  readonly components: readonly ComponentIndex[];
}

function answersOf(entries: readonly ClassicEntry[]): Answers {
  const numbers = new Map<string, number>();
  const components: ComponentIndex[] = [];
  for (let index = 0; index < entries.length; index += 1) {
    const descriptors = entries[index]?.descriptors ?? [];
    for (let at = 0; at < descriptors.length; at += 1) {
      numbers.set(descriptors[at] ?? '', components.length);
      components.push(index);
    }
  }
  return { numbers, components };
}

/**
 * A descriptor without an entry is asked for by someone whom the product overrules by `resolutions`, or means a workspace. With
 * neither, the only entry of that name answers, because nothing else would be found under it; of several none is taken.
 *
 * @param asked By the number of a descriptor: set to 1 when it is looked up.
 */
function lookUpIn(
  entries: readonly ClassicEntry[],
  { numbers, components }: Answers,
  asked: Uint8Array,
  manifests: ProductManifests | null,
): LookUp {
  const redirect = redirectsOf(manifests?.own);
  let sole: ReadonlyMap<string, ComponentIndex> | null = null;
  const find = (name: string, range: string): ComponentIndex | undefined => {
    const number = numbers.get(`${name}@${range}`);
    if (number === undefined) return undefined;
    asked[number] = 1;
    return components[number];
  };
  return (from, ask) => {
    const found = find(ask.name, ask.range);
    if (found !== undefined) return found;
    const parent = from === null ? null : installedNameOf(entries[from]?.descriptors[0] ?? '');
    const to = redirect(parent, ask);
    const redirected = to === null ? undefined : find(ask.name, to);
    if (redirected !== undefined) return redirected;
    sole ??= soleAnswers(entries, manifests?.workspaces ?? []);
    return sole.get(ask.name) ?? NOBODY;
  };
}

/** By name: the workspace, else the entry, where there is only one; nobody where there are several. */
function soleAnswers(
  entries: readonly ClassicEntry[],
  workspaces: readonly WorkspaceManifest[],
): ReadonlyMap<string, ComponentIndex> {
  const sole = new Map<string, ComponentIndex>();
  for (const [index, { descriptors }] of entries.entries()) {
    for (const name of new Set(descriptors.map(installedNameOf))) sole.set(name, sole.has(name) ? NOBODY : index);
  }
  for (const [at, { manifest }] of workspaces.entries()) {
    sole.set(stringOr(manifest['name'], ''), entries.length + at);
  }
  return sole;
}

function linkedIn(entries: readonly ClassicEntry[], manifests: ProductManifests | null): Linked {
  const answers = answersOf(entries);
  const asked = new Uint8Array(answers.components.length);
  const lookUp = lookUpIn(entries, answers, asked, manifests);
  const asksOf: (readonly Ask[])[] = entries.map(({ asks }) => asks);
  if (manifests === null) {
    // Every package has looked up what it asks for once its edges are made; only then is it known what none asks for.
    const linked = link({ asksOf, askers: [], lookUp });
    const product = { index: null, asks: unasked(answers, asked) };
    return { ...linked, manifests: [product] };
  }
  const askers: Asker[] = [{ index: null, asks: asksOfManifest(manifests.own, false) }];
  for (const { manifest } of manifests.workspaces) {
    askers.push({ index: asksOf.length, asks: asksOfManifest(manifest, false) });
    asksOf.push([]);
  }
  return link({ asksOf, askers, lookUp });
}

/** What no package asks for, as the manifest that must ask for it. */
function unasked({ numbers, components }: Answers, asked: Uint8Array): AskingManifest['asks'] {
  const asks: AskingManifest['asks'][number][] = [];
  for (const [descriptor, number] of numbers) {
    const to = components[number];
    if (asked[number] === 1 || to === undefined) continue;
    asks.push({ to, range: withoutCredentials(rangeOf(descriptor)), scope: 'unknown' });
  }
  return asks;
}

function componentOf(
  { version, integrity, resolved, descriptors }: ClassicEntry,
  { name, origin }: Identity,
  scope: Scope,
  direct: boolean,
): Component {
  const known = version ?? '';
  return {
    ecosystem: 'npm',
    name,
    version: known,
    purl: purlOf(name, known, origin),
    scope,
    integrity: integrity === '' ? sha1Of(resolved, origin) : integrity,
    origin,
    direct,
    location: shownDescriptors(descriptors.length === 1 ? (descriptors[0] ?? '') : descriptors.join(', ')),
  };
}

/** Before Yarn 1.10 the only digest is the SHA-1 behind the address of a tarball; behind that of a repository is a commit. */
function sha1Of(resolved: string, { kind }: Origin): string | null {
  const hash = resolved.lastIndexOf('#');
  const digest = hash < 0 || kind === 'git' ? '' : resolved.slice(hash + 1);
  return /^[0-9a-f]{40}$/.test(digest) ? `sha1:${digest}` : null;
}

function workspaceComponent({ folder, manifest }: WorkspaceManifest): Component {
  const name = stringOr(manifest['name'], '') || folder;
  const version = stringOr(manifest['version'], '');
  const origin = { kind: 'link', location: folder } as const;
  return {
    ecosystem: 'npm',
    name,
    version,
    purl: purlOf(name, version, origin),
    scope: 'production',
    integrity: null,
    origin,
    direct: true,
    location: folder,
  };
}
