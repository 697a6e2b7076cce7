/**
 * What an advisory says, once read: the facts that matching, ranking and fixing need, and no prose.
 *
 * Read from OSV records by osv.ts, evaluated by affects.ts, stored by index-lines.ts. Source of the words:
 * OSV schema 1.7 (https://ossf.github.io/osv-schema/).
 */
import type { Instant } from '../lib/time.ts';

/** Severity ids as every output spells them; `unscored` means that the record gives neither a score nor a label. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unscored';

/** Worst first. `unscored` stands beside `critical`: what nobody has rated must not pass a threshold. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none', 'unscored'] as const;

export interface Rating {
  readonly severity: Severity;
  /** CVSS base score 0.0–10.0, `null` when only a label is known or nothing at all. */
  readonly score: number | null;
  readonly vector: string | null;
}

/** Source: FIRST, "EPSS model", https://www.first.org/epss/. Both from 0 to 1. */
export interface EpssScore {
  /** The chance of exploitation in the next 30 days. */
  readonly probability: number;
  /** The share of all scored CVEs whose probability is no higher. */
  readonly percentile: number;
}

/** One boundary of a range, in the order of the record. The version text is kept as written. */
export type RangeEvent =
  | { readonly type: 'introduced'; readonly version: string }
  | { readonly type: 'fixed'; readonly version: string }
  | { readonly type: 'last_affected'; readonly version: string }
  | { readonly type: 'limit'; readonly version: string };

/** A SEMVER or ECOSYSTEM range. GIT ranges name commits, not versions, and are dropped by the reader. */
export interface Range {
  readonly events: readonly RangeEvent[];
}

/** `exact`: as published. `derived`: read from an advisory's text, so it may be wrong; outputs say so. */
export type RangeQuality = 'exact' | 'derived';

/** One `affected` element: a package with the versions that are vulnerable. */
export interface Affected {
  /** OSV ecosystem without its suffix (`npm`, `Maven`), exactly as OSV spells it. */
  readonly ecosystem: string;
  /** `lodash`, `@scope/name`, `group:artifact`. */
  readonly name: string;
  readonly ranges: readonly Range[];
  /** Enumerated versions; one hit here suffices, whatever the ranges say (OSV, "Evaluation"). */
  readonly versions: readonly string[];
  readonly rating: Rating;
}

export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly modified: Instant;
  readonly published: Instant | null;
  readonly withdrawn: Instant | null;
  readonly affected: readonly Affected[];
  /** The record describes malicious code, not a mistake. */
  readonly malware: boolean;
  /** `CWE-79` …, as published. */
  readonly cwes: readonly string[];
  /** https links to the advisory and the fix, most useful first, few. */
  readonly urls: readonly string[];
  readonly quality: RangeQuality;
}
