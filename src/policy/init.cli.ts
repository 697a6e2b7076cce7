/** `holdfast init`: the first SECURITY-POLICY.md and holdfast.yaml of an organisation. */
import { Option, type Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { openAsker } from '../platform/ask.ts';
import { newCommand, usageError } from '../platform/command.ts';
import type { Terminal } from '../platform/terminal.ts';
import { HOSTINGS } from './facts.ts';
import { checkAnswer, TOPICS, type Answer, type Known, type Topic } from './init-answers.ts';
import { GIVEN, initPolicy, type AskTopic, type InitRefusal, type InitReport } from './init.actions.ts';
import { foundText, nextCommand, openTopics, questionText, writtenText } from './init.text.ts';

type Options = Readonly<Partial<Record<Topic, string>>> & { readonly force?: true; readonly json?: true };

/** Exit 0 when both files are written, 2 when one exists already or the questions were left, 1 when the folder cannot be written. */
export function initCommand(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  return newCommand('init', 'writes a first SECURITY-POLICY.md and holdfast.yaml, commented', [
    'holdfast init',
    'holdfast init --name "Beispiel Apps GmbH" --country DE --state HE --contact security@example.com',
    'holdfast init apps/timesheet --hosting forge --json',
  ])
    .argument('[dir]', 'where the files go; made if it does not exist', '.')
    .option('--name <NAME>', 'the organisation whose policy it is')
    .option('--country <CODE>', 'two letters, e.g. DE')
    .option('--state <CODE>', 'the state, without the country, e.g. HE')
    .option('--timezone <ZONE>', 'IANA name, e.g. Europe/Berlin')
    .addOption(new Option('--hosting <KIND>', 'where the products found there run').choices(HOSTINGS))
    .option('--contact <MAIL>', 'public address for security reports')
    .option('--force', 'overwrite files that exist')
    .option('--json', 'answer in JSON')
    .action(async (folder: string, options: Options) => {
      const given = readGiven(options);
      const asker = options.json === true ? null : openAsker(terminal);
      const ask: AskTopic | null =
        asker === null ? null : (topic, suggestion, problem) => asker.ask(questionText(topic, suggestion, problem));
      const { cwd, env } = terminal;
      const overwrite = options.force === true;
      const done = await initPolicy({ cwd, env, folder, given, overwrite, ask, now: terminal.now() }).finally(() =>
        asker?.close(),
      );
      if (done.ok) tellWritten(terminal, folder, done.value, options.json === true);
      else tellRefused(terminal, done.error, options.json === true);
      exit(done.ok ? EXIT.kept : EXIT.broken);
    });
}

/** @throws USAGE for a value that neither file could hold. */
function readGiven(options: Options): Known {
  const given = new Map<Topic, Answer>();
  for (const topic of TOPICS) {
    const text = options[topic];
    if (text === undefined) continue;
    const checked = checkAnswer(topic, text);
    if (!checked.ok) {
      throw usageError(
        `--${topic} "${printable(text)}" is not usable: ${checked.error}`,
        'Run `holdfast init --help`.',
      );
    }
    given.set(topic, { value: checked.value, from: GIVEN });
  }
  return given;
}

function tellWritten(terminal: Terminal, folder: string, report: InitReport, json: boolean): void {
  const { answers, known, written, foldersLeftOut } = report;
  const next = nextCommand(folder);
  terminal.err(foundText(known, answers.products, foldersLeftOut));
  if (!json) {
    terminal.out(writtenText(written, answers.products.length, next));
    return;
  }
  const { branch, products } = answers;
  printJson(terminal, {
    schema: 'holdfast.init/1',
    folder: report.folder,
    written,
    answers: Object.fromEntries(known),
    unknown: openTopics(known, products),
    branch,
    products: products.map(({ id, path, hosting, from }) => ({ id, path, hosting, from })),
    complete: !foldersLeftOut,
    next,
  });
}

function tellRefused(terminal: Terminal, refusal: InitRefusal, json: boolean): void {
  terminal.err(refusedText(refusal));
  // Whoever asked for JSON is asked nothing, so only files in the way are refused here.
  if (!json || refusal.code === 'left') return;
  const { code, folder, files } = refusal;
  printJson(terminal, { schema: 'holdfast.init/1', folder, written: [], refused: { code, files } });
}

function refusedText(refusal: InitRefusal): string {
  if (refusal.code === 'left') {
    return 'holdfast: nothing was written, because the questions were left\n  Run it again, or give the answers as options: `holdfast init --help`.\n';
  }
  const { files, folder, code } = refusal;
  const [exist, them] = files.length === 1 ? ['exists', 'it'] : ['exist', 'them'];
  return `holdfast: ${files.join(' and ')} ${exist} in ${printable(folder)}; nothing was changed
  Move ${them} away, or run \`holdfast init --force\` to replace both files. [${code}]\n`;
}

const printJson = (terminal: Terminal, answer: object): void => terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
