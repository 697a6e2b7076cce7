/**
 * The composition root: the only file that knows everything. Picks the command, loads only what that command needs,
 * and turns what went wrong into an exit code and words.
 *
 * `scan` comes first and apart: it is what people run on every commit, so it loads neither commander nor zod.
 */
import { messageOf, HoldfastError, formatPlace, formatProblem } from './lib/errors.ts';
import { EXIT, type ExitCode } from './lib/exit.ts';
import { runtimeWarning } from './lib/runtime.ts';
import { ownPackage } from './platform/package-root.ts';
import type { EraseValues } from './keys/erase.actions.ts';
import type { ReadStates } from './log/log-verify.actions.ts';
import type { MigrationList } from './platform/migrations.ts';
import type { Control } from './policy/control.ts';
import type { Terminal } from './platform/terminal.ts';
import type { Command } from 'commander';

/**
 * Builds a command; the number that its action passes to `exit` is the exit code: one of `EXIT`, or that of a program the
 * command ran in our place.
 */
export type CommandBuilder = (terminal: Terminal, exit: (code: number) => void) => Command;

interface Entry {
  readonly name: string;
  readonly summary: string;
  /** `null`: dispatched before the general program. */
  readonly load: (() => Promise<CommandBuilder>) | null;
}

const commands: readonly Entry[] = [
  {
    name: 'init',
    summary: 'writes a first SECURITY-POLICY.md and holdfast.yaml, commented',
    load: async () => (await import('./policy/init.cli.ts')).initCommand,
  },
  {
    name: 'check',
    summary: 'evaluates the policy here and now, sentence by sentence',
    load: async () => (await import('./policy/check.cli.ts')).checkCommand(await loadControls(), await loadTables()),
  },
  {
    name: 'publish',
    summary: 'writes the policy with its verdicts as pages that any web host can serve',
    load: async () =>
      (await import('./publish/publish.cli.ts')).publishCommand(await loadControls(), await loadTables()),
  },
  { name: 'scan', summary: 'compares the components of a product with the advisory index', load: null },
  {
    name: 'why',
    summary: 'shows how a component came into the product, and the smallest upgrade that fixes it',
    load: async () => (await import('./scan/why.cli.ts')).whyCommand,
  },
  {
    name: 'reach',
    summary: 'says whether vulnerable functions can run in the product, with the path or the proof',
    load: async () => (await import('./reach/reach.cli.ts')).reachCommand,
  },
  {
    name: 'decide',
    summary: 'records who decided what on a finding, why and until when',
    load: async () => (await import('./triage/decide.cli.ts')).decideCommand,
  },
  {
    name: 'gate',
    summary: 'says whether a release may go out, and runs a command only if it may',
    load: async () => (await import('./release/gate.cli.ts')).gateCommand,
  },
  {
    name: 'duties',
    summary: 'says who has to be told, by when and why',
    load: async () => (await import('./incident/duties.cli.ts')).dutiesCommand,
  },
  {
    name: 'serve',
    summary: 'serves the policy, its evidence and the pages of the staff',
    load: async () =>
      (await import('./web/serve.cli.ts')).serveCommand(async (order, terminal) => {
        const shared = {
          controls: await loadControls(),
          migrations: await loadTables(),
          states: await loadStates(),
          erasers: await loadErasers(),
        };
        return (await import('./service.ts')).runService(order, terminal, shared);
      }),
  },
  {
    name: 'log',
    summary: 'verifies the evidence log, hands it out, proves an entry',
    load: async () => (await import('./log/log.cli.ts')).logCommand(await loadTables(), await loadStates()),
  },
  {
    name: 'people',
    summary: 'lets an owner in again who has lost every passkey and recovery code',
    load: async () => (await import('./auth/people.cli.ts')).peopleCommand(await loadTables()),
  },
  {
    name: 'keys',
    summary: 'looks after the key of the data, and erases people',
    load: async () => (await import('./keys/keys.cli.ts')).keysCommand(await loadTables(), await loadErasers()),
  },
  {
    name: 'backup',
    summary: 'writes everything that is stored into one file, while it is in use',
    load: async () => (await import('./backup/backup.cli.ts')).backupCommand(await loadTables()),
  },
  {
    name: 'restore',
    summary: 'fills an empty database with a backup, of either engine',
    load: async () => (await import('./backup/backup.cli.ts')).restoreCommand(await loadTables(), await loadErasers()),
  },
  {
    name: 'db',
    summary: 'keeps the advisory index fresh, builds one, and says how it stands',
    load: async () => (await import('./advisory/db.cli.ts')).dbCommand,
  },
];

