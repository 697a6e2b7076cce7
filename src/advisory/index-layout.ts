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
 *     .      packages one record for each name:
 *                     u32 CRC-32 of the payload | varint payload length | payload
 *                     payload: text key | varint entries | entries
 *                     entry:   varint advisory number | varint rating | ranges | versions
 *                     ranges:  varint count | (varint events | (u8 event type | text version)…)…
 *                     versions: varint count | text…
 *     .      blocks   raw-deflated blocks of details: u32 CRC-32 of the deflated bytes | bytes
 *     .      directory b × (u32 first advisory number | u32 position in `blocks`)
 *
 * text: varint byte length | UTF-8. varint: LEB128, at most 5 bytes. A detail is one line of JSON, see `detailLine`.
 * Every piece carries a CRC-32, so a flipped bit is an error and never an answer. CRC-32 guards against damage, not
 * against forgery: whoever can write the index can also write the policy.
 */
import type { Severity } from './advisory.ts';

export const INDEX_MAGIC = 'HFADVIDX';
export const INDEX_VERSION = 1;
/** Bytes before the header. */
export const INDEX_PREAMBLE = 20;
/** A detail block is closed once it holds this many bytes before deflating (DESIGN §6). */
export const BLOCK_BYTES = 16_384;
/** More than any real header needs; a larger length is damage, and is refused before it is allocated. */
export const MAX_HEADER_BYTES = 1_048_576;

export const EVENT_TYPES = ['introduced', 'fixed', 'last_affected', 'limit'] as const;

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
  readonly fileBytes: number;
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

const FLAG_MALWARE = 1;
const FLAG_KEV = 2;
const FLAG_DERIVED = 4;

/** One line of JSON without keys: they would be a third of the snapshot. */
export function detailLine(detail: AdvisoryDetail): string {
  const flags = (detail.malware ? FLAG_MALWARE : 0) | (detail.kev ? FLAG_KEV : 0) | (detail.derived ? FLAG_DERIVED : 0);
  const members = [detail.id, ...detail.aliases];
  // The group's key is nearly always its smallest member; it is written only where it is not.
  const group = detail.group === smallest(members) ? [] : [detail.group];
  const ratings = detail.ratings.map(({ severity, score, vector }) => [severity, score, vector]);
  const { id, aliases, modified, published, cwes, urls } = detail;
  return JSON.stringify([id, aliases, modified, published, cwes.map(shortCwe), urls, flags, ratings, ...group]);
}

/** @throws Error when the line was not written by `detailLine`; the reader has checked its CRC before. */
export function parseDetail(line: string): AdvisoryDetail {
  // The one cast of this format: a CRC-checked line that our own writer made.
  const [id, aliases, modified, published, cwes, urls, flags, ratings, group] = JSON.parse(line) as [
    string,
    string[],
    string,
    string | null,
    (string | number)[],
    string[],
    number,
    [Severity, number | null, string | null][],
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
