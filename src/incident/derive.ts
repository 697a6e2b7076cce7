/**
 * From facts to duties: which exist, where each comes from, and why. The rules are data (rules.ts); this file only
 * applies them. It reads no clock: the day that chooses the law is an argument.
 */
import { FACT_NAMES, type CaseFacts, type FactName } from './case-facts.ts';
import { judgeCondition, mentions, type LevelOf, type Truth } from './condition.ts';
import type { Case, DutyId, DutyRule, Level, Sureness } from './duty.ts';
import { DUTY_IDS, inForce, versionsOfDuty } from './rules.ts';

export interface Duty {
  readonly id: DutyId;
  readonly level: Level;
  /** One sentence. */
  readonly why: string;
  /** The unknown facts that would decide it; empty when the level is firm. */
  readonly open: readonly FactName[];
  readonly sure: Sureness;
  /** The version of the rule that answered. */
  readonly rule: DutyRule;
}

export interface Derivation {
  readonly duties: readonly Duty[];
  /** Who decides about telling. */
  readonly decider: string;
  /** The weakest reading among the duties. */
  readonly sure: Sureness;
}

/**
 * Every duty with its level, in the order of `DUTY_RULES`.
 *
 * @param at Day of awareness, local to the organisation; it chooses the version of each rule.
 */
export function dutiesOf(facts: CaseFacts, at: Temporal.PlainDate): Derivation {
  const done = new Map<DutyId, Duty>();
  const levelOf: LevelOf = (id) => {
    const known = done.get(id);
    const duty = known ?? deriveOne(id, facts, at, levelOf);
    done.set(id, duty);
    return duty;
  };
  for (const id of DUTY_IDS) levelOf(id);
  const duties = DUTY_IDS.flatMap((id) => done.get(id) ?? []);
  return { duties, decider: deciderOf(duties, facts), sure: weakest(duties.map((duty) => duty.sure)) };
}

function deriveOne(id: DutyId, facts: CaseFacts, at: Temporal.PlainDate, levelOf: LevelOf): Duty {
  const chosen = inForce(versionsOfDuty(id), at);
  if (!chosen.found) {
    const since = chosen.because === 'before' ? `from ${chosen.day} on` : `until ${chosen.day}`;
    const rule = chosen.nearest;
    const why = `${rule.instrument} ${rule.article ?? ''} applies to awareness ${since}.`.replace('  ', ' ');
    return { id, level: 'no', why, open: [], sure: 'settled', rule };
  }
  return { id, rule: chosen.rule, ...applyCases(chosen.rule, facts, levelOf) };
}

type Outcome = Pick<Duty, 'level' | 'why' | 'open' | 'sure'>;

/**
 * The first true case decides. A case before it that is open (a fact is unknown) could have decided otherwise: then the
 * duty is conditional and names the facts, unless both come to the same level.
 */
function applyCases(rule: DutyRule, facts: CaseFacts, levelOf: LevelOf): Outcome {
  const open: { readonly truth: Truth & { known: false }; readonly candidate: Case }[] = [];
  let decided: Outcome = { level: 'no', why: rule.otherwise, open: [], sure: 'settled' };
  for (const candidate of rule.cases) {
    const truth = judgeCondition(candidate.when, facts, levelOf);
    if (!truth.known) open.push({ truth, candidate });
    else if (truth.value) {
      decided = { level: candidate.level, why: candidate.why, open: [], sure: candidate.sure ?? 'settled' };
      break;
    }
  }
  const doubts = open.filter(({ candidate }) => candidate.level !== decided.level);
  const first = doubts[0];
  if (first === undefined) return decided;
  const missing = FACT_NAMES.filter((name) => doubts.some(({ truth }) => truth.facts.includes(name)));
  return {
    level: 'conditional',
    why: `Not decided: ${quoted(missing)} ${missing.length === 1 ? 'is' : 'are'} unknown; it may be "${first.candidate.level}".`,
    open: missing,
    sure: 'judgement',
  };
}

const quoted = (names: readonly string[]): string => {
  const all = names.map((name) => `\`${name}\``);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
};

/** Duties that only exist once something has happened to data, to the app or to a product in the field. */
const INCIDENT_DUTIES: readonly DutyId[] = [
  'gdpr-33-2',
  'gdpr-33-5',
  'gdpr-33-1',
  'gdpr-34',
  'atlassian-incident-24h',
  'cra-14-1',
  'cra-14-3',
];

/** A dependency alert without an incident is decided where releases are decided; everything else by the incident's people. */
function deciderOf(duties: readonly Duty[], facts: CaseFacts): string {
  const incident = duties.some((duty) => INCIDENT_DUTIES.includes(duty.id) && duty.level !== 'no');
  if (facts.dependency !== true || incident) {
    return 'incident lead proposes, management decides, DPO heard if there is one';
  }
  const decider = 'release owner, second person confirms';
  return facts.reachable === false ? decider : `${decider}; incident check if critical`;
}

function weakest(all: readonly Sureness[]): Sureness {
  if (all.includes('disputed')) return 'disputed';
  return all.includes('judgement') ? 'judgement' : 'settled';
}

/** Every fact that can change a duty, in any version of its rule, directly or through another duty. */
export function factsThatDecide(id: DutyId): readonly FactName[] {
  const found = versionsOfDuty(id).flatMap((rule) => rule.cases.map((each) => mentions(each.when)));
  const facts = new Set(found.flatMap((each) => each.facts));
  for (const other of found.flatMap((each) => each.duties)) for (const fact of factsThatDecide(other)) facts.add(fact);
  return FACT_NAMES.filter((name) => facts.has(name));
}
