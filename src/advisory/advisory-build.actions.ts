/**
 * Building the advisory index from sources. Apart from advisory.actions.ts, because a scan opens an index and must not load
 * the readers, the zip library and the CVSS library that only building needs. Bringing one up to date by a few records is
 * advisory-update.actions.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { collectGarbage } from '../platform/collect-garbage.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { EpssScore } from './advisory.ts';
import { readSource, type SourceItem } from './advisory-source.client.ts';
import { cveKey } from './cve.ts';
import { IndexBuilder } from './index-builder.ts';
import type { IndexHeader, IndexSource, SyncState } from './index-layout.ts';
import { sourceName } from './index-place.client.ts';
import { writeIndex } from './index-writer.client.ts';
import { recordsIn } from './source-record.ts';

export interface BuildRequest {
  readonly out: string;
  readonly sources: readonly string[];
  readonly built: Instant;
  /** CVE ids known to be exploited, beside those in the sources. */
  readonly exploited?: readonly string[];
  /** Scores by CVE id, beside those in the sources. */
  readonly epss?: ReadonlyMap<string, EpssScore>;
  /** Sees every item before it is taken, with the name of its source; what it throws ends the building. */
  readonly onItem?: (source: string, item: SourceItem) => void;
  /** Asked once everything was read, for what the header is to remember until the next sync. */
  readonly sync?: () => SyncState;
  /** Called now and then with the number of records read so far. */
  readonly onProgress: (records: number) => void;
}

export interface BuildReport {
  readonly header: IndexHeader;
  readonly bytes: number;
  /** The first few things that were skipped, for people to look at. */
  readonly skipped: readonly string[];
}

const SHOWN_SKIPS = 5;
const PROGRESS_EVERY = 5_000;
/** A record costs its reader about 5 KB of garbage. */
const COLLECT_EVERY = 10_000;

/**
 * Builds an index and puts it into place in one step.
 *
 * @throws FILE_NOT_FOUND, ADVISORY_SOURCE_UNREADABLE, ADVISORY_SOURCE_EMPTY, FILE_UNWRITABLE; an index that stood at `out` still stands.
 */
export async function buildIndex(request: BuildRequest): Promise<BuildReport> {
  const { out, sources, built, onProgress } = request;
  const builder = new IndexBuilder();
  const skipped: string[] = [];
  const read: IndexSource[] = [];
  let seen = 0;
  for (const source of sources) {
    let records = 0;
    for await (const item of readSource(source)) {
      request.onItem?.(sourceName(source), item);
      for (const answer of addItem(builder, item)) {
        if (answer === null) records++;
        else if (skipped.length < SHOWN_SKIPS) skipped.push(answer);
        if (++seen % PROGRESS_EVERY === 0) onProgress(seen);
        if (seen % COLLECT_EVERY === 0) collectGarbage();
      }
    }
    if (records === 0) throw emptySource(source, skipped[0]);
    read.push({ name: sourceName(source), records });
  }
  for (const why of addCatalogues(builder, request)) if (skipped.length < SHOWN_SKIPS) skipped.push(why);
  const sync = request.sync?.() ?? null;
  collectGarbage();
  const change = builder.finish();
  collectGarbage();
  const { chunks, header } = writeIndex(null, change, { built, sources: read, sync });
  replaceFile(out, chunks);
  return { header, bytes: chunks.reduce((sum, { length }) => sum + length, 0), skipped };
}

function emptySource(source: string, skipped: string | undefined): HoldfastError {
  return new HoldfastError(
    'ADVISORY_SOURCE_EMPTY',
    `${source} holds no advisory${skipped === undefined ? '' : ` (${skipped})`}`,
    {
      hint: "Expected: an OSV zip, a folder of OSV JSON files, NDJSON (.gz), the CISA KEV catalogue, or FIRST's EPSS scores (CSV). Nothing was written.",
    },
  );
}

/** For each record in an item: `null` when it was taken, else why not. */
function addItem(builder: IndexBuilder, item: SourceItem): readonly (string | null)[] {
  switch (item.type) {
    case 'broken':
      builder.skip();
      return [`${item.where}: ${item.why}`];
    case 'score':
      return [addScore(builder, item.cve, item.score)];
    case 'value':
      return recordsIn(item.value).map((record) => {
        switch (record.type) {
          case 'advisory':
            builder.add(record.record, record.droppedFields);
            return null;
          case 'exploited':
            builder.addExploited(record.cve);
            return null;
          case 'skipped':
            builder.skip();
            return record.why;
        }
      });
  }
}

function addScore(builder: IndexBuilder, id: string, score: EpssScore): string | null {
  const cve = cveKey(id);
  if (cve !== null) builder.addScore(cve, score);
  else builder.skip();
  return cve === null ? `${id} is no CVE id` : null;
}

/** What was given beside the sources. @returns why some of it was not taken */
function addCatalogues(builder: IndexBuilder, { exploited = [], epss = new Map() }: BuildRequest): readonly string[] {
  const skipped: string[] = [];
  for (const id of exploited) {
    const cve = cveKey(id);
    if (cve !== null) builder.addExploited(cve);
    else {
      builder.skip();
      skipped.push(`${id} is no CVE id`);
    }
  }
  for (const [id, score] of epss) {
    const why = addScore(builder, id, score);
    if (why !== null) skipped.push(why);
  }
  return skipped;
}
