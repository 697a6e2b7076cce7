/**
 * `holdfast reach`: entries, closure, value flow and verdicts, with the evidence that each rests on.
 *
 * Which functions are asked about comes from a symbol file, or from the findings of a scan and the curated list. The rules are
 * judge.ts and flow.ts; the words reach.text.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import { compareText, count, number } from '../lib/text.ts';
import { readOwnFile } from '../platform/package-root.ts';
import { analyserDigest } from './analyser.client.ts';
import { closeOver } from './closure.actions.ts';
import type { Callable, Closure } from './closure.ts';
import { readCurated, type CuratedAdvisory } from './curated-symbols.ts';
import { findEntries } from './entries.actions.ts';
import {
  digestOfConditions,
  digestOfEntries,
  digestOfSources,
  digestOfSymbol,
  readProof,
  verifyProof,
  type VerifiedVerdict,
} from './evidence.ts';
import { createFactsReader } from './facts.actions.ts';
import { ofSameAdvisory } from './fixed-code.ts';
import { flowFiles, treeOf } from './flow-files.actions.ts';
import { flowWorld } from './flow-world.ts';
import { boundLazyLoaders } from './lazy-loaders.ts';
import { proceedings } from './made-code.ts';
import { installedCopies, type InstalledCopies } from './installed-copies.client.ts';
import { recordedInstall, type Doubt, type RecordedInstall } from './recorded-install.actions.ts';
import { installedCode, type InstalledCode } from './installed-code.actions.ts';
import { judge, notInClosure, type Court, type Judgement } from './judge.ts';
import {
  existsAt,
  factsCachePath,
  fileIn,
  folderAt,
  lockfileDigest,
  NODE_MODULES,
  NODE_VERSION,
  shownFrom,
} from './product-folder.client.ts';
import type { Digests, Evidence, ReachEntry, ReachReport, ReachVerdict, Unanalysed } from './reach-report.ts';
import { CONDITIONS } from './resolve.client.ts';
import { readGiven } from './reach-input.client.ts';
import { notShipped, type ShippedScripts } from './not-shipped.ts';
import { shippedScripts } from './shipped-scripts.client.ts';
import { readSymbols, type VulnerableSymbol } from './symbols.ts';
import { clears, worstVerdict } from './verdict.ts';

export interface ReachRequest {
  readonly cwd: string;
  /** The product's folder, as the user named it. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line that replaces all other entries; it is read, never executed. */
  readonly run: string | null;
  readonly symbols: readonly VulnerableSymbol[];
  readonly onProgress: (line: string) => void;
}

/** @throws FILE_NOT_FOUND */
function productFolder(cwd: string, path: string): string {
  if (existsAt(cwd, path)) return folderAt(cwd, path);
  throw new HoldfastError('FILE_NOT_FOUND', `${path} is not there`, { hint: "Name the product's folder." });
}

/** @throws FILE_NOT_FOUND */
export async function reach(request: ReachRequest): Promise<ReachReport> {
  const root = productFolder(request.cwd, request.path);
  const { entries, unknown, conditions, leftOut } = await findEntries(root, request.run);
  const facts = createFactsReader(factsCachePath(request.env));
  const closure = await closeOver(entries, {
    root,
    workingFolder: root,
    unknownEntries: unknown,
    conditions,
    facts,
    onProgress: (done, waiting) =>
      request.onProgress(`reading what the program loads: ${count(done, 'file')}, ${number(waiting)} waiting`),
  }).finally(facts.close);
  const copies = installedCopies(root);
  const recorded = await recordedInstall(root, closure, copies, shownFrom(root));
  const report = judgeAll(request, { root, closure, copies, recorded });
  const passedOver = leftOut.map((why) => ({ file: '.', line: null, why }));
  return { ...report, unanalysed: [...report.unanalysed, ...passedOver] };
}

interface Installed {
  readonly root: string;
  readonly closure: Closure;
  readonly copies: InstalledCopies;
  readonly recorded: RecordedInstall;
}

interface Case {
  readonly court: Court;
  readonly copies: InstalledCopies;
  readonly recorded: RecordedInstall;
  readonly code: InstalledCode;
  readonly shipped: () => ShippedScripts;
  readonly common: Omit<Digests, 'symbols'>;
  readonly bounds: Evidence['bounds'];
}

