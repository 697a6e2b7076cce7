/** `holdfast backup FILE` and `holdfast restore FILE`: the whole installation in one file, while it is in use; and back. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { absolutePath } from '../platform/absolute-path.ts';
import { newCommand } from '../platform/command.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { systemRandom } from '../platform/random.ts';
import type { Terminal } from '../platform/terminal.ts';
import { backupAt, restoreAt, type BackupPlace, type Erasers } from './backup.actions.ts';
import { backupText, restoreText } from './backup.text.ts';

interface Options {
  readonly data: string;
  readonly json?: true;
}

type Exit = (code: ExitCode) => void;

const DATA = 'the data folder; HOLDFAST_DATABASE_URL names a PostgreSQL';

const placeOf = ({ cwd, env }: Terminal, { data }: Options, migrations: readonly MigrationList[]): BackupPlace => ({
  cwd,
  data,
  env,
  migrations,
  random: systemRandom,
});

const printJson = (terminal: Terminal, answer: object): void => terminal.out(`${JSON.stringify(answer, null, 2)}\n`);

/** @param migrations The tables of the whole program. */
export function backupCommand(migrations: readonly MigrationList[]): (terminal: Terminal, exit: Exit) => Command {
  return (terminal, exit) =>
    newCommand('backup', 'writes everything that is stored into one file, while it is in use', [
      'holdfast backup /backup/holdfast-2026-11-25.gz',
      'HOLDFAST_DATABASE_URL=postgres://… holdfast backup holdfast.gz',
    ])
      .argument('<file>', 'replaced if it is there')
      .option('--data <DIR>', DATA, 'data')
      .option('--json', 'answer in JSON')
      .action(async (file: string, options: Options) => {
        const place = placeOf(terminal, options, migrations);
        const report = await backupAt(place, absolutePath(terminal.cwd, file), terminal.now());
        if (report === null) {
          terminal.err(`holdfast: there is no database in ${printable(options.data)}, so nothing was backed up\n`);
          exit(EXIT.incomplete);
          return;
        }
        if (options.json === true) printJson(terminal, { schema: 'holdfast.backup-report/1', file, ...report });
        else terminal.out(backupText(report.tables, report.from, file));
        exit(EXIT.kept);
      });
}

/** @param values Deletes what each feature stores about a person who is erased. */
export function restoreCommand(
  migrations: readonly MigrationList[],
  values: Erasers,
): (terminal: Terminal, exit: Exit) => Command {
  return (terminal, exit) =>
    newCommand('restore', 'fills an empty database with a backup, of either engine', [
      'holdfast restore /backup/holdfast-2026-11-25.gz --data restored',
      'HOLDFAST_DATABASE_URL=postgres://… holdfast restore holdfast.gz',
    ])
      .argument('<file>', 'what `holdfast backup` wrote')
      .option('--data <DIR>', DATA, 'data')
      .option('--json', 'answer in JSON')
      .action(async (file: string, options: Options) => {
        const place = placeOf(terminal, options, migrations);
        const report = await restoreAt(place, values, absolutePath(terminal.cwd, file), terminal.now());
        if (options.json === true) printJson(terminal, { schema: 'holdfast.restore-report/1', file, ...report });
        else terminal.out(restoreText(report, file));
        exit(EXIT.kept);
      });
}
