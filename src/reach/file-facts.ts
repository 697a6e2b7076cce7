/**
 * The facts of one source file that decide what it can load: every site that loads a module or a program, every site that makes
 * code. Serialisable, so that they can be cached by the file's hash (facts-cache.client.ts), and no more than is asked of every file.
 *
 * They hang on the text of the file alone, never on where it lies: paths are texts with holes (text-shape.ts), and it is
 * closure.actions.ts that fills them in. What the value flow needs beyond them (the functions, who calls whom, which value goes where)
 * is not here: flow parses the few files that it walks through again. Offsets and function ids are the same there, because both come
 * from `functionsOf` of function-facts.ts.
 */
import { assigningLines, withoutDeclarations } from './assigning-lines.ts';
import { type BundleMarks, bundleMarks } from './bundle-marks.ts';
import { type CodeSite, codeSitesOf } from './code-sites.ts';
import { textReader } from './constant-text.ts';
import { deadRanges } from './environment.ts';
import type { FileWalk } from './file-walk.ts';
import { functionIdsOf } from './function-facts.ts';
import { packedWordsOf } from './function-words.ts';
import type { LoadSite } from './load-site.ts';
import { loadSitesOf } from './load-sites.ts';
import { decodesTexts, isLoadingText, textsHeld, type TextsHeld } from './program-texts.ts';
import { prototypeLines } from './prototype-lines.ts';
import { replacedNatives } from './replaced-natives.ts';
import { type Scopes, scopesOf } from './scopes.ts';
import { type Node, type Spans, type SyntaxTree, type TextNode, textOf } from './syntax.ts';

export interface FileFacts extends TextsHeld {
  /** How the text was parsed; closure.actions.ts decides it from the name and the package.json, as Node does. */
  readonly syntax: 'module' | 'commonjs';
  readonly loads: readonly LoadSite[];
  readonly codes: readonly CodeSite[];
  /**
   * Every text of the file that could name a module, once; only where a `require` is passed on, which may be called with it.
   */
  readonly names: readonly string[];
  /** The texts of the file that lead out of a folder and are not constant names themselves: what a hole may be filled with. */
  readonly climbing: readonly string[];
  /** Texts that could change what other files rely on (assigning-lines.ts). */
  readonly assigning: readonly string[];
  /**
   * The parts that never run in Node if nothing defines the names of other environments. Whoever knows that something may asks environment.ts,
   * whose answer is a part of this one.
   */
  readonly elsewhere: Spans;
  /** What of Node's own it puts something else in the place of (replaced-natives.ts). */
  readonly replaced: readonly string[];
  /** True where a text of the file may be a program that loads something. */
  readonly holdsCode: boolean;
  /** True where the file makes texts of what does not look like them. */
  readonly decodesTexts: boolean;
  /** Its words, packed (function-words.ts): by them a copy of a function is found in it. */
  readonly words: string;
  /** What it says of packages whose code was put into it (bundle-marks.ts). */
  readonly marks: BundleMarks;
}

export function factsOf(tree: SyntaxTree, syntax: FileFacts['syntax']): FileFacts {
  const scopes = scopesOf(tree);
  const walk: FileWalk = { tree, scopes, texts: textReader(tree, scopes), functionIds: functionIdsOf(tree) };
  const loads = loadSitesOf(walk);
  const codes = codeSitesOf(walk);
  const literals = tree.kinds.texts;
  const needsNames = loads.some((load) => load.form === 'require-value');
  return {
    syntax,
    loads,
    codes,
    names: needsNames ? namesOf(literals) : [],
    climbing: climbingOf(literals, loads),
    assigning: [...assigningLines(withoutDeclarations(tree, scopes), tree, scopes), ...prototypeLines(tree, scopes)],
    replaced: replacedNatives(tree, scopes),
    elsewhere: elsewhereIn(tree, scopes, syntax),
    holdsCode: literals.some(isLoadingText),
    ...textsHeld(tree, codes),
    decodesTexts: decodesTexts(tree, scopes),
    words: packedWordsOf(tree),
    marks: bundleMarks(tree.source),
  };
}

/** What is asked of a test becomes uncertain when a name may be defined, never the other way round, so there are never more of them. */
const elsewhereIn = (tree: SyntaxTree, scopes: Scopes, syntax: FileFacts['syntax']): Spans =>
  deadRanges({ tree, scopes, isEsm: syntax === 'module' }, () => false).map(({ start, end }) => [start, end]);

const MODULE_NAME = /^(?:\.{1,2}\/|@[\w.-]+\/)?[\w.@-][\w./-]*$/;
/** npm allows 214 characters for a package's name; a subpath adds some. */
const LONGEST_NAME = 300;
const MOST_NAMES = 2_000;

function namesOf(literals: readonly TextNode[]): readonly string[] {
  const names = new Set<string>();
  for (const node of literals) {
    if (node.type !== 'Literal' || names.size >= MOST_NAMES) continue;
    const text = textOf(node);
    if (text !== null && text.length <= LONGEST_NAME && MODULE_NAME.test(text)) names.add(text);
  }
  return [...names];
}

export const CLIMBING = /(?:^|\/)\.\.(?:\/|$)/;
const MOST_CLIMBING = 200;

function climbingOf(literals: readonly TextNode[], loads: readonly LoadSite[]): readonly string[] {
  const constant = loads.filter(({ names: [only, ...others] }) => others.length === 0 && only?.length === 1);
  const isName = (node: Node): boolean => constant.some(({ start, end }) => start <= node.start && node.end <= end);
  const texts = new Set<string>();
  for (const node of literals) {
    const text = node.type === 'Literal' ? node.value : node.value.cooked;
    if (typeof text !== 'string' || text.length > LONGEST_NAME || !text.includes('..') || !CLIMBING.test(text))
      continue;
    if (texts.size < MOST_CLIMBING && !isName(node)) texts.add(text);
  }
  return [...texts];
}
