/**
 * Reads a Git repository by running `git`, which must be 2.31 or later.
 *
 * The person who runs Holdfast is trusted, their environment too; the repository is not. So nothing a repository says may
 * run a program (hooks, file-system monitors, pagers, filters, transports), redirect the reading to another repository
 * (`GIT_DIR` left over from a hook), rewrite history on the way (replacement objects, grafts, a commit-graph cache), or
 * keep us waiting: platform/git-program.ts sees to that. Nothing is ever written here. What Git prints is read in git-format.ts.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { printable } from '../lib/text.ts';
import { type GitEnv, runGit } from '../platform/git-program.ts';
import {
  COMMIT_FORMAT,
  explainRefusal,
  fieldsOf,
  firstLine,
  parseCommitId,
  parseCommits,
  parseIndex,
  parsePeeled,
  parseStatus,
  parseTags,
  saysNoRepository,
  TAG_FORMAT,
  type Commit,
  type CommitId,
  type IndexEntry,
  type Tag,
} from './git-format.ts';

export interface Repository {
  /** Where Git is run: the folder that was asked about, absolute. */
  readonly folder: string;
  /** From the top of the work tree to `folder`: empty or `packages/app/`; `null` where `folder` is in no work tree. */
  readonly prefix: string | null;
  /** What all work trees of the repository share. */
  readonly commonDir: string;
  /** Part of the history was left out when it was cloned. */
  readonly shallow: boolean;
  readonly env: GitEnv;
}

function refused(folder: string, command: string, stderr: string): HoldfastError {
  const known = explainRefusal(stderr, folder);
  const message =
    known?.message ?? `\`git ${command}\` failed in ${folder}: ${firstLine(stderr) || 'it gave no reason'}`;
  return new HoldfastError('GIT_UNREADABLE', printable(message), {
    hint: printable(known?.hint ?? 'Run `git fsck` in that folder. Holdfast needs Git 2.31 or later.'),
  });
}

/** For commands that have no "no" among their answers. */
async function ask(repository: Repository, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await runGit(repository.folder, repository.env, args, input);
  if (code !== 0) throw refused(repository.folder, args[0] ?? '', stderr);
  return stdout;
}

/**
 * The repository that `folder` (absolute) lies in, `null` when it lies in none.
 *
 * Throws `GIT_UNAVAILABLE`, `GIT_UNREADABLE` (dubious ownership, damage) and `FILE_NOT_FOUND`.
 */
export async function openRepository(folder: string, env: GitEnv): Promise<Repository | null> {
  // Else a missing folder would look like a missing repository.
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new HoldfastError('FILE_NOT_FOUND', `${printable(folder)} is not a folder`, {
      hint: 'Name the folder of the checkout.',
    });
  }
  const question = [
    'rev-parse',
    '--path-format=absolute',
    '--is-inside-work-tree',
    '--is-shallow-repository',
    '--git-common-dir',
  ];
  const { code, stdout, stderr } = await runGit(folder, env, question);
  if (code !== 0) {
    if (saysNoRepository(stderr)) return null;
    throw refused(folder, 'rev-parse', stderr);
  }
  const [inside, shallow, ...rest] = stdout.replace(/\n$/, '').split('\n');
  const found = { folder, commonDir: rest.join('\n'), shallow: shallow === 'true', env };
  if (inside !== 'true') return { ...found, prefix: null };
  return {
    ...found,
    prefix: (await ask({ ...found, prefix: null }, ['rev-parse', '--show-prefix'])).replace(/\n$/, ''),
  };
}

/** The commit a revision names, `null` when it names none here. `revision` is never taken for an option. */
export async function findCommit(repository: Repository, revision: string): Promise<CommitId | null> {
  // A NUL cannot be passed to a program at all; a leading dash is no ref by git-check-ref-format(1).
  if (revision === '' || revision.startsWith('-') || revision.includes('\0')) return null;
  const question = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { code, stdout, stderr } = await runGit(repository.folder, repository.env, question);
  if (code !== 0 && stderr !== '') {
    const known = explainRefusal(stderr, repository.folder);
    if (known !== null) throw refused(repository.folder, 'rev-parse', stderr);
  }
  return code === 0 ? parseCommitId(stdout.trim()) : null;
}

