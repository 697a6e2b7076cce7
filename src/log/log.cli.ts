/** `holdfast log`: the evidence log: verify it, hand it out, prove an entry. `holdfast check --record` writes it. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { newCommand, readReason, usageError } from '../platform/command.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { systemRandom } from '../platform/random.ts';
import type { Terminal } from '../platform/terminal.ts';
import { currentCheckpoint, exportLog, listEntries, proveEntry } from './log-export.actions.ts';
import { anchorInGit, gitAnchors } from './anchor.actions.ts';
import { anchorJson, checkpointJson, exportJson, listJson, proofJson, verifyJson } from './log-json.ts';
import { type ReadStates, verifyPack, verifyPlace } from './log-verify.actions.ts';
import { type LogPlace, reopenAt } from './log.actions.ts';
import { anchorText, databaseText, exportText, listText } from './log.text.ts';
import { formatTlogProof } from './tlog-proof.ts';
import { verifyText } from './verify.text.ts';

interface Shared {
  readonly data: string;
  readonly json?: true;
}

type Exit = (code: ExitCode) => void;

/**
 * @param migrations The tables of the whole program.
 * @param states The rows that entries speak of, of every feature.
 */
export function logCommand(
  migrations: readonly MigrationList[],
  states: readonly ReadStates[],
): (terminal: Terminal, exit: Exit) => Command {
  return (terminal, exit) => {
    const place = ({ data }: Shared): LogPlace => ({
      cwd: terminal.cwd,
      data,
      env: terminal.env,
      migrations,
      random: systemRandom,
    });
    const print = (answer: object): void => terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
    const context = { terminal, exit, place, print };
    return newCommand('log', 'verifies the evidence log, hands it out, proves an entry', [
      'holdfast check --record',
      'holdfast log verify',
      'holdfast log export evidence/',
    ])
      .addCommand(verifyLogCommand(context, states))
      .addCommand(checkpointCommand(context))
      .addCommand(proveCommand(context))
      .addCommand(exportCommand(context))
      .addCommand(anchorCommand(context))
      .addCommand(listCommand(context))
      .addCommand(reopenCommand(context));
  };
}

interface Context {
  readonly terminal: Terminal;
  readonly exit: Exit;
  readonly place: (shared: Shared) => LogPlace;
  readonly print: (answer: object) => void;
}

const shared = (name: string, summary: string, examples: readonly string[]): Command =>
  newCommand(name, summary, examples)
    .option('--data <DIR>', 'the folder of the log and its key; HOLDFAST_DATABASE_URL names a PostgreSQL', 'data')
    .option('--json', 'answer in JSON');

interface VerifyOptions extends Shared {
  readonly vkey?: string;
  readonly history?: string[];
  readonly anchors?: string;
}

function verifyLogCommand({ terminal, exit, place, print }: Context, states: readonly ReadStates[]): Command {
  return shared('verify', 'verifies the log of the data folder, or an export', [
    'holdfast log verify',
    'holdfast log verify --history ~/kept/checkpoint-2026-11',
    'holdfast log verify --anchors git',
    'holdfast log verify evidence/ --vkey holdfast/1f0c6a2b+8d0f8b5a+AZ…',
  ])
    .argument('[dir]', 'an export (default: the log in --data)')
    .option('--vkey <KEY>', 'the public key, as you got it on another way')
    .option('--history <FILE...>', 'checkpoints that somebody kept: one, or a history file')
    .option('--anchors <WHERE>', 'git: the checkpoints that `log anchor` kept in the repository here')
    .action(async (dir: string | undefined, options: VerifyOptions) => {
      if (options.anchors !== undefined && options.anchors !== 'git')
        throw usageError(`--anchors knows git, not "${printable(options.anchors)}"`, 'Give a file with --history.');
      const anchors = options.anchors === 'git' ? await gitAnchors(terminal.cwd, terminal.env) : [];
      const trusted = { vkey: options.vkey ?? null, history: options.history ?? [], anchors };
      const now = terminal.now();
      if (dir !== undefined) {
        const pack = await verifyPack(terminal.cwd, dir, trusted);
        if (pack === null)
          throw usageError(
            `${printable(dir)} is not an export of a log`,
            'Name the folder that `holdfast log export` wrote.',
          );
        if (options.json === true) print(verifyJson(pack, null));
        else terminal.out(verifyText(pack));
        exit(exitOf(pack));
        return;
      }
      const report = await verifyPlace(place(options), states, trusted, now);
      if (report === null) {
        terminal.err(`holdfast: there is no evidence log in ${printable(options.data)}, so nothing was verified\n`);
        exit(EXIT.incomplete);
        return;
      }
      if (options.json === true) print(verifyJson(report, report));
      else terminal.out(databaseText(report));
      exit(exitOf(report));
    });
}

