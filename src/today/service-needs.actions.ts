/** What of the service itself needs someone: schedules that did not run in time, jobs that were given up. */
import { count, shorten } from '../lib/text.ts';
import { between, formatSpan, type Instant } from '../lib/time.ts';
import type { Queries } from '../platform/db.ts';
import { deadLetters, type DeadLetter } from '../platform/jobs.ts';
import { overdueSchedules, type OverdueSchedule, type Schedule } from '../platform/schedules.ts';
import type { Need, NeedSource } from './need.ts';

const SERVICE = '/service';
/** The page of the service lists them all. */
const MOST_LETTERS = 5;
const MOST_WORDS = 200;

export const serviceNeeds = (queries: Queries, schedules: () => readonly Schedule[]): NeedSource => ({
  title: 'What watches the watcher',
  all: { text: 'The service', href: SERVICE },
  read: async (now) => {
    const overdue = await overdueSchedules(queries, schedules(), now);
    const { total, letters } = await deadLetters(queries);
    const rest = total - Math.min(total, MOST_LETTERS);
    return [
      ...overdue.map((each) => overdueNeed(each, now)),
      ...letters.slice(0, MOST_LETTERS).map(deadNeed),
      ...(rest > 0 ? [moreDead(rest)] : []),
    ];
  },
});

function overdueNeed({ name, why, lastSuccessAt }: OverdueSchedule, now: Instant): Need {
  const since =
    lastSuccessAt === null
      ? 'It has never succeeded'
      : `It last succeeded ${formatSpan(between(lastSuccessAt, now))} ago`;
  const words = {
    late: `${since}, which is longer than it may be.`,
    unknown: 'No process has ever looked what is due.',
    future: 'Its last success is dated in the future: the clock was set back, so its age cannot be told.',
  };
  return {
    state: why === 'late' ? 'overdue' : 'unknown',
    about: `The schedule ${name}`,
    href: SERVICE,
    detail: words[why],
    next: { text: why === 'unknown' ? 'Start a process with --jobs=on' : 'See why', href: SERVICE },
  };
}

const deadNeed = ({ name, id, error }: DeadLetter): Need => ({
  state: 'broken',
  word: 'given up',
  about: `The job ${name} ${id}`,
  href: SERVICE,
  detail: shorten(error, MOST_WORDS),
  next: { text: 'Repair the cause, then try it again', href: SERVICE },
});

const moreDead = (rest: number): Need => ({
  state: 'broken',
  word: 'given up',
  about: `${count(rest, 'more job')}`,
  href: SERVICE,
  detail: 'They were given up as well.',
  next: { text: 'See all', href: SERVICE },
});
