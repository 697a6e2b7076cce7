/** What a scan answers, and the two questions every caller asks of it: what blocks, and was everything measured? */
import { atLeast } from '../advisory/severity.ts';
import type { Severity } from '../advisory/advisory.ts';
import type { HoldfastError } from '../lib/errors.ts';
import { EXIT, worstExit, type ExitCode } from '../lib/exit.ts';
import type { Instant } from '../lib/time.ts';
import { isOpen } from '../triage/decision.ts';
import type { Finding } from './finding.ts';

export interface ScanReport {
  readonly database: ScanDatabase;
  readonly inputs: readonly ScanInput[];
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** The decisions that were applied; `null` where there are none, or none were asked for. */
  readonly decisions: ScanDecisions | null;
  /** What was deliberately not matched, one sentence each. */
  readonly notes: readonly string[];
  /** What could not be read; never empty without a reason for exit code 3. */
  readonly errors: readonly HoldfastError[];
}

export interface ScanDatabase {
  readonly path: string;
  /** Why this one was used. */
  readonly chosenBy: '--db' | 'HOLDFAST_DB' | 'cache' | 'snapshot';
  readonly built: Instant;
  /** The newest record; the data is as old as this. `null` when the records carry no time. */
  readonly dataAsOf: Instant | null;
  readonly advisories: number;
  readonly sources: readonly string[];
  /** SHA-256 of the index's content. */
  readonly digest: string;
}

export interface ScanInput {
  readonly path: string;
  readonly kind: string;
  /** Distinct name and version that were compared; 0 for an imported report. */
  readonly components: number;
  /**
   * `direct`: what its dependencies bring along was not compared. `reported`: another tool's report, which says what that tool
   * found, and was compared with nothing.
   */
  readonly coverage: 'whole' | 'direct' | 'reported';
  /** The input that lists what this one leaves out, for the same project; `null` where none does, and where nothing is left out. */
  readonly standIn: string | null;
  /** SHA-256 of the file; computed when asked, because most scans need none. */
  readonly digest: () => string;
}

export interface ScanDecisions {
  /** `invalid`: the file has mistakes, so none of its decisions counts; `errors` says which. */
  readonly state: 'read' | 'invalid';
  /** SHA-256 of the file; `null` where it was not read. */
  readonly digest: string | null;
}

/** Severities that can be named as a threshold; malware and what nobody rated reach each of them. */
export const THRESHOLDS = ['critical', 'high', 'medium', 'low'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

export const isThreshold = (text: string): text is Threshold => THRESHOLDS.some((level) => level === text);

/** Malicious code blocks at every threshold: it has no severity worth waiting for. */
export const reaches = (
  finding: { readonly malware: boolean; readonly severity: Severity },
  threshold: Threshold,
): boolean => finding.malware || atLeast(finding.severity, threshold);

/** Inputs that name only what the product asks for, and for which nothing else in the scan names the rest. */
export const transitiveUnknown = (inputs: readonly ScanInput[]): readonly string[] =>
  inputs.filter(({ coverage, standIn }) => coverage === 'direct' && standIn === null).map(({ path }) => path);

/** A finding that no decision closes, at the threshold or above. */
export const stands = (finding: Finding, threshold: Threshold): boolean =>
  isOpen(finding) && reaches(finding, threshold);

/** Exit code of `holdfast scan`: without a threshold, findings alone do not fail; unread inputs always do. */
export function scanExit(report: ScanReport, threshold: Threshold | null): ExitCode {
  const blocked = threshold !== null && report.findings.some((finding) => stands(finding, threshold));
  return worstExit([blocked ? EXIT.broken : EXIT.kept, report.errors.length > 0 ? EXIT.incomplete : EXIT.kept]);
}