function exitOf({ broken, unread }: { readonly broken: number; readonly unread: number }): ExitCode {
  if (broken > 0) return EXIT.broken;
  return unread > 0 ? EXIT.incomplete : EXIT.kept;
}

function checkpointCommand({ terminal, exit, place, print }: Context): Command {
  return shared('checkpoint', 'prints the newest signed checkpoint; signs one if the log grew', [
    'holdfast log checkpoint',
    'holdfast log checkpoint > kept/checkpoint-2026-11',
  ]).action(async (options: Shared) => {
    const { note, checkpoint } = await currentCheckpoint(place(options), terminal.now());
    if (options.json === true) print(checkpointJson(note, checkpoint));
    else terminal.out(note);
    exit(EXIT.kept);
  });
}

function proveCommand({ terminal, exit, place, print }: Context): Command {
  return shared('prove', 'proves that an entry stands in the log, as C2SP tlog-proof', [
    'holdfast log prove 0 > entry-0.tlog-proof',
    'holdfast log prove 17 --json',
  ])
    .argument('<entry>', 'the number of the entry, from 0')
    .action(async (entry: string, options: Shared) => {
      if (!/^\d{1,15}$/.test(entry))
        throw usageError(`"${printable(entry)}" is no number of an entry`, 'Count from 0.');
      const { index, leaf, proof, signed } = await proveEntry(place(options), Number(entry), terminal.now());
      if (options.json === true) print(proofJson(index, leaf, proof, signed.note));
      else terminal.out(formatTlogProof(index, proof, signed.note));
      exit(EXIT.kept);
    });
}

function exportCommand({ terminal, exit, place, print }: Context): Command {
  return shared('export', 'writes the log with a verifier that needs nothing of Holdfast', [
    'holdfast log export pack/',
    'holdfast log export pack/ --evidence',
    'node pack/verify.mjs pack/',
  ])
    .argument('<dir>', 'a new folder, or an older export of this log')
    .option('--evidence', 'with what entries name by digest; it may name people')
    .action(async (dir: string, options: Shared & { readonly evidence?: true }) => {
      const order = { to: dir, withEvidence: options.evidence === true };
      const exported = await exportLog(place(options), order, terminal.now());
      if (options.json === true) print(exportJson(dir, exported));
      else terminal.out(exportText(dir, exported));
      exit(EXIT.kept);
    });
}

function anchorCommand({ terminal, exit, place, print }: Context): Command {
  return shared('anchor', 'keeps the newest checkpoint as a Git note on a commit of this checkout', [
    'holdfast log anchor',
    'holdfast log anchor v4.18.2',
    'git push origin refs/notes/holdfast',
  ])
    .argument('[revision]', 'the commit that was released', 'HEAD')
    .action(async (revision: string, options: Shared) => {
      const anchored = await anchorInGit(place(options), revision, terminal.now());
      if (options.json === true) print(anchorJson(anchored));
      else terminal.out(anchorText(anchored));
      exit(EXIT.kept);
    });
}

const MOST_LISTED = 1_000;

function listCommand({ terminal, exit, place, print }: Context): Command {
  return shared('list', 'lists the last entries; it verifies nothing', [
    'holdfast log list',
    'holdfast log list --last 100 --json',
  ])
    .option('--last <N>', 'how many', '20')
    .action(async (options: Shared & { readonly last: string }) => {
      const most = /^\d{1,4}$/.test(options.last) ? Number(options.last) : 0;
      if (most < 1 || most > MOST_LISTED)
        throw usageError(`--last takes a number from 1 to ${MOST_LISTED}`, 'Leave it out for 20.');
      const entries = await listEntries(place(options), most, terminal.now());
      if (options.json === true) print(listJson(entries));
      else terminal.out(listText(entries));
      exit(EXIT.kept);
    });
}

function reopenCommand({ terminal, exit, place, print }: Context): Command {
  return shared('reopen', 'begins a new log that names the old one, after a rolled back database or a lost key', [
    'holdfast log reopen --reason "The disk failed; the backup of 1 November was restored."',
  ])
    .requiredOption('--reason <TEXT>', 'why, for whoever reads the log later; no personal data')
    .action(async (options: Shared & { readonly reason: string }) => {
      const { note, checkpoint } = await reopenAt(place(options), readReason(options.reason), terminal.now());
      if (options.json === true) print(checkpointJson(note, checkpoint));
      else terminal.out(note);
      exit(EXIT.kept);
    });
}
