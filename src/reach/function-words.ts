/**
 * The words of code that stay what they are when it is bundled, minified or compiled: the names of properties, texts, numbers, regular
 * expressions. By them a copy of a function is found in another file (code-copy.ts).
 *
 * Minifiers rename variables, drop white space, and write `if` as `&&` and `true` as `!0`; names of properties they leave alone, unless
 * they are told otherwise (terser's `mangle.props`, esbuild's `--mangle-props`), and such bundles are not found.
 */
import { bare, isClass, isFunction, keyName, memberName, type Node, type SyntaxTree } from './syntax.ts';

export interface PlacedWord {
  readonly word: string;
  readonly start: number;
}

/** A longer text is known by its beginning, so that a message of a kilobyte weighs no more than another word. */
const LONGEST_WORD = 80;

/** The words of a tree in the order of the source; of a part of it where the offsets are given. */
export function wordsOf({ nodes }: SyntaxTree, from = 0, to = Number.POSITIVE_INFINITY): readonly PlacedWord[] {
  const words: PlacedWord[] = [];
  for (const node of nodes) {
    if (node.start < from || node.end > to) continue;
    const word = wordOf(node);
    if (word !== null && word !== '') words.push({ word: word.slice(0, LONGEST_WORD), start: node.start });
  }
  return words;
}

/** The name of a function, apart from other words: minifiers rename it, so no copy is known by it, but a bundle that was not minified is. */
export const nameWord = (name: string): string => `function ${name}`;

/** `function parse() {}`, `class Range {}`, `const parse = () => {}`. */
function nameOf(node: Node): string | null {
  const isNamed =
    isFunction(node) ||
    isClass(node) ||
    (node.type === 'VariableDeclarator' && node.init !== null && isFunction(bare(node.init)));
  return isNamed && node.id?.type === 'Identifier' ? nameWord(node.id.name) : null;
}

function wordOf(node: Node): string | null {
  switch (node.type) {
    case 'MemberExpression':
      return memberName(node);
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return keyName(node.key, node.computed);
    case 'TemplateElement':
      return node.value.cooked;
    case 'Literal':
      return isKey(node) ? null : wordOfLiteral(node);
    default:
      return null;
  }
}

function wordOfLiteral(node: Node & { type: 'Literal' }): string | null {
  if ('regex' in node) return `/${node.regex.pattern}/`;
  // `!0` and `void 0` are `true` and `undefined`, and `1` joins them in `1 - x`.
  if (typeof node.value === 'number') return node.value === 0 || node.value === 1 ? null : `${node.value}`;
  // Directives are dropped and added.
  return typeof node.value === 'string' && node.value !== 'use strict' ? node.value : null;
}

/** `'a'` of `x['a']` and `{ 'a': 1 }` counts where the member and the property do. */
const isKey = (node: Node): boolean => {
  const { parent } = node;
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.property === node;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.key === node;
    default:
      return false;
  }
};

/** FNV-1a, 32 bits: words of different files are compared by it, and a collision costs a second look. */
export function wordHash(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The distinct words of a file and the names of its functions, for its facts: sorted hashes, seven characters each. */
export function packedWordsOf({ kinds: { members, texts, others } }: SyntaxTree): string {
  const words = new Set<string>();
  const add = (word: string | null): void => {
    if (word !== null && word !== '') words.add(word);
  };
  for (const node of members) add(memberName(node));
  for (const node of texts) add(wordOf(node));
  for (const node of others) {
    add(wordOf(node));
    add(nameOf(node));
  }
  const hashes = new Set<number>();
  for (const word of words) hashes.add(wordHash(word.slice(0, LONGEST_WORD)));
  // By number, as by text: all have the same length.
  let packed = '';
  for (const hash of Uint32Array.from(hashes).sort()) packed += hash.toString(36).padStart(HASH_CHARS, '0');
  return packed;
}

/** 36 ** 7 is more than 2 ** 32. */
const HASH_CHARS = 7;

/** Whether a file whose words were packed has a word: a search by halves. */
export function hasWord(packed: string, hash: number): boolean {
  const wanted = hash.toString(36).padStart(HASH_CHARS, '0');
  let low = 0;
  let high = packed.length / HASH_CHARS - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = packed.slice(middle * HASH_CHARS, (middle + 1) * HASH_CHARS);
    if (found === wanted) return true;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
