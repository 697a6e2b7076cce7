/** `holdfast scan --format json`: the machine's view of a scan. Schema: docs/formats/scan.schema.json (`holdfast.scan/1`). */
import type { HoldfastError } from '../lib/errors.ts';
import type { Json } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { FindingReach } from '../reach/finding-reach.ts';
import { DECISIONS_FILE, type AppliedDecision } from '../triage/decision.ts';
import type { Finding } from './finding.ts';
import type { ScanDatabase, ScanDecisions, ScanInput, ScanReport } from './scan-report.ts';

export function scanToJson({ database, inputs, findings, decisions, notes, errors }: ScanReport): Json {
  return {
    schema: 'holdfast.scan/1',
    database: databaseToJson(database),
    inputs: inputs.map(inputToJson),
    findings: findings.map(findingToJson),
    decisions: decisionsToJson(decisions),
    notes,
    errors: errors.map(errorToJson),
  };
}

export const databaseToJson = ({
  path,
  chosenBy,
  built,
  dataAsOf,
  advisories,
  sources,
  digest,
}: ScanDatabase): Json => ({
  path,
  chosenBy,
  built: formatInstant(built),
  dataAsOf: dataAsOf === null ? null : formatInstant(dataAsOf),
  advisories,
  sources,
  digest,
});

export const inputToJson = ({ path, kind, components, coverage, standIn, digest }: ScanInput) => ({
  path,
  kind,
  components,
  coverage,
  standIn,
  digest: digest(),
});

export const findingToJson = (finding: Finding) => ({
  ...finding,
  reach: reachToJson(finding.reach),
  decision: decisionToJson(finding.decision),
  sources: finding.sources.map((source) => ({ ...source })),
  epss: finding.epss === null ? null : { ...finding.epss },
});

const decisionToJson = (decision: AppliedDecision | null) =>
  decision === null ? null : { ...decision, proof: decision.proof === null ? null : { ...decision.proof } };

const reachToJson = (reach: FindingReach | null) =>
  reach === null
    ? null
    : {
        ...reach,
        place: reach.place === null ? null : { ...reach.place },
        asked: reach.asked.map((each) => ({ ...each })),
      };

export const decisionsToJson = (decisions: ScanDecisions | null): Json =>
  decisions === null ? null : { path: DECISIONS_FILE, state: decisions.state, digest: decisions.digest };

export const errorToJson = ({ code, message, hint, at }: HoldfastError): Json => ({
  code,
  message,
  hint,
  path: at?.file ?? null,
  line: at?.line ?? null,
  column: at?.column ?? null,
});
