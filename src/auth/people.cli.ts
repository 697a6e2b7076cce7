/**
 * `holdfast people rescue`: the way back in for owners who have lost every passkey and recovery code, for whoever has the machine (rescue.ts).
 *
 * Exit codes: 0 the link was made; 2 it was refused, because there is no service here or it has no owner yet; 1 a key or the database is
 * missing or does not fit; 64 wrong use.
 */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { newCommand, readReason } from '../platform/command.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { systemRandom } from '../platform/random.ts';
import { readServiceSettings } from '../platform/service-settings.ts';
import type { Terminal } from '../platform/terminal.ts';
import { offerRescueAt } from './rescue.actions.ts';
import { rescueJson } from './rescue-json.ts';
import { rescueRefusalText, rescueText } from './rescue.text.ts';

type Exit = (code: ExitCode) => void;

/** @param migrations The tables of the whole program. */
export function peopleCommand(migrations: readonly MigrationList[]): (terminal: Terminal, exit: Exit) => Command {
  return (terminal, exit) =>
    newCommand('people', 'lets an owner in again who has lost every passkey and recovery code', [
      'holdfast people rescue --reason "The phone with the only passkey was stolen."',
    ]).addCommand(rescueCommand(terminal, exit, migrations));
}

interface Options {
  readonly reason: string;
  readonly data: string;
  readonly json?: true;
}

function rescueCommand(terminal: Terminal, exit: Exit, migrations: readonly MigrationList[]): Command {
  const { cwd, env } = terminal;
  return newCommand('rescue', 'makes a link through which one person comes in as a new owner, once, within an hour', [
    'holdfast people rescue --reason "The phone with the only passkey was stolen."',
    'HOLDFAST_URL=https://holdfast.example holdfast people rescue --reason "Ada has left." --data /var/lib/holdfast',
  ])
    .requiredOption('--reason <TEXT>', 'why, for whoever sees people; the log keeps a commitment to it')
    .option('--data <DIR>', 'the data folder; HOLDFAST_DATABASE_URL names a PostgreSQL', 'data')
    .option('--json', 'answer in JSON')
    .addHelpText('after', SETTINGS)
    .action(async ({ reason, data, json }: Options) => {
      // Before anything is made: what is wrong with them would be in the link.
      const { url, port } = readServiceSettings(env);
      const place = { cwd, data, env, migrations, random: systemRandom };
      const made = await offerRescueAt(place, readReason(reason), terminal.now());
      if (!made.ok) {
        terminal.err(`holdfast: no link was made: ${rescueRefusalText(made.error, printable(data))}`);
        exit(EXIT.broken);
        return;
      }
      const link = `${url?.origin ?? `http://localhost:${port}`}/rescue/${made.value.secret}`;
      if (json === true) terminal.out(`${JSON.stringify(rescueJson(link, made.value), null, 2)}\n`);
      else terminal.out(rescueText(link, made.value, url !== null));
      exit(EXIT.kept);
    });
}

const SETTINGS = `
It works beside a running service and without one, and takes the data folder with log.key and the key of the data.
Settings are those of \`holdfast serve\`: HOLDFAST_URL is the address in the link, HOLDFAST_KEK_FILE the key.

Exit codes: 0 the link was made; 2 there is no service here, or it has no owner yet; 1 a key is missing; 64 wrong use.
`;
