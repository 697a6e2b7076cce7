/**
 * Real Git repositories for tests: made in a temporary folder, with fixed people and dates, and without any
 * configuration of the machine or the person, so that ids come out the same everywhere.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';

const FIRST_COMMIT_SECONDS = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** What git may know of the world outside: where programs are, and nothing else. */
export const cleanEnv: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  SystemRoot: process.env['SystemRoot'],
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the tests of the file; links in its path are resolved. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-test-')));
  folders.push(folder);
  return folder;
}

export class TestRepository {
  readonly folder: string;
  /** Each commit and each tag is made one minute after the one before. */
  #minute = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Runs git, returns what it printed without the last line feed. */
  git(...args: readonly (string | Buffer)[]): string {
    return this.gitWith({}, ...args);
  }

  gitWith(env: Readonly<Record<string, string>>, ...args: readonly (string | Buffer)[]): string {
    const date = `${FIRST_COMMIT_SECONDS + 60 * this.#minute} +0000`;
    const who = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_AUTHOR_DATE: date };
    const made = { GIT_COMMITTER_NAME: 'Bo', GIT_COMMITTER_EMAIL: 'bo@example.com', GIT_COMMITTER_DATE: date };
    return execFileSync('git', args.map(String), {
      cwd: this.folder,
      env: { ...cleanEnv, ...who, ...made, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).replace(/\n$/, '');
  }

  /** Feeds git-fast-import(1), for histories that would take too long to commit one by one. */
  import(stream: string): void {
    execFileSync('git', ['fast-import', '--quiet', '--force'], {
      cwd: this.folder,
      env: { ...cleanEnv },
      input: stream,
    });
  }

  /** Writes files (path to content) without adding them. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** Commits whatever differs, or nothing at all; returns the id. */
  commit(
    subject: string,
    files: Readonly<Record<string, string>> = {},
    env: Readonly<Record<string, string>> = {},
  ): string {
    this.write(files);
    this.git('add', '--all');
    this.#minute += 1;
    this.gitWith(env, 'commit', '--quiet', '--allow-empty', '--message', subject);
    return this.git('rev-parse', 'HEAD');
  }

  /** A commit after HEAD, on no branch, with a signature block that no key made; returns the id. */
  signedCommit(): string {
    const tree = this.git('rev-parse', 'HEAD^{tree}');
    const who = `Ada <ada@example.com> ${FIRST_COMMIT_SECONDS} +0000`;
    const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----';
    const parent = this.git('rev-parse', 'HEAD');
    const raw = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n${signature}\n\nsigned\n`;
    const write = ['hash-object', '-t', 'commit', '-w', '--stdin'];
    return execFileSync('git', write, { cwd: this.folder, env: { ...cleanEnv }, input: raw, encoding: 'utf8' }).trim();
  }

  /** A merge commit even where a fast-forward would do; returns the id. */
  merge(branch: string): string {
    this.#minute += 1;
    this.git('merge', '--quiet', '--no-ff', '--no-edit', '--allow-unrelated-histories', branch);
    return this.git('rev-parse', 'HEAD');
  }

  annotate(name: string, message = name): void {
    this.#minute += 1;
    this.git('tag', '--annotate', '--message', message, name);
  }
}

/** An empty repository whose first branch is `main`. */
export function newRepository(folder = temporaryFolder()): TestRepository {
  const repository = new TestRepository(folder);
  repository.git('init', '--quiet', '--initial-branch=main', '.');
  return repository;
}

/** A program in a temporary folder that leaves a file behind when anyone runs it: proof that something was executed. */
export function tripwire(): { readonly program: string; readonly trace: string } {
  const folder = temporaryFolder();
  const trace = join(folder, 'was-run');
  const program = join(folder, 'program');
  writeFileSync(program, `#!/bin/sh\ntouch '${trace}'\ncat\n`);
  chmodSync(program, 0o755);
  return { program, trace };
}
