/** What `holdfast backup` and `holdfast restore` say to people. */
import { count, printable } from '../lib/text.ts';

const lines = (all: readonly string[]): string => all.map((line) => `${printable(line)}\n`).join('');

type Tables = Readonly<Record<string, number>>;

const amount = (tables: Tables): string =>
  `${count(
    Object.values(tables).reduce((sum, rows) => sum + rows, 0),
    'row',
  )} of ${count(Object.keys(tables).length, 'table')}`;

export const backupText = (tables: Tables, from: string, file: string): string =>
  lines([
    `Wrote ${amount(tables)} from ${from} to ${file}.`,
    'Not in it, so that nobody who finds it can read or sign: the key of the data, and the key of the log.',
    'Keep those apart: `holdfast keys export FILE`, and a copy of log.key.',
  ]);

export interface RestoreWords {
  readonly tables: Tables;
  readonly from: string;
  readonly at: string;
  readonly erased: number;
  readonly log: { readonly message: string; readonly hint: string } | null;
  readonly keys: { readonly message: string; readonly hint: string } | null;
}

export function restoreText({ tables, from, at, erased, log, keys }: RestoreWords, file: string): string {
  const obstacles = [log, keys].filter((each) => each !== null);
  return lines([
    `Restored ${amount(tables)} from ${file}, made ${at}, into ${from}.`,
    ...(erased > 0
      ? [`Erased again ${count(erased, 'person', 'people')} who ${erased === 1 ? 'was' : 'were'} erased since.`]
      : []),
    ...(obstacles.length === 0
      ? ['The log goes on where it was signed last, and everything opens.']
      : ['', 'Before it can be used:']),
    ...obstacles.flatMap(({ message, hint }) => [`- ${message}.`, `  ${hint}`]),
  ]);
}
