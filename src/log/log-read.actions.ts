/** Reading the log of a database as the tiles, bundles and streams that proofs, exports and verification ask for. */
import { concat, fromUtf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Queries } from '../platform/db.ts';
import { readVerifierFile, writeVerifierKey } from './data-folder.client.ts';
import { readEntries, readHashes, readHead } from './log.store.ts';
import { hashLeaf } from './merkle.ts';
import { parseVerifierKey } from './note.ts';
import type { ReadTile } from './proof.ts';
import { encodeBundle, parseTilePath, TILE_WIDTH } from './tile.ts';
import type { ReadFile, Unread } from './verify-log.ts';

/** The name of the log that grows; `null` where none was begun. */
export const readOrigin = async (queries: Queries): Promise<string | null> => (await readHead(queries))?.origin ?? null;

/** Hash tiles: level 0 from the entries, the others from the hashes that entries completed. */
export const tileReader =
  (queries: Queries, log: number): ReadTile =>
  async (level, index, width) => {
    const from = index * TILE_WIDTH;
    if (level > 0) return concat(await readHashes(queries, log, level, from, from + width));
    const leaves = await readBundleOf(queries, log, from, width);
    return concat((isBundle(leaves) ? leaves : []).map(hashLeaf));
  };

/**
 * The database read as if it were an export, for verify-log.ts. The last bundle is kept, because the tile above it is asked for next.
 *
 * @param beside Files that lie beside the database: the key and the checkpoint.
 */
export function databaseReader(
  queries: Queries,
  log: number,
  beside: ReadonlyMap<string, Uint8Array | Unread>,
): ReadFile {
  const readTile = tileReader(queries, log);
  let kept: { readonly from: number; readonly leaves: readonly Uint8Array[] } | null = null;
  return async (path) => {
    const place = path.startsWith('log/') ? parseTilePath(path.slice('log/'.length)) : null;
    if (place === null) return beside.get(path) ?? { absent: true, why: 'is not there' };
    const from = place.index * TILE_WIDTH;
    if (place.level === 'entries') {
      const leaves = await readBundleOf(queries, log, from, place.width);
      if (!isBundle(leaves)) return leaves;
      kept = { from, leaves };
      return encodeBundle(leaves);
    }
    if (place.level === 0 && kept?.from === from && kept.leaves.length === place.width)
      return concat(kept.leaves.map(hashLeaf));
    const tile = await readTile(place.level, place.index, place.width);
    return tile.length === 0 ? { absent: true, why: 'is not there' } : tile;
  };
}

const isBundle = (leaves: readonly Uint8Array[] | Unread): leaves is readonly Uint8Array[] => Array.isArray(leaves);

async function readBundleOf(
  queries: Queries,
  log: number,
  from: number,
  width: number,
): Promise<readonly Uint8Array[] | Unread> {
  const rows = await readEntries(queries, log, from, from + width);
  for (let at = 0; at < width; at += 1) {
    const row = rows[at];
    if (row?.idx !== from + at)
      return { absent: true, why: `lacks entry ${from + at}: its row is gone, or larger than any` };
  }
  return rows.map(({ leaf }) => leaf);
}

/** All entries below `size`, a bundle at a time. */
export async function* entriesOf(queries: Queries, log: number, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const leaves = await readBundleOf(queries, log, from, Math.min(TILE_WIDTH, size - from));
    if (!isBundle(leaves))
      throw new HoldfastError('LOG_DAMAGED', `the log ${leaves.why}`, {
        hint: 'Nothing was handed out. Run `holdfast log verify`, and restore the database from a backup.',
      });
    yield* leaves;
  }
}

/** The public key beside the database, for a backup; `null` where none lies there. */
export function readVerifierText(folder: string): string | null {
  const bytes = readVerifierFile(folder);
  return bytes instanceof Uint8Array ? fromUtf8(bytes) : null;
}

/** Puts the public key of a backup into the folder, unless one lies there: without it nobody could verify a log whose private key is lost. */
export function adoptVerifierKey(folder: string, text: string): void {
  const key = parseVerifierKey(text.trimEnd());
  if (key.ok && readVerifierText(folder) === null) writeVerifierKey(folder, key.value);
}
