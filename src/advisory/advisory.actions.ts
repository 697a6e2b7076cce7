/**
 * What can be done with an advisory index: open the one that applies, look at it whole, say how old its data is.
 *
 * Which index applies: `--db`, else HOLDFAST_DB, else the synced one in the person's cache, else the snapshot
 * that ships with Holdfast. A place that is named but damaged is an error: falling back in silence would answer from
 * other data than the person asked for. Building is advisory-build.actions.ts.
 */
import { parseInstant, type Instant } from '../lib/time.ts';
import type { IndexHeader, IndexPlace } from './index-layout.ts';
import { findIndex } from './index-place.client.ts';
import { IndexReader } from './index-reader.client.ts';

/** @throws INDEX_NOT_FOUND, INDEX_FOREIGN, INDEX_NEWER, INDEX_OLDER, INDEX_DAMAGED, FILE_UNREADABLE */
export function openIndex(
  explicit: string | null,
  env: Readonly<Record<string, string | undefined>>,
): { readonly index: IndexReader; readonly place: IndexPlace } {
  const place = findIndex(explicit, env);
  return { index: new IndexReader(place.path), place };
}

/** Opens the index that applies and compares every byte with its digest. @throws as openIndex */
export function inspectIndex(
  explicit: string | null,
  env: Readonly<Record<string, string | undefined>>,
): { readonly header: IndexHeader; readonly place: IndexPlace } {
  const { index, place } = openIndex(explicit, env);
  try {
    index.verify();
    return { header: index.header, place };
  } finally {
    index.close();
  }
}

/** When the data was current: the newest record, or the building of the index if some record claims a later time. */
export function dataTime(header: IndexHeader): Instant | null {
  const newest = header.dataAsOf === null ? null : parseInstant(header.dataAsOf);
  const built = parseInstant(header.built);
  if (newest === null || built === null) return null;
  return newest < built ? newest : built;
}
