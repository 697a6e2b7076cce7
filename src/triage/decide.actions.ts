/**
 * `holdfast decide`: records a decision on a finding that is really here, names its second person, lists what was decided.
 *
 * What is meant is decide.ts, how the file changes decisions-edit.ts. Every change is read back by the reader that a scan uses
 * before it is written. Proposals from other tools are propose.actions.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { loadFacts } from '../policy/facts.actions.ts';
import type { Finding } from '../scan/finding.ts';
import { scanPaths } from '../scan/scan.actions.ts';
import type { ScanReport } from '../scan/scan-report.ts';
import { applyDecisions, idKey, isSamePerson, type AppliedDecisions } from './apply-decisions.ts';
import { chooseFinding, unproven, type ChosenFinding, type DecideRefusal } from './decide.ts';
import { checkAnswer, settle, type Ask, type Given } from './decide-answers.ts';
import type {
  ApproveReport,
  DecideReport,
  DecisionList,
  ListedDecision,
  ListedState,
  ReadForDecision,
} from './decide-report.ts';
import type { Decision } from './decision.ts';
import { addDecision, approveDecision, type DecisionEntry } from './decisions-edit.ts';
import { readDecisions } from './decisions-file.ts';
import { digestOfFile, inputNames, writeDecisionsFile } from './decisions-file.client.ts';
import { applyChecked, loadDecisions, todayBy, type LoadedDecisions } from './decisions.actions.ts';
import { gitUserName } from './person.client.ts';

/** What every use of the command needs. */
export interface Desk {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Instant;
  /** `--db`; `null` for the usual order of places. */
  readonly database: string | null;
  /** Reports of other tools whose findings count too, as for `scan --import`. */
  readonly reports: readonly string[];
  readonly onProgress?: (line: string) => void;
}

export interface DecideOrder extends Desk {
  readonly id: string;
  readonly package: string | null;
  readonly paths: readonly string[];
  readonly approvedBy: string | null;
  /** A file whose digest is recorded. */
  readonly evidence: string | null;
  /** A proof of `holdfast reach`, below `cwd`: it is checked now, and with every scan. */
  readonly proof: string | null;
  readonly given: Given;
  /** `null` where nobody can be asked. */
  readonly ask: Ask | null;
}

/** @throws USAGE for missing answers where nobody can be asked; DECISIONS_INVALID, FACTS_INVALID, FILE_UNWRITABLE, and as scanPaths */
export async function decide(order: DecideOrder): Promise<Result<DecideReport, DecideRefusal>> {
  const { cwd, env, id, given } = order;
  const today = await todayHere(order);
  for (const [topic, text] of given) checkAnswer(topic, text, today);
  const loaded = await loadDecisions(cwd, order.now);
  const report = await scanHere(order);
  const chosen = chooseFinding(report.findings, id, order.package);
  if (!chosen.ok) return chosen;
  const unmatched = pathRefusal(order, chosen.value);
  if (unmatched !== null) return no(unmatched);
  const proof = await proofFor(order, chosen.value);
  if (!proof.ok) return proof;
  const answers = await settle(answered(given, proof.value), {
    today,
    ask: order.ask,
    owner: () => gitUserName(cwd, env),
  });
  if (answers === null) return no(LEFT);
  const { decision } = answers;
  if (chosen.value.findings.some(({ malware }) => malware) && decision !== 'upgrade' && decision !== 'wrong_match') {
    const hint = 'Remove the package. If it is not the malicious one, decide wrong_match, with a second name.';
    return no({ code: 'malware', message: `malicious code is never ${decision.replace('_', ' ')}`, hint });
  }
  const entry: DecisionEntry = {
    id: chosen.value.id,
    aliases: chosen.value.aliases,
    package: chosen.value.purl,
    paths: order.paths,
    decision,
    justification: answers.justification,
    owner: answers.owner,
    reason: answers.reason,
    decided: today,
    expires: answers.expires,
    approvedBy: order.approvedBy,
    evidence:
      proof.value?.evidence.digest ?? (order.evidence === null ? null : await digestOfFile(cwd, order.evidence)),
    proof: proof.value?.evidence.file ?? null,
  };
  const text = addDecision(loaded?.text ?? null, entry);
  const read = readBack(text, today);
  if (!read.ok) return read;
  const { findings } = await applyHere(order, chosen.value.findings, read.value, today);
  const failed = proof.value === null ? null : failedProof(findings, read.value.at(-1));
  if (failed !== null) return no(unproven(proof.value?.evidence.file ?? '', `does not hold here: ${failed}`));
  writeDecisionsFile(cwd, text);
  return ok({ entry, place: read.value.at(-1)?.place ?? '', findings, errors: report.errors });
}

