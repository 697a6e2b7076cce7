/**
 * The list that marks a folder as ours: which files were written there, and what stood in them. Pure; the folder is
 * published-folder.client.ts.
 *
 * It is how the next run knows what it may replace and what has become stale. It is served with the rest, so it names nothing but
 * the public files; whoever changes it must not gain anything, so it is read with suspicion.
 */
import { isObject } from '../lib/json.ts';

export const LIST_FILE = 'holdfast-published.json';

/** SHA-256 of each file, by its path with `/`. */
export type PublishedList = ReadonlyMap<string, string>;

const SCHEMA = 'holdfast.published/1';
/** A folder of ours has six files. */
const MOST_FILES = 1_000;

/** Inside of the folder, without a step that leads out of it or to a device of Windows. */
const SAFE_PATH = /^(?:[a-z0-9._-]{1,64}\/){0,8}[a-z0-9._-]{1,64}$/i;

/** `null`: not a list of ours. One bad entry makes the whole list foreign. */
export function readList(text: string): PublishedList | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || value['schema'] !== SCHEMA || !isObject(value['files'])) return null;
  const entries = Object.entries(value['files']);
  if (entries.length > MOST_FILES) return null;
  const list = new Map<string, string>();
  for (const [path, digest] of entries) {
    if (!SAFE_PATH.test(path) || path.split('/').some((part) => /^\.+$/.test(part))) return null;
    if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return null;
    list.set(path, digest);
  }
  return list;
}

export function listText(list: PublishedList): string {
  const files = Object.fromEntries([...list].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ schema: SCHEMA, files }, null, 2)}\n`;
}
