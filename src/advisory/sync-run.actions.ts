/** What one run of `db sync` carries along, for its two ways: sync-delta.actions.ts and sync-full.actions.ts. */
import { parseInstant, type Instant } from '../lib/time.ts';
import type { Timers } from '../platform/http.ts';
import type { IndexHeader, SyncCursor, SyncState } from './index-layout.ts';
import type { OsvBucket } from './osv-bucket.client.ts';
import type { Feeds } from './sync-feeds.actions.ts';
import type { SyncFolder } from './sync-folder.client.ts';
import { builtTime } from './sync-plan.ts';
import type { EcosystemReport, SyncReport } from './sync-report.ts';

export interface SyncWorld {
  readonly timers: Timers;
  readonly userAgent: string;
  readonly now: () => Instant;
  /** What is going on right now, in one line. */
  readonly onProgress: (text: string) => void;
}

export interface SyncRun {
  readonly path: string;
  readonly bucket: OsvBucket;
  /** Without user and password, and without a slash at its end. */
  readonly base: string;
  readonly ecosystems: readonly string[];
  readonly folder: SyncFolder;
  readonly world: SyncWorld;
  readonly feeds: () => Promise<Feeds>;
  /** The index that is replaced. */
  readonly before: IndexHeader | null;
}

/** What either way gives. */
export interface Synced {
  readonly header: IndexHeader;
  readonly bytes: number;
  readonly ecosystems: readonly EcosystemReport[];
  readonly feeds: Feeds;
  readonly changes: SyncReport['changes'];
  readonly skipped: readonly string[];
}

/** What the new index remembers; the feeds keep what they remembered where they were not renewed. */
export const syncState = (
  { base }: SyncRun,
  fullAt: string,
  followed: readonly { readonly name: string; readonly cursor: SyncCursor }[],
  { kev, epss }: Feeds,
): SyncState => ({
  base,
  fullAt,
  cursors: Object.fromEntries(followed.map(({ name, cursor }) => [name, cursor])),
  kev: kev.state,
  epss: epss.state,
});

/** When the index of this run says it was built. */
export const builtOf = ({ world, before }: SyncRun): Instant => builtTime(world.now(), instantOrNull(before?.built));

export const instantOrNull = (text: string | null | undefined): Instant | null =>
  typeof text === 'string' ? parseInstant(text) : null;
