/**
 * The files of a log: hash tiles and entry bundles, their paths and their bytes.
 *
 * Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles), "Merkle Tree", "Partial Tiles" and "Log entries". The hashes
 * themselves are merkle.ts; tile-builder.ts makes all tiles of a log from its entries.
 *
 * ```
 * tile/0/x001/x234/067          256 leaf hashes, of entries 1234067 × 256 and following
 * tile/1/000.p/17               17 hashes, each the root of a full tile of level 0
 * tile/entries/000              256 entries, each behind its length as a big-endian uint16
 * ```
 */
import { no, ok, type Result } from '../lib/result.ts';
import { HASH_BYTES, isTreeSize } from './merkle.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the tree between a tile and the one above it. */
export const TILE_HEIGHT = 8;
const LENGTH_BYTES = 2;
/** What a uint16 length can say. */
export const MOST_ENTRY_BYTES = 65_535;
export const MOST_BUNDLE_BYTES = TILE_WIDTH * (LENGTH_BYTES + MOST_ENTRY_BYTES);
/** `<L>` "MUST be a decimal ASCII integer between 0 and 63". */
const HIGHEST_LEVEL = 63;

/** Level of a hash tile, or the bundles of entries, which lie beside level 0. */
export type TileLevel = number | 'entries';

export interface TilePlace {
  readonly level: TileLevel;
  /** From 0. */
  readonly index: number;
  /** 1 to 256; below 256 the tile is partial. */
  readonly width: number;
}

export function tilePath({ level, index, width }: TilePlace): string {
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** The length is looked at first: of a longer text nothing could be a tile of a tree that exists. */
const MOST_PATH_CHARS = 64;
const TILE_PATH = /^tile\/(\d{1,2}|entries)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/;

/** `null` for every text that `tilePath` does not give. */
export function parseTilePath(text: string): TilePlace | null {
  const [, level = '', groups = '', width = '256'] = text.length <= MOST_PATH_CHARS ? (TILE_PATH.exec(text) ?? []) : [];
  if (level === '') return null;
  const place: TilePlace = {
    level: level === 'entries' ? 'entries' : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: Number(width),
  };
  const { level: parsed, index } = place;
  if (parsed !== 'entries' && parsed > HIGHEST_LEVEL) return null;
  if (!isTreeSize(index) || place.width < 1 || place.width > TILE_WIDTH) return null;
  // Leading zeroes, `x000` in front and `.p/256` are second spellings of the same tile.
  return tilePath(place) === text ? place : null;
}

/** How many hashes a level has in a tree of that size: `floor(size / 256^level)`; for bundles, its entries. */
export function hashesAt(level: TileLevel, size: number): number {
  let count = size;
  for (let left = level === 'entries' ? 0 : level; left > 0 && count > 0; left--)
    count = Math.floor(count / TILE_WIDTH);
  return count;
}

/** How wide a tile is in a tree of that size; 0 where it has none. */
export const tileWidth = (level: TileLevel, index: number, size: number): number =>
  Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH));

/** The hash at a place of a tile. */
export const hashInTile = (tile: Uint8Array, at: number): Uint8Array =>
  tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);

/** @throws RangeError for an entry above 65,535 bytes: who appends has to refuse it before. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + LENGTH_BYTES + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MOST_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes fits no bundle`);
    bundle[at] = Math.floor(entry.length / 256);
    bundle[at + 1] = entry.length % 256;
    bundle.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bundle;
}

/** Why a bundle was not read. */
export type BundleFault =
  | { readonly fault: 'cut-off' }
  | { readonly fault: 'wrong-count'; readonly found: number }
  | { readonly fault: 'bytes-left-over'; readonly bytes: number };

/**
 * The entries of a bundle, as views into it.
 *
 * @param width How many there have to be.
 */
export function decodeBundle(bundle: Uint8Array, width: number): Result<readonly Uint8Array[], BundleFault> {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (entries.length === width) return no({ fault: 'bytes-left-over', bytes: bundle.length - at });
    const [high, low] = [bundle[at], bundle[at + 1]];
    if (high === undefined || low === undefined) return no({ fault: 'cut-off' });
    const end = at + LENGTH_BYTES + high * 256 + low;
    if (end > bundle.length) return no({ fault: 'cut-off' });
    entries.push(bundle.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return entries.length === width ? ok(entries) : no({ fault: 'wrong-count', found: entries.length });
}
