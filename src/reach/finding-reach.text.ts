/** What reach says about a finding, in words: a line for tables, a sentence for documents. */
import { firstFew, printable } from '../lib/text.ts';
import type { FindingReach } from './finding-reach.ts';
import { clears, VERDICT_WORDS, VERDICTS } from './verdict.ts';

/** `reachable: src/server.js:14 calls parse`; for people at a terminal. */
export const reachLine = (reach: FindingReach): string =>
  printable(`${VERDICT_WORDS[reach.verdict]}: ${groundOf(reach)}`);

/** A whole sentence, and where it concerns the whole package, says so. */
export function reachSentence(reach: FindingReach): string {
  const { verdict, level } = reach;
  const about = level === 'package' ? ' (asked about the whole package)' : '';
  const words = clears(verdict)
    ? `The vulnerable code is shown not to run (${VERDICT_WORDS[verdict]})${about}`
    : verdict === 'reachable'
      ? `The product can run the vulnerable code${about}`
      : `Whether the product can run the vulnerable code is unknown${about}`;
  return printable(`${words}: ${groundOf(reach)}.`);
}

function groundOf({ verdict, claim, place }: FindingReach): string {
  if (place === null) return claim;
  const at = `${place.file}:${place.line} ${place.says}`;
  return verdict === 'reachable' ? at : `${claim} (${at})`;
}

/** `2 reachable, 3 unknown, 1 never loaded`: findings by what is said of them. */
export const reachSums = (reached: readonly FindingReach[]): string =>
  VERDICTS.toReversed()
    .map((verdict) => ({ verdict, amount: reached.filter((each) => each.verdict === verdict).length }))
    .filter(({ amount }) => amount > 0)
    .map(({ verdict, amount }) => `${amount} ${VERDICT_WORDS[verdict]}`)
    .join(', ');

/** A cause that is named; the list is in the order of how many findings each leaves unknown. */
const MOST_CAUSES = 3;

/** What leaves findings unknown, the causes of most of them first, each with what would settle it. */
export function unknownLines(
  findings: readonly { readonly name: string; readonly reach: FindingReach | null }[],
): readonly string[] {
  const causes = new Map<
    string,
    { readonly names: Set<string>; amount: number; readonly says: string; readonly next: string }
  >();
  for (const { name, reach } of findings) {
    if (reach === null || reach.verdict !== 'unknown') continue;
    const { claim, place, next } = reach;
    const says = place?.kind === 'site' ? `${place.file}:${place.line} ${place.says}` : claim;
    const known = causes.get(says);
    if (known === undefined) causes.set(says, { names: new Set([name]), amount: 1, says, next });
    else {
      known.names.add(name);
      known.amount += 1;
    }
  }
  const sorted = [...causes.values()].sort((a, b) => b.amount - a.amount);
  const lines = sorted
    .slice(0, MOST_CAUSES)
    .flatMap(({ names, amount, says, next }) => [
      printable(`  ${amount} unknown (${firstFew([...names])}): ${says}.`),
      ...(next === '' ? [] : [printable(`    ${next}`)]),
    ]);
  const rest = sorted.slice(MOST_CAUSES).reduce((sum, { amount }) => sum + amount, 0);
  return rest === 0 ? lines : [...lines, `  ${rest} unknown for other reasons: see each.`];
}
