/** `holdfast decide --proof`: what a proof of `holdfast reach` shows about the findings that somebody wants to decide on. Renewing it: renew.actions.ts. */
import { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { readProof } from '../reach/evidence.ts';
import { curatedSymbols } from '../reach/reach.actions.ts';
import type { Finding } from '../scan/finding.ts';
import { namedFinding } from '../scan/scan.text.ts';
import { unproven, type DecideRefusal } from './decide.ts';
import type { ReadForDecision } from './decide-report.ts';
import type { VexJustification } from './decision.ts';
import { readEvidenceFile } from './decisions-file.client.ts';
import { fitProof, shownBy } from './proof-fit.ts';

/**
 * What a proof shows about findings that somebody wants to decide on; that it holds is checked with the decision.
 *
 * @param file Relative to `cwd`, which is the folder of the decisions. @throws PROOF_INVALID, FILE_UNREADABLE
 */
export async function readForDecision(
  cwd: string,
  file: string,
  findings: readonly Finding[],
): Promise<Result<ReadForDecision, DecideRefusal>> {
  const read = await readEvidenceFile(cwd, file);
  if (read === null)
    throw new HoldfastError('FILE_NOT_FOUND', `${file} does not exist`, {
      hint: 'Make it: holdfast reach --advisory ID --json > FILE',
    });
  const proof = readProof(read.text, file);
  const curated = curatedSymbols();
  let justification: VexJustification | null = null;
  for (const finding of findings) {
    const fit = fitProof(proof, finding, curated, justification);
    if (!fit.ok) return no(unproven(file, `does not clear ${namedFinding(finding)}: ${fit.error}`));
    justification = shownBy(fit.value);
  }
  return ok({ evidence: { file, digest: `sha256:${read.digest}` }, justification });
}
