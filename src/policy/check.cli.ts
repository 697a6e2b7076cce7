/**
 * `holdfast check`: evaluates the policy of a folder, sentence by sentence.
 *
 * Exit codes: 2 a statement is broken, or the document has mistakes; 3 one is unknown or stale; 0 otherwise; 64 usage; 1 where a report or a
 * record was asked for and could not be made.
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
import { checkText, recordedText, reportedText } from './check.text.ts';
import type { Control } from './control.ts';
import type { ReportTarget } from './deliver.actions.ts';
import { policyExit, type Evaluation } from './evaluate.ts';
import { productId } from './facts.ts';
import { evaluateDocument } from './policy.actions.ts';
import type { RecordedEntry } from './recorded-evaluation.ts';
import type { ReportedAnswer } from './report-answer.ts';

interface Options {
  readonly only?: string;
  readonly release?: string;
  readonly db?: string;
  readonly record?: boolean;
  readonly reportTo?: string;
  readonly tokenFile?: string;
  readonly product?: string;
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
      'HOLDFAST_TOKEN=… holdfast check --report-to https://security.example',
    ])
      .argument('[path]', 'a folder with a SECURITY-POLICY.md, or the document itself', '.')
      .option('--only <id>', 'only that statement, or the statements that this control checks')
      .option('--release <ref>', 'the release under judgement (default: HEAD)')
      .option('--db <file>', 'advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)')
      .option('--record', 'append the evaluation to the evidence log (see `holdfast log --help`)')
      .option('--data <dir>', 'the folder of the evidence log and its key', 'data')
      .option('--report-to <url>', 'send what was measured to a Holdfast service, which judges it again')
      .option('--token-file <file>', 'where the token for --report-to stands (default: the variable HOLDFAST_TOKEN)')
      .option('--product <id>', 'the product of holdfast.yaml that this checkout is of, for --report-to')
      .option('--json', 'print the evaluation as JSON')
      .addHelpText(
        'after',
        '\nExit codes: 0 nothing is broken, stale or unknown; 2 a statement is broken, or the document or holdfast.yaml has\n' +
          'mistakes; 3 a statement is stale or could not be measured; 64 wrong use; 1 Holdfast itself failed, or the report\n' +
          'was not delivered (the verdicts above hold).\n',
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
  const target = await targetOf(options, terminal);
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
  if (!json) terminal.out(checkText(report, { columns, paint, only }));
  // What was measured is shown also where recording or reporting it fails; the failure follows, and decides the exit code.
  let recorded: RecordedEntry | null = null;
  let reported: ReportedAnswer | null = null;
  try {
    if (record) recorded = await keep(evaluation, data, migrations, terminal);
    if (recorded !== null && !json) terminal.out(recordedText(recorded, data));
    if (target !== null) reported = await deliver(evaluation, options, target, terminal);
    if (reported !== null && !json) terminal.out(reportedText(reported));
  } finally {
    if (json) terminal.out(`${JSON.stringify(checkToJson(report, { recorded, reported }), null, 2)}\n`);
  }
  return policyExit(report);
}

async function targetOf(
  { reportTo, tokenFile, product, only }: Options,
  { env, cwd }: Terminal,
): Promise<ReportTarget | null> {
  if (reportTo === undefined) {
    if (tokenFile === undefined && product === undefined) return null;
    throw usageError('--token-file and --product are for --report-to', 'Say where to report with --report-to URL.');
  }
  if (only !== undefined)
    throw usageError(
      '--report-to sends whole evaluations, and --only makes a part of one',
      'Leave one of the two out.',
    );
  if (product !== undefined && !productId.safeParse(product).success)
    throw usageError('--product is no id of a product', 'Give one that holdfast.yaml has.');
  const { reportTarget } = await import('./deliver.actions.ts');
  return reportTarget(reportTo, { env, cwd, ...(tokenFile === undefined ? {} : { tokenFile }) });
}

async function keep(
  evaluation: Evaluation,
  data: string,
  migrations: readonly MigrationList[],
  { cwd, env }: Terminal,
): Promise<RecordedEntry> {
  // Loads the database, which most checks do not need.
  const { recordEvaluation } = await import('./record.actions.ts');
  const place = { cwd, data, env, migrations, random: systemRandom };
  const { evaluatedAt } = evaluation.report;
  return recordEvaluation(place, { ...evaluation, sources: [] }, ownPackage().version, evaluatedAt);
}

async function deliver(
  evaluation: Evaluation,
  { product = null }: { readonly product?: string | null },
  target: ReportTarget,
  { env }: Terminal,
): Promise<ReportedAnswer> {
  const { deliverReport } = await import('./deliver.actions.ts');
  const { processTimers } = await import('../platform/http.ts');
  const { version } = ownPackage();
  const settings = { env, timers: processTimers, userAgent: `holdfast/${version}` };
  return deliverReport(evaluation, { version, product }, target, settings);
}
