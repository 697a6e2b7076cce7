/**
 * `holdfast check`: evaluates the policy of a folder, sentence by sentence.
 *
 * Exit codes: 2 a statement is broken, or the document has mistakes; 3 one is unknown or stale; 0 otherwise; 64 usage.
 */
import type { Command } from 'commander';
import type { ExitCode } from '../lib/exit.ts';
import { newCommand, usageError } from '../platform/command.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { ownPackage } from '../platform/package-root.ts';
import { createProgress } from '../platform/progress.ts';
import { systemRandom } from '../platform/random.ts';
import type { Terminal } from '../platform/terminal.ts';
import { checkToJson } from './check-json.ts';
import { checkText, recordedText } from './check.text.ts';
import type { Control } from './control.ts';
import { policyExit } from './evaluate.ts';
import { evaluateDocument } from './policy.actions.ts';
import type { RecordedEntry } from './recorded-evaluation.ts';

interface Options {
  readonly only?: string;
  readonly release?: string;
  readonly db?: string;
  readonly record?: boolean;
  readonly data: string;
  readonly json?: boolean;
}

type Exit = (code: ExitCode) => void;

/**
 * @param controls Every control that this version of Holdfast has.
 * @param migrations The tables of the whole program, for `--record`.
 */
export function checkCommand(
  controls: readonly Control[],
  migrations: readonly MigrationList[],
): (terminal: Terminal, exit: Exit) => Command {
  return (terminal, exit) =>
    newCommand('check', 'evaluates the policy here and now, sentence by sentence', [
      'holdfast check',
      'holdfast check --only release.review --release v1.4.0',
      'holdfast check docs/SECURITY-POLICY.md --json',
      'holdfast check --record --data /var/lib/holdfast',
    ])
      .argument('[path]', 'a folder with a SECURITY-POLICY.md, or the document itself', '.')
      .option('--only <id>', 'only that statement, or the statements that this control checks')
      .option('--release <ref>', 'the release under judgement (default: HEAD)')
      .option('--db <file>', 'advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)')
      .option('--record', 'append the evaluation to the evidence log (see `holdfast log --help`)')
      .option('--data <dir>', 'the folder of the evidence log and its key', 'data')
      .option('--json', 'print the evaluation as JSON')
      .addHelpText(
        'after',
        '\nExit codes: 0 nothing is broken, stale or unknown; 2 a statement is broken, or the document or holdfast.yaml has\n' +
          'mistakes; 3 a statement is stale or could not be measured; 64 wrong use; 1 Holdfast itself failed.\n',
      )
      .action(async (path: string, options: Options) =>
        exit(await check(path, options, controls, migrations, terminal)),
      );
}

async function check(
  path: string,
  options: Options,
  controls: readonly Control[],
  migrations: readonly MigrationList[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { only = null, record = false, json = false, data } = options;
  if (record && only !== null)
    throw usageError('--record keeps whole evaluations, and --only makes a part of one', 'Leave one of the two out.');
  const { cwd, env } = terminal;
  const now = terminal.now();
  const progress = createProgress(terminal);
  const evaluation = await evaluateDocument({
    path,
    cwd,
    controls,
    only,
    database: options.db ?? null,
    release: options.release ?? null,
    data,
    env,
    now,
    onProgress: progress.show,
  }).finally(progress.clear);
  const { report } = evaluation;
  const { columns, paintOut: paint } = terminal;
  // What was measured is shown also where recording it fails; the failure follows, and decides the exit code.
  const print = (recorded: RecordedEntry | null): void => {
    if (json) terminal.out(`${JSON.stringify(checkToJson(report, recorded), null, 2)}\n`);
    else if (recorded !== null) terminal.out(recordedText(recorded, data));
  };
  if (!json) terminal.out(checkText(report, { columns, paint, only }));
  if (!record) {
    print(null);
    return policyExit(report);
  }
  const place = { cwd, data, env, migrations, random: systemRandom };
  // Loads the database, which most checks do not need.
  const { recordEvaluation } = await import('./record.actions.ts');
  print(
    await recordEvaluation(place, { ...evaluation, sources: [] }, ownPackage().version, now).catch((error: unknown) => {
      print(null);
      throw error;
    }),
  );
  return policyExit(report);
}
