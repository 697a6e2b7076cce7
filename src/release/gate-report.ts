/** What a run of the gate leaves: the decision, and all that it was made from. Told by gate.text.ts and gate-json.ts. */
import type { Instant } from '../lib/time.ts';
import { messageOf, type HoldfastError } from '../lib/errors.ts';
import { transitiveUnknown, type ScanReport } from '../scan/scan-report.ts';
import { DECISIONS_FILE, isOpen, type OpenReason } from '../triage/decision.ts';
import {
  sumFindings,
  type DecisionsState,
  type GateDecision,
  type GateRules,
  type ScanFacts,
  type TreeFacts,
} from './gate.ts';

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

/** @param committed Whether the commit that is checked out holds the decisions. */
export function scanFacts(report: ScanReport, committed: boolean): ScanFacts {
  const { database, inputs, findings, errors } = report;
  const absent = errors.filter((error) => error.code === 'INVENTORY_NOT_FOUND');
  const unread = errors.filter((error) => error.code !== 'INVENTORY_NOT_FOUND' && !isAboutDecisions(error));
  const open = findings.filter(isOpen);
  const decidedOpen = (reason: OpenReason): number => open.filter(({ decision }) => decision?.open === reason).length;
  const partial = transitiveUnknown(inputs);
  return {
    state: 'scanned',
    advisories: database.advisories,
    dataAsOf: database.dataAsOf,
    inputs: inputs.length,
    withoutInput: filesOf(absent),
    unread: filesOf(unread),
    transitiveUnknown: { total: partial.length, listed: partial.slice(0, LISTED_LIMIT) },
    findings: sumFindings(open),
    closed: findings.length - open.length,
    decidedOpen: {
      planned: decidedOpen('planned'),
      expired: decidedOpen('expired'),
      unapproved: decidedOpen('unapproved'),
      unproven: decidedOpen('unproven'),
    },
    decisions: decisionsState(report, committed),
  };
}

const isAboutDecisions = ({ code, at }: HoldfastError): boolean =>
  code === 'DECISIONS_INVALID' || at?.file === DECISIONS_FILE;

function decisionsState({ decisions }: ScanReport, committed: boolean): DecisionsState {
  if (decisions === null) return 'none';
  if (decisions.state === 'invalid') return 'unread';
  return committed ? 'committed' : 'uncommitted';
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