function judgeAll({ symbols, run, onProgress }: ReachRequest, installed: Installed): ReachReport {
  const { root, copies, recorded } = installed;
  const shown = shownFrom(root);
  const files = flowFiles(installed.closure);
  const closure = boundLazyLoaders(installed.closure, files.open, NODE_MODULES);
  const { world, search } = proceedings(closure, files.open, (codeIsMade) =>
    flowWorld({
      closure,
      open: files.open,
      callableOf: opennessOf(closure),
      mayDefine: (name) => codeIsMade || files.mayDefine(name),
      patchesPrototypes: files.patchesPrototypes,
      addsMethods: files.addsMethods,
      overridesInherited: files.overridesInherited,
      readsConstructors: files.readsConstructors,
      writesThroughInstances: files.writesThroughInstances,
      replacesNative: files.replacesNative,
      builtins: NODE_MODULES,
    }),
  );
  const entries: ReachEntry[] = closure.entries.map(({ path, via }) => ({ file: shown(path), why: via }));
  const hashes = new Map([...closure.files.values()].map(({ path, hash }) => [shown(path), hash]));
  let scripts: ShippedScripts | null = null;
  const lawsuit: Case = {
    court: { closure, search, open: files.open, parse: treeOf, isDead: world.isDead, shown },
    copies,
    recorded,
    code: installedCode(),
    shipped: () => (scripts ??= shippedScripts(root, (path) => closure.files.has(path))),
    bounds: boundsOf(closure, shown),
    common: {
      lockfile: lockfileDigest(root),
      sources: digestOfSources(hashes),
      entries: digestOfEntries(entries),
      conditions: digestOfConditions([...CONDITIONS.require, '|', ...CONDITIONS.import], NODE_VERSION),
      analyser: analyserDigest(),
    },
  };
  const verdicts = symbols.map((symbol, index) => {
    onProgress(`following ${symbol.package}: ${index + 1} of ${symbols.length}`);
    return verdictOf(lawsuit, symbol, ofSameAdvisory(symbols, symbol));
  });
  return {
    run,
    entries,
    verdicts,
    unanalysed: unanalysedIn(closure, shown),
    askedAll: true,
    files: closure.files.size,
  };
}

/** @param advisory The symbol and the others of its advisory. */
function verdictOf(lawsuit: Case, symbol: VulnerableSymbol, advisory: readonly VulnerableSymbol[]): ReachVerdict {
  const { court, copies, shipped, common, bounds } = lawsuit;
  const found = copiesOf(court.closure, copies, symbol);
  const judged = found.map(({ root, version }) => ({ root, version, ...judgeCode(lawsuit, symbol, advisory, root) }));
  const verdict = worstVerdict(judged.map(({ judgement }) => judgement.verdict));
  const decisive = judged.find(({ judgement }) => judgement.verdict === verdict) ?? null;
  const judgement = doubted(
    decisive?.judgement ?? notShipped(court, symbol, copies.isWhole(), shipped),
    lawsuit,
    symbol,
  );
  const code = judged.flatMap((each) => each.code);
  const evidence: Evidence = {
    claim: judgement.claim,
    copies: judged.map(({ root }) => court.shown(root)),
    considered: judged.length < 2 ? judgement.considered : judged.flatMap((each) => each.judgement.considered),
    bounds: clears(judgement.verdict) ? bounds : [],
    code,
    digests: {
      ...common,
      symbols: digestOfSymbol({ ...symbol, version: symbol.version ?? decisive?.version ?? null }, code),
    },
  };
  return {
    symbol,
    version: symbol.version ?? decisive?.version ?? '',
    verdict: judgement.verdict,
    path: judgement.path,
    sites: judgement.sites,
    evidence,
  };
}

/** A claim that something cannot run falls with what should be here and is not. */
function doubted(judgement: Judgement, { recorded }: Case, { package: name, version }: VulnerableSymbol): Judgement {
  if (!clears(judgement.verdict)) return judgement;
  const absent = judgement.verdict === 'not-shipped' ? recorded.missing(name, version) : null;
  const doubt: Doubt | null = absent ?? recorded.unanswered;
  if (doubt === null) return judgement;
  return { verdict: 'unknown', claim: doubt.claim, path: [], sites: [doubt.site], considered: [] };
}

