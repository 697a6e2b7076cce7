/**
 * The facts of a case: what people say happened. Duties are derived from them (derive.ts), never the other way round.
 *
 * A fact that is left out is `unknown`, except the rare ones, which are taken as "no" (their `whenAbsent`). People set
 * `risk` and `severe`; both are judgements that need a written reason. Reading a file of facts is facts-file.ts.
 */
import type { Instant } from '../lib/time.ts';

export type Effect = 'C' | 'I' | 'A';

/** What may stand for each fact, in words for people. The order of `values` runs from harmless to grave where there is one. */
export const FACTS = {
  product: {
    means: 'what the case is about',
    values: [
      'forge-runs-on-atlassian',
      'forge-remote',
      'connect-cloud',
      'data-center',
      'website',
      'support-system',
      'internal-it',
      'unknown',
    ],
    whenAbsent: 'unknown',
  },
  personalData: { means: 'is personal data concerned', values: ['no', 'unknown', 'yes'], whenAbsent: 'unknown' },
  role: {
    means: 'our role for this data: processor for customers, controller for our own',
    values: ['none', 'processor', 'controller', 'both', 'unknown'],
    whenAbsent: 'unknown',
  },
  accessBy: {
    means: 'who got access',
    values: ['nobody', 'unknown', 'lost-unknown', 'insider', 'same-account', 'other-customer', 'external'],
    whenAbsent: 'unknown',
  },
  breach: {
    means: 'was there a breach of security with effect on data',
    values: ['no', 'unknown', 'availability-temporary', 'yes'],
    whenAbsent: 'unknown',
  },
  effects: { means: 'what was lost: confidentiality, integrity, availability', values: 'list', whenAbsent: 'unknown' },
  encryptedKeySafe: {
    means: 'was the data encrypted and the key safe',
    values: [true, false, 'unknown'],
    whenAbsent: 'unknown',
  },
  risk: {
    means: 'risk to the people whose data it is (a judgement with a written reason)',
    values: ['unlikely', 'risk', 'high', 'unknown'],
    whenAbsent: 'unknown',
  },
  craProduct: {
    means: 'is it a product with digital elements (installable, or the cloud part of one)',
    values: [false, true, 'unknown'],
    whenAbsent: 'unknown',
  },
  vulnConfirmed: {
    means: 'is a vulnerability in it confirmed',
    values: [false, true, 'unknown'],
    whenAbsent: 'unknown',
  },
  exploited: {
    means: 'did somebody exploit it: no, only in other products, yes',
    values: ['no', 'elsewhere', 'yes', 'unknown'],
    whenAbsent: 'unknown',
  },
  severe: {
    means: 'is it a severe incident in the sense of CRA Art. 14(5) (a judgement with a written reason)',
    values: [false, true, 'unknown'],
    whenAbsent: 'unknown',
  },
  reachable: {
    means: 'is the vulnerable code of a dependency reachable',
    values: [false, true, 'unknown'],
    whenAbsent: 'unknown',
  },
  appCompromised: {
    means: 'was the app itself, its build or its keys taken over',
    values: [false, 'credential-exposed-unused', true, 'unknown'],
    whenAbsent: false,
  },
  dependency: { means: 'is it an alert about a dependency', values: [false, true, 'unknown'], whenAbsent: false },
  degradesAtlassian: {
    means: 'does the app degrade Atlassian systems',
    values: [false, true, 'unknown'],
    whenAbsent: false,
  },
  art34Relief: {
    means: 'relief under Art. 34(3) GDPR: (b) later measures, (c) public communication',
    values: ['none', 'later-measures', 'public', 'unknown'],
    whenAbsent: 'none',
  },
} as const;

export type FactName = keyof typeof FACTS;
type ValueOf<F extends FactName> = F extends 'effects'
  ? readonly Effect[] | 'unknown'
  : (typeof FACTS)[F]['values'] extends readonly (infer V)[]
    ? V
    : never;

export type CaseFacts = { readonly [F in FactName]: ValueOf<F> };
/** A value that a rule may ask for; effects are asked for by their letters. */
export type FactValue<F extends FactName = FactName> = F extends 'effects' ? never : ValueOf<F>;

/** Object.keys loses the type; FACTS is a literal of this file, so its keys are the fact names. */
export const FACT_NAMES = Object.keys(FACTS) as readonly FactName[];

/** Nothing known yet. */
export const UNKNOWN_FACTS: CaseFacts = {
  product: 'unknown',
  personalData: 'unknown',
  role: 'unknown',
  accessBy: 'unknown',
  breach: 'unknown',
  effects: 'unknown',
  encryptedKeySafe: 'unknown',
  risk: 'unknown',
  craProduct: 'unknown',
  vulnConfirmed: 'unknown',
  exploited: 'unknown',
  severe: 'unknown',
  reachable: 'unknown',
  appCompromised: FACTS.appCompromised.whenAbsent,
  dependency: FACTS.dependency.whenAbsent,
  degradesAtlassian: FACTS.degradesAtlassian.whenAbsent,
  art34Relief: FACTS.art34Relief.whenAbsent,
};

/** Moments that start clocks, beside the facts that decide duties. `null`: it has not happened, or nobody said. */
export interface CaseTimes {
  /** When we were aware, in the sense of AWARE_MEANS (awareness.ts). Never in the future. */
  readonly awareAt: Instant | null;
  readonly noticedAt: Instant | null;
  /** A corrective or mitigating measure became available (CRA 14(2)(c)). */
  readonly measureAvailableAt: Instant | null;
  /** The 72-hour incident notification was submitted (CRA 14(4)(c)). */
  readonly notificationSubmittedAt: Instant | null;
  /** The AMS ticket was opened (Atlassian fix times). */
  readonly amsReportedAt: Instant | null;
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type FixSeverity = (typeof SEVERITIES)[number];
