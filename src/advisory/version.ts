/**
 * The order of versions in an ecosystem, as one small interface over version-npm.ts and version-maven.ts.
 *
 * affects.ts asks the same few questions of a package's versions again and again, so parsed versions are remembered.
 */
import { compareMaven, type MavenVersion, parseMavenVersion } from './version-maven.ts';
import { compareNpm, type NpmVersion, parseNpmVersion } from './version-npm.ts';

export interface VersionOrder {
  /** Negative, zero or positive as `a` stands before, beside or after `b`. Total: any two texts, never throws. */
  readonly compare: (a: string, b: string) => number;
}

/**
 * The order that OSV names for an ecosystem (without its suffix, spelled as OSV spells it).
 *
 * `null` when Holdfast cannot order its versions: then only enumerated versions can match.
 */
export function orderOf(ecosystem: string): VersionOrder | null {
  if (ecosystem === 'npm') return NPM;
  return ecosystem === 'Maven' ? MAVEN : null;
}

const NPM: VersionOrder = orderBy<NpmVersion>(parseNpmVersion, compareNpm);
const MAVEN: VersionOrder = orderBy<MavenVersion>(parseMavenVersion, compareMaven);

/** How many parsed versions are kept, and the longest text that is: a hostile input must not fill the memory. */
const REMEMBERED = 8192;
const LONGEST_REMEMBERED = 128;

function orderBy<T>(parse: (text: string) => T, compare: (a: T, b: T) => number): VersionOrder {
  const known = new Map<string, T>();
  const read = (text: string): T => {
    const seen = known.get(text);
    if (seen !== undefined) return seen;
    const parsed = parse(text);
    if (text.length > LONGEST_REMEMBERED) return parsed;
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, parsed);
    return parsed;
  };
  return { compare: (a, b) => (a === b ? 0 : compare(read(a), read(b))) };
}
