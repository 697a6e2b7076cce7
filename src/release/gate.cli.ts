/** `holdfast gate`: says whether a release may go out, and starts the command that brings it out only if so. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { newCommand, usageError } from '../platform/command.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import { isThreshold, THRESHOLDS, type Threshold } from '../scan/scan-report.ts';
import { runCommand } from './command.client.ts';
import { gateToJson } from './gate-json.ts';
import { runGateHere } from './gate.actions.ts';
import { gateText, notStartedLine, startingLine } from './gate.text.ts';
import type { GateVerdict } from './gate.ts';

const EXIT_OF: Readonly<Record<GateVerdict, ExitCode>> = {
  passed: EXIT.kept,
  blocked: EXIT.broken,
  incomplete: EXIT.incomplete,
};

const DEFAULT_FAIL_ON: Threshold = 'low';
/** A week: the policy promises that no release goes out with a known alert, not with one known last month. */
const DEFAULT_MAX_DATA_AGE_DAYS = 7;

interface Options {
  readonly base?: string;
  readonly head?: string;
  readonly failOn: string;
  readonly maxDataAge: string;
  readonly db?: string;
  readonly prod?: boolean;
  readonly json?: boolean;
}

export function gateCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const command = newCommand('gate', 'Say whether a release may go out, and run a command only if it may.', [
    'holdfast gate',
    'holdfast gate --base v1.2.0 --head v1.3.0 --json',
    'holdfast gate --fail-on high -- forge deploy --environment production',
  ])
    .usage('[options] [-- COMMAND…]')
    .option('--base <ref>', 'the release before (default: the nearest tag v* before the head)')
    .option('--head <ref>', 'the commit to release, which must be checked out (default: HEAD)')
    .option('--fail-on <level>', `block on findings at ${THRESHOLDS.join(', ')} or above`, DEFAULT_FAIL_ON)
    .option('--max-data-age <days>', 'advisory data older than this cannot pass', String(DEFAULT_MAX_DATA_AGE_DAYS))
    .option('--db <file>', 'advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)')
    .option('--prod', 'leave out what only development needs')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 passed; 2 blocked; 3 not everything could be measured, which never passes; 64 wrong use; 1 Holdfast itself
failed. Unscored findings and malware block at every level. With a COMMAND: its own exit code once it ran; where 2 or 3 mean
that it was not started, a line on stderr says so. The report goes to stdout before the command starts. Runs no shell.
`,
    );
  const following = takeCommand(command);
  return command.action(async (options: Options) => {
    exit(await gate(terminal, options, following()));
  });
}

/** Keeps everything after the first `--` away from commander, so that no option of the command is taken for ours. */
function takeCommand(command: Command): () => readonly string[] | null {
  let taken: readonly string[] | null = null;
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (argv) => {
    const at = argv.indexOf('--');
    if (at >= 0) taken = argv.slice(at + 1);
    return parse(at >= 0 ? argv.slice(0, at) : argv);
  };
  return () => taken;
}

async function gate(terminal: Terminal, options: Options, following: readonly string[] | null): Promise<number> {
  if (following?.length === 0) {
    throw usageError('there is no command after --', 'Write it there, or leave the -- out.');
  }
  const progress = createProgress(terminal);
  const report = await runGateHere({
    folder: terminal.cwd,
    base: options.base ?? null,
    head: options.head ?? null,
    branch: null,
    failOn: parseThreshold(options.failOn),
    maxDataAgeDays: parseDays(options.maxDataAge),
    database: options.db ?? null,
    prod: options.prod === true,
    env: terminal.env,
    now: terminal.now(),
    onProgress: progress.show,
  }).finally(progress.clear);
  terminal.out(
    options.json === true ? `${JSON.stringify(gateToJson(report), null, 2)}\n` : gateText(report, terminal.paintOut),
  );
  if (following === null) return EXIT_OF[report.decision.verdict];
  if (report.decision.verdict !== 'passed') {
    terminal.err(notStartedLine(following[0] ?? '', report.decision));
    return EXIT_OF[report.decision.verdict];
  }
  terminal.err(startingLine(following));
  return await runCommand(following, { cwd: terminal.cwd, env: terminal.env });
}

function parseThreshold(level: string): Threshold {
  if (isThreshold(level)) return level;
  throw usageError(`unknown severity "${level}"`, `--fail-on takes ${THRESHOLDS.join(', ')}.`);
}

function parseDays(text: string): number {
  const value = Number(text);
  if (/^\d{1,4}$/.test(text) && value >= 1 && value <= MAX_DATA_AGE_DAYS) return value;
  throw usageError(
    `"${text}" is no number of days`,
    `--max-data-age takes a whole number from 1 to ${MAX_DATA_AGE_DAYS}.`,
  );
}

/** A year: beyond it the promise would be about something else. */
const MAX_DATA_AGE_DAYS = 365;
