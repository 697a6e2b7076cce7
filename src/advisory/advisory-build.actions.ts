/**
 * Building the advisory index from sources. Apart from advisory.actions.ts, because a scan opens an index and must not load
 * the readers, the zip library and the CVSS library that only building needs.
 */
import { HoldfastError } from '../lib/errors.ts';
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { collectGarbage } from '../platform/collect-garbage.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { readSource, type SourceItem } from './advisory-source.client.ts';
import { IndexBuilder } from './index-builder.client.ts';
import type { IndexHeader, IndexSource } from './index-layout.ts';
import { sourceName } from './index-place.client.ts';
import { readOsv } from './osv.ts';

export interface BuildRequest {
  readonly out: string;
  readonly sources: readonly string[];
  readonly built: Instant;
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
export async function buildIndex({ out, sources, built, onProgress }: BuildRequest): Promise<BuildReport> {
  const builder = new IndexBuilder();
  const skipped: string[] = [];
  const read: IndexSource[] = [];
  let seen = 0;
  for (const source of sources) {
    let records = 0;
    for await (const item of readSource(source)) {
      for (const answer of addItem(builder, item)) {
        if (answer === null) records++;
        else if (skipped.length < SHOWN_SKIPS) skipped.push(answer);
        if (++seen % PROGRESS_EVERY === 0) onProgress(seen);
        if (seen % COLLECT_EVERY === 0) collectGarbage();
      }
    }
    if (records === 0) {
      throw new HoldfastError(
        'ADVISORY_SOURCE_EMPTY',
        `${source} holds no advisory${skipped[0] === undefined ? '' : ` (${skipped[0]})`}`,
        {
          hint: 'Expected: an OSV zip, a folder of OSV JSON files, NDJSON (.gz), or the CISA KEV catalogue. Nothing was written.',
        },
      );
    }
    read.push({ name: sourceName(source), records });
  }
  collectGarbage();
  const { chunks, header } = builder.finish(built, read);
  replaceFile(out, chunks);
  return { header, bytes: chunks.reduce((sum, { length }) => sum + length, 0), skipped };
}

/** For each record in an item: `null` when it was taken, else why not. */
function addItem(builder: IndexBuilder, item: SourceItem): readonly (string | null)[] {
  if (item.type === 'broken') {
    builder.skip();
    return [`${item.where}: ${item.why}`];
  }
  return flatten(item.value).map((value) => addRecord(builder, value));
}

/** A document may be one record, a list of them, or CISA's catalogue `{vulnerabilities: […]}`. */
function flatten(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isObject(value) && value['id'] === undefined && Array.isArray(value['vulnerabilities']))
    return arrayOr(value['vulnerabilities']);
  return [value];
}

function addRecord(builder: IndexBuilder, value: unknown): string | null {
  const cve = isObject(value) ? stringOr(value['cveID'], null) : null;
  if (cve !== null) {
    builder.addExploited(cve);
    return null;
  }
  const record = readOsv(value);
  if (!record.ok) {
    builder.skip();
    return record.error;
  }
  builder.add(record.value.advisory, record.value.dropped.length);
  return null;
}
