/** Which functions the findings of a scan are about: those of the curated list; the whole package where it knows none. */
import type { Finding } from '../scan/finding.ts';
import type { VulnerableSymbol } from './symbols.ts';

/** The list that ships with Holdfast, as it was read. */
export type Curated = readonly VulnerableSymbol[];

/** @param findings Of which code can be unused (product-findings.ts). @param curated By any id of the advisory; one advisory may have several functions, and then each is asked. */
export function symbolsOfFindings(
  findings: readonly Pick<Finding, 'id' | 'aliases' | 'name' | 'version'>[],
  curated: Curated,
): readonly VulnerableSymbol[] {
  return findings.flatMap(({ id, aliases, name, version: known }) => {
    // What a report names without its version may be any that is installed.
    const version = known === '' ? null : known;
    const whole: VulnerableSymbol = { id, package: name, version, file: null, function: null, nth: 0 };
    const functions = curated.filter(
      (symbol) => symbol.package === name && (symbol.id === id || aliases.includes(symbol.id)),
    );
    return functions.length === 0 ? [whole] : functions.map((symbol) => ({ ...symbol, id, version }));
  });
}
