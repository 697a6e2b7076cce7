/**
 * `holdfast reach`: entries, closure, value flow and verdicts, with the evidence that each rests on.
 *
 * Which functions are asked about comes from a symbol file, or from the findings of a scan and the curated list. The rules are
 * judge.ts and flow.ts; the words reach.text.ts.
 */
import assert from 'node:assert/strict';
import { HoldfastError } from '../lib/errors.ts';
import { count, number } from '../lib/text.ts';
import { readOwnFile } from '../platform/package-root.ts';
import { analyserDigest } from './analyser.client.ts';
import { closeOver } from './closure.actions.ts';
import type { Closure } from './closure.ts';
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
import { flowFiles } from './flow-files.actions.ts';
import { installedCode } from './installed-code.actions.ts';
import { installedCopies, type InstalledCopies } from './installed-copies.client.ts';
import type { Judgement } from './judge.ts';
import { judgements } from './judgements.actions.ts';
import { boundLazyLoaders } from './lazy-loaders.ts';
import type { Question } from './kept-judgements.ts';
import { notShipped, type ShippedScripts } from './not-shipped.ts';
import {
  existsAt,
  factsCachePath,
  folderAt,
  lockfileDigest,
  NODE_MODULES,
  NODE_VERSION,
  shownFrom,
} from './product-folder.client.ts';
import { askedCopies, type AskedCopy } from './questions.actions.ts';
import type { Digests, Evidence, ReachEntry, ReachReport, ReachVerdict, Unanalysed } from './reach-report.ts';
import { readGiven } from './reach-input.client.ts';
import { recordedInstall, type Doubt, type RecordedInstall } from './recorded-install.actions.ts';
import { CONDITIONS } from './resolve.client.ts';
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
  /**
   * `recalled`: where all is as it was when the same was asked before, it is answered as then (kept-judgements.ts). `anew`: the analysis is done
   * again, for whoever re-checks what it said.
   */
  readonly judging: 'recalled' | 'anew';
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
  const { entries, unknown, conditions, leftOut, startedIn } = await findEntries(root, request.run);
  const facts = createFactsReader(factsCachePath(request.env));
  const closure = await closeOver(entries, {
    root,
    workingFolder: root,
    startedIn,
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
  readonly closure: Closure;
  readonly shown: (path: string) => string;
  readonly copies: InstalledCopies;
  readonly recorded: RecordedInstall;
  readonly shipped: () => ShippedScripts;
  readonly judged: (question: Question) => Judgement;
  readonly common: Omit<Digests, 'symbols'>;
  readonly bounds: Evidence['bounds'];
}

/** A symbol, and what has to be judged to say something of it. */
interface Charge {
  readonly symbol: VulnerableSymbol;
  readonly copies: readonly AskedCopy[];
  /** Asked where there is no copy. */
  readonly absent: Question;
}

function judgeAll(request: ReachRequest, { closure: found, ...rest }: Installed): ReachReport {
  const { symbols, run } = request;
  const { root, copies, recorded } = rest;
  const closure = boundLazyLoaders(found, flowFiles(found).open, NODE_MODULES);
  const shown = shownFrom(root);
  const entries: ReachEntry[] = closure.entries.map(({ path, via }) => ({ file: shown(path), why: via }));
  const hashes = new Map([...closure.files.values()].map(({ path, hash }) => [shown(path), hash]));
  let scripts: ShippedScripts | null = null;
  const installation = { closure, copies, code: installedCode() };
  const charges = symbols.map((symbol): Charge => {
    const asked = askedCopies(installation, symbol, ofSameAdvisory(symbols, symbol));
    return { symbol, copies: asked, absent: { kind: 'elsewhere', symbol } };
  });
  const lawsuit: Case = {
    closure,
    shown,
    copies,
    recorded,
    judged: judgedBy(request, { root, closure }, charges),
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
  return {
    run,
    entries,
    verdicts: charges.map((charge) => verdictOf(lawsuit, charge)),
    unanalysed: unanalysedIn(closure, shown),
    askedAll: true,
    files: closure.files.size,
  };
}

/** Has all questions judged, in the order of the symbols. */
function judgedBy(
  { env, judging, onProgress }: ReachRequest,
  { root, closure }: Pick<Installed, 'root' | 'closure'>,
  charges: readonly Charge[],
): Case['judged'] {
  const asked = charges.map(({ copies, absent }) =>
    copies.length === 0 ? [absent] : copies.flatMap(({ questions }) => questions),
  );
  const places = new Map(asked.flatMap((questions, at) => questions.map((question) => [question, at + 1])));
  const judged = judgements(
    {
      root,
      closure,
      questions: asked.flat(),
      analyser: analyserDigest(),
      node: NODE_VERSION,
      builtins: NODE_MODULES,
    },
    {
      cachePath: judging === 'anew' ? null : factsCachePath(env),
      onQuestion: (question) =>
        onProgress(`following ${question.symbol.package}: ${places.get(question) ?? 0} of ${charges.length}`),
    },
  );
  return (question) => {
    const judgement = judged.get(question);
    assert(judgement !== undefined, 'every question is judged');
    return judgement;
  };
}

function verdictOf(lawsuit: Case, { symbol, copies: found, absent }: Charge): ReachVerdict {
  const { closure, shown, judged: judgedAs, copies, shipped, common, bounds } = lawsuit;
  const judged = found.map((copy) => ({ ...copy, judgement: judgementOf(lawsuit, copy) }));
  const verdict = worstVerdict(judged.map(({ judgement }) => judgement.verdict));
  const decisive = judged.find(({ judgement }) => judgement.verdict === verdict) ?? null;
  const judgement = doubted(
    decisive?.judgement ??
      notShipped({ closure, shown }, symbol, judgedAs(absent), { isWhole: copies.isWhole(), shipped }),
    lawsuit,
    symbol,
  );
  const code = judged.flatMap(({ root, fixed }) => (fixed ?? []).map((each) => ({ ...each, copy: shown(root) })));
  const evidence: Evidence = {
    claim: judgement.claim,
    copies: judged.map(({ root }) => shown(root)),
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

/** Code that is not there needs no proof that it does not run. Of a whole package the file that is worst speaks. */
function judgementOf({ judged }: Case, { fixed, questions }: AskedCopy): Judgement {
  if (fixed !== null)
    return {
      verdict: 'fixed-code-present',
      claim: `the code of every function of the advisory is that of ${fixed[0]?.release ?? ''}, which has the fix`,
      path: [],
      sites: [],
      considered: [],
    };
  const answers = questions.map(judged);
  const verdict = worstVerdict(answers.map((each) => each.verdict));
  const decisive = answers.find((each) => each.verdict === verdict);
  assert(decisive !== undefined, 'something is asked about every copy');
  return decisive;
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
  request: Omit<ReachRequest, 'run' | 'symbols' | 'judging'>,
): Promise<readonly VerifiedVerdict[]> {
  const proof = readProof(readGiven(request.cwd, file), file);
  const symbols = proof.verdicts.map(({ symbol }) => symbol);
  return verifyProof(proof, await reach({ ...request, run: proof.run, symbols, judging: 'anew' }));
}