/** The branch that is checked out; `null` where a commit is, as in most CI. */
export async function findBranch(repository: Repository): Promise<string | null> {
  const { code, stdout } = await runGit(repository.folder, repository.env, [
    'symbolic-ref',
    '--quiet',
    '--short',
    'HEAD',
  ]);
  return code === 0 ? stdout.trim() : null;
}

/** As `findCommit`; throws `GIT_REF_UNKNOWN` when there is no such commit. */
export async function resolveCommit(repository: Repository, revision: string): Promise<CommitId> {
  const commit = await findCommit(repository, revision);
  if (commit !== null) return commit;
  throw new HoldfastError('GIT_REF_UNKNOWN', `"${printable(revision)}" names no commit in this repository`, {
    hint: 'List what there is with `git branch --all` and `git tag`; in a fresh clone, `git fetch --tags` may bring it.',
  });
}

/** What makes the history that Git shows differ from the history that was written. */
interface Distortions {
  readonly shallow: boolean;
  /** `.git/info/grafts` gives commits other parents (gitrepository-layout(5)). */
  readonly grafted: boolean;
  /** Count of `refs/replace/*` (git-replace(1)). */
  readonly replaced: number;
}

export async function readDistortions(repository: Repository): Promise<Distortions> {
  const replacements = await ask(repository, ['for-each-ref', '--format=%(refname)%00', 'refs/replace/']);
  return {
    shallow: repository.shallow,
    grafted: await hasGrafts(join(repository.commonDir, 'info', 'grafts')),
    replaced: fieldsOf(replacements).filter((field) => field.includes('refs/')).length,
  };
}

async function hasGrafts(file: string): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return false;
  if (size > 1_000_000) return true;
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.some((line) => line.trim() !== '' && !line.startsWith('#'));
}

/**
 * Tags whose name matches `glob`: `*` and `?` do not match a slash, `**` does (git-for-each-ref(1)). By name.
 *
 * `within` keeps those whose commit is an ancestor of that commit or the commit itself; `beyond` drops those of each
 * commit it lists. Either one leaves out tags that lead to no commit.
 */
export async function listTags(
  repository: Repository,
  glob: string,
  { within, beyond = [] }: { within?: CommitId; beyond?: readonly CommitId[] } = {},
): Promise<readonly Tag[]> {
  const limits = [
    ...(within === undefined ? [] : [`--merged=${within}`]),
    ...beyond.map((commit) => `--no-merged=${commit}`),
  ];
  const refs = parseTags(
    await ask(repository, ['for-each-ref', `--format=${TAG_FORMAT}`, ...limits, `refs/tags/${glob}`]),
  );
  if (refs.length === 0) return [];
  const questions = refs.map((ref) => `${ref.id}^{commit}\n`).join('');
  return parsePeeled(refs, await ask(repository, ['cat-file', '--batch-check=%(objectname)'], questions));
}

export interface Release {
  readonly tag: Tag;
  readonly commit: CommitId;
}

/** Lines of releases that were merged and are not ancestors of each other; more than this is not a release history. */
const MAX_LINES = 64;

/**
 * The nearest release before `commit`: of the matching tags on its strict ancestors, the one that leaves the fewest
 * commits in between, which is how git-describe(1) measures nearness. `null` when there is none.
 *
 * Each round takes one tag and drops all of its ancestors, which can only be farther away; so it takes one round for
 * each line of development that was merged, not for each tag.
 */
