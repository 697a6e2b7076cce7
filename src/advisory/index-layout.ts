/**
 * The advisory index on disk: what stands where. Written by index-writer.client.ts, read by index-reader.client.ts; the
 * texts inside the pieces are index-lines.ts.
 *
 * One file, little-endian, made to be read in small pieces with `pread` and never parsed as a whole:
 *
 *     0   8  magic "HFADVIDX"
 *     8   4  format version (2)
 *    12   4  header length H
 *    16   4  CRC-32 of the header
 *    20   H  header: UTF-8 JSON, see IndexHeader
 *     .      names     n × u32 name hash, ascending; then n × u32 position in `packages`
 *     .      packages  one record for each name: u32 CRC-32 of the text | UTF-8 JSON, see `packageLine`; it ends where the
 *                      next one begins
 *     .      blocks    raw-deflated blocks of details: u32 CRC-32 of the deflated bytes | bytes
 *     .      directory b × (u32 first advisory number | u32 position in `blocks`)
 *     .      ids       i × (u32 advisory number | u32 hash of its id or of an alias of its record), by hash, then number
 *     .      absent    raw-deflated JSON: records that match nothing but must be remembered, see `absentText`
 *     .      exploited k × u32 CVE key (cve.ts), ascending: CISA's catalogue
 *     .      epss      p × u32 first CVE key of a page; then p pages: u32 CRC-32 of the rows | up to EPSS_PAGE rows of
 *                      u32 CVE key, ascending | u32 probability | u32 percentile, both × EPSS_SCALE
 *
 * A scan reads the header, `names`, lines of `packages`, and for hits their blocks, `directory`, `exploited` and pages of
 * `epss`. `ids` answers questions for an id; `absent` is for updates alone.
 *
 * Advisories have numbers that stay while their details stay the same: an update (index-merge.ts) copies what it does not
 * touch, gives what is new or changed the next free numbers in blocks at the end, and leaves the old details behind as
 * dead. Exploitation and EPSS are therefore no part of a detail: they change every day for everything, and are looked
 * up by CVE when a detail is read.
 *
 * JSON for the small pieces, because JSON.parse is native code: in a process that lives for 50 ms nothing of ours gets hot.
 * Every piece carries a CRC-32, so a flipped bit is an error and never an answer. CRC-32 guards against damage, not
 * against forgery: whoever can write the index can also write the policy.
 */
import type { Affected, EpssScore, Severity } from './advisory.ts';

export const INDEX_MAGIC = 'HFADVIDX';
export const INDEX_VERSION = 2;
/** Bytes before the header. */
export const INDEX_PREAMBLE = 20;
/** A detail block is closed once it holds this many bytes before deflating. */
export const BLOCK_BYTES = 8_192;
/** More than any real header needs; a larger length is damage, and is refused before it is allocated. */
export const MAX_HEADER_BYTES = 1_048_576;
/** FIRST publishes five decimals. */
export const EPSS_SCALE = 100_000;
/** Rows that are read together for one CVE: 3 KB. */
export const EPSS_PAGE = 256;
/** Key, probability, percentile. */
export const EPSS_COLUMNS = 3;

/** `offset` counts from the end of the header. */
export interface Section {
  readonly offset: number;
  readonly bytes: number;
  readonly count: number;
  /** Of the whole section; of the first keys for `epss`; 0 for `packages` and `blocks`, whose pieces carry their own. */
  readonly crc: number;
}

/** In the order of the file. */
export const SECTION_NAMES = [
  'names',
  'packages',
  'blocks',
  'directory',
  'ids',
  'absent',
  'exploited',
  'epss',
] as const;

export type SectionName = (typeof SECTION_NAMES)[number];
export type IndexSections = Readonly<Record<SectionName, Section>>;
/** The bytes of an index that stands, each section at the start of a memory of its own, so that numbers can be seen in it. */
export type StoredSections = Readonly<Record<SectionName, Uint8Array>>;

export interface IndexHeader {
  /** RFC 3339: when this file was built or last updated. */
  readonly built: string;
  /** RFC 3339: the newest `modified` among the records. The age of the data counts from here, never from `built`. */
  readonly dataAsOf: string | null;
  /** Of the last full build. */
  readonly sources: readonly IndexSource[];
  readonly counts: IndexCounts;
  /** Details that updates have left behind, see `needsRebuild`. */
  readonly dead: number;
  /** Where the records came from, when they came by a sync. */
  readonly sync: SyncState | null;
  /** Lower-case hex SHA-256 of everything behind the header: names a database in evidence. */
  readonly digest: string;
  /** Bytes behind the header: a shorter file was cut off. */
  readonly bodyBytes: number;
  readonly sections: IndexSections;
}

/**
 * What the next sync has to know of the last one. Written by the sync (sync-run.actions.ts), kept here, not looked into. No address
 * in it carries a password: an index travels.
 */
export interface SyncState {
  /** Address of the bucket, without a slash at its end. */
  readonly base: string;
  /** RFC 3339: when everything was fetched last. */
  readonly fullAt: string;
  /** By ecosystem. */
  readonly cursors: Readonly<Record<string, SyncCursor>>;
  readonly kev: { readonly url: string; readonly checkedAt: string } | null;
  readonly epss: { readonly url: string; readonly scoreDate: string; readonly checkedAt: string } | null;
}

/** Up to where the list of an ecosystem's changes was followed. */
export interface SyncCursor {
  /** RFC 3339 */
  readonly modified: string;
  /** Of the list. */
  readonly etag: string | null;
  /** RFC 3339 */
  readonly checkedAt: string;
}

export interface IndexSource {
  /** File or folder name without its path: no one's home folder belongs into an index that travels. */
  readonly name: string;
  readonly records: number;
}

/**
 * `replaced`, `skipped` and `droppedFields` are sums over the last full build and the updates since; every other count is
 * that of the index as it is.
 */
export interface IndexCounts {
  /** Records that can match: not withdrawn, with a range or a version of an ecosystem. */
  readonly advisories: number;
  readonly packages: number;
  readonly malware: number;
  /** Records that concern a CVE of CISA's list of known exploited vulnerabilities. */
  readonly kev: number;
  /** Records whose ranges were read from an advisory's text. */
  readonly derived: number;
  /** Ids that a record withdrew. */
  readonly withdrawn: number;
  /** Ids with a record that names no range and no version: nothing can match it. */
  readonly unranged: number;
  /** Records replaced by a newer one of the same id. */
  readonly replaced: number;
  /** Things in the sources that are no advisory. */
  readonly skipped: number;
  /** Malformed optional fields that were left out. */
  readonly droppedFields: number;
  readonly ecosystems: { readonly [ecosystem: string]: number };
}

/**
 * True when more than a quarter of the details are dead: then building anew costs less than carrying them along. Findings
 * are right either way.
 */
export const needsRebuild = ({ counts, dead }: Pick<IndexHeader, 'counts' | 'dead'>): boolean =>
  dead * 4 > counts.advisories + dead;

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
  /** A CVE of the group is in CISA's catalogue of known exploited vulnerabilities. */
  readonly kev: boolean;
  /** The highest score that EPSS gives to a CVE of the group; `null` where it gives none. */
  readonly epss: EpssScore | null;
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

/**
 * FNV-1a, 32 bit, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/), of a package key or of an id;
 * collisions are told apart by the texts themselves.
 */
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
