/**
 * Proofs, computed from the tiles of a log: that an entry stands in it, and that an older state of it is the beginning of
 * the newer one. Checking them is merkle.ts.
 *
 * Source: RFC 6962 §2.1.1 and §2.1.2. Both define a list of neighbouring subtrees by halving; the halving is a loop here.
 */
import { HoldfastError } from '../lib/errors.ts';
import { foldRight, HASH_BYTES, type Hash, isTreeSize, splitPoint } from './merkle.ts';
import { hashInTile, TILE_HEIGHT, TILE_WIDTH, tilePath, tileWidth } from './tile.ts';

/** Gives the bytes of a hash tile: `width` times 32. Proofs ask for a tile once, and for widths that the tree's size has. */
export type ReadTile = (level: number, index: number, width: number) => Promise<Uint8Array>;

/**
 * The hashes that lead from the entry to the root of the tree of that size, from the leaf upwards.
 *
 * @param index From 0, below `size`; who asks has refused all others.
 * @throws LOG_DAMAGED where a tile has the wrong length. A tile with wrong hashes is not noticed here: check the proof.
 */
export async function proveInclusion(index: number, size: number, readTile: ReadTile): Promise<readonly Hash[]> {
  if (!isTreeSize(size) || !isTreeSize(index) || index >= size) throw new RangeError(`no entry ${index} in ${size}`);
  const siblings: Span[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      siblings.push({ start: middle, end });
      end = middle;
    } else {
      siblings.push({ start, end: middle });
      start = middle;
    }
  }
  return rootsOf(siblings.reverse(), size, readTile);
}

/**
 * The hashes that show that the tree of the old size is the beginning of the one of the new size. Empty where there is
 * nothing to show: for equal sizes and for the empty tree.
 *
 * @throws LOG_DAMAGED as `proveInclusion`.
 */
export async function proveConsistency(oldSize: number, newSize: number, readTile: ReadTile): Promise<readonly Hash[]> {
  if (!isTreeSize(oldSize) || !isTreeSize(newSize) || oldSize > newSize)
    throw new RangeError(`size ${oldSize} does not come before ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const nodes: Span[] = [];
  let start = 0;
  let end = newSize;
  // SUBPROOF(m, D[n], b): b is true as long as the old tree is the whole left part of what is left, so start is 0.
  while (oldSize !== end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      nodes.push({ start: middle, end });
      end = middle;
    } else {
      nodes.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) nodes.push({ start, end });
  return rootsOf(nodes.reverse(), newSize, readTile);
}

/** Entries from `start` to before `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

async function rootsOf(spans: readonly Span[], size: number, readTile: ReadTile): Promise<readonly Hash[]> {
  const tiles = new Map<string, Uint8Array>();
  const tileOf = async (level: number, index: number): Promise<Uint8Array> => {
    const width = tileWidth(level, index, size);
    const path = tilePath({ level, index, width });
    const tile = tiles.get(path) ?? (await readTile(level, index, width));
    if (tile.length !== width * HASH_BYTES)
      throw new HoldfastError('LOG_DAMAGED', `${path} has ${tile.length} bytes instead of ${width * HASH_BYTES}`, {
        hint: 'Verify the log, and restore the tile from a backup or compute it again from the entries.',
      });
    tiles.set(path, tile);
    return tile;
  };
  const roots: Hash[] = [];
  for (const span of spans) {
    const nodes: Hash[] = [];
    for (const { height, index } of perfectParts(span)) nodes.push(await perfectNode(height, index, tileOf));
    roots.push(foldRight(nodes));
  }
  return roots;
}

/** A span cut into perfect subtrees, largest first. Spans of the two proofs start where their largest one may start. */
function perfectParts({ start, end }: Span): readonly { readonly height: number; readonly index: number }[] {
  const parts: { height: number; index: number }[] = [];
  for (let at = start; at < end; ) {
    let height = 0;
    let leaves = 1;
    while (leaves * 2 <= end - at) {
      leaves *= 2;
      height += 1;
    }
    parts.push({ height, index: at / leaves });
    at += leaves;
  }
  return parts;
}

/** The root of a perfect subtree, folded from the hashes of the lowest tile that has them. */
async function perfectNode(
  height: number,
  index: number,
  tileOf: (level: number, index: number) => Promise<Uint8Array>,
): Promise<Hash> {
  const level = Math.floor(height / TILE_HEIGHT);
  const wide = 2 ** (height % TILE_HEIGHT);
  const first = index * wide;
  const tile = await tileOf(level, Math.floor(first / TILE_WIDTH));
  let hashes = Array.from({ length: wide }, (_, at) => hashInTile(tile, (first % TILE_WIDTH) + at));
  while (hashes.length > 1) hashes = pairs(hashes);
  return foldRight(hashes);
}

function pairs(hashes: readonly Hash[]): Hash[] {
  const above: Hash[] = [];
  for (let at = 0; at < hashes.length; at += 2) above.push(foldRight(hashes.slice(at, at + 2)));
  return above;
}
