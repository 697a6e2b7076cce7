/**
 * Whether a file holds a copy of a function of another one: bundled into `dist/`, vendored into `lib/vendor`, minified or not.
 *
 * A copy is a stretch of the file, about as long as the function, in which nearly all its words stand (function-words.ts). It need be no function
 * of its own there, because minifiers put functions into others. Small functions have too few words to be known by: they count as copied where
 * most of what stands around them in their own file was copied as well. Both err on the side of finding too much: what is
 * found is asked about like the function itself, and can still be shown never to run.
 */
import { hasWord, type PlacedWord, wordHash, wordsOf } from './function-words.ts';
import { type FunctionNode, isFunction, type SyntaxTree } from './syntax.ts';

/** What a function is recognised by. */
export interface CodePrint {
  /** Its distinct words that say something, hashed. */
  readonly own: readonly number[];
  /** Words in all, repeated ones too: how long a copy is. */
  readonly length: number;
  /** Distinct words of the file around it that say something, hashed, and its words in all. */
  readonly around: readonly number[];
  readonly fileLength: number;
}

/** Words that nearly every file has. */
const COMMON: ReadonlySet<string> = new Set(
  `length prototype call apply bind push pop shift slice splice concat join map forEach filter reduce indexOf keys hasOwnProperty
  constructor toString exports default name value type string number function object boolean undefined symbol key get set then catch
  Object Array isArray error message Error test replace split match charAt charCodeAt substr substring log this enumerable
  defineProperty __esModule assign create options id data index parse stringify 2`.split(/\s+/),
);

/** Fewer distinct words than this and a function is too small to be known by them alone. */
const FEWEST_WORDS = 5;
/**
 * Of a function's words, how many a copy has: minifiers join texts and fold constants, bundlers drop branches. Of 272 functions with enough words in
 * 20 old packages, terser and Babel left 99 % recognisable at this share.
 */
const SHARE_OF_FUNCTION = 0.85;
/** Of the words of a file, how many are there where a good part of it was copied: bundlers drop what is not used. */
const SHARE_OF_FILE = 0.6;
/** Fewer words than this and no file is known by them. */
const FEWEST_AROUND = 10;

const saying = (words: readonly PlacedWord[]): readonly number[] => [
  ...new Set(words.filter(({ word }) => !COMMON.has(word)).map(({ word }) => wordHash(word))),
];

/** @param fn `null` for the whole file. */
export function printOf(tree: SyntaxTree, fn: FunctionNode | null): CodePrint {
  const all = wordsOf(tree);
  const words = fn === null ? all : wordsOf(tree, fn.start, fn.end);
  return { own: saying(words), length: words.length, around: saying(all), fileLength: all.length };
}

/** Whether a file is worth parsing: its words are those of a copy. @param packed `words` of its facts. */
export function mayHoldCopy(packed: string, print: CodePrint): boolean {
  if (!hasShare(packed, print.own, SHARE_OF_FUNCTION)) return false;
  return (
    isKnownByItself(print) || (print.around.length >= FEWEST_AROUND && hasShare(packed, print.around, SHARE_OF_FILE))
  );
}

const isKnownByItself = ({ own }: CodePrint): boolean => own.length >= FEWEST_WORDS;

/** Ends as soon as too many are missing, which for most files is after a word or two. */
function hasShare(packed: string, words: readonly number[], share: number): boolean {
  let spare = words.length - Math.ceil(words.length * share);
  for (const word of words) if (!hasWord(packed, word) && (spare -= 1) < 0) return false;
  return true;
}

/**
 * The innermost function around each copy; `null` in the list where it stands at the top of the file. A small function has no place that
 * could be told from others, so there it is the top of the file, which runs whenever the file is loaded.
 */
export function copiesIn(tree: SyntaxTree, print: CodePrint): readonly (FunctionNode | null)[] {
  const words = wordsOf(tree).map(({ word, start }) => ({ hash: wordHash(word), start }));
  const { own, length, around, fileLength } = print;
  if (!isKnownByItself(print)) {
    // The words of a file stand together in a copy of it; in a large file all of them may stand anywhere.
    const isCopied = stretchesOf(words, around, fileLength, SHARE_OF_FILE).length > 0;
    return isCopied ? [null] : [];
  }
  const stretches = stretchesOf(words, own, length, SHARE_OF_FUNCTION);
  const shortest = Math.min(...stretches.map((stretch) => stretch.words));
  // Longer ones reach over the end of a copy into what stands beside it.
  const tight = stretches.filter((stretch) => stretch.words <= shortest * 1.5);
  return [...new Set(tight.map(({ first, last }) => functionOver(tree, first, last)))];
}

interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly words: number;
}

/** The shortest stretches that end at each word and hold enough of the words: one pass with two ends. */
function stretchesOf(
  words: readonly { readonly hash: number; readonly start: number }[],
  own: readonly number[],
  length: number,
  share: number,
): readonly Stretch[] {
  const needed = Math.ceil(own.length * share);
  // Compilers and minifiers add words; twice the length leaves room for them.
  const longest = length * 2 + 8;
  const wanted = new Map(own.map((hash) => [hash, 0]));
  const stretches: Stretch[] = [];
  let distinct = 0;
  let from = 0;
  for (const [at, { hash, start }] of words.entries()) {
    const count = wanted.get(hash);
    if (count === undefined) continue;
    wanted.set(hash, count + 1);
    if (count === 0) distinct += 1;
    for (let next = words[from]; next !== undefined && from < at; next = words[from]) {
      const held = wanted.get(next.hash);
      const isSpare = held === undefined || held > 1 || at - from >= longest || distinct > needed;
      if (!isSpare) break;
      if (held !== undefined) wanted.set(next.hash, held - 1);
      if (held === 1) distinct -= 1;
      from += 1;
    }
    if (distinct >= needed) stretches.push({ first: words[from]?.start ?? start, last: start, words: at - from + 1 });
  }
  return stretches;
}

/** The innermost function that has both offsets in it. */
function functionOver({ nodes }: SyntaxTree, first: number, last: number): FunctionNode | null {
  let inner: FunctionNode | null = null;
  for (const node of nodes) {
    if (node.start > first) break;
    if (isFunction(node) && node.end > last) inner = node;
  }
  return inner;
}
