/**
 * What `holdfast check --report-to` sends: the facts that controls gathered in a checkout, and nothing that was concluded from
 * them. Made from an evaluation, written and read here; the service judges again itself (judge-report.ts).
 *
 * Format: docs/formats/report.schema.json. Verdicts have no place in it, so none can be believed.
 */
import * as z from 'zod';
import { fromUtf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import { nestsDeeperThan } from '../lib/json-depth.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, parseInstant, type Instant } from '../lib/time.ts';
import { wellFormed } from '../lib/well-formed.ts';
import type { Evaluation } from './evaluate.ts';
import { productId } from './facts.ts';

const SCHEMA = 'holdfast.report/1';
/** The facts of ten thousand products, and then some. */
export const MOST_REPORT_BYTES = 4 * 1_024 * 1_024;
/** Deeper than any facts; a bound for what recurses over them. */
const DEEPEST = 32;
const MOST_CONTROLS = 1_000;

export interface Report {
  /** Of Holdfast. */
  readonly version: string;
  readonly policy: { readonly name: string; readonly sha256: string };
  /** An id from holdfast.yaml; `null`: of the whole house. */
  readonly product: string | null;
  /** What was checked out; `null` outside of Git. */
  readonly checkout: { readonly commit: string; readonly branch: string | null } | null;
  /** By the clock of who measured. */
  readonly measuredAt: Instant;
  readonly controls: readonly ReportedControl[];
}

export type ReportedControl = { readonly control: string; readonly params: Json } & (
  | { readonly facts: Json }
  /** The world failed it: nothing was measured. */
  | { readonly failed: { readonly code: string; readonly message: string } }
);

/** Everything that a report is about beside what was gathered. */
export type ReportOrigin = Pick<Report, 'version' | 'product' | 'checkout'> & {
  /** Takes what only the machine that measured may know out of a message. */
  readonly hide: (text: string) => string;
};

/** Of controls that need a checkout; what the service can ask itself is not sent. */
export function reportOn(
  { report, digest, gathered }: Pick<Evaluation, 'report' | 'digest' | 'gathered'>,
  { version, product, checkout, hide }: ReportOrigin,
): Report {
  const ofCheckout = gathered.filter(({ control }) => control.where === 'repo');
  return {
    version,
    policy: { name: report.policy.split(/[\\/]/).at(-1) ?? '', sha256: digest },
    product,
    checkout,
    measuredAt: report.evaluatedAt,
    controls: ofCheckout.map((each): ReportedControl => {
      const { id: control, params } = each.control;
      if ('failed' in each)
        return { control, params, failed: { code: each.failed.code, message: hide(each.failed.message) } };
      return { control, params, facts: each.control.shared(each.facts) };
    }),
  };
}

export const reportToJson = ({ version, measuredAt, ...rest }: Report): JsonObject =>
  wellFormed({ schema: SCHEMA, holdfast: version, measuredAt: formatInstant(measuredAt), ...rest }) as JsonObject;

/** A report and its one spelling; the digest is how both sides name it. */
export interface ReadReport {
  readonly report: Report;
  readonly json: JsonObject;
  /** RFC 8785. */
  readonly canonical: string;
  /** SHA-256 of it. */
  readonly digest: string;
}

/** Why bytes are no report: what is wrong, and where, as `controls[2].facts.at`; empty for the whole. */
export interface ReportFault {
  readonly at: string;
  readonly message: string;
}

const words = (most: number) => z.string().min(1).max(most);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256');

const moment = z.string().transform((text, context): Instant => {
  const at = text.length > 40 ? null : parseInstant(text);
  // Before 1970 nothing is measured, and after 9999 RFC 3339 has no spelling.
  if (at !== null && at >= 0) return at;
  context.addIssue({ code: 'custom', message: 'is no moment as RFC 3339 writes it' });
  return z.NEVER;
});

const named = { control: words(64), params: z.json() };

const shape = z.strictObject({
  schema: z.literal(SCHEMA),
  holdfast: words(64),
  policy: z.strictObject({ name: words(500), sha256: digest }),
  product: productId.nullable(),
  checkout: z
    .strictObject({
      commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'is not the full id of a commit'),
      branch: words(500).nullable(),
    })
    .nullable(),
  measuredAt: moment,
  controls: z
    .array(
      z.union([
        z.strictObject({ ...named, facts: z.json() }),
        z.strictObject({ ...named, failed: z.strictObject({ code: words(64), message: z.string().max(10_000) }) }),
      ]),
    )
    .max(MOST_CONTROLS),
});

/** Reads the body of a request. The digest is that of the JSON as RFC 8785 spells it, however it was spelled on the way. */
export function readReport(bytes: Uint8Array): Result<ReadReport, readonly ReportFault[]> {
  if (bytes.length > MOST_REPORT_BYTES) return whole(`has more than ${MOST_REPORT_BYTES} bytes`);
  const text = fromUtf8(bytes);
  if (text === null) return whole('is not UTF-8');
  if (nestsDeeperThan(text, DEEPEST)) return whole(`is nested more than ${DEEPEST} deep`);
  const value = parse(text);
  if (value === undefined) return whole('is not JSON');
  const canonical = canonicalOf(value);
  if (canonical === null) return whole('has a number or a character that RFC 8785 cannot spell');
  const read = shape.safeParse(value);
  if (!read.success)
    return no(read.error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => ({ at: placeOf(path), message })));
  const { schema: _, holdfast: version, ...rest } = read.data;
  return ok({ report: { version, ...rest }, json: value as JsonObject, canonical, digest: sha256(canonical) });
}

/** Of a body in which everything is wrong, the first few tell enough. */
export const MOST_FAULTS = 20;

const whole = (message: string): Result<never, readonly ReportFault[]> => no([{ at: '', message }]);

/** `controls[2].facts.at` */
export const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    return place === '' ? String(key) : `${place}.${String(key)}`;
  }, '');

/** `undefined` where the text is no JSON; JSON itself has no such value. */
function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function canonicalOf(value: Json): string | null {
  try {
    return canonicalJson(value);
  } catch (error) {
    // A number above the largest one, a lone surrogate.
    if (error instanceof TypeError) return null;
    throw error;
  }
}