/** Code that is not there needs no proof that it does not run; where more may be installed than was seen, nothing is known to be repaired. */
function judgeCode(
  lawsuit: Case,
  symbol: VulnerableSymbol,
  advisory: readonly VulnerableSymbol[],
  root: string,
): { readonly judgement: Judgement; readonly code: Evidence['code'] } {
  const { court, copies, code } = lawsuit;
  const fixed = copies.isWhole() ? code.fixedIn(root, advisory) : null;
  if (fixed === null) return { judgement: judgeCopy(lawsuit, symbol, root), code: [] };
  return {
    judgement: {
      verdict: 'fixed-code-present',
      claim: `the code of every function of the advisory is that of ${fixed[0]?.release ?? ''}, which has the fix`,
      path: [],
      sites: [],
      considered: [],
    },
    code: fixed.map((each) => ({ ...each, copy: court.shown(root) })),
  };
}

/** Installed ones, and those that the program loads from elsewhere (`file:` links, workspaces). */
function copiesOf(
  { files }: Closure,
  copies: InstalledCopies,
  { package: name, version }: VulnerableSymbol,
): readonly { readonly root: string; readonly version: string }[] {
  const found = new Map(copies.of(name, version).map((copy) => [copy.root, copy]));
  for (const { owner } of files.values())
    if (owner !== null && owner.name === name && (version === null || owner.version === version))
      found.set(owner.root, { root: owner.root, version: owner.version });
  return [...found.values()].sort((a, b) => compareText(a.root, b.root));
}

function judgeCopy({ court, code }: Case, symbol: VulnerableSymbol, root: string): Judgement {
  if (symbol.file !== null) {
    const { path, isThere } = fileIn(root, symbol.file);
    const inFile = court.closure.files.has(path) ? 'there' : code.placeOf(path, symbol);
    return judge(court, symbol, path, isThere ? inFile : 'no-file');
  }
  const loaded = [...court.closure.files.values()].filter(({ owner }) => owner?.root === root);
  const judged = loaded.map(({ path }) => judge(court, symbol, path, 'there'));
  const verdict = worstVerdict(['never-loaded', ...judged.map((each) => each.verdict)]);
  return judged.find((each) => each.verdict === verdict) ?? notInClosure(court);
}

/** Which exports of an entry others call: those of a library, the functions of a manifest. */
function opennessOf({ entries }: Closure): (path: string) => Callable {
  const open = new Map(entries.map(({ path, callable }) => [path, callable]));
  return (path) => open.get(path) ?? 'none';
}

const boundsOf = ({ sites }: Closure, shown: (path: string) => string): Evidence['bounds'] =>
  sites.map(({ file, line, bound }) => ({
    file: shown(file),
    line,
    bound: bound.kind === 'files' && bound.assumes !== null ? `${bound.says}, if ${bound.assumes}` : bound.says,
  }));

const unanalysedIn = ({ unanalysed, unresolved }: Closure, shown: (path: string) => string): readonly Unanalysed[] => [
  ...unanalysed.map(({ path, why }) => ({ file: shown(path), line: null, why })),
  ...unresolved
    .filter(({ mayFail }) => !mayFail)
    .map(({ file, line, request, why }) => ({ file: shown(file), line, why: `asks for ${request}: ${why}` })),
];

/** The symbols in a file that the user names. @throws FILE_NOT_FOUND, FILE_UNREADABLE, SYMBOLS_INVALID */
export const symbolsIn = (cwd: string, path: string): readonly VulnerableSymbol[] =>
  readSymbols(readGiven(cwd, path), path);

const CURATED = 'data/symbols.json';

/** The list that ships with Holdfast. */
export const curatedSymbols = (): readonly CuratedAdvisory[] => readCurated(readOwnFile(CURATED, CURATED));

/**
 * Analyses again what a proof speaks of. @throws PROOF_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function verifyReach(
  file: string,
  request: Omit<ReachRequest, 'run' | 'symbols'>,
): Promise<readonly VerifiedVerdict[]> {
  const proof = readProof(readGiven(request.cwd, file), file);
  const symbols = proof.verdicts.map(({ symbol }) => symbol);
  return verifyProof(proof, await reach({ ...request, run: proof.run, symbols }));
}
