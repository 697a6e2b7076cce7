/** A scan: read the inputs, open the index, match, and keep what could not be read beside what was found. */
import { dataTime, openIndex } from '../advisory/advisory.actions.ts';
import type { IndexHeader, IndexPlace } from '../advisory/index-layout.ts';
import { readInventories, type ReadInventory } from '../inventory/inventory.actions.ts';
import { HoldfastError } from '../lib/errors.ts';
import { count } from '../lib/text.ts';
import { parseInstant, type Instant } from '../lib/time.ts';
import { matchPackages, packagesOf, type Finding, type Package, type PathFinder } from './finding.ts';
import type { ImportRequest, Imports, OwnScan } from './imports.actions.ts';
import { pathFinder } from './paths-of.ts';
import { coversFolder, hasDecisions, needsGlobs } from './project-facts.client.ts';
import { standIns } from './standing-in.ts';
import { unmatchedNotes } from './unmatched.ts';
import type { ScanDatabase, ScanDecisions, ScanInput, ScanReport } from './scan-report.ts';

export interface ScanRequest {
  /** Files or folders, as the user named them. */
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Globs that folders skip; `null`: those of the holdfast.yaml in `cwd`, if there is one. */
  readonly ignore: readonly string[] | null;
  /** `--db`; `null` for the usual order of places. */
  readonly database: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Leaves out what only development needs. */
  readonly prod: boolean;
  /**
   * The folder whose holdfast.decisions.yaml is applied, and the moment by which its days are judged; `null` leaves every
   * finding open.
   */
  readonly decisions: AskedDecisions | null;
  /** Reports of other tools. */
  readonly imports?: ImportRequest;
  /** Whether each finding is followed to whoever could run it: takes seconds. */
  readonly reach?: boolean;
  readonly onProgress?: (line: string) => void;
}

export interface AskedDecisions {
  readonly root: string;
  readonly now: Instant;
  /** Of which findings the proofs are checked that decisions rest on: each takes as long as `holdfast reach`. Absent: all. */
  readonly proofsOf?: (finding: Finding) => boolean;
}

/**
 * Inputs that cannot be read are in `errors` of the report; the others are scanned all the same.
 *
 * @throws INDEX_NOT_FOUND, INDEX_FOREIGN, INDEX_NEWER, INDEX_OLDER, INDEX_DAMAGED: without an index there is no answer.
 */
export async function scanPaths(request: ScanRequest): Promise<ScanReport> {
  return (await scanInventories(request)).report;
}

/** The same, with what was read: for questions about the components themselves. @throws as scanPaths */
export async function scanInventories(
  request: ScanRequest,
): Promise<{ readonly report: ScanReport; readonly inventories: readonly ReadInventory[] }> {
  const { index, place } = openIndex(request.database, request.env);
  try {
    request.onProgress?.('looking for inputs');
    const ignore = request.ignore ?? (await ignoredIn(request));
    const { inventories, errors } = await readInventories(request.paths, { cwd: request.cwd, ignore });
    request.onProgress?.(
      `comparing ${count(inventories.length, 'input')} with ${count(index.header.counts.advisories, 'advisory', 'advisories')}`,
    );
    const packages = packagesOf(inventories, request.prod);
    const pathsTo = pathFinder();
    const matched = matchPackages(packages, index, pathsTo);
    const covered = standIns(inventories);
    const gaps = inventories.filter(({ path }) => (covered.get(path) ?? null) === null).flatMap(gapErrors);
    const own = { findings: matched.findings, inventories, packages, errors: [...errors, ...gaps] };
    const imported = await addImports(own, request, index, pathsTo);
    const reached = await addReach(imported.findings, inventories, request);
    const decided = await decide(reached, request, imported.errors.length === 0);
    const scanned = inventories.map((inventory) => inputOf(inventory, packages, covered.get(inventory.path) ?? null));
    const report: ScanReport = {
      database: databaseOf(place, index.header),
      inputs: [...scanned, ...imported.inputs],
      findings: decided.findings,
      decisions: decided.decisions,
      notes: [
        ...matched.notes,
        ...decided.notes,
        ...(await contradicted(decided.findings, request)),
        ...unmatchedNotes(inventories, covered),
        ...imported.notes,
      ],
      errors: [...imported.errors, ...decided.errors],
    };
    return { report, inventories };
  } finally {
    index.close();
  }
}

