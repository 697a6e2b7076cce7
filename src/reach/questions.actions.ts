/** What has to be asked about a symbol: in which copies of its package its code lies, and which files of these are to be judged. */
import { compareText } from '../lib/text.ts';
import type { Closure } from './closure.ts';
import type { FoundCode } from './fixed-code.ts';
import type { InstalledCode } from './installed-code.actions.ts';
import type { InstalledCopies } from './installed-copies.client.ts';
import type { SymbolPlace } from './judge.ts';
import type { Question } from './kept-judgements.ts';
import { readSource } from './parse.client.ts';
import { fileIn } from './product-folder.client.ts';
import type { VulnerableSymbol } from './symbols.ts';

/** A folder that holds the package. */
export interface AskedCopy {
  readonly root: string;
  readonly version: string;
  /** Of every function of the advisory, where it is known to be repaired: then nothing is asked. */
  readonly fixed: readonly FoundCode[] | null;
  readonly questions: readonly Question[];
}

export interface Installation {
  readonly closure: Closure;
  readonly copies: InstalledCopies;
  readonly code: InstalledCode;
}

/**
 * The copies of the symbol's package.
 *
 * @param advisory The symbol and the others of its advisory.
 */
export const askedCopies = (
  installation: Installation,
  symbol: VulnerableSymbol,
  advisory: readonly VulnerableSymbol[],
): readonly AskedCopy[] =>
  copiesOf(installation, symbol).map(({ root, version }) => {
    // Where more may be installed than was seen, nothing is known to be repaired.
    const fixed = installation.copies.isWhole() ? installation.code.fixedIn(root, advisory) : null;
    return { root, version, fixed, questions: fixed === null ? questionsOf(installation, symbol, root) : [] };
  });

/** Installed ones, and those that the program loads from elsewhere (`file:` links, workspaces). */
function copiesOf(
  { closure: { files }, copies }: Installation,
  { package: name, version }: VulnerableSymbol,
): readonly { readonly root: string; readonly version: string }[] {
  const found = new Map(copies.of(name, version).map((copy) => [copy.root, copy]));
  for (const { owner } of files.values())
    if (owner !== null && owner.name === name && (version === null || owner.version === version))
      found.set(owner.root, { root: owner.root, version: owner.version });
  return [...found.values()].sort((a, b) => compareText(a.root, b.root));
}

function questionsOf({ closure, code }: Installation, symbol: VulnerableSymbol, root: string): readonly Question[] {
  const ask = (path: string, place: SymbolPlace): Question => ({
    kind: 'code',
    symbol,
    path,
    place,
    text: textOf(closure, path),
  });
  if (symbol.file !== null) {
    const { path, isThere } = fileIn(root, symbol.file);
    const inFile = closure.files.has(path) ? 'there' : code.placeOf(path, symbol);
    return [ask(path, isThere ? inFile : 'no-file')];
  }
  const loaded = [...closure.files.values()].filter(({ owner }) => owner?.root === root);
  return loaded.length === 0 ? [{ kind: 'elsewhere', symbol }] : loaded.map(({ path }) => ask(path, 'there'));
}

function textOf({ files }: Closure, path: string): string {
  const known = files.get(path)?.hash ?? '';
  if (known !== '') return known;
  const source = readSource(path);
  return 'why' in source ? '' : source.hash;
}