/** Every control that exists, loaded only by what evaluates a policy. */
export async function loadControls(): Promise<readonly Control[]> {
  return [
    (await import('./scan/dependencies.control.ts')).scanDependencies,
    (await import('./triage/complete.control.ts')).triageComplete,
    (await import('./scan/pentest.control.ts')).pentestCadence,
    (await import('./release/gate.control.ts')).releaseGate,
    (await import('./release/release-history.control.ts')).releaseHistory,
    (await import('./log/intact.control.ts')).logIntact(await loadTables(), await loadStates()),
    (await import('./policy/manual.control.ts')).manual,
  ];
}

/** The tables of every feature that stores something, in the order in which they are made. */
export async function loadTables(): Promise<readonly MigrationList[]> {
  return [
    (await import('./log/log-tables.ts')).LOG_TABLES,
    (await import('./policy/policy-tables.ts')).POLICY_TABLES,
    (await import('./platform/jobs-table.ts')).JOBS,
    (await import('./platform/subject-keys.ts')).SUBJECT_KEYS,
    (await import('./log/personal-tables.ts')).LOG_PERSONAL_TABLES,
    (await import('./keys/erasure-tables.ts')).ERASURE_TABLES,
    (await import('./auth/auth-tables.ts')).AUTH_TABLES,
  ];
}

/** The rows that entries of the log speak of. */
export async function loadStates(): Promise<readonly ReadStates[]> {
  return [
    (await import('./policy/policy.store.ts')).evaluationStates,
    (await import('./policy/report.store.ts')).sourceStates,
    (await import('./keys/erasure.store.ts')).erasureStates,
    (await import('./auth/auth-states.store.ts')).authStates,
  ];
}

/** Deletes what each feature stores about a person. */
async function loadErasers(): Promise<readonly EraseValues[]> {
  return [
    (await import('./log/personal.actions.ts')).erasePersonal,
    (await import('./auth/people.actions.ts')).eraseWaysIn,
  ];
}

export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (args[0] === 'scan') {
      const { scanCommand } = await import('./scan/scan.cli.ts');
      return await scanCommand(args.slice(1), terminal);
    }
    // To a person, not into a log: CI would print it at every step, and a scan has no time for it.
    const warning = terminal.errIsTty ? runtimeWarning(process.version) : null;
    if (warning !== null) terminal.err(`${terminal.paintErr('yellow', 'warning')}: ${warning}\n`);
    return await generalProgram(args, terminal);
  } catch (thrown) {
    return reportFailure(thrown, terminal);
  }
}

async function generalProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const { Command, CommanderError } = await import('commander');
  let code: number = EXIT.kept;
  const output = { writeOut: terminal.out, writeErr: () => undefined };
  const program = new Command('holdfast')
    .description('Run your security policy: every sentence becomes a check, a gate or a clock.')
    .version(ownPackage().version)
    .exitOverride()
    // What follows a command's name is the command's own business, also what follows `--`.
    .enablePositionalOptions()
    .configureOutput(output);
  for (const { name, summary, load } of commands) {
    if (load === null || name !== args[0]) {
      program.command(name).description(summary);
      continue;
    }
    const build = await load();
    const command = build(terminal, (answer) => {
      code = answer;
    });
    for (const each of [command, ...command.commands]) each.configureOutput(output);
    program.addCommand(command);
  }
  if (args.length === 0) {
    program.outputHelp();
    return EXIT.kept;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return EXIT.kept;
    const known = commands.some(({ name }) => name === args[0]);
    throw new HoldfastError('USAGE', thrown.message.replace(/^error: /, ''), {
      hint: `Run \`holdfast ${known ? `${args[0]} ` : ''}--help\`.`,
    });
  }
  return code;
}

function reportFailure(thrown: unknown, terminal: Terminal): ExitCode {
  if (thrown instanceof HoldfastError) {
    for (const problem of thrown.problems) terminal.err(`${formatProblem(problem)}\n`);
    const place = thrown.at === null ? '' : `${formatPlace(thrown.at)}: `;
    terminal.err(`holdfast: ${place}${thrown.message}\n  ${thrown.hint} [${thrown.code}]\n`);
    if (thrown.code === 'USAGE') return EXIT.usage;
    // That the log is not what was signed is a finding, not a failure of ours.
    if (thrown.code === 'LOG_ROLLED_BACK' || thrown.code === 'LOG_DAMAGED') return EXIT.broken;
    // A file of the user's with mistakes in it is refused; Holdfast itself did not fail.
    return thrown.problems.length > 0 ? EXIT.broken : EXIT.failed;
  }
  const trace = thrown instanceof Error ? thrown.stack : null;
  terminal.err(`holdfast: this is a defect of Holdfast: ${messageOf(thrown)}\n${trace ?? ''}\n`);
  return EXIT.failed;
}
