/**
 * The GDPR: who is told about a personal data breach, when, and what is written down.
 *
 * Source: Regulation (EU) 2016/679, Art. 4(12), 33, 34; EDPB Guidelines 9/2022 for the readings. In force since
 * 25 May 2018. A reform of Art. 33 (COM(2025) 837: 96 hours, high risk only) was still a proposal on 10 September 2026;
 * when it applies, the rules below get a `validTo` and new ones stand beside them.
 */
import type { ClockRule, DutyRule } from './duty.ts';
import {
  breached,
  breachOpen,
  brieflyUnavailable,
  isController,
  isProcessor,
  noPersonalData,
  personalData,
  readable,
  unreadable,
  unreadableAndAvailable,
} from './terms.ts';

const gdpr = {
  instrument: 'GDPR',
  validFrom: '2018-05-25',
  validTo: null,
} as const;

const controllerBreach = {
  all: [personalData, isController, { any: [breached, brieflyUnavailable] }],
} as const;

const noController = {
  when: { not: isController },
  level: 'no',
  why: 'We are not the controller for this data.',
} as const;
const noPersonal = { when: noPersonalData, level: 'no', why: 'No personal data is concerned.' } as const;
const notCertain = {
  when: breachOpen,
  level: 'no',
  why: 'Nobody is reasonably certain of a breach yet: the fact `breach` decides; write down when it is assessed again.',
} as const;
const noBreach = {
  when: { fact: 'breach', is: ['no'] },
  level: 'no',
  why: 'There was no personal data breach.',
} as const;

export const GDPR_DUTIES: readonly DutyRule[] = [
  {
    ...gdpr,
    id: 'gdpr-33-2',
    title: 'Tell the controllers (our customers)',
    article: '33(2)',
    seen: 'official',
    sources: ['S-GDPR', 'S-EDPB', 'S-NI'],
    to: 'customers',
    clocks: ['gdpr-33-2'],
    notices: ['gdpr-33-2-notice'],
    cases: [
      {
        when: { all: [personalData, isProcessor, breached, unreadableAndAvailable] },
        level: 'conditional',
        why: 'The data was unreadable and stayed available: the contract with the customer decides, since 33(2) has no risk test.',
        sure: 'judgement',
      },
      {
        when: { all: [personalData, isProcessor, breached] },
        level: 'law',
        why: 'A processor tells the controller of every personal data breach without undue delay, whatever the risk.',
      },
      {
        when: { all: [personalData, isProcessor, brieflyUnavailable] },
        level: 'conditional',
        why: 'The data was unavailable for a short time only: contract and duration decide.',
        sure: 'judgement',
      },
      {
        when: { all: [personalData, isProcessor, breachOpen] },
        level: 'recommended',
        why: 'Nobody is reasonably certain of a breach yet, but access cannot be ruled out: tell early.',
        sure: 'judgement',
      },
      noPersonal,
      { when: { not: isProcessor }, level: 'no', why: 'We are not a processor for this data.' },
    ],
    otherwise: 'There was no personal data breach.',
  },
  {
    ...gdpr,
    id: 'gdpr-33-5',
    title: 'Enter the breach in the register',
    article: '33(5)',
    seen: 'official',
    sources: ['S-GDPR'],
    to: null,
    clocks: [],
    notices: ['gdpr-33-5-register'],
    cases: [
      {
        when: controllerBreach,
        level: 'law',
        why: 'The controller documents every personal data breach, notified or not.',
      },
      noController,
      noPersonal,
      notCertain,
    ],
    otherwise: 'There was no personal data breach.',
  },
  {
    ...gdpr,
    id: 'gdpr-33-1',
    title: 'Notify the data protection authority',
    article: '33(1)',
    seen: 'official',
    sources: ['S-GDPR', 'S-EDPB'],
    to: 'hbdi',
    clocks: ['gdpr-33-1'],
    notices: ['gdpr-33-3', 'hbdi-form'],
    cases: [
      {
        when: { all: [controllerBreach, { fact: 'risk', is: ['risk', 'high'] }] },
        level: 'law',
        why: 'The breach is likely to result in a risk to people, so the controller notifies the authority within 72 hours.',
      },
      noController,
      noPersonal,
      notCertain,
      noBreach,
      {
        when: { fact: 'risk', is: ['unlikely'] },
        level: 'no',
        why: 'A risk to people is unlikely: keep the reasons in the register.',
        sure: 'judgement',
      },
    ],
    otherwise: 'There was no personal data breach.',
  },
  {
    ...gdpr,
    id: 'gdpr-34',
    title: 'Tell the people whose data it is',
    article: '34',
    seen: 'secondary',
    sources: ['S-GDPR', 'S-GH34'],
    to: 'data-subjects',
    clocks: ['gdpr-34'],
    notices: ['gdpr-34-2'],
    cases: [
      {
        when: {
          all: [controllerBreach, { fact: 'risk', is: ['high'] }, readable, { fact: 'art34Relief', is: ['public'] }],
        },
        level: 'law',
        why: 'The risk is high and telling each person would be disproportionate: tell them by public communication, 34(3)(c).',
      },
      {
        when: {
          all: [controllerBreach, { fact: 'risk', is: ['high'] }, readable, { fact: 'art34Relief', is: ['none'] }],
        },
        level: 'law',
        why: 'The breach is likely to result in a high risk to people, so the controller tells them without undue delay.',
      },
      noController,
      noPersonal,
      notCertain,
      noBreach,
      { when: { not: { fact: 'risk', is: ['high'] } }, level: 'no', why: 'The risk to people is not high.' },
      { when: unreadable, level: 'no', why: 'The data is unintelligible to whoever has it, 34(3)(a).' },
      {
        when: { fact: 'art34Relief', is: ['later-measures'] },
        level: 'no',
        why: 'Later measures make the high risk no longer likely, 34(3)(b).',
      },
    ],
    otherwise: 'There is no high risk to people.',
  },
];

