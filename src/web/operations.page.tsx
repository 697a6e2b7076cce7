/** The page of the service about itself: what watches the watcher. Trouble stands first. */
import { count, printable, shorten } from '../lib/text.ts';
import { formatSpan, between, type Instant } from '../lib/time.ts';
import { may } from '../auth/permit.ts';
import { Chip, Empty, Moment } from './components.tsx';
import { Flash } from './form.tsx';
import { documentText, StaffPage } from './layout.tsx';
import type { Operations } from './operations.actions.ts';
import type { PersonViewer } from './route.ts';
import type { Shell } from './shell.ts';

export interface OperationsView {
  readonly operations: Operations;
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
  readonly version: string;
  /** What was done last. */
  readonly done: string | null;
}

const DONE: Readonly<Record<string, string>> = {
  revived: 'The job waits for a worker again.',
  gone: 'That job is no dead letter any more: somebody else revived it, or it was done.',
};

export function operationsPage({ operations, shell, viewer, now, version, done }: OperationsView): string {
  const { overdue, dead } = operations;
  const title = titleOf(overdue.length, dead.total);
  const said = done === null || !Object.hasOwn(DONE, done) ? undefined : DONE[done];
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/service" glyphs={['kept', 'broken', 'unknown', 'overdue']}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          What is promised in the background is done by jobs. A schedule that did not run and a job that was given up
          stay here until somebody looks.
        </p>
      </div>
      {said === undefined ? null : <Flash kind={done === 'gone' ? 'warn' : 'good'}>{said}</Flash>}
      <div class="stack">
        <Schedules {...{ operations, shell, now }} />
        <DeadLetters {...{ operations, shell, viewer }} />
        <Waiting {...{ operations, shell, now }} />
        <section class="sec" aria-labelledby="this-h">
          <h2 id="this-h">This process</h2>
          <dl class="kv">
            <dt>Version</dt>
            <dd class="mono">{version}</dd>
            <dt>Database</dt>
            <dd>{operations.engine === 'sqlite' ? 'SQLite, in the data folder' : 'PostgreSQL'}</dd>
          </dl>
        </section>
      </div>
    </StaffPage>,
  );
}

function titleOf(overdue: number, dead: number): string {
  if (overdue === 0 && dead === 0) return 'The service does what it promised';
  const parts = [
    ...(overdue === 0 ? [] : [`${count(overdue, 'schedule')} did not run in time`]),
    ...(dead === 0 ? [] : [`${count(dead, 'job was', 'jobs were')} given up`]),
  ];
  return parts.join(', ');
}

type Part = Pick<OperationsView, 'operations' | 'shell'>;

const Schedules = ({ operations: { schedules, overdue }, shell, now }: Part & { readonly now: Instant }) => {
  const late = new Map(overdue.map((each) => [each.name, each]));
  return (
    <section class="sec" aria-labelledby="schedules-h">
      <h2 id="schedules-h">Schedules</h2>
      <table class="tbl fold">
        <thead>
          <tr>
            <th scope="col">Schedule</th>
            <th scope="col">State</th>
            <th scope="col">Last success</th>
            <th scope="col">Next run</th>
          </tr>
        </thead>
        <tbody>
          {schedules.map(({ name, dueAt, lastSuccessAt }) => (
            <tr>
              <th scope="row" class="mono">
                {name}
              </th>
              <td data-l="State">
                <ScheduleChip why={late.get(name)?.why ?? null} hasRun={lastSuccessAt !== null} />
              </td>
              <td data-l="Last success">
                {lastSuccessAt === null ? 'never' : <Moment at={lastSuccessAt} zone={shell.zone} />}
              </td>
              <td data-l="Next run">
                {dueAt === null ? (
                  'unknown: no process runs jobs. Start one with --jobs=on.'
                ) : dueAt <= now ? (
                  `due since ${formatSpan(between(dueAt, now))}`
                ) : (
                  <Moment at={dueAt} zone={shell.zone} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const ScheduleChip = ({
  why,
  hasRun,
}: {
  readonly why: 'late' | 'unknown' | 'future' | null;
  readonly hasRun: boolean;
}) => {
  if (why === 'late') return <Chip state="overdue">overdue</Chip>;
  if (why === 'future') return <Chip state="unknown">clock was set back</Chip>;
  if (why === 'unknown' || !hasRun) return <Chip state="unknown">has not run yet</Chip>;
  return <Chip state="kept">running</Chip>;
};

const DeadLetters = ({ operations: { dead }, shell, viewer }: Part & { readonly viewer: PersonViewer }) => (
  <section class="sec" aria-labelledby="dead-h">
    <div class="sec-head">
      <h2 id="dead-h">Given up</h2>
      {dead.total > dead.letters.length ? <span class="aside">the newest of {dead.total}</span> : null}
    </div>
    {dead.letters.length === 0 ? (
      <Empty
        why="No job was given up."
        next="A job that fails ten times in an hour and a half comes here, and stays."
      />
    ) : (
      <table class="tbl fold">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">Reason</th>
            <th scope="col">Given up</th>
            <th scope="col">Next step</th>
          </tr>
        </thead>
        <tbody>
          {dead.letters.map(({ id, name, error, attempt, diedAt }) => (
            <tr>
              <th scope="row" class="mono">
                {printable(name)} {id}
              </th>
              <td data-l="Reason" class="full">
                {printable(shorten(error, MOST_REASON))}
                <span class="sub">{count(attempt, 'attempt')}</span>
              </td>
              <td data-l="Given up">
                <Moment at={diedAt} zone={shell.zone} />
              </td>
              <td data-l="Next step">
                {may(viewer.roles, 'service.repair') ? (
                  <form method="post" action={`/service/jobs/${id}/revive`}>
                    <button class="btn small">Try job {id} again</button>
                  </form>
                ) : (
                  'An owner or responder can try it again.'
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
);

const MOST_REASON = 300;

const Waiting = ({ operations: { backlog }, shell, now }: Part & { readonly now: Instant }) => (
  <section class="sec" aria-labelledby="waiting-h">
    <h2 id="waiting-h">Waiting</h2>
    {backlog.length === 0 ? (
      <Empty why="No job waits." next="What is due is begun within a second." />
    ) : (
      <table class="tbl fold">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col" class="num">
              Waiting
            </th>
            <th scope="col">Oldest due since</th>
          </tr>
        </thead>
        <tbody>
          {backlog.map(({ name, jobs, oldestDueAt }) => (
            <tr>
              <th scope="row" class="mono">
                {printable(name)}
              </th>
              <td data-l="Waiting" class="num">
                {jobs}
              </td>
              <td data-l="Oldest due since">
                <Moment at={oldestDueAt} zone={shell.zone} />
                <span class="sub">{formatSpan(between(oldestDueAt, now))} ago</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
);
