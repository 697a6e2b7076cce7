/**
 * The order of npm versions: SemVer 2.0.0 §11, read as loosely as npm reads them.
 *
 * One representation and one comparison for every text, so the order is total: numbers of any length are kept exactly,
 * partial versions have a place, and what is no version at all sorts below all versions. Where the package `semver`
 * reads both versions in loose mode the answers agree (version-npm.prop.test.ts), with one deliberate exception:
 * `semver` compares numeric pre-release identifiers from 2^53 on as doubles, here they are exact as §11.4.1 demands.
 * `semver` itself is not used: it refuses versions that advisories contain (30-digit numbers, `1.2`, `1.0.0-*`), costs
 * 3–5 ms to load, and two comparisons side by side would not be transitive. Maven's order is in version-maven.ts.
 */

/** A number that is exact: `bigint` only above `Number.MAX_SAFE_INTEGER`. */
type Exact = number | bigint;

/** A parsed version; made by `parseNpmVersion` only. */
export interface NpmVersion {
  /** `[1, 2, 3]`; missing components count as 0. */
  readonly release: readonly Exact[];
  /** `['beta', 2]`; empty for a release. */
  readonly prerelease: readonly (Exact | string)[];
  /** The text itself when it does not begin with a number; `null` for a version. */
  readonly garbage: string | null;
}

const NONE: readonly never[] = [];

/**
 * Reads any text; never throws.
 *
 * - Surrounding white space and a prefix of `v`, `=` and white space are ignored, and so is build metadata (§10).
 * - As in `semver`'s loose mode the hyphen before a pre-release may be missing (`1.0.0beta`), and `1.2.34.5` is
 *   1.2.3-4.5, odd as that is: npm orders by it.
 * - Beyond `semver`: `1.2` is 1.2.0, `7.4.3.131` stands between 7.4.3 and 7.4.4, and identifiers may contain any
 *   character (`1.0.0-*`).
 * - Text without a leading number (`latest`, the empty text) sorts below every version, by UTF-16 code units.
 */
export function parseNpmVersion(text: string): NpmVersion {
  return parsePlain(text) ?? parseAny(text.trim());
}

/** Negative, zero or positive as `a` stands before, beside or after `b`. */
export function compareNpm(a: NpmVersion, b: NpmVersion): number {
  if (a.garbage !== null || b.garbage !== null) {
    if (a.garbage === null) return 1;
    return b.garbage === null ? -1 : order(a.garbage, b.garbage);
  }
  const components = Math.max(a.release.length, b.release.length);
  for (let at = 0; at < components; at++) {
    const sign = order(a.release[at] ?? 0, b.release[at] ?? 0);
    if (sign !== 0) return sign;
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

/** §11.3 and §11.4: a release is above its pre-releases; identifiers left to right; the longer list wins a tie. */
function comparePrereleases(a: NpmVersion['prerelease'], b: NpmVersion['prerelease']): number {
  if (a.length === 0 || b.length === 0) return order(b.length, a.length);
  for (let at = 0; ; at++) {
    const left = a[at];
    const right = b[at];
    if (left === undefined || right === undefined) return order(a.length, b.length);
    const sign = compareIdentifiers(left, right);
    if (sign !== 0) return sign;
  }
}

/** §11.4.1–3: numbers by value, texts by code unit, numbers below texts. */
function compareIdentifiers(a: Exact | string, b: Exact | string): number {
  if (typeof a === 'string') return typeof b === 'string' ? order(a, b) : 1;
  return typeof b === 'string' ? -1 : order(a, b);
}

const order = <T extends Exact | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

const ZERO = 48;
const NINE = 57;
const DOT = 46;

/** The fast path, nine versions of ten: `1.2.3` and nothing else, each number below 2^53. `null` for all others. */
function parsePlain(text: string): NpmVersion | null {
  // Longer numbers than 15 digits may not be exact; three of them and two dots fit into 47.
  if (text.length > 47) return null;
  const release = [0, 0, 0];
  let component = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      if (++digits > 15) return null;
      value = value * 10 + (code - ZERO);
    } else {
      if (code !== DOT || digits === 0 || component === 2) return null;
      release[component++] = value;
      digits = 0;
      value = 0;
    }
  }
  if (component !== 2 || digits === 0) return null;
  release[2] = value;
  return { release, prerelease: NONE, garbage: null };
}

const HEAD = /^[v=\s]*(\d+(?:\.\d+)*)/;
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const LOOSE_TAIL = new RegExp(`^(?:-?(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);
const DOTTED_TAIL = new RegExp(`^\\.(${IDENTIFIERS})(?:\\+${IDENTIFIERS})?$`);

function parseAny(text: string): NpmVersion {
  const head = HEAD.exec(text);
  const [prefix = '', numbers = ''] = head ?? [];
  if (head === null) return { release: NONE, prerelease: NONE, garbage: text };
  const components = numbers.split('.');
  const tail = text.slice(prefix.length);
  return (
    splitPatch(components, tail) ??
    versionOf(components, components.length === 3 ? (LOOSE_TAIL.exec(tail)?.[1] ?? roughTail(tail)) : roughTail(tail))
  );
}

/**
 * `1.2.34.5` → 1.2.3-4.5.
 *
 * The loose grammar has an optional hyphen, so its last digit of a patch of two or more can begin a pre-release; a
 * dot after the patch fits no other way. `null` where that grammar does not match either.
 */
function splitPatch(components: readonly string[], tail: string): NpmVersion | null {
  const [major = '', minor = '', patch = '', ...more] = components;
  const dotted = DOTTED_TAIL.exec(more.map((number) => `.${number}`).join('') + tail);
  if (patch.length < 2 || dotted === null) return null;
  return versionOf([major, minor, patch.slice(0, -1)], `${patch.slice(-1)}.${dotted[1] ?? ''}`);
}

/** What stands between the numbers and the build metadata, without its first separator. */
const roughTail = (tail: string): string => tail.replace(/\+[^]*$/, '').replace(/^[-.]/, '');

function versionOf(components: readonly string[], prerelease: string): NpmVersion {
  return {
    release: components.map(exact),
    prerelease: prerelease === '' ? NONE : prerelease.split('.').map((id) => (/^\d+$/.test(id) ? exact(id) : id)),
    garbage: null,
  };
}

function exact(digits: string): Exact {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}
