/**
 * Turns advisories into the bytes of an index (index-layout.ts), in memory bounded by the facts, not by the texts.
 *
 * Versions are packed as they arrive; alias groups, replaced records and known exploitation need all records and are
 * settled in `finish`. Reading sources is advisory-source.client.ts; the file is written by platform/replace-file.ts.
 */
import { crc32, deflateRawSync } from 'node:zlib';
import { sha256OfChunks } from '../lib/hash.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import { ByteSink } from '../platform/bytes.ts';
import { collectGarbage } from '../platform/collect-garbage.ts';
import type { Advisory, Affected, Rating } from './advisory.ts';
import { groupAliases } from './alias.ts';
import {
  BLOCK_BYTES,
  detailLine,
  hashKey,
  INDEX_MAGIC,
  INDEX_PREAMBLE,
  INDEX_VERSION,
  MAX_ALIASES,
  packageKey,
  packageLine,
  packFacts,
  packVersions,
  type IndexCounts,
  type IndexHeader,
  type IndexSource,
} from './index-layout.ts';
import { survivors } from './supersede.ts';

/** A record with its versions and facts packed. */
interface Pending {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly modified: Instant;
  readonly withdrawn: boolean;
  readonly malware: boolean;
  readonly derived: boolean;
  /** As `packFacts` gives them. */
  readonly facts: string;
  readonly entries: readonly Entry[];
}

/** One list for the many records without aliases. */
const NO_ALIASES: readonly string[] = [];

interface Entry {
  readonly key: number;
  readonly ecosystem: string;
  readonly rating: number;
  /** As `packVersions` gives it: a short flat text instead of a tree of objects, so that 220,000 records stay small. */
  readonly versions: string;
}

interface Placed {
  readonly record: Pending;
  readonly entries: readonly Entry[];
}

export class IndexBuilder {
  readonly #records: Pending[] = [];
  readonly #keys = new Map<string, number>();
  readonly #exploited = new Set<string>();
  #skipped = 0;
  #droppedFields = 0;

