/** The long way of `db sync`: fetches the archives of all ecosystems and builds the index anew from them. */
import { HoldfastError } from '../lib/errors.ts';
import { isObject, stringOr } from '../lib/json.ts';
import { number } from '../lib/text.ts';
import { EPOCH, formatInstant, parseInstant, type Instant } from '../lib/time.ts';
import type { EpssScore } from './advisory.ts';
import { buildIndex } from './advisory-build.actions.ts';
import type { SourceItem } from './advisory-source.client.ts';
import { cveId } from './cve.ts';
import type { SyncState } from './index-layout.ts';
import { sourceName } from './index-place.client.ts';
import { IndexReader } from './index-reader.client.ts';
import { earlier, ListReading, Newest, OVERLAP } from './modified-list.ts';
import type { ListAnswer } from './osv-bucket.client.ts';
import { withoutKept, type Feeds } from './sync-feeds.actions.ts';
import type { EcosystemReport } from './sync-report.ts';
import { builtOf, syncState, type Synced, type SyncRun } from './sync-run.actions.ts';

/** An ecosystem's archive on disk, and what was seen while it was read. */
interface Archive {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly list: ListAnswer;
  readonly newest: Newest;
  records: number;
}

/** An archive with fewer than this part of the records it had is taken for a broken one. */
const LEAST_PART = 0.5;
/** Later than every record: only the top of a list is looked at. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER as Instant;

/** @throws SYNC_UNREACHABLE, SYNC_CORRUPT, SYNC_REFUSED, SYNC_BUSY, FILE_UNWRITABLE */
export async function syncEverything(run: SyncRun): Promise<Synced> {
  const archives: Archive[] = [];
  for (const name of run.ecosystems) archives.push(await fetchArchive(run, name));
  const { feeds, exploited, epss } = keepOld(run, await run.feeds());
  const { path, world } = run;
  const byName = new Map(archives.map((archive) => [sourceName(archive.path), archive]));
  const now = world.now();
  const { header, bytes, skipped } = await refuseDamage(run, () =>
    buildIndex({
      out: path,
      sources: archives.map((archive) => archive.path),
      built: builtOf(run),
      onProgress: (records) => world.onProgress(`${number(records)} records read`),
      onItem: (source, item) => look(byName.get(source), item),
      sync: () => {
        for (const archive of archives) refuseShrunk(run, archive);
        run.folder.assertOurs();
        return remember(run, archives, now, feeds);
      },
      ...(exploited === null ? {} : { exploited }),
      ...(epss === null ? {} : { epss }),
    }),
  );
  for (const { name } of archives) run.folder.removeArchive(name);
  const ecosystems = archives.map((archive) => reportOf(archive, now));
  return { header, bytes, ecosystems, feeds, changes: null, skipped };
}

/** Where a feed was not renewed, what the old index has of it goes into the new one. */
function keepOld(
  { path, before }: SyncRun,
  feeds: Feeds,
): {
  readonly feeds: Feeds;
  readonly exploited: readonly string[] | null;
  readonly epss: ReadonlyMap<string, EpssScore> | null;
} {
  const { kev, epss } = feeds;
  if (before === null || (kev.renewed !== null && epss.renewed !== null))
    return { feeds, exploited: kev.renewed, epss: epss.renewed };
  const index = new IndexReader(path);
  try {
    return {
      feeds,
      exploited: kev.renewed ?? [...index.exploited()].map(cveId),
      epss: epss.renewed ?? index.scores(),
    };
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'INDEX_DAMAGED') throw error;
    return { feeds: withoutKept(feeds), exploited: kev.renewed, epss: epss.renewed };
  } finally {
    index.close();
  }
}

/** The list first: what changes while the archive is on its way is then found by the next sync. */
async function fetchArchive({ bucket, folder, world }: SyncRun, name: string): Promise<Archive> {
  const list = await bucket.readList(name, null, () => new ListReading(END_OF_TIME, () => false));
  const path = folder.archive(name);
  const { bytes } = await bucket.fetchArchive(name, path, (done, total) => {
    const part = total === null ? '' : ` of ${number(total)} (${Math.floor((done / total) * 100)} %)`;
    world.onProgress(`${name}: ${number(done)}${part} bytes`);
  });
  return { name, path, bytes, list, newest: new Newest(), records: 0 };
}

function look(archive: Archive | undefined, item: SourceItem): void {
  if (archive === undefined) throw new Error('an item of no archive');
  if (item.type === 'broken') {
    if (item.damaged) throw corrupt(`${item.where}: ${item.why}`);
    return;
  }
  if (item.type !== 'value') return;
  archive.records++;
  const modified = isObject(item.value) ? parseInstant(stringOr(item.value['modified'], '')) : null;
  if (modified !== null) archive.newest.take(modified);
}

/** An archive that is not what it says is thrown away whole, so that the next run fetches it anew. */
async function refuseDamage<T>(run: SyncRun, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const { code, message } = error;
    const damaged =
      code === 'ADVISORY_SOURCE_UNREADABLE' || code === 'ADVISORY_SOURCE_EMPTY' || code === 'SYNC_CORRUPT';
    if (!damaged) throw error;
    for (const name of run.ecosystems) run.folder.removeArchive(name);
    throw code === 'SYNC_CORRUPT' ? error : corrupt(message, error);
  }
}

/** Half of the known advisories gone would look like half of the findings fixed. */
function refuseShrunk({ before, base, path }: SyncRun, { name, path: source, records }: Archive): void {
  const then = before?.sources.find((each) => each.name === sourceName(source))?.records ?? 0;
  if (before?.sync?.base !== base || records >= then * LEAST_PART) return;
  throw new HoldfastError(
    'SYNC_CORRUPT',
    `the archive of ${name} has ${number(records)} records; the last one had ${number(then)}`,
    { hint: `The index was not changed. If this is right, remove ${path} and run it again.` },
  );
}

const corrupt = (message: string, cause?: unknown): HoldfastError =>
  new HoldfastError('SYNC_CORRUPT', message, {
    hint: 'The index was not changed and the archive was thrown away. Run it again; if it stays so, the source is broken.',
    cause,
  });

function remember(run: SyncRun, archives: readonly Archive[], now: Instant, feeds: Feeds): SyncState {
  const checkedAt = formatInstant(now);
  const followed = archives.map((archive) => {
    const modified = formatInstant(cursorOf(archive, now));
    // Without the list's tag the next sync compares what this archive may lack of this very list.
    return { name: archive.name, cursor: { modified, etag: null, checkedAt } };
  });
  return syncState(run, checkedAt, followed, feeds);
}

/** The archive decides what is known; its list may already be ahead of it. */
function cursorOf({ list, newest }: Archive, now: Instant): Instant {
  const archived = newest.cursor(now);
  return list.type === 'read' ? earlier(archived, list.reading.newest.cursor(now)) : archived;
}

function isBehind({ list, newest }: Archive): boolean {
  const listed = list.type === 'read' ? list.reading.newest.corroborated : null;
  return listed !== null && listed - (newest.corroborated ?? EPOCH) > OVERLAP;
}

const reportOf = (archive: Archive, now: Instant): EcosystemReport => ({
  name: archive.name,
  list: archive.list.type,
  sorted: archive.list.type !== 'read' || archive.list.reading.sorted,
  records: 0,
  missing: 0,
  broken: 0,
  odd: archive.list.type === 'read' ? archive.list.reading.odd : 0,
  archiveBytes: archive.bytes,
  archiveBehind: isBehind(archive),
  cursor: formatInstant(cursorOf(archive, now)),
});
