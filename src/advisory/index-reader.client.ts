/**
 * Reads an advisory index (index-layout.ts): opens with three small reads, then one `pread` for each package that has
 * advisories and one for each block of details that a finding needs. The tables behind them are read when they are asked.
 *
 * Every piece is checked by its CRC before it is believed. A file that another process replaces meanwhile stays readable
 * here: we hold the old one open.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { sha256OfChunks } from '../lib/hash.ts';
import { isObject } from '../lib/json.ts';
import { parseInstant, type Instant } from '../lib/time.ts';
import type { EpssScore } from './advisory.ts';
import { aliasClosure } from './alias-closure.ts';
import { cveId, cveKey } from './cve.ts';
import {
  EPSS_COLUMNS,
  EPSS_PAGE,
  EPSS_SCALE,
  hashKey,
  INDEX_MAGIC,
  INDEX_PREAMBLE,
  INDEX_VERSION,
  MAX_HEADER_BYTES,
  packageKey,
  SECTION_NAMES,
  type AdvisoryDetail,
  type Candidate,
  type IndexHeader,
  type SectionName,
  type StoredSections,
} from './index-layout.ts';
import { parseAbsent, parseDetail, parsePackage, type Absent, type StoredDetail } from './index-lines.ts';

/** Deflated blocks hold 16 KB and one record more; a bomb of more than this is damage. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024;
/** Room for several million ids that match nothing. */
const MAX_ABSENT_BYTES = 256 * 1024 * 1024;
/** How many inflated blocks stay in memory (≈ 8 MB): findings of one scan cluster in far fewer. */
const CACHED_BLOCKS = 512;
/** The shipped snapshot's packages are below this; those of a full OSV mirror are not. */
const SMALL_SECTION = 4 << 20;
const NEWLINE = 10;
const EPSS_PAGE_BYTES = 4 + EPSS_PAGE * EPSS_COLUMNS * 4;
/** One read brings the preamble and the usual header. */
const FIRST_READ = 4_096;

export class IndexReader {
  readonly path: string;
  readonly header: IndexHeader;
  readonly #file: number;
  readonly #body: number;
  /** First half: name hashes, ascending. Second half: where their records begin. */
  readonly #names: Uint32Array;
  /** The whole section, where it is small enough that one read beats a read for each package. */
  readonly #packages: Buffer | null;
  /** Tables that were asked so far. */
  readonly #tables = new Map<SectionName, Uint32Array>();
  #absent: ReadonlyMap<string, Absent> | null = null;
  readonly #blocks = new Map<number, Buffer>();
  readonly #scorePages = new Map<number, Uint32Array>();
  /** Of groups with more ids than a detail holds, by group. */
  readonly #largeGroups = new Map<string, readonly string[]>();

