/**
 * P18, "dependencies are scanned": judges what a scan of the products found and how old its data was.
 *
 * Pure; the scan itself is product-scan.actions.ts. Kept means: every product was read whole (what dependencies bring along included), the advisory data is fresh
 * enough, and nothing that no decision closes is known at the threshold or above. Whether each finding was decided on is
 * ../triage/complete.ts, which shares `gapIn`.
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

/** What every judgement on a scan rests on; plain JSON, so that it can be judged again elsewhere. */
export type ScannedFacts = {
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
  /** The file of decisions that was applied; `null` where there is none. */
  readonly decisions: { readonly state: 'read' | 'invalid'; readonly digest: string | null } | null;
  readonly unread: readonly string[];
  /** Inputs that name only what a product asks for, where no other input names what that brings along. */
  readonly transitiveUnknown: readonly string[];
  readonly notes: readonly string[];
};

export type DependencyFacts = ScannedFacts & {
  /** Open findings at the threshold or above, the first few of them by name. */
  readonly standing: number;
  readonly worst: readonly string[];
  /** Open findings below it. */
  readonly below: number;
  /** Findings that decisions close. */
  readonly closed: number;
};

export function judgeDependencies(
  { failOn, maxDataAgeDays }: DependencyLimits,
  facts: DependencyFacts,
  now: Instant,
): Verdict {
  const { at, standing, worst, below, closed } = facts;
  const answer = (verdict: VerdictName, summary: string): Verdict => ({
    verdict,
    summary,
    measuredAt: at,
    evidence: { ...facts },
  });
  const undecidable = undecidableIn(facts);
  if (undecidable !== null) return answer('unknown', undecidable);
  if (standing > 0) {
    const more = standing > worst.length ? ` and ${number(standing - worst.length)} more` : '';
    return answer(
      'broken',
      `${count(standing, 'open finding')} at ${failOn} or above: ${worst.join(', ')}${more}. Next: holdfast scan --fail-on ${failOn}`,
    );
  }
  const nothing = `nothing open at ${failOn} or above`;
  const gap = gapIn(facts, { maxDataAgeDays, nothing }, now);
  if (gap !== null) return answer(gap.verdict, gap.summary);
  const rest = [
    below > 0 ? `${count(below, 'open finding')} below that` : '',
    closed > 0 ? `${number(closed)} closed by decisions` : '',
  ].filter((part) => part !== '');
  return answer(
    'kept',
    `${[`${measuredIn(facts)} ${dataWords(facts, maxDataAgeDays)}: ${nothing}`, ...rest].join('; ')}.`,
  );
}

/** With decisions that cannot be read nobody knows which findings are closed; `null` where that is known. */
export const undecidableIn = ({ decisions, unread }: ScannedFacts): string | null =>
  decisions?.state === 'invalid'
    ? `The decisions cannot be read, so which findings are closed is not known: ${unread.join(' ')} Next: holdfast decide --list`
    : null;

/** Why a scan without anything against it is still no proof; `null`: it is one. */
export function gapIn(
  facts: ScannedFacts,
  { maxDataAgeDays, nothing }: { readonly maxDataAgeDays: number; readonly nothing: string },
  now: Instant,
): { readonly verdict: 'unknown' | 'stale'; readonly summary: string } | null {
  const { database, inputs, unread, transitiveUnknown } = facts;
  const unknown = (summary: string) => ({ verdict: 'unknown', summary }) as const;
  if (unread.length > 0) return unknown(`Not everything could be read: ${unread.join(' ')} Next: holdfast scan`);
  if (transitiveUnknown.length > 0)
    return unknown(
      `What the dependencies bring along is not known, because ${transitiveUnknown.join(', ')} ${transitiveUnknown.length === 1 ? 'names' : 'name'} only what is asked for. Next: write an SBOM with the build, such as with the CycloneDX Maven plugin, and keep it beside the POM.`,
    );
  if (inputs.length === 0) return unknown('No lockfile and no SBOM was found, so nothing was scanned.');
  const measured = measuredIn(facts);
  if (database.dataAsOf === null)
    return unknown(`${measured}, but the advisory data carries no date. Next: holdfast db sync`);
  const age = between(database.dataAsOf, now);
  if (age <= days(maxDataAgeDays)) return null;
  const summary = `${measured}: ${nothing}, but the data ends ${formatDay(database.dataAsOf)} (${formatSpan(age)} ago; at most ${maxDataAgeDays} d). Next: holdfast db sync`;
  return { verdict: 'stale', summary };
}

/** `1,204 packages in package-lock.json against 18,231 advisories` */
export function measuredIn({ inputs, database }: ScannedFacts): string {
  const components = inputs.reduce((sum, input) => sum + input.components, 0);
  return `${count(components, 'package')} in ${inputs.map(({ path }) => path).join(', ')} against ${number(database.advisories)} advisories`;
}

/** `of 2026-11-23 (at most 7 d old)`: the limit is the policy's, and is named with every verdict. */
export const dataWords = ({ database }: ScannedFacts, maxDataAgeDays: number): string =>
  `of ${database.dataAsOf === null ? 'no date' : formatDay(database.dataAsOf)} (at most ${maxDataAgeDays} d old)`;
