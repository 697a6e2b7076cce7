/**
 * A facts file: YAML or JSON in which a person writes what happened. Parsed once, here; every mistake is answered with
 * its line and column. Fetching the text is facts-file.client.ts, the tree with places located-yaml.ts.
 *
 * Strict: an unknown key is refused, because a misspelt fact would silently count as unknown.
 */
import { type Instant, inZone, parseDay } from '../lib/time.ts';
import { no, ok, type Result } from '../lib/result.ts';
import {
  FACT_NAMES,
  FACTS,
  SEVERITIES,
  UNKNOWN_FACTS,
  type CaseFacts,
  type CaseTimes,
  type Effect,
  type FactName,
  type FixSeverity,
} from './case-facts.ts';
import { parseLocated, type At, type Located, type LocatedEntry, type YamlIssue } from '../lib/located-yaml.ts';
import { parseMoment } from './moment.ts';
import type { DraftEntry } from './notice.ts';
import { ALL_FIELD_KEYS } from './notice-sets.ts';
import { nearestWord } from '../lib/spelling.ts';

export interface Case {
  readonly facts: CaseFacts;
  readonly times: CaseTimes;
  readonly severity: FixSeverity | null;
  /** Only where nobody gave `awareAt`: was it on or after the day the CRA's Art. 14 began to apply? */
  readonly awareOnOrAfter20260911: boolean;
  readonly reasons: CaseReasons;
  /** Contents of a notice, by field key. */
  readonly notice: ReadonlyMap<string, DraftEntry>;
}

/** The written side of judgements: `reassessOn` is a day. */
interface CaseReasons {
  readonly riskReason: string | null;
  readonly severeReason: string | null;
  readonly reassessOn: string | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** The message is made only when it is kept. */
type Complain = (at: At, message: () => string) => void;

const TIMES = ['awareAt', 'noticedAt', 'measureAvailableAt', 'notificationSubmittedAt', 'amsReportedAt'] as const;
const REASONS = ['riskReason', 'severeReason', 'reassessOn'] as const;
/** After these nobody reads on; it also bounds the search for words that somebody may have meant. */
export const MAX_ISSUES = 20;

const CASE_KEYS: readonly string[] = [
  ...FACT_NAMES,
  'awareOnOrAfter20260911',
  ...TIMES,
  'severity',
  ...REASONS,
  'notice',
];

/**
 * Reads a case, or says everything that is wrong with it (at most 20 issues, in order of place).
 *
 * @param zone For the hint on a bare local time, and for the local day of `awareAt`.
 */
export function readCase(text: string, zone: string): Result<Case, readonly YamlIssue[]> {
  const tree = parseLocated(text);
  if (!tree.ok) return no(tree.error.slice(0, MAX_ISSUES));
  const issues: YamlIssue[] = [];
  const complain: Complain = (at, message) => {
    if (issues.length < MAX_ISSUES) issues.push({ line: at.line, column: at.column, message: message() });
  };
  if (tree.value.kind !== 'map') {
    complain(tree.value.at, () => 'expected facts as `key: value` lines');
    return no(issues);
  }
  const read = readEntries(tree.value.entries, zone, complain);
  return issues.length > 0 ? no(issues) : ok(read);
}

function readEntries(entries: readonly LocatedEntry[], zone: string, complain: Complain): Case {
  let facts = UNKNOWN_FACTS;
  const times: Mutable<CaseTimes> = {
    awareAt: null,
    noticedAt: null,
    measureAvailableAt: null,
    notificationSubmittedAt: null,
    amsReportedAt: null,
  };
  const reasons: Mutable<CaseReasons> = { riskReason: null, severeReason: null, reassessOn: null };
  let severity: FixSeverity | null = null;
  let awareSince: { readonly value: boolean; readonly at: At } | null = null;
  let notice: ReadonlyMap<string, DraftEntry> = new Map();
  for (const { key, keyAt, value } of entries) {
    if (isOneOf(FACT_NAMES, key)) facts = { ...facts, ...readFact(key, value, complain) };
    else if (isOneOf(TIMES, key)) times[key] = readTime(key, value, zone, complain);
    else if (isOneOf(REASONS, key)) reasons[key] = readReason(key, value, complain);
    else if (key === 'severity') severity = readSeverity(value, complain);
    else if (key === 'awareOnOrAfter20260911') awareSince = readAwareSince(value, keyAt, complain);
    else if (key === 'notice') notice = readNotice(value, complain);
    else complain(keyAt, () => unknownKey(key, CASE_KEYS));
  }
  if (awareSince !== null && times.awareAt !== null && appliesArt14(times.awareAt, zone) !== awareSince.value) {
    complain(awareSince.at, () => 'awareAt and awareOnOrAfter20260911 contradict each other; leave one out');
  }
  return { facts, times, severity, reasons, notice, awareOnOrAfter20260911: awareSince?.value ?? true };
}

const appliesArt14 = (awareAt: Instant, zone: string): boolean =>
  inZone(awareAt, zone).toPlainDate().toString() >= '2026-09-11';

const isOneOf = <T extends string>(all: readonly T[], word: string): word is T =>
  (all as readonly string[]).includes(word);

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return `unknown key "${shown}"${near === null ? '' : `; did you mean "${near}"?`}`;
}

