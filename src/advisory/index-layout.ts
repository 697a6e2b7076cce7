/**
 * The advisory index on disk: what stands where. Written by index-writer.client.ts, read by index-reader.client.ts.
 *
 * One file, little-endian, made to be read in small pieces with `pread` and never parsed as a whole:
 *
 *     0   8  magic "HFADVIDX"
 *     8   4  format version (1)
 *    12   4  header length H
 *    16   4  CRC-32 of the header
 *    20   H  header: UTF-8 JSON, see IndexHeader
 *     .      names    n × u32 name hash, ascending; then n × u32 position in `packages`
 *     .      packages one record for each name: u32 CRC-32 of the text | UTF-8 JSON, see `packageLine`; it ends where the
 *                     next one begins
 *     .      blocks   raw-deflated blocks of details: u32 CRC-32 of the deflated bytes | bytes
 *     .      directory b × (u32 first advisory number | u32 position in `blocks`)
 *
 * JSON for the small pieces, because JSON.parse is native code: in a process that lives for 50 ms nothing of ours gets hot.
 * Every piece carries a CRC-32, so a flipped bit is an error and never an answer. CRC-32 guards against damage, not
 * against forgery: whoever can write the index can also write the policy.
 */
import type { Affected, Range, RangeEvent, Severity } from './advisory.ts';

export const INDEX_MAGIC = 'HFADVIDX';
export const INDEX_VERSION = 1;
/** Bytes before the header. */
export const INDEX_PREAMBLE = 20;
/** A detail block is closed once it holds this many bytes before deflating. */
export const BLOCK_BYTES = 8_192;
/** More than any real header needs; a larger length is damage, and is refused before it is allocated. */
export const MAX_HEADER_BYTES = 1_048_576;

/** `offset` counts from the end of the header. */
interface Section {
  readonly offset: number;
  readonly bytes: number;
}

export interface IndexHeader {
  /** RFC 3339: when this file was built. */
  readonly built: string;
  /** RFC 3339: the newest `modified` among the records. The age of the data counts from here, never from `built`. */
  readonly dataAsOf: string | null;
  readonly sources: readonly IndexSource[];
  readonly counts: IndexCounts;
  /** Lower-case hex SHA-256 of everything behind the header: names a database in evidence. */
  readonly digest: string;
  /** Bytes behind the header: a shorter file was cut off. */
  readonly bodyBytes: number;
  readonly names: Section & { readonly count: number; readonly crc: number };
  readonly packages: Section;
  readonly blocks: Section;
  readonly directory: Section & { readonly count: number; readonly crc: number };
}

export interface IndexSource {
  /** File or folder name without its path: no one's home folder belongs into an index that travels. */
  readonly name: string;
  readonly records: number;
}

export interface IndexCounts {
  /** Records that can match: not withdrawn, with a range or a version of an ecosystem. */
  readonly advisories: number;
  readonly packages: number;
  readonly malware: number;
  /** Records that concern a CVE of CISA's list of known exploited vulnerabilities. */
  readonly kev: number;
  /** Records whose ranges were read from an advisory's text. */
  readonly derived: number;
  readonly withdrawn: number;
  /** Records that name no range and no version: nothing can match them. */
  readonly unranged: number;
  /** Records replaced by a newer one of the same id. */
  readonly replaced: number;
  /** Things in the sources that are no advisory. */
  readonly skipped: number;
  /** Malformed optional fields that were left out. */
  readonly droppedFields: number;
  readonly ecosystems: { readonly [ecosystem: string]: number };
}

/** Which index a run uses. */
export interface IndexPlace {
  readonly path: string;
  /** Why this one: outputs name it. */
  readonly chosenBy: '--db' | 'HOLDFAST_DB' | 'cache' | 'snapshot';
}

/** What a record says beyond its ranges; read only for hits. */
export interface AdvisoryDetail {
  readonly id: string;
  /** All ids of the alias group but this one, transitively (at most MAX_ALIASES). */
  readonly aliases: readonly string[];
  /** The same for all members of an alias group. */
  readonly group: string;
  readonly modified: string;
  readonly published: string | null;
  readonly cwes: readonly string[];
  readonly urls: readonly string[];
  readonly malware: boolean;
  readonly kev: boolean;
  readonly derived: boolean;
  readonly ratings: readonly {
    readonly severity: Severity;
    readonly score: number | null;
    readonly vector: string | null;
  }[];
}

/** A group larger than this is an accident of the sources; its further ids are dropped, its grouping is not. */
export const MAX_ALIASES = 64;

/** `npm` + `lodash` as one key. NUL cannot stand in either. */
export const packageKey = (ecosystem: string, name: string): string => `${ecosystem}\0${name}`;

