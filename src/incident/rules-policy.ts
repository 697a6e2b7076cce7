/**
 * The organisation's own promises: what its published policy says about telling people. Nobody but the organisation
 * made them duties, and they are shown apart from law and contract.
 *
 * The wording judged here is that of the policy Holdfast starts with: "breach with access to or change of customer
 * data: the authority within 72 hours"; "external access: customers directly"; "same account: release notes or direct
 * contact"; "confirmed vulnerability: Atlassian".
 */
import type { ClockRule, DutyRule } from './duty.ts';
import {
  breached,
  isApp,
  isDataCenter,
  isProcessor,
  personalData,
  readable,
  seenOrChanged,
  unreadable,
  vulnerabilityConfirmed,
} from './terms.ts';

const policy = {
  instrument: 'own policy',
  article: null,
  seen: 'official',
  sources: ['own policy'],
  validFrom: null,
  validTo: null,
} as const;

const promisedToAuthority = { all: [isProcessor, personalData, breached, seenOrChanged] } as const;
const oursToTell = { any: [isProcessor, isDataCenter] } as const;

export const POLICY_DUTIES: readonly DutyRule[] = [
  {
    ...policy,
    id: 'policy-hbdi-72h',
    title: 'Tell the data protection authority, as promised',
    to: 'hbdi',
    clocks: ['policy-hbdi-72h'],
    notices: ['gdpr-33-3', 'hbdi-form'],
    cases: [
      {
        when: { all: [promisedToAuthority, unreadable] },
        level: 'conditional',
        why: 'Nobody could read the data: whether the promise covers that has to be decided, together with the customer.',
        sure: 'judgement',
      },
      {
        when: promisedToAuthority,
        level: 'policy',
        why: 'Our policy promises it; the law obliges the customer, so agree with the customer before filing.',
      },
    ],
    otherwise: 'The promise speaks of access to or change of customer data that we process.',
  },
  {
    ...policy,
    id: 'policy-customers-direct',
    title: 'Tell the customers directly, as promised',
    to: 'customers',
    clocks: ['policy-customers-direct'],
    notices: ['customer-notice'],
    cases: [
      {
        when: {
          all: [
            breached,
            { fact: 'accessBy', is: ['external', 'other-customer'] },
            seenOrChanged,
            readable,
            oursToTell,
          ],
        },
        level: 'policy',
        why: 'Somebody from outside the account got access, another customer included: our policy promises direct contact.',
      },
      {
        when: {
          all: [breached, { fact: 'accessBy', is: ['lost-unknown'] }, { effects: ['C'] }, readable, isProcessor],
        },
        level: 'conditional',
        why: 'The carrier is lost and readable: if somebody outside has it, the promise applies; the fact `accessBy` decides.',
        sure: 'judgement',
      },
      {
        when: { all: [breached, { fact: 'accessBy', is: ['unknown'] }, seenOrChanged, readable, oursToTell] },
        level: 'conditional',
        why: 'It is not known who got access: if it was somebody outside, the promise applies; the fact `accessBy` decides.',
        sure: 'judgement',
      },
    ],
    otherwise: 'No external party saw or changed readable data of a customer.',
  },
  {
    ...policy,
    id: 'policy-same-account-choice',
    title: 'Choose: release notes or direct contact',
    to: 'customers',
    clocks: ['policy-same-account-choice'],
    notices: ['release-note-security', 'customer-notice'],
    cases: [
      {
        when: {
          all: [
            { fact: 'accessBy', is: ['same-account'] },
            { duty: 'gdpr-33-2', is: ['law'] },
          ],
        },
        level: 'overridden-by-gdpr-33-2',
        why: 'Personal data was in fact accessed: Art. 33(2) GDPR requires telling the controller, and release notes do not.',
      },
      {
        when: { fact: 'accessBy', is: ['same-account'] },
        level: 'policy',
        why: 'Only users of the same account could exceed their rights: release notes or direct contact, decided and recorded.',
      },
    ],
    otherwise: 'It is not a case within one account.',
  },
  {
    ...policy,
    id: 'policy-atlassian-vulnerability',
    title: 'Tell Atlassian of the vulnerability, as promised',
    to: 'atlassian',
    clocks: ['policy-atlassian-vulnerability'],
    notices: ['atlassian-vulnerability'],
    cases: [
      {
        when: { all: [isApp, vulnerabilityConfirmed] },
        level: 'policy',
        why: 'A vulnerability of an app is confirmed: our policy promises to tell Atlassian.',
      },
    ],
    otherwise: 'No vulnerability of an app is confirmed.',
  },
];

const promise = {
  ...policy,
  period: null,
  holidays: null,
  internalTargetHours: null,
  late: null,
  wording: 'the policy names no time',
} as const;

export const POLICY_CLOCKS: readonly ClockRule[] = [
  {
    ...promise,
    id: 'policy-hbdi-72h',
    title: 'Tell the data protection authority, as promised',
    to: 'hbdi',
    trigger: 'vendor-aware',
    period: { kind: 'hours', n: 72, rule: 'reg1182-hours' },
    wording: null,
    holidays: 'seat',
    notes: ['Our own promise, counted like Art. 33(1) GDPR. As processor we have no such duty in law.'],
  },
  {
    ...promise,
    id: 'policy-customers-direct',
    title: 'Tell the customers directly, as promised',
    to: 'customers',
    trigger: 'vendor-aware',
    notes: ['A promise without a time cannot be late. Put a number into the policy.'],
  },
  {
    ...promise,
    id: 'policy-same-account-choice',
    title: 'Choose: release notes or direct contact',
    to: 'customers',
    trigger: 'vendor-aware',
    notes: ['The choice is recorded with its reason and approver.'],
  },
  {
    ...promise,
    id: 'policy-atlassian-vulnerability',
    title: 'Tell Atlassian of the vulnerability, as promised',
    to: 'atlassian',
    trigger: 'vulnerability-confirmed',
    notes: ['A promise without a time cannot be late. Put a number into the policy.'],
  },
];
