/**
 * `holdfast check`: evaluates the policy of a folder, sentence by sentence.
 *
 * Exit codes: 2 a statement is broken, or the document has mistakes; 3 one is unknown or stale; 0 otherwise; 64 usage.
 */
import type { Command } from 'commander';
import type { ExitCode } from '../lib/exit.ts';
import { newCommand } from '../platform/command.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import { checkToJson } from './check-json.ts';
import { checkText } from './check.text.ts';
import type { Control } from './control.ts';
import { policyExit } from './evaluate.ts';
import { evaluatePolicy } from './policy.actions.ts';

interface Options {
  readonly only?: string;
  readonly release?: string;
  readonly db?: string;
  readonly json?: boolean;
}

type Exit = (code: ExitCode) => void;

/** @param controls Every control that this version of Holdfast has. */
export function checkCommand(controls: readonly Control[]): (terminal: Terminal, exit: Exit) => Command {
  return (terminal, exit) =>
    newCommand('check', 'evaluates the policy here and now, sentence by sentence', [
      'holdfast check',
      'holdfast check --only release.review --release v1.4.0',
      'holdfast check docs/SECURITY-POLICY.md --json',
    ])
      .argument('[path]', 'a folder with a SECURITY-POLICY.md, or the document itself', '.')
      .option('--only <id>', 'only that statement, or the statements that this control checks')
      .option('--release <ref>', 'the release under judgement (default: HEAD)')
      .option('--db <file>', 'advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)')
      .option('--json', 'print the evaluation as JSON')
      .addHelpText(
        'after',
        '\nExit codes: 0 nothing is broken, stale or unknown; 2 a statement is broken, or the document or holdfast.yaml has\n' +
          'mistakes; 3 a statement is stale or could not be measured; 64 wrong use; 1 Holdfast itself failed.\n',
      )
      .action(async (path: string, options: Options) => exit(await check(path, options, controls, terminal)));
}

async function check(
  path: string,
  options: Options,
  controls: readonly Control[],
  terminal: Terminal,
): Promise<ExitCode> {
  const progress = createProgress(terminal);
  const report = await evaluatePolicy({
    path,
    cwd: terminal.cwd,
    controls,
    only: options.only ?? null,
    database: options.db ?? null,
    release: options.release ?? null,
    env: terminal.env,
    now: terminal.now(),
    onProgress: progress.show,
  }).finally(progress.clear);
  const { columns, paintOut: paint } = terminal;
  terminal.out(
    options.json === true
      ? `${JSON.stringify(checkToJson(report), null, 2)}\n`
      : checkText(report, { columns, paint, only: options.only ?? null }),
  );
  return policyExit(report);
}
