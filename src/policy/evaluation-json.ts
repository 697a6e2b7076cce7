/**
 * A recorded evaluation, read again from the JSON that its row holds (recorded-evaluation.ts made it). Pure.
 *
 * Rows are our own, and `holdfast log verify` finds those that somebody changed; still nothing here believes their shape.
 */
import * as z from 'zod';
import { isObject, type JsonObject } from '../lib/json.ts';
import { parseInstant, type Instant } from '../lib/time.ts';
import { VERDICT_ORDER, countVerdicts, type PolicyReport, type StatementReport } from './evaluate.ts';
import type { PolicyDocument } from './document.ts';
import type { JudgedSource } from './recorded-evaluation.ts';

/** Of a row of ours: anything else is a row that somebody else wrote. */
export function readJson(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new TypeError('a row holds JSON that is no object');
  return value as JsonObject;
}

const moment = z.string().transform((text, context): Instant => {
  const at = parseInstant(text);
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: 'is no moment' });
  return z.NEVER;
});
const verdict = z.enum(VERDICT_ORDER);

const shape = z.object({
  policy: z.string(),
  evaluatedAt: moment,
  statements: z.array(
    z.object({
      id: z.string(),
      line: z.int(),
      text: z.string(),
      verdict,
      controls: z.array(
        z.object({
          id: z.string(),
          verdict,
          summary: z.string(),
          measuredAt: moment.nullable(),
          evidence: z.record(z.string(), z.json()),
        }),
      ),
    }),
  ),
  basis: z.object({
    holdfast: z.string(),
    document: z.string(),
    facts: z.string().nullable(),
    day: z.string(),
    zone: z.string(),
    reports: z.array(z.object({ product: z.string().nullable(), digest: z.string(), entry: z.int() })),
  }),
});

export interface RecordedBasis {
  /** The version that evaluated. */
  readonly holdfast: string;
  /** SHA-256 of the document, and of holdfast.yaml where there was one. */
  readonly document: string;
  readonly facts: string | null;
  /** The day it counts for, and the zone of that day. */
  readonly day: string;
  readonly zone: string;
  readonly reports: readonly JudgedSource[];
}

export interface RecordedReport {
  /** Without labels and a title: those are the document's. */
  readonly report: Omit<PolicyReport, 'title' | 'statements'> & { readonly statements: readonly RecordedStatement[] };
  readonly basis: RecordedBasis;
}

type RecordedStatement = Omit<StatementReport, 'controls'> & {
  readonly controls: readonly Omit<StatementReport['controls'][number], 'label'>[];
};

/** `null` where it was recorded by a version that did not say what it rested on. */
export function readRecorded(body: string): RecordedReport | null {
  const read = shape.safeParse(readJson(body));
  if (!read.success) return null;
  const { basis, policy, evaluatedAt, statements } = read.data;
  const counts = countVerdicts(statements);
  return { report: { policy, evaluatedAt, statements, counts }, basis };
}

/**
 * The report with what its document says: title and labels.
 *
 * @returns `null` where the document has other statements, because this version of Holdfast reads it differently.
 */
export function withDocument({ report }: RecordedReport, document: PolicyDocument): PolicyReport | null {
  if (report.statements.length !== document.statements.length) return null;
  const statements: StatementReport[] = [];
  for (const [at, statement] of report.statements.entries()) {
    const said = document.statements[at];
    if (said?.id !== statement.id || said.bindings.length !== statement.controls.length) return null;
    const controls = statement.controls.map((control, index) => ({
      ...control,
      label: said.bindings[index]?.label ?? '',
    }));
    statements.push({ ...statement, controls });
  }
  return { ...report, title: document.title, statements };
}

const obstacleShape = z.object({
  message: z.string(),
  hint: z.string(),
  problems: z.array(
    z.object({
      file: z.string(),
      line: z.int().nullable(),
      column: z.int().nullable(),
      message: z.string(),
      hint: z.string(),
    }),
  ),
});

/** Why the policy cannot be read, as service.actions.ts stored it. */
export const readObstacleWords = (body: string): z.infer<typeof obstacleShape> => obstacleShape.parse(readJson(body));
