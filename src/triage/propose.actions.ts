/** `holdfast decide --import`: reads ignore files of other tools and VEX documents and proposes decisions. Decides nothing. */
import { HoldfastError } from '../lib/errors.ts';
import { loadFacts } from '../policy/facts.actions.ts';
import { scanHere, type Desk } from './decide.actions.ts';
import type { ImportReport } from './decide-report.ts';
import { detectIgnores, FORMAT_WORDS, READERS } from './detect-ignores.ts';
import { readNamedFile, writeNewFile } from './decisions-file.client.ts';
import { DECISIONS_FILE } from './decision.ts';
import { todayBy } from './decisions.actions.ts';
import { openProposals, type ImportedFile } from './proposals.ts';
import { proposalsText } from './proposals.text.ts';

export interface ImportOrder extends Desk {
  readonly files: readonly string[];
  /** Where the proposals go; `null`: nowhere, the caller shows them. */
  readonly out: string | null;
}

/** @throws USAGE, FILE_EXISTS, FILE_UNWRITABLE, FACTS_INVALID, and as scanPaths */
export async function importIgnores(order: ImportOrder): Promise<ImportReport> {
  const { cwd, out, now } = order;
  if (out !== null && out.split(/[\\/]/).at(-1) === DECISIONS_FILE) {
    throw new HoldfastError('USAGE', `--out ${out} would put proposals where decisions stand`, {
      hint: 'Write them to another file, and move the ones that are right.',
    });
  }
  const { today } = todayBy(await loadFacts(cwd), now);
  const read: ImportedFile[] = [];
  const errors: HoldfastError[] = [];
  for (const file of order.files) {
    try {
      read.push(await readIgnores(cwd, file));
    } catch (thrown) {
      if (!(thrown instanceof HoldfastError)) throw thrown;
      errors.push(thrown);
    }
  }
  const scan = await scanHere(order);
  const proposals = read.flatMap((file) => openProposals(file, scan.findings, today));
  const text = proposalsText(read, proposals, today);
  if (out !== null) writeNewFile(cwd, out, text);
  return { today, files: read, proposals, text, errors: [...errors, ...scan.errors] };
}

async function readIgnores(cwd: string, file: string): Promise<ImportedFile> {
  const { text } = await readNamedFile(cwd, file);
  const format = detectIgnores(file, text);
  if (format === null) throw unreadable(file, 'it is none of the formats that are known', null, null);
  const imported = READERS[format](text);
  if (!imported.ok) {
    const { line, column, message } = imported.error;
    throw unreadable(file, message, line, column);
  }
  return { file, format, ...imported.value };
}

const unreadable = (file: string, message: string, line: number | null, column: number | null): HoldfastError =>
  new HoldfastError('IGNORES_UNREADABLE', `no proposals from ${file}: ${message}`, {
    hint: `Formats: ${FORMAT_WORDS}.`,
    at: { file, line, column },
  });
