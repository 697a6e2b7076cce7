/**
 * What an SBOM's package URL says about a component: its name, its ecosystem, where its bytes come from. And which of
 * the hashes beside it is kept. For every kind of SBOM (cyclonedx.ts, spdx-json.ts).
 */
import type { Origin } from './component.ts';
import { withoutCredentials } from './npm-origin.ts';
import { parsePurl, type Purl } from './purl.ts';

/** Reads a purl as it may be shown: an SBOM's may carry the same access tokens in its addresses as a lockfile. */
export function shownPurl(text: string): Purl | null {
  const purl = parsePurl(text);
  if (purl === null || purl.qualifiers.size === 0) return purl;
  return { ...purl, qualifiers: new Map([...purl.qualifiers].map(([key, value]) => [key, withoutCredentials(value)])) };
}

/** OSV's names of the ecosystems that are matched (OSV schema, "Defined ecosystems"); else the purl type. */
export const ecosystemOf = ({ type }: Pick<Purl, 'type'>): string => (type === 'maven' ? 'Maven' : type);

/** `@scope/name`, `group:artifact`, and for every other type the path as the purl has it. */
export function nameOf({ type, namespace, name }: Purl): string {
  if (namespace === '') return name;
  return type === 'maven' ? `${namespace}:${name}` : `${namespace}/${name}`;
}

/**
 * Where the purl says that the bytes come from (purl specification, "Known qualifiers"). Without such a word an npm or
 * Maven package is its default registry's, under whatever host; of other types nothing is known.
 */
export function originOf(purl: Purl | null): Origin {
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

export interface Hash {
  /** As CycloneDX ("hashes", `SHA-512`) or SPDX (2.3 §7.10, `SHA512`) names it. */
  readonly algorithm: string;
  readonly hex: string;
}

/** Strongest first, in SPDX's spelling, which lacks the dash of SHA-1 and SHA-2. */
const ALGORITHMS = ['SHA512', 'SHA3-512', 'BLAKE2b-512', 'SHA384', 'SHA3-384', 'BLAKE2b-384', 'SHA256', 'SHA3-256'];
const WEAK_ALGORITHMS = ['BLAKE2b-256', 'BLAKE3', 'SHA224', 'SHA1', 'MD5'];

/** The strongest hash as `algorithm:hex`, `null` when there is none; of one algorithm the first counts. */
export function strongestHash(hashes: readonly Hash[]): string | null {
  if (hashes.length === 0) return null;
  const found = new Map<string, string>();
  for (const { algorithm, hex } of hashes) {
    const name = algorithm.replace(/^SHA-/, 'SHA');
    if (!found.has(name)) found.set(name, hex);
  }
  for (const algorithm of [...ALGORITHMS, ...WEAK_ALGORITHMS]) {
    const hex = found.get(algorithm);
    if (hex !== undefined && /^[0-9a-fA-F]+$/.test(hex)) return `${algorithm.toLowerCase()}:${hex.toLowerCase()}`;
  }
  return null;
}
