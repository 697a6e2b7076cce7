/**
 * `holdfast keys`: which keys there are, another key, a recovery file and the way back from it; and erasing a person.
 *
 * No key and no passphrase is ever an argument. What a start does with the keys is platform/keyring.ts.
 */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { absolutePath } from '../platform/absolute-path.ts';
import { newCommand, usageError } from '../platform/command.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { createProgress } from '../platform/progress.ts';
import { systemRandom } from '../platform/random.ts';
import { namesKek } from '../platform/secrets.ts';
import type { Terminal } from '../platform/terminal.ts';
import type { EraseValues } from './erase.actions.ts';
import { eraseAt, exportKey, type KeysPlace, keysStatus, recoverKey, rotateAt } from './keys.actions.ts';
import { keysJson } from './keys-json.ts';
import {
  ERASE_REFUSALS,
  erasedText,
  exportedText,
  recoveredText,
  RECOVERY_REFUSALS,
  rotatedText,
  statusText,
} from './keys.text.ts';
import { readPassphrase } from './passphrase.client.ts';

interface Shared {
  readonly data: string;
}

interface Context {
  readonly terminal: Terminal;
  readonly exit: (code: ExitCode) => void;
  readonly place: (shared: Shared) => KeysPlace;
}

/**
 * @param migrations The tables of the whole program.
 * @param values Deletes what each feature stores about a person.
 */
export function keysCommand(
  migrations: readonly MigrationList[],
  values: readonly EraseValues[],
): (terminal: Terminal, exit: Context['exit']) => Command {
  return (terminal, exit) => {
    const { cwd, env } = terminal;
    const place = ({ data }: Shared): KeysPlace => ({ cwd, data, env, migrations, random: systemRandom });
    const context = { terminal, exit, place };
    return newCommand('keys', 'looks after the key of the data, and erases people', [
      'holdfast keys status',
      'holdfast keys export ~/usb/holdfast-recovery.txt',
      'holdfast keys rotate',
    ])
      .addCommand(statusCommand(context))
      .addCommand(rotateCommand(context))
      .addCommand(exportCommand(context))
      .addCommand(restoreCommand(context))
      .addCommand(eraseCommand(context, values));
  };
}

const shared = (name: string, summary: string, examples: readonly string[]): Command =>
  newCommand(name, summary, examples).option(
    '--data <DIR>',
    'the data folder; HOLDFAST_DATABASE_URL names a PostgreSQL',
    'data',
  );

const printJson = (terminal: Terminal, answer: object): void => terminal.out(`${JSON.stringify(answer, null, 2)}\n`);

type Json = Shared & { readonly json?: true };

function statusCommand({ terminal, exit, place }: Context): Command {
  return shared('status', 'says which key protects what, and whether everything opens', ['holdfast keys status --json'])
    .option('--json', 'answer in JSON')
    .action(async (options: Json) => {
      const status = await keysStatus(place(options), terminal.now());
      if (options.json === true) printJson(terminal, keysJson(status, null));
      else terminal.out(statusText(status, options.data));
      exit(EXIT.kept);
    });
}

function rotateCommand({ terminal, exit, place }: Context): Command {
  return shared('rotate', 'goes over to another key while the service runs; ends a rotation that was cut off', [
    'holdfast keys rotate',
    'HOLDFAST_KEK_FILE=new HOLDFAST_PREVIOUS_KEK_FILE=old holdfast keys rotate',
  ])
    .option('--json', 'answer in JSON')
    .action(async (options: Json) => {
      const progress = createProgress(terminal);
      const { env } = terminal;
      const done = await rotateAt(place(options), terminal.now(), (left) => progress.show(`${left} keys left`)).finally(
        progress.clear,
      );
      if (!done.ok) {
        terminal.err(
          `holdfast: everything is encrypted under the key ${done.error.current}, and no other one was named\n` +
            '  Make a new key, name it with HOLDFAST_KEK_FILE and the one of today with HOLDFAST_PREVIOUS_KEK_FILE, for every process.\n',
        );
        exit(EXIT.broken);
        return;
      }
      const { current, rewrapped } = done.value;
      if (options.json === true)
        printJson(terminal, keysJson(await keysStatus(place(options), terminal.now()), rewrapped));
      else terminal.out(rotatedText(current, rewrapped, namesKek(env) ? 'settings' : 'folder', options.data));
      exit(EXIT.kept);
    });
}

function exportCommand({ terminal, exit, place }: Context): Command {
  return shared('export', 'writes a recovery file of the key, encrypted under a passphrase', [
    'holdfast keys export ~/usb/holdfast-recovery.txt',
    'HOLDFAST_PASSPHRASE_FILE=passphrase holdfast keys export recovery.txt',
  ])
    .argument('<file>', 'a new file, on another medium than the backups')
    .action(async (file: string, options: Shared) => {
      const passphrase = await readPassphrase(terminal, true);
      const current = await exportKey(place(options), absolutePath(terminal.cwd, file), passphrase, terminal.now());
      terminal.out(exportedText(current, file));
      exit(EXIT.kept);
    });
}

function restoreCommand({ terminal, exit, place }: Context): Command {
  return shared('restore', 'writes the key again from its recovery file', [
    'holdfast keys restore ~/usb/holdfast-recovery.txt',
    'holdfast keys restore recovery.txt --out /etc/holdfast/kek',
  ])
    .argument('<file>', 'what `holdfast keys export` wrote')
    .option('--out <FILE>', 'where HOLDFAST_KEK_FILE points (default: the data folder)')
    .action(async (file: string, options: Shared & { readonly out?: string }) => {
      const out = options.out === undefined ? null : absolutePath(terminal.cwd, options.out);
      const passphrase = await readPassphrase(terminal, false);
      const recovery = absolutePath(terminal.cwd, file);
      const done = await recoverKey(place(options), recovery, passphrase, out, terminal.now());
      if (!done.ok) {
        terminal.err(`holdfast: no key was written: ${RECOVERY_REFUSALS[done.error.code]}\n`);
        exit(EXIT.broken);
        return;
      }
      const { current, opens } = done.value;
      terminal.out(recoveredText(current, opens, options.out ?? `the data folder ${options.data}`));
      exit(EXIT.kept);
    });
}

function eraseCommand({ terminal, exit, place }: Context, values: readonly EraseValues[]): Command {
  return shared('erase', 'erases what is stored about a person; the log keeps its proofs', [
    'holdfast keys erase p-1f0c6a2b --yes',
  ])
    .argument('<subject>', 'the id of the person, as the log names it')
    .option('--yes', 'do it: there is no way back')
    .action(async (subject: string, options: Shared & { readonly yes?: true }) => {
      if (options.yes !== true)
        throw usageError(`${printable(subject)} was not erased: there is no way back`, 'Say --yes if you mean it.');
      const done = await eraseAt(place(options), values, subject, terminal.now());
      if (done.ok) terminal.out(erasedText(subject, done.value.entry));
      else terminal.err(`holdfast: ${printable(subject)} was not erased: ${ERASE_REFUSALS[done.error.code]}\n`);
      exit(done.ok ? EXIT.kept : EXIT.broken);
    });
}
