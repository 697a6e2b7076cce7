/**
 * What reach says about a finding of a scan: one verdict for all its functions and all products in which it stands, with one place that a
 * developer can look at. Pure; it is asked for by `holdfast scan --reach` (finding-reach.actions.ts), and the whole answer is that of
 * `holdfast reach`.
 */
import { shellWord } from '../lib/text.ts';
import { isInside, normalPath } from './path-text.ts';
import type { ReachVerdict } from './reach-report.ts';
import { worstVerdict, type Verdict } from './verdict.ts';

export interface FindingReach {
  readonly verdict: Verdict;
  /**
   * What was asked about: the functions that carry the flaw, or, where no list names them, whether anything of the package is loaded. `null`:
   * nothing could be asked.
   */
  readonly level: 'functions' | 'package' | null;
  /** The ground of the verdict; continues "…, because". */
  readonly claim: string;
  /** The place to look at; `null` where the verdict rests on none. */
  readonly place: ReachPlace | null;
  /** What would settle it, as a sentence; for what cannot run the commands that decide so; empty where nothing is left to do. */
  readonly next: string;
  /** Each function in each product, as far as it was asked about. */
  readonly asked: readonly AskedFunction[];
}

export interface ReachPlace {
  /** `site`: it alone leaves the verdict open. `step`: it lies on the way to the code. */
  readonly kind: 'site' | 'step';
  /** As the scan names its inputs. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Continues the place: `calls parse`. */
  readonly says: string;
}

export interface AskedFunction {
  /** The lockfile of the product. */
  readonly input: string;
  /** In the package; `null`: the package was asked about. */
  readonly file: string | null;
  readonly function: string | null;
  readonly verdict: Verdict;
}

/** One input's share of the answer. */
export type ReachPart = Omit<FindingReach, 'asked'> & { readonly asked: readonly AskedFunction[] };

export const unanswered = (claim: string, next: string): ReachPart => ({
  verdict: 'unknown',
  level: null,
  claim,
  place: null,
  next,
  asked: [],
});

/** @param verdicts All that were asked about the finding in this product; never empty. @param folder Of the product, as the scan names it. */
export function partOf(verdicts: readonly ReachVerdict[], input: string, folder: string, id: string): ReachPart {
  const verdict = worstVerdict(verdicts.map((each) => each.verdict));
  const decisive = verdicts.find((each) => each.verdict === verdict);
  const level = verdicts.every(({ symbol }) => symbol.file === null) ? 'package' : 'functions';
  return {
    verdict,
    level,
    claim: decisive?.evidence.claim ?? '',
    place: decisive === undefined ? null : placeOf(decisive, folder),
    next: decisive === undefined ? '' : nextOf(decisive, folder, id),
    asked: verdicts.map(({ symbol, verdict: each }) => ({
      input,
      file: symbol.file,
      function: symbol.function,
      verdict: each,
    })),
  };
}

/** The worst part speaks; what is asked elsewhere stands beside it. */
export function joinParts(parts: readonly ReachPart[]): FindingReach {
  const verdict = worstVerdict(parts.map((part) => part.verdict));
  const decisive = parts.find((part) => part.verdict === verdict) ?? unanswered('no input was asked about', '');
  return { ...decisive, asked: parts.flatMap(({ asked }) => asked) };
}

/** The site that leaves it unknown; for a way that is certain, where the product's own code hands over to its packages. */
function placeOf({ verdict, sites: [site], path }: ReachVerdict, folder: string): ReachPlace | null {
  if (site !== undefined) return { kind: 'site', file: placed(site.file, folder), line: site.line, says: site.why };
  const own = path.findLast(({ file }) => !file.split('/').includes('node_modules'));
  // The last step is the function or the file itself; the one before it leads there.
  const step = (verdict === 'reachable' ? own : undefined) ?? path.at(-2) ?? path[0];
  return step === undefined
    ? null
    : { kind: 'step', file: placed(step.file, folder), line: step.line, says: step.does };
}

const placed = (file: string, folder: string): string =>
  isInside(file, '/') ? file : normalPath(folder === '.' ? file : `${folder}/${file}`);

function nextOf({ verdict, symbol, sites: [site], path }: ReachVerdict, folder: string, id: string): string {
  const ask = `holdfast reach ${shellWord(folder)} --advisory ${shellWord(id)}`;
  switch (verdict) {
    case 'reachable':
      return `Upgrade it, or see the whole way: ${ask}`;
    case 'unknown':
      if (site !== undefined) return site.settle;
      return symbol.file === null || path.length === 0
        ? `Name the functions that are vulnerable in this version in a file: holdfast reach ${shellWord(folder)} --symbols FILE`
        : `See the way on which it could run: ${ask}`;
    default:
      return `${ask} --json > proof.json && holdfast decide ${shellWord(id)} --proof proof.json`;
  }
}
