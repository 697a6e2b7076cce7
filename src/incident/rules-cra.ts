/**
 * The Cyber Resilience Act: what a manufacturer reports on the Single Reporting Platform.
 *
 * Source: Regulation (EU) 2024/2847, Art. 14, 15, 69, 71(2). Art. 14 applies to awareness from 11 September 2026 on, also for products placed on
 * the market before 11 December 2027 (Art. 69). A browser app on somebody's cloud is by the prevailing reading no
 * product with digital elements; a Data Center app, a CLI, a desktop or mobile app is one. The fact `craProduct` says it.
 */
import type { ClockRule, DutyRule } from './duty.ts';
import { isCraProduct, vulnerabilityConfirmed } from './terms.ts';

const cra = {
  instrument: 'CRA',
  validFrom: '2026-09-11',
  validTo: null,
  seen: 'secondary',
  to: 'cra-srp',
} as const;

const noProduct = {
  when: { fact: 'craProduct', is: [false] },
  level: 'no',
  why: 'It is no product with digital elements (pure cloud service, by the prevailing reading).',
} as const;

export const CRA_DUTIES: readonly DutyRule[] = [
  {
    ...cra,
    id: 'cra-14-1',
    title: 'Report the actively exploited vulnerability',
    article: '14(1), 14(2)',
    sources: ['S-OSSF', 'S-HZ', 'S-ORC'],
    clocks: ['cra-14-2-a', 'cra-14-2-b', 'cra-14-2-c'],
    notices: ['cra-early-warning-vulnerability', 'cra-notification-vulnerability', 'cra-final-vulnerability'],
    cases: [
      {
        when: { all: [isCraProduct, vulnerabilityConfirmed, { fact: 'exploited', is: ['yes'] }] },
        level: 'law',
        why: 'There is reliable evidence that somebody exploited a vulnerability of our product, Art. 3(42).',
      },
      {
        when: {
          all: [
            isCraProduct,
            vulnerabilityConfirmed,
            { fact: 'exploited', is: ['elsewhere'] },
            { fact: 'reachable', is: [true] },
          ],
        },
        level: 'conditional',
        why: 'It is exploited in other products only and reachable in ours: whether that triggers the duty is open; have it decided.',
        sure: 'disputed',
      },
      noProduct,
      {
        when: { fact: 'vulnConfirmed', is: [false] },
        level: 'no',
        why: 'No vulnerability of our product is confirmed.',
      },
      {
        when: { fact: 'exploited', is: ['elsewhere'] },
        level: 'no',
        why: 'It is exploited in other products only, and not reachable in ours.',
      },
    ],
    otherwise: 'There is no reliable evidence that somebody exploited it.',
  },
  {
    ...cra,
    id: 'cra-14-3',
    title: 'Report the severe incident',
    article: '14(3), 14(4)',
    sources: ['S-HZ', 'S-CRAEV', 'S-OSSF'],
    clocks: ['cra-14-4-a', 'cra-14-4-b', 'cra-14-4-c'],
    notices: ['cra-early-warning-incident', 'cra-notification-incident', 'cra-final-incident'],
    cases: [
      {
        when: { all: [isCraProduct, { fact: 'severe', is: [true] }] },
        level: 'law',
        why: 'The incident is severe: it harms or can harm important data or functions, or can lead to malicious code, Art. 14(5).',
      },
      noProduct,
    ],
    otherwise: 'The incident on the product is not severe, Art. 14(5).',
  },
  {
    ...cra,
    id: 'cra-14-8',
    title: 'Inform the users of the product',
    article: '14(8)',
    sources: ['S-OSSF', 'S-FERRO'],
    to: 'customers',
    clocks: ['cra-14-8'],
    notices: ['cra-14-8-user-information'],
    cases: [
      {
        when: {
          any: [
            { duty: 'cra-14-1', is: ['law'] },
            { duty: 'cra-14-3', is: ['law'] },
          ],
        },
        level: 'law',
        why: 'Whoever has to report under 14(1) or 14(3) also informs the users and says what they can do.',
      },
    ],
    otherwise: 'Nothing has to be reported under 14(1) or 14(3).',
  },
  {
    ...cra,
    // Follows from what is not reported, so it is answered for every date.
    validFrom: null,
    id: 'cra-15-voluntary',
    title: 'Report voluntarily',
    article: '15',
    sources: ['S-SRP'],
    clocks: [],
    notices: [],
    cases: [
      {
        when: { all: [isCraProduct, vulnerabilityConfirmed, { duty: 'cra-14-1', is: ['no'] }] },
        level: 'optional',
        why: 'Anybody may report a vulnerability; the platform took no voluntary reports at launch, so write to CERT-Bund.',
      },
      noProduct,
      {
        when: { fact: 'vulnConfirmed', is: [false] },
        level: 'no',
        why: 'There is no confirmed vulnerability to report.',
      },
    ],
    otherwise: 'The report is already a duty, or may be one, under 14(1).',
  },
];

