/** `holdfast reach`: whether vulnerable functions can run in the product, and `reach verify`: whether a recorded proof still holds. */
import type { Command } from 'commander';
import { EXIT, worstExit, type ExitCode } from '../lib/exit.ts';
import { newCommand, usageError } from '../platform/command.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import type { VerifiedVerdict } from './evidence.ts';
import { reachFindings } from './reach-findings.actions.ts';
import { reach, symbolsIn, verifyReach } from './reach.actions.ts';
import { reachToJson, verificationToJson } from './reach-json.ts';
import type { ReachReport } from './reach-report.ts';
import { reachText } from './reach.text.ts';
import { verificationText } from './verify.text.ts';

interface Options {
  readonly symbols?: string;
  readonly run?: string;
  readonly advisory?: string;
  readonly db?: string;
  readonly json?: true;
}

const CODES =
  '\nExit codes: 0 every function is shown not to run; 2 one is reachable; 3 one is unknown, or nothing could be asked;\n64 wrong use. The command of --run is read, never executed.';

export function reachCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const command = newCommand(
    'reach',
    'says of each vulnerable function whether the product can run it, with the path or the proof',
    [
      'holdfast reach',
      'holdfast reach app/ --advisory GHSA-35jh-r3h4-6jhm',
      'holdfast reach . --symbols symbols.json --run "node server.js" --json > proof.json',
      'holdfast reach verify proof.json',
    ],
  )
    .enablePositionalOptions()
    .argument('[path]', "the product's folder (default: this folder)")
    .option('--symbols <FILE>', 'ask about the functions in this file instead of those of the findings')
    .option('--run <COMMAND>', 'the command that starts the product, instead of what its manifests say')
    .option('--advisory <ID>', 'ask about this advisory only')
    .option('--db <FILE>', 'advisory index (default: the one that a scan would use)')
    .option('--json', 'answer in JSON (holdfast.reach/1)')
    .addHelpText('after', CODES)
    .action(async (path: string | undefined, options: Options) => {
      const report = await ask(path ?? '.', options, terminal);
      if (options.json === true) terminal.out(`${JSON.stringify(reachToJson(report), null, 2)}\n`);
      else terminal.out(reachText(report, options.symbols === undefined ? (path ?? '.') : null, terminal.paintOut));
      exit(codeOf(report));
    });
  return command.addCommand(verifyCommand(terminal, exit));
}

async function ask(path: string, options: Options, terminal: Terminal): Promise<ReachReport> {
  const progress = createProgress(terminal);
  const request = {
    cwd: terminal.cwd,
    path,
    env: terminal.env,
    run: options.run ?? null,
    judging: 'recalled' as const,
    onProgress: progress.show,
  };
  if (options.symbols !== undefined && options.db !== undefined)
    throw usageError(
      '--symbols and --db contradict each other',
      'The index is asked only for findings; --symbols replaces them.',
    );
  const asked =
    options.symbols === undefined
      ? reachFindings({
          ...request,
          advisory: options.advisory ?? null,
          database: options.db ?? null,
        })
      : reach({ ...request, symbols: about(symbolsIn(terminal.cwd, options.symbols), options.advisory) });
  return asked.finally(progress.clear);
}

const about = <T extends { readonly id: string }>(symbols: readonly T[], advisory: string | undefined): readonly T[] =>
  advisory === undefined ? symbols : symbols.filter(({ id }) => id === advisory);

function codeOf({ verdicts, askedAll }: ReachReport): ExitCode {
  const asked = verdicts.length > 0 && askedAll ? EXIT.kept : EXIT.incomplete;
  return worstExit([
    asked,
    ...verdicts.map(({ verdict }) =>
      verdict === 'reachable' ? EXIT.broken : verdict === 'unknown' ? EXIT.incomplete : EXIT.kept,
    ),
  ]);
}

function verifyCommand(terminal: Terminal, exit: (code: number) => void): Command {
  return newCommand('verify', 'analyses again, and says which recorded verdicts still hold', [
    'holdfast reach verify proof.json',
    'holdfast reach verify proof.json app/ --json',
  ])
    .argument('<FILE>', 'the output of `holdfast reach --json`')
    .argument('[path]', "the product's folder (default: this folder)")
    .option('--json', 'answer in JSON (holdfast.reach-verify/1)')
    .addHelpText(
      'after',
      '\nExit codes: 0 every verdict holds; 2 the analysis contradicts one; 3 one has lapsed; 64 wrong use.',
    )
    .action(async (file: string, path: string | undefined, options: { readonly json?: true }) => {
      const progress = createProgress(terminal);
      const verified = await verifyReach(file, {
        cwd: terminal.cwd,
        path: path ?? '.',
        env: terminal.env,
        onProgress: progress.show,
      }).finally(progress.clear);
      if (options.json === true) terminal.out(`${JSON.stringify(verificationToJson(verified), null, 2)}\n`);
      else terminal.out(verificationText(verified, terminal.paintOut));
      exit(worstExit(verified.map(standingCode)));
    });
}

function standingCode({ standing }: VerifiedVerdict): ExitCode {
  switch (standing.kind) {
    case 'holds':
      return EXIT.kept;
    case 'contradicted':
      return EXIT.broken;
    case 'lapsed':
      return EXIT.incomplete;
  }
}
