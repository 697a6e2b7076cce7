/**
 * Reads a form or a query once, at the edge: out come typed values, or an error for each field. Pure.
 *
 * What people typed is kept for the page that asks again; controls and bidirectional marks are refused by the schemas (`line`, `prose`).
 */
import { z } from 'zod';
import { no, ok, type Result } from '../lib/result.ts';

/** By the name of the field, in the order of the form. */
export type FormErrors = ReadonlyMap<string, string>;

export const NO_ERRORS: FormErrors = new Map();

export interface FormRefusal {
  readonly errors: FormErrors;
  /** As they came, for the page that asks again. */
  readonly values: FormValues;
}

/** Each field's values, as they came. */
export type FormValues = ReadonlyMap<string, readonly string[]>;

/** A form has a few fields; more was not sent by one of ours. */
const MOST_FIELDS = 500;

/** @param fields `application/x-www-form-urlencoded`, as `URLSearchParams` or `FormData` gives it; files are left out */
export function valuesOf(fields: Iterable<readonly [string, unknown]>): FormValues {
  const values = new Map<string, string[]>();
  let seen = 0;
  for (const [name, value] of fields) {
    seen += 1;
    if (seen > MOST_FIELDS) break;
    if (typeof value !== 'string') continue;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}

export const firstOf = (values: FormValues, name: string): string => values.get(name)?.[0] ?? '';

/**
 * @param schema Of an object whose members are the fields: a text for a field with one value, a list for one with several (`many`).
 * @param many Names of the fields with several values.
 */
export function readForm<T>(
  schema: z.ZodType<T>,
  values: FormValues,
  many: readonly string[] = [],
): Result<T, FormRefusal> {
  const input = Object.fromEntries([
    ...[...values].map(([name, texts]): [string, unknown] => [name, many.includes(name) ? texts : texts[0]]),
    ...many.filter((name) => !values.has(name)).map((name): [string, unknown] => [name, []]),
  ]);
  const read = schema.safeParse(input);
  if (read.success) return ok(read.data);
  const errors = new Map<string, string>();
  for (const { path, message } of read.error.issues) {
    const name = String(path[0] ?? '');
    if (!errors.has(name)) errors.set(name, message);
  }
  return no({ errors, values });
}

/** C0 and C1 controls, and what turns the direction of text around (Unicode Bidirectional Algorithm, UAX #9). */
const CONTROL = /[\p{Cc}\p{Cs}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;
const CONTROL_IN_PROSE = /[^\P{Cc}\n\r\t]|[\p{Cs}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

/** One line of text that somebody typed. @param what `A name`, which begins the sentence of an error */
export const line = (what: string, most: number) =>
  z
    .string({ error: `${what} is missing. Type it.` })
    .trim()
    .min(1, `${what} is missing. Type it.`)
    .max(most, `${what} has more than ${most} characters. Shorten it.`)
    .refine((text) => !CONTROL.test(text), `${what} holds control characters. Type it instead of pasting it.`);

/** Several lines. */
export const prose = (what: string, most: number) =>
  z
    .string({ error: `${what} is missing. Type it.` })
    .trim()
    .min(1, `${what} is missing. Type it.`)
    .max(most, `${what} has more than ${most} characters. Shorten it.`)
    .refine((text) => !CONTROL_IN_PROSE.test(text), `${what} holds control characters. Type it instead of pasting it.`);

/** A path of ours, for a way back: never another site (`//evil.example`, `/\evil.example`, `https:`). `/today` for everything else. */
export function localPath(text: string | null | undefined): string {
  if (text === null || text === undefined || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/today';
  return text;
}
