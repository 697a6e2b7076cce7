/** What the service answers to a report (docs/formats/reported.schema.json), and the same read again by who sent it. Pure. */
import * as z from 'zod';
import type { JsonObject } from '../lib/json.ts';
import { shorten } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { JudgedControl } from './judge-report.ts';

const SCHEMA = 'holdfast.reported/1';

export interface Arrival {
  readonly digest: string;
  readonly origin: string;
  readonly index: number;
  readonly receivedAt: Instant;
  /** Whether it is the newest of its product now. */
  readonly isNewest: boolean;
  /** 0 within the tolerance. */
  readonly clockAheadMs: number;
}

/** Sentences are for a glance in CI; the whole of them is on the page. */
const MOST_SUMMARY = 500;

export const reportAnswer = (arrival: Arrival, judged: readonly JudgedControl[]): JsonObject => ({
  schema: SCHEMA,
  digest: arrival.digest,
  entry: { origin: arrival.origin, index: arrival.index },
  receivedAt: formatInstant(arrival.receivedAt),
  standing: arrival.isNewest ? 'newest' : 'older',
  clockAheadMs: arrival.clockAheadMs,
  controls: judged.map(({ control, params, verdict }) => ({
    control,
    params,
    verdict: verdict.verdict,
    summary: shorten(verdict.summary, MOST_SUMMARY).toWellFormed(),
  })),
});

/** Loose: a newer service may say more. */
const shape = z.object({
  schema: z.literal(SCHEMA),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  entry: z.object({ origin: z.string().max(300), index: z.int().min(0) }),
  standing: z.enum(['newest', 'older']),
  clockAheadMs: z.int().min(0),
});
export type ReportedAnswer = z.infer<typeof shape>;

/** `null`: this is no answer of a Holdfast service. */
export function readAnswer(text: string): ReportedAnswer | null {
  try {
    const read = shape.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
