/**
 * Conditions over facts, as data: a rule can be printed, compared and read aloud, not only run.
 *
 * A condition is true, false, or open because a fact is unknown (Kleene's three-valued logic); an open condition
 * names the facts that would close it. Three facts have `unknown` among the values that the rules speak about (personal
 * data, access, breach): for them "unknown" is an answer with its own consequences, not a gap.
 */
import type { CaseFacts, Effect, FactName, FactValue } from './case-facts.ts';
import type { DutyId, Level } from './duty.ts';

export type Condition =
  | FactCondition
  /** At least one of these was lost. */
  | { readonly effects: readonly Effect[] }
  /** What another duty came to. */
  | { readonly duty: DutyId; readonly is: readonly Level[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** A fact together with values that belong to it: `{ fact: 'role', is: ['high'] }` has no spelling. */
type FactCondition = {
  [F in Exclude<FactName, 'effects'>]: { readonly fact: F; readonly is: readonly FactValue<F>[] };
}[Exclude<FactName, 'effects'>];

export type Truth =
  | { readonly known: true; readonly value: boolean }
  | { readonly known: false; readonly facts: readonly FactName[] };

/** What another duty came to, as far as a condition needs it. */
export type LevelOf = (duty: DutyId) => { readonly level: Level; readonly open: readonly FactName[] };

const TRUE: Truth = { known: true, value: true };
const FALSE: Truth = { known: true, value: false };
const of = (value: boolean): Truth => (value ? TRUE : FALSE);

const UNKNOWN_IS_AN_ANSWER: readonly FactName[] = ['personalData', 'accessBy', 'breach'];

export function judgeCondition(condition: Condition, facts: CaseFacts, levelOf: LevelOf): Truth {
  if ('fact' in condition) {
    const value = facts[condition.fact];
    const asked: readonly unknown[] = condition.is;
    if (value === 'unknown' && !UNKNOWN_IS_AN_ANSWER.includes(condition.fact)) return gap(condition.fact);
    return of(asked.includes(value));
  }
  if ('effects' in condition) {
    const lost = facts.effects;
    return lost === 'unknown' ? gap('effects') : of(condition.effects.some((effect) => lost.includes(effect)));
  }
  if ('duty' in condition) {
    const other = levelOf(condition.duty);
    if (other.open.length > 0) return { known: false, facts: other.open };
    return of(condition.is.includes(other.level));
  }
  if ('not' in condition) {
    const inner = judgeCondition(condition.not, facts, levelOf);
    return inner.known ? of(!inner.value) : inner;
  }
  // In an "all" one false settles it, in an "any" one true; only then do the open ones stop mattering.
  const [parts, settles] = 'all' in condition ? [condition.all, false] : [condition.any, true];
  const truths = parts.map((part) => judgeCondition(part, facts, levelOf));
  if (truths.some((truth) => truth.known && truth.value === settles)) return of(settles);
  const open = truths.flatMap((truth) => (truth.known ? [] : truth.facts));
  return open.length === 0 ? of(!settles) : { known: false, facts: [...new Set(open)] };
}

const gap = (fact: FactName): Truth => ({ known: false, facts: [fact] });

/** Every fact that a condition can look at, and every duty whose level it asks for. */
export function mentions(condition: Condition): {
  readonly facts: readonly FactName[];
  readonly duties: readonly DutyId[];
} {
  if ('fact' in condition) return { facts: [condition.fact], duties: [] };
  if ('effects' in condition) return { facts: ['effects'], duties: [] };
  if ('duty' in condition) return { facts: [], duties: [condition.duty] };
  const parts = 'not' in condition ? [condition.not] : 'all' in condition ? condition.all : condition.any;
  const inner = parts.map(mentions);
  return { facts: inner.flatMap((part) => part.facts), duties: inner.flatMap((part) => part.duties) };
}
