/** `holdfast reach` without a symbol file: the findings of a scan, and what the curated list knows of their functions. */
import { scanPaths } from '../scan/scan.actions.ts';
import { reach, curatedSymbols, type ReachRequest } from './reach.actions.ts';
import type { ReachReport } from './reach-report.ts';
import { symbolsOfFindings } from './symbols-of-findings.ts';

export interface FindingsRequest extends Omit<ReachRequest, 'symbols'> {
  /** Any id of the finding's alias group; `null`: all findings of npm packages. */
  readonly advisory: string | null;
  readonly database: string | null;
}

export async function reachFindings({ advisory, database, ...request }: FindingsRequest): Promise<ReachReport> {
  request.onProgress('looking for findings');
  const { findings } = await scanPaths({
    paths: [request.path],
    cwd: request.cwd,
    ignore: null,
    database,
    env: request.env,
    prod: false,
    decisions: null,
  });
  const asked =
    advisory === null ? findings : findings.filter(({ id, aliases }) => id === advisory || aliases.includes(advisory));
  return reach({ ...request, symbols: symbolsOfFindings(asked, curatedSymbols()) });
}
