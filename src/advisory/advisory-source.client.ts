/**
 * Reads what people have advisories in: OSV zips, folders of JSON files, NDJSON, single JSON documents, each also gzipped;
 * CISA's catalogue of known exploited vulnerabilities in either shape; and FIRST's EPSS scores as CSV, also gzipped.
 *
 * What a file is, its first bytes say, never its name. One broken record is reported and skipped; a file with nothing
 * usable in it is an error. Limits keep a zip or gzip bomb from taking the machine along.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32, createGunzip, inflateRawSync } from 'node:zlib';
import * as yauzl from 'yauzl';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { LineTooLong, splitLines } from '../platform/lines.ts';
import type { EpssScore } from './advisory.ts';
import { isEpssStart, readEpssLine } from './epss.ts';

/**
 * What a source holds, one at a time. `broken` is text that should have been JSON, or a score, or a part of an archive that is not what
 * the archive says of it: `damaged` tells the last, after which nothing else in the archive can be relied on either.
 */
export type SourceItem =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'score'; readonly cve: string; readonly score: EpssScore }
  | { readonly type: 'broken'; readonly where: string; readonly why: string; readonly damaged: boolean };

/** The longest record or document that is read, before JSON.parse: the longest published ones have 1–2 MB. */
const MAX_DOCUMENT_BYTES = 128 * 1024 * 1024;
/** All text of one source together; OSV's npm zip unpacks to well under 1 GB. */
const MAX_SOURCE_BYTES = 8 * 1024 * 1024 * 1024;
/** There are 300,000 CVEs in 2026. */
const MAX_SCORES = 4_000_000;
const ZIP_METHOD_STORED = 0;
const ZIP_METHOD_DEFLATED = 8;

/**
 * Everything in a source, in a stable order.
 *
 * @throws FILE_NOT_FOUND, ADVISORY_SOURCE_UNREADABLE
 */
export async function* readSource(path: string): AsyncGenerator<SourceItem> {
  try {
    if (statSync(path).isDirectory()) yield* readFolder(path);
    else yield* readOneFile(path, path);
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    if (isObject(cause) && cause['code'] === 'ENOENT') {
      throw new HoldfastError('FILE_NOT_FOUND', `${path} does not exist`, {
        hint: 'Name a zip, a folder, or an NDJSON file of OSV records.',
        cause,
      });
    }
    throw unreadable(path, messageOf(cause), cause);
  }
}

async function* readFolder(folder: string): AsyncGenerator<SourceItem> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((file) => /\.(json|ndjson|jsonl)(\.gz)?$|\.zip$/i.test(file)).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) yield* readOneFile(path, name);
  }
}

async function* readOneFile(path: string, where: string): AsyncGenerator<SourceItem> {
  const magic = firstBytes(path, 4);
  if (magic.toString('latin1') === 'PK\x03\x04' || magic.toString('latin1') === 'PK\x05\x06') {
    yield* readZip(path);
    return;
  }
  const file: Readable = createReadStream(path, { highWaterMark: 1 << 18 });
  const gzipped = magic[0] === 0x1f && magic[1] === 0x8b;
  // An error of the file does not travel through pipe() by itself.
  const text = gzipped ? file.on('error', (error) => text.destroy(error)).pipe(createGunzip()) : file;
  yield* readText(text, path, where);
}

function firstBytes(path: string, count: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
  } finally {
    closeSync(file);
  }
}

/** NDJSON line by line, or EPSS scores; a file whose first line is neither by itself is read as one document. */
async function* readText(stream: Readable, path: string, where: string): AsyncGenerator<SourceItem> {
  let line = 0;
  let scores = false;
  for await (const text of linesOf(stream, path)) {
    line++;
    const bare = line === 1 ? text.replace(/^\ufeff/, '') : text;
    if (line === 1) scores = isEpssStart(bare);
    if (scores) {
      if (line > MAX_SCORES) throw unreadable(path, 'it has more than 4,000,000 scores');
      const score = readEpssLine(bare);
      if (score !== null)
        yield score.ok
          ? { type: 'score', ...score.value }
          : { type: 'broken', where: `${where}:${line}`, why: score.error, damaged: false };
      continue;
    }
    if (bare.trim() === '') continue;
    const item = parseItem(bare, `${where}:${line}`);
    if (item.type === 'broken' && line === 1) {
      yield parseItem(await wholeDocument(path), where);
      return;
    }
    yield item;
  }
}

async function wholeDocument(path: string): Promise<string> {
  if (statSync(path).size > MAX_DOCUMENT_BYTES) throw unreadable(path, 'it is one JSON document of more than 128 MB');
  const bytes = await readFile(path);
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const { gunzipSync } = await import('node:zlib');
  const text = gzipped ? gunzipSync(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES }) : bytes;
  return text.toString('utf8').replace(/^\ufeff/, '');
}

