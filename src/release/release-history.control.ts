/**
 * The `release.history` control: reads the repository around the policy. What is judged, and what "accounted for" means,
 * stands in release-history.ts; how the repository is read without trusting it, in git.client.ts.
 */
import * as z from 'zod';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import { printable } from '../lib/text.ts';
import { defineControl, type GatherContext } from '../policy/control.ts';
import { branchName, tagPattern } from './control-params.ts';
import type { CommitId, Tag } from './git-format.ts';
import {
  countCommits,
  findCommit,
  firstParents,
  holdsFolder,
  isAncestor,
  listCommits,
  listTags,
  nearestRelease,
  openRepository,
  readDistortions,
  readWorkTree,
  resolveCommit,
  type Repository,
} from './git.client.ts';
import { HISTORY_SHAPE } from './history-shape.ts';
import {
  judgeHistory,
  LISTED_LIMIT,
  type HistoryFacts,
  type MeasuredHistory,
  withoutPersons,
} from './release-history.ts';

const params = z.strictObject({ branch: branchName.default('main'), tag: tagPattern.default('v*') });
type Params = z.infer<typeof params>;

export const releaseHistory = defineControl<Params, HistoryFacts>({
  id: 'release.history',
  title: 'Every commit of a release is on the default branch',
  where: 'repo',
  params,
  facts: HISTORY_SHAPE,
  shared: withoutPersons,
  gather: gatherHistory,
  judge: (_, facts) => {
    const verdict = judgeHistory(facts);
    // Tag names and subjects are other people's text.
    return { ...verdict, summary: printable(verdict.summary) };
  },
});

async function gatherHistory(context: GatherContext, { branch, tag }: Params): Promise<HistoryFacts> {
  const at = context.now;
  const repository = await openRepository(context.root, context.env);
  if (repository === null) return { state: 'no-repository', at };
  const distortions = await readDistortions(repository);
  if (distortions.shallow || distortions.grafted || distortions.replaced > 0) {
    return { state: 'distorted', at, ...distortions };
  }
  const release =
    context.release === null ? await findCommit(repository, 'HEAD') : await resolveCommit(repository, context.release);
  if (release === null) return { state: 'no-commit', at };
  if (!(await holdsFolder(repository, release))) return { state: 'foreign', at, commit: release };
  const local = await findCommit(repository, `refs/heads/${branch}`);
  const shared = await findCommit(repository, `refs/remotes/origin/${branch}`);
  const tip = shared ?? local;
  if (tip === null) return { state: 'no-branch', at, branch };

  const tags = await listTags(repository, tag);
  const ref = context.release ?? 'HEAD';
  return {
    state: 'measured',
    at,
    digest: sha256(canonicalJson({ release, tip, tags: tags.map(({ name, id }) => [name, id]) })),
    release: { ref, commit: release, tags: namesAt(tags, release) },
    branch: {
      name: branch,
      measured: shared === null ? branch : `origin/${branch}`,
      tip,
      releaseOnLocal: local !== null && (await isAncestor(repository, release, local)),
    },
    ...(await measureCommits(repository, release, tip, tag)),
    tags: await measureTags(repository, tags, tag, tip),
    workTree: await measureWorkTree(repository),
  };
}

const namesAt = (tags: readonly Tag[], commit: CommitId): readonly string[] =>
  tags
    .filter((tag) => tag.commit === commit)
    .map((tag) => tag.name)
    .slice(0, LISTED_LIMIT);

async function measureCommits(
  repository: Repository,
  release: CommitId,
  tip: CommitId,
  pattern: string,
): Promise<Pick<MeasuredHistory, 'previous' | 'commits'>> {
  const previous = await nearestRelease(repository, pattern, release);
  const before = previous === null ? [] : [previous.commit];
  const chain = await firstParents(repository, tip, before);
  const listed = await listCommits(repository, release, before, LISTED_LIMIT);
  return {
    previous: previous && { tag: previous.tag.name, commit: previous.commit, at: previous.tag.at },
    commits: {
      total: await countCommits(repository, release, before),
      offBranch: await countCommits(repository, release, [...before, tip]),
      offBranchListed: await listCommits(repository, release, [...before, tip], LISTED_LIMIT),
      ahead: await countCommits(repository, tip, [release]),
      listed: listed.map((commit) => ({ ...commit, firstParent: chain.has(commit.id) })),
    },
  };
}

async function measureTags(
  repository: Repository,
  tags: readonly Tag[],
  pattern: string,
  tip: CommitId,
): Promise<MeasuredHistory['tags']> {
  const beyond = await listTags(repository, pattern, { beyond: [tip] });
  const offBranch = [...beyond, ...tags.filter((tag) => tag.commit === null)];
  return {
    pattern,
    total: tags.length,
    annotated: tags.filter((tag) => tag.annotated).length,
    signed: tags.filter((tag) => tag.signed).length,
    offBranch: offBranch.length,
    offBranchListed: offBranch.slice(0, LISTED_LIMIT).map(({ name, commit }) => ({ name, commit })),
    listed: [...tags].sort((a, b) => (b.at ?? 0) - (a.at ?? 0)).slice(0, LISTED_LIMIT),
  };
}

async function measureWorkTree(repository: Repository): Promise<MeasuredHistory['workTree']> {
  const tree = await readWorkTree(repository);
  if (tree === null) return null;
  return { changed: tree.changed.length, untracked: tree.untracked, listed: tree.changed.slice(0, LISTED_LIMIT) };
}
