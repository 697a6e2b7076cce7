/**
 * `holdfast decide`: records a decision, names its second person (`--approve`), lists the decisions (`--list`), makes the proofs anew on which
 * they rest (`--renew`), proposes decisions from the ignore files of other tools (`--import`).
 *
 * Exit codes: 0 done; 2 refused, nothing was changed; 3 something could not be read; 64 wrong use.
 */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import type { HoldfastError } from '../lib/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { openAsker } from '../platform/ask.ts';
import { newCommand, usageError } from '../platform/command.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import { errorLine } from '../scan/scan.text.ts';
import {
  approvedToJson,
  decidedToJson,
  importToJson,
  listToJson,
  refusedToJson,
  renewedToJson,
} from './decide-json.ts';
import { approve, decide, listDecisions, type Desk } from './decide.actions.ts';
import { TOPICS, type Ask } from './decide-answers.ts';
import type { DecideRefusal } from './decide.ts';
import { approvedText, decidedText, listText, questionText, refusalText, renewedText } from './decide.text.ts';
import { importIgnores } from './propose.actions.ts';
import { importSummary } from './proposals.text.ts';

interface Options {
  readonly package?: string;
  readonly decision?: string;
  readonly justification?: string;
  readonly reason?: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly approvedBy?: string;
  readonly path?: readonly string[];
  readonly evidence?: string;
  readonly proof?: string;
  readonly renew?: string | true;
  readonly list?: true;
  readonly approve?: string;
  readonly by?: string;
  readonly import?: readonly string[];
  readonly out?: string;
  readonly report?: readonly string[];
  readonly db?: string;
  readonly json?: true;
}

export function decideCommand(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  return newCommand('decide', 'records who decided what on a finding, why and until when', [
    'holdfast decide CVE-2021-23337 --decision upgrade --reason "with the next release" --owner "Kim Beispiel" --expires 30d',
    'holdfast decide GHSA-35jh-r3h4-6jhm --package lodash --decision not_affected \\\n      --justification vulnerable_code_not_in_execute_path --reason "template() is not called" --owner "Kim Beispiel" --expires 2027-02-25',
    'holdfast decide GHSA-35jh-r3h4-6jhm --proof proofs/lodash.json --reason "we render no templates" --owner "Kim Beispiel" --expires 90d',
    'holdfast decide --renew',
    'holdfast decide --approve CVE-2021-23337 --by "Lee Zweite"',
    'holdfast decide --list',
    'holdfast decide --import .snyk vex.json --out proposals.yaml',
    'holdfast decide CVE-2026-0001 --report trivy.json --decision accepted --reason "internal only" --owner "Kim Beispiel" --expires 60d',
  ])
    .argument('[ID]', 'the advisory: any id of the finding')
    .option('--package <NAME|PURL>', 'the package, with @VERSION to decide on one version only')
    .option('--decision <STATE>', 'upgrade, not_affected, mitigated, accepted or wrong_match')
    .option('--justification <WORD>', 'why it is not affected, in the words of OpenVEX')
    .option('--reason <TEXT>', 'why, in a sentence that a stranger understands')
    .option('--owner <NAME>', 'who answers for it')
    .option('--expires <DAY>', 'the last day on which it holds, or 90d; a year at most')
    .option('--approved-by <NAME>', 'the second person, who is not the owner')
    .option('--path <GLOB...>', 'only for inputs under these paths')
    .option('--evidence <FILE>', 'a proof, of which the digest is recorded')
    .option('--proof <FILE>', 'a proof of `holdfast reach --json`, below this folder: not_affected as long as it holds')
    .option('--renew [ID]', 'make the proofs anew on which decisions rest, of all or of one advisory')
    .option('--list', 'show every decision and whether it holds')
    .option('--approve <ID>', 'name the second person of a decision, with --by')
    .option('--by <NAME>', 'who approves')
    .option('--import <FILE...>', 'propose decisions from ignore files of other tools and OpenVEX; decides nothing')
    .option('--out <FILE>', 'write the proposals there instead of showing them')
    .option('--report <FILE...>', 'count what these reports of other tools found too, as `scan --import` does')
    .option('--db <FILE>', 'advisory index (default: the one that a scan would use)')
    .option('--json', 'answer in JSON (holdfast.decide/1)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 2 refused, nothing was changed; 3 an input could not be read; 64 wrong use.\n' +
        'Asks for what is missing where a person sits at a terminal.\n',
    )
    .action(async (id: string | undefined, options: Options) => exit(await run(id, options, terminal)));
}

async function run(id: string | undefined, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { list, approve: approved, import: files, renew } = options;
  const asked = [id, list, approved, files, renew].filter((each) => each !== undefined).length;
  if (asked !== 1)
    throw usageError(
      asked === 0 ? 'nothing is said to decide on' : 'ID, --list, --approve, --renew and --import exclude each other',
      'Write one of them: `holdfast decide --help`.',
    );
  const progress = createProgress(terminal);
  const { cwd, env } = terminal;
  const desk: Desk = {
    cwd,
    env,
    now: terminal.now(),
    database: options.db ?? null,
    reports: options.report ?? [],
    onProgress: progress.show,
  };
  try {
    if (files !== undefined) return await runImport(desk, files, options, { terminal, clear: progress.clear });
    if (list === true) return await runList(desk, options, { terminal, clear: progress.clear });
    if (renew !== undefined)
      return await runRenew(desk, renew === true ? null : renew, options, { terminal, clear: progress.clear });
    if (approved !== undefined) return await runApprove(desk, approved, options, { terminal, clear: progress.clear });
    return await runDecide(desk, id ?? '', options, { terminal, clear: progress.clear });
  } finally {
    progress.clear();
  }
}

