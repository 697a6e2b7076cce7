/**
 * What may be said to others about a finding, in no format yet: openvex.ts and cyclonedx-vulnerability.ts spell it.
 *
 * A scan shows that the product holds an affected version, not that the flaw can be used; so without a decision the answer
 * is "under investigation", or what reach has shown where it was asked. A decision answers only while it holds. When it lapses, what it denied is open
 * again, and what it admitted stays admitted. An accepted risk is a known one: it is `affected`, never `not_affected`. Nothing is ever
 * `fixed`, because what was fixed is not found.
 */
import type { FindingReach } from '../reach/finding-reach.ts';
import { VEX_OF_VERDICT } from '../reach/verdict.ts';
import type { AppliedDecision, DecisionState, VexJustification } from '../triage/decision.ts';
import { isContradicted } from './contradicted.ts';
import type { Finding } from './finding.ts';

export type VexStance =
  /** `contradicted`: a decision says that the code is not run, and reach has found a way on which it is. */
  | { readonly status: 'under_investigation'; readonly why: 'undecided' | 'lapsed' | 'contradicted' }
  /** `otherComponent`: the advisory speaks of another component, so the match itself is wrong. */
  | {
      readonly status: 'not_affected';
      readonly justification: VexJustification | null;
      readonly otherComponent: boolean;
    }
  | { readonly status: 'affected'; readonly response: VexResponse };

/** What is done about a flaw that is admitted; `none`: the acceptance has lapsed, so nothing is; `undecided`: reach admits it, and nobody has decided. */
export type VexResponse = 'update' | 'accepted' | 'workaround' | 'remove' | 'undecided' | 'none';

export function stanceOf(finding: Pick<Finding, 'decision' | 'malware' | 'reach'>): VexStance {
  const { decision, malware } = finding;
  // Whether a flaw can be reached is a question; what malicious code does when it is installed is not.
  if (decision === null) return malware ? affected('remove') : shownBy(finding.reach);
  if (isContradicted(finding)) return { status: 'under_investigation', why: 'contradicted' };
  const { state, justification, open } = decision;
  const lapsed: VexStance = malware ? affected('remove') : { status: 'under_investigation', why: 'lapsed' };
  switch (state) {
    case 'upgrade':
      return affected('update');
    case 'accepted':
      return affected(open === null ? 'accepted' : 'none');
    case 'mitigated':
      if (open !== null) return lapsed;
      // OpenVEX 0.2.0, "Status Justifications": built-in protections that an attacker cannot subvert nor a user switch off. What
      // protects from outside leaves the product affected.
      return justification === 'inline_mitigations_already_exist'
        ? { status: 'not_affected', justification, otherComponent: false }
        : affected('workaround');
    case 'not_affected':
    case 'wrong_match':
      return open === null
        ? { status: 'not_affected', justification, otherComponent: state === 'wrong_match' }
        : lapsed;
  }
}

/** What reach has shown; the proof is that of `holdfast reach`, and nobody has decided on it yet. */
function shownBy(reach: FindingReach | null): VexStance {
  const meaning = VEX_OF_VERDICT[reach?.verdict ?? 'unknown'];
  switch (meaning.status) {
    case 'under_investigation':
      return { status: 'under_investigation', why: 'undecided' };
    case 'not_affected':
      return { status: 'not_affected', justification: meaning.justification, otherComponent: false };
    case 'affected':
      return affected('undecided');
  }
}

const affected = (response: VexResponse): VexStance => ({ status: 'affected', response });

const STATE_WORDS: Readonly<Record<DecisionState, string>> = {
  upgrade: 'upgrade',
  not_affected: 'not affected',
  mitigated: 'mitigated',
  accepted: 'risk accepted',
  wrong_match: 'wrong match',
};

/** The decision's name as the pages say it. */
export const decisionName = ({ state }: AppliedDecision): string => STATE_WORDS[state];

/** `Risk accepted on 2026-11-20 by Anke M., approved by Jonas B., until 2027-02-20: …`; and first of all whether it still counts. */
export function decisionSentence(decision: AppliedDecision): string {
  const { owner, decided, expires, approvedBy, reason } = decision;
  const approval = approvedBy === null ? '' : `, approved by ${approvedBy}`;
  const name = decisionName(decision);
  const sentence = `${name.charAt(0).toUpperCase()}${name.slice(1)}, decided on ${decided} by ${owner}${approval}, until ${expires}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;
  const lapse = lapseWords(decision);
  return lapse === null ? sentence : `${lapse} ${sentence}`;
}

/** Why a decision does not close its finding; `null` where it does. */
export function lapseWords({ open, expires }: AppliedDecision): string | null {
  switch (open) {
    case null:
      return null;
    case 'planned':
      return 'Planned, not done yet.';
    case 'expired':
      return `This decision expired on ${expires} and no longer counts.`;
    case 'unproven':
      return 'The proof that this decision rests on does not hold today, so the decision does not count.';
    case 'unapproved':
      return 'A second person has not approved this decision, so it does not count.';
  }
}

/** What ends the finding. */
export function remedy({ malware, fixed, name, version }: Finding): string {
  if (malware)
    return `Remove ${`${name} ${version}`.trim()}. It is malicious: replace every secret that was within its reach where it was installed.`;
  const [first, ...others] = fixed;
  if (first === undefined)
    return `No fixed version of ${name} is known. Replace it, or keep the vulnerable code out of use.`;
  return `Upgrade ${name}${version === '' ? '' : ` from ${version}`} to ${[first, ...others].join(' or ')}.`;
}
