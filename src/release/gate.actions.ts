/**
 * Measures a release for the gate: which commit it is, whether the checkout is that commit, and what the scan finds in it.
 * Decides with gate.ts. Nothing is written.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { loadFacts } from '../policy/facts.actions.ts';
import { scanPaths } from '../scan/scan.actions.ts';
import type { ScanReport } from '../scan/scan-report.ts';
import { DECISIONS_FILE } from '../triage/decision.ts';
import { failedScan, scanFacts, type GateReport } from './gate-report.ts';
import { decideGate, type GateRules, type NamedRef, type ScanFacts, type TreeFacts } from './gate.ts';
import type { CommitId } from './git-format.ts';
import {
  findCommit,
  holdsFolder,
  isAncestor,
  nearestRelease,
  openRepository,
  readWorkTree,
  resolveCommit,
  untrackedAmong,
  type Repository,
  type WorkTree,
} from './git.client.ts';

export interface GateRequest extends GateRules {
  /** The folder that is measured, absolute: of holdfast.yaml where there is one, else where the person stands. */
  readonly folder: string;
  /**
   * Folders of the products, relative to `folder`. Empty: the whole work tree that `folder` lies in, because a release is
   * a commit, and a commit is never a sub-folder.
   */
  readonly products: readonly string[];
  /** Globs that the scan of a folder skips. */
  readonly ignore: readonly string[];
  /** `null`: the nearest release before `head`. */
  readonly base: string | null;
  /** `null`: HEAD. */
  readonly head: string | null;
  /** The branch that releases come from; `null`: any. */
  readonly branch: string | null;
  /** `--db`; `null` for the usual order of places. */
  readonly database: string | null;
  readonly prod: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Instant;
  readonly onProgress?: (line: string) => void;
}

/** Names of release tags, for the default of `base`. */
const RELEASE_TAGS = 'v*';
/** Paths in facts; the count beside them is exact. */
const LISTED_LIMIT = 20;

/** The same for a folder with a holdfast.yaml, which names the products. @throws FACTS_INVALID, and as runGate */
export async function runGateHere(request: Omit<GateRequest, 'products' | 'ignore'>): Promise<GateReport> {
  const { products, ignore } = await loadFacts(request.folder);
  return await runGate({ ...request, products: products.map(({ path }) => path), ignore });
}

/** @throws GIT_REF_UNKNOWN for a `base` or `head` that names no commit. What else cannot be measured is in the decision. */
export async function runGate(request: GateRequest): Promise<GateReport> {
  request.onProgress?.('reading the repository');
  const before = await measureTree(request);
  const top = before.workTree?.top ?? request.folder;
  const where = request.products.length > 0 ? request.folder : top;
  const scanned = await scanOrReason(request, where);
  const after = await measureTree(request);
  const tree = differs(before, after) ? meanwhile(after.facts) : after.facts;
  const untracked = async (from: string, paths: readonly string[]): Promise<readonly string[]> =>
    after.workTree === null ? [] : await untrackedAmong(after.workTree, from, paths);
  const scan = scanned.failure === null ? scanned.report : null;
  const rests = [DECISIONS_FILE, ...proofsOf(scan)];
  const committed = (await untracked(request.folder, rests)).length === 0;
  const facts = scanned.failure === null ? scanFacts(scanned.report, committed) : scanned.failure;
  return {
    decision: decideGate(request, { tree, scan: facts }, request.now),
    checkedAt: request.now,
    rules: { failOn: request.failOn, maxDataAgeDays: request.maxDataAgeDays },
    prod: request.prod,
    tree,
    scan,
    scanned: facts,
    uncommittedInputs: await untracked(where, scan?.inputs.map((input) => input.path) ?? []),
  };
}

type Scanned =
  | { readonly report: ScanReport; readonly failure: null }
  | { readonly report: null; readonly failure: ScanFacts };

