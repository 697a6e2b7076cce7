/**
 * What people decide about a finding, and whether that decision holds today.
 *
 * Decisions stand in holdfast.decisions.yaml (decisions-file.ts). The words are those of the pages: upgrade, not affected,
 * mitigated, accept the risk, wrong match.
 */

/** Beside holdfast.yaml. */
export const DECISIONS_FILE = 'holdfast.decisions.yaml';

/**
 * `upgrade`: it will be fixed by a newer version; the finding stays open until it is. `not_affected`: the vulnerable code
 * cannot be reached or is not there, for the reason in `justification`. `mitigated`: something else stands in its way.
 * `accepted`: the risk is taken; never exported as `not_affected`. `wrong_match`: the component is not the advisory's.
 */
export const DECISION_STATES = ['upgrade', 'not_affected', 'mitigated', 'accepted', 'wrong_match'] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

/** Source: OpenVEX specification 0.2.0, "Status Justifications". */
export const VEX_JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type VexJustification = (typeof VEX_JUSTIFICATIONS)[number];

/**
 * Why a decision does not close its finding. `planned`: an upgrade that has not been made yet. `unproven`: it rests on a proof that does
 * not hold today.
 */
export type OpenReason = 'planned' | 'expired' | 'unapproved' | 'unproven';

/** What a decision rests on beside a person's word. */
export interface Evidence {
  /** `sha256:…` of the proof. */
  readonly digest: string;
  /**
   * A proof of `holdfast reach`, relative to the folder of the decisions: it is checked again with every scan. `null`: a proof that is kept
   * elsewhere, which nothing here looks at.
   */
  readonly file: string | null;
}

/** A proof of `holdfast reach` as it stands today. */
export interface AppliedProof {
  /** As `Evidence` has them. */
  readonly file: string;
  readonly digest: string;
  /** The command line that a person says starts the product (`reach --run`); `null`: its manifests say. */
  readonly run: string | null;
  /** Why it does not hold; continues "the proof does not hold: …". `null`: it was checked, and holds. */
  readonly fails: string | null;
}

/** A decision as it applies to one finding now. */
export interface AppliedDecision {
  readonly state: DecisionState;
  /** For `not_affected`, `mitigated` and `wrong_match`; `null` for the others. */
  readonly justification: VexJustification | null;
  readonly owner: string;
  readonly reason: string;
  /** The day it was taken, `YYYY-MM-DD`. */
  readonly decided: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in the organisation's time zone. */
  readonly expires: string;
  /** The second person; `null` where there is none. */
  readonly approvedBy: string | null;
  /** `null`: it rests on no proof that could be checked. */
  readonly proof: AppliedProof | null;
  /** `null`: the decision closes the finding. */
  readonly open: OpenReason | null;
  /** `holdfast.decisions.yaml:12`: where it stands. */
  readonly place: string;
}

/** A decision as it stands in the file; what it does to a finding is apply-decisions.ts. */
export interface Decision {
  /** As people wrote it; any id of the finding's alias group serves. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: PackageScope;
  /** Patterns for the inputs to which it applies, relative to the file's folder; empty: all. */
  readonly paths: readonly string[];
  readonly state: DecisionState;
  readonly justification: VexJustification | null;
  readonly owner: string;
  /** White space is folded. */
  readonly reason: string;
  /** `YYYY-MM-DD`. */
  readonly decided: string;
  /** The last day on which it holds. */
  readonly expires: string;
  readonly approvedBy: string | null;
  readonly evidence: Evidence | null;
  readonly place: string;
}

/** The proof that is checked again with every scan; `null`: it rests on none. */
export const proofFileOf = ({ evidence }: Pick<Decision, 'evidence'>): string | null => evidence?.file ?? null;

/** The package of a decision; its parts are those of the package URL. */
export interface PackageScope {
  readonly purl: string;
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  /** `null`: every version. */
  readonly version: string | null;
}

/** A finding counts as open unless a decision closes it. */
export const isOpen = ({ decision }: { readonly decision: AppliedDecision | null }): boolean =>
  decision === null || decision.open !== null;

/** Why a decision does not close its finding, for people: `accepted until 2026-11-01, expired`. */
export function openWords({ state, owner, expires, approvedBy, proof, open }: AppliedDecision): string {
  const what = `${STATE_WORDS[state]} until ${expires}`;
  switch (open) {
    case null:
      return `${what} by ${owner}${proof === null ? '' : `, proof ${proof.file} checked${proof.run === null ? '' : `, started by "${proof.run}"`}`}`;
    case 'planned':
      return `${what} by ${owner}`;
    case 'expired':
      return `${what}, expired`;
    case 'unproven':
      return `${what}, not proven: ${proof?.fails ?? ''}`;
    case 'unapproved':
      return `${what}, ${approvedBy === null ? 'not approved by a second person' : `not approved: ${approvedBy} cannot approve it`}`;
  }
}

/** As pages and tables say it. */
export const STATE_WORDS: Readonly<Record<DecisionState, string>> = {
  upgrade: 'upgrade planned',
  not_affected: 'not affected',
  mitigated: 'mitigated',
  accepted: 'risk accepted',
  wrong_match: 'wrong match',
};
