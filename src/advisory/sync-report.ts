/** What a sync did. Made by sync.actions.ts, told by sync.text.ts and sync-json.ts. */
import type { IndexHeader } from './index-layout.ts';
import type { ClockWarning, FullReason } from './sync-plan.ts';

export interface SyncReport {
  readonly path: string;
  /** `delta`: only what changed was fetched. */
  readonly mode: 'full' | 'delta';
  /** Why everything was fetched; `null` for a delta. */
  readonly why: FullReason | null;
  /** Without user and password. */
  readonly base: string;
  readonly ecosystems: readonly EcosystemReport[];
  /** Advisories that differ from the index before; `null` after a full sync, which compares nothing. */
  readonly changes: { readonly added: number; readonly changed: number; readonly removed: number } | null;
  /** The index that was replaced; `null` when there was none that could be read. */
  readonly before: Pick<IndexHeader, 'built' | 'dataAsOf' | 'counts'> | null;
  readonly kev: FeedReport | null;
  readonly epss: FeedReport | null;
  readonly header: IndexHeader;
  readonly bytes: number;
  /** What could not be read, for people to look at. */
  readonly skipped: readonly string[];
  readonly warnings: readonly ClockWarning[];
}

export interface EcosystemReport {
  readonly name: string;
  /** `unchanged`: the list is the one of the last sync. */
  readonly list: 'read' | 'unchanged' | 'absent';
  /** False when the list was out of order and so was read to its end. */
  readonly sorted: boolean;
  /** Single records fetched. */
  readonly records: number;
  /** Listed, but not there any more. */
  readonly missing: number;
  /** Sent, but unreadable; they are asked for again by the next sync. */
  readonly broken: number;
  /** Listed under ids that no record can have. */
  readonly odd: number;
  /** `null` when the archive was not fetched. */
  readonly archiveBytes: number | null;
  /** The archive lags behind the list by more than a day; the next sync fetches the rest. */
  readonly archiveBehind: boolean;
  /** RFC 3339: from where the next sync looks. */
  readonly cursor: string;
}

export interface FeedReport {
  /** An address without user and password, or the name of a file. */
  readonly source: string;
  /** `kept`: those of before still stand. `absent`: there are none. */
  readonly state: 'renewed' | 'kept' | 'absent';
  /** Why it was not renewed; `null` when it was, or when nobody asked for it this time. */
  readonly error: string | null;
  readonly entries: number | null;
  /** RFC 3339: of the scores, or when the catalogue was fetched. */
  readonly date: string | null;
}

/** True when something that was asked for could not be had: the index is good, but not all that it should be. */
export function isIncomplete({ ecosystems, kev, epss, skipped }: SyncReport): boolean {
  const gaps = ecosystems.some(({ broken, odd, archiveBehind }) => broken > 0 || odd > 0 || archiveBehind);
  return gaps || skipped.length > 0 || [kev, epss].some((feed) => feed !== null && feed.error !== null);
}
