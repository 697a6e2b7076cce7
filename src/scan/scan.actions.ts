/** Stands in for the scanner's own file until that is merged: it measures nothing, and says so. */
import { HoldfastError } from '../lib/errors.ts';
import type { ScanReport } from './scan-report.ts';

export interface ScanRequest {
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly ignore: readonly string[];
  readonly database: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prod: boolean;
  readonly onProgress?: (line: string) => void;
}

export async function scanPaths(_request: ScanRequest): Promise<ScanReport> {
  throw new HoldfastError('INDEX_NOT_FOUND', 'there is no advisory index', { hint: 'Merge the scanner.' });
}
