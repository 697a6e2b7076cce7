/**
 * P19, "every alert is answered": judges whether each finding of a scan has a decision that lives.
 *
 * Pure; the scan is complete.control.ts. Unlike scan.dependencies it does not ask whether a finding is gone or closed, but
 * whether somebody with a name has decided on it, within the time that was given: a planned upgrade is an answer, an
 * expired or unapproved decision is none.
 */
import { count, number } from '../lib/text.ts';
import { dayIn, days, plus, type Instant } from '../lib/time.ts';
import type { Verdict, VerdictName } from '../policy/control.ts';
import { dataWords, gapIn, measuredIn, undecidableIn, type ScannedFacts } from '../scan/dependencies.ts';
import type { Finding } from '../scan/finding.ts';
import { reaches, type Threshold } from '../scan/scan-report.ts';
import { namedFinding } from '../scan/scan.text.ts';
import { openWords } from './decision.ts';

export interface TriageRules {
  readonly failOn: Threshold;
  readonly maxDataAgeDays: number;
  /** Decisions that end within so many days are named. */
  readonly warnDays: number;
}

type Ending = { readonly finding: string; readonly expires: string; readonly place: string };

export type TriageFacts = ScannedFacts & {
  /** In which decisions end, IANA. */
  readonly zone: string;
  /** Findings at the level or above. */
  readonly total: number;
  /** Those without a decision that lives, the first few by name and with the reason. */
  readonly lacking: number;
  readonly lackingNamed: readonly string[];
  /** Those whose decision closes them, and those with an upgrade that is still to come. */
  readonly closed: number;
  readonly planned: number;
  /** Of the closed ones, those that rest on a proof of reach that was checked with this scan. */
  readonly proven: number;
  /** Of those without a decision that lives, those whose proof does not hold any more. */
  readonly unproven: number;
  /** The living decisions that end first. */
  readonly ending: readonly Ending[];
};

/** Evidence names at most this many findings; the counts beside them are exact. */
const NAMED = 5;
/** Enough to see, when the facts are judged again later, that the first of them has ended since. */
const ENDINGS = 20;

export function triageFacts(
  findings: readonly Finding[],
  failOn: Threshold,
): Omit<TriageFacts, keyof ScannedFacts | 'zone'> {
  const counted = findings.filter((finding) => reaches(finding, failOn));
  const lacking = counted.filter((finding) => !isAnswered(finding));
  const planned = counted.filter(({ decision }) => decision?.open === 'planned').length;
  const ending = counted
    .flatMap((finding): readonly Ending[] =>
      finding.decision === null || !isAnswered(finding)
        ? []
        : [{ finding: namedFinding(finding), expires: finding.decision.expires, place: finding.decision.place }],
    )
    .sort((a, b) => (a.expires < b.expires ? -1 : a.expires > b.expires ? 1 : 0));
  return {
    total: counted.length,
    lacking: lacking.length,
    lackingNamed: lacking
      .slice(0, NAMED)
      .map(
        (finding) =>
          `${namedFinding(finding)} (${finding.decision === null ? 'no decision' : openWords(finding.decision)})`,
      ),
    closed: counted.length - lacking.length - planned,
    planned,
    proven: counted.filter(({ decision }) => decision?.open === null && decision.proof !== null).length,
    unproven: lacking.filter(({ decision }) => decision?.open === 'unproven').length,
    ending: ending.slice(0, ENDINGS),
  };
}

/** By a decision that closes it, or by an upgrade whose time has not run out. */
const isAnswered = ({ decision }: Finding): boolean =>
  decision !== null && (decision.open === null || decision.open === 'planned');

export function judgeTriage(rules: TriageRules, facts: TriageFacts, now: Instant): Verdict {
  const { failOn, maxDataAgeDays, warnDays } = rules;
  const { zone, total, lacking, lackingNamed, closed, planned, proven, unproven, ending } = facts;
  const answer = (verdict: VerdictName, summary: string): Verdict => ({
    verdict,
    summary,
    measuredAt: facts.at,
    evidence: { ...facts },
  });
  const undecidable = undecidableIn(facts);
  if (undecidable !== null) return answer('unknown', undecidable);
  if (lacking > 0) {
    const more = lacking > lackingNamed.length ? ` and ${number(lacking - lackingNamed.length)} more` : '';
    return answer(
      'broken',
      `${number(lacking)} of ${count(total, 'finding')} at ${failOn} or above ${lacking === 1 ? 'has' : 'have'} no decision that holds: ${lackingNamed.join(', ')}${more}. Next: holdfast decide ${unproven > 0 ? '--renew' : '--list'}`,
    );
  }
  const today = dayIn(now, zone);
  const [first] = ending;
  if (first !== undefined && first.expires < today)
    return answer(
      'broken',
      `The decision on ${first.finding} ended on ${first.expires}, after it was measured. Next: holdfast decide --list`,
    );
  const nothing = total === 0 ? `no finding at ${failOn} or above` : 'each finding has a decision that holds';
  const gap = gapIn(facts, { maxDataAgeDays, nothing }, now);
  if (gap !== null) return answer(gap.verdict, gap.summary);
  const measured = `${measuredIn(facts)} ${dataWords(facts, maxDataAgeDays)}`;
  if (total === 0) return answer('kept', `${measured}: ${nothing}.`);
  const soon = ending.filter(({ expires }) => expires <= dayIn(plus(now, days(warnDays)), zone)).length;
  const warning =
    soon > 0 && first !== undefined
      ? ` ${soon === ENDINGS ? `At least ${soon}` : number(soon)} of the decisions ${soon === 1 ? 'ends' : 'end'} within ${count(warnDays, 'day')}, the first on ${first.expires} (${first.finding}).`
      : '';
  return answer(
    'kept',
    `${measured}: ${nothing} (${number(closed)} closed${proven === 0 ? '' : `, ${number(proven)} of them by a proof that was checked again`}, ${count(planned, 'planned upgrade')}).${warning}`,
  );
}
