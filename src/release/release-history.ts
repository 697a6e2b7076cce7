/**
 * Is every commit of a release accounted for? The judge of the `release.history` control (P04: "all changes in Git,
 * clear auditable history of production releases"). The facts come from release-history.control.ts.
 *
 * What "accounted for" means here, exactly:
 * - The *release* is the commit under judgement: HEAD, or the one that `--release` names.
 * - The *branch* is `origin/<branch>` where that exists, else the local `<branch>`. A local branch can be pointed anywhere
 *   by whoever sits at the machine, so the shared one decides as soon as there is one.
 * - The *previous release* is the nearest tag on a strict ancestor of the release: of the tags that match, the one that
 *   leaves the fewest commits in between. A tag on the release itself names the release, not the one before.
 * - Every commit that is reachable from the release and not from the previous release must be reachable from the
 *   branch's tip; and so must the commit of every tag that matches.
 *
 * Deliberately not claimed: that nobody rewrote the branch. One checkout cannot show a force-push; that takes the memory of
 * the service, which sees each tip. Signatures are counted where a tag carries one; whose keys made them is not checked.
 */
import { count, firstFew } from '../lib/text.ts';
import { formatDay, type Instant } from '../lib/time.ts';
import type { Verdict } from '../policy/control.ts';
import { shortId, type Commit, type Tag } from './git-format.ts';

/** Lists in facts and evidence hold at most this many; counts beside them are exact. */
export const LISTED_LIMIT = 50;

export type NamedCommit = { readonly name: string; readonly commit: string | null };

export type MeasuredHistory = {
  readonly state: 'measured';
  readonly at: Instant;
  /** SHA-256 over the release's commit, the branch's tip and the ids of all matching tags. */
  readonly digest: string;
  readonly release: { readonly ref: string; readonly commit: string; readonly tags: readonly string[] };
  readonly branch: {
    readonly name: string;
    /** `origin/main` or `main`: the one that was measured against. */
    readonly measured: string;
    readonly tip: string;
    /** The release is on the local branch of that name. */
    readonly releaseOnLocal: boolean;
  };
  readonly previous: { readonly tag: string; readonly commit: string; readonly at: Instant | null } | null;
  readonly tags: {
    readonly pattern: string;
    readonly total: number;
    readonly annotated: number;
    readonly signed: number;
    readonly offBranch: number;
    readonly offBranchListed: readonly NamedCommit[];
    /** Newest first. */
    readonly listed: readonly Tag[];
  };
  readonly commits: {
    /** From the previous release (exclusive) to the release (inclusive). */
    readonly total: number;
    readonly offBranch: number;
    readonly offBranchListed: readonly Commit[];
    /** On the branch and not in the release. */
    readonly ahead: number;
    /** Newest first; `firstParent`: on the branch's chain of first parents, so not brought in by a merge. */
    readonly listed: readonly (Commit & { readonly firstParent: boolean })[];
  };
  /** `null` in a bare repository. */
  readonly workTree: {
    readonly changed: number;
    readonly untracked: number;
    readonly listed: readonly string[];
  } | null;
};

export type HistoryFacts =
  | MeasuredHistory
  | { readonly state: 'no-repository' | 'no-commit'; readonly at: Instant }
  | { readonly state: 'foreign'; readonly at: Instant; readonly commit: string }
  | { readonly state: 'no-branch'; readonly at: Instant; readonly branch: string }
  | {
      readonly state: 'distorted';
      readonly at: Instant;
      readonly shallow: boolean;
      readonly grafted: boolean;
      readonly replaced: number;
    };

/** Nothing is judged by who wrote a commit, so the names of authors stay where the repository is. */
export function withoutPersons(facts: HistoryFacts): HistoryFacts {
  if (facts.state !== 'measured') return facts;
  const { commits } = facts;
  return {
    ...facts,
    commits: {
      ...commits,
      offBranchListed: commits.offBranchListed.map(anonymous),
      listed: commits.listed.map((commit) => ({ ...anonymous(commit), firstParent: commit.firstParent })),
    },
  };
}

const anonymous = ({ author, committer, ...commit }: Commit): Commit => ({
  ...commit,
  author: { name: NOT_TOLD, at: author.at },
  committer: { name: NOT_TOLD, at: committer.at },
});

const NOT_TOLD = 'not reported';

export function judgeHistory(facts: HistoryFacts): Verdict {
  if (facts.state === 'measured') return judgeMeasured(facts);
  const { at, ...evidence } = facts;
  return { verdict: 'unknown', summary: whyUnknown(facts), measuredAt: at, evidence };
}

