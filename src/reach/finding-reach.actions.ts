/**
 * Asks reach about the findings of a scan: each lockfile's folder is analysed once, as a product of its own. Loaded by a scan only with
 * `--reach`: the analysis takes a hundred times as long as the scan.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { Finding } from '../scan/finding.ts';
import type { ScanInput } from '../scan/scan-report.ts';
import { joinParts, partOf, unanswered, type ReachPart } from './finding-reach.ts';
import { existsAt } from './product-folder.client.ts';
import { canBeUnused, inputFolder, productInputs, type ProductInput } from './product-findings.ts';
import { curatedSymbols, reach } from './reach.actions.ts';
import type { ReachVerdict } from './reach-report.ts';
import { symbolsOfFindings } from './symbols-of-findings.ts';

export interface ReachOfFindings {
  /** Where the names of inputs start. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (line: string) => void;
}

/** The same findings in the same order, each with what reach says of it. */
export async function reachOfFindings(
  findings: readonly Finding[],
  inputs: readonly Pick<ScanInput, 'path' | 'kind'>[],
  request: ReachOfFindings,
): Promise<readonly Finding[]> {
  const products = new Map(productInputs(inputs).map((product) => [product.path, product]));
  const asked = new Map<string, Map<Finding, readonly ReachVerdict[] | string>>();
  for (const { folder } of products.values()) {
    const own = findings.filter(
      (finding) => canBeUnused(finding) && finding.inputs.some((input) => products.get(input)?.folder === folder),
    );
    if (!asked.has(folder) && own.length > 0 && isInstalled(request.cwd, folder))
      asked.set(folder, await askProduct(folder, own, request));
  }
  return findings.map((finding): Finding => {
    // An SBOM beside the lockfile of the same folder is about the same code, and says nothing more.
    const folders = new Set(finding.inputs.flatMap((input) => products.get(input)?.folder ?? []));
    const own = finding.inputs.filter((input) => products.has(input) || !folders.has(inputFolder(input)));
    const parts = own.map((input) => {
      const product = products.get(input);
      return partFor(finding, input, product, product === undefined ? undefined : asked.get(product.folder));
    });
    return { ...finding, reach: joinParts(parts) };
  });
}

const isInstalled = (cwd: string, folder: string): boolean => existsAt(cwd, `${folder}/node_modules`);

/** For each finding what is said of its functions, or why nothing could be asked. */
async function askProduct(
  folder: string,
  findings: readonly Finding[],
  { cwd, env, onProgress }: ReachOfFindings,
): Promise<Map<Finding, readonly ReachVerdict[] | string>> {
  const curated = curatedSymbols();
  const symbols = findings.map((finding) => symbolsOfFindings([finding], curated));
  const request = {
    cwd,
    path: folder,
    env,
    run: null,
    symbols: symbols.flat(),
    judging: 'recalled',
    onProgress,
  } as const;
  const answer = await reach(request).catch((thrown: unknown) => whyNot(thrown));
  const said = new Map<Finding, readonly ReachVerdict[] | string>();
  let at = 0;
  for (const [index, finding] of findings.entries()) {
    const amount = symbols[index]?.length ?? 0;
    said.set(finding, typeof answer === 'string' ? answer : answer.verdicts.slice(at, at + amount));
    at += amount;
  }
  return said;
}

/** A product that cannot be looked at leaves the others as they are. */
function whyNot(thrown: unknown): string {
  if (thrown instanceof HoldfastError) return thrown.message;
  throw thrown;
}

function partFor(
  finding: Finding,
  input: string,
  product: ProductInput | undefined,
  asked: ReadonlyMap<Finding, readonly ReachVerdict[] | string> | undefined,
): ReachPart {
  if (finding.malware)
    return unanswered('malicious code runs when it is installed, whatever calls it', 'Remove the package.');
  if (finding.ecosystem !== 'npm')
    return unanswered(
      `only JavaScript is analysed, and this package is of ${finding.ecosystem || 'no known kind'}`,
      '',
    );
  if (product === undefined)
    return unanswered(
      `${input} holds no code that could be analysed`,
      'Scan the folder with the lockfile, after an install.',
    );
  const answer = asked?.get(finding);
  if (answer === undefined)
    return unanswered(
      `nothing is installed in ${product.folder}, so there is no code to look at`,
      `Install what ${product.path} records first: ${product.install}`,
    );
  if (typeof answer === 'string') return unanswered(answer, '');
  return partOf(answer, input, product.folder, finding.id);
}
