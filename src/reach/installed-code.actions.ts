/**
 * The code of installed copies as it lies on disk, whether or not the program loads it: is the function that a symbol names there at all,
 * and what is the hash of its code. The closure knows only what is loaded; fixed-code.ts and judge.ts ask about the rest as well.
 */
import { fixedCode, type FoundCode } from './fixed-code.ts';
import { codeHash, type HashedFile } from './function-hash.ts';
import { functionsNamed, functionsOf } from './function-facts.ts';
import type { SymbolPlace } from './judge.ts';
import { parseText, readSource } from './parse.client.ts';
import { fileIn } from './product-folder.client.ts';
import { scopesOf } from './scopes.ts';
import type { VulnerableSymbol } from './symbols.ts';

export interface InstalledCode {
  /** @param path Of a file that is there. */
  readonly placeOf: (path: string, symbol: VulnerableSymbol) => SymbolPlace;
  /** The repaired code of an advisory in a copy; `null` where not all of it is there. */
  readonly fixedIn: (root: string, advisory: readonly VulnerableSymbol[]) => readonly FoundCode[] | null;
}

/** The trees of the last few files are kept: the symbols of an advisory lie close together. */
const KEPT_FILES = 8;

export function installedCode(): InstalledCode {
  const kept = new Map<string, HashedFile | null>();
  const open = (path: string): HashedFile | null => {
    let file = kept.get(path);
    if (file !== undefined) return file;
    file = parsed(path);
    const oldest = kept.keys().next().value;
    if (kept.size >= KEPT_FILES && oldest !== undefined) kept.delete(oldest);
    kept.set(path, file);
    return file;
  };
  const placeOf = (path: string, symbol: VulnerableSymbol): SymbolPlace => {
    if (symbol.function === null) return 'there';
    const file = open(path);
    return file === null || nodeOf(file, symbol) === null ? 'no-function' : 'there';
  };
  const hashIn = (root: string, symbol: VulnerableSymbol): string | null => {
    const { path, isThere } = fileIn(root, symbol.file ?? '');
    const file = isThere ? open(path) : null;
    const node = file === null ? null : nodeOf(file, symbol);
    return file === null || node === null ? null : codeHash(file, node);
  };
  return { placeOf, fixedIn: (root, advisory) => fixedCode(advisory, (symbol) => hashIn(root, symbol)) };
}

function parsed(path: string): HashedFile | null {
  const source = readSource(path);
  if ('why' in source) return null;
  const file = parseText(path, source.text, 'detect');
  return 'why' in file ? null : { tree: file.tree, scopes: scopesOf(file.tree) };
}

/** The symbol's function; the whole file where it names none. */
function nodeOf({ tree }: HashedFile, symbol: VulnerableSymbol): HashedFile['tree']['nodes'][number] | null {
  if (symbol.function === null) return tree.program;
  const functions = functionsOf(tree);
  const fact = functionsNamed(
    functions.map((each) => each.fact),
    symbol.function,
  )[symbol.nth];
  return fact === undefined ? null : (functions[fact.id]?.node ?? null);
}
