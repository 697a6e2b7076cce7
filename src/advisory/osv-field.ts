/** Fields of an OSV record that may be missing, `null` or of the wrong type; used by osv.ts and osv-affected.ts. */
import { isObject } from '../lib/json.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** Paths of fields that were malformed and left out. */
export type Drops = Set<string>;

/** `null` counts as absent everywhere: several databases write empty fields so. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

export function textOf(record: JsonRecord, name: string, path: string, drops: Drops): string | null {
  const value = record[name];
  if (typeof value === 'string') return value;
  if (!isAbsent(value)) drops.add(path);
  return null;
}

/** The elements of an array; anything else counts as none. */
export function elementsOf(record: JsonRecord, name: string, path: string, drops: Drops): readonly unknown[] {
  const value = record[name];
  if (Array.isArray(value)) return value;
  if (!isAbsent(value)) drops.add(path);
  return [];
}

/** The texts of an array that pass, each once. */
export function textsOf(
  record: JsonRecord,
  name: string,
  path: string,
  drops: Drops,
  passes: (text: string) => boolean,
): readonly string[] {
  const texts = new Set<string>();
  for (const element of elementsOf(record, name, path, drops)) {
    if (typeof element === 'string' && passes(element)) texts.add(element);
    else drops.add(path);
  }
  return [...texts];
}

/** The objects of an array. */
export function objectsOf(record: JsonRecord, name: string, path: string, drops: Drops): readonly JsonRecord[] {
  return elementsOf(record, name, path, drops).filter((element): element is JsonRecord => {
    if (isObject(element)) return true;
    drops.add(path);
    return false;
  });
}

/** An object to look into, empty when it is none. For `database_specific` and its like, whose shape nobody defines. */
export const looseObject = (value: unknown): JsonRecord => (isObject(value) ? value : {});

/** Neither empty nor longer than `max` UTF-16 code units, and fit to be stored and shown: UTF-8 can hold it, no controls. */
export const isPlainText = (text: string, max: number): boolean =>
  text.length > 0 && text.length <= max && !CONTROLS.test(text) && text.isWellFormed();

const CONTROLS = /\p{Cc}/u;
