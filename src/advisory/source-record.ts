/**
 * What a value out of a source is: an advisory, an entry of a catalogue, or nothing that we know.
 *
 * Opening sources is advisory-source.client.ts.
 */
import { isObject, stringOr } from '../lib/json.ts';
import { cveKey } from './cve.ts';
import { readOsv } from './osv.ts';
import { packRecord, type PackedRecord } from './packed-record.ts';

export type SourceRecord =
  | { readonly type: 'advisory'; readonly record: PackedRecord; readonly droppedFields: number }
  /** `cve` is its key. */
  | { readonly type: 'exploited'; readonly cve: number }
  | { readonly type: 'skipped'; readonly why: string };

/** A document may be one record, a list of them, or CISA's catalogue `{vulnerabilities: […]}`. */
export function recordsIn(value: unknown): readonly SourceRecord[] {
  if (Array.isArray(value)) return value.map(recordOf);
  if (isObject(value) && value['id'] === undefined && Array.isArray(value['vulnerabilities']))
    return value['vulnerabilities'].map(recordOf);
  return [recordOf(value)];
}

function recordOf(value: unknown): SourceRecord {
  const cve = isObject(value) ? stringOr(value['cveID'], null) : null;
  if (cve !== null) return exploitedOf(cve);
  const record = readOsv(value);
  if (!record.ok) return { type: 'skipped', why: record.error };
  return { type: 'advisory', record: packRecord(record.value.advisory), droppedFields: record.value.dropped.length };
}

function exploitedOf(id: string): SourceRecord {
  const cve = cveKey(id);
  return cve === null ? { type: 'skipped', why: `${id} is no CVE id` } : { type: 'exploited', cve };
}
