/**
 * Reads an advisory index (index-layout.ts): opens with three small reads, then one `pread` for each package that has
 * advisories and one for each block of details that a finding needs.
 *
 * Every piece is checked by its CRC before it is believed. A file that another process replaces meanwhile stays readable
 * here: we hold the old one open.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { sha256OfChunks } from '../lib/hash.ts';
import { isObject } from '../lib/json.ts';
import {
  hashKey,
  INDEX_MAGIC,
  INDEX_PREAMBLE,
  INDEX_VERSION,
  MAX_HEADER_BYTES,
  packageKey,
  parseDetail,
  parsePackage,
  type AdvisoryDetail,
  type Candidate,
  type IndexHeader,
} from './index-layout.ts';

/** Deflated blocks hold 16 KB and one record more; a bomb of more than this is damage. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024;
/** How many inflated blocks stay in memory (≈ 8 MB): findings of one scan cluster in far fewer. */
const CACHED_BLOCKS = 512;
/** The shipped snapshot's packages are below this; those of a full OSV mirror are not. */
const SMALL_SECTION = 4 << 20;
const NEWLINE = 10;
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
  #directory: Uint32Array | null = null;
  readonly #blocks = new Map<number, Buffer>();

  /** @throws INDEX_NOT_FOUND, INDEX_FOREIGN, INDEX_NEWER, INDEX_OLDER, INDEX_DAMAGED, FILE_UNREADABLE */
  constructor(path: string) {
    this.path = path;
    this.#file = openFile(path);
    try {
      const { header, body } = readHeader(path, this.#file);
      this.header = header;
      this.#body = body;
      this.#names = this.#numbers(header.names, header.names.count * 2, header.names.crc);
      const { offset, bytes } = header.packages;
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
    const hash = hashKey(key);
    for (let slot = firstAtLeast(this.#names, this.header.names.count, hash); this.#names[slot] === hash; slot++) {
      if (slot >= this.header.names.count) break;
      const found = this.#record(slot, key);
      if (found !== null) return found;
    }
    return [];
  }

  detail(advisory: number): AdvisoryDetail {
    const directory = this.#blockDirectory();
    const { count } = this.header.directory;
    let block = 0;
    for (let high = count - 1; block < high; ) {
      const middle = (block + high + 1) >>> 1;
      if ((directory[middle * 2] ?? 0) <= advisory) block = middle;
      else high = middle - 1;
    }
    const lines = this.#block(block);
    let from = 0;
    for (let skip = advisory - (directory[block * 2] ?? 0); skip > 0; skip--) from = lines.indexOf(NEWLINE, from) + 1;
    const to = lines.indexOf(NEWLINE, from);
    if (to < 0) throw this.#damaged(`advisory ${advisory} is missing`);
    return parseDetail(lines.toString('utf8', from, to));
  }

  /** Reads every byte once and compares it with the digest. @throws INDEX_DAMAGED */
  verify(): void {
    if (sha256OfChunks(this.#bodyChunks()) !== this.header.digest) throw this.#damaged('the digest differs');
  }

  *#bodyChunks(): Iterable<Uint8Array> {
    const step = 1 << 20;
    for (let at = 0; at < this.header.bodyBytes; at += step)
      yield this.#read(at, Math.min(step, this.header.bodyBytes - at));
  }

  #record(slot: number, key: string): readonly Candidate[] | null {
    const { count } = this.header.names;
    const { packages } = this.header;
    const from = this.#names[count + slot] ?? 0;
    const to = slot + 1 < count ? (this.#names[count + slot + 1] ?? 0) : packages.bytes;
    if (from > to || to > packages.bytes) throw this.#damaged('a record lies outside its section');
    const bytes =
      this.#packages === null ? this.#read(packages.offset + from, to - from) : this.#packages.subarray(from, to);
    const line = bytes.subarray(4);
    if (from + 4 > to || crc32(line) !== bytes.readUInt32LE(0)) throw this.#damaged('a record has another checksum');
    return parsePackage(line.toString('utf8'), key);
  }

  #block(block: number): Buffer {
    const cached = this.#blocks.get(block);
    if (cached !== undefined) return cached;
    const directory = this.#blockDirectory();
    const { blocks, directory: place } = this.header;
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
    const { directory } = this.header;
    this.#directory ??= this.#numbers(directory, directory.count * 2, directory.crc);
    return this.#directory;
  }

  /** u32 numbers straight from the file: every platform that Node 26 runs on is little-endian. */
  #numbers(section: { readonly offset: number; readonly bytes: number }, count: number, crc: number): Uint32Array {
    if (section.bytes !== count * 4) throw this.#damaged('a table has another length');
    const numbers = new Uint32Array(count);
    const bytes = Buffer.from(numbers.buffer);
    readFully(this.path, this.#file, bytes, this.#body + section.offset);
    if (crc32(bytes) !== crc) throw this.#damaged('a table has another checksum');
    return numbers;
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    readFully(this.path, this.#file, bytes, this.#body + offset);
    return bytes;
  }

  #damaged(what: string): HoldfastError {
    return damaged(this.path, what);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const missing = isObject(cause) && cause['code'] === 'ENOENT';
    throw new HoldfastError(
      missing ? 'INDEX_NOT_FOUND' : 'FILE_UNREADABLE',
      missing ? `there is no advisory index at ${path}` : `${path} cannot be opened: ${messageOf(cause)}`,
      { hint: 'Name another one with --db, or build one: holdfast db build --out FILE SOURCE…', cause },
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
        ? 'Upgrade Holdfast, or build the index with this version: holdfast db build.'
        : 'Build it again: holdfast db build.',
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

/** The first slot whose hash is not below `hash`; `count` when all are. */
function firstAtLeast(hashes: Uint32Array, count: number, hash: number): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

const foreign = (path: string): HoldfastError =>
  new HoldfastError('INDEX_FOREIGN', `${path} is not an advisory index of Holdfast`, {
    hint: 'OSV zips, folders and NDJSON are turned into one by: holdfast db build --out FILE SOURCE…',
  });

const damaged = (path: string, what: string): HoldfastError =>
  new HoldfastError('INDEX_DAMAGED', `${path} is damaged: ${what}`, {
    hint: 'Nothing was answered from it. Build it again (holdfast db build), or remove it to use the shipped snapshot.',
  });
