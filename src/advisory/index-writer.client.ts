/**
 * The bytes of an index (index-layout.ts): those of a change alone, or of a change to an index that stands, of which
 * everything that stays is copied as it lies.
 *
 * What changes is decided in index-builder.ts and index-merge.ts; the file is put in place by platform/replace-file.ts.
 */
import { crc32, deflateRawSync } from 'node:zlib';
import { sha256OfChunks } from '../lib/hash.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import { ByteSink } from '../platform/bytes.ts';
import type { EpssScore } from './advisory.ts';
import type { IndexChange, PackageEdit, Placed } from './index-change.ts';
import {
  BLOCK_BYTES,
  EPSS_COLUMNS,
  EPSS_PAGE,
  EPSS_SCALE,
  hashKey,
  INDEX_MAGIC,
  INDEX_PREAMBLE,
  INDEX_VERSION,
  MAX_HEADER_BYTES,
  SECTION_NAMES,
  type IndexHeader,
  type IndexSections,
  type IndexSource,
  type Section,
  type SectionName,
  type StoredSections,
  type SyncState,
} from './index-layout.ts';
import { absentText, detailLine, packageLine } from './index-lines.ts';

/** What the header says beside what follows from the records. */
export interface HeaderFacts {
  readonly built: Instant;
  readonly sources: readonly IndexSource[];
  readonly sync: SyncState | null;
}

/** A section in the making. */
interface Piece {
  readonly bytes: readonly Uint8Array[];
  readonly count: number;
  readonly crc: number;
}

const NONE = new Uint8Array();
const NOTHING: StoredSections = {
  names: NONE,
  packages: NONE,
  blocks: NONE,
  directory: NONE,
  ids: NONE,
  absent: NONE,
  exploited: NONE,
  epss: NONE,
};

/** The whole index, in pieces to be written one after another, and its header. @param old `null` for a full build */
export function writeIndex(
  old: { readonly header: IndexHeader; readonly sections: StoredSections } | null,
  change: IndexChange,
  facts: HeaderFacts,
): { readonly chunks: readonly Uint8Array[]; readonly header: IndexHeader } {
  const stored = old?.sections ?? NOTHING;
  const first = old === null ? 0 : old.header.counts.advisories + old.header.dead;
  const { names, packages } = splicePackages(stored, change.packages);
  const { blocks, directory } = appendDetails(stored, change.placed, first);
  const pieces: Readonly<Record<SectionName, Piece>> = {
    names,
    packages,
    blocks,
    directory,
    ids: mergeIds(stored.ids, change, first),
    absent: packAbsent(change),
    exploited: change.exploited === null ? kept(old, 'exploited') : packExploited(change.exploited),
    epss: change.epss === null ? kept(old, 'epss') : packEpss(change.epss),
  };
  const body = SECTION_NAMES.flatMap((name) => pieces[name].bytes);
  const header: IndexHeader = {
    built: formatInstant(facts.built),
    dataAsOf: change.newest === null ? null : formatInstant(change.newest),
    sources: facts.sources,
    counts: { ...change.counts, packages: names.count },
    dead: (old?.header.dead ?? 0) + change.dead.size,
    sync: facts.sync,
    digest: sha256OfChunks(body),
    bodyBytes: lengthOf(body),
    sections: layOut(pieces),
  };
  return { chunks: [preamble(header), ...body], header };
}

const numbersIn = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
/** Little-endian as they lie in memory: every platform that Node 26 runs on is. */
const bytesOf = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
const lengthOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
const table = (bytes: Uint8Array, count: number): Piece => ({ bytes: [bytes], count, crc: crc32(bytes) });

function kept(
  old: { readonly header: IndexHeader; readonly sections: StoredSections } | null,
  name: 'exploited' | 'epss',
): Piece {
  if (old === null) return table(NONE, 0);
  const { count, crc } = old.header.sections[name];
  return { bytes: [old.sections[name]], count, crc };
}

