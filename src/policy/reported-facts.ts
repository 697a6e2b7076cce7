/** The facts behind the verdicts of a statement, as they were reported. Pure. */
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { BoundControl } from './control.ts';
import { measuredAtOf, type NewestReport } from './judge-report.ts';

export interface ReportedFacts {
  readonly product: string | null;
  readonly version: string;
  readonly checkout: { readonly commit: string; readonly branch: string | null } | null;
  /** By the clock of the service. */
  readonly measuredAt: Instant;
  /** By how much the clock of the sender was ahead of ours, in ms; 0 where it was not. */
  readonly aheadMs: number;
  /** The entry in which the report arrived. */
  readonly entry: number;
  readonly facts: Json;
}

/** Of each product that reports the control with these parameters. */
export function factsOf(
  bound: BoundControl,
  newest: readonly (NewestReport & { readonly entry: number })[],
): readonly ReportedFacts[] {
  const params = canonicalJson(bound.params);
  return newest.flatMap(({ report, receivedAt, entry }): readonly ReportedFacts[] => {
    const found = report.controls.find(
      // Senders write parameters with their defaults, as `BoundControl.params` has them.
      (reported) => reported.control === bound.id && canonicalJson(reported.params) === params,
    );
    if (found === undefined) return [];
    const { product, version, checkout } = report;
    const facts = 'facts' in found ? found.facts : { failed: { ...found.failed } };
    const measuredAt = measuredAtOf({ report, receivedAt });
    return [{ product, version, checkout, measuredAt, aheadMs: report.measuredAt - measuredAt, entry, facts }];
  });
}

export const factsToJson = (statement: string, control: string, facts: readonly ReportedFacts[]): JsonObject => ({
  schema: 'holdfast.facts/1',
  statement,
  control,
  reports: facts.map(({ measuredAt, checkout, ...rest }) => ({
    ...rest,
    checkout: checkout === null ? null : { ...checkout },
    measuredAt: formatInstant(measuredAt),
  })),
});