  /** @throws INDEX_NOT_FOUND, INDEX_FOREIGN, INDEX_NEWER, INDEX_OLDER, INDEX_DAMAGED, FILE_UNREADABLE */
  constructor(path: string) {
    this.path = path;
    this.#file = openFile(path);
    try {
      const { header, body } = readHeader(path, this.#file);
      this.header = header;
      this.#body = body;
      this.#names = this.#table('names', header.sections.names.count * 2);
      const { offset, bytes } = header.sections.packages;
      this.#packages = bytes <= SMALL_SECTION ? this.#read(offset, bytes) : null;
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The advisories that name a package; a name nobody speaks of costs no read. */
  candidates(ecosystem: string, name: string): readonly Candidate[] {
    const key = packageKey(ecosystem, name);
    for (const { line } of this.linesAt(hashKey(key))) {
      const found = parsePackage(line, key);
      if (found !== null) return found;
    }
    return [];
  }

  detail(advisory: number): AdvisoryDetail {
    return this.#tell(this.stored(advisory));
  }

  /**
   * All advisories of the alias group of an id, in whatever ecosystem, by id; none for an id that nothing can match (unknown,
   * withdrawn, or without ranges).
   */
  byId(id: string): readonly AdvisoryDetail[] {
    const group = [...aliasClosure([id], this).values()].map((stored) => this.#tell(stored));
    return group.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.modified < b.modified ? -1 : 1));
  }

  /** The newest `modified` that is known of an id, also if it matches nothing; `null` when the id is unknown. */
  modifiedOf(id: string): Instant | null {
    const { withdrawn = null, unranged = null } = this.absent().get(id) ?? {};
    const matching = this.numbersOf(id)
      .map((number) => this.stored(number))
      .filter((stored) => stored.id === id);
    const times = [withdrawn, unranged, ...matching.map(({ modified }) => modified)].map((text) =>
      parseInstant(text ?? ''),
    );
    return times.reduce((newest, at) => (newest === null || (at !== null && at > newest) ? at : newest), null);
  }

  /** Reads every byte once and compares it with the digest. @throws INDEX_DAMAGED */
  verify(): void {
    if (sha256OfChunks(this.#bodyChunks()) !== this.header.digest) throw this.#damaged('the digest differs');
  }

  /** Everything, compared with the digest: what an update builds on. @throws INDEX_DAMAGED */
  sections(): StoredSections {
    const read = (name: SectionName): Buffer => {
      const { offset, bytes } = this.header.sections[name];
      return this.#read(offset, bytes);
    };
    const sections: StoredSections = {
      names: read('names'),
      packages: read('packages'),
      blocks: read('blocks'),
      directory: read('directory'),
      ids: read('ids'),
      absent: read('absent'),
      exploited: read('exploited'),
      epss: read('epss'),
    };
    if (sha256OfChunks(SECTION_NAMES.map((name) => sections[name])) !== this.header.digest)
      throw this.#damaged('the digest differs');
    return sections;
  }

  /** Advisories whose id, or an own alias of which, has the hash of this id. */
  numbersOf(id: string): readonly number[] {
    const { count } = this.header.sections.ids;
    const pairs = this.#table('ids', count * 2);
    const hash = hashKey(id);
    const numbers = new Set<number>();
    for (let i = firstAtLeast(pairs, count, hash, 2, 1); i < count && pairs[i * 2 + 1] === hash; i++)
      numbers.add(pairs[i * 2] ?? 0);
    return [...numbers];
  }

  stored(advisory: number): StoredDetail {
    const directory = this.#blockDirectory();
    const block = lastAtMost(directory, this.header.sections.directory.count, advisory, 2);
    const lines = this.#block(block);
    let from = 0;
    for (let skip = advisory - (directory[block * 2] ?? 0); skip > 0; skip--) from = lines.indexOf(NEWLINE, from) + 1;
    const to = lines.indexOf(NEWLINE, from);
    if (to < 0) throw this.#damaged(`advisory ${advisory} is missing`);
    return parseDetail(lines.toString('utf8', from, to));
  }

  /** The lines of all packages whose name has this hash, and their places among the names. */
  linesAt(hash: number): readonly { readonly slot: number; readonly line: string }[] {
    const { count } = this.header.sections.names;
    const lines = [];
    let slot = firstAtLeast(this.#names, count, hash);
    for (; slot < count && this.#names[slot] === hash; slot++) lines.push({ slot, line: this.#line(slot) });
    return lines;
  }

  /** Ids that match nothing. */
  absent(): ReadonlyMap<string, Absent> {
    this.#absent ??= this.#readAbsent();
    return this.#absent;
  }

  /** CVE keys (cve.ts) of CISA's catalogue, ascending. */
  exploited(): Uint32Array {
    return this.#table('exploited', this.header.sections.exploited.count);
  }

  /** All EPSS scores, by CVE id. */
  scores(): ReadonlyMap<string, EpssScore> {
    const scores = new Map<string, EpssScore>();
    const pages = Math.ceil(this.header.sections.epss.count / EPSS_PAGE);
    if (pages > 0) this.#table('epss', pages);
    for (let page = 0; page < pages; page++) {
      const rows = this.#scorePage(page, pages);
      for (let row = 0; row < rows.length; row += EPSS_COLUMNS)
        scores.set(cveId(rows[row] ?? 0), {
          probability: (rows[row + 1] ?? 0) / EPSS_SCALE,
          percentile: (rows[row + 2] ?? 0) / EPSS_SCALE,
        });
    }
    return scores;
  }

  #tell(stored: StoredDetail): AdvisoryDetail {
    const { id, aliases, group, modified, published, cwes, urls, malware, derived, ratings } = stored;
    const cves = this.#groupIds(stored).flatMap((member) => cveKey(member) ?? []);
    const kev = cves.some((cve) => this.#isExploited(cve));
    const epss = cves.map((cve) => this.#score(cve)).reduce(higher, null);
    return { id, aliases, group, modified, published, cwes, urls, malware, kev, epss, derived, ratings };
  }

  #groupIds(stored: StoredDetail): readonly string[] {
    if (!stored.cut) return [stored.id, ...stored.aliases];
    const known = this.#largeGroups.get(stored.group);
    if (known !== undefined) return known;
    const ids = new Set<string>();
    for (const { id, own } of aliasClosure([stored.id], this).values()) for (const each of [id, ...own]) ids.add(each);
    this.#largeGroups.set(stored.group, [...ids]);
    return [...ids];
  }

  #isExploited(cve: number): boolean {
    const keys = this.exploited();
    return keys[firstAtLeast(keys, keys.length, cve)] === cve;
  }

  #score(cve: number): EpssScore | null {
    const pages = Math.ceil(this.header.sections.epss.count / EPSS_PAGE);
    if (pages === 0) return null;
    const firstKeys = this.#table('epss', pages);
    const rows = this.#scorePage(lastAtMost(firstKeys, pages, cve, 1), pages);
    const row = firstAtLeast(rows, rows.length / EPSS_COLUMNS, cve, EPSS_COLUMNS) * EPSS_COLUMNS;
    if (rows[row] !== cve) return null;
    return { probability: (rows[row + 1] ?? 0) / EPSS_SCALE, percentile: (rows[row + 2] ?? 0) / EPSS_SCALE };
  }

  #scorePage(page: number, pages: number): Uint32Array {
    const cached = this.#scorePages.get(page);
    if (cached !== undefined) return cached;
    const { offset, bytes } = this.header.sections.epss;
    const from = pages * 4 + page * EPSS_PAGE_BYTES;
    const read = this.#read(offset + from, Math.min(EPSS_PAGE_BYTES, bytes - from));
    const rows = new Uint32Array(read.buffer, 4);
    if (crc32(read.subarray(4)) !== read.readUInt32LE(0)) throw this.#damaged('a page of scores has another checksum');
    this.#scorePages.set(page, rows);
    return rows;
  }

  #readAbsent(): ReadonlyMap<string, Absent> {
    const { offset, bytes, crc } = this.header.sections.absent;
    if (bytes === 0) return new Map();
    const deflated = this.#read(offset, bytes);
    if (crc32(deflated) !== crc) throw this.#damaged('a table has another checksum');
    return parseAbsent(inflateRawSync(deflated, { maxOutputLength: MAX_ABSENT_BYTES }).toString('utf8'));
  }

  *#bodyChunks(): Iterable<Uint8Array> {
    const step = 1 << 20;
    for (let at = 0; at < this.header.bodyBytes; at += step)
      yield this.#read(at, Math.min(step, this.header.bodyBytes - at));
  }

  #line(slot: number): string {
    const { names, packages } = this.header.sections;
    const from = this.#names[names.count + slot] ?? 0;
    const to = slot + 1 < names.count ? (this.#names[names.count + slot + 1] ?? 0) : packages.bytes;
    if (from + 4 > to || to > packages.bytes) throw this.#damaged('a record lies outside its section');
    const bytes =
      this.#packages === null ? this.#read(packages.offset + from, to - from) : this.#packages.subarray(from, to);
    const line = bytes.subarray(4);
    if (crc32(line) !== bytes.readUInt32LE(0)) throw this.#damaged('a record has another checksum');
    return line.toString('utf8');
  }

  #block(block: number): Buffer {
    const cached = this.#blocks.get(block);
    if (cached !== undefined) return cached;
    const directory = this.#blockDirectory();
    const { blocks, directory: place } = this.header.sections;
    const from = directory[block * 2 + 1] ?? 0;
    const to = block + 1 < place.count ? (directory[block * 2 + 3] ?? 0) : blocks.bytes;
    if (from + 4 > to || to > blocks.bytes) throw this.#damaged('a block lies outside its section');
    const bytes = this.#read(blocks.offset + from, to - from);
    const deflated = bytes.subarray(4);
    if (crc32(deflated) !== bytes.readUInt32LE(0)) throw this.#damaged('a block has another checksum');
    const lines = inflateRawSync(deflated, { maxOutputLength: MAX_BLOCK_BYTES });
    if (this.#blocks.size >= CACHED_BLOCKS) this.#blocks.clear();
    this.#blocks.set(block, lines);
    return lines;
  }

  #blockDirectory(): Uint32Array {
    return this.#table('directory', this.header.sections.directory.count * 2);
  }

