/**
 * One clock of one duty, answered: by when, by which rule, and whether a given notice kept it.
 *
 * Pure: `asOf` is an argument and may be left out; then nothing is said about what is past and what is to come.
 */
import { between, formatInstant, type Instant, inZone } from '../lib/time.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { periodEnd, type Counted, type Period } from './clock.ts';
import type { ClockRule, Trigger } from './duty.ts';
import type { HolidayRegion } from './holiday.ts';
import { inForce, versionsOfClock } from './rules.ts';

export interface DeadlineQuestion {
  /** An id of `CLOCK_IDS`. */
  readonly clock: string;
  /** When the trigger happened; `null` when it has not. */
  readonly from: Instant | null;
  /** Awareness, where the trigger is something else; chooses the version of the rule. `null`: take `from`. */
  readonly awareAt: Instant | null;
  /** When the notice was submitted; `null` when it was not, or nobody asks. */
  readonly metAt: Instant | null;
  /** When missing parts followed (Art. 33(4) GDPR). */
  readonly followUpAt: Instant | null;
  /** The moment to judge from; `null`: compute only. */
  readonly asOf: Instant | null;
  readonly zone: string;
  /** Whose holidays count for duties that follow the seat. */
  readonly seat: HolidayRegion;
  /** Overrides the choice of the rule, also where the rule says "federal". */
  readonly holidays: HolidayRegion | null;
}

/**
 * `runs`: there is a deadline · `no-number`: the source names no time, see `wording` · `waiting-for-trigger`: the clock
 * has not started · `not-applicable-before-<day>`, `not-applicable-after-<day>`: the rule was not in force.
 */
type ClockState = 'runs' | 'no-number' | 'waiting-for-trigger' | `not-applicable-${'before' | 'after'}-${string}`;

/** In time by the strict end, in time only by the 1182/71 end, or late. Late never ends the duty. */
export type MetStatus = 'in-time-strict' | 'in-time-by-1182' | 'late';

/** From 75 % of the strict period on it is `due-soon`; between the two ends it is `past-strict`. */
export type OpenStatus = 'running' | 'due-soon' | 'past-strict' | 'overdue';

interface Met {
  readonly at: Instant;
  readonly status: MetStatus;
  readonly reasonsForDelayRequired: boolean;
  readonly recommendGivingReasons: boolean;
  readonly phased: boolean;
  readonly openFieldsMustBeListed: boolean;
}

export interface DeadlineAnswer {
  readonly question: DeadlineQuestion;
  readonly rule: ClockRule;
  readonly state: ClockState;
  readonly strict: Instant | null;
  readonly latest: Instant | null;
  readonly counted: Counted | null;
  /** Whose holidays were used; `null` where none matter. */
  readonly holidays: HolidayRegion | null;
  /** Own target where the law has no number. */
  readonly target: Instant | null;
  readonly met: Met | null;
  readonly open: OpenStatus | null;
  readonly notes: readonly string[];
}

export type DeadlineRefusal =
  | { readonly code: 'aware-in-the-future'; readonly message: string }
  | { readonly code: 'met-in-the-future'; readonly message: string }
  | { readonly code: 'met-before-the-clock-started'; readonly message: string }
  | { readonly code: 'follow-up-before-the-notice'; readonly message: string };

/** Triggers that are somebody's awareness; the others are events that may still be to come. */
export const isAwareness = (trigger: Trigger): boolean => trigger.endsWith('-aware');

/** Answers, or says why the question makes no sense. `question.clock` must be one of `CLOCK_IDS`. */
export function deadlineOf(question: DeadlineQuestion): Result<DeadlineAnswer, DeadlineRefusal> {
  const refusal = refusalOf(question);
  if (refusal !== null) return no(refusal);
  const awareAt = question.awareAt ?? question.from;
  const versions = versionsOfClock(question.clock);
  const newest = versions.at(-1);
  if (newest === undefined) throw new TypeError(`no clock ${question.clock}`);
  if (awareAt === null) return ok(answerWithout(question, newest, 'waiting-for-trigger', [waitingNote(newest)]));
  const chosen = inForce(versions, inZone(awareAt, question.zone).toPlainDate());
  if (!chosen.found) {
    const words = chosen.because === 'before' ? `from ${chosen.day} on` : `until ${chosen.day}`;
    const note = `${chosen.nearest.instrument} applies to awareness ${words}: no such duty at that moment.`;
    return ok(answerWithout(question, chosen.nearest, `not-applicable-${chosen.because}-${chosen.day}`, [note]));
  }
  const rule = chosen.rule;
  if (question.from === null) return ok(answerWithout(question, rule, 'waiting-for-trigger', [waitingNote(rule)]));
  return ok(answer(question, rule, question.from));
}

