/**
 * The answers that a decision needs: which are given, which are asked for, and whether an answer will do. Asks through a function, so
 * that it knows no terminal.
 */
import { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { nearestWord } from '../lib/spelling.ts';
import { parseExpires } from './decide.ts';
import { DECISION_STATES, VEX_JUSTIFICATIONS, type DecisionState, type VexJustification } from './decision.ts';

export const TOPICS = ['decision', 'justification', 'reason', 'owner', 'expires'] as const;
export type Topic = (typeof TOPICS)[number];

/** As options gave them. */
export type Given = ReadonlyMap<Topic, string>;

/** The text as typed, or `null` when the person has left. */
export type Ask = (topic: Topic, suggestion: string | null, problem: string | null) => Promise<string | null>;

export interface Answers {
  readonly decision: DecisionState;
  readonly justification: VexJustification | null;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`. */
  readonly expires: string;
}

export interface Settling {
  readonly today: string;
  readonly ask: Ask | null;
  /** Suggested where the owner is asked for. */
  readonly owner: () => Promise<string | null>;
}

/** A quarter: long enough to be worth writing down, short enough that somebody remembers why. */
const SUGGESTED_EXPIRES = '90d';

/** @returns `null` when the person left before the last question. @throws USAGE, naming every option that is missing */
export async function settle(given: Given, settling: Settling): Promise<Answers | null> {
  const known = new Map<Topic, string>();
  const missing: Topic[] = [];
  for (const topic of TOPICS) {
    const text = given.get(topic);
    if (text !== undefined) known.set(topic, checkAnswer(topic, text, settling.today));
    // Implied by the other decisions, and out of place beside some.
    else if (topic === 'justification' && known.get('decision') !== 'not_affected') continue;
    else if (settling.ask === null) missing.push(topic);
    else {
      const answer = await askFor(topic, settling.ask, settling);
      if (answer === null) return null;
      known.set(topic, answer);
    }
  }
  if (missing.length > 0) throw missingAnswers(missing);
  return answersOf(known);
}

async function askFor(topic: Topic, ask: Ask, { today, owner }: Settling): Promise<string | null> {
  const suggestion = topic === 'expires' ? SUGGESTED_EXPIRES : topic === 'owner' ? await owner() : null;
  let problem: string | null = null;
  for (;;) {
    const typed = await ask(topic, suggestion, problem);
    if (typed === null) return null;
    const read = readAnswer(topic, typed.trim() === '' ? (suggestion ?? '') : typed, today);
    if (read.ok) return read.value;
    problem = read.error;
  }
}

/** @throws USAGE */
export function checkAnswer(topic: Topic, text: string, today: string): string {
  const read = readAnswer(topic, text, today);
  if (read.ok) return read.value;
  throw new HoldfastError('USAGE', `--${topic} "${text.slice(0, 60)}" is not usable: ${read.error}`, {
    hint: 'Run `holdfast decide --help`.',
  });
}

function readAnswer(topic: Topic, text: string, today: string): Result<string, string> {
  switch (topic) {
    case 'decision':
      return oneOf(DECISION_STATES, text.trim().replaceAll('-', '_'));
    case 'justification':
      return oneOf(VEX_JUSTIFICATIONS, text.trim());
    case 'expires':
      return parseExpires(text, today);
    case 'reason':
    case 'owner': {
      const most = topic === 'owner' ? 200 : 2_000;
      const folded = text.replace(/\s+/g, ' ').trim();
      if (folded === '') return no('write it out');
      return folded.length > most ? no(`write at most ${most} characters`) : ok(folded);
    }
  }
}

function oneOf(known: readonly string[], text: string): Result<string, string> {
  if (known.includes(text)) return ok(text);
  const near = nearestWord(text, known);
  return no(`${near === null ? '' : `did you mean ${near}? `}write one of ${known.join(', ')}`);
}

const missingAnswers = (missing: readonly Topic[]): HoldfastError =>
  new HoldfastError('USAGE', `a decision needs ${missing.map((topic) => `--${topic}`).join(', ')}`, {
    hint: missing.includes('expires')
      ? 'Nothing is decided for ever: --expires takes a day, or 90d. Run `holdfast decide --help`.'
      : 'Run `holdfast decide --help`.',
  });

function answersOf(known: ReadonlyMap<Topic, string>): Answers {
  const decision = DECISION_STATES.find((state) => state === known.get('decision'));
  if (decision === undefined) throw new TypeError('every answer was settled');
  return {
    decision,
    justification: VEX_JUSTIFICATIONS.find((each) => each === known.get('justification')) ?? null,
    reason: known.get('reason') ?? '',
    owner: known.get('owner') ?? '',
    expires: known.get('expires') ?? '',
  };
}
