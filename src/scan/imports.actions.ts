/** Imported reports of a scan: reads them, one by one, and merges what they say into what the scan found. */
import type { AdvisoryDetail } from '../advisory/index-layout.ts';
import type { Inventory } from '../inventory/component.ts';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { packagesOf, type Finding, type Package, type PathFinder } from './finding.ts';
import { scannedPackages } from './locate-reported.ts';
import { mergeReports, type NamedReport } from './merge-reports.ts';
import { readReport } from './read-report.ts';
import { readReportFile, reportFiles } from './report-file.client.ts';
import type { ScanInput } from './scan-report.ts';
import { incompleteReport } from './unreadable-report.ts';

/** The part of IndexReader that merging needs. */
interface AliasIndex {
  byId(id: string): readonly AdvisoryDetail[];
  absent(): ReadonlyMap<string, { readonly withdrawn: string | null }>;
}

export interface Imports {
  /** Own and reported ones, worst first. */
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  readonly inputs: readonly ScanInput[];
  /** Those of the scan, reports that could not be read, and what reports say that they miss; the others count all the same. */
  readonly errors: readonly HoldfastError[];
}

export interface OwnScan {
  readonly findings: readonly Finding[];
  readonly inventories: readonly Inventory[];
  /** What was compared: with `--prod` without what only development needs. */
  readonly packages: readonly Package[];
  readonly errors: readonly HoldfastError[];
}

export interface ImportRequest {
  /** As the user named them, relative to the working folder. */
  readonly files: readonly string[];
  /** No path was named: then the reports suffice where the working folder holds no input. */
  readonly folderMayBeEmpty: boolean;
}

export function importReports(
  { files, folderMayBeEmpty }: ImportRequest,
  cwd: string,
  own: OwnScan,
  index: AliasIndex,
  pathsTo: PathFinder,
): Imports {
  const reports: NamedReport[] = [];
  const inputs: ScanInput[] = [];
  const errors: HoldfastError[] = [];
  for (const file of reportFiles(files, cwd)) {
    try {
      const { bytes, text } = readReportFile(file);
      const report = readReport(file.path, text);
      const digest = sha256(bytes);
      reports.push({ path: file.path, report });
      inputs.push({
        path: file.path,
        kind: report.kind,
        components: 0,
        coverage: 'reported',
        standIn: null,
        digest: () => digest,
      });
      for (const failure of report.failures) errors.push(incompleteReport(file.path, failure));
    } catch (thrown) {
      if (!(thrown instanceof HoldfastError)) throw thrown;
      errors.push(thrown);
    }
  }
  const packages = scannedPackages(packagesOf(own.inventories, false), own.packages);
  const absent = index.absent();
  const lookup = {
    byId: (id: string) => index.byId(id),
    isWithdrawn: (id: string) => (absent.get(id)?.withdrawn ?? null) !== null,
  };
  const merged = mergeReports(own.findings, reports, packages, lookup, pathsTo);
  const tolerated = own.errors.filter(({ code }) => folderMayBeEmpty && code === 'INVENTORY_NOT_FOUND');
  return {
    findings: merged.findings,
    notes: [...merged.notes, ...tolerated.map(onlyReports)],
    inputs,
    errors: [...own.errors.filter((error) => !tolerated.includes(error)), ...errors],
  };
}

const onlyReports = ({ message }: HoldfastError): string =>
  `${message}: nothing was compared with the advisory index, and only the imported reports speak.`;
