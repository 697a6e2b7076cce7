/** Whether a sync fetches only what changed or everything, and why. Decides; asks nobody. */
import { between, days, parseInstant, type Instant } from '../lib/time.ts';
import type { SyncState } from './index-layout.ts';

/** Why everything is fetched anew. Their words are in sync.text.ts. */
export type FullReason =
  | 'asked-for'
  | 'no-index'
  | 'unreadable-index'
  | 'never-synced'
  | 'other-source'
  | 'other-ecosystems'
  | 'monthly'
  | 'many-changes'
  | 'many-missing'
  | 'no-list'
  | 'much-dead';

export type SyncPlan =
  | { readonly mode: 'full'; readonly why: FullReason }
  | { readonly mode: 'delta'; readonly last: SyncState };

/** What stands at the place of the index. */
export type Standing =
  | { readonly state: 'missing' | 'unreadable' }
  | { readonly state: 'sound'; readonly sync: SyncState | null; readonly muchDead: boolean };

export interface Wanted {
  readonly base: string;
  readonly ecosystems: readonly string[];
  readonly full: boolean;
}

/** Records that were deleted from a bucket are in no list of changes: only a full sync drops them. */
const FULL_EVERY = days(30);

export function planSync(wanted: Wanted, standing: Standing, now: Instant): SyncPlan {
  if (wanted.full) return { mode: 'full', why: 'asked-for' };
  if (standing.state !== 'sound')
    return { mode: 'full', why: standing.state === 'missing' ? 'no-index' : 'unreadable-index' };
  const { sync, muchDead } = standing;
  if (sync === null) return { mode: 'full', why: 'never-synced' };
  if (sync.base !== wanted.base) return { mode: 'full', why: 'other-source' };
  const known = Object.keys(sync.cursors);
  if (known.length !== wanted.ecosystems.length || !wanted.ecosystems.every((name) => known.includes(name)))
    return { mode: 'full', why: 'other-ecosystems' };
  const lastFull = parseInstant(sync.fullAt);
  if (lastFull === null || between(lastFull, now) >= FULL_EVERY) return { mode: 'full', why: 'monthly' };
  return muchDead ? { mode: 'full', why: 'much-dead' } : { mode: 'delta', last: sync };
}

/** More missing than this, and most of what was asked for: the source keeps no single records at all. */
const MISSING_BY_CHANCE = 20;
export const isWithoutRecords = (missing: number, asked: number): boolean =>
  missing > MISSING_BY_CHANCE && missing * 2 > asked;

/**
 * Warnings about this machine's clock. They block nothing: data from a wrong clock is better than none.
 *
 * @param newest the newest record; `built` when the index that is replaced was built
 */
export function clockWarnings(now: Instant, newest: Instant | null, built: Instant | null): readonly ClockWarning[] {
  const warnings: ClockWarning[] = [];
  if (built !== null && now < built) warnings.push({ clock: 'before-last-index', at: built });
  if (newest !== null && newest - now > days(1)) warnings.push({ clock: 'before-newest-record', at: newest });
  return warnings;
}

export interface ClockWarning {
  readonly clock: 'before-last-index' | 'before-newest-record';
  readonly at: Instant;
}

/** When the new index says it was built: never before the one it replaces, so that a clock set back does not rejuvenate data. */
export const builtTime = (now: Instant, previous: Instant | null): Instant =>
  previous !== null && previous > now ? previous : now;