/** Lines of packages in the order of their hashes: runs of old ones as they are, and between them what is edited. */
function splicePackages(
  old: StoredSections,
  edits: readonly PackageEdit[],
): { readonly names: Piece; readonly packages: Piece } {
  const oldNames = numbersIn(old.names);
  const oldCount = oldNames.length / 2;
  const oldHashes = oldNames.subarray(0, oldCount);
  const oldPositions = oldNames.subarray(oldCount);
  const most = oldCount + edits.length;
  const hashes = new Uint32Array(most);
  const positions = new Uint32Array(most);
  const lines = new ByteSink(old.packages.length + (1 << 20));
  let count = 0;

  const copy = (from: number, to: number): void => {
    if (from >= to) return;
    const begin = oldPositions[from] ?? 0;
    const end = to < oldCount ? (oldPositions[to] ?? 0) : old.packages.length;
    const shift = lines.length - begin;
    hashes.set(oldHashes.subarray(from, to), count);
    for (let slot = from; slot < to; slot++) positions[count++] = (oldPositions[slot] ?? 0) + shift;
    lines.bytes(old.packages.subarray(begin, end));
  };
  let slot = 0;
  for (const { key, hash, at, replaces, entries } of inOrder(edits, oldHashes)) {
    copy(slot, at);
    slot = replaces ? at + 1 : at;
    if (entries.length === 0) continue;
    hashes[count] = hash;
    positions[count++] = lines.length;
    const line = Buffer.from(packageLine(key, entries));
    lines.u32(crc32(line));
    lines.bytes(line);
  }
  copy(slot, oldCount);

  const names = new Uint32Array(count * 2);
  names.set(hashes.subarray(0, count));
  names.set(positions.subarray(0, count), count);
  return { names: table(bytesOf(names), count), packages: { bytes: [lines.view()], count, crc: 0 } };
}

interface OrderedEdit {
  readonly key: string;
  readonly hash: number;
  /** The old line that it replaces, or before which it stands. */
  readonly at: number;
  readonly replaces: boolean;
  readonly entries: readonly string[];
}

function inOrder(edits: readonly PackageEdit[], oldHashes: Uint32Array): readonly OrderedEdit[] {
  return edits
    .map(({ key, slot, entries }): OrderedEdit => {
      const hash = hashKey(key);
      return { key, hash, at: slot ?? firstAbove(oldHashes, hash), replaces: slot !== null, entries };
    })
    .sort((a, b) => a.at - b.at || a.hash - b.hash || (a.key < b.key ? -1 : 1));
}

function firstAbove(hashes: Uint32Array, hash: number): number {
  let low = 0;
  for (let high = hashes.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] ?? 0) <= hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** New details in blocks of their own, behind the old ones. */
function appendDetails(
  old: StoredSections,
  placed: readonly Placed[],
  first: number,
): { readonly blocks: Piece; readonly directory: Piece } {
  const blocks = new ByteSink(1 << 20);
  const directory = new ByteSink();
  directory.bytes(old.directory);
  const open = new ByteSink(BLOCK_BYTES * 2);
  let begins = first;
  const close = (next: number): void => {
    const deflated = deflateRawSync(open.view(), { level: 9 });
    directory.u32(begins);
    directory.u32(old.blocks.length + blocks.length);
    blocks.u32(crc32(deflated));
    blocks.bytes(deflated);
    open.clear();
    begins = next;
  };
  for (const [i, each] of placed.entries()) {
    open.bytes(Buffer.from(`${lineOf(each)}\n`));
    if (open.length >= BLOCK_BYTES) close(first + i + 1);
  }
  if (open.length > 0) close(first + placed.length);
  const count = directory.length / 8;
  return { blocks: { bytes: [old.blocks, blocks.view()], count, crc: 0 }, directory: table(directory.view(), count) };
}

