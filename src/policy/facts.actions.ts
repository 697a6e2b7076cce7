/** The facts beside a policy, for every feature that has to know the products or what to skip. Loads no Markdown parser. */
import { readFacts } from './facts-file.ts';
import { NO_FACTS, type Facts } from './facts.ts';
import { FACTS_FILE, readFactsFile } from './policy-file.client.ts';
import { mistakesIn } from './problem.ts';

/**
 * The facts in holdfast.yaml of a folder; the empty facts where there is none.
 *
 * @throws FACTS_INVALID with every problem, FILE_UNREADABLE
 */
export const loadFacts = async (root: string): Promise<Facts> => factsIn(await readFactsFile(root));

/**
 * @param text Of holdfast.yaml; `null` where there is none.
 * @throws FACTS_INVALID with every problem
 */
export function factsIn(text: string | null): Facts {
  if (text === null) return NO_FACTS;
  const read = readFacts(text);
  if (!read.ok) throw mistakesIn('FACTS_INVALID', FACTS_FILE, read.error);
  return read.value;
}
