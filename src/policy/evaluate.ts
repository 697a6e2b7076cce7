/**
 * From the answers of controls to the verdict of a statement, the counts of a policy and its exit code. Pure.
 *
 * Asking the controls is policy.actions.ts; words and JSON are check.text.ts and check-json.ts.
 */
import { EXIT, type ExitCode } from '../lib/exit.ts';
import type { Json } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import type { BoundControl, Verdict, VerdictName } from './control.ts';
import type { PolicyDocument } from './document.ts';
import type { Facts } from './facts.ts';
import type { Binding, Statement } from './statement.ts';

/** What a statement can be: a verdict, or `unbound`: no control can answer it. */
export type StatementVerdict = VerdictName | 'unbound';

/** One footnote of a statement, answered. */
export interface ControlReport {
  /** `release.review` */
  readonly id: string;
  readonly label: string;
  /** `unbound`: this version of Holdfast does not have the control yet. */
  readonly verdict: StatementVerdict;
  readonly summary: string;
  readonly measuredAt: Instant | null;
  readonly evidence: Verdict['evidence'];
}

export interface StatementReport {
  readonly id: string;
  readonly line: number;
  readonly text: string;
  readonly verdict: StatementVerdict;
  readonly controls: readonly ControlReport[];
}

export type Counts = Readonly<Record<StatementVerdict, number>>;

export interface PolicyReport {
  /** The document, as the user would name it. */
  readonly policy: string;
  readonly title: string;
  readonly evaluatedAt: Instant;
  readonly statements: readonly StatementReport[];
  readonly counts: Counts;
}

/** What one control found. */
export type Gathered =
  | { readonly control: BoundControl; readonly facts: Json }
  /** The world failed it. */
  | { readonly control: BoundControl; readonly failed: { readonly code: string; readonly message: string } };

/** A report with everything that was read for it, for whoever shows the document itself. */
export interface Evaluation {
  readonly report: PolicyReport;
  readonly document: PolicyDocument;
  /** SHA-256 of the document's text as UTF-8. */
  readonly digest: string;
  readonly texts: PolicyTexts;
  readonly facts: Facts;
  /** Of each control that was asked here. */
  readonly gathered: readonly Gathered[];
  /** Absolute: the folder of the document. */
  readonly root: string;
}

/** The files that were read, as they are. */
export interface PolicyTexts {
  readonly document: string;
  /** holdfast.yaml; `null` where there is none. */
  readonly facts: string | null;
}

/** The order in which verdicts are shown and counted. */
export const VERDICT_ORDER = ['kept', 'broken', 'stale', 'unknown', 'manual', 'no-case', 'unbound'] as const;

/**
 * Worst first (broken > unknown > stale > manual > kept). The two that have no rank there stand where they
 * claim least: a control that is not built hides whatever it would have found, so it outweighs everything that was not
 * found wanting; a case that never happened outweighs what is attested or kept, because it never counts as kept.
 */
const WORST_FIRST = [
  'broken',
  'unknown',
  'stale',
  'unbound',
  'no-case',
  'manual',
  'kept',
] as const satisfies readonly StatementVerdict[];

/** The verdict of several controls together; of none, `unbound`. */
export const worstVerdict = (verdicts: readonly StatementVerdict[]): StatementVerdict =>
  WORST_FIRST.find((candidate) => verdicts.includes(candidate)) ?? 'unbound';

/**
 * The report on one statement.
 *
 * @param verdictOf The answer of a bound control; asked once for each binding that has one.
 */
export function evaluateStatement(statement: Statement, verdictOf: (bound: BoundControl) => Verdict): StatementReport {
  const controls = statement.bindings.map((binding) => controlReport(binding, verdictOf));
  const { id, line, text } = statement;
  return { id, line, text, verdict: worstVerdict(controls.map(({ verdict }) => verdict)), controls };
}

function controlReport({ label, control, bound }: Binding, verdictOf: (bound: BoundControl) => Verdict): ControlReport {
  const core = { id: control, label };
  if (bound !== null) return { ...core, ...verdictOf(bound) };
  return {
    ...core,
    verdict: 'unbound',
    summary: `control ${control} is not built yet`,
    measuredAt: null,
    evidence: {},
  };
}

/** The verdict where the world failed a control. */
export const notMeasured = (summary: string, code: string): Verdict => ({
  verdict: 'unknown',
  summary,
  measuredAt: null,
  evidence: { error: code },
});

export function countVerdicts(statements: readonly Pick<StatementReport, 'verdict'>[]): Counts {
  const amount = (verdict: StatementVerdict): number =>
    statements.filter((statement) => statement.verdict === verdict).length;
  return {
    kept: amount('kept'),
    broken: amount('broken'),
    stale: amount('stale'),
    unknown: amount('unknown'),
    manual: amount('manual'),
    'no-case': amount('no-case'),
    unbound: amount('unbound'),
  };
}

/**
 * 2 beats 3 beats 0; `manual` in date, `no-case` and `unbound` do not change the code. A policy without a
 * single statement is 3: nothing was measured, and unknown is never success.
 */
export function policyExit({ statements, counts }: Pick<PolicyReport, 'statements' | 'counts'>): ExitCode {
  if (counts.broken > 0) return EXIT.broken;
  if (counts.unknown > 0 || counts.stale > 0 || statements.length === 0) return EXIT.incomplete;
  return EXIT.kept;
}
