/** `/statements/:id`: one sentence of the policy with its year, what each control said, and all that was measured. */
import type { Json } from '../lib/json.ts';
import { number, printable, shorten } from '../lib/text.ts';
import { formatInstant, formatSpan, type Instant, type Millis } from '../lib/time.ts';
import { Chip, Evidence, Moment, withCode } from '../web/components.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import type { PersonViewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import type { StripHistory, StripWords } from '../web/strip-history.ts';
import { Strip } from '../web/strip.tsx';
import type { ControlReport, StatementReport } from './evaluate.ts';
import type { ReportedFacts } from './reported-facts.ts';
import type { Standing, StandingObstacle } from './standing.actions.ts';
import { Unreadable } from './statements.page.tsx';
import { factsPath } from './statement-paths.ts';
import { verdictGlyph, verdictWord, VERDICT_GLYPHS } from './verdict-words.ts';

/** A control as the page shows it. */
export interface ShownControl {
  readonly report: ControlReport;
  /** The footnote's words. */
  readonly explanation: string;
  /** `service`: asked by the service itself. */
  readonly where: 'repo' | 'service' | 'unbuilt';
  /** Of each product that reports it. */
  readonly facts: readonly ReportedFacts[];
}

export interface StatementView {
  readonly standing: Standing;
  readonly obstacle: StandingObstacle | null;
  readonly statement: StatementReport;
  readonly controls: readonly ShownControl[];
  readonly history: StripHistory | null;
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
}

const MOST_TITLE = 160;

export function statementPage(view: StatementView): string {
  const { standing, obstacle, statement, controls, history, shell, viewer, now } = view;
  const title = shorten(printable(statement.text), MOST_TITLE);
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/statements" glyphs={[...VERDICT_GLYPHS, 'overdue']}>
      <p class="crumbs">
        <a href="/statements">Statements</a>
      </p>
      <div class="page-head">
        <p class="over">
          <Chip state={verdictGlyph(statement.verdict)}>{verdictWord(statement.verdict)}</Chip>
          <span class="mono">{printable(statement.id)}</span>
          <span>line {number(statement.line)}</span>
        </p>
        <h1>{title}</h1>
        {title === printable(statement.text) ? null : <p class="lede">{printable(statement.text)}</p>}
      </div>
      {obstacle === null ? null : <Unreadable obstacle={obstacle} zone={shell.zone} />}
      <div class="stack">
        <section class="sec" aria-labelledby="year-h">
          <h2 id="year-h">The past year</h2>
          <Strip
            history={history}
            words={STRIP}
            none="No day is recorded: nothing checks this sentence, or it is new."
          />
        </section>
        {controls.length === 0 ? <Unchecked /> : controls.map((control, at) => <Control {...{ control, at, view }} />)}
        <section class="sec" aria-labelledby="proof-h">
          <h2 id="proof-h">Proof</h2>
          <p>
            Evaluated <Moment at={standing.report.evaluatedAt} zone={shell.zone} />, and recorded as{' '}
            <a href={`/log/entries/${standing.entry}`}>entry {number(standing.entry)} of the log</a>. The proof that it
            stands there can be <a href={`/log/entries/${standing.entry}/proof.json`}>downloaded</a> and verified
            without Holdfast.
          </p>
        </section>
      </div>
    </StaffPage>,
  );
}

/** Whoever follows an old link hears why it leads nowhere. */
export function missingPage({ shell, viewer, now }: Pick<StatementView, 'shell' | 'viewer' | 'now'>): string {
  const title = 'The policy has no such statement';
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/statements">
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">Its label was changed, or the sentence was reworded or removed.</p>
      </div>
      <p>
        <a href="/statements">See all statements</a>
      </p>
    </StaffPage>,
  );
}

const Unchecked = () => (
  <section class="sec" aria-labelledby="unchecked-h">
    <h2 id="unchecked-h">Nothing checks this sentence</h2>
    <p>
      Bind it to a control with a footnote in the policy, or leave it shown as unbound. The guide names the controls
      that there are: <code>holdfast check --help</code>.
    </p>
  </section>
);

