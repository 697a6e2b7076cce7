/** The shape of `HistoryFacts` (release-history.ts), for facts that arrive in a report. */
import * as z from 'zod';
import { amount, instant, listOf, text } from '../policy/fact-shapes.ts';
import { parseCommitId, type CommitId } from './git-format.ts';

/** What Git calls a commit; the type's one parser decides. */
const commitId = z.string().transform((id, context): CommitId => {
  const parsed = parseCommitId(id);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom', message: 'is not the full id of a commit' });
  return z.NEVER;
});
const person = z.object({ name: text, at: instant.nullable() });
const commit = { id: text, parents: amount, author: person, committer: person, subject: text };
const tag = z.object({
  name: text,
  id: text,
  annotated: z.boolean(),
  signed: z.boolean(),
  at: instant.nullable(),
  commit: commitId.nullable(),
});
const named = z.object({ name: text, commit: text.nullable() });

const measured = z.object({
  state: z.literal('measured'),
  at: instant,
  digest: text,
  release: z.object({ ref: text, commit: text, tags: listOf(text) }),
  branch: z.object({ name: text, measured: text, tip: text, releaseOnLocal: z.boolean() }),
  previous: z.object({ tag: text, commit: text, at: instant.nullable() }).nullable(),
  tags: z.object({
    pattern: text,
    total: amount,
    annotated: amount,
    signed: amount,
    offBranch: amount,
    offBranchListed: listOf(named),
    listed: listOf(tag),
  }),
  commits: z.object({
    total: amount,
    offBranch: amount,
    offBranchListed: listOf(z.object(commit)),
    ahead: amount,
    listed: listOf(z.object({ ...commit, firstParent: z.boolean() })),
  }),
  workTree: z.object({ changed: amount, untracked: amount, listed: listOf(text) }).nullable(),
});

export const HISTORY_SHAPE = z.union([
  measured,
  z.object({ state: z.enum(['no-repository', 'no-commit']), at: instant }),
  z.object({ state: z.literal('foreign'), at: instant, commit: text }),
  z.object({ state: z.literal('no-branch'), at: instant, branch: text }),
  z.object({
    state: z.literal('distorted'),
    at: instant,
    shallow: z.boolean(),
    grafted: z.boolean(),
    replaced: amount,
  }),
]);
