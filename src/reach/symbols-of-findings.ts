/** Which functions the findings of a scan are about: those of the curated list; the whole package where it knows none. */
import type { Finding } from '../scan/finding.ts';
import { symbolsFor, type CuratedAdvisory } from './curated-symbols.ts';
import type { VulnerableSymbol } from './symbols.ts';

/** @param curated By any id of the advisory; one advisory may have several functions, and then each is asked. */
export function symbolsOfFindings(
  findings: readonly Pick<Finding, 'id' | 'aliases' | 'ecosystem' | 'name' | 'version' | 'malware'>[],
  curated: readonly CuratedAdvisory[],
): readonly VulnerableSymbol[] {
  return findings.flatMap(({ id, aliases, ecosystem, name, version, malware }) => {
    if (ecosystem !== 'npm') return [];
    const whole: VulnerableSymbol = { id, package: name, version, file: null, function: null, nth: 0 };
    // Malicious code runs when it is installed: there is no function of it that a product could leave unused.
    if (malware) return [whole];
    const known = curated.filter(
      (advisory) => advisory.package === name && advisory.ids.some((each) => each === id || aliases.includes(each)),
    );
    const asked = known.map((advisory) => symbolsFor(advisory, version));
    // Of several flaws under one finding each counts: where one of them has no function in this version, nothing less than all will do.
    if (asked.length === 0 || asked.some((symbols) => symbols.length === 0)) return [whole];
    return merged(asked.flat()).map((symbol) => ({ ...symbol, id, version }));
  });
}

/** A function that two flaws share is asked about once. Its code is repaired when both say so. */
function merged(symbols: readonly VulnerableSymbol[]): readonly VulnerableSymbol[] {
  const byPlace = new Map<string, VulnerableSymbol>();
  for (const symbol of symbols) {
    const place = JSON.stringify([symbol.file, symbol.function, symbol.nth]);
    const known = byPlace.get(place);
    byPlace.set(place, known === undefined ? symbol : both(known, symbol));
  }
  return [...byPlace.values()];
}

function both(one: VulnerableSymbol, other: VulnerableSymbol): VulnerableSymbol {
  const fixed = [...(one.code?.fixed ?? [])].filter(([release, hash]) => other.code?.fixed.get(release) === hash);
  const vulnerable = new Map([...(one.code?.vulnerable ?? []), ...(other.code?.vulnerable ?? [])]);
  return { ...one, code: { fixed: new Map(fixed), vulnerable } };
}
