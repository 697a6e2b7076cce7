/**
 * The list of who was erased, as it lies in the data folder: a line for each, only ever added to.
 *
 *     {"at":"2026-11-25T10:00:00Z","subject":"p-4f2a"}
 *
 * It holds opaque ids and nothing else about anybody. Reading and writing the file is erasure-file.client.ts.
 */
import { canonicalJson } from '../lib/canonical-json.ts';
import { isObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, type Instant, parseInstant } from '../lib/time.ts';

/** When each subject was erased; the first time counts. */
export type ErasureList = ReadonlyMap<string, Instant>;

/** Longer than any id of ours (an actor of the log has at most 128 characters). */
const MOST_SUBJECT = 256;

export const erasureLine = (subject: string, at: Instant): string =>
  `${canonicalJson({ at: formatInstant(at), subject })}\n`;

/**
 * Text behind the last line break is a line whose writing was cut off: it was never acknowledged and does not count.
 *
 * @returns the number of the first line, from 1, that is none
 */
export function parseErasures(text: string): Result<ErasureList, number> {
  const list = new Map<string, Instant>();
  const lines = text.split('\n').slice(0, -1);
  for (const [at, line] of lines.entries()) {
    const erasure = parseLine(line);
    if (erasure === null) return no(at + 1);
    if (!list.has(erasure.subject)) list.set(erasure.subject, erasure.at);
  }
  return ok(list);
}

function parseLine(line: string): { readonly subject: string; readonly at: Instant } | null {
  try {
    const value: unknown = JSON.parse(line);
    const { subject, at } = isObject(value) ? value : {};
    const instant = typeof at === 'string' ? parseInstant(at) : null;
    if (typeof subject !== 'string' || subject === '' || subject.length > MOST_SUBJECT || instant === null) return null;
    return { subject, at: instant };
  } catch {
    return null;
  }
}
