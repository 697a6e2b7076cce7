/**
 * Bringing an advisory index up to date by the records that changed, without reading all the others again.
 *
 * What changes is decided in index-merge.ts. Building from nothing is advisory-build.actions.ts; how the changed records
 * are found and fetched is not known here.
 */
import { parseInstant, type Instant } from '../lib/time.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { EpssScore } from './advisory.ts';
import type { SourceItem } from './advisory-source.client.ts';
import { cveKey } from './cve.ts';
import type { IndexHeader, SyncState } from './index-layout.ts';
import { unpackPackage, type StoredDetail } from './index-lines.ts';
import { planMerge, type MergeBase, type StoredPackage, type Update, type UpdateCounts } from './index-merge.ts';
import { IndexReader } from './index-reader.client.ts';
import { writeIndex } from './index-writer.client.ts';
import type { PackedRecord } from './packed-record.ts';
import { recordsIn } from './source-record.ts';

export interface UpdateRequest {
  readonly path: string;
  /** Records that are new or changed; withdrawn ones too. */
  readonly items: AsyncIterable<SourceItem> | Iterable<SourceItem>;
  /** Ids that their database no longer has. */
  readonly removed: readonly string[];
  /** CVE ids of the whole new catalogue of known exploited vulnerabilities; `null` keeps the old one. */
  readonly exploited: readonly string[] | null;
  /** All new scores by CVE id; `null` keeps the old ones. */
  readonly epss: ReadonlyMap<string, EpssScore> | null;
  /** What the next sync has to know; `null` keeps what the index knows. */
  readonly sync: SyncState | null;
  readonly built: Instant;
}

/** `added`, `changed`, `removed` and `unchanged` count the ids that the update names. */
export interface UpdateReport extends UpdateCounts {
  readonly header: IndexHeader;
  readonly bytes: number;
  /** Everything that was given and not taken, and why. */
  readonly skipped: readonly string[];
}

/**
 * Updates the index at `path` and puts the new one into place in one step. Where nothing differs the digest stays.
 *
 * @throws INDEX_NOT_FOUND, INDEX_FOREIGN, INDEX_NEWER, INDEX_OLDER, INDEX_DAMAGED, FILE_UNREADABLE, FILE_UNWRITABLE, and what
 *   `items` throws; the index that stood at `path` still stands.
 */
export async function updateIndex(request: UpdateRequest): Promise<UpdateReport> {
  const { path, built } = request;
  const { update, skipped } = await gather(request);
  const index = new IndexReader(path);
  try {
    const old = { header: index.header, sections: index.sections() };
    const { change, counts } = planMerge(baseOf(index), update);
    const { sources, sync } = index.header;
    const { chunks, header } = writeIndex(old, change, { built, sources, sync: request.sync ?? sync });
    replaceFile(path, chunks);
    return { ...counts, header, bytes: chunks.reduce((sum, { length }) => sum + length, 0), skipped };
  } finally {
    index.close();
  }
}

async function gather(
  request: UpdateRequest,
): Promise<{ readonly update: Update; readonly skipped: readonly string[] }> {
  const records: PackedRecord[] = [];
  const skipped: string[] = [];
  let droppedFields = 0;
  for await (const item of request.items) {
    for (const record of item.type === 'value' ? recordsIn(item.value) : []) {
      if (record.type === 'advisory') {
        records.push(record.record);
        droppedFields += record.droppedFields;
      } else if (record.type === 'skipped') skipped.push(record.why);
      else skipped.push('an entry of a catalogue, which updates take as a whole');
    }
    if (item.type === 'broken') skipped.push(`${item.where}: ${item.why}`);
    if (item.type === 'score') skipped.push(`${item.cve}: a score, which updates take all together`);
  }
  const exploited = request.exploited === null ? null : new Set<number>();
  for (const id of request.exploited ?? []) {
    const key = cveKey(id);
    if (key === null) skipped.push(`${id} is no CVE id`);
    else exploited?.add(key);
  }
  const epss = request.epss === null ? null : new Map<number, EpssScore>();
  for (const [id, score] of request.epss ?? []) {
    const key = cveKey(id);
    if (key === null) skipped.push(`${id} is no CVE id`);
    else epss?.set(key, score);
  }
  const update = { records, removed: request.removed, exploited, epss, skipped: skipped.length, droppedFields };
  return { update, skipped };
}

/** The index as an update asks it; a detail and a line are asked for several times, and unpacked once. */
function baseOf(index: IndexReader): MergeBase {
  const { counts, dead, dataAsOf } = index.header;
  const details = new Map<number, StoredDetail>();
  const packages = new Map<number, readonly StoredPackage[]>();
  return {
    next: counts.advisories + dead,
    counts,
    newest: dataAsOf === null ? null : parseInstant(dataAsOf),
    absent: index.absent(),
    exploited: new Set(index.exploited()),
    numbersOf: (id) => index.numbersOf(id),
    stored: (advisory) => {
      const detail = details.get(advisory) ?? index.stored(advisory);
      details.set(advisory, detail);
      return detail;
    },
    packagesAt: (hash) => {
      const found =
        packages.get(hash) ?? index.linesAt(hash).map(({ slot, line }) => ({ slot, ...unpackPackage(line) }));
      packages.set(hash, found);
      return found;
    },
  };
}