  /**
   * The first `count` numbers of a section, straight from the file: every platform that Node 26 runs on is little-endian.
   */
  #table(name: SectionName, count: number): Uint32Array {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const { offset, bytes, crc } = this.header.sections[name];
    if (count * 4 > bytes) throw this.#damaged('a table has another length');
    const numbers = new Uint32Array(count);
    const raw = Buffer.from(numbers.buffer);
    readFully(this.path, this.#file, raw, this.#body + offset);
    if (crc32(raw) !== crc) throw this.#damaged('a table has another checksum');
    this.#tables.set(name, numbers);
    return numbers;
  }

  /** Bytes in a memory of their own. */
  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    readFully(this.path, this.#file, bytes, this.#body + offset);
    return bytes;
  }

  #damaged(what: string): HoldfastError {
    return damaged(this.path, what);
  }
}

const higher = (a: EpssScore | null, b: EpssScore | null): EpssScore | null =>
  a === null || (b !== null && b.probability > a.probability) ? b : a;

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const missing = isObject(cause) && cause['code'] === 'ENOENT';
    throw new HoldfastError(
      missing ? 'INDEX_NOT_FOUND' : 'FILE_UNREADABLE',
      missing ? `there is no advisory index at ${path}` : `${path} cannot be opened: ${messageOf(cause)}`,
      {
        hint: 'Name another one with --db, or make one: holdfast db sync, or holdfast db build --out FILE SOURCE…',
        cause,
      },
    );
  }
}

