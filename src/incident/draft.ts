/**
 * From facts to the text of a notice. What the facts already say is filled in; what nobody has said stands in the text
 * as a visible hole (`[missing: …]`, `[fehlt: …]`), so that an unfinished text cannot pass for a finished one.
 */
import type { Language } from '../lib/language.ts';
import type { Instant } from '../lib/time.ts';
import type { CaseFacts, Effect } from './case-facts.ts';
import { deadlineOf } from './deadline.ts';
import type { Case } from './facts-file.ts';
import { GERMAN } from './notice-de.text.ts';
import { ENGLISH } from './notice-en.text.ts';
import type { NoticeKind } from './notice-kinds.ts';
import { noticeSet } from './notice-sets.ts';
import {
  completeness,
  type Completeness,
  type Draft,
  type DraftEntry,
  type NoticeField,
  type NoticeSet,
} from './notice.ts';
import { whenBoth, whenLocal } from '../lib/when-words.ts';

export interface RenderedNotice {
  readonly set: NoticeSet;
  readonly subject: string;
  readonly text: string;
  readonly completeness: Completeness;
}

export interface DraftQuestion {
  readonly kind: NoticeKind;
  readonly incident: Case;
  readonly language: Language;
  readonly zone: string;
  /** When it is to be submitted; decides whether it needs reasons for a delay. */
  readonly submitAt: Instant;
}

export function draftNotice(question: DraftQuestion): RenderedNotice {
  const set = noticeSet(question.kind);
  const draft = filledDraft(set, question);
  const judged = completeness(set, draft, { late: isLate(question), phased: null, 'follow-up': null });
  const words = (question.language === 'de' ? GERMAN : ENGLISH)[question.kind];
  const put = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, key: string) => inline(set, draft, key, question.language));
  const subject = put(words.subject);
  const body = set.fields.flatMap((field) => fieldText(field, draft.get(field.key), judged, question));
  const paragraphs = [...words.opening.map(put), ...body, ...words.closing.map(put)];
  return { set, subject, text: `${[subject, ...paragraphs].join('\n\n')}\n`, completeness: judged };
}

/** What people wrote, over what the facts say by themselves. */
function filledDraft(set: NoticeSet, { incident, language, zone }: DraftQuestion): Draft {
  const draft = new Map<string, DraftEntry>();
  const say = (key: string, text: string | null) => {
    const asked = set.fields.some((field) => field.key === key);
    if (text !== null && asked) draft.set(key, { kind: 'filled', text });
  };
  const { times, facts, reasons } = incident;
  const stamp = (at: Instant | null) => (at === null ? null : whenBoth(at, zone, language));
  for (const key of ['awareAt', 'processorAwareAt']) say(key, stamp(times.awareAt));
  for (const key of ['noticedAt', 'detectedAt']) say(key, stamp(times.noticedAt));
  say(
    'measureAvailableDate',
    times.measureAvailableAt === null ? null : whenLocal(times.measureAvailableAt, zone, language),
  );
  const known = WORDS[language];
  say('securityGoals', goals(facts, language));
  say('exploited', facts.exploited === 'unknown' ? null : known.exploited[facts.exploited]);
  const risk = facts.risk === 'unknown' || reasons.riskReason === null ? null : known.risk[facts.risk];
  for (const key of ['riskLevel', 'riskReasoning']) say(key, risk === null ? null : `${risk}: ${reasons.riskReason}`);
  say('severity', incident.severity === null ? null : known.severity[incident.severity]);
  say('clockHint', known.clockHint);
  if (facts.role === 'processor' || facts.role === 'both') say('roleHint', known.roleHint);
  for (const [key, entry] of incident.notice) draft.set(key, entry);
  return draft;
}

function goals(facts: CaseFacts, language: Language): string | null {
  if (facts.effects === 'unknown' || facts.effects.length === 0) return null;
  return facts.effects.map((effect) => WORDS[language].effects[effect]).join(', ');
}