/** FNV-1a, 32 bit, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/); collisions are told apart by the key. */
export function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** One advisory that speaks of a package: enough to decide whether a version is affected. */
export interface Candidate extends Pick<Affected, 'ranges' | 'versions'> {
  /** Number of the advisory in this index. */
  readonly advisory: number;
  /** Which of the detail's ratings holds for this package. */
  readonly rating: number;
}

/** `[advisory, rating, ranges]`, with the enumerated versions behind it where there are any. */
type PackedCandidate = readonly [number, number, readonly (readonly string[])[], (readonly string[])?];

/** An event is its type's letter before its version: `i0`, `f1.2.3`. */
const EVENT_LETTERS = { introduced: 'i', fixed: 'f', last_affected: 'l', limit: 'm' } as const;

/** What `packages` holds of one `affected` element; the candidate's own numbers are put around it when all are known. */
export function packVersions({ ranges, versions }: Pick<Affected, 'ranges' | 'versions'>): string {
  const packed = ranges.map(({ events }) => events.map(({ type, version }) => `${EVENT_LETTERS[type]}${version}`));
  return versions.length === 0 ? JSON.stringify(packed) : `${JSON.stringify(packed)},${JSON.stringify(versions)}`;
}

/** @param entries `advisory,rating,` and what `packVersions` gave, for each advisory of the package */
export const packageLine = (key: string, entries: readonly string[]): string =>
  `[${JSON.stringify(key)},[${entries.map((entry) => `[${entry}]`).join(',')}]]`;

/** `null` when the line is another package's whose hash happens to be the same. @throws as parseDetail */
export function parsePackage(line: string, key: string): readonly Candidate[] | null {
  // Cast as in `parseDetail`: a CRC-checked line that `packageLine` made.
  const [written, entries] = JSON.parse(line) as [string, readonly PackedCandidate[]];
  if (written !== key) return null;
  return entries.map(([advisory, rating, ranges, versions]) => ({
    advisory,
    rating,
    ranges: ranges.map(unpackRange),
    versions: versions ?? [],
  }));
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

const FLAG_MALWARE = 1;
const FLAG_KEV = 2;
const FLAG_DERIVED = 4;

/** The part of a detail that is known when its record is read, packed early: a flat text is a fifth of its tree of objects. */
export function packFacts({ modified, published, cwes, urls, ratings }: DetailFacts): string {
  const packed = ratings.map(({ severity, score, vector }) => [severity, score, vector]);
  return JSON.stringify([modified, published, cwes.map(shortCwe), urls, packed]);
}

export type DetailFacts = Pick<AdvisoryDetail, 'modified' | 'published' | 'cwes' | 'urls' | 'ratings'>;

/** One line of JSON without keys: they would be a third of the snapshot. @param facts as `packFacts` gives them */
export function detailLine(detail: Omit<AdvisoryDetail, keyof DetailFacts>, facts: string): string {
  const flags = (detail.malware ? FLAG_MALWARE : 0) | (detail.kev ? FLAG_KEV : 0) | (detail.derived ? FLAG_DERIVED : 0);
  const { id, aliases } = detail;
  // The group's key is nearly always its smallest member; it is written only where it is not.
  const group = detail.group === smallest([id, ...aliases]) ? '' : `,${JSON.stringify(detail.group)}`;
  return `[${JSON.stringify(id)},${JSON.stringify(aliases)},${flags},${facts}${group}]`;
}

/** @throws Error when the line was not written by `detailLine`; the reader has checked its CRC before. */
export function parseDetail(line: string): AdvisoryDetail {
  // The one cast of this format: a CRC-checked line that our own writer made.
  const [id, aliases, flags, [modified, published, cwes, urls, ratings], group] = JSON.parse(line) as [
    string,
    string[],
    number,
    [string, string | null, (string | number)[], string[], [Severity, number | null, string | null][]],
    string?,
  ];
  return {
    id,
    aliases,
    group: group ?? smallest([id, ...aliases]),
    modified,
    published,
    cwes: cwes.map((cwe) => (typeof cwe === 'number' ? `CWE-${cwe}` : cwe)),
    urls,
    malware: (flags & FLAG_MALWARE) !== 0,
    kev: (flags & FLAG_KEV) !== 0,
    derived: (flags & FLAG_DERIVED) !== 0,
    ratings: ratings.map(([severity, score, vector]) => ({ severity, score, vector })),
  };
}

const shortCwe = (cwe: string): string | number => (/^CWE-[1-9]\d{0,5}$/.test(cwe) ? Number(cwe.slice(4)) : cwe);
const smallest = (ids: readonly string[]): string => ids.reduce((least, id) => (id < least ? id : least));
