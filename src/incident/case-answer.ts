/** One case answered in full: its duties, and every clock that its times can start. */
import { type Instant, inZone } from '../lib/time.ts';
import type { CaseTimes } from './case-facts.ts';
import { deadlineOf, type DeadlineAnswer } from './deadline.ts';
import { dutiesOf, type Derivation, type Duty } from './derive.ts';
import type { Level, Trigger } from './duty.ts';
import type { Case } from './facts-file.ts';
import type { House } from './house.ts';
import { clocksOf, versionsOfClock } from './rules.ts';

export interface CaseAnswer {
  readonly derivation: Derivation;
  /** The day whose rules were applied. */
  readonly rulesOf: Temporal.PlainDate;
  readonly clocks: ReadonlyMap<Duty, readonly DeadlineAnswer[]>;
  /** What people still owe the record: reasons of judgements, a day to assess again. */
  readonly notes: readonly string[];
}

/** Levels that somebody may have to act on in time. */
const TIMED: readonly Level[] = ['law', 'contract', 'policy', 'conditional', 'recommended'];

/** The first day on which awareness falls under Art. 14 CRA (Art. 71(2)). */
const CRA_START = Temporal.PlainDate.from('2026-09-11');

export function answerCase(incident: Case, house: House, now: Instant): CaseAnswer {
  const rulesOf = ruleDay(incident, house.zone, now);
  const derivation = dutiesOf(incident.facts, rulesOf);
  const clocks = new Map<Duty, readonly DeadlineAnswer[]>();
  for (const duty of derivation.duties) {
    const ids = TIMED.includes(duty.level) ? clocksOf(duty.rule, incident.facts, incident.severity) : [];
    clocks.set(
      duty,
      ids.map((id) => clockOf(id, incident, house)),
    );
  }
  return { derivation, rulesOf, clocks, notes: notesOn(incident) };
}

/** The day of awareness; not given, it is today, moved to the side of 11 September 2026 that the facts name. */
function ruleDay(incident: Case, zone: string, now: Instant): Temporal.PlainDate {
  const given = incident.times.awareAt;
  if (given !== null) return inZone(given, zone).toPlainDate();
  const today = inZone(now, zone).toPlainDate();
  const isSince = Temporal.PlainDate.compare(today, CRA_START) >= 0;
  if (isSince === incident.awareOnOrAfter20260911) return today;
  return isSince ? CRA_START.subtract({ days: 1 }) : CRA_START;
}

function clockOf(id: string, { times }: Case, house: House): DeadlineAnswer {
  const trigger = versionsOfClock(id)[0]?.trigger;
  if (trigger === undefined) throw new TypeError(`no clock ${id}`);
  const answer = deadlineOf({
    clock: id,
    from: startOf(trigger, times),
    awareAt: times.awareAt,
    metAt: null,
    followUpAt: null,
    asOf: null,
    zone: house.zone,
    seat: house.seat,
    holidays: null,
  });
  if (!answer.ok) throw new TypeError(`${id}: ${answer.error.message}`);
  return answer.value;
}

function startOf(trigger: Trigger, times: CaseTimes): Instant | null {
  switch (trigger) {
    case 'corrective-measure-available':
      return times.measureAvailableAt;
    case 'incident-notification-submitted':
      return times.notificationSubmittedAt;
    case 'ams-reported':
      return times.amsReportedAt;
    case 'csirt-asks':
      return null;
    case 'controller-aware':
    case 'processor-aware':
    case 'manufacturer-aware':
    case 'entity-aware':
    case 'partner-aware':
    case 'vendor-aware':
    case 'vulnerability-confirmed':
    case 'breach-recorded':
      return times.awareAt;
  }
}

function notesOn({ facts, reasons, times }: Case): readonly string[] {
  const notes: string[] = [];
  if (times.awareAt === null) notes.push('`awareAt` is not given: no deadline that counts from awareness is computed.');
  if (facts.risk !== 'unknown' && reasons.riskReason === null) {
    notes.push('`risk` is a judgement: write its reason into `riskReason`.');
  }
  if (facts.severe === true && reasons.severeReason === null) {
    notes.push('`severe` is a judgement: write its reason into `severeReason`.');
  }
  if (facts.breach === 'unknown' && reasons.reassessOn === null) {
    notes.push('`breach` is unknown: write the day of the next assessment into `reassessOn`.');
  }
  return notes;
}