function lineOf({ record, entries, members }: Placed): string {
  const { id, aliases: own, malware, derived, facts } = record;
  const packages = [...new Set(entries.map(({ key }) => hashKey(key)))];
  return detailLine({ id, own, packages, malware, derived, members, facts });
}

function mergeIds(old: Uint8Array, { placed, dead }: IndexChange, first: number): Piece {
  const oldPairs = numbersIn(old);
  const added = placed.reduce((sum, { record }) => sum + 1 + record.aliases.length, 0);
  const pairs = new Uint32Array(oldPairs.length + added * 2);
  let length = 0;
  for (let i = 0; i < oldPairs.length; i += 2) {
    const number = oldPairs[i] ?? 0;
    if (dead.has(number)) continue;
    pairs[length++] = number;
    pairs[length++] = oldPairs[i + 1] ?? 0;
  }
  for (const [i, { record }] of placed.entries()) {
    for (const id of [record.id, ...record.aliases]) {
      pairs[length++] = first + i;
      pairs[length++] = hashKey(id);
    }
  }
  // Seen as 64 bits, little-endian: the hash is the upper half, so this sorts by hash and then by number, without a callback.
  new BigUint64Array(pairs.buffer, 0, length / 2).sort();
  return table(bytesOf(pairs.subarray(0, length)), length / 2);
}

function packAbsent({ absent }: IndexChange): Piece {
  return table(absent.size === 0 ? NONE : deflateRawSync(absentText(absent), { level: 9 }), absent.size);
}

const packExploited = (keys: ReadonlySet<number>): Piece => table(bytesOf(Uint32Array.from(keys).sort()), keys.size);

function packEpss(scores: ReadonlyMap<number, EpssScore>): Piece {
  const keys = Uint32Array.from(scores.keys()).sort();
  const firstKeys = new Uint32Array(Math.ceil(keys.length / EPSS_PAGE));
  const pages = new ByteSink(1 << 12);
  const rows = new ByteSink(EPSS_PAGE * EPSS_COLUMNS * 4);
  for (let page = 0; page < firstKeys.length; page++) {
    rows.clear();
    for (const key of keys.subarray(page * EPSS_PAGE, (page + 1) * EPSS_PAGE)) {
      const { probability = 0, percentile = 0 } = scores.get(key) ?? {};
      rows.u32(key);
      rows.u32(Math.round(probability * EPSS_SCALE));
      rows.u32(Math.round(percentile * EPSS_SCALE));
    }
    firstKeys[page] = keys[page * EPSS_PAGE] ?? 0;
    pages.u32(crc32(rows.view()));
    pages.bytes(rows.view());
  }
  const directory = bytesOf(firstKeys);
  return { bytes: [directory, pages.view()], count: keys.length, crc: crc32(directory) };
}

/** Section offsets count from the start of the body, so that the header's own length does not move them. */
function layOut(pieces: Readonly<Record<SectionName, Piece>>): IndexSections {
  let offset = 0;
  const place = (name: SectionName): Section => {
    const { bytes: chunks, count, crc } = pieces[name];
    const bytes = lengthOf(chunks);
    offset += bytes;
    return { offset: offset - bytes, bytes, count, crc };
  };
  return {
    names: place('names'),
    packages: place('packages'),
    blocks: place('blocks'),
    directory: place('directory'),
    ids: place('ids'),
    absent: place('absent'),
    exploited: place('exploited'),
    epss: place('epss'),
  };
}

function preamble(header: IndexHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  if (json.length > MAX_HEADER_BYTES) throw new Error(`a header of ${json.length} bytes could not be read again`);
  const head = Buffer.alloc(INDEX_PREAMBLE);
  head.write(INDEX_MAGIC, 0, 'latin1');
  head.writeUInt32LE(INDEX_VERSION, 8);
  head.writeUInt32LE(json.length, 12);
  head.writeUInt32LE(crc32(json), 16);
  return Buffer.concat([head, json]);
}