/** Reports are read, and their readers loaded, only where some are named. */
async function addImports(
  own: OwnScan,
  { imports, cwd }: ScanRequest,
  index: ReturnType<typeof openIndex>['index'],
  pathsTo: PathFinder,
): Promise<Imports> {
  if (imports === undefined || imports.files.length === 0) return { ...own, notes: [], inputs: [] };
  const { importReports } = await import('./imports.actions.ts');
  return importReports(imports, cwd, own, index, pathsTo);
}

/** The analysis of code is loaded only where it was asked for. */
async function addReach(
  findings: readonly Finding[],
  inventories: readonly ReadInventory[],
  { reach, cwd, env, onProgress }: ScanRequest,
): Promise<readonly Finding[]> {
  if (reach !== true || findings.length === 0) return findings;
  const { reachOfFindings } = await import('../reach/finding-reach.actions.ts');
  return reachOfFindings(findings, inventories, { cwd, env, onProgress: onProgress ?? (() => undefined) });
}

async function contradicted(findings: readonly Finding[], { reach }: ScanRequest): Promise<readonly string[]> {
  if (reach !== true) return [];
  const { contradictions } = await import('./contradicted.ts');
  return contradictions(findings);
}

/** The facts' reader costs as much as a scan, so it is loaded only where there is something to read. */
async function ignoredIn({ cwd, paths }: ScanRequest): Promise<readonly string[]> {
  if (!needsGlobs(cwd, paths)) return [];
  const { loadFacts } = await import('../policy/facts.actions.ts');
  return (await loadFacts(cwd)).ignore;
}

interface Decided {
  readonly findings: readonly Finding[];
  readonly decisions: ScanDecisions | null;
  readonly notes: readonly string[];
  readonly errors: readonly HoldfastError[];
}

/** Their reader, like that of the facts, is loaded only where there is something to read. */
async function decide(
  findings: readonly Finding[],
  { paths, cwd, env, prod, decisions, onProgress }: ScanRequest,
  readWhole: boolean,
): Promise<Decided> {
  const undecided: Decided = { findings, decisions: null, notes: [], errors: [] };
  if (decisions === null || !hasDecisions(decisions.root)) return undecided;
  const { decideFindings } = await import('../triage/decisions.actions.ts');
  const whole = readWhole && !prod && coversFolder(decisions.root, cwd, paths);
  return (
    (await decideFindings(findings, {
      ...decisions,
      cwd,
      env,
      whole,
      ...(onProgress === undefined ? {} : { onProgress }),
    })) ?? undecided
  );
}

const databaseOf = ({ path, chosenBy }: IndexPlace, header: IndexHeader): ScanDatabase => ({
  path,
  chosenBy,
  built: parseInstant(header.built) ?? (0 as Instant),
  dataAsOf: dataTime(header),
  advisories: header.counts.advisories,
  sources: header.sources.map(({ name }) => name),
  digest: header.digest,
});

/** What an input names without a version was compared with nothing; that is as loud as an input that was not read. */
const gapErrors = ({ path, gaps }: ReadInventory): readonly HoldfastError[] =>
  gaps.map(
    (gap) =>
      new HoldfastError('INVENTORY_INCOMPLETE', gap.replace(/\.$/, ''), {
        hint: 'Bring what is missing into the tree, or scan an SBOM that the build tool writes.',
        at: { file: path, line: null, column: null },
      }),
  );

const inputOf = (inventory: ReadInventory, packages: readonly Package[], standIn: string | null): ScanInput => ({
  path: inventory.path,
  kind: inventory.kind,
  coverage: inventory.coverage,
  standIn,
  components: packages.filter(({ places }) => places.some((place) => place.inventory === inventory)).length,
  digest: inventory.sha256,
});