const srp = {
  ...cra,
  wording: null,
  holidays: 'federal',
  internalTargetHours: null,
  late: null,
} as const;

const WHOSE_HOLIDAYS =
  'Whose holidays count for a platform of the Union is open; the federal German ones give the earlier end.';
const PLATFORM_COUNTER = 'The platform shows early warning + 48 h. That counter is not the legal deadline.';
const SMALL_FIRMS = 'No fine for a micro or small enterprise that misses this one, Art. 64(10); the duty remains.';

export const CRA_CLOCKS: readonly ClockRule[] = [
  {
    ...srp,
    id: 'cra-14-2-a',
    title: 'Early warning of an exploited vulnerability',
    article: '14(2)(a)',
    sources: ['S-OSSF', 'S-HZ', 'S-ORC'],
    trigger: 'manufacturer-aware',
    period: { kind: 'hours', n: 24, rule: 'reg1182-hours' },
    notes: [SMALL_FIRMS],
  },
  {
    ...srp,
    id: 'cra-14-2-b',
    title: 'Notification of an exploited vulnerability',
    article: '14(2)(b)',
    sources: ['S-OSSF', 'S-HZ'],
    trigger: 'manufacturer-aware',
    period: { kind: 'hours', n: 72, rule: 'reg1182-hours' },
    notes: ['Counts from awareness, whenever the early warning was sent.', PLATFORM_COUNTER],
  },
  {
    ...srp,
    id: 'cra-14-2-c',
    title: 'Final report on an exploited vulnerability',
    article: '14(2)(c)',
    sources: ['S-OSSF', 'S-HZ'],
    trigger: 'corrective-measure-available',
    period: { kind: 'days', n: 14, rule: 'reg1182-days' },
    notes: ['There is no deadline until a corrective or mitigating measure exists.', WHOSE_HOLIDAYS],
  },
  {
    ...srp,
    id: 'cra-14-4-a',
    title: 'Early warning of a severe incident',
    article: '14(4)(a)',
    sources: ['S-HZ', 'S-CRAEV'],
    trigger: 'manufacturer-aware',
    period: { kind: 'hours', n: 24, rule: 'reg1182-hours' },
    notes: ['Says whether unlawful or malicious acts are suspected.', SMALL_FIRMS],
  },
  {
    ...srp,
    id: 'cra-14-4-b',
    title: 'Notification of a severe incident',
    article: '14(4)(b)',
    sources: ['S-HZ', 'S-CRAEV'],
    trigger: 'manufacturer-aware',
    period: { kind: 'hours', n: 72, rule: 'reg1182-hours' },
    notes: ['Counts from awareness, whenever the early warning was sent.', PLATFORM_COUNTER],
  },
  {
    ...srp,
    id: 'cra-14-4-c',
    title: 'Final report on a severe incident',
    article: '14(4)(c)',
    sources: ['S-HZ', 'S-CRAEV'],
    trigger: 'incident-notification-submitted',
    period: { kind: 'months', n: 1, rule: 'reg1182-months' },
    notes: ['Counts from the submission of the 72-hour notification, not from awareness.', WHOSE_HOLIDAYS],
  },
  {
    ...srp,
    id: 'cra-14-6',
    title: 'Intermediate report',
    article: '14(6)',
    sources: ['S-FERRO'],
    trigger: 'csirt-asks',
    period: null,
    wording: 'when the CSIRT asks for it',
    holidays: null,
    notes: ['The CSIRT that asks says by when.'],
  },
  {
    ...srp,
    id: 'cra-14-8',
    title: 'Inform the users of the product',
    article: '14(8)',
    sources: ['S-OSSF'],
    to: 'customers',
    trigger: 'manufacturer-aware',
    period: null,
    wording: 'after becoming aware',
    holidays: null,
    notes: [
      'If it is not timely, the CSIRT may inform the users itself.',
      'Where appropriate in a structured, machine-readable form: CSAF or VEX.',
    ],
  },
];
