/** What a run of the gate leaves: the decision, and all that it was made from. Told by gate.text.ts and gate-json.ts. */
import type { Instant } from '../lib/time.ts';
import { messageOf, type HoldfastError } from '../lib/errors.ts';
import type { ScanReport } from '../scan/scan-report.ts';
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

export const scanFacts = (scan: ScanReport): ScanFacts => ({
  state: 'scanned',
  advisories: scan.database.advisories,
  dataAsOf: scan.database.dataAsOf,
  inputs: scan.inputs.length,
  unread: {
    total: scan.errors.length,
    listed: scan.errors.slice(0, LISTED_LIMIT).map((error) => error.at?.file ?? messageOf(error)),
  },
  findings: sumFindings(scan.findings),
});

export const failedScan = ({ code, message, hint }: HoldfastError): ScanFacts => ({
  state: 'failed',
  code,
  message,
  hint,
});
