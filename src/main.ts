/**
 * The composition root: the only file that knows everything. Picks the command, loads only what that command needs,
 * and turns what went wrong into an exit code and words.
 *
 * `scan` comes first and apart: it is what people run on every commit, so it loads neither commander nor zod.
 */
import { messageOf, HoldfastError, formatPlace } from './lib/errors.ts';
import { EXIT, type ExitCode } from './lib/exit.ts';
import type { Terminal } from './platform/terminal.ts';
import type { Command } from 'commander';

/** Builds a command; the number that its action passes to `exit` is the exit code. */
export type CommandBuilder = (terminal: Terminal, exit: (code: ExitCode) => void) => Command;

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandBuilder>;
}

const commands: readonly Entry[] = [
  {
    name: 'init',
    summary: 'writes a first SECURITY-POLICY.md and holdfast.yaml, commented',
    load: async () => (await import('./policy/init.cli.ts')).initCommand,
  },
  {
    name: 'scan',
    summary: 'compares components with the advisory index',
    load: async () => {
      throw new Error('scan is dispatched before the general program');
    },
  },
  {
    name: 'db',
    summary: 'builds the advisory index and says how it stands',
    load: async () => (await import('./advisory/db.cli.ts')).dbCommand,
  },
];

export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    if (args[0] === 'scan') {
      const { scanCommand } = await import('./scan/scan.cli.ts');
      return await scanCommand(args.slice(1), terminal);
    }
    return await generalProgram(args, terminal);
  } catch (thrown) {
    return reportFailure(thrown, terminal);
  }
}

async function generalProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { Command, CommanderError } = await import('commander');
  let code: ExitCode = EXIT.kept;
  const program = new Command('holdfast')
    .description('Run your security policy: every sentence becomes a check, a gate or a clock.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: () => undefined });
  for (const entry of commands) {
    if (entry.name !== args[0]) {
      program.command(entry.name).description(entry.summary);
      continue;
    }
    const build = await entry.load();
    const command = build(terminal, (answer) => {
      code = answer;
    });
    program.addCommand(command.configureOutput({ writeOut: terminal.out, writeErr: () => undefined }));
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return EXIT.kept;
    throw new HoldfastError('USAGE', thrown.message.replace(/^error: /, ''), {
      hint: `Run \`holdfast ${commands.some((entry) => entry.name === args[0]) ? `${args[0]} ` : ''}--help\`.`,
    });
  }
  return code;
}

function reportFailure(thrown: unknown, terminal: Terminal): ExitCode {
  if (thrown instanceof HoldfastError) {
    const place = thrown.at === null ? '' : `${formatPlace(thrown.at)}: `;
    terminal.err(`holdfast: ${place}${thrown.message}\n  ${thrown.hint} [${thrown.code}]\n`);
    return thrown.code === 'USAGE' ? EXIT.usage : EXIT.failed;
  }
  const trace = thrown instanceof Error ? thrown.stack : null;
  terminal.err(`holdfast: this is a defect of Holdfast: ${messageOf(thrown)}\n${trace ?? ''}\n`);
  return EXIT.failed;
}
