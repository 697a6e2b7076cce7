/**
 * What a rule says: which duty exists when, towards whom, and which clock it starts. Types only.
 *
 * The rules themselves are data, split by where they come from: rules-gdpr.ts, rules-cra.ts, rules-nis2.ts,
 * rules-atlassian.ts, rules-policy.ts, rules-record.ts; rules.ts puts them together. derive.ts applies the duties to
 * facts, deadline.ts the clocks to moments. Adding a country, a contract or a new version of a law is adding data.
 */
import type { Period } from './clock.ts';
import type { Condition } from './condition.ts';
import type { NoticeKind } from './notice-kinds.ts';

export type DutyId =
  | 'gdpr-33-2'
  | 'gdpr-33-5'
  | 'gdpr-33-1'
  | 'gdpr-34'
  | 'policy-hbdi-72h'
  | 'policy-customers-direct'
  | 'policy-same-account-choice'
  | 'policy-atlassian-vulnerability'
  | 'atlassian-incident-24h'
  | 'atlassian-fix-clock'
  | 'cra-14-1'
  | 'cra-14-3'
  | 'cra-14-8'
  | 'cra-15-voluntary'
  | 'advisory-cve'
  | 'vex-record'
  | 'record-internal';

/**
 * Where a duty comes from, or why it is none. Law, contract and own promise are never mixed.
 *
 * `conditional` depends on a fact that is named, or on the contract; `overridden-by-gdpr-33-2` is a choice of the own
 * policy that the law has taken away.
 */
export type Level =
  | 'law'
  | 'contract'
  | 'policy'
  | 'recommended'
  | 'conditional'
  | 'optional'
  | 'overridden-by-gdpr-33-2'
  | 'always'
  | 'no';

/** How sure the reading is. `disputed` beats `judgement` beats `settled`. */
export type Sureness = 'settled' | 'judgement' | 'disputed';

/** How a source was read: the official text, a text that quotes or applies it, or general knowledge to be verified. */
export type Seen = 'official' | 'secondary' | 'memory';

export type RecipientId = 'hbdi' | 'cra-srp' | 'bsi-nis2' | 'atlassian' | 'customers' | 'data-subjects' | 'public';

/** Days `YYYY-MM-DD`, both inclusive; `null` means no limit is known. Chosen by the day of awareness. */
export interface Validity {
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

interface Sourced {
  readonly instrument: string;
  /** `null` where the instrument has no articles (an own policy). */
  readonly article: string | null;
  readonly seen: Seen;
  /** Short names of what was read; docs/guide/duties.md says what they are. */
  readonly sources: readonly string[];
}

export interface Case {
  readonly when: Condition;
  readonly level: Level;
  /** One sentence. */
  readonly why: string;
  /** `settled` when left out. */
  readonly sure?: Sureness;
}

export interface DutyRule extends Validity, Sourced {
  readonly id: DutyId;
  readonly title: string;
  readonly to: RecipientId | null;
  /** Clocks that run once the duty exists; empty for "without undue delay" and for duties without time. */
  readonly clocks: readonly ClockId[];
  readonly notices: readonly NoticeKind[];
  /** Read from the top; the first that is true decides. */
  readonly cases: readonly Case[];
  /** Why there is no duty when no case is true. */
  readonly otherwise: string;
}

export type Trigger =
  | 'controller-aware'
  | 'processor-aware'
  | 'manufacturer-aware'
  | 'entity-aware'
  | 'partner-aware'
  | 'vendor-aware'
  | 'corrective-measure-available'
  | 'incident-notification-submitted'
  | 'csirt-asks'
  | 'ams-reported'
  | 'vulnerability-confirmed'
  | 'breach-recorded';

/** `federal`: the `DE` holidays, whatever the seat; `seat`: those of the state where the organisation sits. */
type HolidayChoice = 'federal' | 'seat';

/** Ids people type: `gdpr-33-1`, `cra-14-2-c`, `atlassian-fix-critical-cloud`. */
type ClockId = string;

export interface ClockRule extends Validity, Sourced {
  readonly id: ClockId;
  readonly title: string;
  readonly to: RecipientId | null;
  readonly trigger: Trigger;
  /** `null`: the source names no number; `wording` says what it does say. */
  readonly period: Period | null;
  readonly wording: string | null;
  readonly holidays: HolidayChoice | null;
  /** A target of ours where the law has no number; never shown as law. */
  readonly internalTargetHours: number | null;
  /** What the source says about being late; `null` where it says nothing. */
  readonly late: string | null;
  readonly notes: readonly string[];
}
