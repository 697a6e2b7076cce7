/**
 * From CVSS vectors and labels to one rating: severity, base score, vector.
 *
 * Called by osv.ts when an advisory is read, so at index build and never during a scan: the library costs 11 ms and
 * 190 KB to load (measured on Node 26). Comparing severities is in severity.ts.
 */
import calculator from 'ae-cvss-calculator';
import type { Rating, Severity } from './advisory.ts';

/** `unscored`: neither a score nor a label. */
export const UNRATED: Rating = { severity: 'unscored', score: null, vector: null };

/**
 * The rating that these statements support.
 *
 * @param vectors CVSS vectors, most specific first. The newest CVSS version that can be read wins, the first of its kind;
 *   a malformed vector counts as absent.
 * @param labels Words, most specific first, used only without a vector: `critical`, `high`, `medium` or GitHub's
 *   `moderate`, `low`, `none`, in any case. The first that is known wins.
 */
export function rate(vectors: readonly string[], labels: readonly string[]): Rating {
  let best: Scored | null = null;
  for (const vector of vectors) {
    const scored = scoreOf(vector);
    if (scored !== null && (best === null || scored.generation > best.generation)) best = scored;
  }
  if (best !== null) return best.rating;
  for (const label of labels) {
    const severity = LABELS.get(label.trim().toLowerCase());
    if (severity !== undefined) return { severity, score: null, vector: null };
  }
  return UNRATED;
}

const LABELS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['none', 'none'],
]);

interface Scored {
  readonly generation: number;
  readonly rating: Rating;
}

/** Versions of CVSS, by the prefix of the vector; version 2 vectors have none (CVSS v2 guide §2.4). */
const GENERATIONS = [
  { generation: 4, prefix: 'CVSS:4.0/', base: (body: string) => baseOnly(new calculator.Cvss4P0(body)) },
  { generation: 3.1, prefix: 'CVSS:3.1/', base: (body: string) => baseOf(new calculator.Cvss3P1(body)) },
  { generation: 3, prefix: 'CVSS:3.0/', base: (body: string) => baseOf(new calculator.Cvss3P0(body)) },
  { generation: 2, prefix: '', base: (body: string) => baseOf(new calculator.Cvss2(body)) },
] as const;

/**
 * `AV:N/AC:L/…`. The library also reads values by name (`AV:Network`) and the empty vector, which no specification
 * allows; the only values in words are those of v4.0's provider urgency.
 */
const METRICS = /^(?:[A-Z][A-Za-z]*:(?:[A-Z]{1,3}|Clear|Green|Amber|Red)(?:\/(?=.)|$))+$/;
/** Longer than any vector with every optional metric of CVSS 4.0. */
const LONGEST_VECTOR = 512;

/** Vectors repeat: a few thousand different ones serve 200,000 advisories, and one takes 0.03–0.1 ms to score. */
const known = new Map<string, Scored | null>();
const REMEMBERED = 8192;

function scoreOf(vector: string): Scored | null {
  if (vector.length > LONGEST_VECTOR) return null;
  const seen = known.get(vector);
  if (seen !== undefined) return seen;
  if (known.size >= REMEMBERED) known.clear();
  const scored = scoreAnew(vector);
  known.set(vector, scored);
  return scored;
}

function scoreAnew(vector: string): Scored | null {
  // CVSS v2 guide §2.4 writes vectors bare, NVD writes them in parentheses.
  const bare = /^\((.*)\)$/.exec(vector)?.[1] ?? vector;
  const kind = GENERATIONS.find(({ prefix }) => bare.startsWith(prefix));
  if (kind === undefined) return null;
  const body = bare.slice(kind.prefix.length);
  if (!METRICS.test(body) || repeatsMetric(body)) return null;
  const score = attempt(() => kind.base(bare));
  return score === null
    ? null
    : { generation: kind.generation, rating: { severity: severityOf(score, kind.generation), score, vector: bare } };
}

/** "A vector string must not include the same metric more than once" (CVSS v3.1 §6, v4.0 §7). */
function repeatsMetric(body: string): boolean {
  const names = body.split('/').map((pair) => pair.slice(0, pair.indexOf(':')));
  return new Set(names).size !== names.length;
}

/**
 * The qualitative rating of a base score.
 *
 * Sources: CVSS v3.1 §5 and v4.0 §6 (FIRST): none 0, low 0.1–3.9, medium 4.0–6.9, high 7.0–8.9, critical 9.0–10.
 * CVSS v2 has no words of its own; NVD's are low 0–3.9, medium 4.0–6.9, high 7.0–10 (https://nvd.nist.gov/vuln-metrics/cvss).
 */
export function severityOf(score: number, generation: number): Severity {
  if (score >= 9 && generation >= 3) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 || generation < 3 ? 'low' : 'none';
}

interface Vector {
  isBaseFullyDefined(): boolean;
}

const baseOf = (vector: Vector & { calculateScores(): { base: number | undefined } }): number | null =>
  vector.isBaseFullyDefined() ? (vector.calculateScores().base ?? null) : null;

/** CVSS-B: the library's `base` of version 4 counts threat metrics in. */
const baseOnly = (vector: Vector & { calculateScores(): { baseMetricsOnly: number | undefined } }): number | null =>
  vector.isBaseFullyDefined() ? (vector.calculateScores().baseMetricsOnly ?? null) : null;

/** The library throws on metrics and values it does not know. */
function attempt(score: () => number | null): number | null {
  try {
    return score();
  } catch {
    return null;
  }
}
