/**
 * `holdfast decide --renew`: makes the proofs on which decisions rest anew. Code changes with every release, and a proof lapses with it; what
 * a person decided stays as it is, as long as the same is shown again.
 */
import { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { readProof, type RecordedProof } from '../reach/evidence.ts';
import { inputFolder } from '../reach/product-findings.ts';
import { curatedSymbols, reach } from '../reach/reach.actions.ts';
import { reachToJson } from '../reach/reach-json.ts';
import { symbolsOfFindings } from '../reach/symbols-of-findings.ts';
import type { VulnerableSymbol } from '../reach/symbols.ts';
import type { Finding } from '../scan/finding.ts';
import { idKey, proofsAsked, type AskedProof } from './apply-decisions.ts';
import { scanHere, type Desk } from './decide.actions.ts';
import type { DecideRefusal } from './decide.ts';
import type { RenewedProof, RenewReport } from './decide-report.ts';
import { proofFileOf, type Decision } from './decision.ts';
import { replaceEvidence } from './decisions-edit.ts';
import { inputNames, readEvidenceFile, writeDecisionsFile, writeProofFile } from './decisions-file.client.ts';
import { loadDecisions, type LoadedDecisions } from './decisions.actions.ts';
import { fitProof } from './proof-fit.ts';

/** @param id Of the decisions that are meant; `null`: every one that rests on a proof. @throws DECISIONS_INVALID, FILE_UNWRITABLE, and as scanPaths */
export async function renewProofs(desk: Desk, id: string | null): Promise<Result<RenewReport, DecideRefusal>> {
  const { cwd } = desk;
  const loaded = await loadDecisions(cwd, desk.now);
  const meant = (loaded?.decisions ?? []).filter(
    (decision) =>
      proofFileOf(decision) !== null &&
      (id === null || [decision.id, ...decision.aliases].some((each) => idKey(each) === idKey(id))),
  );
  if (loaded === null || meant.length === 0)
    return no({
      code: 'no-decision',
      message: `no decision${id === null ? '' : ` on ${id}`} rests on a proof`,
      hint: 'A decision takes one with: holdfast decide ID --proof FILE',
    });
  const { findings, errors } = await scanHere(desk);
  const asked = proofsAsked(findings, meant, loaded.today, inputNames(cwd, cwd));
  const renewed: RenewedProof[] = [];
  let text = loaded.text;
  for (const file of new Set(meant.flatMap((decision) => proofFileOf(decision) ?? []))) {
    const own = meant.filter((decision) => proofFileOf(decision) === file);
    const done = await renewFile(
      file,
      own,
      asked.filter(({ decision }) => own.includes(decision)),
      desk,
    );
    renewed.push(...done.proofs);
    text = replaced(text, loaded, done);
  }
  if (text !== loaded.text) writeDecisionsFile(cwd, text);
  return ok({ renewed, errors });
}

interface RenewedFile {
  readonly proofs: readonly RenewedProof[];
  readonly cleared: readonly Decision[];
  /** `null`: it was not written. */
  readonly digest: string | null;
}

function replaced(text: string, { decisions }: LoadedDecisions, { cleared, digest }: RenewedFile): string {
  if (digest === null) return text;
  return cleared.reduce((sum, decision) => replaceEvidence(sum, decisions.indexOf(decision), digest), text);
}

async function renewFile(
  file: string,
  decisions: readonly Decision[],
  asked: readonly AskedProof[],
  { cwd, env, onProgress }: Desk,
): Promise<RenewedFile> {
  const failed = (why: string): RenewedFile => ({
    proofs: decisions.map((decision) => ({ decision, file, fails: why })),
    cleared: [],
    digest: null,
  });
  const folders = [...new Set(asked.map(({ input }) => inputFolder(input)))];
  const [folder, ...others] = folders;
  if (folder === undefined) return failed('no finding is left that it is about; remove the decision');
  if (others.length > 0)
    return failed(
      `its findings stand in ${folders.join(' and ')}, and a proof is about one product; decide for each with --path`,
    );
  const old = await oldProof(cwd, file);
  const findings = [...new Set(asked.map(({ finding }) => finding))];
  const report = await reach({
    cwd,
    path: folder,
    env,
    run: old?.run ?? null,
    symbols: symbolsFor(findings, old),
    judging: 'anew',
    onProgress: onProgress ?? (() => undefined),
  });
  const text = `${JSON.stringify(reachToJson(report), null, 2)}\n`;
  const proof = readProof(text, file);
  const curated = curatedSymbols();
  const whyNot = (decision: Decision): string | null => {
    const own = asked.filter((each) => each.decision === decision);
    if (own.length === 0) return 'no finding is left that it is about; remove the decision';
    for (const { finding } of own) {
      const fit = fitProof(proof, finding, curated, decision.justification);
      if (!fit.ok) return fit.error;
    }
    return null;
  };
  const proofs = decisions.map((decision): RenewedProof => ({ decision, file, fails: whyNot(decision) }));
  const cleared = proofs.filter(({ fails }) => fails === null).map(({ decision }) => decision);
  // Where nothing is shown any more the old proof stays, so that one can see what it rested on.
  return { proofs, cleared, digest: cleared.length === 0 ? null : writeProofFile(cwd, file, text) };
}

/** What was asked before is asked again: functions that a person named are in no list. `null` where it cannot be read. */
async function oldProof(cwd: string, file: string): Promise<RecordedProof | null> {
  const read = await readEvidenceFile(cwd, file);
  try {
    return read === null ? null : readProof(read.text, file);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return null;
    throw thrown;
  }
}

function symbolsFor(findings: readonly Finding[], old: RecordedProof | null): readonly VulnerableSymbol[] {
  const curated = curatedSymbols();
  const symbols = findings.flatMap((finding) => {
    const { id, aliases, name, version } = finding;
    const ids = new Set([id, ...aliases].map(idKey));
    const named = (old?.verdicts ?? [])
      .map(({ symbol }) => symbol)
      .filter((symbol) => symbol.package === name && symbol.file !== null && ids.has(idKey(symbol.id)))
      // Without what was known of its code then: the list says what is known today.
      .map(
        ({ file, function: fn, nth }): VulnerableSymbol => ({ id, package: name, version, file, function: fn, nth }),
      );
    const known = symbolsOfFindings([finding], curated);
    return [...named, ...known.filter(({ file }) => file !== null || named.length === 0)];
  });
  const placeOf = ({ id, package: name, version, file, function: fn, nth }: VulnerableSymbol): string =>
    JSON.stringify([idKey(id), name, version, file, fn, nth]);
  const distinct = new Map(symbols.map((symbol) => [placeOf(symbol), symbol] as const));
  return [...distinct.values()];
}
