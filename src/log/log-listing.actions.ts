/**
 * Entries as pages list them: the newest first, by kind, subject and day, from a cursor on.
 *
 * Without a filter the entries themselves are read. With one, the list is asked (log-listing.store.ts) and the entries that it names are
 * read. Nothing is counted: a page of a million entries costs what a page of fifty does.
 */
import type { Instant } from '../lib/time.ts';
import type { Db, Queries } from '../platform/db.ts';
import { type Leaf, readLeaf } from './leaf.ts';
import { findListed, firstListed, insertListed, listedAt, listedTypes } from './log-listing.store.ts';
import { type LogHead, readEntries, readHead } from './log.store.ts';

/** The kind of an entry that is no leaf; no leaf can have it. */
const MALFORMED = 'malformed';
const FILL_ROWS = 1_000;

/** Puts some more of the entries into the list that were recorded before there was one. @returns Whether there are more. */
export async function fillListing(db: Db): Promise<boolean> {
  return db.transaction(async (tx) => {
    const head = await readHead(tx);
    if (head === null) return false;
    const end = (await firstListed(tx, head.log)) ?? head.size;
    if (end === 0) return false;
    const from = Math.max(0, end - FILL_ROWS);
    const rows = new Map((await readEntries(tx, head.log, from, end)).map(({ idx, leaf }) => [idx, readLeaf(leaf)]));
    await insertListed(
      tx,
      head.log,
      Array.from({ length: end - from }, (_, at) => {
        const leaf = rows.get(from + at);
        const { type, subject, at: recordedAt } = leaf?.ok === true ? leaf.value : NO_LEAF;
        return { idx: from + at, type, subject, at: recordedAt };
      }),
    );
    return from > 0;
  });
}

const NO_LEAF = { type: MALFORMED, subject: null, at: 0 as Instant };

export interface ListRequest {
  readonly type: string | null;
  readonly subject: string | null;
  /** From the first moment to before the second one. */
  readonly during: { readonly from: Instant; readonly to: Instant } | null;
  /** Entries below this index; `null`: from the newest on. */
  readonly before: number | null;
  readonly most: number;
}

export interface ListedPage {
  readonly origin: string;
  readonly size: number;
  /** The highest index first. */
  readonly entries: readonly { readonly index: number; readonly leaf: Leaf | null }[];
  /** The cursor of the page that follows; `null` on the last one. */
  readonly next: number | null;
  readonly types: readonly string[];
  /** Below this index nothing was put into the list yet, so a filter does not find it. 0: everything was. */
  readonly listedFrom: number;
}

/** More kinds than a menu should have; Holdfast itself has fewer. */
const MOST_TYPES = 100;

/** `null` where nothing was recorded yet. */
export async function listPage(db: Db, request: ListRequest): Promise<ListedPage | null> {
  return db.snapshot(async (queries) => {
    const head = await readHead(queries);
    if (head === null || head.size === 0) return null;
    const { log, origin, size } = head;
    const listedFrom = (await firstListed(queries, log)) ?? size;
    const found = await findPage(queries, head, request);
    const shown = found.slice(0, request.most);
    const rows = await readShown(queries, log, shown);
    return {
      origin,
      size,
      entries: shown.map((index) => ({ index, leaf: rows.get(index) ?? null })),
      next: found.length > request.most ? (shown.at(-1) ?? null) : null,
      types: await listedTypes(queries, log, MOST_TYPES),
      listedFrom,
    };
  });
}

/** One more than asked for, where there is one. */
async function findPage(queries: Queries, head: LogHead, request: ListRequest): Promise<readonly number[]> {
  const { type, subject, during, before, most } = request;
  const end = Math.min(before ?? head.size, head.size);
  const from = during === null ? 0 : await firstAt(queries, head, during.from);
  const to = during === null ? end : Math.min(end, await firstAt(queries, head, during.to));
  if (type !== null || subject !== null) return findListed(queries, head.log, { type, subject, from, to }, most + 1);
  return Array.from({ length: Math.max(0, Math.min(most + 1, to - from)) }, (_, at) => to - 1 - at);
}

/** The first entry that is not before a moment. Times never run backwards in a log, so halving finds it: 20 looks in a million. */
async function firstAt(queries: Queries, { log, size }: LogHead, moment: Instant): Promise<number> {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = await listedAt(queries, log, middle);
    // What is not in the list yet is older than what is.
    if (at === null || at < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function readShown(
  queries: Queries,
  log: number,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, Leaf>> {
  const leaves = new Map<number, Leaf>();
  const keep = (rows: readonly { readonly idx: number; readonly leaf: Uint8Array }[]): void => {
    for (const { idx, leaf: bytes } of rows) {
      const leaf = readLeaf(bytes);
      if (leaf.ok) leaves.set(idx, leaf.value);
    }
  };
  const highest = indexes[0];
  const lowest = indexes.at(-1);
  if (highest === undefined || lowest === undefined) return leaves;
  if (highest - lowest < indexes.length) keep(await readEntries(queries, log, lowest, highest + 1));
  else for (const index of indexes) keep(await readEntries(queries, log, index, index + 1));
  return leaves;
}
