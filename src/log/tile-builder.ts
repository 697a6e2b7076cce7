/**
 * All tiles of a log, made from its leaf hashes in order. What writes a log and what verifies one share it: both have to
 * come to the same bytes (export-pack.ts, verify-log.ts).
 */
import { CompactRange, HASH_BYTES, type Hash } from './merkle.ts';
import { TILE_HEIGHT, TILE_WIDTH, type TilePlace } from './tile.ts';

export interface Tile extends TilePlace {
  readonly level: number;
  /** `width` hashes of 32 bytes. */
  readonly bytes: Uint8Array;
}

/** Holds one unfinished tile for each level, so its memory does not grow with the log. */
export class TileBuilder {
  readonly #range = new CompactRange();
  readonly #levels: OpenTile[] = [];

  get size(): number {
    return this.#range.size;
  }

  /** The root of everything appended so far. */
  root(): Hash {
    return this.#range.root();
  }

  /** @returns The tiles that this hash makes full, lowest level first; mostly none. */
  append(leafHash: Hash): readonly Tile[] {
    let full: Tile[] | null = null;
    this.#range.append(leafHash, (height, _, hash) => {
      if (height % TILE_HEIGHT !== 0) return;
      const tile = this.#put(height / TILE_HEIGHT, hash);
      if (tile !== null) full = [...(full ?? []), tile];
    });
    return full ?? NO_TILES;
  }

  /** The unfinished tiles at this size; an empty one is no tile. */
  partials(): readonly Tile[] {
    return this.#levels.filter(({ width }) => width > 0).map(finished);
  }

  #put(level: number, hash: Hash): Tile | null {
    const open = (this.#levels[level] ??= {
      level,
      index: 0,
      width: 0,
      bytes: new Uint8Array(TILE_WIDTH * HASH_BYTES),
    });
    open.bytes.set(hash, open.width * HASH_BYTES);
    open.width += 1;
    if (open.width < TILE_WIDTH) return null;
    const tile = finished(open);
    open.index += 1;
    open.width = 0;
    return tile;
  }
}

interface OpenTile {
  readonly level: number;
  index: number;
  width: number;
  readonly bytes: Uint8Array;
}

const NO_TILES: readonly Tile[] = [];

const finished = ({ level, index, width, bytes }: OpenTile): Tile => ({
  level,
  index,
  width,
  bytes: bytes.slice(0, width * HASH_BYTES),
});
