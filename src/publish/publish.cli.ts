/**
 * `holdfast publish DIR [POLICY]`: the public policy page, policy.json, style.css, security.txt and 404.html as static files, and where there is
 * an evidence log its checkpoints and its public key.
 *
 * Exit codes are those of `check`, because the same was measured: 2 a statement is broken, 3 one is unknown or stale, 0 otherwise. In each of these
 * cases the folder was written. 2 without writing: the folder is not ours, or the document has mistakes.
 */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { newCommand, usageError } from '../platform/command.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { ownPackage, readOwnFile } from '../platform/package-root.ts';
import { createProgress } from '../platform/progress.ts';
import { systemRandom } from '../platform/random.ts';
import type { Terminal } from '../platform/terminal.ts';
import type { Control } from '../policy/control.ts';
import { policyExit } from '../policy/evaluate.ts';
import { PUBLIC } from '../web/paths.ts';
import { policyToJson } from './policy-json.ts';
import { notFoundPage, policyPage } from './policy.page.tsx';
import { publicationToJson, refusalToJson } from './publish-json.ts';
import { publishPolicy, type PublicLog } from './publish.actions.ts';
import { notesOn, publishedText, refusedText } from './publish.text.ts';
import type { PublicFile } from './published-folder.client.ts';
import type { PublishedPolicy } from './published-policy.ts';
import { securityTxt } from './security-txt.ts';

interface Options {
  readonly url?: string;
  readonly data: string;
  readonly db?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * @param controls Every control that this version of Holdfast has.
 * @param migrations The tables of the whole program, for the history.
 */
export function publishCommand(
  controls: readonly Control[],
  migrations: readonly MigrationList[],
): (terminal: Terminal, exit: (code: ExitCode) => void) => Command {
  return (terminal, exit) =>
    newCommand('publish', 'writes the policy with its verdicts as pages that any web host can serve', [
      'holdfast publish public',
      'holdfast publish public docs/SECURITY-POLICY.md --url https://security.example/',
      'holdfast publish public --json',
    ])
      .argument('<dir>', 'where the files go; made if it does not exist')
      .argument('[policy]', 'a folder with a SECURITY-POLICY.md, or the document itself', '.')
      .option('--url <url>', 'the https: address at which the folder will be served')
      .option(
        '--data <dir>',
        'the folder of the evidence log: the year of each statement and the checkpoints come from there',
        'data',
      )
      .option('--db <file>', 'advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)')
      .option('--force', 'take over a folder, or files in it, that publish did not write')
      .option('--json', 'say what was written as JSON')
      .addHelpText(
        'after',
        '\nExit codes: 0 nothing is broken, stale or unknown; 2 a statement is broken, or nothing was written; 3 a statement is\n' +
          'stale or could not be measured; 64 wrong use; 1 Holdfast itself failed. The page is written whatever the verdicts are.\n',
      )
      .action(async (folder: string, policy: string, options: Options) =>
        exit(await publish({ folder, policy, url: readUrl(options.url) }, options, { controls, migrations }, terminal)),
      );
}

/** Ends with `/`. @throws USAGE */
function readUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.parse(text);
  const bare = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (url === null || url.protocol !== 'https:' || !bare)
    throw usageError(
      `--url "${printable(text)}" is not the address of a folder on the web`,
      'Give one that begins with https:// and has no user, query or fragment, e.g. https://security.example/',
    );
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

async function publish(
  order: { readonly folder: string; readonly policy: string; readonly url: string | null },
  options: Options,
  { controls, migrations }: { readonly controls: readonly Control[]; readonly migrations: readonly MigrationList[] },
  terminal: Terminal,
): Promise<ExitCode> {
  const progress = createProgress(terminal);
  const now = terminal.now();
  const style = readOwnFile('src/web/style.css', 'dist/style.css');
  const done = await publishPolicy({
    folder: order.folder,
    path: order.policy,
    cwd: terminal.cwd,
    controls,
    database: options.db ?? null,
    env: terminal.env,
    log: { cwd: terminal.cwd, data: options.data, env: terminal.env, migrations, random: systemRandom },
    now,
    force: options.force === true,
    toolVersion: ownPackage().version,
    filesOf: (policy, log) => [...publicFiles(policy, { url: order.url, style, now }), ...logFiles(log)],
    onProgress: progress.show,
  }).finally(progress.clear);
  if (!done.ok) {
    const { folder, files } = done.error;
    terminal.err(refusedText(folder, files));
    if (options.json === true) terminal.out(`${JSON.stringify(refusalToJson(folder, files), null, 2)}\n`);
    return EXIT.broken;
  }
  const { report, policy, ...change } = done.value;
  const notes = notesOn({ contact: policy.contact, url: order.url });
  const view = { ...change, policy: report.policy, evaluatedAt: now, counts: report.counts, notes };
  terminal.out(
    options.json === true ? `${JSON.stringify(publicationToJson(view), null, 2)}\n` : publishedText(view, notes),
  );
  return policyExit(report);
}

function publicFiles(
  policy: PublishedPolicy,
  { url, style, now }: { readonly url: string | null; readonly style: string; readonly now: Instant },
): readonly PublicFile[] {
  const { contact, language } = policy;
  const txt =
    contact === null ? [] : [{ path: PUBLIC.securityTxt, text: securityTxt({ contact, language, url, now }) }];
  return [
    { path: PUBLIC.policy, text: policyPage(policy, { kind: 'file', hasSecurityTxt: contact !== null }) },
    { path: PUBLIC.policyJson, text: `${JSON.stringify(policyToJson(policy), null, 2)}\n` },
    { path: PUBLIC.style, text: style },
    { path: PUBLIC.notFound, text: notFoundPage(policy, url) },
    ...txt,
  ];
}

const logFiles = (log: PublicLog | null): readonly PublicFile[] =>
  log === null
    ? []
    : [
        { path: PUBLIC.checkpoint, text: log.note },
        { path: PUBLIC.checkpoints, text: log.history },
        { path: PUBLIC.logKey, text: log.vkey },
      ];
