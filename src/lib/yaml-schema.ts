/**
 * A text of YAML or JSON and a schema → a value, or everything that is wrong with the text, each with its place.
 *
 * For files that people write by hand: holdfast.yaml (../policy/facts-file.ts) and holdfast.decisions.yaml
 * (../triage/decisions-file.ts). The tree with places is located-yaml.ts; this file gives the schema's issues their place
 * and their words. What a schema cannot say about a file is added by its reader, with `placeOf`.
 */
import * as z from 'zod';
import { parseLocated, type At, type Located } from './located-yaml.ts';
import { no, ok, type Result } from './result.ts';
import { nearestWord } from './spelling.ts';
import { shorten } from './text.ts';

/** One thing to correct in a file. */
export interface FileProblem extends At {
  /** What is wrong, naming the value. */
  readonly message: string;
  /** The way out. */
  readonly hint: string;
}

export interface FileReading<T> {
  readonly value: T;
  /** The place of a key or list item; where it is missing, the place of what should hold it. */
  readonly placeOf: (path: Path) => At;
}

export type Path = readonly PropertyKey[];

const MAX_PROBLEMS = 20;

type Issue = z.core.$ZodIssue;

/** What is read: the text of a file, which problems name by `file`, and its limit in characters. */
export interface SchemaFile {
  readonly file: string;
  readonly text: string;
  readonly maxChars?: number;
}

/** At most 20 problems, in order of place. A key without a value counts as left out. */
export function readBySchema<T>(
  { file, text, maxChars }: SchemaFile,
  schema: z.ZodType<T>,
): Result<FileReading<T>, readonly FileProblem[]> {
  const tree = parseLocated(text, maxChars);
  if (!tree.ok)
    return no(
      tree.error
        .slice(0, MAX_PROBLEMS)
        .map(({ line, column, message }) => ({ line, column, message, hint: 'Correct it as YAML or JSON.' })),
    );
  const parsed = schema.safeParse(plain(tree.value));
  if (parsed.success) return ok({ value: parsed.data, placeOf: (path) => lookUp(tree.value, path).at });
  const reading: Reading = { file, schema, tree: tree.value };
  return no(inOrder(parsed.error.issues.flatMap((issue) => problemsOf(issue, reading))));
}

/** The first 20, in order of place. */
export const inOrder = (problems: readonly FileProblem[]): readonly FileProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);

interface Reading {
  readonly file: string;
  readonly schema: z.ZodType;
  readonly tree: Located;
}

/** `Object.fromEntries` defines own keys, so a `__proto__` in the file stays a key, and an unknown one. */
export function plain(node: Located): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries(
        node.entries.filter(({ value }) => !isEmpty(value)).map(({ key, value }) => [key, plain(value)]),
      );
  }
}

const isEmpty = (node: Located): boolean => node.kind === 'scalar' && node.value === null;

function problemsOf(issue: Issue, reading: Reading): readonly FileProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.path, reading));
  const { at, value } = lookUp(reading.tree, issue.path);
  return [{ line: at.line, column: at.column, ...wordsOf(issue, value) }];
}

function unknownKey(key: string, path: Path, { file, schema, tree }: Reading): FileProblem {
  const { at } = lookUp(tree, [...path, key]);
  const known = keysAt(schema, path);
  const near = nearestWord(key, known);
  const where = path.length === 0 ? file : nameOf(path);
  return {
    line: at.line,
    column: at.column,
    message: `unknown key ${quoted(key)} in ${where}`,
    hint: near === null ? `Known keys: ${known.join(', ')}.` : `Did you mean ${near}?`,
  };
}

/** What is wrong, naming the value, and the way out. The schema's own words ("write …") are the hint. */
function wordsOf(issue: Issue, value: unknown): { readonly message: string; readonly hint: string } {
  const name = nameOf(issue.path);
  const missing = value === undefined;
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = KINDS[issue.expected] ?? issue.expected;
      return { message: missing ? `${name} is missing` : `${name} is ${kindOf(value)}`, hint: `Write ${wanted}.` };
    }
    case 'invalid_value': {
      const all = issue.values.map(String);
      const near = typeof value === 'string' ? nearestWord(value, all) : null;
      const hint = `${near === null ? '' : `Did you mean ${near}? `}Write one of ${all.join(', ')}.`;
      return { message: missing ? `${name} is missing` : `${name} cannot be ${quoted(value)}`, hint };
    }
    case 'too_small':
      return {
        message: `${name} is too ${sizeWord(value, 'small', 'short')}`,
        hint: `Write at least ${amount(issue.minimum, value)}.`,
      };
    case 'too_big':
      return {
        message: `${name} is too ${sizeWord(value, 'large', 'long')}`,
        hint: `Write at most ${amount(issue.maximum, value)}.`,
      };
    case 'invalid_format':
      return { message: `${name} cannot be ${quoted(value)}`, hint: FORMATS[issue.format] ?? sentence(issue.message) };
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { message: `${name} cannot be ${quoted(value)}`, hint: sentence(issue.message) };
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: '`key: value` lines',
};
const FORMATS: Readonly<Record<string, string>> = {
  email: 'Write an e-mail address, e.g. security@example.org.',
  url: 'Write a whole URL, e.g. https://app.example.org/.',
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  return typeof value === 'string' ? `the text ${quoted(value)}` : JSON.stringify(value);
};
const sizeWord = (value: unknown, number: string, text: string): string => (typeof value === 'number' ? number : text);
const amount = (limit: number | bigint, value: unknown): string =>
  typeof value === 'number' ? String(limit) : `${limit} ${Array.isArray(value) ? 'entries' : 'characters'}`;
const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
export const quoted = (value: unknown): string => {
  if (typeof value === 'object') return kindOf(value);
  return `"${shorten(typeof value === 'string' ? value : JSON.stringify(value), 60)}"`;
};

/** `products[0].id`, as people write it. */
const nameOf = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
        .join('');

/** The place of a key or list item, and what stands there; where it is missing, the place of what should hold it. */
function lookUp(tree: Located, path: Path): { readonly at: At; readonly value: unknown } {
  let node = tree;
  let at = tree.at;
  for (const part of path) {
    if (node.kind === 'map') {
      const entry = node.entries.find(({ key }) => key === part);
      if (entry === undefined || isEmpty(entry.value)) return { at: entry?.keyAt ?? at, value: undefined };
      node = entry.value;
      at = entry.keyAt;
      continue;
    }
    const item = node.kind === 'list' && typeof part === 'number' ? node.items[part] : undefined;
    if (item === undefined) return { at, value: undefined };
    node = item;
    at = item.at;
  }
  return { at, value: plain(node) };
}

/** The keys that the schema knows at a place of the file. */
function keysAt(whole: z.ZodType, path: Path): readonly string[] {
  let schema: unknown = whole;
  for (const part of path) {
    schema = unwrapped(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(part)];
  }
  const found = unwrapped(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrapped(schema.unwrap());
  return schema;
}
