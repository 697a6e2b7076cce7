/**
 * The code of installed copies as it lies on disk, whether or not the program loads it: is the function that a symbol names there at all,
 * and what is the hash of its code. The closure knows only what is loaded; fixed-code.ts and judge.ts ask about the rest as well.
 */
import { fixedCode, type FoundCode } from './fixed-code.ts';
import { codeHash, type HashedFile } from './function-hash.ts';
import { type FunctionFact, functionsNamed, functionsOf } from './function-facts.ts';
import type { SymbolPlace } from './judge.ts';
import { parseText, readSource } from './parse.client.ts';
import { fileIn } from './product-folder.client.ts';
import { type Scopes, scopesOf } from './scopes.ts';
import type { VulnerableSymbol } from './symbols.ts';

export interface InstalledCode {
  /** @param path Of a file that is there. */
  readonly placeOf: (path: string, symbol: VulnerableSymbol) => SymbolPlace;
  /** The repaired code of an advisory in a copy; `null` where not all of it is there. */
  readonly fixedIn: (root: string, advisory: readonly VulnerableSymbol[]) => readonly FoundCode[] | null;
}

/** Trees are large; the symbols of an advisory lie close together, and what was found out is kept for all. */
const KEPT_TREES = 8;

export function installedCode(): InstalledCode {
  const trees = new Map<string, HashedFile | null>();
  const open = (path: string): HashedFile | null => {
    let file = trees.get(path);
    if (file !== undefined) return file;
    file = parsed(path);
    const oldest = trees.keys().next().value;
    if (trees.size >= KEPT_TREES && oldest !== undefined) trees.delete(oldest);
    trees.set(path, file);
    return file;
  };
  const names = new Map<string, readonly Named[]>();
  const placeOf = (path: string, symbol: VulnerableSymbol): SymbolPlace => {
    if (symbol.function === null) return 'there';
    let functions = names.get(path);
    if (functions === undefined) names.set(path, (functions = factsIn(open(path))));
    return functionsNamed(functions, symbol.function)[symbol.nth] === undefined ? 'no-function' : 'there';
  };
  const hashes = new Map<string, string | null>();
  const hashIn = (root: string, symbol: VulnerableSymbol): string | null => {
    const { path, isThere } = fileIn(root, symbol.file ?? '');
    if (!isThere) return null;
    const key = JSON.stringify([path, symbol.function, symbol.nth]);
    let hash = hashes.get(key);
    if (hash === undefined) hashes.set(key, (hash = hashOf(open(path), symbol)));
    return hash;
  };
  return { placeOf, fixedIn: (root, advisory) => fixedCode(advisory, (symbol) => hashIn(root, symbol)) };
}

interface Named {
  readonly fact: FunctionFact;
}

/** Without their nodes, which would keep the tree. */
const factsIn = (file: HashedFile | null): readonly Named[] =>
  file === null ? [] : functionsOf(file.tree).map(({ fact }) => ({ fact }));

function parsed(path: string): HashedFile | null {
  const source = readSource(path);
  if ('why' in source) return null;
  const file = parseText(path, source.text, 'detect');
  if ('why' in file) return null;
  const { tree } = file;
  let scopes: Scopes | null = null;
  return {
    tree,
    // Asked for hashes only; that a function is there shows without them.
    get scopes() {
      return (scopes ??= scopesOf(tree));
    },
  };
}

/** Of the symbol's function; of the whole file where it names none. */
function hashOf(file: HashedFile | null, symbol: VulnerableSymbol): string | null {
  if (file === null) return null;
  if (symbol.function === null) return codeHash(file, file.tree.program);
  const node = functionsNamed(functionsOf(file.tree), symbol.function)[symbol.nth]?.node;
  return node === undefined ? null : codeHash(file, node);
}
