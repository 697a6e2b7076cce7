/** Which functions the findings of a scan are about: those of the curated list; the whole package where it knows none. */
import type { Finding } from '../scan/finding.ts';
import type { VulnerableSymbol } from './symbols.ts';

/** @param curated By any id of the advisory; one advisory may have several functions, and then each is asked. */
export function symbolsOfFindings(
  findings: readonly Pick<Finding, 'id' | 'aliases' | 'ecosystem' | 'name' | 'version' | 'malware'>[],
  curated: readonly VulnerableSymbol[],
): readonly VulnerableSymbol[] {
  return findings.flatMap(({ id, aliases, ecosystem, name, version, malware }) => {
    if (ecosystem !== 'npm') return [];
    const whole: VulnerableSymbol = { id, package: name, version, file: null, function: null, nth: 0 };
    // Malicious code runs when it is installed: there is no function of it that a product could leave unused.
    if (malware) return [whole];
    const known = curated.filter(
      (symbol) => symbol.package === name && (symbol.id === id || aliases.includes(symbol.id)),
    );
    return known.length === 0 ? [whole] : known.map((symbol) => ({ ...symbol, id, version }));
  });
}
