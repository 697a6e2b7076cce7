/**
 * Runs `git`, which must be 2.31 or later, on a repository that is not trusted.
 *
 * Nothing a repository says may run a program, redirect the reading to another repository, rewrite history on the way, or keep
 * us waiting, and no network is used. What is asked for is the features' own: release/git.client.ts, log/git-anchors.client.ts.
 */
import { execFile, type ExecFileException } from 'node:child_process';
import { dirname } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { printable } from '../lib/text.ts';
import { childEnvironment } from './child-environment.ts';

export type GitEnv = Readonly<Record<string, string | undefined>>;

/** One command may take this long. Counting the 1.4 million commits of the largest public histories takes about 20 s. */
const TIME_LIMIT_MS = 60_000;
/** Room for the index of 500,000 files; anything larger is refused, not truncated. */
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Settings that win over every configuration file. Each line names what would otherwise run, write or mislead.
 */
const HARDENED = [
  ['core.fsmonitor', 'false'], // a program that Git runs before it looks at the work tree
  ['core.hooksPath', '/dev/null'],
  ['core.pager', 'cat'],
  ['core.untrackedCache', 'false'],
  ['core.commitGraph', 'false'], // a cache of parents beside the commits; the commits themselves are read
  ['core.checkStat', 'default'], // `minimal` would overlook a change made within the same second
  ['core.trustctime', 'true'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'], // a partial clone would fetch what it lacks
].flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** What of the caller's `GIT_*` variables may stay: where Git is, its own configuration, and how far it looks up. */
const KEPT_VARIABLE =
  /^GIT_(?:EXEC_PATH|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/;

function gitEnvironment(env: GitEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(childEnvironment(env))) {
    if (value !== undefined && (!/^GIT_/i.test(name) || KEPT_VARIABLE.test(name))) kept[name] = value;
  }
  return {
    ...kept,
    LC_ALL: 'C',
    LANGUAGE: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_LITERAL_PATHSPECS: '1',
  };
}

export interface GitAnswer {
  readonly code: number;
  /** UTF-8; bytes that are not read as U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command; an exit code is an answer. Throws `GIT_UNAVAILABLE` and, over a limit, `GIT_UNREADABLE`. */
export async function runGit(folder: string, env: GitEnv, args: readonly string[], input = ''): Promise<GitAnswer> {
  return await new Promise((answer, fail) => {
    const child = execFile(
      'git',
      [...HARDENED, '--no-pager', '-C', folder, ...args],
      {
        // Windows looks for a program in the working folder first, so that is not the repository's.
        cwd: dirname(process.execPath),
        env: gitEnvironment(env),
        encoding: 'utf8',
        timeout: TIME_LIMIT_MS,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_LIMIT_BYTES,
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null) answer({ code: 0, stdout, stderr });
        else if (typeof error.code === 'number') answer({ code: error.code, stdout, stderr });
        else fail(notAnswered(error, folder, args[0] ?? ''));
      },
    );
    // A git that ended before it read everything says why by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function notAnswered(error: ExecFileException, folder: string, command: string): HoldfastError {
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return new HoldfastError('GIT_UNAVAILABLE', 'git could not be started', {
      hint: 'Install Git 2.31 or later, and make sure that PATH names its folder.',
      cause: error,
    });
  }
  let what = `ended by ${error.signal ?? error.code ?? 'an unknown cause'}`;
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    what = `answered with more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MB`;
  } else if (error.killed === true) what = `gave no answer within ${TIME_LIMIT_MS / 1000} s`;
  return new HoldfastError('GIT_UNREADABLE', `\`git ${command}\` ${what} in ${printable(folder)}`, {
    hint: 'Run the same command by hand to see what it is busy with; `git fsck` finds damage.',
    cause: error,
  });
}
