/**
 * What the log gets to know about an evaluation: one entry, small enough for a leaf, and everything that was said as evidence
 * beside it. Recording it is record.actions.ts; the document is docs/formats/log.md.
 */
import { utf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import { type Json, type JsonObject } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import { checkToJson } from './check-json.ts';
import type { Evaluation, StatementReport } from './evaluate.ts';

export interface RecordedEvaluation {
  readonly subject: string;
  readonly data: JsonObject;
  /** All of `holdfast check --json`. */
  readonly state: JsonObject;
  /** The RFC 8785 JSON of `state`. */
  readonly body: string;
}

/** A report, and the digest of the document that it is about. */
export type Evaluated = Pick<Evaluation, 'report' | 'digest'>;

/** Where an evaluation was recorded. */
export interface RecordedEntry {
  readonly origin: string;
  /** From 0. */
  readonly entry: number;
  /** The signed note. */
  readonly checkpoint: string;
  /** Entries under the checkpoint. */
  readonly size: number;
}

/** A leaf has at most 65,535 bytes; the rest is for its other members. */
const MOST_STATEMENT_BYTES = 60_000;
/** Of a subject behind `policy:`. */
const MOST_NAME = 200;

/** @param version Of Holdfast. */
export function recordedEvaluation({ report, digest }: Evaluated, version: string): RecordedEvaluation {
  const state = wellFormed(checkToJson(report)) as JsonObject;
  const statements = report.statements.map(statementData);
  const fits = utf8(canonicalJson(statements)).length <= MOST_STATEMENT_BYTES;
  const name = encodeURIComponent(report.policy.replace(/\p{Surrogate}/gu, '\ufffd'));
  return {
    subject: `policy:${name.length > MOST_NAME ? sha256(name) : name}`,
    data: {
      holdfast: version,
      policy: digest,
      evaluatedAt: formatInstant(report.evaluatedAt),
      counts: { ...report.counts },
      // Of a policy that is too long for an entry, its statements stand in the evidence alone.
      statements: fits ? statements : null,
    },
    state,
    body: canonicalJson(state),
  };
}

const statementData = ({ id, text, verdict, controls }: StatementReport): JsonObject => ({
  id,
  text: sha256(text),
  verdict,
  controls: controls.map((control) => ({
    id: control.id,
    verdict: control.verdict,
    measuredAt: control.measuredAt === null ? null : formatInstant(control.measuredAt),
    evidence: sha256(canonicalJson(wellFormed(control.evidence))),
  })),
});

/** Evidence may quote files that JSON can spell and RFC 8785 cannot: a lone surrogate becomes U+FFFD. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return (value as readonly Json[]).map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replace(/\p{Surrogate}/gu, '\ufffd'),
      wellFormed(member as Json),
    ]),
  );
}
