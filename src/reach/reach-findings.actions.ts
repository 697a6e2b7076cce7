/** `holdfast reach` without a symbol file: the findings of a scan, and what the curated list knows of their functions. */
import { shellWord } from '../lib/text.ts';
import type { Finding } from '../scan/finding.ts';
import { namedFinding } from '../scan/scan.text.ts';
import { scanPaths } from '../scan/scan.actions.ts';
import { isSameFolder } from './product-folder.client.ts';
import { canBeUnused, inputFolder, productInputs } from './product-findings.ts';
import { reach, curatedSymbols, type ReachRequest } from './reach.actions.ts';
import type { ReachReport, Unanalysed } from './reach-report.ts';
import { symbolsOfFindings } from './symbols-of-findings.ts';

export interface FindingsRequest extends Omit<ReachRequest, 'symbols'> {
  /** Any id of the finding's alias group; `null`: all findings of npm packages. */
  readonly advisory: string | null;
  readonly database: string | null;
}

export async function reachFindings({ advisory, database, ...request }: FindingsRequest): Promise<ReachReport> {
  request.onProgress('looking for findings');
  const { findings, inputs, errors } = await scanPaths({
    paths: [request.path],
    cwd: request.cwd,
    ignore: null,
    database,
    env: request.env,
    prod: false,
    decisions: null,
  });
  const wanted =
    advisory === null ? findings : findings.filter(({ id, aliases }) => id === advisory || aliases.includes(advisory));
  const isHere = (input: string): boolean => isSameFolder(request.cwd, inputFolder(input), request.path);
  const asked = wanted.filter((finding) => finding.inputs.some(isHere));
  const report = await reach({ ...request, symbols: symbolsOfFindings(asked.filter(canBeUnused), curatedSymbols()) });
  const elsewhere = productInputs(inputs).filter(
    ({ path }) => !isHere(path) && wanted.some((finding) => finding.inputs.includes(path)),
  );
  const unanalysed: readonly Unanalysed[] = [
    ...errors.map(({ at, message }) => ({ file: at?.file ?? '.', line: at?.line ?? null, why: message })),
    ...elsewhere.map(({ path, folder }) => ({
      file: path,
      line: null,
      why: `belongs to a product of its own, which was not asked about: holdfast reach ${shellWord(folder)}`,
    })),
    ...asked.filter((finding) => finding.malware).map(installed),
  ];
  const askedAll = errors.length === 0 && !asked.some((finding) => finding.malware);
  return { ...report, unanalysed: [...unanalysed, ...report.unanalysed], askedAll };
}

const installed = (finding: Finding): Unanalysed => ({
  file: finding.inputs[0] ?? '.',
  line: null,
  why: `${namedFinding(finding)} is malicious code, which runs when it is installed: remove it`,
});
