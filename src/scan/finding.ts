/** Stands in for the scanner's own file until that is merged: the shape of a finding, without the matching. */
import type { Severity } from '../advisory/advisory.ts';
import type { Scope } from '../inventory/component.ts';

export interface Finding {
  /** Id of a matching record: GHSA before CVE before others. */
  readonly id: string;
  /** Every other id of the alias group. */
  readonly aliases: readonly string[];
  readonly purl: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly severity: Severity;
  readonly score: number | null;
  readonly vector: string | null;
  readonly malware: boolean;
  /** In CISA's catalogue of known exploited vulnerabilities. */
  readonly kev: boolean;
  /** Versions that end it, lowest first; none of them is affected by any record of the group. */
  readonly fixed: readonly string[];
  readonly scope: Scope;
  /** Shortest ways from what the product asks for to the component, as `name@version`; bounded, see `pathCount`. */
  readonly paths: readonly (readonly string[])[];
  /** How many shortest ways there are altogether. */
  readonly pathCount: number;
  readonly reach: null;
  readonly decision: null;
  readonly cwes: readonly string[];
  readonly urls: readonly string[];
  readonly derived: boolean;
  /** Inputs in which the component stands. */
  readonly inputs: readonly string[];
}
