/**
 * NIS2 as Germany transposed it. No duty is derived from it: a vendor below 50 people and EUR 10 million is outside, and
 * an app vendor fits none of the exceptions that ignore size. The clocks are here for whoever grows into it.
 *
 * Source: Directive (EU) 2022/2555, Art. 23(4); section 32 BSIG, in force since 6 December 2025. Regulation 1182/71
 * speaks of acts of the Union; the period here stands in national law, so only the elapsed time is computed.
 */
import type { ClockRule } from './duty.ts';

const nis2 = {
  instrument: 'NIS2 / section 32 BSIG',
  validFrom: '2025-12-06',
  validTo: null,
  seen: 'secondary',
  sources: ['S-NIS2', 'S-NIS2b'],
  to: 'bsi-nis2',
  wording: null,
  holidays: null,
  internalTargetHours: null,
  late: null,
} as const;

const WHOM =
  'Only for important and particularly important entities: a listed sector, and 50 people or more than EUR 10 million both in turnover and balance sheet.';
const FINAL = 'The final report follows one month after the 72-hour notification was submitted, Art. 23(4)(d).';

export const NIS2_CLOCKS: readonly ClockRule[] = [
  {
    ...nis2,
    id: 'nis2-23',
    title: 'Early warning of a significant incident',
    article: '23(4)(a)',
    trigger: 'entity-aware',
    period: { kind: 'elapsed-hours', n: 24, rule: 'national-law-elapsed' },
    notes: [WHOM, 'The notification follows within 72 hours of awareness: `nis2-23-notification`.', FINAL],
  },
  {
    ...nis2,
    id: 'nis2-23-notification',
    title: 'Notification of a significant incident',
    article: '23(4)(b)',
    trigger: 'entity-aware',
    period: { kind: 'elapsed-hours', n: 72, rule: 'national-law-elapsed' },
    notes: [WHOM, FINAL],
  },
];
