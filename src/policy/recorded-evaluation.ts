/**
 * What the log gets to know about an evaluation: one entry, small enough for a leaf, and everything that was said as evidence
 * beside it. Recording it is record.actions.ts; the document is docs/formats/log.md.
 */
import { utf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import type { JsonObject } from '../lib/json.ts';
import { wellFormed, wellFormedText } from '../lib/well-formed.ts';
import { dayIn, formatInstant } from '../lib/time.ts';
import { checkToJson } from './check-json.ts';
import type { Evaluation, StatementReport } from './evaluate.ts';

export interface RecordedEvaluation {
  readonly subject: string;
  readonly data: JsonObject;
  /** `YYYY-MM-DD` where the organisation is: the day that the verdicts count for. */
  readonly day: string;
  /** All of `holdfast check --json`, and `basis`: what it rests on. */
  readonly state: JsonObject;
  /** The RFC 8785 JSON of `state`. */
  readonly body: string;
}

/** A report, what was read for it, and the reports of others that were judged. */
export interface Evaluated extends Pick<Evaluation, 'report' | 'digest' | 'texts' | 'facts'> {
  readonly sources: readonly JudgedSource[];
}

/** A report of `holdfast check --report-to` that was the newest of its product. */
export interface JudgedSource {
  readonly product: string | null;
  /** Of the report. */
  readonly digest: string;
  /** The entry of the log in which it arrived. */
  readonly entry: number;
}

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
export function recordedEvaluation(evaluated: Evaluated, version: string): RecordedEvaluation {
  const { report, digest, texts, facts, sources } = evaluated;
  const zone = facts.organisation?.timezone ?? 'UTC';
  const day = dayIn(report.evaluatedAt, zone);
  const basis = {
    holdfast: version,
    document: digest,
    facts: texts.facts === null ? null : sha256(texts.facts),
    day,
    zone,
    reports: sources.map((source) => ({ ...source })),
  };
  const state = { ...(wellFormed(checkToJson(report)) as JsonObject), basis };
  const statements = report.statements.map(statementData);
  const fits = utf8(canonicalJson(statements)).length <= MOST_STATEMENT_BYTES;
  return {
    subject: policySubject(report.policy),
    day,
    data: {
      holdfast: version,
      policy: digest,
      evaluatedAt: formatInstant(report.evaluatedAt),
      day,
      counts: { ...report.counts },
      // Of a policy that is too long for an entry, its statements stand in the evidence alone.
      statements: fits ? statements : null,
    },
    state,
    body: canonicalJson(state),
  };
}

/** @param shown The document, as `check` names it. */
export function policySubject(shown: string): string {
  const name = encodeURIComponent(wellFormedText(shown));
  return `policy:${name.length > MOST_NAME ? sha256(name) : name}`;
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
