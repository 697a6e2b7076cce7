/**
 * Decisions that reach has just disproved. They still close their findings, because only people change decisions; but nothing that a
 * decision denies is told to others while a way to the code is known.
 */
import type { VexJustification } from '../triage/decision.ts';
import { namedFinding } from './scan.text.ts';
import type { Finding } from './finding.ts';

/** What a way to the code disproves; that nobody else can control what reaches it, or that something stands in between, it does not. */
const DISPROVED: ReadonlySet<VexJustification | null> = new Set([
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
]);

/** The decision holds, and says that the code is not run. */
export const isContradicted = ({ decision, reach }: Pick<Finding, 'decision' | 'reach'>): boolean =>
  decision !== null &&
  decision.open === null &&
  decision.state === 'not_affected' &&
  DISPROVED.has(decision.justification) &&
  reach?.verdict === 'reachable';

export const contradictions = (findings: readonly Finding[]): readonly string[] =>
  findings
    .filter(isContradicted)
    .map(
      (finding) =>
        `${finding.decision?.place ?? ''} says that the product does not run what ${namedFinding(finding)} is about, and reach shows a way on which it does: look at the decision again.`,
    );
