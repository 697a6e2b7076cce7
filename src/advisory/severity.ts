/**
 * Comparing severities and ratings. How a rating comes about is in rating.ts, which loads a CVSS library; the scan path
 * needs only this.
 */
import type { Rating, Severity } from './advisory.ts';

/** Higher is worse; `unscored` is no degree and has none. */
const DEGREE: Readonly<Record<Exclude<Severity, 'unscored'>, number>> = {
  none: 0,
  low: 1,
  medium: 2,
  high: 3,
  critical: 4,
};

/** True when `severity` reaches the threshold; what nobody has rated reaches every threshold. */
export const atLeast = (severity: Severity, threshold: Exclude<Severity, 'unscored'>): boolean =>
  severity === 'unscored' || DEGREE[severity] >= DEGREE[threshold];

/**
 * The worse of two ratings of one vulnerability, as two databases give them.
 *
 * A rating beats none: the vulnerability has been rated then. Of equal severities the higher score, and a score before
 * a mere label; `a` of two equals.
 */
export function worse(a: Rating, b: Rating): Rating {
  if (a.severity === 'unscored') return b;
  if (b.severity === 'unscored') return a;
  const difference = DEGREE[a.severity] - DEGREE[b.severity];
  if (difference !== 0) return difference > 0 ? a : b;
  return (a.score ?? -1) >= (b.score ?? -1) ? a : b;
}
