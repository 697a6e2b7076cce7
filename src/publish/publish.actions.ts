/**
 * Publishes a policy: evaluates it here and now, as `holdfast check` does, and writes what everybody may read into a folder.
 *
 * What is shown is published-policy.ts, the files are put together by the caller (publish.cli.ts), because only an entry point knows pages.
 */
import { no, ok, type Result } from '../lib/result.ts';
import type { LogPlace } from '../log/log.actions.ts';
import { publicLog, type PublicLog } from '../log/log-serve.actions.ts';
import type { PolicyReport } from '../policy/evaluate.ts';
import { evaluateDocument, type PolicyRequest } from '../policy/policy.actions.ts';
import { publishedPolicy, type PublishedPolicy } from './published-policy.ts';
import { writePublished, type FolderChange, type FolderRefusal, type PublicFile } from './published-folder.client.ts';

export type { PublicLog };

export interface PublishOrder extends Omit<PolicyRequest, 'only' | 'release'> {
  readonly folder: string;
  readonly force: boolean;
  readonly toolVersion: string;
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
  const { folder, force, toolVersion, log, filesOf, ...request } = order;
  const evaluation = await evaluateDocument({ ...request, only: null, release: null });
  const policy = publishedPolicy(evaluation, toolVersion);
  const changed = writePublished({ cwd: order.cwd, folder, force }, filesOf(policy, await publicLog(log, order.now)));
  return changed.ok ? ok({ ...changed.value, policy, report: evaluation.report }) : no(changed.error);
}