/** Read by a part of its own: it knows the analysis, which most decisions do not need. */
async function proofFor(
  { cwd, proof }: DecideOrder,
  { findings }: ChosenFinding,
): Promise<Result<ReadForDecision | null, DecideRefusal>> {
  if (proof === null) return ok(null);
  const { readForDecision } = await import('./proof-for-decision.actions.ts');
  return readForDecision(cwd, proof, findings);
}

/** What a proof says need not be said again; what was said otherwise is compared with it. */
function answered(given: Given, proof: ReadForDecision | null): Given {
  if (proof === null) return given;
  return new Map([
    ['decision', 'not_affected'],
    ...(proof.justification === null ? [] : ([['justification', proof.justification]] as const)),
    ...given,
  ]);
}

/** Why the new decision does not close what it should. */
function failedProof(findings: readonly Finding[], decision: Decision | undefined): string | null {
  const open = findings.find((each) => each.decision?.place === decision?.place && each.decision?.open === 'unproven');
  return open?.decision?.proof?.fails ?? null;
}

const applyHere = (
  { cwd, env, onProgress }: Desk,
  findings: readonly Finding[],
  decisions: readonly Decision[],
  today: string,
): Promise<AppliedDecisions> =>
  applyChecked(findings, decisions, today, {
    root: cwd,
    cwd,
    env,
    ...(onProgress === undefined ? {} : { onProgress }),
  });

const LEFT: DecideRefusal = {
  code: 'left',
  message: 'nothing was decided, because the questions were left',
  hint: 'Run it again, or give the answers as options: `holdfast decide --help`.',
};

/** The reader's own rules are the last word: what it refuses is not written. */
function readBack(text: string, today: string): Result<readonly Decision[], DecideRefusal> {
  const read = readDecisions(text, today);
  if (read.ok) return read;
  const [first] = read.error;
  return no({
    code: 'not-allowed',
    message: first?.message ?? 'the file could not be read back',
    hint: first?.hint ?? 'Write the decision into the file by hand.',
  });
}

/** A decision for paths in which the finding is not would be a leftover from the start. */
function pathRefusal({ cwd, paths }: DecideOrder, { findings, id, purl }: ChosenFinding): DecideRefusal | null {
  if (paths.length === 0) return null;
  const probe = applyDecisions(findings, [probeFor(id, purl, paths)], '', inputNames(cwd, cwd));
  if (probe.unused.length === 0) return null;
  const inputs = [...new Set(findings.flatMap((finding) => finding.inputs))];
  return {
    code: 'path-without-input',
    message: `${id} is in no input under ${paths.join(', ')}`,
    hint: `It is in ${inputs.slice(0, 8).join(', ')}.`,
  };
}

function probeFor(id: string, purl: string, paths: readonly string[]): Decision {
  const day = '1970-01-01';
  const read = readDecisions(
    JSON.stringify({
      decisions: [
        { id, package: purl, paths, decision: 'upgrade', owner: 'x', reason: 'x', decided: day, expires: day },
      ],
    }),
    day,
  );
  const [decision] = read.ok ? read.value : [];
  if (decision !== undefined) return decision;
  throw new HoldfastError('USAGE', `--path ${paths.join(' ')} is not usable`, {
    hint: 'Write a pattern for the paths of inputs, e.g. "apps/web/**".',
  });
}

export interface ApproveOrder extends Desk {
  readonly id: string;
  readonly package: string | null;
  readonly by: string;
}

