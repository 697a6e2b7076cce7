/**
 * Publishes a policy: evaluates it here and now, as `holdfast check` does, and writes what everybody may read into a folder.
 *
 * What is shown is published-policy.ts, the files are put together by the caller (publish.cli.ts), because only an entry point knows pages.
 */
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { LogPlace } from '../log/log.actions.ts';
import type { PublicLog } from '../log/log-serve.actions.ts';
import type { Evaluation, PolicyReport } from '../policy/evaluate.ts';
import { evaluateDocument, type PolicyRequest } from '../policy/policy.actions.ts';
import { publishedPolicy, type PublishedPolicy, type Remembered } from './published-policy.ts';
import { writePublished, type FolderChange, type FolderRefusal, type PublicFile } from './published-folder.client.ts';

export type { PublicLog };

export interface PublishOrder extends Omit<PolicyRequest, 'only' | 'release' | 'data'> {
  readonly folder: string;
  readonly force: boolean;
  readonly toolVersion: string;
  /** Where evaluations may have been recorded: the year of each statement comes from there, and the checkpoints. */
  readonly log: LogPlace;
  readonly filesOf: (policy: PublishedPolicy, log: PublicLog | null) => readonly PublicFile[];
}

export interface Publication extends FolderChange {
  readonly policy: PublishedPolicy;
  readonly report: PolicyReport;
}

/**
 * A policy that is not kept is published like any other: showing that is what the page is for.
 *
 * @throws what `evaluateDocument` throws, LOG_…, DB_… and FILE_UNWRITABLE.
 */
export async function publishPolicy(order: PublishOrder): Promise<Result<Publication, FolderRefusal>> {
  const { folder, force, toolVersion, filesOf, log, ...request } = order;
  const evaluation = await evaluateDocument({ ...request, data: log.data, only: null, release: null });
  const strips = await stripsIn(log, evaluation, order.now);
  // What is measured here is not recorded, so it names no entry.
  const policy = publishedPolicy(evaluation, toolVersion, { strips, recorded: null });
  const changed = writePublished({ cwd: order.cwd, folder, force }, filesOf(policy, await publicLogOf(log, order.now)));
  return changed.ok ? ok({ ...changed.value, policy, report: evaluation.report }) : no(changed.error);
}

async function stripsIn(log: LogPlace, { report, facts }: Evaluation, now: Instant): Promise<Remembered['strips']> {
  // Loads the database, which publishing without a history does not need.
  const { rememberedYear } = await import('../policy/standing.actions.ts');
  const zone = facts.organisation?.timezone ?? 'UTC';
  return (await rememberedYear(log, { shown: report.policy, zone }, now))?.strips ?? new Map();
}

async function publicLogOf(log: LogPlace, now: Instant): Promise<PublicLog | null> {
  const { publicLog } = await import('../log/log-serve.actions.ts');
  return publicLog(log, now);
}
