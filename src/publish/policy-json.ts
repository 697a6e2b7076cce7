/** policy.json: the public page for machines (docs/formats/policy.schema.json). Shows what the page shows, and nothing else. */
import type { JsonObject } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { PublishedPolicy } from './published-policy.ts';

export const policyToJson = (policy: PublishedPolicy): JsonObject => ({
  schema: 'holdfast.policy/1',
  title: policy.title,
  language: policy.language,
  version: policy.version,
  effective: policy.effective,
  organisation: policy.organisation,
  contact: policy.contact,
  document: { sha256: policy.digest },
  evaluatedAt: formatInstant(policy.evaluatedAt),
  writtenBy: `holdfast ${policy.toolVersion}`,
  ...(policy.recorded === null ? {} : { recorded: { ...policy.recorded } }),
  statements: policy.statements.map(({ id, text, verdict, controls, history }) => ({
    id,
    text,
    verdict,
    controls: controls.map(({ measuredAt, withheld, ...control }) => ({
      id: control.id,
      verdict: control.verdict,
      summary: control.summary,
      explanation: control.explanation,
      measuredAt: measuredAt === null ? null : formatInstant(measuredAt),
      evidence: control.evidence,
      withheld: [...withheld],
    })),
    ...(history === null ? {} : { history: { from: history.from, runs: history.runs.map((run) => ({ ...run })) } }),
  })),
  counts: { ...policy.counts },
});