/** @throws DECISIONS_INVALID, FACTS_INVALID, FILE_UNWRITABLE, and as scanPaths */
export async function approve(order: ApproveOrder): Promise<Result<ApproveReport, DecideRefusal>> {
  const { cwd, id, by } = order;
  const loaded = await loadDecisions(cwd, order.now);
  const found = loaded === null ? [] : decisionsOn(loaded.decisions, id, order.package);
  const [decision] = found;
  if (loaded === null || decision === undefined)
    return no({ code: 'no-decision', message: `there is no decision on ${id}`, hint: 'See `holdfast decide --list`.' });
  if (found.length > 1) {
    const places = found.map(({ package: { purl }, place }) => `${purl} (${place})`).join(', ');
    return no({
      code: 'ambiguous',
      message: `${found.length} decisions speak of ${id}`,
      hint: `Say which with --package: ${places}.`,
    });
  }
  const refusal = approvalRefusal(decision, by, loaded.today);
  if (refusal !== null) return no(refusal);
  const text = approveDecision(loaded.text, loaded.decisions.indexOf(decision), by);
  const read = readBack(text, loaded.today);
  if (!read.ok) return read;
  writeDecisionsFile(cwd, text);
  const report = await scanHere(order);
  const approved = { ...decision, approvedBy: by };
  const { findings } = await applyHere(order, report.findings, [approved], loaded.today);
  return ok({ decision: approved, findings: findings.filter((each) => each.decision !== null), errors: report.errors });
}

/** @param wanted A package URL as written in the file, or the name of its package. */
const decisionsOn = (decisions: readonly Decision[], id: string, wanted: string | null): readonly Decision[] =>
  decisions.filter(
    ({ id: own, aliases, package: { purl, namespace, name } }) =>
      [own, ...aliases].some((each) => idKey(each) === idKey(id)) &&
      (wanted === null ||
        wanted === purl ||
        wanted === name ||
        wanted === `${namespace}/${name}` ||
        wanted === `${namespace}:${name}`),
  );

function approvalRefusal({ owner, approvedBy, expires }: Decision, by: string, today: string): DecideRefusal | null {
  if (isSamePerson(owner, by))
    return { code: 'same-person', message: `${by} owns this decision`, hint: 'Somebody else has to approve it.' };
  if (approvedBy !== null && !isSamePerson(approvedBy, owner))
    return {
      code: 'already-approved',
      message: `${approvedBy} has approved it already`,
      hint: 'Nothing is to be done.',
    };
  if (today > expires)
    return { code: 'expired', message: `this decision ended on ${expires}`, hint: 'Decide on the finding again.' };
  return null;
}

/** @throws DECISIONS_INVALID, FACTS_INVALID, and as scanPaths */
export async function listDecisions(desk: Desk): Promise<DecisionList> {
  const loaded: Omit<LoadedDecisions, 'digest' | 'text'> = (await loadDecisions(desk.cwd, desk.now)) ?? {
    decisions: [],
    strangers: [],
    ...todayBy(await loadFacts(desk.cwd), desk.now),
  };
  const { decisions, today, zone, strangers } = loaded;
  const { findings: found, errors } = await scanHere(desk);
  const { findings, unused } = await applyHere(desk, found, decisions, today);
  const listed = decisions.map((decision): ListedDecision => {
    const own = findings.filter((finding) => finding.decision?.place === decision.place);
    return {
      decision,
      state: listedState(decision, own, { today, unused, whole: errors.length === 0 }),
      findings: own.length,
    };
  });
  const undecided = findings.filter((finding) => finding.decision === null).length;
  return { today, zone, decisions: listed, undecided, errors, strangers };
}

function listedState(
  decision: Decision,
  own: readonly Finding[],
  { today, unused, whole }: { readonly today: string; readonly unused: readonly Decision[]; readonly whole: boolean },
): ListedState {
  if (today > decision.expires) return 'expired';
  // Where an input was not read, a decision that matches nothing may belong to it.
  if (unused.includes(decision)) return whole ? 'unused' : 'not-measured';
  for (const reason of ['unapproved', 'unproven'] as const)
    if (own.some((finding) => finding.decision?.open === reason)) return reason;
  return decision.state === 'upgrade' ? 'planned' : 'live';
}

const todayHere = async ({ cwd, now }: Desk): Promise<string> => todayBy(await loadFacts(cwd), now).today;

/** The whole folder, with every finding open: what is decided is looked at apart. */
export const scanHere = async ({ cwd, env, database, reports, onProgress }: Desk): Promise<ScanReport> =>
  await scanPaths({
    paths: ['.'],
    cwd,
    ignore: null,
    database,
    env,
    prod: false,
    decisions: null,
    imports: { files: reports, folderMayBeEmpty: reports.length > 0 },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
