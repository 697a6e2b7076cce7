/**
 * CycloneDX SBOMs in JSON, versions 1.2 to 1.7.
 *
 * Source: CycloneDX JSON reference, https://cyclonedx.org/docs/1.7/json/. What is read has had
 * the same shape since the first JSON version, 1.2. Components are read here, their dependencies in
 * cyclonedx-graph.ts. What identifies a component is its package URL; a component without one is listed but matches no
 * advisory: its ecosystem is empty, not guessed from its name. The one exception is a `bom-ref` that is itself a purl of
 * the component's own name and version, as several generators write it.
 */
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import type { Component, ComponentIndex, Inventory, Origin, Scope } from './component.ts';
import { type Part, PRODUCT, recordedDependencies } from './cyclonedx-graph.ts';
import { withoutCredentials } from './npm-origin.ts';
import { formatPurl, parsePurl, type Purl } from './purl.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

const VERSIONS_READ: readonly string[] = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'];

type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Reads a parsed SBOM. Components stand in the file's order, a containing one before what it contains; those inside
 * `metadata.component` come first. The product itself is not among them.
 *
 * @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a version that is not read.
 */
export function readCyclonedxJson(path: string, document: unknown): Inventory {
  if (!isObject(document) || document['bomFormat'] !== 'CycloneDX') {
    throw malformed(path, `${lastName(path)} is JSON, but not a CycloneDX document`, WRITE_ANEW);
  }
  const version = stringOr(document['specVersion'], '');
  if (!VERSIONS_READ.includes(version)) {
    const which = version === '' ? 'without a specVersion' : excerpt(version, 20);
    throw unsupported(path, `${lastName(path)} (CycloneDX ${which}, JSON) is not read yet`, READS);
  }
  const metadata = isObject(document['metadata']) ? document['metadata'] : {};
  const product = isObject(metadata['component']) ? metadata['component'] : {};
  const parts: OpenPart[] = [];
  unfold(path, product['components'], PRODUCT, parts);
  unfold(path, document['components'], null, parts);
  const { graph, direct } = recordedDependencies(parts, refOf(product), document['dependencies']);
  const { name, version: productVersion, purl } = identityOf(product);
  return {
    path,
    kind: 'cyclonedx-json',
    product: { name, version: productVersion, ...(purl === null ? {} : { purl: formatPurl(purl) }) },
    components: parts.map((part, index) => componentOf(part, index, direct.has(index))),
    coverage: 'whole',
    gaps: [],
    graph: () => graph,
  };
}

const READS = 'Holdfast reads CycloneDX JSON 1.2 to 1.7; most generators can write 1.6.';
const WRITE_ANEW = 'Restore the SBOM, or write it again with the tool that made it.';

interface OpenPart extends Part {
  readonly value: JsonRecord;
}

/** Appends a list of components with everything inside of them; without recursion, for hostile depths. */
function unfold(path: string, list: unknown, container: Part['container'], parts: OpenPart[]): void {
  const open: { readonly items: readonly unknown[]; readonly container: Part['container']; next: number }[] = [];
  const enter = (inner: unknown, holder: Part['container']): void => {
    if (inner === undefined) return;
    if (!Array.isArray(inner)) throw malformed(path, 'a `components` of it is not a list', WRITE_ANEW);
    open.push({ items: inner, container: holder, next: 0 });
  };
  enter(list, container);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    if (level.next === level.items.length) {
      open.pop();
      continue;
    }
    const value = level.items[level.next];
    level.next += 1;
    const index = parts.length;
    const number = index + 1;
    if (!isObject(value)) throw malformed(path, `component ${number} is not an object`, WRITE_ANEW);
    if (typeof value['name'] !== 'string') throw malformed(path, `component ${number} has no name`, WRITE_ANEW);
    if (value['version'] !== undefined && typeof value['version'] !== 'string') {
      throw malformed(path, `component ${number} has a version that is not text`, WRITE_ANEW);
    }
    parts.push({ value, ref: refOf(value), container: level.container });
    enter(value['components'], index);
  }
}

const refOf = (value: JsonRecord): string | null => {
  const ref = stringOr(value['bom-ref'], '');
  return ref === '' ? null : ref;
};

function componentOf({ value, ref }: OpenPart, index: ComponentIndex, direct: boolean): Component {
  const { purl, ecosystem, name, version } = identityOf(value);
  return {
    ecosystem,
    name,
    version,
    purl: purl === null ? '' : formatPurl(purl),
    scope: scopeOf(value),
    integrity: integrityOf(value['hashes']),
    origin: originOf(purl),
    direct,
    location: ref ?? `component ${index + 1}`,
  };
}