/** Late by the strict end: whoever files between the two ends gives the reasons as well. `null` when awareness is unknown. */
function isLate({ kind, incident, zone, submitAt }: DraftQuestion): boolean | null {
  if (kind !== 'gdpr-33-3' && kind !== 'hbdi-form' && kind !== 'gdpr-33-5-register') return null;
  const answer = deadlineOf({
    clock: 'gdpr-33-1',
    from: incident.times.awareAt,
    awareAt: null,
    metAt: null,
    followUpAt: null,
    asOf: null,
    zone,
    seat: 'DE',
    holidays: null,
  });
  return answer.ok && answer.value.strict !== null ? submitAt > answer.value.strict : null;
}

function inline(set: NoticeSet, draft: Draft, key: string, language: Language): string {
  const field = set.fields.find((each) => each.key === key);
  const entry = draft.get(key);
  if (entry?.kind === 'filled') return entry.text;
  return hole(field?.label[language] ?? key, language);
}

const hole = (label: string, language: Language): string =>
  language === 'de' ? `[fehlt: ${label}]` : `[missing: ${label}]`;

/** One paragraph, or none for a field that is empty and need not be filled. */
function fieldText(
  field: NoticeField,
  entry: DraftEntry | undefined,
  judged: Completeness,
  { language }: DraftQuestion,
): readonly string[] {
  const label = field.label[language];
  const missing = judged.missing.find((each) => each.field.key === field.key);
  if (entry?.kind === 'filled') return [`${label}\n${indented(entry.text)}`];
  if (entry?.kind === 'absent') {
    const words = WORDS[language];
    const until =
      entry.followsBy !== null
        ? words.follows(entry.followsBy)
        : missing?.lacks === 'date'
          ? hole(words.byWhen, language)
          : '';
    const reason = missing?.lacks === 'value' ? hole(label, language) : entry.reason;
    return [`${label}\n${indented(until === '' ? reason : `${reason.replace(/\.$/, '')}. ${until}`)}`];
  }
  return missing === undefined ? [] : [`${label}\n${indented(hole(label, language))}`];
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

interface Words {
  readonly effects: Readonly<Record<Effect, string>>;
  readonly exploited: Readonly<Record<'yes' | 'no' | 'elsewhere', string>>;
  readonly risk: Readonly<Record<'unlikely' | 'risk' | 'high', string>>;
  readonly severity: Readonly<Record<'critical' | 'high' | 'medium' | 'low', string>>;
  readonly clockHint: string;
  readonly roleHint: string;
  readonly byWhen: string;
  readonly follows: (day: string) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    effects: { C: 'confidentiality', I: 'integrity', A: 'availability' },
    exploited: { yes: 'Yes', no: 'No sign of use', elsewhere: 'In other products only' },
    risk: { unlikely: 'Risk unlikely', risk: 'Risk', high: 'High risk' },
    severity: { critical: 'critical', high: 'high', medium: 'medium', low: 'low' },
    clockHint: 'Your own 72 hours under Article 33(1) GDPR normally start when you receive this message.',
    roleHint:
      'For the data in the app you are the controller: whether the authority and the people are told is yours to decide.',
    byWhen: 'by when',
    follows: (day) => `Follows by ${day}.`,
  },
  de: {
    effects: { C: 'Vertraulichkeit', I: 'Integrität', A: 'Verfügbarkeit' },
    exploited: { yes: 'Ja', no: 'Keine Anzeichen', elsewhere: 'Nur in anderen Produkten' },
    risk: { unlikely: 'Risiko unwahrscheinlich', risk: 'Risiko', high: 'Hohes Risiko' },
    severity: { critical: 'kritisch', high: 'hoch', medium: 'mittel', low: 'niedrig' },
    clockHint:
      'Ihre eigene Frist von 72 Stunden nach Artikel 33 Absatz 1 DSGVO beginnt in der Regel mit dem Zugang dieser Nachricht.',
    roleHint:
      'Für die Daten in der App sind Sie Verantwortlicher: Ob Aufsichtsbehörde und Betroffene unterrichtet werden, entscheiden Sie.',
    byWhen: 'bis wann',
    follows: (day) => `Folgt bis ${day}.`,
  },
};
