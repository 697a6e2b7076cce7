/** What the uses of `holdfast decide` answer: made by decide.actions.ts and propose.actions.ts, told by decide.text.ts and decide-json.ts. */
import type { HoldfastError } from '../lib/errors.ts';
import type { Finding } from '../scan/finding.ts';
import type { Decision, VexJustification } from './decision.ts';
import type { DecisionEntry } from './decisions-edit.ts';
import type { ImportedFile, OpenProposal } from './proposals.ts';

export interface DecideReport {
  readonly entry: DecisionEntry;
  readonly place: string;
  /** The findings that are meant, each with the decision as it stands now. */
  readonly findings: readonly Finding[];
  readonly errors: readonly HoldfastError[];
}

export interface ApproveReport {
  readonly decision: Decision;
  readonly findings: readonly Finding[];
  readonly errors: readonly HoldfastError[];
}

/** A proof that fits the findings that are meant. */
export interface ReadForDecision {
  readonly evidence: { readonly file: string; readonly digest: string };
  /** What it shows, in the words of OpenVEX. */
  readonly justification: VexJustification | null;
}

export interface RenewedProof {
  readonly decision: Decision;
  readonly file: string;
  /** Why it could not be renewed; `null`: it was. */
  readonly fails: string | null;
}

export interface RenewReport {
  readonly renewed: readonly RenewedProof[];
  readonly errors: readonly HoldfastError[];
}

/** `not-measured`: it matches nothing, but not every input was read. */
export type ListedState = 'live' | 'planned' | 'expired' | 'unapproved' | 'unproven' | 'unused' | 'not-measured';

export interface ListedDecision {
  readonly decision: Decision;
  readonly state: ListedState;
  /** Findings of which it is the decision. */
  readonly findings: number;
}

export interface DecisionList {
  readonly today: string;
  readonly zone: string;
  readonly decisions: readonly ListedDecision[];
  /** Open findings without any decision. */
  readonly undecided: number;
  readonly errors: readonly HoldfastError[];
  readonly strangers: readonly string[];
}

export interface ImportReport {
  readonly today: string;
  readonly files: readonly ImportedFile[];
  readonly proposals: readonly OpenProposal[];
  readonly text: string;
  /** Files that could not be read, and inputs that the scan could not. */
  readonly errors: readonly HoldfastError[];
}
