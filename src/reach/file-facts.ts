/**
 * The facts of one source file that decide what it can load: its functions, its exports, every site that loads a module or a
 * program, every site that makes code. Serialisable, so that they can be cached by the file's hash (facts-cache.client.ts).
 *
 * They hang on the text of the file alone, never on where it lies: paths are texts with holes (text-shape.ts), and it is
 * closure.actions.ts that fills them in. What the value flow needs beyond them (who calls whom, which value goes where) is
 * not here: flow parses the few files that it walks through again. Offsets and function ids are the same there, because both come
 * from `functionsOf` of function-facts.ts.
 */
import { type CodeSite, codeSitesOf } from './code-sites.ts';
import { textReader } from './constant-text.ts';
import type { FileWalk } from './file-walk.ts';
import { type FunctionFact, functionsOf } from './function-facts.ts';
import type { LoadSite } from './load-site.ts';
import { loadSitesOf } from './load-sites.ts';
import { type ExportFact, exportsOf } from './module-exports.ts';
import { scopesOf } from './scopes.ts';
import { type Node, type SyntaxTree, textOf } from './syntax.ts';

/** Raise it with every change of what is extracted, or the cache keeps answering with the old facts. */
export const FACTS_VERSION = 31;

export interface FileFacts {
  /** How the text was parsed; closure.actions.ts decides it from the name and the package.json, as Node does. */
  readonly syntax: 'module' | 'commonjs';
  /** In the order of their starts, so that `id` is the place in this list. */
  readonly functions: readonly FunctionFact[];
  readonly exports: readonly ExportFact[];
  readonly loads: readonly LoadSite[];
  readonly codes: readonly CodeSite[];
  /**
   * Every text of the file that could name a module, once; only where a `require` is passed on, which may be called with it.
   */
  readonly names: readonly string[];
  /** The texts of the file that lead out of a folder and are not constant names themselves: what a hole may be filled with. */
  readonly climbing: readonly string[];
}

export function factsOf(tree: SyntaxTree, syntax: FileFacts['syntax']): FileFacts {
  const scopes = scopesOf(tree);
  const functions = functionsOf(tree);
  const functionIds = new Map<Node, number>(functions.map(({ node, fact }) => [node, fact.id]));
  const walk: FileWalk = { tree, scopes, texts: textReader(tree, scopes), functionIds };
  const loads = loadSitesOf(walk);
  const codes = codeSitesOf(walk);
  const needsNames = loads.some((load) => load.form === 'require-value');
  return {
    syntax,
    functions: functions.map(({ fact }) => fact),
    exports: exportsOf(walk),
    loads,
    codes,
    names: needsNames ? namesOf(tree) : [],
    climbing: climbingOf(tree, loads),
  };
}

const MODULE_NAME = /^(?:\.{1,2}\/|@[\w.-]+\/)?[\w.@-][\w./-]*$/;
/** npm allows 214 characters for a package's name; a subpath adds some. */
const LONGEST_NAME = 300;
const MOST_NAMES = 2_000;

function namesOf({ nodes }: SyntaxTree): readonly string[] {
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.type !== 'Literal' || names.size >= MOST_NAMES) continue;
    const text = textOf(node);
    if (text !== null && text.length <= LONGEST_NAME && MODULE_NAME.test(text)) names.add(text);
  }
  return [...names];
}

export const CLIMBING = /(?:^|\/)\.\.(?:\/|$)/;
const MOST_CLIMBING = 200;

function climbingOf({ nodes }: SyntaxTree, loads: readonly LoadSite[]): readonly string[] {
  const constant = loads.filter(({ names: [only, ...others] }) => others.length === 0 && only?.length === 1);
  const isName = (node: Node): boolean => constant.some(({ start, end }) => start <= node.start && node.end <= end);
  const texts = new Set<string>();
  for (const node of nodes) {
    if (node.type !== 'Literal' && node.type !== 'TemplateElement') continue;
    const text = node.type === 'Literal' ? node.value : node.value.cooked;
    if (typeof text !== 'string' || text.length > LONGEST_NAME || !text.includes('..') || !CLIMBING.test(text))
      continue;
    if (texts.size < MOST_CLIMBING && !isName(node)) texts.add(text);
  }
  return [...texts];
}