function answer(question: DeadlineQuestion, rule: ClockRule, from: Instant): DeadlineAnswer {
  if (rule.period === null) {
    const target =
      rule.internalTargetHours === null ? null : ((from + rule.internalTargetHours * 3_600_000) as Instant);
    const notes =
      rule.internalTargetHours === null
        ? rule.notes
        : [...rule.notes, `${rule.internalTargetHours} hours are our own target, not law.`];
    return { ...answerWithout(question, rule, 'no-number', notes), target };
  }
  const holidays = question.holidays ?? (rule.holidays === 'federal' ? 'DE' : question.seat);
  const end = periodEnd(rule.period, from, question.zone, holidays);
  return {
    ...answerWithout(question, rule, 'runs', notesOn(rule, rule.period, from, question)),
    strict: end.strict,
    latest: end.latest,
    counted: end.counted,
    holidays: rule.holidays === null ? null : holidays,
    met: metOf(question, rule, end.strict, end.latest),
    open: question.metAt === null && question.asOf !== null ? openStatus(from, end, question.asOf) : null,
  };
}

const answerWithout = (
  question: DeadlineQuestion,
  rule: ClockRule,
  state: ClockState,
  notes: readonly string[],
): DeadlineAnswer => ({
  question,
  rule,
  state,
  strict: null,
  latest: null,
  counted: null,
  holidays: null,
  target: null,
  met: null,
  open: null,
  notes,
});

/** The colours of a notice: at `strict` still in time, at `latest` too late. A late notice needs its reason and is still owed. */
function metOf(question: DeadlineQuestion, rule: ClockRule, strict: Instant, latest: Instant | null): Met | null {
  const at = question.metAt;
  if (at === null) return null;
  const byRegulation = latest !== null && at < latest;
  const status: MetStatus = at <= strict ? 'in-time-strict' : byRegulation ? 'in-time-by-1182' : 'late';
  const phased = question.followUpAt !== null;
  return {
    at,
    status,
    reasonsForDelayRequired: status === 'late',
    recommendGivingReasons: status === 'in-time-by-1182' && rule.late !== null,
    phased,
    openFieldsMustBeListed: phased,
  };
}

function openStatus(from: Instant, end: { strict: Instant; latest: Instant | null }, asOf: Instant): OpenStatus {
  if (asOf > end.strict) return end.latest !== null && asOf < end.latest ? 'past-strict' : 'overdue';
  return between(from, asOf) >= 0.75 * between(from, end.strict) ? 'due-soon' : 'running';
}

const TRIGGER_WORDS: Readonly<Partial<Record<Trigger, string>>> = {
  'corrective-measure-available': 'a corrective or mitigating measure is available',
  'incident-notification-submitted': 'the 72-hour notification has been submitted',
  'csirt-asks': 'the CSIRT asks',
  'ams-reported': 'the AMS ticket is open',
  'vulnerability-confirmed': 'the vulnerability is confirmed',
  'breach-recorded': 'there is a breach',
};

export const triggerWords = (trigger: Trigger): string => TRIGGER_WORDS[trigger] ?? 'we are aware';

const waitingNote = (rule: ClockRule): string =>
  `The clock has not started: it starts when ${triggerWords(rule.trigger)}.`;

const ART_3_5 = 'Art. 3(5) of Regulation 1182/71 (two working days) is disputed for a period in hours and is not used.';

function notesOn(rule: ClockRule, period: Period, from: Instant, question: DeadlineQuestion): readonly string[] {
  const notes = [...rule.notes];
  // Art. 3(5) speaks of periods of two days or more, so a period of 24 hours never raises the question.
  if (period.rule === 'reg1182-hours' && period.n >= 48) notes.push(ART_3_5);
  const onTheHour = period.kind === 'hours' && inZone(from, question.zone).round('hour').epochMilliseconds === from;
  if (onTheHour)
    notes.push('The moment is exactly on the hour: that hour is not counted (a convention, not a ruling).');
  if (question.awareAt !== null && question.awareAt > from && !isAwareness(rule.trigger)) {
    notes.push(
      'The trigger lies before awareness: the text counts from the trigger; take advice on the days already gone.',
    );
  }
  if (rule.late !== null) notes.push(rule.late);
  return notes;
}

function refusalOf({ from, awareAt, metAt, followUpAt, asOf }: DeadlineQuestion): DeadlineRefusal | null {
  if (asOf !== null) {
    for (const moment of [from, awareAt]) {
      if (moment !== null && moment > asOf) {
        const message = `${formatInstant(moment)} lies after ${formatInstant(asOf)}: nobody is aware of what is still to come`;
        return { code: 'aware-in-the-future', message };
      }
    }
    if (metAt !== null && metAt > asOf) {
      return { code: 'met-in-the-future', message: `a notice of ${formatInstant(metAt)} has not been submitted yet` };
    }
  }
  if (metAt !== null && from !== null && metAt < from) {
    const message = `the notice (${formatInstant(metAt)}) lies before the moment that starts the clock (${formatInstant(from)})`;
    return { code: 'met-before-the-clock-started', message };
  }
  if (followUpAt !== null && metAt !== null && followUpAt < metAt) {
    const message = `the follow-up (${formatInstant(followUpAt)}) lies before the first notice (${formatInstant(metAt)})`;
    return { code: 'follow-up-before-the-notice', message };
  }
  return null;
}
