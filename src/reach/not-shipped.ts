/** What is said of a package that is not installed: it is not there, unless its code was put into a file that is. */
import { type BundleMarks, bundleNamed } from './bundle-marks.ts';
import { bundleOf } from './copied-code.ts';
import type { Court, Judgement } from './judge.ts';
import type { VulnerableSymbol } from './symbols.ts';

export interface ShippedScript {
  readonly path: string;
  readonly marks: BundleMarks;
  readonly text: string;
}

/** The product's own scripts that the program does not load (shipped-scripts.client.ts). */
export interface ShippedScripts {
  readonly scripts: readonly ShippedScript[];
  /** False where there are more than are searched, or one could not be read. */
  readonly isWhole: boolean;
}

interface Searched {
  /** Every folder that could be a copy of the package was looked at. */
  readonly isWhole: boolean;
  readonly shipped: () => ShippedScripts;
}

/**
 * What remains, where nothing says that the package is there, is a site that could load anything, from anywhere.
 *
 * @param elsewhere What is said of such a site.
 */
export function notShipped(
  court: Pick<Court, 'closure' | 'shown'>,
  symbol: VulnerableSymbol,
  elsewhere: Judgement,
  { isWhole, shipped }: Searched,
): Judgement {
  if (!isWhole) return unsearched(elsewhere, 'the folder holds more than is searched for copies of the package');
  if (elsewhere.verdict !== 'never-loaded') return elsewhere;
  const bundle = bundleOf(court.closure, symbol) ?? scriptWith(shipped(), symbol);
  if (bundle !== null) return bundled(court, symbol, bundle);
  if (!shipped().isWhole) return unsearched(elsewhere, 'the folder holds more scripts than are searched for its code');
  return {
    ...elsewhere,
    verdict: 'not-shipped',
    claim: `${symbol.package}${symbol.version === null ? '' : `@${symbol.version}`} is not installed here, nothing loads it from elsewhere, and no script says that its code was put into it`,
  };
}

const unsearched = (judgement: Judgement, claim: string): Judgement => ({
  ...judgement,
  verdict: 'unknown',
  claim,
  sites: [
    ...judgement.sites,
    {
      file: '.',
      line: 1,
      why: claim,
      settle: 'Name the folder of the product itself, or take away what is not part of it.',
    },
  ],
});

function scriptWith({ scripts }: ShippedScripts, symbol: VulnerableSymbol): string | null {
  const name = symbol.function?.slice(symbol.function.lastIndexOf('.') + 1) ?? '';
  const found = scripts.find(({ marks, text }) =>
    bundleNamed(marks, name !== '' && text.includes(name) ? [name] : [], symbol),
  );
  return found?.path ?? null;
}

const bundled = (court: Pick<Court, 'shown'>, symbol: VulnerableSymbol, path: string): Judgement => ({
  verdict: 'unknown',
  claim: `${symbol.package} is not installed, but ${court.shown(path)} seems to hold its code`,
  path: [],
  sites: [
    {
      file: court.shown(path),
      line: 1,
      why: 'it names the package as a part of it, or has a function of that name',
      settle: `Look which version of ${symbol.package} was put into the file: if it is none or a fixed one, record that as a decision, with this file as the reason.`,
    },
  ],
  considered: [],
});
