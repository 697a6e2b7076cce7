/**
 * The part of a sync about KEV and EPSS. A feed that fails takes nothing away: what the index had stays, and the run says so.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { HttpClient } from '../platform/http.ts';
import { publicUrl, readSourceUrl } from '../platform/web-address.ts';
import type { EpssScore } from './advisory.ts';
import { fetchFeed, parseEpss, parseKev, type FeedSource } from './feed.client.ts';
import type { SyncState } from './index-layout.ts';
import { sourceName } from './index-place.client.ts';
import type { FeedReport } from './sync-report.ts';
import { fileAddress, type Chosen, type SyncSettings } from './sync-settings.ts';

/** One feed of a run. */
export interface Feed<Content, Remembered> {
  /** What the feed holds now; `null` when it was not renewed: then what the index has stays. */
  readonly renewed: Content | null;
  readonly state: Remembered | null;
  /** `null` when nobody ever asked for this feed. */
  readonly report: FeedReport | null;
}

export interface Feeds {
  readonly kev: Feed<readonly string[], NonNullable<SyncState['kev']>>;
  readonly epss: Feed<ReadonlyMap<string, EpssScore>, NonNullable<SyncState['epss']>>;
}

/** @throws SYNC_REFUSED for an address that is not accepted; every other failure is in the report. */
export async function readFeeds(
  http: HttpClient,
  settings: SyncSettings,
  last: SyncState | null,
  now: Instant,
): Promise<Feeds> {
  const checkedAt = formatInstant(now);
  const kev = await readFeed(http, settings.kev, parseKev, last?.kev ?? null, (ids, url) => ({
    content: ids,
    entries: ids.length,
    date: checkedAt,
    state: { url, checkedAt },
  }));
  const epss = await readFeed(http, settings.epss, parseEpss, last?.epss ?? null, (file, url) => ({
    content: file.scores,
    entries: file.scores.size,
    date: file.scoreDate ?? checkedAt,
    state: { url, scoreDate: file.scoreDate ?? checkedAt, checkedAt },
  }));
  return { kev, epss };
}

interface Renewed<Content, Remembered> {
  readonly content: Content;
  readonly entries: number;
  readonly date: string;
  readonly state: Remembered;
}

async function readFeed<Parsed, Content, Remembered extends { readonly url: string; readonly checkedAt: string }>(
  http: HttpClient,
  chosen: Chosen | null,
  parse: (bytes: Buffer) => Result<Parsed, string>,
  last: Remembered | null,
  renew: (parsed: Parsed, source: string) => Renewed<Content, Remembered>,
): Promise<Feed<Content, Remembered>> {
  const stays = (source: string, error: string | null): Feed<Content, Remembered> => {
    const state = last === null ? 'absent' : 'kept';
    return {
      renewed: null,
      state: last,
      report: { source, state, error, entries: null, date: last?.checkedAt ?? null },
    };
  };
  if (chosen === null) return last === null ? { renewed: null, state: null, report: null } : stays(last.url, null);
  const source = readFeedSource(chosen);
  const name = source.type === 'url' ? publicUrl(source.url) : fileAddress(sourceName(source.path));
  const bytes = await fetchFeed(http, source);
  if (!bytes.ok) return stays(name, bytes.error);
  const parsed = parse(bytes.value);
  if (!parsed.ok) return stays(name, parsed.error);
  const { content, entries, date, state } = renew(parsed.value, name);
  return { renewed: content, state, report: { source: name, state: 'renewed', error: null, entries, date } };
}

/** For an index whose old catalogue or scores turned out to be unreadable: then there are none, and the run says so. */
export function withoutKept({ kev, epss }: Feeds): Feeds {
  return { kev: lost(kev), epss: lost(epss) };
}

function lost<Content, Remembered>(feed: Feed<Content, Remembered>): Feed<Content, Remembered> {
  if (feed.renewed !== null || feed.report === null) return feed;
  const error = feed.report.error ?? 'the index before was damaged';
  return { renewed: null, state: null, report: { ...feed.report, state: 'absent', error, date: null } };
}

/** A scheme makes it an address; everything else is a path. */
function readFeedSource({ text, by }: Chosen): FeedSource {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text) || /^[a-z]:[\\/]/i.test(text)) return { type: 'file', path: text };
  const url = readSourceUrl(text);
  if (url.ok) return { type: 'url', url: url.value };
  throw new HoldfastError('SYNC_REFUSED', `the address given by ${by} is not accepted: ${url.error}`, {
    hint: 'Nothing was changed. Name an https: address or a file on this machine.',
  });
}
