/**
 * The `--json` answers of the `duties` commands; docs/formats/duties-*.schema.json describes them. A key is never
 * renamed or given another meaning without a new number in `schema`.
 */
import type { Language } from '../lib/language.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { CaseAnswer } from './case-answer.ts';
import type { Counted } from './clock.ts';
import type { DeadlineAnswer } from './deadline.ts';
import type { RenderedNotice } from './draft.ts';
import type { YamlIssue } from '../lib/located-yaml.ts';
import { localStamp } from '../lib/when-words.ts';

const moment = (at: Instant | null, zone: string): Json =>
  at === null ? null : { utc: formatInstant(at), local: localStamp(at, zone) };

export const deadlineJson = (answer: DeadlineAnswer): JsonObject => ({
  schema: 'holdfast.duties.deadline/1',
  ...deadlineBody(answer),
});

function deadlineBody(answer: DeadlineAnswer): JsonObject {
  const { rule, question } = answer;
  const { zone } = question;
  return {
    duty: question.clock,
    title: rule.title,
    instrument: rule.instrument,
    article: rule.article,
    to: rule.to,
    trigger: rule.trigger,
    from: moment(question.from, zone),
    state: answer.state,
    strict: moment(answer.strict, zone),
    latest: moment(answer.latest, zone),
    rule: rule.period?.rule ?? null,
    period: rule.period === null ? null : { kind: rule.period.kind, n: rule.period.n },
    holidays: answer.holidays,
    counted: answer.counted === null ? null : countedJson(answer.counted, zone),
    wording: rule.wording,
    internalTarget:
      rule.internalTargetHours === null
        ? null
        : { hours: rule.internalTargetHours, law: false, at: moment(answer.target, zone) },
    ...metJson(answer),
    notes: answer.notes,
    sources: rule.sources,
    seen: rule.seen,
  };
}

function countedJson(counted: Counted, zone: string): Json {
  if (counted.by === 'hours') return { periodStarts: moment(counted.periodStarts, zone) };
  return {
    lastDayUnrolled: counted.lastDayUnrolled.toString(),
    lastDay: counted.lastDay.toString(),
    rolledBecause: counted.rolledBecause,
    holiday: counted.holiday,
  };
}

/** `status` is about the notice (`--met-at`), or about now (`--as-of`); `null` when nobody asked. */
function metJson({ met, open, question }: DeadlineAnswer): JsonObject {
  if (met === null) return { status: open };
  return {
    status: met.status,
    metAt: moment(met.at, question.zone),
    reasonsForDelayRequired: met.reasonsForDelayRequired,
    recommendGivingReasons: met.recommendGivingReasons,
    dutyRemains: met.status === 'late',
    phased: met.phased,
    openFieldsMustBeListed: met.openFieldsMustBeListed,
  };
}

export function caseJson(answer: CaseAnswer): JsonObject {
  const { duties, decider, sure } = answer.derivation;
  const entries = duties.map((duty): [string, Json] => {
    const open = duty.open.length === 0 ? {} : { dependsOn: duty.open };
    return [duty.id, { level: duty.level, why: duty.why, ...open }];
  });
  return {
    schema: 'holdfast.duties.decide/1',
    duties: Object.fromEntries(entries),
    decider,
    sure,
    rulesOf: answer.rulesOf.toString(),
    deadlines: duties.flatMap((duty) =>
      (answer.clocks.get(duty) ?? []).map((clock) => ({ of: duty.id, level: duty.level, ...deadlineBody(clock) })),
    ),
    notes: answer.notes,
  };
}

export function draftJson(notice: RenderedNotice, language: Language): JsonObject {
  const { set, completeness } = notice;
  return {
    schema: 'holdfast.duties.draft/1',
    kind: set.kind,
    language,
    to: set.to,
    basis: set.basis,
    legalMinimum: set.legalMinimum,
    complete: completeness.complete,
    missing: completeness.missing.map(({ field, lacks }) => ({
      key: field.key,
      label: field.label[language],
      required: field.need,
      lacks,
    })),
    tooLong: completeness.tooLong.map(({ field, length }) => ({ key: field.key, length, maxLength: field.maxLength })),
    recommended: completeness.recommended.map((field) => field.key),
    following: completeness.following.map(({ field, by }) => ({ key: field.key, by })),
    unused: completeness.unused,
    delivery: set.delivery,
    subject: notice.subject,
    text: notice.text,
  };
}

export interface RefusalJson extends JsonObject {
  readonly schema: 'holdfast.duties.refusal/1';
  readonly code: string;
  readonly message: string;
}

export const refusalJson = (code: string, message: string, issues: readonly YamlIssue[] = []): RefusalJson => ({
  schema: 'holdfast.duties.refusal/1',
  code,
  message,
  issues: issues.map(({ line, column, message: what }) => ({ line, column, message: what })),
});