export async function nearestRelease(repository: Repository, glob: string, commit: CommitId): Promise<Release | null> {
  let best: { readonly release: Release; readonly distance: number } | null = null;
  const seen: CommitId[] = [];
  while (seen.length <= MAX_LINES) {
    const left = (await listTags(repository, glob, { within: commit, beyond: seen }))
      .flatMap((tag) => (tag.commit === null || tag.commit === commit ? [] : [{ tag, commit: tag.commit }]))
      .sort((a, b) => byNewest(a.tag, b.tag));
    const release = left[0];
    if (release === undefined) return best?.release ?? null;
    const distance = await countCommits(repository, commit, [release.commit]);
    if (best === null || distance < best.distance) best = { release, distance };
    seen.push(release.commit);
  }
  throw new HoldfastError('GIT_UNREADABLE', `more than ${MAX_LINES} separate lines of releases lead to ${commit}`, {
    hint: 'Name the pattern of your release tags more closely, e.g. `tag: v[0-9]*`.',
  });
}

/** Newest first; of one moment, the annotated one, then the later name. */
const byNewest = (a: Tag, b: Tag): number =>
  (b.at ?? 0) - (a.at ?? 0) || Number(b.annotated) - Number(a.annotated) || (a.name < b.name ? 1 : -1);

/** Commits reachable from `from` and from none of `without`. */
export async function countCommits(
  repository: Repository,
  from: CommitId,
  without: readonly CommitId[],
): Promise<number> {
  return Number(await ask(repository, ['rev-list', '--count', ...range(from, without)]));
}

/** The newest `limit` of them; children always before their parents. */
export async function listCommits(
  repository: Repository,
  from: CommitId,
  without: readonly CommitId[],
  limit: number,
): Promise<readonly Commit[]> {
  const shape = ['log', '-z', '--topo-order', '--no-show-signature', '--no-notes', '--no-color', '--encoding=UTF-8'];
  return parseCommits(
    await ask(repository, [
      ...shape,
      `--format=tformat:${COMMIT_FORMAT}`,
      `--max-count=${limit}`,
      ...range(from, without),
    ]),
  );
}

/** Ids on the chain of first parents from `from`: what arrived on a branch directly or as its merge commit. */
export async function firstParents(
  repository: Repository,
  from: CommitId,
  without: readonly CommitId[],
): Promise<ReadonlySet<string>> {
  const ids = await ask(repository, ['rev-list', '--first-parent', ...range(from, without)]);
  return new Set(ids.split('\n').filter((id) => id !== ''));
}

const range = (from: CommitId, without: readonly CommitId[]): readonly string[] => [
  '--end-of-options',
  from,
  ...without.map((commit) => `^${commit}`),
  '--',
];

/** A commit counts as its own ancestor (git-merge-base(1)). */
export async function isAncestor(repository: Repository, ancestor: CommitId, descendant: CommitId): Promise<boolean> {
  const question = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  const { code, stderr } = await runGit(repository.folder, repository.env, question);
  if (code > 1) throw refused(repository.folder, 'merge-base', stderr);
  return code === 0;
}

/** Whether `commit` holds anything in the repository's folder; true at the top, whose tree may be empty. */
export async function holdsFolder(repository: Repository, commit: CommitId): Promise<boolean> {
  if (repository.prefix === null || repository.prefix === '') return true;
  return (await ask(repository, ['ls-tree', '-z', '--name-only', '--end-of-options', commit])) !== '';
}

export interface WorkTree {
  /** Absolute. */
  readonly top: string;
  /** Tracked files that differ from the commit that is checked out, submodules included, from the top. */
  readonly changed: readonly string[];
  /** Files and folders that no commit holds and no ignore rule names. */
  readonly untracked: number;
  /** Tracked files that Git was told not to look at. */
  readonly unwatched: readonly string[];
  /** All tracked files, from the top, with `/`. */
  readonly tracked: ReadonlySet<string>;
}

/** The state of the whole work tree that the folder lies in; `null` for a bare repository. */
export async function readWorkTree(repository: Repository): Promise<WorkTree | null> {
  if (repository.prefix === null) return null;
  const top = (await ask(repository, ['rev-parse', '--path-format=absolute', '--show-toplevel'])).replace(/\n$/, '');
  return await readTree({ ...repository, folder: top, prefix: '' }, 0);
}

/** Submodules inside submodules; deeper nesting is refused rather than overlooked. */
const MAX_DEPTH = 8;

