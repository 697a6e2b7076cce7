/**
 * YAML or JSON as a tree in which every value knows its line and column. For files that people write by hand and that
 * are small: anchors, aliases and tags are refused, depth and size are bounded.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import { no, ok, type Result } from './result.ts';

/** Counted from 1. */
export interface At {
  readonly line: number;
  readonly column: number;
}

export type Located =
  | { readonly kind: 'scalar'; readonly at: At; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly at: At; readonly items: readonly Located[] }
  | { readonly kind: 'map'; readonly at: At; readonly entries: readonly LocatedEntry[] };

export interface LocatedEntry {
  readonly key: string;
  readonly keyAt: At;
  readonly value: Located;
}

export interface YamlIssue extends At {
  readonly message: string;
}

export const MAX_YAML_CHARS = 262_144;
/** A case has three levels; ten leave room for a mistake to be named where it is. */
const MAX_DEPTH = 10;
/** More than all facts and all fields of all notices together; looking for keys that stand twice stays cheap. */
const MAX_ENTRIES = 1_000;
/** `uniqueKeys` is off because it compares every key with every other; `entriesOf` finds the twins in one pass. */
const YAML = { schema: 'core', version: '1.2', prettyErrors: false, uniqueKeys: false } as const;
/** Opening marks before the parser recurses for good; far below its stack, far above any honest file. */
const MAX_OPEN_BRACKETS = 64;

/** The tree, or what is wrong with the text. An empty text is an empty map. */
export function parseLocated(text: string, maxChars = MAX_YAML_CHARS): Result<Located, readonly YamlIssue[]> {
  if (text.length > maxChars) return no([issue(START, `the file is larger than ${maxChars / 1024} KB`)]);
  if (tooDeep(text)) return no([issue(START, 'the file is nested too deeply')]);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, ...YAML });
  const at = (offset: number): At => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) return no(problems.map((problem) => issue(at(problem.pos[0]), firstLine(problem.message))));
  if (document.contents === null) return ok({ kind: 'map', at: START, entries: [] });
  const found: YamlIssue[] = [];
  const tree = locate(document.contents, at, found, 0);
  return found.length > 0 ? no(found) : ok(tree);
}

const START: At = { line: 1, column: 1 };
const issue = (at: At, message: string): YamlIssue => ({ ...at, message });
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

function locate(node: unknown, at: (offset: number) => At, found: YamlIssue[], depth: number): Located {
  const place = at(offsetOf(node) ?? 0);
  const nothing: Located = { kind: 'scalar', at: place, value: null };
  if (node === null || node === undefined) return nothing;
  if (depth > MAX_DEPTH) {
    found.push(issue(place, 'the file is nested too deeply'));
    return nothing;
  }
  if (isScalar(node) && isPlain(node.value)) return { kind: 'scalar', at: place, value: node.value };
  if (isSeq(node)) {
    return { kind: 'list', at: place, items: node.items.map((item) => locate(item, at, found, depth + 1)) };
  }
  if (isMap(node)) return { kind: 'map', at: place, entries: entriesOf(node, at, found, depth) };
  found.push(issue(place, 'write the value out: no aliases, no tags'));
  return nothing;
}

function entriesOf(
  map: YAMLMap,
  at: (offset: number) => At,
  found: YamlIssue[],
  depth: number,
): readonly LocatedEntry[] {
  if (map.items.length > MAX_ENTRIES) {
    found.push(issue(at(offsetOf(map) ?? 0), `more than ${MAX_ENTRIES} entries`));
    return [];
  }
  const seen = new Set<string>();
  return map.items.flatMap(({ key, value }) => {
    const keyAt = at(offsetOf(key) ?? offsetOf(map) ?? 0);
    if (!isScalar(key) || typeof key.value !== 'string') {
      found.push(issue(keyAt, 'a key is a word'));
      return [];
    }
    if (seen.has(key.value)) found.push(issue(keyAt, `"${key.value.slice(0, 60)}" stands here twice`));
    seen.add(key.value);
    // A key without a value has no node of its own; its place is that of the key.
    const below: Located =
      value === null || value === undefined
        ? { kind: 'scalar', at: keyAt, value: null }
        : locate(value, at, found, depth + 1);
    return [{ key: key.value, keyAt, value: below }];
  });
}

const offsetOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range?.[0] : undefined;

const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Bounds what a recursive parser would have to hold: open brackets, and block markers that open a level each. */
function tooDeep(text: string): boolean {
  let open = 0;
  for (const line of text.split('\n')) {
    if (/^\s*(?:[-?]\s+){10}/.test(line)) return true;
    for (const mark of line) {
      if (mark === '[' || mark === '{') open += 1;
      else if (mark === ']' || mark === '}') open = Math.max(0, open - 1);
    }
    if (open > MAX_OPEN_BRACKETS) return true;
  }
  return deepestIndent(text) > MAX_OPEN_BRACKETS;
}

/** How many ever deeper indentations follow each other at most. */
function deepestIndent(text: string): number {
  const stack: number[] = [];
  let deepest = 0;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    while ((stack.at(-1) ?? -1) >= indent) stack.pop();
    stack.push(indent);
    deepest = Math.max(deepest, stack.length);
  }
  return deepest;
}
