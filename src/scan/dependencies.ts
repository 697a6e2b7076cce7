/**
 * P18, "dependencies are scanned": judges what a scan of the products found and how old its data was.
 *
 * Pure; the scan itself is dependencies.control.ts. Kept means: every product was read whole (what dependencies bring along included), the advisory data is fresh
 * enough, and nothing is known at the threshold or above. Decisions on findings are not read yet, so an open finding is a
 * finding that stands.
 */
import { count, number } from '../lib/text.ts';
import { between, days, formatDay, formatSpan, type Instant } from '../lib/time.ts';
import type { Verdict, VerdictName } from '../policy/control.ts';
import type { Threshold } from './scan-report.ts';

export interface DependencyLimits {
  readonly failOn: Threshold;
  /** Advisory data older than this says nothing about today. */
  readonly maxDataAgeDays: number;
}

/** What was measured; plain JSON, so that it can be judged again elsewhere. */
export type DependencyFacts = {
  readonly at: Instant;
  readonly database: {
    readonly built: Instant;
    readonly dataAsOf: Instant | null;
    readonly advisories: number;
    readonly digest: string;
  };
  readonly inputs: readonly {
    readonly path: string;
    readonly kind: string;
    readonly components: number;
    readonly digest: string;
  }[];
  /** Findings at the threshold or above, the first few of them by name. */
  readonly standing: number;
  readonly worst: readonly string[];
  readonly below: number;
  readonly unread: readonly string[];
  /** Inputs that name only what a product asks for, where no other input names what that brings along. */
  readonly transitiveUnknown: readonly string[];
  readonly notes: readonly string[];
};

export function judgeDependencies(
  { failOn, maxDataAgeDays }: DependencyLimits,
  facts: DependencyFacts,
  now: Instant,
): Verdict {
  const { at, database, inputs, standing, worst, below, unread, transitiveUnknown } = facts;
  const answer = (verdict: VerdictName, summary: string): Verdict => ({
    verdict,
    summary,
    measuredAt: at,
    evidence: { ...facts },
  });
  const components = inputs.reduce((sum, input) => sum + input.components, 0);
  const measured = `${count(components, 'package')} in ${inputs.map(({ path }) => path).join(', ')} against ${number(database.advisories)} advisories`;
  if (standing > 0) {
    const more = standing > worst.length ? ` and ${number(standing - worst.length)} more` : '';
    return answer(
      'broken',
      `${count(standing, 'finding')} at ${failOn} or above: ${worst.join(', ')}${more}. Next: holdfast scan --fail-on ${failOn}`,
    );
  }
  if (unread.length > 0)
    return answer('unknown', `Not everything could be read: ${unread.join(' ')} Next: holdfast scan`);
  if (transitiveUnknown.length > 0)
    return answer(
      'unknown',
      `What the dependencies bring along is not known, because ${transitiveUnknown.join(', ')} ${transitiveUnknown.length === 1 ? 'names' : 'name'} only what is asked for. Next: write an SBOM with the build, such as with the CycloneDX Maven plugin, and keep it beside the POM.`,
    );
  if (inputs.length === 0) return answer('unknown', 'No lockfile and no SBOM was found, so nothing was scanned.');
  if (database.dataAsOf === null)
    return answer('unknown', `${measured}, but the advisory data carries no date. Next: holdfast db build`);
  const age = between(database.dataAsOf, now);
  if (age > days(maxDataAgeDays)) {
    return answer(
      'stale',
      `${measured}: nothing at ${failOn} or above, but the data ends ${formatDay(database.dataAsOf)} (${formatSpan(age)} ago; at most ${maxDataAgeDays} d). Next: holdfast db build`,
    );
  }
  const rest = below > 0 ? `; ${count(below, 'finding')} below that` : '';
  return answer('kept', `${measured} of ${formatDay(database.dataAsOf)}: nothing at ${failOn} or above${rest}.`);
}