interface Identity {
  readonly purl: Purl | null;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

function identityOf(value: JsonRecord): Identity {
  const group = stringOr(value['group'], '');
  const bareName = stringOr(value['name'], '');
  const ownVersion = stringOr(value['version'], '');
  const purl = showable(parsePurl(stringOr(value['purl'], '')) ?? purlFromRef(value, bareName, ownVersion));
  if (purl === null) {
    return { purl, ecosystem: '', name: group === '' ? bareName : `${group}/${bareName}`, version: ownVersion };
  }
  const version = purl.version === '' ? ownVersion : purl.version;
  return { purl, ecosystem: ecosystemOf(purl.type), name: nameOf(purl), version };
}

/** An SBOM's purl may carry the same access tokens in its addresses as a lockfile. */
function showable(purl: Purl | null): Purl | null {
  if (purl === null || purl.qualifiers.size === 0) return purl;
  return { ...purl, qualifiers: new Map([...purl.qualifiers].map(([key, value]) => [key, withoutCredentials(value)])) };
}

function purlFromRef(value: JsonRecord, name: string, version: string): Purl | null {
  if (value['purl'] !== undefined) return null;
  const purl = parsePurl(stringOr(value['bom-ref'], ''));
  return purl !== null && purl.version === version && (purl.name === name || nameOf(purl) === name) ? purl : null;
}

/** OSV's names of the ecosystems that are matched (OSV schema, "Defined ecosystems"); else the purl type. */
const ecosystemOf = (type: string): string => (type === 'maven' ? 'Maven' : type);

/** `@scope/name`, `group:artifact`, and for every other type the path as the purl has it. */
function nameOf({ type, namespace, name }: Purl): string {
  if (namespace === '') return name;
  return type === 'maven' ? `${namespace}:${name}` : `${namespace}/${name}`;
}

/**
 * A component without a scope is required (reference, "scope"); excluded ones are for testing and other uses outside of
 * runtime. `cdx:npm:package:development` is npm's own word for the same (CycloneDX property taxonomy, cdx:npm).
 */
function scopeOf(value: JsonRecord): Scope {
  const isDevelopment = arrayOr(value['properties']).some(
    (property) =>
      isObject(property) && property['name'] === 'cdx:npm:package:development' && property['value'] === 'true',
  );
  if (isDevelopment || value['scope'] === 'excluded') return 'development';
  if (value['scope'] === 'optional') return 'optional';
  return value['scope'] === undefined || value['scope'] === 'required' ? 'production' : 'unknown';
}

/** Strongest first; the names are those of the reference's "hashes", in lower case without the dash of SHA-2. */
const ALGORITHMS = ['SHA-512', 'SHA3-512', 'BLAKE2b-512', 'SHA-384', 'SHA3-384', 'BLAKE2b-384', 'SHA-256', 'SHA3-256'];
const WEAK_ALGORITHMS = ['BLAKE2b-256', 'BLAKE3', 'SHA-1', 'MD5'];

function integrityOf(hashes: unknown): string | null {
  const found = new Map<string, string>();
  for (const hash of arrayOr(hashes)) {
    if (!isObject(hash)) continue;
    const algorithm = stringOr(hash['alg'], '');
    if (!found.has(algorithm)) found.set(algorithm, stringOr(hash['content'], ''));
  }
  for (const algorithm of [...ALGORITHMS, ...WEAK_ALGORITHMS]) {
    const content = found.get(algorithm);
    if (content !== undefined && /^[0-9a-fA-F]+$/.test(content)) {
      return `${algorithm.toLowerCase().replace(/^sha-/, 'sha')}:${content.toLowerCase()}`;
    }
  }
  return null;
}

/**
 * Where the purl says that the bytes come from (purl specification, "Known qualifiers"). Without such a word an npm or
 * Maven package is its default registry's, under whatever host; of other types nothing is known.
 */
function originOf(purl: Purl | null): Origin {
  if (purl === null) return { kind: 'unknown' };
  const vcs = purl.qualifiers.get('vcs_url');
  if (vcs !== undefined) return { kind: 'git', location: vcs };
  const download = purl.qualifiers.get('download_url');
  if (download !== undefined) return { kind: 'file', location: download };
  const repository = purl.qualifiers.get('repository_url');
  if (repository !== undefined) return { kind: 'registry', host: hostOf(repository) };
  return purl.type === 'npm' || purl.type === 'maven' ? { kind: 'registry', host: null } : { kind: 'unknown' };
}

/** `repository_url` may stand without a scheme: `repo.example.org/release`. */
function hostOf(url: string): string {
  const bare = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const end = bare.search(/[/?#]/);
  const authority = end < 0 ? bare : bare.slice(0, end);
  return authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
}