function readHeader(path: string, file: number): { readonly header: IndexHeader; readonly body: number } {
  const stat = fstatSync(file);
  if (!stat.isFile()) throw foreign(path);
  const first = Buffer.alloc(Math.min(FIRST_READ, stat.size));
  readFully(path, file, first, 0);
  if (first.toString('latin1', 0, 8) !== INDEX_MAGIC) throw foreign(path);
  if (first.length < INDEX_PREAMBLE) throw damaged(path, 'it ends inside its preamble');
  checkVersion(path, first.readUInt32LE(8));
  const length = first.readUInt32LE(12);
  if (length > MAX_HEADER_BYTES || INDEX_PREAMBLE + length > stat.size)
    throw damaged(path, 'it ends inside its header');
  const bytes = Buffer.alloc(length);
  readFully(path, file, bytes, INDEX_PREAMBLE);
  if (crc32(bytes) !== first.readUInt32LE(16)) throw damaged(path, 'its header has another checksum');
  // The one cast: bytes with the right checksum under our magic and version were written by our own builder.
  const header = JSON.parse(bytes.toString('utf8')) as IndexHeader;
  const body = INDEX_PREAMBLE + length;
  if (stat.size !== body + header.bodyBytes) {
    throw damaged(path, `it has ${stat.size} bytes instead of ${body + header.bodyBytes}`);
  }
  return { header, body };
}

function checkVersion(path: string, version: number): void {
  if (version === INDEX_VERSION) return;
  const newer = version > INDEX_VERSION;
  throw new HoldfastError(
    newer ? 'INDEX_NEWER' : 'INDEX_OLDER',
    `${path} has index format ${version}; this Holdfast reads format ${INDEX_VERSION}`,
    {
      hint: newer
        ? 'Upgrade Holdfast, or make the index with this version: holdfast db sync.'
        : 'Make it again: holdfast db sync (or db build).',
    },
  );
}

function readFully(path: string, file: number, into: Buffer, position: number): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(file, into, done, into.length - done, position + done);
    if (read === 0) throw damaged(path, 'it ends too early');
    done += read;
  }
}

/** The first of `count` ascending numbers, one in each row, that is not below `wanted`; `count` when all are. */
function firstAtLeast(rows: Uint32Array, count: number, wanted: number, columns = 1, column = 0): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((rows[middle * columns + column] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last that is not above `wanted`; the first when all are. */
const lastAtMost = (rows: Uint32Array, count: number, wanted: number, columns: number): number =>
  Math.max(0, firstAtLeast(rows, count, wanted + 1, columns) - 1);

const foreign = (path: string): HoldfastError =>
  new HoldfastError('INDEX_FOREIGN', `${path} is not an advisory index of Holdfast`, {
    hint: 'OSV zips, folders and NDJSON are turned into one by: holdfast db build --out FILE SOURCE…',
  });

const damaged = (path: string, what: string): HoldfastError =>
  new HoldfastError('INDEX_DAMAGED', `${path} is damaged: ${what}`, {
    hint: 'Nothing was answered from it. Make it again (holdfast db sync, or db build), or remove it to use the shipped snapshot.',
  });