interface Speaking {
  readonly terminal: Terminal;
  /** Takes the line of progress away before something is said. */
  readonly clear: () => void;
}

async function runDecide(desk: Desk, id: string, options: Options, speaking: Speaking): Promise<ExitCode> {
  if (options.proof !== undefined && options.evidence !== undefined)
    throw usageError('--proof and --evidence contradict each other', 'Name the one that the decision rests on.');
  const given = new Map(
    TOPICS.flatMap((topic) => (options[topic] === undefined ? [] : [[topic, options[topic]] as const])),
  );
  const asker = options.json === true ? null : openAsker(speaking.terminal);
  const ask: Ask | null =
    asker === null
      ? null
      : (topic, suggestion, problem) => {
          speaking.clear();
          return asker.ask(questionText(topic, suggestion, problem));
        };
  const done = await decide({
    ...desk,
    id,
    package: options.package ?? null,
    paths: options.path ?? [],
    approvedBy: options.approvedBy ?? null,
    evidence: options.evidence ?? null,
    proof: options.proof ?? null,
    given,
    ask,
  }).finally(() => asker?.close());
  if (!done.ok) return refused('decide', done.error, options, speaking);
  tell(speaking, options, { json: () => decidedToJson(done.value), text: () => decidedText(done.value) });
  // The decision stands; what could not be read is said, and does not undo it.
  tellErrors(speaking, done.value.errors);
  return EXIT.kept;
}

async function runApprove(desk: Desk, id: string, options: Options, speaking: Speaking): Promise<ExitCode> {
  const { by } = options;
  if (by === undefined || by.trim() === '')
    throw usageError('--approve needs --by', 'Name the second person: --by "Lee Zweite".');
  const done = await approve({ ...desk, id, package: options.package ?? null, by: by.trim() });
  if (!done.ok) return refused('approve', done.error, options, speaking);
  tell(speaking, options, { json: () => approvedToJson(done.value), text: () => approvedText(done.value) });
  tellErrors(speaking, done.value.errors);
  return EXIT.kept;
}

/** What could not be renewed stays open, so it is refused like a decision that cannot be taken. */
async function runRenew(desk: Desk, id: string | null, options: Options, speaking: Speaking): Promise<ExitCode> {
  const { renewProofs } = await import('./renew.actions.ts');
  const done = await renewProofs(desk, id);
  if (!done.ok) return refused('renew', done.error, options, speaking);
  const report = done.value;
  tell(speaking, options, { json: () => renewedToJson(report), text: () => renewedText(report) });
  tellErrors(speaking, report.errors);
  if (report.renewed.some(({ fails }) => fails !== null)) return EXIT.broken;
  return report.errors.length > 0 ? EXIT.incomplete : EXIT.kept;
}

async function runList(desk: Desk, options: Options, speaking: Speaking): Promise<ExitCode> {
  const list = await listDecisions(desk);
  const { paintOut } = speaking.terminal;
  tell(speaking, options, { json: () => listToJson(list), text: () => listText(list, paintOut) });
  tellErrors(speaking, list.errors);
  return list.errors.length > 0 ? EXIT.incomplete : EXIT.kept;
}

async function runImport(
  desk: Desk,
  files: readonly string[],
  options: Options,
  speaking: Speaking,
): Promise<ExitCode> {
  const out = options.out ?? null;
  const report = await importIgnores({ ...desk, files, out });
  tell(speaking, options, { json: () => importToJson(report), text: () => (out === null ? report.text : '') });
  speaking.terminal.err(importSummary(report.files, report.proposals, out));
  tellErrors(speaking, report.errors);
  return report.errors.length > 0 ? EXIT.incomplete : EXIT.kept;
}

function tell(
  { terminal, clear }: Speaking,
  { json }: Options,
  answer: { readonly json: () => JsonObject; readonly text: () => string },
): void {
  clear();
  terminal.out(json === true ? `${JSON.stringify(answer.json(), null, 2)}\n` : answer.text());
}

function tellErrors({ terminal }: Speaking, errors: readonly HoldfastError[]): void {
  for (const error of errors) terminal.err(`not read: ${errorLine(error)}\n`);
}

function refused(
  action: 'decide' | 'approve' | 'renew',
  refusal: DecideRefusal,
  { json }: Options,
  { terminal, clear }: Speaking,
): ExitCode {
  clear();
  terminal.err(refusalText(refusal));
  if (json === true) terminal.out(`${JSON.stringify(refusedToJson(action, refusal), null, 2)}\n`);
  return EXIT.broken;
}
