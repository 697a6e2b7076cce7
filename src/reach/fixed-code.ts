/**
 * Whether a copy of a package holds the repaired code of an advisory, whatever version it says it is: a backport, a patch that was laid
 * over it, a vendored copy.
 *
 * It is said of all the functions of an advisory together or not at all: a fix in one of two functions is no fix. And it is said only
 * where all of them are, to the last name, those of one release that has the fix (function-hash.ts); code that merely differs from the
 * vulnerable one is not known to be repaired, and neither is a mixture of two releases. installed-code.actions.ts reads the copies.
 */
import type { VulnerableSymbol } from './symbols.ts';

/** One function of the advisory, as it was found in a copy. */
export interface FoundCode {
  /** Relative to the copy. */
  readonly file: string;
  readonly function: string | null;
  readonly nth: number;
  /** Of the code that was found. */
  readonly hash: string;
  /** The release with the fix whose code it is. */
  readonly release: string;
  /** Hashes of the code that has the flaw, for comparison. One may be the same: then the fix is in the other functions. */
  readonly vulnerable: readonly string[];
}

/**
 * @param advisory All symbols of one advisory for one package and version.
 * @param hashOf The hash of a symbol's code in the copy; `null` where it is not there or cannot be told.
 * @returns What was found, function by function; `null` where not all of it is repaired.
 */
export function fixedCode(
  advisory: readonly VulnerableSymbol[],
  hashOf: (symbol: VulnerableSymbol) => string | null,
): readonly FoundCode[] | null {
  let releases = releasesOf(advisory);
  const found: Omit<FoundCode, 'release'>[] = [];
  for (const symbol of advisory) {
    // Mostly there is none at the start, or none after the first function, and then no other is read.
    if (releases.length === 0) return null;
    const { file, function: name, nth, code } = symbol;
    const hash = hashOf(symbol);
    if (file === null || hash === null) return null;
    releases = releases.filter((release) => code?.fixed.get(release) === hash);
    found.push({ file, function: name, nth, hash, vulnerable: [...(code?.vulnerable.values() ?? [])] });
  }
  // One function at least must have been changed by the fix; others may be as they were.
  if (found.every(({ hash, vulnerable }) => vulnerable.includes(hash))) return null;
  const [release] = releases;
  return release === undefined ? null : found.map((each) => ({ ...each, release }));
}

/** Those that say of every function what it is when it is repaired. */
function releasesOf([first, ...others]: readonly VulnerableSymbol[]): readonly string[] {
  const releases = [...(first?.code?.fixed.keys() ?? [])];
  return releases.filter((release) => others.every(({ code }) => code?.fixed.has(release) === true));
}

/** The symbols that belong together: of one advisory, for one package in one version. */
export const ofSameAdvisory = (
  symbols: readonly VulnerableSymbol[],
  { id, package: name, version }: VulnerableSymbol,
): readonly VulnerableSymbol[] =>
  symbols.filter((other) => other.id === id && other.package === name && other.version === version);
