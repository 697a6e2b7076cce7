/**
 * How a command of the general program is written: a commander `Command` with our manners.
 *
 * The scan path does not come here: it must not load commander, see scan.cli.ts.
 */
import { Command } from 'commander';
import { HoldfastError } from '../lib/errors.ts';
import { printable } from '../lib/text.ts';

/**
 * A command whose mistakes of use become `USAGE` errors instead of ending the process.
 *
 * @param examples Lines of the form `holdfast check --json`, shown at the end of `--help`.
 */
export function newCommand(name: string, summary: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}\n`);
}

/** For a value that commander cannot judge: names what is wrong and the way out. */
export function usageError(message: string, hint: string): HoldfastError {
  return new HoldfastError('USAGE', message, { hint });
}

const MOST_REASON = 500;

/**
 * What `--reason` says: a sentence that is kept.
 *
 * @throws USAGE where it is empty, long, or holds what no terminal shows
 */
export function readReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= MOST_REASON && printable(reason) === reason && !/\p{Surrogate}/u.test(reason))
    return reason;
  throw usageError(`--reason takes one line of up to ${MOST_REASON} characters`, 'Say what happened, in a sentence.');
}
