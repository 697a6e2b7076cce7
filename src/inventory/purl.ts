/**
 * Package URLs: reading and writing the names by which scanners, SBOMs and advisories speak of packages.
 *
 * Source: purl specification (ECMA-427), "How to build a purl string" and "How to parse a purl string". Our own and
 * small because scanning a lockfile writes a thousand of them within milliseconds; purl.test.ts holds it against
 * packageurl-js. Deliberately absent: the spec's per-type lower-casing. Advisories name `JSONStream` as npm does, and a
 * lower-cased name would no longer match.
 */
export interface Purl {
  /** Lower case: `npm`, `maven`, `pypi`. */
  readonly type: string;
  /** Decoded segments joined by `/`; empty when there is none. */
  readonly namespace: string;
  readonly name: string;
  /** Empty when there is none. */
  readonly version: string;
  /** Keys in lower case; empty values are not qualifiers (spec, "Rules for each purl component"). */
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly subpath: string;
}

/**
 * The purl of an npm package; `name` is `name` or `@scope/name`, an empty version is left out. Empty for what cannot be
 * the name of a package, because one of its parts is missing.
 */
export function npmPurl(name: string, version: string): string {
  const at = version === '' ? '' : '@';
  // Two tests for nearly every package there is; the rest is spelt part by part.
  if (PLAIN_NAME.test(name) && PLAIN_VERSION.test(version)) {
    return name.charCodeAt(0) === AT ? `pkg:npm/%40${name.slice(1)}${at}${version}` : `pkg:npm/${name}${at}${version}`;
  }
  if (name.startsWith('@/') || name.split('/').includes('')) return '';
  const slash = name.charCodeAt(0) === AT ? name.indexOf('/') : -1;
  const path =
    slash < 0 ? encodePart(name) : `${encodePart(name.slice(0, slash))}/${encodePart(name.slice(slash + 1))}`;
  return `pkg:npm/${path}${at}${encodePart(version)}`;
}

const PLAIN_NAME = /^(?:@[\w.~-]+\/)?[\w.~-]+$/;
const PLAIN_VERSION = /^[\w.~-]*$/;

/** The canonical string: qualifiers sorted by key, every part percent-encoded. */
export function formatPurl(purl: Purl): string {
  const namespace = purl.namespace === '' ? '' : `${purl.namespace.split('/').map(encodePart).join('/')}/`;
  const version = purl.version === '' ? '' : `@${encodePart(purl.version)}`;
  const qualifiers = [...purl.qualifiers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encodePart(value)}`);
  const subpath = purl.subpath === '' ? '' : `#${purl.subpath.split('/').map(encodePart).join('/')}`;
  return `pkg:${purl.type}/${namespace}${encodePart(purl.name)}${version}${qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`}${subpath}`;
}

/**
 * Reads a purl; `null` when it is none.
 *
 * Two tolerant readings of strings that other tools write: an npm scope whose `@` is not encoded is a namespace, and a
 * qualifier may hold an unencoded `?` or `+` (a URL pasted as it is), which stays as written.
 */
export function parsePurl(text: string): Purl | null {
  if (!/^pkg:/i.test(text)) return null;
  const hash = text.indexOf('#');
  const beforeHash = hash < 0 ? text : text.slice(0, hash);
  const query = beforeHash.indexOf('?');
  const path = (query < 0 ? beforeHash : beforeHash.slice(0, query)).slice(4).replace(/^\/+/, '');
  const slash = path.indexOf('/');
  const type = path.slice(0, Math.max(slash, 0)).toLowerCase();
  if (!/^[a-z][a-z0-9.+-]*$/.test(type)) return null;
  const rest = trimSlashes(path.slice(slash + 1));
  const at = rest.lastIndexOf('@');
  const hasVersion = at > 0 && rest.charCodeAt(at - 1) !== SLASH;
  const segments = (hasVersion ? rest.slice(0, at) : rest).split('/').filter((segment) => segment !== '');
  const decoded = segments.map(decodePart);
  const version = hasVersion ? decodePart(rest.slice(at + 1)) : '';
  const qualifiers = parseQualifiers(query < 0 ? '' : beforeHash.slice(query + 1));
  const subpath = hash < 0 ? '' : parseSubpath(text.slice(hash + 1));
  const name = decoded.pop();
  if (name === undefined || name === null || name === '' || version === null) return null;
  if (qualifiers === null || subpath === null || decoded.includes(null)) return null;
  return { type, namespace: decoded.join('/'), name, version, qualifiers, subpath };
}

function parseQualifiers(text: string): ReadonlyMap<string, string> | null {
  const qualifiers = new Map<string, string>();
  if (text === '') return qualifiers;
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, Math.max(equals, 0)).toLowerCase();
    const value = decodePart(pair.slice(equals + 1));
    if (value === null || !/^[a-z][a-z0-9._-]*$/.test(key)) return null;
    if (value !== '') qualifiers.set(key, value);
  }
  return qualifiers;
}

/** `.`, `..` and empty segments are dropped (spec, "subpath"): a subpath names a place inside the package. */
function parseSubpath(text: string): string | null {
  const segments = text.split('/').map(decodePart);
  if (segments.includes(null)) return null;
  return segments.filter((segment) => segment !== '' && segment !== '.' && segment !== '..').join('/');
}

const AT = 0x40;
const SLASH = 0x2f;

const trimSlashes = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === SLASH) start += 1;
  while (end > start && text.charCodeAt(end - 1) === SLASH) end -= 1;
  return text.slice(start, end);
};

/**
 * Percent-encodes everything but letters, digits, `.`, `-`, `_`, `~` and the colon (spec, "Character encoding"). The
 * JavaScript function also spares `!'()*`, and refuses lone surrogates, which hostile JSON may hold.
 */
export function encodePart(text: string): string {
  if (/^[\w.~:-]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed())
    .replace(/%3A/g, ':')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `null` when the text is not valid percent-encoding of UTF-8. */
function decodePart(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
