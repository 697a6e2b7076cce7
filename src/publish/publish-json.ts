/** `holdfast publish --json` (docs/formats/publish.schema.json): what was written where. The policy itself is policy-json.ts. */
import type { JsonObject } from '../lib/json.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { Counts } from '../policy/evaluate.ts';

const SCHEMA = 'holdfast.publish/1';

export const publicationToJson = (done: {
  readonly folder: string;
  readonly policy: string;
  readonly evaluatedAt: Instant;
  readonly counts: Counts;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly left: readonly string[];
  readonly notes: readonly string[];
}): JsonObject => ({
  schema: SCHEMA,
  folder: done.folder,
  policy: done.policy,
  evaluatedAt: formatInstant(done.evaluatedAt),
  written: [...done.written],
  removed: [...done.removed],
  left: [...done.left],
  notes: [...done.notes],
  counts: { ...done.counts },
});

export const refusalToJson = (folder: string, files: readonly string[]): JsonObject => ({
  schema: SCHEMA,
  folder,
  written: [],
  refused: { code: 'FILE_EXISTS', files: [...files] },
});