function readFact(name: FactName, node: Located, complain: Complain): Partial<CaseFacts> {
  if (name === 'effects') return { effects: readEffects(node, complain) };
  const allowed: readonly unknown[] = FACTS[name].values;
  const value = scalarOf(node);
  const meant = value === null ? FACTS[name].whenAbsent : yesOrTrue(value, allowed);
  // The value was found among the values of this very fact, so the pair is one of CaseFacts.
  if (allowed.includes(meant)) return { [name]: meant } as Partial<CaseFacts>;
  complain(node.at, () => {
    const near = typeof value === 'string' ? nearestWord(value, allowed.map(String)) : null;
    return `${name} is one of ${allowed.join(', ')}${near === null ? '' : `; did you mean "${near}"?`}`;
  });
  return {};
}

function readEffects(node: Located, complain: Complain): readonly Effect[] | 'unknown' {
  const value = scalarOf(node);
  if (value === 'unknown' || value === null) return 'unknown';
  const letters = node.kind === 'list' ? node.items.map(scalarOf) : ['not a list'];
  if (letters.every((letter): letter is Effect => letter === 'C' || letter === 'I' || letter === 'A')) {
    return [...new Set(letters)];
  }
  complain(node.at, () => 'effects is a list of C (confidentiality), I (integrity) and A (availability), or []');
  return 'unknown';
}

function readTime(name: string, node: Located, zone: string, complain: Complain): Instant | null {
  const value = scalarOf(node);
  if (value === null) return null;
  const parsed = parseMoment(String(value), zone);
  if (parsed.ok) return parsed.value;
  complain(node.at, () => `${name}: ${parsed.error.message}. ${parsed.error.hint}`);
  return null;
}

function readReason(name: (typeof REASONS)[number], node: Located, complain: Complain): string | null {
  const value = scalarOf(node);
  if (value === null) return null;
  const isDay = typeof value === 'string' && parseDay(value) !== null;
  if (name === 'reassessOn' && !isDay) complain(node.at, () => 'reassessOn is a day such as 2026-11-30');
  else if (typeof value !== 'string' || value.trim() === '') complain(node.at, () => `${name} is a text`);
  else return value.trim();
  return null;
}

function readSeverity(node: Located, complain: Complain): FixSeverity | null {
  const value = scalarOf(node);
  if (value === null || value === 'unknown') return null;
  if (typeof value === 'string' && isOneOf(SEVERITIES, value)) return value;
  complain(node.at, () => `severity is one of ${SEVERITIES.join(', ')}`);
  return null;
}

function readAwareSince(
  node: Located,
  at: At,
  complain: Complain,
): { readonly value: boolean; readonly at: At } | null {
  const value = yesOrTrue(scalarOf(node), [true, false]);
  if (typeof value === 'boolean') return { value, at };
  complain(node.at, () => 'awareOnOrAfter20260911 is true or false');
  return null;
}

function readNotice(node: Located, complain: Complain): ReadonlyMap<string, DraftEntry> {
  const notice = new Map<string, DraftEntry>();
  if (scalarOf(node) === null) return notice;
  if (node.kind !== 'map') {
    complain(node.at, () => 'notice holds `field: text` lines');
    return notice;
  }
  for (const { key, keyAt, value } of node.entries) {
    const entry = ALL_FIELD_KEYS.includes(key) ? readEntry(key, value, complain) : null;
    if (entry !== null) notice.set(key, entry);
    else if (!ALL_FIELD_KEYS.includes(key)) complain(keyAt, () => unknownKey(key, ALL_FIELD_KEYS));
  }
  return notice;
}

function readEntry(key: string, node: Located, complain: Complain): DraftEntry | null {
  if (node.kind === 'map') return readAbsence(key, node.entries, node.at, complain);
  const parts = node.kind === 'list' ? node.items.map(scalarOf) : [node.value];
  if (parts.includes(undefined))
    complain(node.at, () => `${key} is a text, a list of texts, or a reason why it is missing`);
  const text = parts
    .filter((part) => part !== null && part !== undefined)
    .join('\n')
    .trim();
  return text === '' ? null : { kind: 'filled', text };
}

/** `{ reason, followsBy }` or `{ reason, final: true }`: why a field is empty, and until when. */
function readAbsence(key: string, entries: readonly LocatedEntry[], at: At, complain: Complain): DraftEntry | null {
  let reason = '';
  let followsBy: string | null = null;
  let final = false;
  for (const entry of entries) {
    const value = scalarOf(entry.value);
    if (entry.key === 'reason' && typeof value === 'string') reason = value.trim();
    else if (entry.key === 'followsBy' && typeof value === 'string' && parseDay(value) !== null) followsBy = value;
    else if (entry.key === 'final' && typeof value === 'boolean') final = value;
    else if (['reason', 'followsBy', 'final'].includes(entry.key))
      complain(entry.value.at, () => 'reason is a text, followsBy a day such as 2026-11-30, final is true or false');
    else complain(entry.keyAt, () => unknownKey(entry.key, ['reason', 'followsBy', 'final']));
  }
  if (reason === '') {
    complain(at, () => `say why ${key} is missing, as \`reason\``);
    return null;
  }
  return { kind: 'absent', reason, followsBy, final };
}

/** `undefined` for a list or a map. */
const scalarOf = (node: Located): string | number | boolean | null | undefined =>
  node.kind === 'scalar' ? node.value : undefined;

/** People mix `yes` and `true`; each is read as the one that the fact uses. */
function yesOrTrue(value: unknown, allowed: readonly unknown[]): unknown {
  if (allowed.includes(value)) return value;
  if (value === true || value === false) return value ? 'yes' : 'no';
  return value === 'yes' ? true : value === 'no' ? false : value;
}
