/**
 * Whether a recorded proof of `holdfast reach` supports a decision on a finding, before anything is analysed: does it speak of the finding, of
 * all of its functions, and does it show what the decision says? Whether it still holds is asked of the analysis (proofs.actions.ts).
 */
import { no, ok, type Result } from '../lib/result.ts';
import { compareText } from '../lib/text.ts';
import type { RecordedProof, RecordedVerdict, Standing } from '../reach/evidence.ts';
import { symbolsOfFindings, type Curated } from '../reach/symbols-of-findings.ts';
import { symbolWords, type VulnerableSymbol } from '../reach/symbols.ts';
import { clears, VERDICT_WORDS, VEX_OF_VERDICT, worstVerdict } from '../reach/verdict.ts';
import { componentLabel, type Finding } from '../scan/finding.ts';
import type { VexJustification } from './decision.ts';
import { idKey } from './apply-decisions.ts';

/** What it takes for a proof to be about a finding. */
type Proven = Pick<Finding, 'id' | 'aliases' | 'name' | 'version'>;

/**
 * The verdicts of the proof on which the decision rests; otherwise why it does not rest on them.
 *
 * @param curated The functions that are known to carry a flaw: a proof has to speak of each of them. Where none is known for the finding, those
 * that the proof names are a person's choice, as the decision is.
 * @param justification What the decision claims; `null`: nothing yet.
 */
export function fitProof(
  proof: RecordedProof,
  finding: Proven,
  curated: Curated,
  justification: VexJustification | null,
): Result<readonly RecordedVerdict[], string> {
  const ids = new Set([finding.id, ...finding.aliases].map(idKey));
  const about = proof.verdicts.filter(
    ({ symbol }) => symbol.package === finding.name && symbol.version === finding.version && ids.has(idKey(symbol.id)),
  );
  if (about.length === 0) return no(`it says nothing about ${finding.id} in ${componentLabel(finding)}`);
  const bad = about.find(({ verdict }) => !clears(verdict));
  if (bad !== undefined) return no(`it says that ${symbolWords(bad.symbol)} is ${VERDICT_WORDS[bad.verdict]}`);
  const known = symbolsOfFindings([finding], curated);
  const missing = known.find(
    (symbol) => symbol.file !== null && !about.some((recorded) => isSamePlace(recorded.symbol, symbol)),
  );
  if (missing !== undefined) return no(`it leaves out ${symbolWords(missing)}`);
  // A hash that was written into the proof would show that any code is repaired.
  const foreign = about.find(
    ({ symbol, verdict }) =>
      verdict === 'fixed-code-present' && !known.some((each) => isSamePlace(symbol, each) && isSameCode(symbol, each)),
  );
  if (foreign !== undefined)
    return no(`it compares ${symbolWords(foreign.symbol)} with code that the shipped list does not name`);
  const shown = VEX_OF_VERDICT[worstVerdict(about.map(({ verdict }) => verdict))].justification;
  if (justification !== null && justification !== shown)
    return no(`it shows ${shown ?? 'nothing'}, not ${justification}`);
  return ok(about);
}

/** What a proof that fits shows, in the words of OpenVEX. */
export const shownBy = (verdicts: readonly RecordedVerdict[]): VexJustification | null =>
  VEX_OF_VERDICT[worstVerdict(verdicts.map(({ verdict }) => verdict))].justification;

const isSameCode = (one: VulnerableSymbol, other: VulnerableSymbol): boolean =>
  JSON.stringify(hashesOf(one)) === JSON.stringify(hashesOf(other));

const hashesOf = ({ code }: VulnerableSymbol): readonly (readonly (readonly [string, string])[])[] =>
  code === undefined
    ? []
    : [code.fixed, code.vulnerable].map((hashes) => [...hashes].sort(([a], [b]) => compareText(a, b)));

const isSamePlace = (one: VulnerableSymbol, other: VulnerableSymbol): boolean =>
  one.file === other.file && one.function === other.function && one.nth === other.nth;

const CHANGED: Readonly<Record<string, string>> = {
  lockfile: 'the lockfile',
  sources: 'the code',
  symbols: 'the function that is asked about',
  entries: 'where the program starts',
  conditions: 'Node or how it finds modules',
  analyser: 'the analysis',
};

/** Why a verdict does not stand today, and what to do; `null`: it stands. */
export function failureOf(symbol: VulnerableSymbol, standing: Standing): string | null {
  switch (standing.kind) {
    case 'holds':
      return null;
    case 'lapsed': {
      const what = standing.changed.map((name) => CHANGED[name] ?? name).join(', ');
      const since = `since it was made ${standing.changed.length === 1 ? 'this has changed' : 'these have changed'}: ${what}`;
      return clears(standing.now)
        ? `${since}; renew it: holdfast decide --renew`
        : `${since}, and now ${symbolWords(symbol)} is ${VERDICT_WORDS[standing.now]}; decide again`;
    }
    case 'contradicted':
      return `the analysis of the same code says that ${symbolWords(symbol)} is ${VERDICT_WORDS[standing.now]}; decide again`;
  }
}