async function scanOrReason(request: GateRequest, where: string): Promise<Scanned> {
  const { ignore, database, env, prod, onProgress } = request;
  try {
    const report = await scanPaths({
      paths: request.products.length > 0 ? [...new Set(request.products)] : ['.'],
      cwd: where,
      ignore,
      database,
      env,
      prod,
      decisions: { root: request.folder, now: request.now },
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return { report, failure: null };
  } catch (thrown) {
    // Without an index there is no answer, which is an answer of the gate; a defect of ours is not.
    if (!(thrown instanceof HoldfastError) || thrown.code === 'USAGE') throw thrown;
    return { report: null, failure: failedScan(thrown) };
  }
}

/** Files on which decisions rest, relative to the folder of the decisions. */
const proofsOf = (scan: ScanReport | null): readonly string[] => [
  ...new Set(scan?.findings.flatMap(({ decision }) => decision?.proof?.file ?? []) ?? []),
];

interface MeasuredTree {
  readonly facts: TreeFacts;
  readonly workTree: WorkTree | null;
}

async function measureTree(request: GateRequest): Promise<MeasuredTree> {
  try {
    return await readTree(request);
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError) || !thrown.code.startsWith('GIT_UN')) throw thrown;
    const { code, message, hint } = thrown;
    return { facts: { state: 'unreadable', code, message, hint }, workTree: null };
  }
}

async function readTree(request: GateRequest): Promise<MeasuredTree> {
  const none = (state: 'no-repository' | 'no-commit' | 'no-work-tree'): MeasuredTree => ({
    facts: { state },
    workTree: null,
  });
  const repository = await openRepository(request.folder, request.env);
  if (repository === null) return none('no-repository');
  const head = request.head === null ? null : await resolveCommit(repository, request.head);
  const checkedOut = await findCommit(repository, 'HEAD');
  if (checkedOut === null) return none('no-commit');
  const commit = head ?? checkedOut;
  const base = await findBase(repository, request.base, commit);
  const workTree = await readWorkTree(repository);
  if (workTree === null || !(await holdsFolder(repository, checkedOut))) return none('no-work-tree');
  return {
    workTree,
    facts: {
      state: 'read',
      base,
      head: { ref: request.head ?? 'HEAD', commit },
      checkedOut,
      changed: bounded(workTree.changed),
      unwatched: bounded(workTree.unwatched),
      changedMeanwhile: false,
      branch: request.branch === null ? null : await measureBranch(repository, request.branch, commit),
    },
  };
}

const bounded = (paths: readonly string[]): { readonly total: number; readonly listed: readonly string[] } => ({
  total: paths.length,
  listed: paths.slice(0, LISTED_LIMIT),
});

async function findBase(repository: Repository, base: string | null, head: CommitId): Promise<NamedRef | null> {
  if (base !== null) return { ref: base, commit: await resolveCommit(repository, base) };
  const release = await nearestRelease(repository, RELEASE_TAGS, head);
  return release && { ref: release.tag.name, commit: release.commit };
}

type BranchFacts = NonNullable<Extract<TreeFacts, { state: 'read' }>['branch']>;

/** `origin/<name>` decides where it exists, as in release-history.ts. */
async function measureBranch(repository: Repository, name: string, commit: CommitId): Promise<BranchFacts> {
  const tip =
    (await findCommit(repository, `refs/remotes/origin/${name}`)) ??
    (await findCommit(repository, `refs/heads/${name}`));
  if (tip === null) return { name, holdsHead: 'no-branch' };
  if (await isAncestor(repository, commit, tip)) return { name, holdsHead: 'yes' };
  return { name, holdsHead: repository.shallow ? 'unsure' : 'no' };
}

function differs(before: MeasuredTree, after: MeasuredTree): boolean {
  const essence = ({ facts, workTree }: MeasuredTree): string =>
    JSON.stringify([facts, workTree?.changed, workTree?.unwatched, workTree?.untracked]);
  return essence(before) !== essence(after);
}

const meanwhile = (facts: TreeFacts): TreeFacts =>
  facts.state === 'read' ? { ...facts, changedMeanwhile: true } : facts;
