/** Which commit and which branch are checked out around a folder: where the facts of a report come from. */
import { findBranch, findCommit, openRepository } from './git.client.ts';

export interface Checkout {
  readonly commit: string;
  /** `null` where neither Git nor CI names one. */
  readonly branch: string | null;
}

/**
 * CI checks out commits, and names the branch in its environment: GitHub Actions ("Default environment variables"), GitLab ("Predefined
 * CI/CD variables reference") and Bitbucket Pipelines ("Variables and secrets").
 */
const CI_BRANCHES = ['GITHUB_HEAD_REF', 'GITHUB_REF_NAME', 'CI_COMMIT_REF_NAME', 'BITBUCKET_BRANCH'];

/**
 * @returns `null` outside of a repository, and in one without a commit
 * @throws GIT_UNAVAILABLE, GIT_UNREADABLE
 */
export async function checkoutOf(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Checkout | null> {
  const repository = await openRepository(root, env);
  const commit = repository === null ? null : await findCommit(repository, 'HEAD');
  if (repository === null || commit === null) return null;
  const named = CI_BRANCHES.map((name) => env[name] ?? '').find((branch) => branch !== '');
  return { commit, branch: (await findBranch(repository)) ?? named ?? null };
}
