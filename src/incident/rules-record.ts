/**
 * What is written down or published whether or not anybody has to be told.
 *
 * Source: good practice of coordinated disclosure (ISO/IEC 29147, CNA Operational Rules 4.1.12: updating a dependency
 * is no vulnerability of one's own) and the own policy's sentence on dependency alerts.
 */
import type { DutyRule } from './duty.ts';
import { breached, isApp, isDataCenter, vulnerabilityConfirmed } from './terms.ts';

const practice = { article: null, validFrom: null, validTo: null, clocks: [] } as const;

export const RECORD_DUTIES: readonly DutyRule[] = [
  {
    ...practice,
    id: 'advisory-cve',
    title: 'Publish an advisory, with a CVE if users must act',
    instrument: 'good practice',
    seen: 'official',
    sources: ['S-CNA', 'S-CNA41'],
    to: 'public',
    notices: ['csaf-security-advisory'],
    cases: [
      {
        when: { all: [isApp, vulnerabilityConfirmed, { any: [isDataCenter, breached] }] },
        level: 'recommended',
        why: 'Users have to install the fix, or data was affected: an advisory with the fixed version serves them.',
      },
      {
        when: { all: [isApp, vulnerabilityConfirmed] },
        level: 'optional',
        why: 'The fix reaches everybody by itself and nothing happened: an advisory is a free choice.',
      },
    ],
    otherwise: 'No vulnerability of an app is confirmed.',
  },
  {
    ...practice,
    id: 'vex-record',
    title: 'Record the decision on the dependency alert',
    instrument: 'own policy',
    seen: 'official',
    sources: ['own policy', 'S-OVEX'],
    to: null,
    notices: [],
    cases: [
      {
        when: { fact: 'dependency', is: [true] },
        level: 'policy',
        why: 'Every dependency alert ends in a decision that is recorded (VEX).',
      },
    ],
    otherwise: 'It is no dependency alert.',
  },
  {
    ...practice,
    id: 'record-internal',
    title: 'Keep the internal record',
    instrument: 'good practice',
    seen: 'official',
    sources: ['S-EDPB'],
    to: null,
    notices: [],
    cases: [
      {
        when: { all: [] },
        level: 'always',
        why: 'Every case leaves a record: times, facts, decision, reasons, and why somebody was not told.',
      },
    ],
    otherwise: 'Every case leaves a record.',
  },
];
