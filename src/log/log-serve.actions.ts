/** What the service hands out of the log: checkpoints and the key for everybody, tiles and entries for who may read the log. */
import { HoldfastError } from '../lib/errors.ts';
import type { Instant, Millis } from '../lib/time.ts';
import type { Db, Queries } from '../platform/db.ts';
import { encodeBundle, parseTilePath, TILE_WIDTH, tileWidth } from './tile.ts';
import { formatHistory } from './held-checkpoint.ts';
import { findLog, type LogPlace, signCheckpoint } from './log.actions.ts';
import { openSigned, type Signed } from './log-guard.actions.ts';
import { tileReader } from './log-read.actions.ts';
import { readVerifierKeyOf } from './log-service.store.ts';
import { readCheckpointsBelow, readCheckpoints, readEntries, readHead, readOriginOf } from './log.store.ts';
import { HASH_BYTES } from './merkle.ts';
import { parseVerifierKey } from './note.ts';

export interface Published extends Signed {
  /** The number of the log in the database; above 1 where it follows another. */
  readonly log: number;
  readonly signedAt: Instant;
  /** As verifiers are given it. */
  readonly vkey: string;
}

/**
 * The newest checkpoint, with the key that it was found to be signed by.
 *
 * @returns `null` where none was signed yet
 * @throws LOG_DAMAGED where what the database has is not signed by the key that it has: neither is shown then
 */
export const newestPublished = (db: Db): Promise<Published | null> => db.snapshot(publishedIn);

export async function publishedIn(queries: Queries): Promise<Published | null> {
  const head = await readHead(queries);
  const [last] = head === null ? [] : await readCheckpoints(queries, head.log, 1);
  if (head === null || last === undefined) return null;
  const vkey = await readVerifierKeyOf(queries, head.log);
  const key = vkey === null ? null : parseVerifierKey(vkey);
  const signed = key !== null && key.ok ? openSigned(last.note, key.value) : null;
  if (
    vkey === null ||
    signed === null ||
    signed.checkpoint.origin !== head.origin ||
    signed.checkpoint.size > head.size
  )
    throw damaged(`the newest checkpoint of ${head.origin} is not signed by the key in the database`);
  return { ...signed, log: head.log, signedAt: last.signedAt, vkey };
}

const damaged = (message: string): HoldfastError =>
  new HoldfastError('LOG_DAMAGED', message, {
    hint: 'Nothing was handed out. Run `holdfast log verify`, and restore the database from a backup.',
  });

export interface HistoryPage {
  readonly origin: string;
  /** The newest first. */
  readonly notes: readonly string[];
  /** The cursor of the page that follows; `null` on the last one. */
  readonly next: number | null;
}

/**
 * Checkpoints that were signed, the newest first.
 *
 * @param log `null`: the log that grows. Others are those before it, which ended.
 * @param below Of a smaller size than this.
 */
export async function checkpointHistory(
  db: Db,
  { log, below }: { readonly log: number | null; readonly below: number },
  most: number,
): Promise<HistoryPage | null> {
  return db.snapshot(async (queries) => {
    const head = await readHead(queries);
    const number = log ?? head?.log ?? null;
    const origin = number === null ? null : await readOriginOf(queries, number);
    if (number === null || origin === null) return null;
    const rows = await readCheckpointsBelow(queries, number, below, most + 1);
    const shown = rows.slice(0, most);
    return {
      origin,
      notes: shown.map(({ note }) => note),
      next: rows.length > most ? (shown.at(-1)?.size ?? null) : null,
    };
  });
}

/**
 * A tile or an entry bundle of the signed tree, whole or partial.
 *
 * @param path As in tlog-tiles, `tile/0/x001/x234/067.p/8`
 * @returns `null` for what is no tile of the signed tree
 * @throws LOG_DAMAGED where the database lacks a part of it
 */
export async function readTileFile(db: Db, path: string): Promise<Uint8Array | null> {
  const place = parseTilePath(path);
  if (place === null) return null;
  return db.snapshot(async (queries) => {
    const published = await publishedIn(queries);
    if (published === null) return null;
    const { level, index, width } = place;
    // A narrower tile than today's is one of an older checkpoint.
    if (width > tileWidth(level, index, published.checkpoint.size)) return null;
    if (level !== 'entries') {
      const tile = await tileReader(queries, published.log)(level, index, width);
      if (tile.length !== width * HASH_BYTES) throw damaged(`${path} is not whole in the database`);
      return tile;
    }
    const from = index * TILE_WIDTH;
    const rows = await readEntries(queries, published.log, from, from + width);
    if (rows.length !== width || rows.at(-1)?.idx !== from + width - 1)
      throw damaged(`${path} is not whole in the database`);
    return encodeBundle(rows.map(({ leaf }) => leaf));
  });
}

/** What goes onto a web host beside the policy: the same three files that the service serves. */
export interface PublicLog {
  readonly note: string;
  /** Lines of a history file, the newest first. */
  readonly history: string;
  readonly vkey: string;
}

/** A checkpoint a minute for a day and a half; whoever publishes daily shows them all. */
const MOST_PUBLISHED = 2_000;

/**
 * Signs the log of the data folder, if it grew, and gives what everybody may have of it. `null` where there is no log.
 *
 * @throws LOG_…: a log that has stopped is not published as if it went on
 */
export async function publicLog(place: LogPlace, now: Instant): Promise<PublicLog | null> {
  const log = await findLog(place, now);
  if (log === null) return null;
  try {
    if ((await signCheckpoint(log, now, 0 as Millis)) === null) return null;
    const published = await newestPublished(log.db);
    const below = Number.MAX_SAFE_INTEGER;
    const page = await checkpointHistory(log.db, { log: null, below }, MOST_PUBLISHED);
    if (published === null || page === null) return null;
    const history = formatHistory(page.notes.map((note) => ({ note, seenAt: null })));
    return { note: published.note, history, vkey: `${published.vkey}\n` };
  } finally {
    await log.db.close();
  }
}
