/**
 * Checks the proofs on which decisions rest: each is read, compared with its finding (proof-fit.ts), and analysed again in the folder of the
 * input in which the finding stands. Loaded only where a decision has a proof; only what is asked about is analysed, once for each folder.
 */
import { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import {
  readProof,
  verifyProof,
  type RecordedProof,
  type RecordedVerdict,
  type VerifiedVerdict,
} from '../reach/evidence.ts';
import { inputFolder } from '../reach/product-findings.ts';
import { curatedSymbols, reach, type ReachRequest } from '../reach/reach.actions.ts';
import type { ReachReport } from '../reach/reach-report.ts';
import type { Curated } from '../reach/symbols-of-findings.ts';
import type { Finding } from '../scan/finding.ts';
import type { AskedProof, ProofOf } from './apply-decisions.ts';
import type { AppliedProof, Decision } from './decision.ts';
import { readEvidenceFile } from './decisions-file.client.ts';
import { failureOf, fitProof } from './proof-fit.ts';

export interface ProofWorld {
  /** Of the decisions. */
  readonly root: string;
  /** Where the names of inputs start. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (line: string) => void;
}

/** One product, started in one way: what is analysed at once. */
interface Session {
  readonly folder: string;
  readonly run: string | null;
  readonly recorded: Set<RecordedVerdict>;
}

type Checked = (recorded: RecordedVerdict) => string | null;

interface Ready {
  readonly asked: AskedProof;
  /** What has to hold; otherwise why the proof fails already. */
  readonly rests: Result<{ readonly session: Session; readonly verdicts: readonly RecordedVerdict[] }, string>;
}

export async function checkProofs(asked: readonly AskedProof[], world: ProofWorld): Promise<ProofOf> {
  const curated = curatedSymbols();
  const proofs = new Map<Decision, Result<RecordedProof, string>>();
  for (const { decision } of asked)
    if (!proofs.has(decision)) proofs.set(decision, await proofOf(decision, world.root));
  const sessions = new Map<string, Session>();
  const ready = asked.map((each) => prepare(each, proofs, curated, sessions));
  const checked = new Map<Session, Checked>();
  for (const session of sessions.values()) checked.set(session, await checkSession(session, world));
  const fails = new Map<Decision, Map<Finding, Map<string, string | null>>>();
  for (const { asked: each, rests } of ready) {
    const why = rests.ok ? firstFailure(rests.value.verdicts, checked.get(rests.value.session)) : rests.error;
    const byFinding = fails.get(each.decision) ?? new Map<Finding, Map<string, string | null>>();
    fails.set(each.decision, byFinding);
    const byInput = byFinding.get(each.finding) ?? new Map<string, string | null>();
    byFinding.set(each.finding, byInput);
    byInput.set(each.input, why);
  }
  return (decision, finding, input): AppliedProof => {
    const known = fails.get(decision)?.get(finding)?.get(input);
    return {
      file: decision.evidence?.file ?? '',
      digest: decision.evidence?.digest ?? '',
      run: runOf(proofs.get(decision)),
      fails: known === undefined ? 'it was not checked' : known,
    };
  };
}

const runOf = (proof: Result<RecordedProof, string> | undefined): string | null =>
  proof?.ok === true ? proof.value.run : null;

/** The proof as it was decided on: another text is another proof, whatever it says. */
async function proofOf({ evidence }: Decision, root: string): Promise<Result<RecordedProof, string>> {
  const file = evidence?.file ?? '';
  try {
    const read = await readEvidenceFile(root, file);
    if (read === null) return no(`${file} does not exist; make it again: holdfast decide --renew`);
    if (`sha256:${read.digest}` !== evidence?.digest)
      return no(`${file} is not the file that was decided on; look at it, then: holdfast decide --renew`);
    return ok(readProof(read.text, file));
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return no(thrown.message);
    throw thrown;
  }
}

function prepare(
  asked: AskedProof,
  proofs: ReadonlyMap<Decision, Result<RecordedProof, string>>,
  curated: Curated,
  sessions: Map<string, Session>,
): Ready {
  const { decision, finding, input } = asked;
  const proof = proofs.get(decision) ?? no('it was not read');
  if (!proof.ok) return { asked, rests: proof };
  const fit = fitProof(proof.value, finding, curated, decision.justification);
  if (!fit.ok) return { asked, rests: fit };
  const { run } = proof.value;
  const folder = inputFolder(input);
  const key = JSON.stringify([folder, run]);
  const session = sessions.get(key) ?? { folder, run, recorded: new Set() };
  sessions.set(key, session);
  for (const verdict of fit.value) session.recorded.add(verdict);
  return { asked, rests: ok({ session, verdicts: fit.value }) };
}

async function checkSession({ folder, run, recorded }: Session, world: ProofWorld): Promise<Checked> {
  const { cwd, env, onProgress } = world;
  try {
    const verdicts = [...recorded];
    const symbols = verdicts.map(({ symbol }) => symbol);
    const report = await analyse({ cwd, path: folder, env, run, symbols, judging: 'anew', onProgress });
    const verified = verifyProof({ run, verdicts }, report);
    const standings = new Map(verified.map((each): [RecordedVerdict, VerifiedVerdict] => [each.recorded, each]));
    return (each) => {
      const known = standings.get(each);
      return known === undefined ? 'it was not checked' : failureOf(each.symbol, known.standing);
    };
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    return () => thrown.message;
  }
}

/** Analyses that are under way, so that controls which ask the same at the same moment wait for one. */
const underWay = new Map<string, Promise<ReachReport>>();

function analyse(request: ReachRequest): Promise<ReachReport> {
  const { cwd, path, run, symbols } = request;
  const key = JSON.stringify([cwd, path, run, symbols]);
  const known = underWay.get(key);
  if (known !== undefined) return known;
  const started = reach(request).finally(() => underWay.delete(key));
  underWay.set(key, started);
  return started;
}

function firstFailure(verdicts: readonly RecordedVerdict[], check: Checked | undefined): string | null {
  for (const verdict of verdicts) {
    const why = check === undefined ? 'it was not checked' : check(verdict);
    if (why !== null) return why;
  }
  return null;
}
