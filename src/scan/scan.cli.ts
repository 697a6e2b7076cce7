/**
 * `holdfast scan`: what is known against the components of a product.
 *
 * On the fast path: loads neither commander, zod nor packageurl, and each output format only when it is asked for
 * (test/e2e/scan-chunks.test.ts holds this).
 */
import type { Inventory } from '../inventory/component.ts';
import { lastName } from '../inventory/unreadable.ts';
import { HoldfastError } from '../lib/errors.ts';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { readArgs } from '../platform/args.ts';
import { ownPackage, readOwnFile } from '../platform/package-root.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import { isThreshold, scanExit, THRESHOLDS, type ScanReport, type Threshold } from './scan-report.ts';

const FORMATS = ['table', 'json', 'sarif', 'cyclonedx', 'openvex', 'junit', 'html', 'github'] as const;
type Format = (typeof FORMATS)[number];

const HELP = `Usage: holdfast scan [PATH…] [options]

Compares the components of lockfiles and SBOMs with the advisory index. PATH is a file or a folder (default: this folder);
folders are searched for every kind of input, and kinds that cannot be read yet are reported, never passed over.

Options:
  --db FILE         advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)
  --format FORMAT   ${FORMATS.join(' | ')} (default: table)
  --json            same as --format json
  --fail-on LEVEL   exit 2 when a finding is at ${THRESHOLDS.join(' | ')} or above; unscored and malware always are
  --prod            leave out what only development needs
  --import FILE     add a report of npm audit, Dependency-Check, OSV-Scanner, Trivy, Grype, Snyk or SARIF (repeatable)
  --reach           say of each npm finding whether the product can run the vulnerable code (analyses it: takes seconds)
  --no-decisions    show every finding as open, whatever holdfast.decisions.yaml says
  -h, --help        show this

Exit codes: 0 everything was read, and no open finding at --fail-on or above; 2 open findings at --fail-on or above;
3 an input, a report or the decisions could not be read; 64 wrong use; 1 Holdfast itself failed.

Examples:
  $ holdfast scan
  $ holdfast scan package-lock.json --fail-on high --prod
  $ holdfast scan --reach
  $ holdfast scan . --format sarif > holdfast.sarif
  $ holdfast scan . --format html > scan.html
  $ holdfast scan . --import trivy.json --import audit.json
`;

const OPTIONS = {
  db: { type: 'string' },
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
  'fail-on': { type: 'string' },
  prod: { type: 'boolean', default: false },
  import: { type: 'string', multiple: true },
  reach: { type: 'boolean', default: false },
  'no-decisions': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function scanCommand(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = readArgs(args, OPTIONS, 'holdfast scan --help');
  if (values.help) {
    terminal.out(HELP);
    return EXIT.kept;
  }
  const format = parseFormat(values.format, values.json);
  const threshold = parseThreshold(values['fail-on']);
  const files = values.import ?? [];
  const progress = createProgress(terminal);
  // Loaded only now: V8's cache keeps what the first run of a chunk compiled, and `--help` would leave it nearly empty.
  const { scanInventories } = await import('./scan.actions.ts');
  const scan = await scanInventories({
    paths: positionals.length === 0 ? ['.'] : positionals,
    cwd: terminal.cwd,
    ignore: null,
    database: values.db ?? null,
    env: terminal.env,
    prod: values.prod,
    reach: values.reach,
    imports: { files, folderMayBeEmpty: positionals.length === 0 && files.length > 0 },
    decisions: values['no-decisions'] ? null : { root: terminal.cwd, now: terminal.now() },
    onProgress: progress.show,
  }).finally(progress.clear);
  terminal.out(await render(scan, format, { threshold, prod: values.prod }, terminal));
  return scanExit(scan.report, threshold);
}

function parseFormat(format: string | undefined, json: boolean): Format {
  const name = format ?? (json ? 'json' : 'table');
  const known = FORMATS.find((candidate) => candidate === name);
  if (known === undefined || (json && known !== 'json')) {
    throw new HoldfastError('USAGE', known === undefined ? `unknown format "${name}"` : '--json contradicts --format', {
      hint: `Formats: ${FORMATS.join(', ')}.`,
    });
  }
  return known;
}

function parseThreshold(level: string | undefined): Threshold | null {
  if (level === undefined) return null;
  if (isThreshold(level)) return level;
  throw new HoldfastError('USAGE', `unknown severity "${level}"`, {
    hint: `--fail-on takes ${THRESHOLDS.join(', ')}.`,
  });
}

interface Scan {
  readonly report: ScanReport;
  readonly inventories: readonly Inventory[];
}

interface Options {
  readonly threshold: Threshold | null;
  readonly prod: boolean;
}

async function render(scan: Scan, format: Format, options: Options, terminal: Terminal): Promise<string> {
  const { report } = scan;
  const { threshold } = options;
  switch (format) {
    case 'table': {
      const { scanText } = await import('./scan.text.ts');
      return scanText(report, threshold, { columns: terminal.columns, paint: terminal.paintOut, now: terminal.now() });
    }
    case 'json': {
      const { scanToJson } = await import('./scan-json.ts');
      return `${JSON.stringify(scanToJson(report), null, 2)}\n`;
    }
    case 'sarif': {
      const { scanToSarif } = await import('./sarif.ts');
      return `${JSON.stringify(scanToSarif(report, ownPackage().version), null, 2)}\n`;
    }
    case 'github': {
      const { scanToAnnotations } = await import('./github-annotations.ts');
      return scanToAnnotations(report, threshold);
    }
    case 'cyclonedx':
    case 'openvex':
    case 'junit':
    case 'html':
      return await renderDocument(scan, format, options, terminal);
  }
}

type DocumentFormat = 'cyclonedx' | 'openvex' | 'junit' | 'html';

/** Documents usually go to a file, so what could not be read is said on the other stream as well. */
async function renderDocument(
  { report, inventories }: Scan,
  format: DocumentFormat,
  { threshold, prod }: Options,
  terminal: Terminal,
): Promise<string> {
  const { errorLine } = await import('./scan.text.ts');
  for (const error of report.errors) terminal.err(`not read: ${errorLine(error)}\n`);
  const now = terminal.now();
  if (format === 'junit') {
    const { scanToJunit } = await import('./junit.ts');
    return scanToJunit(report, threshold, now);
  }
  const { organisationOf } = await import('./organisation.actions.ts');
  const organisation = await organisationOf(terminal.cwd);
  const folder = lastName(terminal.cwd);
  const toolVersion = ownPackage().version;
  switch (format) {
    case 'cyclonedx': {
      const { scanToCyclonedx } = await import('./cyclonedx-bom.ts');
      const bom = scanToCyclonedx(report, inventories, { at: now, toolVersion, organisation, folder, prod });
      return `${JSON.stringify(bom, null, 2)}\n`;
    }
    case 'openvex': {
      const { scanToOpenvex } = await import('./openvex.ts');
      const vex = scanToOpenvex(report, inventories, { at: now, toolVersion, organisation, folder, prod });
      return `${JSON.stringify(vex, null, 2)}\n`;
    }
    case 'html': {
      const { scanToPage } = await import('./scan.page.tsx');
      const style = readOwnFile('src/web/style.css', 'dist/style.css');
      return scanToPage(report, { now, toolVersion, organisation, folder, style });
    }
  }
}
