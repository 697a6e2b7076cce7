/**
 * SPDX SBOMs in JSON, versions 2.2 and 2.3.
 *
 * Source: SPDX 2.3, https://spdx.github.io/spdx-spec/v2.3/, §7 "Package information"; what is read is the same in 2.2.
 * Relationships are spdx-relations.ts. What identifies a package is its package URL, the first valid one among its
 * external references, under whatever category: 2.2 and 2.3 spell that differently (`PACKAGE_MANAGER`,
 * `PACKAGE-MANAGER`). A package without one is listed but matches no advisory. Files and snippets are not read.
 */
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import { count } from '../lib/text.ts';
import type { Component, Inventory, Origin, Scope } from './component.ts';
import { type OriginReader, originReader } from './npm-origin.ts';
import { formatPurl, type Purl } from './purl.ts';
import { ecosystemOf, type Hash, nameOf, originOf, shownPurl, strongestHash } from './purl-identity.ts';
import { type Part, PRODUCT, type RecordedNeeds, recordedDependencies } from './sbom-graph.ts';
import { relationsIn, type SpdxNeed, type SpdxRelations, scopesOf } from './spdx-relations.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

const VERSIONS_READ: readonly string[] = ['SPDX-2.2', 'SPDX-2.3'];

type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Reads a parsed SBOM, also inside of the `{"sbom": …}` that GitHub's API wraps around its export. Components stand in the
 * file's order. A document that describes one package is that product's; when it describes several, or files only, there
 * is no one product, and every package is a component.
 *
 * @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a version that is not read.
 */
export function readSpdxJson(path: string, input: unknown): Inventory {
  const document = documentIn(path, input);
  const relations = relationsIn(document);
  const packages = packagesIn(path, document['packages']);
  const described = packages.filter(({ ref }) => ref !== null && relations.described.has(ref));
  const product = described.length === 1 ? described[0] : undefined;
  const productRef = product?.ref ?? null;
  const { needs, containers } = needsAndContents(relations, productRef);
  const parts: PackagePart[] = packages
    .filter((item) => item !== product)
    .map((item) => ({ ...item, container: item.ref !== null && containers.has(item.ref) ? PRODUCT : null }));
  const { graph, direct, positions } = recordedDependencies(parts, productRef, entriesOf(needs));
  const scopes = scopesOf(parts, positions, needs);
  const readOrigin = originReader();
  return {
    path,
    kind: 'spdx-json',
    product: product === undefined ? { name: '', version: '' } : identityOf(product),
    components: parts.map((part, index) =>
      componentOf(part, scopes[index] ?? 'unknown', direct.has(index), readOrigin),
    ),
    coverage: 'whole',
    gaps: [...gapsOfVersions(parts), ...gapsOfDocuments(relations, positions)],
    graph: () => graph,
  };
}

const READS = 'Holdfast reads SPDX 2.2 and 2.3 in JSON, and CycloneDX; most generators can write one of them.';
const WRITE_ANEW = 'Restore the SBOM, or write it again with the tool that made it.';

function documentIn(path: string, input: unknown): JsonRecord {
  const isWrapped = isObject(input) && input['spdxVersion'] === undefined && isObject(input['sbom']);
  const document = isWrapped ? input['sbom'] : input;
  if (!isObject(document) || document['spdxVersion'] === undefined) {
    throw malformed(path, `${lastName(path)} is JSON, but not an SPDX document`, WRITE_ANEW);
  }
  const version = stringOr(document['spdxVersion'], '');
  if (VERSIONS_READ.includes(version)) return document;
  const which = version === '' ? 'SPDX without a version' : excerpt(version, 20);
  throw unsupported(path, `${lastName(path)} (${which}, JSON) is not read yet`, READS);
}

/** A package before it is known what the document says about it. */
interface SpdxPackage {
  readonly ref: string | null;
  /** The identifier, or which package of the document it is. */
  readonly location: string;
  readonly purl: Purl | null;
  readonly name: string;
  /** Empty when none is given, or none that is exact. */
  readonly version: string;
  /** Why there is no version although advisories speak of versions of such packages; `null` where all is well. */
  readonly gap: string | null;
  readonly value: JsonRecord;
}

interface PackagePart extends SpdxPackage, Part {}

function packagesIn(path: string, list: unknown): readonly SpdxPackage[] {
  if (list !== undefined && !Array.isArray(list)) throw malformed(path, '`packages` of it is not a list', WRITE_ANEW);
  const packages: SpdxPackage[] = [];
  for (const value of arrayOr(list)) {
    const number = packages.length + 1;
    if (!isObject(value)) throw malformed(path, `package ${number} is not an object`, WRITE_ANEW);
    if (typeof value['name'] !== 'string') throw malformed(path, `package ${number} has no name`, WRITE_ANEW);
    if (value['versionInfo'] !== undefined && typeof value['versionInfo'] !== 'string') {
      throw malformed(path, `package ${number} has a version that is not text`, WRITE_ANEW);
    }
    packages.push(packageOf(value, value['name'], number));
  }
  return packages;
}

function packageOf(value: JsonRecord, ownName: string, number: number): SpdxPackage {
  const id = stringOr(value['SPDXID'], '');
  const purl = purlIn(value['externalRefs']);
  const name = purl === null ? ownName : nameOf(purl);
  const info = stringOr(value['versionInfo'], '');
  const version = purl === null || purl.version === '' ? info : purl.version;
  const gap = purl === null ? null : whyNotExact(purl.type, version);
  const location = id === '' ? `package ${number}` : id;
  return { ref: id === '' ? null : id, location, purl, name, version: gap === null ? version : '', gap, value };
}

