/**
 * All rules together, and the choice of the version in force. A rule is chosen by the day of awareness: what the law
 * said that day counts, also when it changes before the deadline.
 */
import type { CaseFacts, FixSeverity } from './case-facts.ts';
import type { ClockRule, DutyId, DutyRule, Validity } from './duty.ts';
import { ATLASSIAN_CLOCKS, ATLASSIAN_DUTIES, fixClockId } from './rules-atlassian.ts';
import { CRA_CLOCKS, CRA_DUTIES } from './rules-cra.ts';
import { GDPR_CLOCKS, GDPR_DUTIES } from './rules-gdpr.ts';
import { NIS2_CLOCKS } from './rules-nis2.ts';
import { POLICY_CLOCKS, POLICY_DUTIES } from './rules-policy.ts';
import { RECORD_DUTIES } from './rules-record.ts';

/** Law first, then contract, then promises; the order in which people read the answer. */
export const DUTY_RULES: readonly DutyRule[] = [
  ...GDPR_DUTIES,
  ...CRA_DUTIES,
  ...ATLASSIAN_DUTIES,
  ...POLICY_DUTIES,
  ...RECORD_DUTIES,
];

export const CLOCK_RULES: readonly ClockRule[] = [
  ...GDPR_CLOCKS,
  ...CRA_CLOCKS,
  ...NIS2_CLOCKS,
  ...ATLASSIAN_CLOCKS,
  ...POLICY_CLOCKS,
];

export const DUTY_IDS: readonly DutyId[] = [...new Set(DUTY_RULES.map((rule) => rule.id))];
export const CLOCK_IDS: readonly string[] = [...new Set(CLOCK_RULES.map((rule) => rule.id))];

/** What `inForce` answers when no version covers the day: the one that comes nearest says since or until when. */
export type Chosen<R> =
  | { readonly found: true; readonly rule: R }
  | { readonly found: false; readonly nearest: R; readonly because: 'before'; readonly day: string }
  | { readonly found: false; readonly nearest: R; readonly because: 'after'; readonly day: string };

/** The version of a rule in force on a day; `versions` must not be empty and must not overlap. */
export function inForce<R extends Validity>(versions: readonly R[], on: Temporal.PlainDate): Chosen<R> {
  const day = on.toString();
  const rule = versions.find((version) => !startsAfter(version, day) && !endedBefore(version, day));
  if (rule !== undefined) return { found: true, rule };
  const later = versions.filter((version) => startsAfter(version, day)).sort(byStart)[0];
  if (later !== undefined) return { found: false, nearest: later, because: 'before', day: later.validFrom ?? '' };
  const last = [...versions].sort(byStart).at(-1);
  if (last === undefined) throw new TypeError('a rule without versions');
  return { found: false, nearest: last, because: 'after', day: last.validTo ?? '' };
}

const startsAfter = (version: Validity, day: string): boolean => version.validFrom !== null && version.validFrom > day;
const endedBefore = (version: Validity, day: string): boolean => version.validTo !== null && version.validTo < day;
const byStart = (one: Validity, other: Validity): number => ((one.validFrom ?? '') < (other.validFrom ?? '') ? -1 : 1);

export const versionsOfDuty = (id: DutyId): readonly DutyRule[] => DUTY_RULES.filter((rule) => rule.id === id);
export const versionsOfClock = (id: string): readonly ClockRule[] => CLOCK_RULES.filter((rule) => rule.id === id);

/**
 * The clocks that a duty starts in this case. The fix clock is chosen by severity and hosting; without a severity all
 * four of that hosting are named, because any of them may be the one.
 */
export function clocksOf(rule: DutyRule, facts: CaseFacts, severity: FixSeverity | null): readonly string[] {
  if (rule.id !== 'atlassian-fix-clock') return rule.clocks;
  const hosting = facts.product === 'data-center' ? 'dc' : 'cloud';
  const severities = severity === null ? (['critical', 'high', 'medium', 'low'] as const) : [severity];
  return severities.map((each) => fixClockId(each, hosting));
}

/** For an id that names a duty with several clocks, or none of its own: the ids to ask for instead. */
export function clocksNamedBy(id: string): readonly string[] {
  if (id === 'atlassian-fix-clock' || id === 'atlassian-fix')
    return CLOCK_IDS.filter((clock) => clock.startsWith('atlassian-fix-'));
  return DUTY_RULES.find((rule) => rule.id === id)?.clocks ?? [];
}
