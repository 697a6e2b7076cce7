/** Judges what intact.control.ts measured. */
import { count, number, printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import type { Verdict } from '../policy/control.ts';

/** `found: false`: there is no log, and no trace of one. A `type`, because facts travel as JSON. */
export type IntactFacts =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly origin: string | null;
      /** Read and compared. */
      readonly entries: number;
      /** What the database says it has. */
      readonly size: number;
      /** Under the newest checkpoint. */
      readonly signed: number;
      readonly states: number;
      /** Entries of the logs before this one that were read and compared. */
      readonly earlier: number;
      readonly broken: number;
      readonly unread: number;
      readonly findings: readonly { readonly where: string; readonly words: string; readonly code: string }[];
    };

export function judgeIntact(facts: IntactFacts, now: Instant): Verdict {
  if (!facts.found)
    return {
      verdict: 'unknown',
      summary: 'There is no evidence log in the data folder. Begin one: `holdfast check --record`.',
      measuredAt: null,
      evidence: {},
    };
  const { findings, broken, unread, entries, states, signed, earlier } = facts;
  const [first] = findings;
  const worst = first === undefined ? '' : `: ${printable(`${first.where}: ${first.words}`)}`;
  const answer = (verdict: Verdict['verdict'], summary: string): Verdict => ({
    verdict,
    summary,
    measuredAt: now,
    evidence: { ...facts },
  });
  if (broken > 0)
    return answer('broken', `The log is not intact, ${count(broken, 'finding')}${worst}. See \`holdfast log verify\`.`);
  if (unread > 0 || entries < facts.size || signed === 0)
    return answer(
      'unknown',
      `${count(Math.max(1, unread), 'piece')} of the log could not be looked at${worst}. See \`holdfast log verify\`.`,
    );
  const before = earlier === 0 ? '' : `, ${count(earlier, 'entry', 'entries')} of before the log was reopened`;
  return answer(
    'kept',
    `${count(entries, 'entry', 'entries')}${before} and ${count(states, 'recorded row')} agree with each other; ${number(signed)} are under the newest checkpoint.`,
  );
}
