/** What the service shows to everybody, made from the latest recorded evaluation. Nothing is measured here. */
import { dayIn, between, type Instant } from '../lib/time.ts';
import { EVALUATION_LASTS } from '../policy/evaluation-age.ts';
import type { StandingReader } from '../policy/standing.actions.ts';
import { publishedPolicy, type PublishedPolicy } from './published-policy.ts';

export interface PublicWorld {
  readonly reader: StandingReader;
  /** Absolute: the folder of the policy, which is hidden from everybody. */
  readonly root: string;
  /** `https:` address of the service, ending with `/`; `null` on this machine alone. */
  readonly url: string | null;
}

export type PublicStanding =
  /** Nothing can be shown yet. */
  | { readonly kind: 'nothing'; readonly unreadableSince: Instant | null }
  | {
      readonly kind: 'policy';
      /** Changes with everything that the page shows. */
      readonly key: string;
      readonly isOld: boolean;
      readonly unreadableSince: Instant | null;
      readonly publish: () => Promise<PublishedPolicy>;
    };

/** @throws DB_… */
export async function publicStanding({ reader, root }: PublicWorld, now: Instant): Promise<PublicStanding> {
  const standing = await reader.latest();
  const unreadableSince = (await reader.obstacle())?.since ?? null;
  if (standing === null) return { kind: 'nothing', unreadableSince };
  const { origin, entry, report, document, facts, basis, zone } = standing;
  const isOld = between(report.evaluatedAt, now) > EVALUATION_LASTS;
  return {
    kind: 'policy',
    key: [origin, entry, dayIn(now, zone), isOld, unreadableSince].join(' '),
    isOld,
    unreadableSince,
    publish: async () => {
      const { strips } = await reader.year(standing, now);
      const evaluation = { report, document, digest: basis.document, facts, root };
      return publishedPolicy(evaluation, basis.holdfast, { strips, recorded: { origin, entry } });
    },
  };
}