async function* linesOf(stream: Readable, path: string): AsyncGenerator<string> {
  try {
    yield* splitLines(limited(stream as AsyncIterable<Buffer>, path), MAX_DOCUMENT_BYTES);
  } catch (error) {
    throw error instanceof LineTooLong ? unreadable(path, 'it has a line of more than 128 MB') : error;
  }
}

async function* limited(stream: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > MAX_SOURCE_BYTES) throw unreadable(path, 'it unpacks to more than 8 GB');
    yield chunk;
  }
}

function parseItem(text: string, where: string): SourceItem {
  try {
    return { type: 'value', value: JSON.parse(text) as unknown };
  } catch (error) {
    return { type: 'broken', where, why: messageOf(error), damaged: false };
  }
}

async function* readZip(path: string): AsyncGenerator<SourceItem> {
  const file = openSync(path, 'r');
  try {
    const windows = new FileWindows(file);
    const size = fstatSync(file).size;
    const zip = await yauzl.fromRandomAccessReaderPromise(windows, size, {
      autoClose: false,
      lazyEntries: true,
      validateEntrySizes: true,
    });
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      if (!/\.json$/i.test(entry.fileName)) continue;
      const where = `${basename(path)}/${entry.fileName}`;
      total += entry.uncompressedSize;
      if (total > MAX_SOURCE_BYTES) throw unreadable(path, 'it unpacks to more than 8 GB');
      if (entry.uncompressedSize > MAX_DOCUMENT_BYTES || entry.compressedSize > MAX_DOCUMENT_BYTES) {
        yield damaged(where, 'it is larger than 128 MB');
        continue;
      }
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      yield unpackEntry(windows, entry, fileDataStart, where);
    }
  } finally {
    closeSync(file);
  }
}

/** OSV's zips hold 220,000 files of 700 bytes: three reads of the disk for each took ten times as long as everything else. */
const WINDOW_BYTES = 1 << 20;
/** The directory at the end and the files are read in turns. */
const WINDOWS = 4;

/** A file seen through a few large windows, for yauzl and for the entries themselves. */
class FileWindows extends yauzl.RandomAccessReader {
  readonly #file: number;
  /** Most recently used first. */
  #windows: { readonly start: number; readonly bytes: Buffer }[] = [];

  constructor(file: number) {
    super();
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    const copied = this.copy(buffer.subarray(offset, offset + length), position);
    queueMicrotask(() => done(copied ? null : new Error('the zip ends too early')));
  }

  /** `false` when the file ends before `into` is full. */
  copy(into: Buffer, position: number): boolean {
    for (let done = 0; done < into.length; ) {
      const { start, bytes } = this.#windowAt(position + done);
      const copied = bytes.copy(into, done, position + done - start);
      if (copied === 0) return false;
      done += copied;
    }
    return true;
  }

  #windowAt(position: number): { readonly start: number; readonly bytes: Buffer } {
    const start = position - (position % WINDOW_BYTES);
    let window = this.#windows.find((each) => each.start === start);
    if (window === undefined) {
      const bytes = Buffer.allocUnsafe(WINDOW_BYTES);
      window = { start, bytes: bytes.subarray(0, readSync(this.#file, bytes, 0, WINDOW_BYTES, start)) };
    }
    if (this.#windows[0] !== window)
      this.#windows = [window, ...this.#windows.filter((each) => each !== window)].slice(0, WINDOWS);
    return window;
  }
}

function unpackEntry(windows: FileWindows, entry: yauzl.Entry, start: number, where: string): SourceItem {
  const packed = Buffer.allocUnsafe(entry.compressedSize);
  if (!windows.copy(packed, start)) return damaged(where, 'the zip ends too early');
  if (entry.isEncrypted()) return damaged(where, 'it is encrypted');
  try {
    const bytes = unpack(packed, entry);
    if (bytes === null) return damaged(where, `compression method ${entry.compressionMethod} is not read`);
    if (bytes.length !== entry.uncompressedSize) return damaged(where, 'it unpacks to another size than stated');
    // The central directory's CRC-32, APPNOTE 6.3.10 §4.4.7: the size alone misses every flipped bit.
    if (crc32(bytes) !== entry.crc32) return damaged(where, 'it has another CRC-32 than stated');
    return parseItem(bytes.toString('utf8'), where);
  } catch (error) {
    return damaged(where, messageOf(error));
  }
}

const damaged = (where: string, why: string): SourceItem => ({ type: 'broken', where, why, damaged: true });

function unpack(packed: Buffer, entry: yauzl.Entry): Buffer | null {
  if (entry.compressionMethod === ZIP_METHOD_STORED) return packed;
  if (entry.compressionMethod !== ZIP_METHOD_DEFLATED) return null;
  // zlib refuses a limit of zero; an entry that claims to be empty may unpack to one byte and is then refused by its size.
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
}

const unreadable = (path: string, why: string, cause?: unknown): HoldfastError =>
  new HoldfastError('ADVISORY_SOURCE_UNREADABLE', `${path} could not be read: ${why}`, {
    hint: 'Nothing was built from it; an existing index is unchanged. Fetch the file again and compare its checksum.',
    cause,
  });
