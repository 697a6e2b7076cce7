/**
 * What is said about one vulnerable function, and what that means to others.
 *
 * The lattice of research: a negative verdict is a claim with a proof that anybody can check again; `unknown` is what everything is
 * until something was proved. Which verdict it is, is judge.ts; the record around it evidence.ts.
 */
import type { VexJustification } from '../triage/decision.ts';

/** Strongest claim first; of several installed copies the last in this order speaks for all. */
export const VERDICTS = [
  'not-shipped',
  'fixed-code-present',
  'never-loaded',
  'not-referenced',
  'unreachable',
  'guarded',
  'unknown',
  'reachable',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** As pages and tables say it. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  'not-shipped': 'not shipped',
  'fixed-code-present': 'fixed code present',
  'never-loaded': 'never loaded',
  'not-referenced': 'not referenced',
  unreachable: 'unreachable',
  guarded: 'guarded',
  unknown: 'unknown',
  reachable: 'reachable',
};

/** True for a verdict that says "this cannot run". */
export const clears = (verdict: Verdict): boolean => verdict !== 'unknown' && verdict !== 'reachable';

/** The one that must be believed of several: what can run in one copy can run. */
export const worstVerdict = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce<Verdict>(
    (worst, each) => (VERDICTS.indexOf(each) > VERDICTS.indexOf(worst) ? each : worst),
    'not-shipped',
  );

/** CycloneDX 1.6, `vulnerabilities[].analysis.justification`. */
export type CycloneDxJustification = 'code_not_present' | 'code_not_reachable' | 'protected_at_runtime';

export interface VexMeaning {
  /** OpenVEX 0.2.0, "Status Labels". */
  readonly status: 'not_affected' | 'under_investigation' | 'affected';
  readonly justification: VexJustification | null;
  /** CycloneDX 1.6, `analysis.state`. */
  readonly state: 'not_affected' | 'in_triage' | 'exploitable';
  readonly cyclonedx: CycloneDxJustification | null;
}

const notAffected = (justification: VexJustification, cyclonedx: CycloneDxJustification): VexMeaning => ({
  status: 'not_affected',
  justification,
  state: 'not_affected',
  cyclonedx,
});

/** Never "cannot be controlled by an adversary": that is for people to judge. */
export const VEX_OF_VERDICT: Readonly<Record<Verdict, VexMeaning>> = {
  'not-shipped': notAffected('component_not_present', 'code_not_present'),
  'fixed-code-present': notAffected('vulnerable_code_not_present', 'code_not_present'),
  'never-loaded': notAffected('vulnerable_code_not_in_execute_path', 'code_not_reachable'),
  'not-referenced': notAffected('vulnerable_code_not_in_execute_path', 'code_not_reachable'),
  unreachable: notAffected('vulnerable_code_not_in_execute_path', 'code_not_reachable'),
  guarded: notAffected('inline_mitigations_already_exist', 'protected_at_runtime'),
  unknown: { status: 'under_investigation', justification: null, state: 'in_triage', cyclonedx: null },
  reachable: { status: 'affected', justification: null, state: 'exploitable', cyclonedx: null },
};
