/**
 * The vulnerable code under another name: a function that the program does not load from its package may have been copied into a file that it
 * does load, by a bundler or by hand. No negative is said of it then, unless the copy is shown never to run either.
 *
 * What a copy is, is code-copy.ts; judge.ts asks here before it says no.
 */
import { bundleNamed } from './bundle-marks.ts';
import { copiesIn, type CodePrint, mayHoldCopy, printOf } from './code-copy.ts';
import type { Closure } from './closure.ts';
import type { FlowFile } from './flow-file.ts';
import type { Body } from './flow-body.ts';
import type { Answer, Search } from './flow-search.ts';
import { functionsOfSymbol } from './function-facts.ts';
import { hasWord, nameWord, wordHash } from './function-words.ts';
import type { SyntaxTree } from './syntax.ts';
import type { VulnerableSymbol } from './symbols.ts';

export interface CopySearch {
  readonly closure: Closure;
  readonly search: Search;
  readonly open: (path: string) => FlowFile | null;
  /** Of any file, also of one that the program does not load; `null` where it cannot be parsed. */
  readonly parse: (path: string) => SyntaxTree | null;
}

export interface FoundCopy {
  readonly body: Body;
  readonly answer: Answer;
}

/** The copies of a symbol's code in files of other packages, with what is known of whether they run. */
export function copiesOfCode(
  { closure, search, open, parse }: CopySearch,
  symbol: VulnerableSymbol,
  path: string,
): readonly FoundCopy[] {
  const prints = printsOfSymbol(parse(path), symbol);
  const found: FoundCopy[] = [];
  for (const { path: other, facts, owner } of closure.files.values()) {
    // Other versions of the package are judged by the findings that are theirs.
    if (facts === null || other === path || owner?.name === symbol.package) continue;
    const held = prints.filter((print) => mayHoldCopy(facts.words, print));
    const file = held.length === 0 ? null : open(other);
    if (file === null) continue;
    for (const fn of new Set(held.flatMap((print) => copiesIn(file.tree, print))))
      found.push({ body: { file, fn }, answer: search.ask({ file, fn }) });
  }
  return found;
}

function printsOfSymbol(tree: SyntaxTree | null, symbol: VulnerableSymbol): readonly CodePrint[] {
  if (tree === null) return [];
  const nodes = symbol.function === null ? [null] : functionsOfSymbol(tree, symbol);
  return nodes.map((node) => printOf(tree, node)).filter((print) => print !== null);
}

/** A file of the program that says that it holds code of the package, or has a function of that telling name; `null` for none. */
export function bundleOf({ files }: Closure, symbol: VulnerableSymbol): string | null {
  for (const { path, facts, owner } of files.values()) {
    if (facts === null || owner?.name === symbol.package) continue;
    const name = symbol.function?.slice(symbol.function.lastIndexOf('.') + 1) ?? '';
    const isThere = hasWord(facts.words, wordHash(name)) || hasWord(facts.words, wordHash(nameWord(name)));
    if (bundleNamed(facts.marks, isThere ? [name] : [], symbol)) return path;
  }
  return null;
}
