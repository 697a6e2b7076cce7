/** `holdfast gate --json`: the machine's view of the gate. Schema: docs/formats/gate.schema.json (`holdfast.gate/1`). */
import type { Json } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import { databaseToJson, decisionsToJson, errorToJson, findingToJson, inputToJson } from '../scan/scan-json.ts';
import { stands, type ScanReport, type Threshold } from '../scan/scan-report.ts';
import type { GateReport } from './gate-report.ts';
import { CHECKED, NOT_CHECKED, type TreeFacts } from './gate.ts';

export function gateToJson(report: GateReport): Json {
  const { decision, checkedAt, rules, prod, tree, scan, uncommittedInputs } = report;
  return {
    schema: 'holdfast.gate/1',
    verdict: decision.verdict,
    checkedAt: formatInstant(checkedAt),
    failOn: rules.failOn,
    maxDataAgeDays: rules.maxDataAgeDays,
    prod,
    reasons: decision.reasons,
    ...treeToJson(tree),
    ...scanToJson(scan, rules.failOn, new Set(uncommittedInputs)),
    checked: CHECKED,
    notChecked: NOT_CHECKED,
  };
}

function treeToJson(tree: TreeFacts): { readonly [key: string]: Json } {
  if (tree.state !== 'read') return { base: null, head: null, workTree: null };
  const { base, head, checkedOut, changed, unwatched, branch } = tree;
  return { base, head, workTree: { checkedOut, changed, unwatched, branch } };
}

function scanToJson(
  scan: ScanReport | null,
  failOn: Threshold,
  uncommitted: ReadonlySet<string>,
): { readonly [key: string]: Json } {
  if (scan === null) return { database: null, inputs: [], findings: [], decisions: null, notes: [], errors: [] };
  return {
    database: databaseToJson(scan.database),
    inputs: scan.inputs.map((input) => ({ ...inputToJson(input), committed: !uncommitted.has(input.path) })),
    findings: scan.findings.map((finding) => ({ ...findingToJson(finding), blocks: stands(finding, failOn) })),
    decisions: decisionsToJson(scan.decisions),
    notes: scan.notes,
    errors: scan.errors.map(errorToJson),
  };
}