function whyUnknown(facts: Exclude<HistoryFacts, MeasuredHistory>): string {
  switch (facts.state) {
    case 'no-repository':
      return 'This folder is in no Git repository, so there is no history to measure. Run the check in a checkout.';
    case 'no-commit':
      return 'The repository has no commit yet. Commit, then check again.';
    case 'foreign':
      return `Commit ${shortId(facts.commit)} holds nothing of this folder, so the history of the repository around it is not its own. Commit the folder there, or run the check in its own checkout.`;
    case 'no-branch':
      return `There is neither origin/${facts.branch} nor ${facts.branch} here to measure against. Fetch the branch, or write its name into the footnote as \`branch: NAME\`.`;
    case 'distorted':
      return whyDistorted(facts);
  }
}

function whyDistorted(facts: Extract<HistoryFacts, { state: 'distorted' }>): string {
  const reasons: string[] = [];
  if (facts.shallow) {
    reasons.push(
      'this clone is shallow, older commits were left out (run `git fetch --unshallow --tags`; in CI, fetch the whole history)',
    );
  }
  if (facts.grafted) {
    reasons.push('.git/info/grafts gives commits other parents than they were written with (delete that file)');
  }
  if (facts.replaced > 0) {
    const stand = facts.replaced === 1 ? 'stands' : 'stand';
    reasons.push(
      `${count(facts.replaced, 'replacement object')} ${stand} in for what was committed (list them with \`git replace --list\`, delete them with \`git replace --delete\`)`,
    );
  }
  return `The history shown here cannot be vouched for: ${reasons.join('; ')}.`;
}

function judgeMeasured(facts: MeasuredHistory): Verdict {
  const problems = [...problemsOfTags(facts), ...problemsOfCommits(facts)];
  const { at, state: _, digest, ...measured } = facts;
  return {
    verdict: problems.length > 0 ? 'broken' : 'kept',
    summary: [...(problems.length > 0 ? problems : [allAccountedFor(facts)]), ...asides(facts)].join(' '),
    measuredAt: at,
    evidence: { ...measured, inputDigest: digest, notChecked: ['force-push', 'signing keys'] },
  };
}

function problemsOfTags({ tags, branch }: MeasuredHistory): readonly string[] {
  if (tags.offBranch === 0) return [];
  const names = tags.offBranchListed.map(({ name, commit }) =>
    commit === null ? `${name} (leads to no commit)` : `${name} (${shortId(commit)})`,
  );
  const who =
    tags.offBranch === 1
      ? `Release tag ${names[0]} is`
      : `${tags.offBranch} of ${count(tags.total, 'release tag')} are`;
  const which = tags.offBranch === 1 ? '' : `: ${firstFew(names, tags.offBranch)}`;
  return [
    `${who} not on ${branch.measured}${which}. Merge what was released into ${branch.name}, or delete a tag that released nothing.`,
  ];
}

function problemsOfCommits(facts: MeasuredHistory): readonly string[] {
  const { commits, branch } = facts;
  if (commits.offBranch === 0) return [];
  const names = commits.offBranchListed.map((commit) => `${shortId(commit.id)} "${shortened(commit.subject)}"`);
  const next = branch.releaseOnLocal
    ? `They are on the local ${branch.name}: push it; or run \`git fetch\`, where ${branch.measured} is older than what it stands for.`
    : `Merge them into ${branch.name}, or release from ${branch.name}.`;
  const are = commits.offBranch === 1 ? 'is' : 'are';
  return [
    `${commits.offBranch} of ${count(commits.total, 'commit')} ${since(facts)} ${are} not on ${branch.measured}: ${firstFew(names, commits.offBranch)}. ${next}`,
  ];
}

function allAccountedFor(facts: MeasuredHistory): string {
  const { commits, branch, tags } = facts;
  const on = branch.measured === branch.name ? branch.name : `${branch.name} (as ${branch.measured} shows it)`;
  const all = commits.total === 1 ? 'on' : 'all on';
  const what = `${count(commits.total, 'commit')} ${since(facts)}, ${all} ${on}`;
  if (tags.total === 0) return `No release yet: no tag here matches ${tags.pattern}. ${what}.`;
  const signed = tags.signed === 0 ? 'none signed' : `${tags.signed} signed (by which key is not checked)`;
  return `${what}; ${count(tags.total, 'release tag')}, ${signed}.`;
}

function since({ previous, release }: MeasuredHistory): string {
  const of = release.tags.length > 0 ? `in ${firstFew(release.tags)} ` : '';
  if (previous === null) return `${of}since the beginning`;
  const day = previous.at === null ? '' : ` (${formatDay(previous.at)})`;
  return `${of}since ${previous.tag}${day}`;
}

/** Said beside every verdict: what no commit holds is in no history. */
function asides({ workTree }: MeasuredHistory): readonly string[] {
  if (workTree === null || workTree.changed === 0) return [];
  const have = workTree.changed === 1 ? 'has' : 'have';
  return [`${count(workTree.changed, 'tracked file')} ${have} uncommitted changes, which belong to no history yet.`];
}

const shortened = (subject: string): string =>
  subject.length > 60 ? `${subject.slice(0, 59).toWellFormed()}…` : subject;
