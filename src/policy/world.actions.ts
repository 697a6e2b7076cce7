/** What the policy in the service is made from: put together by src/service.ts, once for a process. */
import type { Json } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import type { OpenLog } from '../log/log.actions.ts';
import type { Control, GatherContext } from './control.ts';
import { placeOfPolicy, type PolicyPlace } from './policy-file.client.ts';
import { policySubject } from './recorded-evaluation.ts';

export interface PolicyWorld {
  readonly log: OpenLog;
  readonly cwd: string;
  /** The folder of the policy, or the document, as it was typed. */
  readonly path: string;
  /** `--data`: where the log is, for the control that verifies it. */
  readonly data: string;
  readonly controls: readonly Control[];
  /** `--db`; `null` for the usual order of places. */
  readonly database: string | null;
  /** Of Holdfast. */
  readonly version: string;
  readonly env: GatherContext['env'];
  readonly place: PolicyPlace;
  /** How the log names the document. */
  readonly subject: string;
  readonly memory: PolicyMemory;
}

/** What this process found when it asked its own controls last: a report that arrives is no reason to verify a long log again. */
export interface PolicyMemory {
  asked: {
    readonly at: Instant;
    /** Of the texts that were read then: others mean other facts. */
    readonly texts: string;
    /** By control and parameters. */
    readonly facts: ReadonlyMap<string, Json>;
  } | null;
}

export function policyWorld(settings: Omit<PolicyWorld, 'place' | 'subject' | 'memory'>): PolicyWorld {
  const place = placeOfPolicy(settings.cwd, settings.path);
  return { ...settings, place, subject: policySubject(place.shown), memory: { asked: null } };
}
