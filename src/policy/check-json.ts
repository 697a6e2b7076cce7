/** `holdfast check --json` (docs/formats/check.schema.json). */
import type { JsonObject } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { PolicyReport } from './evaluate.ts';
import type { RecordedEntry } from './recorded-evaluation.ts';

/** @param recorded What `--record` did; `null` without it, and then the answer says nothing of it. */
export const checkToJson = (
  { policy, evaluatedAt, statements, counts }: PolicyReport,
  recorded: RecordedEntry | null = null,
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
});
