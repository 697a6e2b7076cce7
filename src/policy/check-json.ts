/** `holdfast check --json` (docs/formats/check.schema.json). */
import type { JsonObject } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { PolicyReport } from './evaluate.ts';
import type { RecordedEntry } from './recorded-evaluation.ts';
import type { ReportedAnswer } from './report-answer.ts';

/** What was done with the evaluation; `null` where it was not asked for, or failed, and then the answer says nothing of it. */
interface Done {
  readonly recorded: RecordedEntry | null;
  readonly reported: ReportedAnswer | null;
}

const NOTHING_DONE: Done = { recorded: null, reported: null };

export const checkToJson = (
  { policy, evaluatedAt, statements, counts }: Omit<PolicyReport, 'title'>,
  { recorded, reported }: Done = NOTHING_DONE,
): JsonObject => ({
  schema: 'holdfast.check/1',
  policy,
  evaluatedAt: formatInstant(evaluatedAt),
  statements: statements.map(({ id, line, text, verdict, controls }) => ({
    id,
    line,
    text,
    verdict,
    controls: controls.map((control) => ({
      id: control.id,
      verdict: control.verdict,
      summary: control.summary,
      measuredAt: control.measuredAt === null ? null : formatInstant(control.measuredAt),
      evidence: control.evidence,
    })),
  })),
  counts: { ...counts },
  ...(recorded === null ? {} : { recorded: { ...recorded } }),
  ...(reported === null ? {} : { reported: reportedOf(reported) }),
});

const reportedOf = ({ digest, entry, standing, clockAheadMs }: ReportedAnswer): JsonObject => ({
  digest,
  origin: entry.origin,
  entry: entry.index,
  standing,
  clockAheadMs,
});
