/** Which functions the findings of a scan are about: those of the curated list; the whole package where it knows none. */
import type { Finding } from '../scan/finding.ts';
import type { VulnerableSymbol } from './symbols.ts';

/** @param findings Of which code can be unused (product-findings.ts). @param curated By any id of the advisory; one advisory may have several functions, and then each is asked. */
export function symbolsOfFindings(
  findings: readonly Pick<Finding, 'id' | 'aliases' | 'name' | 'version'>[],
  curated: readonly VulnerableSymbol[],
): readonly VulnerableSymbol[] {
  return findings.flatMap(({ id, aliases, name, version }) => {
    const whole: VulnerableSymbol = { id, package: name, version, file: null, function: null, nth: 0 };
    const known = curated.filter(
      (symbol) => symbol.package === name && (symbol.id === id || aliases.includes(symbol.id)),
    );
    return known.length === 0 ? [whole] : known.map((symbol) => ({ ...symbol, id, version }));
  });
}