/** `purl` is the reference type (SPDX 2.3 annex F); some generators write its whole address. */
function purlIn(list: unknown): Purl | null {
  for (const reference of arrayOr(list)) {
    const type = isObject(reference) ? stringOr(reference['referenceType'], '') : '';
    if (!isObject(reference) || (type !== 'purl' && !type.endsWith('/purl'))) continue;
    const purl = shownPurl(stringOr(reference['referenceLocator'], ''));
    if (purl !== null) return purl;
  }
  return null;
}

/**
 * Generators that read manifests (GitHub's dependency graph) put ranges where SPDX wants a version, and words where they
 * know none. Such text compares with any version and means nothing. No exact version of npm (SemVer 2.0.0 §2, §9, §10)
 * and none that Maven resolves holds another character than these.
 */
function whyNotExact(type: string, version: string): string | null {
  if (type !== 'npm' && type !== 'maven') return null;
  if (version === '' || /^(?:NOASSERTION|NONE|UNKNOWN)$/i.test(version)) return 'is named without a version';
  const isExact =
    type === 'npm' ? NPM_VERSION.test(version) && !/\.x(?:\.|$)/i.test(version) : MAVEN_VERSION.test(version);
  return isExact ? null : `is named with a range (${excerpt(version, 40)}) instead of a version`;
}

const NPM_VERSION = /^v?\d[\w.+-]*$/;
const MAVEN_VERSION = /^[\w.+-]+$/;

/** What the product contains is kept apart: its parts are asked for by nobody and yet in it. */
function needsAndContents(
  { needs, contents }: SpdxRelations,
  productRef: string | null,
): { readonly needs: readonly SpdxNeed[]; readonly containers: ReadonlySet<string> } {
  const inside: SpdxNeed[] = [];
  const containers = new Set<string>();
  for (const { container, content } of contents) {
    if (container === productRef) containers.add(content);
    else inside.push({ from: container, to: content, scope: 'production' });
  }
  return { needs: inside.length === 0 ? needs : [...needs, ...inside], containers };
}

function* entriesOf(needs: readonly SpdxNeed[]): Iterable<RecordedNeeds> {
  for (const { from, to } of needs) yield { ref: from, needs: [to] };
}

function componentOf(
  { location, purl, name, version, value }: PackagePart,
  scope: Scope,
  direct: boolean,
  readOrigin: OriginReader,
): Component {
  return {
    ecosystem: purl === null ? '' : ecosystemOf(purl),
    name,
    version,
    purl: purl === null ? '' : formatPurl({ ...purl, version: version === '' ? '' : purl.version }),
    scope,
    integrity: strongestHash(checksumsIn(value['checksums'])),
    origin: originIn(purl, name, version, value['downloadLocation'], readOrigin),
    direct,
    location,
  };
}

function checksumsIn(list: unknown): readonly Hash[] {
  const hashes: Hash[] = [];
  for (const checksum of arrayOr(list)) {
    if (!isObject(checksum)) continue;
    hashes.push({ algorithm: stringOr(checksum['algorithm'], ''), hex: stringOr(checksum['checksumValue'], '') });
  }
  return hashes;
}

/**
 * The purl says where the bytes come from. Where it names no registry, a download location that is a registry's address of
 * this very package does; any other is not taken for the origin, because generators also write the address of the
 * project's repository there (syft, from package.json).
 */
function originIn(
  purl: Purl | null,
  name: string,
  version: string,
  downloadLocation: unknown,
  readOrigin: OriginReader,
): Origin {
  const origin = originOf(purl);
  if (purl?.type !== 'npm' || origin.kind !== 'registry' || origin.host !== null) return origin;
  const registry = readOrigin(downloadLocation, name, version);
  return registry.kind === 'registry' ? registry : origin;
}

/** The same identity as in the product's other documents, so that statements about it meet. */
const identityOf = ({ name, version, purl }: SpdxPackage): Inventory['product'] => ({
  name,
  version,
  ...(purl === null ? {} : { purl: formatPurl(purl) }),
});

/** How many gaps get a sentence of their own. */
const MOST_GAPS = 20;

function gapsOfVersions(parts: readonly PackagePart[]): readonly string[] {
  const without = parts.filter(({ gap }) => gap !== null);
  const sentences = without.slice(0, MOST_GAPS).map(({ name, gap }) => `${excerpt(name)} ${gap}`);
  const more = without.length - sentences.length;
  return more === 0
    ? sentences
    : [...sentences, `${count(more, 'more package is', 'more packages are')} named without an exact version`];
}

/** SPDX 2.3 §6.6: `DocumentRef-…:SPDXRef-…` is an element of another document. */
function gapsOfDocuments(
  { needs, contents }: SpdxRelations,
  positions: ReadonlyMap<string, number>,
): readonly string[] {
  const elsewhere = new Map<string, Set<string>>();
  const note = (from: string, to: string): void => {
    if (!to.startsWith('DocumentRef-') || !positions.has(from)) return;
    const document = to.slice(0, Math.max(to.indexOf(':'), 0)) || to;
    const elements = elsewhere.get(document) ?? new Set();
    elsewhere.set(document, elements.add(to));
  };
  for (const { from, to } of needs) note(from, to);
  for (const { container, content } of contents) note(container, content);
  const sentences = [...elsewhere].slice(0, MOST_GAPS).map(([document, { size }]) => {
    return `${count(size, 'package that it needs stands', 'packages that it needs stand')} in another SPDX document (${excerpt(document)}), which was not read`;
  });
  const more = elsewhere.size - sentences.length;
  return more === 0
    ? sentences
    : [...sentences, `${count(more, 'more SPDX document')} it refers to, which were not read`];
}
