/** `holdfast decide --json`: the machine's view. Schema: docs/formats/decide.schema.json (`holdfast.decide/1`). */
import type { Json, JsonObject } from '../lib/json.ts';
import { errorToJson } from '../scan/scan-json.ts';
import type { Finding } from '../scan/finding.ts';
import type { ApproveReport, DecideReport, DecisionList, ImportReport, RenewReport } from './decide-report.ts';
import type { DecideRefusal } from './decide.ts';
import { DECISIONS_FILE, type Decision } from './decision.ts';

const SCHEMA = 'holdfast.decide/1';

export const decidedToJson = ({ entry, place, findings, errors }: DecideReport): JsonObject => ({
  schema: SCHEMA,
  action: 'decide',
  file: DECISIONS_FILE,
  place,
  decision: { ...entry },
  findings: findings.map(outcomeToJson),
  errors: errors.map(errorToJson),
});

export const approvedToJson = ({ decision, findings, errors }: ApproveReport): JsonObject => ({
  schema: SCHEMA,
  action: 'approve',
  file: DECISIONS_FILE,
  place: decision.place,
  decision: decisionToJson(decision),
  findings: findings.map(outcomeToJson),
  errors: errors.map(errorToJson),
});

export const listToJson = ({ today, zone, decisions, undecided, errors, strangers }: DecisionList): JsonObject => ({
  schema: SCHEMA,
  action: 'list',
  file: DECISIONS_FILE,
  today,
  zone,
  decisions: decisions.map(({ decision, state, findings }) => ({
    place: decision.place,
    state,
    findings,
    decision: decisionToJson(decision),
  })),
  undecided,
  notes: strangers,
  errors: errors.map(errorToJson),
});

export const importToJson = ({ today, files, proposals, errors }: ImportReport): JsonObject => ({
  schema: SCHEMA,
  action: 'import',
  today,
  files: files.map(({ file, format, left }) => ({ file, format, notProposed: left })),
  proposals: proposals.map(
    ({ from, ids, package: purl, decision, justification, reason, expires, lost, matches, near, open }) => ({
      from,
      ids,
      package: purl,
      decision,
      justification,
      reason,
      expires,
      notCarriedOver: lost,
      matches,
      near,
      open,
    }),
  ),
  errors: errors.map(errorToJson),
});

export const renewedToJson = ({ renewed, errors }: RenewReport): JsonObject => ({
  schema: SCHEMA,
  action: 'renew',
  file: DECISIONS_FILE,
  proofs: renewed.map(({ decision: { id, package: scope, place }, file, fails }) => ({
    place,
    id,
    package: scope.purl,
    proof: file,
    fails,
  })),
  errors: errors.map(errorToJson),
});

export const refusedToJson = (
  action: 'decide' | 'approve' | 'renew',
  { code, message, hint }: DecideRefusal,
): JsonObject => ({
  schema: SCHEMA,
  action,
  refused: { code, message, hint },
});

function decisionToJson({ package: { purl }, state, ...decision }: Decision): Json {
  const { id, aliases, paths, justification, owner, reason, decided, expires, approvedBy, evidence } = decision;
  return {
    id,
    aliases,
    package: purl,
    paths,
    decision: state,
    justification,
    owner,
    reason,
    decided,
    expires,
    approvedBy,
    evidence: evidence?.digest ?? null,
    proof: evidence?.file ?? null,
  };
}

const outcomeToJson = ({ id, name, version, severity, decision }: Finding): Json => ({
  id,
  name,
  version,
  severity,
  closed: decision !== null && decision.open === null,
  open: decision === null ? 'undecided' : decision.open,
});
