/** What a run of the gate leaves: the decision, and all that it was made from. Told by gate.text.ts and gate-json.ts. */
import type { Instant } from '../lib/time.ts';
import { messageOf, type HoldfastError } from '../lib/errors.ts';
import { transitiveUnknown, type ScanReport } from '../scan/scan-report.ts';
import { sumFindings, type GateDecision, type GateRules, type ScanFacts, type TreeFacts } from './gate.ts';

export interface GateReport {
  readonly decision: GateDecision;
  readonly checkedAt: Instant;
  readonly rules: GateRules;
  /** What only development needs was left out. */
  readonly prod: boolean;
  readonly tree: TreeFacts;
  /** `null` when nothing could be scanned; the decision says why. */
  readonly scan: ScanReport | null;
  /** What of the scan was decided on. */
  readonly scanned: ScanFacts;
  /** Paths of inputs, as the scan names them, that no commit holds: made in this checkout. */
  readonly uncommittedInputs: readonly string[];
}

/** Names of unread inputs in facts; the count beside them is exact. */
const LISTED_LIMIT = 20;

export function scanFacts({ database, inputs, findings, errors }: ScanReport): ScanFacts {
  const absent = errors.filter((error) => error.code === 'INVENTORY_NOT_FOUND');
  const unread = errors.filter((error) => error.code !== 'INVENTORY_NOT_FOUND');
  const partial = transitiveUnknown(inputs);
  return {
    state: 'scanned',
    advisories: database.advisories,
    dataAsOf: database.dataAsOf,
    inputs: inputs.length,
    withoutInput: filesOf(absent),
    unread: filesOf(unread),
    transitiveUnknown: { total: partial.length, listed: partial.slice(0, LISTED_LIMIT) },
    findings: sumFindings(findings),
  };
}

const filesOf = (errors: readonly HoldfastError[]): { readonly total: number; readonly listed: readonly string[] } => ({
  total: errors.length,
  listed: errors.slice(0, LISTED_LIMIT).map((error) => error.at?.file ?? messageOf(error)),
});

export const failedScan = ({ code, message, hint }: HoldfastError): ScanFacts => ({
  state: 'failed',
  code,
  message,
  hint,
});