  add(advisory: Advisory, droppedFields: number): void {
    this.#droppedFields += droppedFields;
    const ratings: Rating[] = [];
    const matchable = advisory.affected.filter(({ ranges, versions }) => ranges.length > 0 || versions.length > 0);
    const entries = matchable.map((affected) => this.#pack(affected, ratings));
    const { id, modified, malware, cwes, urls } = advisory;
    const aliases = advisory.aliases.length === 0 ? NO_ALIASES : advisory.aliases;
    const published = advisory.published === null ? null : formatInstant(advisory.published);
    const facts = packFacts({ modified: formatInstant(modified), published, cwes, urls, ratings });
    const derived = advisory.quality === 'derived';
    const withdrawn = advisory.withdrawn !== null;
    this.#records.push({ id, aliases, modified, withdrawn, malware, derived, facts, entries });
  }

  /** A CVE of CISA's Known Exploited Vulnerabilities catalogue. */
  addExploited(cve: string): void {
    this.#exploited.add(cve);
  }

  /** Something in a source that was no advisory. */
  skip(): void {
    this.#skipped++;
  }

  /** The whole index, in pieces to be written one after another, and its header. */
  finish(
    built: Instant,
    sources: readonly IndexSource[],
  ): { readonly chunks: readonly Buffer[]; readonly header: IndexHeader } {
    const { live, replaced } = survivors(this.#records);
    const placed = live.filter(({ entries }) => entries.length > 0).sort(byPackage);
    collectGarbage();
    const { groupOf, members } = groupAliases(placed.map(({ record }) => record));
    const exploited = members.map((ids) => ids.some((id) => this.#exploited.has(id)));

    collectGarbage();
    const details = packDetails(
      placed,
      (record) => members[groupOf[record] ?? -1] ?? [],
      (record) => exploited[groupOf[record] ?? -1] === true,
    );
    collectGarbage();
    const packages = this.#packPackages(placed);
    const body = [packages.names, packages.records, details.blocks, details.directory];
    const counts: IndexCounts = {
      advisories: placed.length,
      packages: packages.count,
      malware: placed.filter(({ record }) => record.malware).length,
      kev: placed.filter((_, number) => exploited[groupOf[number] ?? -1] === true).length,
      derived: placed.filter(({ record }) => record.derived).length,
      withdrawn: this.#records.filter(({ withdrawn }) => withdrawn).length,
      unranged: this.#records.filter(({ entries, withdrawn }) => !withdrawn && entries.length === 0).length,
      replaced,
      skipped: this.#skipped,
      droppedFields: this.#droppedFields,
      ecosystems: countEcosystems(placed),
    };
    const newest = this.#records.reduce<Instant | null>(
      (max, { modified }) => (max === null || modified > max ? modified : max),
      null,
    );
    const header = layOut(body, {
      built: formatInstant(built),
      dataAsOf: newest === null ? null : formatInstant(newest),
      sources,
      counts,
      names: packages.count,
      blocks: details.count,
    });
    return { chunks: [preamble(header), ...body], header };
  }

  #pack(affected: Affected, ratings: Rating[]): Entry {
    const { ecosystem, name, rating } = affected;
    const key = packageKey(ecosystem, name);
    const number = this.#keys.get(key) ?? this.#keys.size;
    this.#keys.set(key, number);
    return { key: number, ecosystem, rating: ratingNumber(rating, ratings), versions: packVersions(affected) };
  }

  #packPackages(placed: readonly Placed[]): {
    readonly names: Buffer;
    readonly records: Buffer;
    readonly count: number;
  } {
    const entriesOf: string[][] = Array.from(this.#keys, () => []);
    for (const [number, { entries }] of placed.entries()) {
      for (const { key, rating, versions } of entries) entriesOf[key]?.push(`${number},${rating},${versions}`);
    }
    const named = [...this.#keys]
      .filter(([, number]) => (entriesOf[number]?.length ?? 0) > 0)
      .map(([key, number]) => ({ key, number, hash: hashKey(key) }))
      .sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1));

    const records = new ByteSink(1 << 20);
    const names = Buffer.allocUnsafe(named.length * 8);
    for (const [position, { key, number, hash }] of named.entries()) {
      const line = Buffer.from(packageLine(key, entriesOf[number] ?? []));
      names.writeUInt32LE(hash, position * 4);
      names.writeUInt32LE(records.length, (named.length + position) * 4);
      records.u32(crc32(line));
      records.bytes(line);
    }
    return { names, records: records.take(), count: named.length };
  }
}

/** Details of one package lie together, so that its findings are read from one block. */
function byPackage(a: Placed, b: Placed): number {
  return (
    (a.entries[0]?.key ?? 0) - (b.entries[0]?.key ?? 0) ||
    (a.record.id < b.record.id ? -1 : a.record.id > b.record.id ? 1 : 0)
  );
}

function ratingNumber(rating: Rating, ratings: Rating[]): number {
  const known = ratings.findIndex(
    ({ severity, score, vector }) => severity === rating.severity && score === rating.score && vector === rating.vector,
  );
  return known >= 0 ? known : ratings.push(rating) - 1;
}

function countEcosystems(placed: readonly Placed[]): { readonly [ecosystem: string]: number } {
  const counts = new Map<string, number>();
  for (const { entries } of placed) {
    for (const ecosystem of new Set(entries.map((entry) => entry.ecosystem)))
      counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function packDetails(
  placed: readonly Placed[],
  groupMembers: (record: number) => readonly string[],
  isExploited: (record: number) => boolean,
): { readonly blocks: Buffer; readonly directory: Buffer; readonly count: number } {
  const blocks = new ByteSink(1 << 20);
  const directory = new ByteSink();
  const open = new ByteSink(BLOCK_BYTES * 2);
  let first = 0;
  const close = (next: number): void => {
    const deflated = deflateRawSync(open.view(), { level: 9 });
    directory.u32(first);
    directory.u32(blocks.length);
    blocks.u32(crc32(deflated));
    blocks.bytes(deflated);
    open.clear();
    first = next;
  };
  for (const [number, { record }] of placed.entries()) {
    const { id, malware, derived, facts } = record;
    const group = groupMembers(number);
    const aliases = group.filter((member) => member !== id).slice(0, MAX_ALIASES);
    const line = detailLine({ id, aliases, group: group[0] ?? id, malware, kev: isExploited(number), derived }, facts);
    open.bytes(Buffer.from(`${line}\n`));
    if (open.length >= BLOCK_BYTES) close(number + 1);
  }
  if (open.length > 0) close(placed.length);
  return { blocks: blocks.take(), directory: directory.take(), count: directory.length / 8 };
}

interface HeaderFacts {
  readonly built: string;
  readonly dataAsOf: string | null;
  readonly sources: readonly IndexSource[];
  readonly counts: IndexCounts;
  readonly names: number;
  readonly blocks: number;
}

/** Section offsets count from the start of the body, so that the header's own length does not move them. */
function layOut(body: readonly Buffer[], facts: HeaderFacts): IndexHeader {
  const [names, packages, blocks, directory] = body.map(({ length }, i) => ({
    offset: body.slice(0, i).reduce((sum, chunk) => sum + chunk.length, 0),
    bytes: length,
  }));
  if (names === undefined || packages === undefined || blocks === undefined || directory === undefined)
    throw new Error('four sections');
  return {
    built: facts.built,
    dataAsOf: facts.dataAsOf,
    sources: facts.sources,
    counts: facts.counts,
    digest: sha256OfChunks(body),
    bodyBytes: directory.offset + directory.bytes,
    names: { ...names, count: facts.names, crc: crc32(body[0] ?? '') },
    packages,
    blocks,
    directory: { ...directory, count: facts.blocks, crc: crc32(body[3] ?? '') },
  };
}

function preamble(header: IndexHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(INDEX_PREAMBLE);
  head.write(INDEX_MAGIC, 0, 'latin1');
  head.writeUInt32LE(INDEX_VERSION, 8);
  head.writeUInt32LE(json.length, 12);
  head.writeUInt32LE(crc32(json), 16);
  return Buffer.concat([head, json]);
}
