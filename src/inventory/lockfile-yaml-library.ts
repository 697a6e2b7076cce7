/**
 * Lockfile YAML that lockfile-yaml.ts does not know, read by the `yaml` library: folded and multi-line scalars, tabs,
 * and every mistake, with its line and column. Loaded only when it is needed.
 *
 * The schema is failsafe (YAML 1.2.2 §10.1), so scalars stay text. Aliases and tags are refused: no tool writes them into
 * a lockfile, and aliases let a kilobyte stand for a gigabyte.
 */
import {
  Composer,
  type CST,
  type Document,
  type Node,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type YAMLMap,
} from 'yaml';
import type { HoldfastError } from '../lib/errors.ts';
import { placeAt } from './json-text.ts';
import { DEEPEST_YAML, type YamlValue } from './lockfile-yaml.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

/** The library takes over a second for so much of the worst; no tool is known that writes more of what comes here. */
const MOST_CHARACTERS = 1024 * 1024;

/** `uniqueKeys` is off because it compares every key with every other; `mapOf` finds twins in one pass. */
const OPTIONS = { schema: 'failsafe', version: '1.2', prettyErrors: false, uniqueKeys: false, merge: false } as const;

/** @throws INVENTORY_MALFORMED, INVENTORY_UNSUPPORTED, as `parseLockfileYaml` */
export function readAnyYaml(path: string, text: string): readonly YamlValue[] {
  if (text.length > MOST_CHARACTERS) {
    throw unsupported(
      path,
      `${lastName(path)} is larger than 1 MB and holds YAML that neither pnpm nor Yarn writes`,
      'Write it again with the package manager that made it.',
    );
  }
  const counter = new LineCounter();
  const tokens = shallowTokens(path, text, counter);
  return [...new Composer(OPTIONS).compose(tokens)].map((document) => valueOf(path, text, document, counter));
}

/**
 * The library's parser keeps what is open on a stack, so its depth is bounded here while it runs; composing what it gives
 * is recursive. On the stack stand the document, one token for each level, and the scalar that is being read.
 */
function* shallowTokens(path: string, text: string, counter: LineCounter): Iterable<CST.Token> {
  const parser = new Parser(counter.addNewLine);
  counter.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length <= DEEPEST_YAML + 2) continue;
    const place = placeOf(counter, parser.offset);
    throw malformed(path, `${lastName(path)} is nested deeper than ${DEEPEST_YAML} levels`, RESTORE, place);
  }
  yield* parser.end();
}

const RESTORE = 'Restore it from version control, or write it again with the package manager that made it.';

function valueOf(path: string, text: string, document: Document, counter: LineCounter): YamlValue {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    throw mistake(path, text, problem.message.split('\n', 1)[0] ?? '', problem.pos[0], counter);
  }
  return convert(document.contents, {
    refuse: (what, node) => mistake(path, text, what, node?.range?.[0] ?? 0, counter),
  });
}

interface Conversion {
  readonly refuse: (what: string, node: Node | null) => HoldfastError;
}

/** Recursive, and bounded: `shallowTokens` has let nothing deep through. */
function convert(node: unknown, conversion: Conversion): YamlValue {
  if (node === null || node === undefined) return '';
  if (isNode(node) && 'tag' in node && node.tag !== undefined) throw conversion.refuse('tags are not read', node);
  if (isScalar(node)) return typeof node.value === 'string' ? node.value : '';
  if (isSeq(node)) return node.items.map((item) => convert(item, conversion));
  if (isMap(node)) return mapOf(node, conversion);
  throw conversion.refuse('aliases are not read', isNode(node) ? node : null);
}

function mapOf(node: YAMLMap, conversion: Conversion): ReadonlyMap<string, YamlValue> {
  const map = new Map<string, YamlValue>();
  for (const { key, value } of node.items) {
    const place = isNode(key) ? key : node;
    if (!isScalar(key) || typeof key.value !== 'string') throw conversion.refuse('a key is not text', place);
    if (map.has(key.value)) throw conversion.refuse(`\`${excerpt(key.value)}\` stands here twice`, place);
    map.set(key.value, convert(value, conversion));
  }
  return map;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'range' in value;

function mistake(path: string, text: string, what: string, offset: number, counter: LineCounter): HoldfastError {
  // Git's conflict markers (git-merge(1), "How conflicts are presented") are what breaks lockfiles most often.
  const conflict = /^<{7} /m.exec(text);
  if (conflict !== null) {
    const hint = 'Resolve it; `pnpm install` or `yarn install` does.';
    const place = placeAt(text, conflict.index);
    return malformed(path, `${lastName(path)} holds a merge conflict that is not resolved`, hint, place);
  }
  return malformed(path, `${lastName(path)} is not YAML: ${excerpt(what, 160)}`, RESTORE, placeOf(counter, offset));
}

function placeOf(counter: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