const Control = ({
  control,
  at,
  view,
}: {
  readonly control: ShownControl;
  readonly at: number;
  readonly view: StatementView;
}) => {
  const { report, explanation, where, facts } = control;
  const id = `control-${at + 1}`;
  return (
    <section class="sec" aria-labelledby={`${id}-h`}>
      <div class="sec-head">
        <h2 id={`${id}-h`} class="mono">
          {printable(report.id)}
        </h2>
        <span class="aside">
          <Chip state={verdictGlyph(report.verdict)}>{verdictWord(report.verdict)}</Chip>
        </span>
      </div>
      {explanation === '' ? null : <p>{printable(explanation)}</p>}
      <p>{withCode(printable(report.summary))}</p>
      <Evidence
        id={id}
        head={<b>{whereWords(where)}</b>}
        rows={[
          {
            name: 'measured',
            values: [report.measuredAt === null ? 'not measured' : formatInstant(report.measuredAt)],
          },
          ...Object.entries(report.evidence).map(([name, value]) => ({ name, values: valuesOf(value) })),
        ]}
        foot={<Sources facts={facts} label={report.label} view={view} />}
      />
      {facts.map((each) => (
        <RawFacts facts={each} />
      ))}
    </section>
  );
};

function whereWords(where: ShownControl['where']): string {
  switch (where) {
    case 'repo':
      return 'Measured in a checkout, reported, and judged by this service.';
    case 'service':
      return 'Measured by this service itself.';
    case 'unbuilt':
      return 'This version of Holdfast does not have the control yet.';
  }
}

/** Where the facts came from: each with the entry of its report. */
const Sources = ({
  facts,
  label,
  view,
}: {
  readonly facts: readonly ReportedFacts[];
  readonly label: string;
  readonly view: StatementView;
}) => (
  <>
    {facts.map(({ product, checkout, measuredAt, aheadMs, entry, version }) => (
      <span>
        {product === null ? 'The house' : printable(product)}:{' '}
        {checkout === null
          ? 'no Git'
          : `${checkout.commit.slice(0, 12)}${checkout.branch === null ? '' : ` on ${printable(checkout.branch)}`}`}
        , by Holdfast {printable(version)}, <Moment at={measuredAt} zone={view.shell.zone} />
        {aheadMs > 0 ? `, by a clock that was ${formatSpan(aheadMs as Millis)} ahead` : ''}.{' '}
        <a href={`/log/entries/${entry}`}>Entry {number(entry)}</a>
      </span>
    ))}
    {facts.length === 0 ? null : <a href={factsPath(view.statement.id, label)}>Facts as JSON</a>}
  </>
);

/** On the page only as far as a page may be long; the link has all. */
const MOST_RAW = 20_000;

const RawFacts = ({ facts: { product, facts } }: { readonly facts: ReportedFacts }) => {
  const text = JSON.stringify(facts, null, 2);
  const label = `Reported facts${product === null ? '' : ` of ${printable(product)}`}`;
  return (
    <details>
      <summary class="more">{label}</summary>
      <pre class="code plain" tabindex={0} role="region" aria-label={label}>
        <code>{linesOf(shorten(text, MOST_RAW))}</code>
      </pre>
    </details>
  );
};

const linesOf = (text: string): string => text.split('\n').map(printable).join('\n');

const MOST_VALUES = 20;
const MOST_VALUE = 300;

/** Of a list each item, of an object its JSON; long ones are cut, and the facts have all. */
function valuesOf(value: Json): readonly string[] {
  if (!Array.isArray(value)) return [wordOf(value)];
  if (value.length === 0) return ['none'];
  const shown = value.slice(0, MOST_VALUES).map(wordOf);
  return value.length > MOST_VALUES ? [...shown, `and ${number(value.length - MOST_VALUES)} more`] : shown;
}

function wordOf(value: Json): string {
  if (value === null) return 'none';
  return shorten(typeof value === 'string' ? value : JSON.stringify(value), MOST_VALUE);
}

const STRIP: StripWords = {
  span: 'Past year: ',
  sum: (state, amount) => `${state ?? 'not recorded'} on ${amount === 1 ? '1 day' : `${number(amount)} days`}`,
  state: (state) => state ?? 'not recorded',
  table: {
    summary: 'The strip as a table',
    from: 'From',
    to: 'To',
    state: 'State',
    earlier: (rows) => `${number(rows)} earlier rows are in policy.json.`,
  },
  until: 'today',
};
