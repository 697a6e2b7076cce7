/**
 * The order of Maven versions, as Maven 3.8.7 to 3.10.0 compute it (`ComparableVersion` of maven-artifact).
 *
 * Those releases answer alike and are what builds run today; Maven 4 is still a release candidate, differs in two of
 * 154,274 pairs of versions of one artifact that advisories name, and contradicts an example of the specification
 * (https://maven.apache.org/pom.html#version-order-specification). Where that text and Maven 3 differ
 * (`1-ga-1` = `1-1` says the text, `<` says the program), the program wins: it picks the version a build gets.
 *
 * This order is reflexive and antisymmetric, but Maven's own rule is not transitive for versions that mix a dot and a
 * hyphen before a qualifier: 3.0.0.alpha.1.1 < 3.0.0.Final < 3.0-dev2 < 3.0.0.alpha.1.1. We keep that, since every
 * repair would contradict Maven on some pair. npm's order is in version-npm.ts.
 */

/** A qualifier by its rank, `rank` 7 and its text for those Maven does not know; a number by its value. */
type Item = Qualifier | number | bigint;
interface Qualifier {
  readonly rank: number;
  readonly text: string;
}

/**
 * A parsed version; made by `parseMavenVersion` only.
 *
 * Maven nests lists, but always at the end of the list before: `1.0-rc1` is [1, [rc, [1]]]. So a list of lists says
 * the same, [[1], [rc], [1]], and a version of a million hyphens needs no stack.
 */
export type MavenVersion = readonly (readonly Item[])[];

/** Lowest first; no qualifier, '', is the release itself. Names in one line are one qualifier. */
const RANKS: ReadonlyMap<string, number> = new Map(
  [['alpha'], ['beta'], ['milestone'], ['rc', 'cr'], ['snapshot'], ['', 'ga', 'final', 'release'], ['sp']].flatMap(
    (names, rank) => names.map((name) => [name, rank] as const),
  ),
);
const RELEASE_RANK = 5;
const UNKNOWN_RANK = 7;
/** Only directly before a digit: `1a1` is an alpha, `1a` and `1a-1` are not. */
const SHORT_ALIASES = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

const HYPHEN = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

/**
 * Reads any text; never throws, any length.
 *
 * Only ASCII digits are digits, as in Maven 4; Maven 3 also counts those of other scripts, which no artifact uses.
 */
export function parseMavenVersion(text: string): MavenVersion {
  const lower = text.toLowerCase();
  let list: Item[] = [];
  const lists = [list];
  const open = () => lists.push((list = []));
  let start = 0;
  let inNumber = false;
  for (let at = 0; at < lower.length; at++) {
    const code = lower.charCodeAt(at);
    if (code === DOT || code === HYPHEN) {
      list.push(at === start ? 0 : itemOf(inNumber, lower.slice(start, at), false));
      start = at + 1;
      if (code === HYPHEN) open();
      continue;
    }
    const digit = code >= ZERO && code <= NINE;
    if (at > start && digit !== inNumber) {
      if (digit && list.length > 0) open(); // 1.0.x1 is 1.0-x1
      list.push(itemOf(inNumber, lower.slice(start, at), digit));
      open();
      start = at;
    }
    inNumber = digit;
  }
  if (start < lower.length) {
    if (!inNumber && list.length > 0) open(); // 1.0.x is 1.0-x
    list.push(itemOf(inNumber, lower.slice(start), false));
  }
  return normalized(lists);
}

function itemOf(isNumber: boolean, text: string, beforeDigit: boolean): Item {
  if (isNumber) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  const name = (beforeDigit ? SHORT_ALIASES.get(text) : undefined) ?? text;
  const rank = RANKS.get(name);
  return rank === undefined ? { rank: UNKNOWN_RANK, text: name } : { rank, text: '' };
}

/** Drops the null values (0, '', final, ga, release) at the end of every list, and lists that are then empty at the end. */
function normalized(lists: Item[][]): MavenVersion {
  for (const list of lists) while (list.length > 0 && isNull(list.at(-1) ?? 0)) list.pop();
  while (lists.length > 1 && lists.at(-1)?.length === 0) lists.pop();
  return lists;
}

const isNull = (item: Item): boolean => (typeof item === 'object' ? item.rank === RELEASE_RANK : Number(item) === 0);

/** Negative, zero or positive as `a` stands before, beside or after `b`. */
export function compareMaven(a: MavenVersion, b: MavenVersion): number {
  for (let depth = 0; ; depth++) {
    const left = a[depth];
    const right = b[depth];
    if (left === undefined) return opposite(compareWithNothing(b, depth));
    if (right === undefined) return compareWithNothing(a, depth);
    const common = Math.min(left.length, right.length);
    for (let at = 0; at < common; at++) {
      const sign = compareItems(left[at] ?? 0, right[at] ?? 0);
      if (sign !== 0) return sign;
    }
    if (left.length !== right.length) {
      return left.length > right.length
        ? compareRest(left, common, a, depth, b)
        : opposite(compareRest(right, common, b, depth, a));
    }
  }
}

/**
 * The longer list `list` of `longer`, from item `from` on, against what the other version has there: its next list if
 * there is one, else nothing.
 */
function compareRest(
  list: readonly Item[],
  from: number,
  longer: MavenVersion,
  depth: number,
  shorter: MavenVersion,
): number {
  const first = list[from] ?? 0;
  // A number is above a list (1.1 > 1-1), a qualifier below it (1.x < 1-1).
  if (depth + 1 < shorter.length) return typeof first === 'object' ? -1 : 1;
  for (let at = from; at < list.length; at++) {
    const sign = itemWithNothing(list[at] ?? 0);
    if (sign !== 0) return sign;
  }
  return compareWithNothing(longer, depth + 1);
}

/** The lists of `version` from `depth` on against an end of version: the first item that is not null decides. */
function compareWithNothing(version: MavenVersion, depth: number): number {
  for (let at = depth; at < version.length; at++) {
    for (const item of version[at] ?? []) {
      const sign = itemWithNothing(item);
      if (sign !== 0) return sign;
    }
  }
  return 0;
}

const itemWithNothing = (item: Item): number =>
  typeof item === 'object' ? Math.sign(item.rank - RELEASE_RANK) : Number(item) === 0 ? 0 : 1;

/** Numbers by value, qualifiers by rank and then by UTF-16 code unit, numbers above qualifiers. */
function compareItems(a: Item, b: Item): number {
  if (typeof a !== 'object') return typeof b === 'object' ? 1 : order(a, b);
  if (typeof b !== 'object') return -1;
  return order(a.rank, b.rank) || order(a.text, b.text);
}

/** Not `-sign`: that makes a -0 of 0. */
const opposite = (sign: number): number => 0 - sign;

const order = <T extends number | bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