export const GDPR_CLOCKS: readonly ClockRule[] = [
  {
    ...gdpr,
    id: 'gdpr-33-1',
    title: 'Notify the data protection authority',
    article: '33(1)',
    seen: 'official',
    sources: ['S-GDPR', 'S-EDPB'],
    to: 'hbdi',
    trigger: 'controller-aware',
    period: { kind: 'hours', n: 72, rule: 'reg1182-hours' },
    wording: 'without undue delay and, where feasible, not later than 72 hours after having become aware of it',
    holidays: 'seat',
    internalTargetHours: null,
    late: 'A late notice also gives the reasons for the delay, Art. 33(1) sentence 2; the duty remains.',
    notes: [
      '72 hours are the outer limit: the duty is "without undue delay".',
      'Parts that are not known yet may follow without undue further delay, Art. 33(4).',
    ],
  },
  {
    ...gdpr,
    id: 'gdpr-33-2',
    title: 'Tell the controllers (our customers)',
    article: '33(2)',
    seen: 'official',
    sources: ['S-GDPR', 'S-EDPB', 'S-NI'],
    to: 'customers',
    trigger: 'processor-aware',
    period: null,
    wording: 'without undue delay',
    holidays: null,
    internalTargetHours: 24,
    late: null,
    notes: [
      'The law sets the processor no number of hours. The contract with a customer may: look there.',
      'A processor notifies the authority only where the controller authorised it.',
    ],
  },
  {
    ...gdpr,
    id: 'gdpr-34',
    title: 'Tell the people whose data it is',
    article: '34(1)',
    seen: 'secondary',
    sources: ['S-GDPR', 'S-GH34'],
    to: 'data-subjects',
    trigger: 'controller-aware',
    period: null,
    wording: 'without undue delay',
    holidays: null,
    internalTargetHours: null,
    late: null,
    notes: [
      'The authority may order it, Art. 34(4).',
      'Section 29(1) sentence 3 BDSG limits the duty where it would reveal secret information.',
    ],
  },
  {
    ...gdpr,
    id: 'gdpr-33-5',
    title: 'Enter the breach in the register',
    article: '33(5)',
    seen: 'official',
    sources: ['S-GDPR'],
    to: null,
    trigger: 'breach-recorded',
    period: null,
    wording: null,
    holidays: null,
    internalTargetHours: null,
    late: null,
    notes: ['The law names no time. The register has to let the authority check that Art. 33 was kept.'],
  },
];
