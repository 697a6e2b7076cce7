/**
 * What decisions do to findings on a day: which decision speaks of which finding, and whether it closes it.
 *
 * Pure; reading the file is decisions-file.ts. A decision closes a finding only while it holds, only where the rules let
 * it, and only if it covers every input in which the component stands. Whatever is in doubt leaves the finding open.
 */
import { ignoreBy } from '../inventory/ignore-globs.ts';
import { parsePurl, type Purl } from '../inventory/purl.ts';
import { compareText, printable } from '../lib/text.ts';
import { componentLabel, type Finding } from '../scan/finding.ts';
import {
  proofFileOf,
  type AppliedDecision,
  type AppliedProof,
  type Decision,
  type OpenReason,
  type PackageScope,
} from './decision.ts';

/** `apps/web/package-lock.json`, relative to the folder of the decisions, with `/`; `null` for what lies outside of it. */
export type NameInput = (input: string) => string | null;

export interface AppliedDecisions {
  /** The same findings in the same order, each with its decision. */
  readonly findings: readonly Finding[];
  /** Findings that are decided for a part of their inputs only, one sentence each. */
  readonly notes: readonly string[];
  /** Decisions that speak of no finding. */
  readonly unused: readonly Decision[];
}

/** How the proof of a decision stands for a finding in an input; asked only for decisions that have one. */
export type ProofOf = (decision: Decision, finding: Finding, input: string) => AppliedProof;

/** A use of a proof that has to be checked. */
export interface AskedProof {
  readonly decision: Decision;
  readonly finding: Finding;
  readonly input: string;
}

/** Which proofs decisions on these findings rest on, before any is checked: what has expired, or closes nothing anyway, is not. */
export function proofsAsked(
  findings: readonly Finding[],
  decisions: readonly Decision[],
  today: string,
  nameInput: NameInput,
): readonly AskedProof[] {
  const byId = decisionsById(decisions.filter((each) => proofFileOf(each) !== null && today <= each.expires));
  const covers = coverage();
  return findings.flatMap((finding) =>
    finding.malware
      ? []
      : candidatesFor(finding, byId).flatMap((decision) =>
          finding.inputs
            .filter((input) => covers(decision, nameInput(input)))
            .map((input): AskedProof => ({ decision, finding, input })),
        ),
  );
}

/** For findings of which no decision has a proof; where one has, it does not hold. */
const unchecked: ProofOf = ({ evidence }) => ({
  file: evidence?.file ?? '',
  digest: evidence?.digest ?? '',
  run: null,
  fails: 'it was not checked',
});

/** @param today The day in the organisation's zone, `YYYY-MM-DD`. */
export function applyDecisions(
  findings: readonly Finding[],
  decisions: readonly Decision[],
  today: string,
  nameInput: NameInput,
  proofOf: ProofOf = unchecked,
): AppliedDecisions {
  const byId = decisionsById(decisions);
  const used = new Set<Decision>();
  const notes: string[] = [];
  const covers = coverage();
  const decided = findings.map((finding): Finding => {
    const candidates = candidatesFor(finding, byId);
    if (candidates.length === 0) return finding;
    const chosen: AppliedDecision[] = [];
    const uncovered: string[] = [];
    for (const input of finding.inputs) {
      const name = nameInput(input);
      const fitting = candidates.filter((decision) => covers(decision, name));
      for (const decision of fitting) used.add(decision);
      const [best] = narrowestFirst(fitting, (decision) => applied(decision, finding, { today, input, proofOf }));
      if (best === undefined) uncovered.push(input);
      else chosen.push(best);
    }
    const [weakest] = chosen.sort(leastClaimFirst);
    if (uncovered.length === 0) return { ...finding, decision: weakest ?? null };
    if (weakest !== undefined) notes.push(partNote(finding, weakest, uncovered));
    return finding;
  });
  return { findings: decided, notes, unused: decisions.filter((decision) => !used.has(decision)) };
}

/** Why a decision leaves this finding open on a day; `null`: it closes it. */
function openReasonOf(
  decision: Pick<Decision, 'state' | 'owner' | 'approvedBy' | 'expires'>,
  { malware, severity }: Pick<Finding, 'malware' | 'severity'>,
  { today, proof }: { readonly today: string; readonly proof: AppliedProof | null },
): OpenReason | null {
  // Days of the form YYYY-MM-DD sort as text; the last day counts whole.
  if (today > decision.expires) return 'expired';
  const approved = hasSecondName(decision);
  switch (decision.state) {
    case 'upgrade':
      return 'planned';
    case 'wrong_match':
      return malware && !approved ? 'unapproved' : null;
    case 'accepted':
      return malware || (NEEDS_TWO.has(severity) && !approved) ? 'unapproved' : null;
    case 'not_affected':
    case 'mitigated':
      // Malicious code has run when it was installed; that it is not called proves nothing.
      if (malware) return 'unapproved';
      return proof === null || proof.fails === null ? null : 'unproven';
  }
}

