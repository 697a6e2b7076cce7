/**
 * The contract with Atlassian: incident notice within 24 hours, and times for fixing what AMS reports.
 *
 * Source: Atlassian Developer Terms, Marketplace Partner Agreement, app security incident management guidelines, and the
 * Security Bug Fix Policy for Marketplace apps. A private contract: hours run as they run, no regulation stretches them.
 * The official pages seen say "promptly"; the 24 hours stand in three partners' policies of August to October 2026.
 */
import type { ClockRule, DutyRule } from './duty.ts';
import type { FixSeverity } from './case-facts.ts';
import {
  breached,
  breachOpen,
  isApp,
  isCloudApp,
  isProcessor,
  unreadableAndAvailable,
  vulnerabilityConfirmed,
} from './terms.ts';

const contract = { instrument: 'Atlassian contract', article: null, to: 'atlassian' } as const;

const INCIDENT_SOURCES = ['S-ATL-IMG', 'S-ATL-SRM', 'S-NAM', 'S-VUD', 'S-ART'];

export const ATLASSIAN_DUTIES: readonly DutyRule[] = [
  {
    ...contract,
    id: 'atlassian-incident-24h',
    title: 'Report the security incident to Atlassian',
    seen: 'secondary',
    sources: INCIDENT_SOURCES,
    validFrom: null,
    validTo: null,
    clocks: ['atlassian-incident-24h'],
    notices: ['atlassian-incident'],
    cases: [
      {
        when: {
          all: [
            isApp,
            {
              any: [
                {
                  all: [isProcessor, { any: [breachOpen, { all: [breached, { not: unreadableAndAvailable }] }] }],
                },
                { fact: 'appCompromised', is: [true] },
                { all: [isCloudApp, { fact: 'degradesAtlassian', is: [true] }] },
              ],
            },
          ],
        },
        level: 'contract',
        why: "Atlassian's definition covers actual or suspected access to end-user data, a compromised app, and cloud apps that degrade its systems.",
      },
      {
        when: { all: [isApp, { fact: 'appCompromised', is: ['credential-exposed-unused'] }] },
        level: 'recommended',
        why: "A key of the app was exposed and not used: outside the definition's wording, but Atlassian would want to know.",
      },
      { when: { not: isApp }, level: 'no', why: 'It does not concern an Atlassian app.' },
    ],
    otherwise: "It is no security incident by Atlassian's definition.",
  },
  {
    ...contract,
    id: 'atlassian-fix-clock',
    title: 'Fix the vulnerability in time',
    seen: 'secondary',
    sources: ['S-ATL-BFP', 'S-NAM', 'S-VUD', 'S-MATT', 'S-JBV'],
    validFrom: null,
    validTo: null,
    // Which one runs depends on severity and hosting; clocksOf in rules.ts picks it.
    clocks: [],
    notices: [],
    cases: [
      {
        when: { all: [isApp, vulnerabilityConfirmed] },
        level: 'contract',
        why: "The fix is due by CVSS severity and hosting, counted from Atlassian's ticket; late fixes lead to delisting.",
      },
      { when: { not: isApp }, level: 'no', why: 'It does not concern an Atlassian app.' },
    ],
    otherwise: 'No vulnerability of the app is confirmed.',
  },
];

type Hosting = 'cloud' | 'dc';

interface FixTimes {
  readonly hosting: Hosting;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly days: Readonly<Record<FixSeverity, number>>;
  readonly seen: 'official' | 'secondary';
  readonly notes: readonly string[];
}

/** Days by the dates on which a table was seen; when Atlassian put it into force is not known more exactly. */
const FIX_TIMES: readonly FixTimes[] = [
  {
    hosting: 'cloud',
    validFrom: null,
    validTo: '2026-07-31',
    days: { critical: 28, high: 42, medium: 56, low: 175 },
    seen: 'official',
    notes: ['As in the copies of 6 December 2022 and 8 October 2023; between then and August 2026 no copy was seen.'],
  },
  {
    hosting: 'cloud',
    validFrom: '2026-08-01',
    validTo: null,
    days: { critical: 10, high: 28, medium: 84, low: 175 },
    seen: 'secondary',
    notes: ["As in four partners' policies of August to October 2026; the official table of 2026 was not seen."],
  },
  {
    hosting: 'dc',
    validFrom: null,
    validTo: '2023-10-07',
    days: { critical: 90, high: 90, medium: 90, low: 180 },
    seen: 'official',
    notes: ['As in the copy of 6 December 2022.'],
  },
  {
    hosting: 'dc',
    validFrom: '2023-10-08',
    validTo: null,
    days: { critical: 84, high: 84, medium: 84, low: 175 },
    seen: 'official',
    notes: ['As in the copy of 8 October 2023. Not verified for 2026.'],
  },
];

const fixClock = (times: FixTimes, severity: FixSeverity): ClockRule => ({
  ...contract,
  id: fixClockId(severity, times.hosting),
  title: `Fix a ${severity} vulnerability of a ${times.hosting === 'dc' ? 'Data Center' : 'cloud'} app`,
  seen: times.seen,
  sources: ['S-ATL-BFP', 'S-NAM', 'S-VUD', 'S-MATT', 'S-JBV'],
  validFrom: times.validFrom,
  validTo: times.validTo,
  trigger: 'ams-reported',
  period: { kind: 'elapsed-hours', n: 24 * times.days[severity], rule: 'contract-elapsed' },
  wording: null,
  holidays: null,
  internalTargetHours: null,
  late: 'Apps with overdue fixes may be delisted or disabled.',
  notes: [
    ...times.notes,
    'A finding of a bug bounty programme has up to two weeks of triage before this clock starts.',
  ],
});

export const fixClockId = (severity: FixSeverity, hosting: Hosting): string => `atlassian-fix-${severity}-${hosting}`;

export const ATLASSIAN_CLOCKS: readonly ClockRule[] = [
  {
    ...contract,
    id: 'atlassian-incident-24h',
    title: 'Report the security incident to Atlassian',
    seen: 'secondary',
    sources: INCIDENT_SOURCES,
    validFrom: null,
    validTo: null,
    trigger: 'partner-aware',
    period: { kind: 'elapsed-hours', n: 24, rule: 'contract-elapsed' },
    wording: null,
    holidays: null,
    internalTargetHours: null,
    late: null,
    notes: [
      'The official pages seen say "promptly"; 24 hours and a P1 ticket stand in three partners\' policies of August to October 2026.',
      'One partner also promises an update every six hours until it is resolved.',
    ],
  },
  ...FIX_TIMES.flatMap((times) =>
    (['critical', 'high', 'medium', 'low'] as const).map((severity) => fixClock(times, severity)),
  ),
];
