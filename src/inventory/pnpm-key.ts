/**
 * The keys by which pnpm-lock.yaml names packages, in the three spellings it has had.
 *
 * Lockfile 5: `/@scope/name/1.0.0_peer@1.0.0`. Lockfile 6: `/@scope/name@1.0.0(peer@1.0.0)`. Lockfile 9:
 * `@scope/name@1.0.0(peer@1.0.0)`. A package from elsewhere has its address instead of the version (9) or instead of
 * everything (5, 6), and then its entry says name and version. Source: pnpm, packages/dependency-path, parse and
 * refToRelative.
 */

/** What a key tells; `version` is empty when it names an address. */
export interface PackageKey {
  readonly name: string;
  readonly version: string;
  /** Where the key names a version of a registry: that registry's host, `null` for the default one. */
  readonly registry: { readonly host: string | null } | null;
  /** What stands in the place of the version: `1.0.0`, `file:lib`, `runtime:24.1.0`. */
  readonly reference: string;
}

export type Spelling = 5 | 6 | 9;

/** @param key Without the suffix of `withoutPeers`. */
export const readPackageKey = (key: string, spelling: Spelling): PackageKey =>
  spelling === 9 ? readNewKey(key) : readOldKey(key, spelling);

function readNewKey(key: string): PackageKey {
  const at = key.indexOf('@', 1);
  const name = at < 0 ? key : key.slice(0, at);
  const reference = at < 0 ? '' : key.slice(at + 1);
  const isVersion = looksLikeVersion(reference);
  return { name, version: isVersion ? reference : '', registry: isVersion ? DEFAULT_REGISTRY : null, reference };
}

function readOldKey(key: string, spelling: 5 | 6): PackageKey {
  const start = key.indexOf('/');
  const scope = key.charCodeAt(start + 1) === AT ? key.indexOf('/', start + 1) : start;
  const end = start < 0 || scope < 0 ? -1 : key.indexOf(spelling === 5 ? '/' : '@', scope + 1);
  if (end < 0 || key.startsWith('file:')) return { name: '', version: '', registry: null, reference: key };
  const version = beforePeers(key.slice(end + 1));
  if (!looksLikeVersion(version)) return { name: '', version: '', registry: null, reference: key };
  // pnpm writes the colon of a port as a plus, because the key is a folder's name too.
  const registry = start === 0 ? DEFAULT_REGISTRY : { host: key.slice(0, start).replace('+', ':').toLowerCase() };
  return { name: key.slice(start + 1, end), version, registry, reference: version };
}

/** Lockfile 5 puts peers (or a hash of them, or of a patch) behind `_`, and its first versions behind `/`. */
function beforePeers(version: string): string {
  const end = version.search(/[_/]/);
  return end < 0 ? version : version.slice(0, end);
}

/**
 * A key or reference of lockfile 6 or 9 without its peers and patch: `(a@1(b@2))(patch_hash=x)` at the end, or a hash of
 * all that in brackets, where it would be too long for a folder's name.
 */
export function withoutPeers(key: string): string {
  let open = 0;
  for (let at = key.length - 1; at >= 0; at -= 1) {
    const code = key.charCodeAt(at);
    if (code === CLOSE) open += 1;
    else if (open === 0) return key.slice(0, at + 1);
    else if (code === OPEN) open -= 1;
  }
  return key;
}

/** The keys that a reference may mean, the likelier first: a version of `name`, or a whole key (an alias, an address). */
export function keysOf(name: string, reference: string, spelling: Spelling): readonly [string, string] {
  if (spelling === 9) return [`${name}@${reference}`, reference];
  return [spelling === 5 ? `/${name}/${reference}` : `/${name}@${reference}`, reference];
}

/** A version as SemVer 2.0.0 §2 begins; what else stands there is an address. */
const looksLikeVersion = (text: string): boolean => /^\d+\.\d+\.\d+(?:[-+][\w.+-]*)?$/.test(text);

const DEFAULT_REGISTRY = { host: null };
const AT = 0x40;
const OPEN = 0x28;
const CLOSE = 0x29;
