/** Keeping a checkpoint in a Git repository, and reading those that are kept there. */
import type { Instant } from '../lib/time.ts';
import type { GitEnv } from '../platform/git-program.ts';
import { NOTES_REF, readAnchors, writeAnchor } from './git-anchors.client.ts';
import type { HeldCheckpoint } from './held-checkpoint.ts';
import { currentCheckpoint } from './log-export.actions.ts';
import type { Anchored } from './log.text.ts';
import type { LogPlace } from './log.actions.ts';

/**
 * Signs the log and keeps the checkpoint as the note of a commit of the checkout in the working folder.
 *
 * @throws LOG_…, GIT_…
 */
export async function anchorInGit(place: LogPlace, revision: string, now: Instant): Promise<Anchored> {
  const { note, checkpoint } = await currentCheckpoint(place, now);
  const commit = await writeAnchor(place.cwd, place.env, revision, note);
  return { commit, ref: NOTES_REF, origin: checkpoint.origin, size: checkpoint.size };
}

/** @throws GIT_… */
export const gitAnchors = (cwd: string, env: GitEnv): Promise<readonly HeldCheckpoint[]> => readAnchors(cwd, env);
