/**
 * The texts inside an index: one line for each package, one for each detail, one for the records that match nothing.
 *
 * JSON without keys: they would be a third of the snapshot. Where the texts stand in the file is index-layout.ts. Every
 * parser here reads what its writer in this file wrote, after the reader has compared a checksum: the casts are on that ground.
 */
import type { Affected, Range, RangeEvent, Severity } from './advisory.ts';
import { MAX_ALIASES, type AdvisoryDetail, type Candidate } from './index-layout.ts';

/** `[advisory, rating, ranges]`, with the enumerated versions behind it where there are any. */
type PackedCandidate = readonly [number, number, readonly (readonly string[])[], (readonly string[])?];

/** An event is its type's letter before its version: `i0`, `f1.2.3`. */
const EVENT_LETTERS = { introduced: 'i', fixed: 'f', last_affected: 'l', limit: 'm' } as const;

/** What `packages` holds of one `affected` element; the candidate's own numbers are put around it when all are known. */
export function packVersions({ ranges, versions }: Pick<Affected, 'ranges' | 'versions'>): string {
  const packed = ranges.map(({ events }) => events.map(({ type, version }) => `${EVENT_LETTERS[type]}${version}`));
  return versions.length === 0 ? JSON.stringify(packed) : `${JSON.stringify(packed)},${JSON.stringify(versions)}`;
}

/** What one advisory says of one package. @param versions as `packVersions` gives them */
export const packageEntry = (advisory: number, rating: number, versions: string): string =>
  `${advisory},${rating},${versions}`;

/** @param entries as `packageEntry` gives them, for each advisory of the package */
export const packageLine = (key: string, entries: readonly string[]): string =>
  `[${JSON.stringify(key)},[${entries.map((entry) => `[${entry}]`).join(',')}]]`;

/** `null` when the line is another package's whose hash happens to be the same. */
export function parsePackage(line: string, key: string): readonly Candidate[] | null {
  const [written, entries] = JSON.parse(line) as [string, readonly PackedCandidate[]];
  if (written !== key) return null;
  return entries.map(([advisory, rating, ranges, versions]) => ({
    advisory,
    rating,
    ranges: ranges.map(unpackRange),
    versions: versions ?? [],
  }));
}

/** One entry of a package's line, its versions still packed. */
export interface StoredEntry {
  readonly advisory: number;
  readonly rating: number;
  /** As `packVersions` gave them. */
  readonly versions: string;
}

/** The same line for an update, which moves entries and does not look into them. */
export function unpackPackage(line: string): { readonly key: string; readonly entries: readonly StoredEntry[] } {
  const [key, entries] = JSON.parse(line) as [string, readonly PackedCandidate[]];
  return {
    key,
    entries: entries.map(([advisory, rating, ...versions]) => ({
      advisory,
      rating,
      versions: versions.map((part) => JSON.stringify(part)).join(','),
    })),
  };
}

const unpackRange = (events: readonly string[]): Range => ({ events: events.map(unpackEvent) });

function unpackEvent(packed: string): RangeEvent {
  const version = packed.slice(1);
  switch (packed.charAt(0)) {
    case 'i':
      return { type: 'introduced', version };
    case 'f':
      return { type: 'fixed', version };
    case 'l':
      return { type: 'last_affected', version };
    case 'm':
      return { type: 'limit', version };
    default:
      throw new Error(`an event starts with ${packed.charAt(0)}`);
  }
}

export type DetailFacts = Pick<AdvisoryDetail, 'modified' | 'published' | 'cwes' | 'urls' | 'ratings'>;

/** The part of a detail that is known when its record is read, packed early. */
export function packFacts({ modified, published, cwes, urls, ratings }: DetailFacts): string {
  const packed = ratings.map(({ severity, score, vector }) => [severity, score, vector]);
  return JSON.stringify([modified, published, cwes.map(shortCwe), urls, packed]);
}

/** A detail as it lies in the file: what a scan wants to know, and what an update has to know. */
export interface StoredDetail extends Omit<AdvisoryDetail, 'kev' | 'epss'> {
  /** Aliases that the record itself names, ascending: groups are made from these again when a record goes. */
  readonly own: readonly string[];
  /** Hashes of the packages it stands under, each once: where an update finds its entries. */
  readonly packages: readonly number[];
  /** The group has more ids than `aliases` holds. */
  readonly cut: boolean;
}

const FLAG_MALWARE = 1;
const FLAG_DERIVED = 2;
const FLAG_CUT = 4;

/** What `detailLine` needs beside the facts. */
export interface DetailLine extends Pick<StoredDetail, 'id' | 'own' | 'packages' | 'malware' | 'derived'> {
  /** All ids of its alias group, ascending. */
  readonly members: readonly string[];
  /** As `packFacts` gives them. */
  readonly facts: string;
}

/** The record's own aliases are written only where they are not those of its whole group. */
export function detailLine({ id, own, packages, malware, derived, members, facts }: DetailLine): string {
  const others = members.filter((member) => member !== id);
  const aliases = others.slice(0, MAX_ALIASES);
  const cut = others.length > MAX_ALIASES;
  const flags = (malware ? FLAG_MALWARE : 0) | (derived ? FLAG_DERIVED : 0) | (cut ? FLAG_CUT : 0);
  const same = own.length === aliases.length && own.every((alias, i) => alias === aliases[i]);
  const tail = same ? '' : `,${JSON.stringify(own)}`;
  return `[${JSON.stringify(id)},${JSON.stringify(aliases)},${flags},${facts},[${packages.join(',')}]${tail}]`;
}

export function parseDetail(line: string): StoredDetail {
  const [id, aliases, flags, [modified, published, cwes, urls, ratings], packages, own] = JSON.parse(line) as [
    string,
    string[],
    number,
    [string, string | null, (string | number)[], string[], [Severity, number | null, string | null][]],
    number[],
    string[]?,
  ];
  // Ascending, and never cut before its first.
  const least = aliases[0] ?? id;
  return {
    id,
    aliases,
    group: least < id ? least : id,
    modified,
    published,
    cwes: cwes.map((cwe) => (typeof cwe === 'number' ? `CWE-${cwe}` : cwe)),
    urls,
    malware: (flags & FLAG_MALWARE) !== 0,
    derived: (flags & FLAG_DERIVED) !== 0,
    ratings: ratings.map(([severity, score, vector]) => ({ severity, score, vector })),
    own: own ?? aliases,
    packages,
    cut: (flags & FLAG_CUT) !== 0,
  };
}

const shortCwe = (cwe: string): string | number => (/^CWE-[1-9]\d{0,5}$/.test(cwe) ? Number(cwe.slice(4)) : cwe);

/**
 * What an update has to know of an id that matches nothing, so that an older copy of its record does not bring it back and
 * counts stay right.
 */
export interface Absent {
  /** RFC 3339 `modified` of the newest record that withdrew it. */
  readonly withdrawn: string | null;
  /** RFC 3339 `modified` of its newest record without ranges and versions. */
  readonly unranged: string | null;
}

/** By id, ascending, so that the same records give the same bytes. */
export const absentText = (absent: ReadonlyMap<string, Absent>): string =>
  JSON.stringify(
    [...absent].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, { withdrawn, unranged }]) => [id, withdrawn, unranged]),
  );

export const parseAbsent = (text: string): Map<string, Absent> =>
  new Map(
    (JSON.parse(text) as [string, string | null, string | null][]).map(([id, withdrawn, unranged]) => [
      id,
      { withdrawn, unranged },
    ]),
  );