/** Severities whose risk nobody takes alone; what nobody rated may be any of them. */
const NEEDS_TWO: ReadonlySet<Finding['severity']> = new Set(['critical', 'high', 'unscored']);

/** Letters, not spelling, make a person another: `Kim  BEISPIEL` does not approve for `Kim Beispiel`. */
export const isSamePerson = (one: string, other: string): boolean => personKey(one) === personKey(other);
const personKey = (name: string): string => name.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();

const hasSecondName = ({ owner, approvedBy }: Pick<Decision, 'owner' | 'approvedBy'>): boolean =>
  approvedBy !== null && !isSamePerson(owner, approvedBy);

function decisionsById(decisions: readonly Decision[]): ReadonlyMap<string, readonly Decision[]> {
  const byId = new Map<string, Decision[]>();
  for (const decision of decisions) {
    for (const id of new Set([decision.id, ...decision.aliases].map(idKey))) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [decision]);
      else known.push(decision);
    }
  }
  return byId;
}

/** Databases spell their ids in capitals (CVE-) or mixed (GHSA-xxxx); people write them as they like. */
export const idKey = (id: string): string => id.toUpperCase();

function candidatesFor(finding: Finding, byId: ReadonlyMap<string, readonly Decision[]>): readonly Decision[] {
  const spoken = new Set([finding.id, ...finding.aliases].flatMap((id) => byId.get(idKey(id)) ?? []));
  if (spoken.size === 0) return [];
  const purl = parsePurl(finding.purl);
  return [...spoken].filter((decision) => isAbout(decision.package, purl, finding.version));
}

/** A component without a package URL is never decided on: nothing says what it is. */
export const isAbout = (scope: PackageScope, purl: Purl | null, version: string): boolean =>
  purl !== null &&
  scope.type === purl.type &&
  scope.namespace === purl.namespace &&
  scope.name === purl.name &&
  (scope.version === null || scope.version === version);

/** Remembers each decision's patterns: thousands of findings ask the same few. */
function coverage(): (decision: Decision, input: string | null) => boolean {
  const patterns = new Map<Decision, ReturnType<typeof ignoreBy>>();
  return (decision, input) => {
    if (decision.paths.length === 0) return true;
    if (input === null) return false;
    const matches = patterns.get(decision) ?? ignoreBy(decision.paths.map(anchored));
    patterns.set(decision, matches);
    const folders = input.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
    return matches(input, false) || folders.some((folder) => folder !== '' && matches(folder, true));
  };
}

/** Unlike in .gitignore, `package-lock.json` is the one in the file's folder: a decision never reaches further than it says. */
const anchored = (pattern: string): string => (pattern.startsWith('/') ? pattern : `/${pattern}`);

/** The narrowest scope wins (a version before a path), then the newest; where both are equal, what claims least. */
function narrowestFirst(
  fitting: readonly Decision[],
  apply: (decision: Decision) => AppliedDecision,
): readonly AppliedDecision[] {
  const width = ({ package: { version }, paths }: Decision): number =>
    (version === null ? 2 : 0) + (paths.length === 0 ? 1 : 0);
  return fitting
    .map((decision) => ({ decision, done: apply(decision) }))
    .sort(
      (a, b) =>
        width(a.decision) - width(b.decision) ||
        compareText(b.decision.decided, a.decision.decided) ||
        leastClaimFirst(a.done, b.done),
    )
    .map(({ done }) => done);
}

interface Applying {
  readonly today: string;
  readonly input: string;
  readonly proofOf: ProofOf;
}

function applied(decision: Decision, finding: Finding, { today, input, proofOf }: Applying): AppliedDecision {
  const { state, justification, owner, reason, decided, expires, approvedBy, place } = decision;
  const proof = proofFileOf(decision) === null ? null : proofOf(decision, finding, input);
  const open = openReasonOf(decision, finding, { today, proof });
  return { state, justification, owner, reason, decided, expires, approvedBy, proof, open, place };
}

const OPEN_RANK: Readonly<Record<OpenReason, number>> = { unapproved: 0, unproven: 1, expired: 2, planned: 3 };
const rankOf = ({ open }: AppliedDecision): number => (open === null ? 4 : OPEN_RANK[open]);

/** Open before closed, then what ends first. */
const leastClaimFirst = (a: AppliedDecision, b: AppliedDecision): number =>
  rankOf(a) - rankOf(b) || compareText(a.expires, b.expires) || compareText(a.place, b.place);

const partNote = ({ id, name, version }: Finding, { place }: AppliedDecision, uncovered: readonly string[]): string =>
  printable(
    `${place} decides on ${id} in ${componentLabel({ name, version })} for some inputs only; it is open because of ${uncovered.slice(0, 3).join(', ')}${uncovered.length > 3 ? ` and ${uncovered.length - 3} more` : ''}.`,
  );
