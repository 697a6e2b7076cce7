/**
 * Runs the command that a passed gate lets through, as if it had been called directly: no shell, the same terminal, the
 * same environment but for our secrets, its own exit code.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { HoldfastError } from '../lib/errors.ts';
import { printable } from '../lib/text.ts';
import { childEnvironment } from '../platform/child-environment.ts';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Answers with the command's exit code; 128 + n when signal n ended it, as shells do.
 *
 * Signals sent to us are passed on. A Ctrl-C is not passed on where we read from a terminal: the terminal sends it to
 * the command itself, and a second one means "stop at once" to many programs.
 *
 * @param command Program and arguments; the program is looked up on PATH. Never empty.
 * @throws COMMAND_NOT_STARTED when there is no such program, or it may not be run.
 */
export async function runCommand(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<number> {
  const [program = '', ...args] = command;
  if (program === '') throw notStarted(program, new Error('it has no name'));
  return await new Promise((answer, fail) => {
    const child = spawn(program, args, { cwd, env: childEnvironment(env), stdio: 'inherit', shell: false });
    const forward = (signal: NodeJS.Signals): void => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const stop = (): void => {
      for (const signal of FORWARDED) process.removeListener(signal, forward);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    child.on('error', (cause) => {
      // A signal that could not be passed on is an error event as well; the command still runs then.
      if (child.pid !== undefined) return;
      stop();
      fail(notStarted(program, cause));
    });
    child.on('exit', (code, signal) => {
      stop();
      answer(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

const notStarted = (program: string, cause: Error): HoldfastError =>
  new HoldfastError(
    'COMMAND_NOT_STARTED',
    `"${printable(program)}" could not be started: ${printable(cause.message)}`,
    {
      hint: 'Name a program on PATH or by its path. A shell is not used: for pipes and variables, name one yourself, as in `-- sh -c "…"`; on Windows, `-- cmd /c npm …`.',
      cause,
    },
  );
