/**
 * `holdfast serve [PATH]`: the web application with its background jobs, until somebody ends it.
 *
 * Exit codes: 0 it was ended; 1 it could not start, or Holdfast itself failed; 64 wrong use.
 */
import type { Command } from 'commander';
import type { ExitCode } from '../lib/exit.ts';
import { newCommand, usageError } from '../platform/command.ts';
import type { Terminal } from '../platform/terminal.ts';

export interface ServeOrder {
  /** The folder of the policy, or the document, as it was typed. */
  readonly path: string;
  /** `--data`, as it was typed. */
  readonly data: string;
  /** Whether this process runs jobs and schedules. */
  readonly jobs: boolean;
  /** `--db`; `null` for the usual order of places. */
  readonly database: string | null;
}

interface Options {
  readonly data: string;
  readonly jobs: string;
  readonly db?: string;
}

/** @param serve Runs the service (src/service.ts); it resolves when the service has ended. */
export function serveCommand(
  serve: (order: ServeOrder, terminal: Terminal) => Promise<ExitCode>,
): (terminal: Terminal, exit: (code: ExitCode) => void) => Command {
  return (terminal, exit) =>
    newCommand('serve', 'serves the policy, its evidence and the pages of the staff, until it is ended', [
      'holdfast serve',
      'holdfast serve /srv/policy --data /var/lib/holdfast',
      'HOLDFAST_DATABASE_URL=postgres://holdfast@db.example/holdfast?sslmode=verify-full holdfast serve --jobs=off',
    ])
      .argument('[path]', 'a folder with a SECURITY-POLICY.md, or the document itself', '.')
      .option('--data <folder>', 'where the database, the keys and the newest checkpoint lie', 'data')
      .option('--jobs <on|off>', 'whether this process runs jobs and schedules', 'on')
      .option('--db <file>', 'advisory index (default: HOLDFAST_DB, else the synced one, else the shipped snapshot)')
      .addHelpText('after', SETTINGS)
      .action(async (path: string, { data, jobs, db }: Options) => {
        if (jobs !== 'on' && jobs !== 'off')
          throw usageError(`--jobs "${jobs}" is neither on nor off`, 'Leave it out for on.');
        exit(await serve({ path, data, jobs: jobs === 'on', database: db ?? null }, terminal));
      });
}

const SETTINGS = `
Settings from the environment:
  HOLDFAST_PORT           the port (default: 8710)
  HOLDFAST_HOST           the address to listen on (default: this machine alone)
  HOLDFAST_URL            the address that people type; passkeys are bound to its name
  HOLDFAST_TLS_CERT_FILE  PEM files with which the service speaks TLS itself
  HOLDFAST_TLS_KEY_FILE
  HOLDFAST_TLS_PROXY      addresses of the proxies that speak TLS in its place
  HOLDFAST_DATABASE_URL   a PostgreSQL in place of the file in the data folder
  HOLDFAST_KEK_FILE       the key under which what is stored is encrypted

Exit codes: 0 it was ended; 1 it could not start; 64 wrong use.
`;
