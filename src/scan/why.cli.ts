/** `holdfast why`: how a component came into the product, and the smallest change that the graph shows to fix it. */
import type { Command } from 'commander';
import { EXIT, worstExit } from '../lib/exit.ts';
import { newCommand, usageError } from '../platform/command.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import { errorToJson } from './scan-json.ts';
import { errorLine } from './scan.text.ts';
import { parseTarget } from './why-target.ts';
import { whyText } from './why.text.ts';
import { explainTarget } from './why.actions.ts';

interface Options {
  readonly db?: string;
  readonly json?: true;
}

export function whyCommand(terminal: Terminal, exit: (code: number) => void): Command {
  return newCommand(
    'why',
    'shows every shortest path from the product to a component, and the smallest upgrade that fixes it',
    [
      'holdfast why lodash',
      'holdfast why minimist@1.2.5 package-lock.json',
      'holdfast why GHSA-35jh-r3h4-6jhm app/',
      'holdfast why CVE-2021-23337 --json',
    ],
  )
    .argument('<NAME[@VERSION] | ID>', 'a package, a package version, or the id of an advisory')
    .argument('[path...]', 'lockfiles, SBOMs or folders (default: this folder)')
    .option('--db <FILE>', 'advisory index (default: the one that a scan would use)')
    .option('--json', 'answer in JSON (holdfast.why/1)')
    .addHelpText('after', '\nExit codes: 0 found; 2 not in the product; 3 an input could not be read; 64 wrong use.')
    .action(async (text: string, paths: string[], options: Options) => {
      const target = parseTarget(text);
      if (target === null)
        throw usageError(
          `"${text}" is neither a package nor an advisory`,
          'Write NAME, NAME@VERSION or an id such as CVE-2021-23337.',
        );
      const progress = createProgress(terminal);
      const answer = await explainTarget(target, {
        paths: paths.length === 0 ? ['.'] : paths,
        cwd: terminal.cwd,
        ignore: null,
        database: options.db ?? null,
        env: terminal.env,
        prod: false,
        decisions: { root: terminal.cwd, now: terminal.now() },
        onProgress: progress.show,
      }).finally(progress.clear);
      if (options.json === true) {
        const { inputs, places, errors } = answer;
        terminal.out(
          `${JSON.stringify({ schema: 'holdfast.why/1', target: text, inputs, places, errors: errors.map(errorToJson) }, null, 2)}\n`,
        );
      } else {
        terminal.out(whyText(text, answer, terminal.paintOut));
        for (const error of answer.errors) terminal.err(`not read: ${errorLine(error)}\n`);
      }
      exit(
        worstExit([
          answer.places.length === 0 ? EXIT.broken : EXIT.kept,
          answer.errors.length > 0 ? EXIT.incomplete : EXIT.kept,
        ]),
      );
    });
}
