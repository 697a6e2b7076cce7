/** The short way of `db sync`: reads the lists of changes from their top, fetches what the index lacks, and merges it in. */
import { HoldfastError } from '../lib/errors.ts';
import { inParallel } from '../lib/parallel.ts';
import { number } from '../lib/text.ts';
import { EPOCH, formatInstant, type Instant } from '../lib/time.ts';
import { MOST_CONNECTIONS } from '../platform/http.ts';
import type { SourceItem } from './advisory-source.client.ts';
import { updateIndex } from './advisory-update.actions.ts';
import type { SyncCursor, SyncState } from './index-layout.ts';
import { IndexReader } from './index-reader.client.ts';
import { earlier, ListReading, MOST_CHANGES, type ListedRecord } from './modified-list.ts';
import type { ListAnswer } from './osv-bucket.client.ts';
import { isWithoutRecords, type FullReason } from './sync-plan.ts';
import type { EcosystemReport } from './sync-report.ts';
import { builtOf, instantOrNull, syncState, type Synced, type SyncRun } from './sync-run.actions.ts';

/** Records of one run wait in memory until all are there. */
const MAX_BYTES = 256 * 1024 ** 2;

/** An ecosystem's list, as far as it was read. */
interface Listed {
  readonly name: string;
  readonly last: SyncCursor;
  readonly answer: ListAnswer;
}

/** What was fetched of an ecosystem. */
interface Fetched extends Listed {
  readonly records: readonly Buffer[];
  readonly missing: number;
  /** Sent, but no JSON. */
  readonly broken: readonly ListedRecord[];
}

/** And up to where that brought us. */
interface Followed extends Fetched {
  readonly cursor: SyncCursor;
}

/**
 * @returns A reason when everything has to be fetched after all; nothing was changed then.
 * @throws SYNC_UNREACHABLE, SYNC_CORRUPT, SYNC_REFUSED, SYNC_BUSY, FILE_UNWRITABLE
 */
export async function syncChanges(run: SyncRun, last: SyncState): Promise<Synced | FullReason> {
  try {
    const listed = await readLists(run, last);
    if (listed.some(({ answer }) => answer.type === 'absent')) return 'no-list';
    if (listed.reduce((sum, { answer }) => sum + neededOf(answer).length, 0) > MOST_CHANGES) return 'many-changes';
    const fetched = await fetchAll(run, listed);
    return typeof fetched === 'string' ? fetched : await merge(run, last, fetched);
  } catch (error) {
    // Found only while reading what is in it: then there is nothing that could be added to.
    if (error instanceof HoldfastError && error.code === 'INDEX_DAMAGED') return 'unreadable-index';
    throw error;
  }
}

const neededOf = (answer: ListAnswer): readonly ListedRecord[] => (answer.type === 'read' ? answer.reading.needed : []);

async function readLists({ bucket, path, ecosystems, world }: SyncRun, last: SyncState): Promise<readonly Listed[]> {
  const index = new IndexReader(path);
  try {
    const cursors = new Map(Object.entries(last.cursors));
    const listed: Listed[] = [];
    for (const name of ecosystems) {
      const cursor = cursors.get(name);
      if (cursor === undefined) throw new Error(`a delta without a cursor of ${name}`);
      world.onProgress(`${name}: reading what changed`);
      const from = instantOrNull(cursor.modified) ?? EPOCH;
      const isNeeded = ({ id, modified }: ListedRecord): boolean => (index.modifiedOf(id) ?? -1) < modified;
      const answer = await bucket.readList(name, cursor.etag, () => new ListReading(from, isNeeded));
      listed.push({ name, last: cursor, answer });
    }
    return listed;
  } finally {
    index.close();
  }
}

async function fetchAll(run: SyncRun, listed: readonly Listed[]): Promise<readonly Fetched[] | FullReason> {
  const { bucket, world } = run;
  const wanted = listed.flatMap(({ name, answer }) => neededOf(answer).map((record) => ({ name, record })));
  let done = 0;
  let bytes = 0;
  const answers = await inParallel(wanted, MOST_CONNECTIONS, async ({ name, record }) => {
    if (bytes > MAX_BYTES) return { name, record, answer: null };
    const answer = await bucket.fetchRecord(name, record.id);
    if (answer.type === 'read') bytes += answer.json.length;
    world.onProgress(`${number(++done)} of ${number(wanted.length)} changed records fetched`);
    return { name, record, answer };
  });
  if (bytes > MAX_BYTES) return 'many-changes';
  if (isWithoutRecords(answers.filter(({ answer }) => answer?.type === 'absent').length, wanted.length))
    return 'many-missing';
  return listed.map((each) => {
    const own = answers.filter(({ name }) => name === each.name);
    return {
      ...each,
      records: own.flatMap(({ answer }) => (answer?.type === 'read' ? [answer.json] : [])),
      missing: own.filter(({ answer }) => answer?.type === 'absent').length,
      broken: own.flatMap(({ answer, record }) => (answer?.type === 'broken' ? [record] : [])),
    };
  });
}

async function merge(run: SyncRun, last: SyncState, fetched: readonly Fetched[]): Promise<Synced> {
  const { path, folder, world } = run;
  const now = world.now();
  const feeds = await run.feeds();
  const followed = fetched.map((each) => ({ ...each, cursor: cursorOf(each, now) }));
  folder.assertOurs();
  world.onProgress('merging');
  const report = await updateIndex({
    path,
    items: itemsOf(fetched),
    removed: [],
    exploited: feeds.kev.renewed,
    epss: feeds.epss.renewed,
    sync: syncState(run, last.fullAt, followed, feeds),
    built: builtOf(run),
  });
  const { header, bytes, added, changed, removed, skipped } = report;
  return { header, bytes, ecosystems: followed.map(reportOf), feeds, changes: { added, changed, removed }, skipped };
}

function* itemsOf(fetched: readonly Fetched[]): Generator<SourceItem> {
  for (const { records } of fetched) {
    for (const json of records) yield { type: 'value', value: JSON.parse(json.toString('utf8')) as unknown };
  }
}

/** A record that could not be read holds the cursor back, and the list's tag: the next sync asks for it again. */
function cursorOf({ last, answer, broken, missing }: Fetched, now: Instant): SyncCursor {
  const checkedAt = formatInstant(now);
  if (answer.type !== 'read') return { ...last, checkedAt };
  const listed = answer.reading.newest.cursor(now);
  const held = broken.reduce((at, { modified }) => earlier(at, modified), listed);
  const complete = broken.length === 0 && missing === 0;
  return { modified: formatInstant(held), etag: complete ? answer.etag : null, checkedAt };
}

const reportOf = ({ name, answer, records, missing, broken, cursor }: Followed): EcosystemReport => ({
  name,
  list: answer.type,
  sorted: answer.type !== 'read' || answer.reading.sorted,
  records: records.length,
  missing,
  broken: broken.length,
  odd: answer.type === 'read' ? answer.reading.odd : 0,
  archiveBytes: null,
  archiveBehind: false,
  cursor: cursor.modified,
});
