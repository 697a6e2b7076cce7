/** Reads the files that were named with `--import`. What stands in them is read-report.ts. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { malformedReport } from './unreadable-report.ts';

export interface ReportFile {
  /** As the user named it, with `/`. */
  readonly path: string;
  readonly absolute: string;
}

/** Each file once, in the order of their names, so that the order of arguments changes nothing. */
export function reportFiles(named: readonly string[], cwd: string): readonly ReportFile[] {
  const files = new Map<string, ReportFile>();
  for (const name of [...named].sort()) {
    const absolute = resolve(cwd, name);
    if (!files.has(absolute)) files.set(absolute, { path: name.replaceAll(sep, '/'), absolute });
  }
  return [...files.values()];
}

/** As for inventories (input-files.client.ts). */
const LARGEST_REPORT_BYTES = 256 * 1024 * 1024;

/**
 * PowerShell 5 writes what a command prints as UTF-16, and `npm audit --json > audit.json` is how reports are made: both orders of
 * bytes are read.
 *
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE, IMPORT_MALFORMED (neither UTF-8 nor UTF-16).
 */
export function readReportFile(file: ReportFile): { readonly bytes: Uint8Array; readonly text: string } {
  const bytes = readBytes(file);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { bytes, text: bytes.toString('utf16le', 2) };
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) {
    return { bytes, text: Buffer.from(bytes).swap16().toString('utf16le', 2) };
  }
  if (!isUtf8(bytes)) throw malformedReport(file.path, 'the file is neither UTF-8 nor UTF-16 text');
  return { bytes, text: bytes.toString('utf8') };
}

function readBytes({ path, absolute }: ReportFile): Buffer {
  const at = { file: path, line: null, column: null };
  try {
    const stats = statSync(absolute);
    // Reading a pipe or a device may never end.
    if (!stats.isFile() || stats.size > LARGEST_REPORT_BYTES) {
      const what = stats.isFile() ? 'has more than 256 MB' : 'is not a regular file';
      throw new HoldfastError('FILE_UNREADABLE', `${path} ${what}`, {
        hint: 'Name one report with each --import.',
        at,
      });
    }
    return readFileSync(absolute);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new HoldfastError(
      isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      isMissing ? `${path} does not exist` : `${path} cannot be read (${code})`,
      { hint: 'Check the path and its permissions; it is read relative to the current folder.', at, cause: thrown },
    );
  }
}