async function readTree(repository: Repository, depth: number): Promise<WorkTree> {
  const top = repository.folder;
  if (depth > MAX_DEPTH) {
    throw new HoldfastError('GIT_UNREADABLE', `submodules are nested deeper than ${MAX_DEPTH} in ${printable(top)}`, {
      hint: 'Check the release in a checkout with fewer levels of submodules.',
    });
  }
  const entries = parseIndex(await ask(repository, ['ls-files', '-v', '-s', '-z']));
  const quiet: Repository = { ...repository, env: await withoutLocalFilters(repository) };
  // What is inside submodules is looked at below: Git would look with the filters of their own configuration.
  const question = [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=normal',
    '--ignore-submodules=dirty',
  ];
  const status = parseStatus(await ask(quiet, question));
  const inner = await readSubmodules(repository, entries, depth);
  const within = (list: 'changed' | 'unwatched') =>
    inner.flatMap(({ at, tree }) => tree[list].map((path) => `${at}/${path}`));
  return {
    top,
    changed: [...status.filter((line) => line.tracked).map((line) => line.path), ...within('changed')],
    untracked: status.filter((line) => !line.tracked).length + inner.reduce((sum, { tree }) => sum + tree.untracked, 0),
    unwatched: [...entries.filter((entry) => entry.unwatched).map((entry) => entry.path), ...within('unwatched')],
    tracked: new Set([
      ...entries.map((entry) => entry.path),
      ...inner.flatMap(({ at, tree }) => [...tree.tracked].map((path) => `${at}/${path}`)),
    ]),
  };
}

async function readSubmodules(
  repository: Repository,
  entries: readonly IndexEntry[],
  depth: number,
): Promise<readonly { readonly at: string; readonly tree: WorkTree }[]> {
  const found = [];
  for (const { path } of entries.filter((entry) => entry.submodule)) {
    const folder = join(repository.folder, path);
    const present = await stat(join(folder, '.git')).then(
      () => true,
      () => false,
    );
    // A submodule that was not checked out has no files that could differ.
    const submodule = present ? await openRepository(folder, repository.env) : null;
    if (submodule?.prefix === '') found.push({ at: path, tree: await readTree(submodule, depth + 1) });
  }
  return found;
}

/**
 * An environment in which filters that the repository's own configuration defines do nothing. Such a filter is a shell
 * command; those of the person's own configuration (Git LFS) stay. Without its filter, a file may look changed: the safe side.
 */
async function withoutLocalFilters(repository: Repository): Promise<GitEnv> {
  const question = [
    'config',
    '-z',
    '--show-scope',
    '--name-only',
    '--get-regexp',
    '^filter\\..*\\.(clean|smudge|process|required)$',
  ];
  // Exit code 1: no such setting.
  const { code, stdout, stderr } = await runGit(repository.folder, repository.env, question);
  if (code > 1) throw refused(repository.folder, 'config', stderr);
  const fields = fieldsOf(stdout);
  const local = fields.filter((_, index) => index % 2 === 1 && /^(?:local|worktree)$/.test(fields[index - 1] ?? ''));
  let count = Number(repository.env['GIT_CONFIG_COUNT'] ?? 0);
  const env: Record<string, string | undefined> = { ...repository.env };
  for (const name of new Set(local)) {
    env[`GIT_CONFIG_KEY_${count}`] = name;
    env[`GIT_CONFIG_VALUE_${count}`] = name.endsWith('.required') ? 'false' : '';
    count += 1;
  }
  return count === 0 ? env : { ...env, GIT_CONFIG_COUNT: String(count) };
}

/** Those of `paths` (as given, relative to `from` or absolute) that are no tracked file of the work tree. */
export async function untrackedAmong(
  tree: WorkTree,
  from: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const top = await realpath(tree.top);
  const answers = await Promise.all(
    paths.map(async (path) => {
      const real = await realpath(resolve(from, path)).catch(() => null);
      return real !== null && tree.tracked.has(relative(top, real).split(sep).join('/'));
    }),
  );
  return paths.filter((_, index) => answers[index] !== true);
}
