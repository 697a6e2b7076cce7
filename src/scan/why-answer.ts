/** The answer of `holdfast why`: made by why.actions.ts, told by why.text.ts, and its JSON as it is (`holdfast.why/1`). */
import type { InventoryKind } from '../inventory/component.ts';
import type { Fix } from '../inventory/why.ts';
import type { HoldfastError } from '../lib/errors.ts';
import type { AppliedDecision } from '../triage/decision.ts';

export interface WhyAnswer {
  readonly inputs: readonly string[];
  readonly places: readonly WhyPlace[];
  readonly errors: readonly HoldfastError[];
}

/** One installed copy of the component. */
export interface WhyPlace {
  readonly input: string;
  /** The kind of the input: it decides which tool the next step is about. */
  readonly kind: InventoryKind;
  readonly component: string;
  readonly location: string;
  readonly scope: string;
  /** Every finding of this version: `id`, severity, first fix, and what was decided on it. */
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly fixed: readonly string[];
    readonly decision: AppliedDecision | null;
  }[];
  readonly paths: readonly (readonly string[])[];
  /** Further shortest paths that are not listed. */
  readonly morePaths: number;
  /** `false`: the input records no edges, so nothing can be said about paths. */
  readonly edges: boolean;
  /** The smallest fix of all findings that have one; `null` when there is no finding or no edges. */
  readonly fix: WhyFix | null;
}

export interface WhyFix {
  readonly kind: Fix['kind'];
  readonly version: string | null;
  /** Whose request stands in the way or has to change: `name@version (range)`; the product itself is `your package.json` or `your POM`. */
  readonly who: readonly string[];
}
