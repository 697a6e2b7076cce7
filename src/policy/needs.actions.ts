/** What of the policy needs someone: statements that are not kept, attestations that end soon, a document that cannot be read. */
import { count, shorten } from '../lib/text.ts';
import { between, dayIn, days, formatDay, parseDay, plus, type Instant } from '../lib/time.ts';
import type { FirstStep, Need, NeedSource } from '../today/need.ts';
import type { StatementReport } from './evaluate.ts';
import { EVALUATION_LASTS } from './evaluation-age.ts';
import { statementPath } from './statement-paths.ts';
import { isReportedByToken } from './report.actions.ts';
import type { Standing, StandingObstacle, StandingReader } from './standing.actions.ts';
import type { PolicyWorld } from './world.actions.ts';

/** An attestation is named while there is time to look again. */
const SOON_DAYS = 14;

export const policyNeeds = (reader: StandingReader): NeedSource => ({
  title: 'Promises that need someone',
  all: { text: 'All statements', href: '/statements' },
  read: async (now) => {
    const [standing, obstacle] = [await reader.latest(), await reader.obstacle()];
    return [
      ...(obstacle === null ? [] : [unreadable(obstacle)]),
      ...(standing === null ? [neverEvaluated] : needsOf(standing, now)),
    ];
  },
});

const unreadable = ({ message, hint, problems }: StandingObstacle): Need => {
  const [first] = problems;
  const words = first === undefined ? '' : ` ${first.place}: ${first.message}.`;
  return {
    state: 'broken',
    word: 'unreadable',
    about: 'The policy or its facts cannot be read',
    href: '/statements',
    detail: `${message}.${words} Verdicts are those of before.`,
    next: { text: first?.hint ?? hint, href: '/statements' },
  };
};

const neverEvaluated: Need = {
  state: 'unknown',
  about: 'The policy has not been evaluated yet',
  href: '/service',
  detail: 'Nothing is known about any statement.',
  next: { text: 'See whether a process runs jobs', href: '/service' },
};

function needsOf({ report, zone }: Standing, now: Instant): readonly Need[] {
  const old: readonly Need[] =
    between(report.evaluatedAt, now) <= EVALUATION_LASTS
      ? []
      : [
          {
            state: 'overdue',
            about: 'The policy was not evaluated in time',
            href: '/service',
            detail: `The last evaluation is of ${formatDay(report.evaluatedAt)}; it is due every day.`,
            next: { text: 'See whether a process runs jobs', href: '/service' },
          },
        ];
  const troubles = TROUBLES.flatMap((verdict) =>
    report.statements.filter((statement) => statement.verdict === verdict).map((each) => needOf(each, verdict)),
  );
  const soon = report.statements.flatMap((statement) => endingSoon(statement, dayIn(now, zone)));
  return [...old, ...troubles, ...soon];
}

/** In the order of a work list. */
const TROUBLES = ['broken', 'unknown', 'stale'] as const;

const MOST_WORDS = 300;

function needOf(statement: StatementReport, state: (typeof TROUBLES)[number]): Need {
  const worst = statement.controls.find(({ verdict }) => verdict === state);
  const href = statementPath(statement.id);
  return {
    state,
    about: statement.text,
    href,
    detail: shorten(worst?.summary ?? '', MOST_WORDS),
    next: { text: 'See what was measured', href },
  };
}

/** The control `manual` says until when in its evidence (manual.control.ts). */
function endingSoon(statement: StatementReport, today: string): readonly Need[] {
  const limit = parseDay(today);
  if (statement.verdict !== 'manual' || limit === null) return [];
  const last = formatDay(plus(limit, days(SOON_DAYS)));
  const ends = statement.controls.flatMap(({ id, verdict, evidence: { until, by } }) =>
    id === 'manual' && verdict === 'manual' && typeof until === 'string' && typeof by === 'string' && until <= last
      ? [{ until, by }]
      : [],
  );
  const [first] = ends.toSorted((a, b) => (a.until < b.until ? -1 : 1));
  if (first === undefined) return [];
  const href = statementPath(statement.id);
  return [
    {
      state: 'soon',
      word: 'ends soon',
      about: statement.text,
      href,
      detail: `The attestation by ${first.by} ends on ${first.until}. From the day after it the statement is stale.`,
      next: { text: 'Have it looked at again, then set a new end in the policy', href },
    },
  ];
}

/** @param origin `https://security.example` */
export const reportingStep = ({ log }: Pick<PolicyWorld, 'log'>, origin: string): FirstStep => ({
  title: 'Let CI report on every change',
  words:
    'Reviews, releases and dependencies are measured in a checkout. Make a token with the scope policy.report, keep it as a secret of CI, and add this line to the build.',
  command: `HOLDFAST_TOKEN=… npx holdfast check --report-to ${origin}`,
  link: { text: 'Make a token', href: '/tokens' },
  isDone: () => isReportedByToken(log.db),
});

/** What is quiet, in a sentence: beside the troubles nobody should have to count. */
export async function quietWords(reader: StandingReader): Promise<string | null> {
  const standing = await reader.latest();
  if (standing === null) return null;
  const { counts, statements } = standing.report;
  return `${counts.kept} of ${count(statements.length, 'statement')} ${counts.kept === 1 ? 'is' : 'are'} kept.`;
}
