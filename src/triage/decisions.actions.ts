/**
 * The decisions of a folder, applied to findings. Loaded by a scan only where the folder has a holdfast.decisions.yaml: its reader
 * costs as much as the scan itself.
 *
 * The rules are apply-decisions.ts; writing decisions is decide.actions.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import { printable } from '../lib/text.ts';
import { dayIn, type Instant } from '../lib/time.ts';
import { loadFacts } from '../policy/facts.actions.ts';
import type { Facts } from '../policy/facts.ts';
import { mistakesIn } from '../policy/problem.ts';
import type { Finding } from '../scan/finding.ts';
import { applyDecisions, isSamePerson, proofsAsked, type AppliedDecisions, type NameInput } from './apply-decisions.ts';
import { DECISIONS_FILE, type Decision } from './decision.ts';
import { readDecisions } from './decisions-file.ts';
import { inputNames, readDecisionsFile } from './decisions-file.client.ts';

export interface LoadedDecisions {
  readonly decisions: readonly Decision[];
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly text: string;
  /** The day by which they are judged, `YYYY-MM-DD`, and the zone in which it is that day. */
  readonly today: string;
  readonly zone: string;
  /** Owners and approvers whom holdfast.yaml does not list, one sentence each. */
  readonly strangers: readonly string[];
}

/** As incident/house.ts has it: where holdfast.yaml names no zone. */
const DEFAULT_ZONE = 'Europe/Berlin';

/** `null` where the folder has no decisions. @throws DECISIONS_INVALID with every problem, FACTS_INVALID, FILE_UNREADABLE */
export async function loadDecisions(root: string, now: Instant): Promise<LoadedDecisions | null> {
  const file = await readDecisionsFile(root);
  if (file === null) return null;
  const facts = await loadFacts(root);
  const { zone, today } = todayBy(facts, now);
  const read = readDecisions(file.text, today);
  if (!read.ok) throw mistakesIn('DECISIONS_INVALID', DECISIONS_FILE, read.error);
  return { decisions: read.value, ...file, today, zone, strangers: strangersAmong(read.value, facts) };
}

export function todayBy({ organisation }: Facts, now: Instant): { readonly zone: string; readonly today: string } {
  const zone = organisation?.timezone ?? DEFAULT_ZONE;
  return { zone, today: dayIn(now, zone) };
}

/** A list of people that does not name who decides is out of date, or the decision is nobody's: said, not refused. */
function strangersAmong(decisions: readonly Decision[], { people }: Facts): readonly string[] {
  if (people.length === 0) return [];
  const known = (name: string): boolean => people.some((person) => isSamePerson(person.name, name));
  return decisions.flatMap(({ owner, approvedBy, place }) =>
    [owner, ...(approvedBy === null ? [] : [approvedBy])]
      .filter((name) => !known(name))
      .map((name) => printable(`${place} names ${name}, who is not among the people of holdfast.yaml.`)),
  );
}

export interface DecidedFindings {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** `invalid`: there is a file, it counts for nothing, and `errors` says why. */
  readonly decisions: { readonly state: 'read' | 'invalid'; readonly digest: string | null };
  readonly errors: readonly HoldfastError[];
}

export interface Deciding {
  readonly root: string;
  /** Where the names of inputs start. */
  readonly cwd: string;
  readonly now: Instant;
  /** Everything in the folder was scanned, so a decision that speaks of nothing is a leftover. */
  readonly whole: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: all proofs are checked. */
  readonly proofsOf?: (finding: Finding) => boolean;
  readonly onProgress?: (line: string) => void;
}

/** As applyDecisions, with the proofs that decisions rest on checked: that loads the analysis, and only where there is such a proof. */
export async function applyChecked(
  findings: readonly Finding[],
  decisions: readonly Decision[],
  today: string,
  { root, cwd, env, proofsOf, onProgress }: Pick<Deciding, 'root' | 'cwd' | 'env' | 'proofsOf' | 'onProgress'>,
): Promise<AppliedDecisions> {
  const nameInput: NameInput = inputNames(root, cwd);
  const asked = proofsAsked(proofsOf === undefined ? findings : findings.filter(proofsOf), decisions, today, nameInput);
  if (asked.length === 0) return applyDecisions(findings, decisions, today, nameInput);
  const { checkProofs } = await import('./proofs.actions.ts');
  const proofOf = await checkProofs(asked, { root, cwd, env, onProgress: onProgress ?? (() => undefined) });
  return applyDecisions(findings, decisions, today, nameInput, proofOf);
}

/** `null` where the folder has no decisions. @throws FACTS_INVALID */
export async function decideFindings(
  findings: readonly Finding[],
  deciding: Deciding,
): Promise<DecidedFindings | null> {
  const { root, now, whole } = deciding;
  let loaded: LoadedDecisions | null;
  try {
    loaded = await loadDecisions(root, now);
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError) || thrown.code === 'FACTS_INVALID') throw thrown;
    return { findings, notes: [], decisions: { state: 'invalid', digest: null }, errors: eachProblem(thrown) };
  }
  if (loaded === null) return null;
  const done = await applyChecked(findings, loaded.decisions, loaded.today, deciding);
  const unused = whole ? done.unused.map(unusedNote) : [];
  return {
    findings: done.findings,
    notes: [...done.notes, ...unused, ...loaded.strangers],
    decisions: { state: 'read', digest: loaded.digest },
    errors: [],
  };
}

const unusedNote = ({ id, package: { purl }, place }: Decision): string =>
  printable(`${place} decides on ${id} in ${purl}, which matches no finding; remove it when it is dealt with.`);

/** A report lists errors one by one, each at its place. */
const eachProblem = (error: HoldfastError): readonly HoldfastError[] =>
  error.problems.length === 0
    ? [error]
    : error.problems.map(({ at, message, hint }) => new HoldfastError('DECISIONS_INVALID', message, { hint, at }));
