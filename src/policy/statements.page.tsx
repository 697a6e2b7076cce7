/** `/statements`: every sentence of the policy with its verdict, for the staff. One statement is statement.page.tsx. */
import { count, number, printable, shorten } from '../lib/text.ts';
import { dayIn, type Instant } from '../lib/time.ts';
import { Chip, Empty, Moment, withCode } from '../web/components.tsx';
import { Flash } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import { queryText, type ListQuery } from '../web/list-query.ts';
import type { PersonViewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import { Pager, Search, SortHead } from '../web/table.tsx';
import { CourseChart } from './course.page.tsx';
import { VERDICT_ORDER, type Counts, type StatementReport } from './evaluate.ts';
import { statementPath } from './statement-paths.ts';
import type { PolicyYear } from './history.ts';
import type { Standing, StandingObstacle } from './standing.actions.ts';
import { listStatements, measuredAt, PAGE_SIZE } from './statement-list.ts';
import { countWords, VERDICT_GLYPHS, verdictGlyph, verdictWord } from './verdict-words.ts';

const PATH = '/statements';

export interface StatementsView {
  readonly standing: Standing | null;
  readonly obstacle: StandingObstacle | null;
  readonly year: PolicyYear | null;
  readonly query: ListQuery;
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
}

export function statementsPage({ standing, obstacle, year, query, shell, viewer, now }: StatementsView): string {
  const title = titleOf(standing);
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section={PATH} glyphs={[...VERDICT_GLYPHS, 'overdue']}>
      <div class="page-head">
        <h1>{title}</h1>
        {standing === null ? null : (
          <p class="lede">
            Evaluated <Moment at={standing.report.evaluatedAt} zone={shell.zone} />, recorded as{' '}
            <a href={`/log/entries/${standing.entry}`}>entry {number(standing.entry)}</a> of the log.
          </p>
        )}
      </div>
      {obstacle === null ? null : <Unreadable obstacle={obstacle} zone={shell.zone} />}
      {standing === null ? (
        <Empty
          why="The policy has not been evaluated yet, so nothing is known about any statement."
          next={<a href="/service">See whether a process runs jobs</a>}
        />
      ) : (
        <div class="stack">
          <List statements={standing.report.statements} query={query} zone={shell.zone} />
          {year === null ? null : (
            <section class="sec" aria-labelledby="course-h">
              <div class="sec-head">
                <h2 id="course-h">Kept and not kept</h2>
                <span class="aside">12 months, the worst of each day</span>
              </div>
              <CourseChart course={year.course} today={dayIn(now, standing.zone)} />
            </section>
          )}
        </div>
      )}
    </StaffPage>,
  );
}

function titleOf(standing: Standing | null): string {
  if (standing === null) return 'No statement has been evaluated yet';
  const { counts, statements } = standing.report;
  return `${number(counts.kept)} of ${count(statements.length, 'statement')} ${counts.kept === 1 ? 'is' : 'are'} kept`;
}

/** The one obstacle of every page about the policy. */
export const Unreadable = ({ obstacle, zone }: { readonly obstacle: StandingObstacle; readonly zone: string }) => (
  <Flash kind="bad">
    <p>
      <b>The policy or its facts cannot be read</b>, since <Moment at={obstacle.since} zone={zone} />. What stands here
      was measured before.
    </p>
    <p>
      {printable(obstacle.problems.length === 0 ? `${obstacle.message}. ${obstacle.hint}` : `${obstacle.message}:`)}
    </p>
    {obstacle.problems.length === 0 ? null : (
      <ul class="list">
        {obstacle.problems.map(({ place, message, hint }) => (
          <li>
            <span class="mono">{printable(place)}</span> {withCode(printable(`${message}. ${hint}`))}
          </li>
        ))}
      </ul>
    )}
  </Flash>
);

const List = ({
  statements,
  query: asked,
  zone,
}: {
  readonly statements: readonly StatementReport[];
  readonly query: ListQuery;
  readonly zone: string;
}) => {
  const { shown, total, counts, query } = listStatements(statements, asked);
  return (
    <div>
      <Views counts={counts} query={query} />
      <Search path={PATH} query={query} label="Search statements" placeholder="Sentence, label, control" />
      {shown.length === 0 ? (
        <Empty why={emptyWords(query)} next={<a href={PATH}>Show all statements</a>} />
      ) : (
        <table class="tbl fold">
          <caption class="vh">Statements: {countWords(counts)}</caption>
          <thead>
            <tr>
              <SortHead path={PATH} query={query} by="statement">
                Statement
              </SortHead>
              <SortHead path={PATH} query={query} by="state">
                State
              </SortHead>
              <th scope="col" class="minor">
                Checked by
              </th>
              <SortHead path={PATH} query={query} by="measured">
                Measured
              </SortHead>
            </tr>
          </thead>
          <tbody>
            {shown.map((statement) => (
              <Row statement={statement} zone={zone} />
            ))}
          </tbody>
        </table>
      )}
      <Pager path={PATH} query={query} total={total} pageSize={PAGE_SIZE} />
    </div>
  );
};

const MOST_TEXT = 200;

const Row = ({ statement, zone }: { readonly statement: StatementReport; readonly zone: string }) => {
  const { id, text, verdict, controls } = statement;
  const at = measuredAt(statement);
  return (
    <tr>
      <th scope="row">
        <a href={statementPath(id)}>{shorten(printable(text), MOST_TEXT)}</a>
      </th>
      <td data-l="State">
        <Chip state={verdictGlyph(verdict)}>{verdictWord(verdict)}</Chip>
      </td>
      <td data-l="Checked by" class="minor mono">
        {controls.length === 0 ? 'nothing' : printable([...new Set(controls.map((control) => control.id))].join(', '))}
      </td>
      <td data-l="Measured">
        {at === null ? <span class="muted">{unmeasured(statement)}</span> : <Moment at={at} zone={zone} />}
      </td>
    </tr>
  );
};

function unmeasured({ verdict, controls }: StatementReport): string {
  if (controls.length === 0) return 'never';
  return verdict === 'manual' ? 'attested by a person' : 'not measured';
}

/** The filter as views: each has an address. */
const Views = ({ counts, query }: { readonly counts: Counts; readonly query: ListQuery }) => {
  const all = VERDICT_ORDER.reduce((sum, verdict) => sum + counts[verdict], 0);
  const chosen = query.filters.get('verdict') ?? null;
  const to = (verdict: string | null): string => {
    const filters = new Map([...query.filters].filter(([name]) => name !== 'verdict'));
    if (verdict !== null) filters.set('verdict', verdict);
    return `${PATH}${queryText({ ...query, filters, page: 1 })}`;
  };
  return (
    <nav class="tabs" aria-label="Views">
      <a href={to(null)} aria-current={chosen === null ? 'page' : undefined}>
        All {number(all)}
      </a>
      {VERDICT_ORDER.filter((verdict) => counts[verdict] > 0 || verdict === chosen).map((verdict) => (
        <a href={to(verdict)} aria-current={verdict === chosen ? 'page' : undefined}>
          {verdictWord(verdict)} {number(counts[verdict])}
        </a>
      ))}
    </nav>
  );
};

function emptyWords({ search, filters }: ListQuery): string {
  const verdict = filters.get('verdict');
  const what =
    verdict === undefined
      ? 'No statement'
      : `No statement that is ${verdict === 'no-case' ? 'without a case' : verdict}`;
  return search === ''
    ? `${what} is there.`
    : `${what} has "${printable(search)}" in its sentence, its label or its controls.`;
}
