/**
 * One statement of a policy on its page: the sentence, its verdict, the figures, when it was measured, and how it is checked.
 * The order of the document is policy-document.page.tsx.
 */
import type { Json, JsonObject } from '../lib/json.ts';
import { isObject } from '../lib/json.ts';
import { number, printable } from '../lib/text.ts';
import { formatInstant } from '../lib/time.ts';
import type { StatementVerdict } from '../policy/evaluate.ts';
import type { SentencePart } from '../policy/sentences.ts';
import { Chip, Evidence, Moment, withCode } from '../web/components.tsx';
import { primaryLanguage, type Language } from '../lib/language.ts';
import { Phrasing } from '../web/markdown.tsx';
import { Strip } from '../web/strip.tsx';
import { PUBLIC } from '../web/paths.ts';
import type { PolicyPageText } from './policy-page-text.ts';
import type { PublishedControl, PublishedPolicy, PublishedStatement } from './published-policy.ts';

export interface PageContext {
  readonly policy: PublishedPolicy;
  readonly language: Language;
  readonly words: PolicyPageText;
  /** What is said of each statement, by its id. */
  readonly reports: ReadonlyMap<string, PublishedStatement>;
}

/** For the author's own words, where the page has no words in their language. */
export const documentLanguage = ({ policy, language }: PageContext): { readonly lang?: string } =>
  policy.language !== null && primaryLanguage(policy.language) !== language ? { lang: policy.language } : {};

/** Labels are the author's own words: with a prefix none of them meets an id of the page. */
export const statementAddress = (id: string): string => `s-${id}`;
const howAddress = (id: string): string => `how-${id}`;

export const chipState = (verdict: StatementVerdict) => (verdict === 'no-case' ? 'na' : verdict);

/**
 * @param note The number of its note; `null` where nothing checks it.
 * @param marker `3.` in a numbered list, else `null`.
 */
export function StatementRow({
  id,
  content,
  note,
  marker,
  context,
}: {
  readonly id: string;
  readonly content: readonly SentencePart[];
  readonly note: number | null;
  readonly marker: string | null;
  readonly context: PageContext;
}) {
  const { policy, words, language, reports } = context;
  const statement = reports.get(id);
  if (statement === undefined) throw new Error(`the statement ${id} has no report`);
  const { verdict, controls } = statement;
  return (
    <div class={verdict === 'broken' ? 'stmt is-broken' : 'stmt'} id={statementAddress(id)}>
      <div>
        <p class="stmt-text" {...documentLanguage(context)}>
          {marker === null ? null : `${marker} `}
          <Phrasing nodes={content} links={policy.links} />
          {note === null ? null : (
            <a
              class="ref"
              href={`#${encodeURIComponent(howAddress(id))}`}
              aria-label={words.note(note)}
              lang={language}
            >
              {note}
            </a>
          )}
        </p>
        {note === null ? null : (
          <details>
            <summary class="more">{words.how}</summary>
            <div id={howAddress(id)}>
              {controls.map((control, index) => (
                <HowChecked control={control} id={`${howAddress(id)}.${index + 1}`} context={context} />
              ))}
            </div>
          </details>
        )}
      </div>
      <div class="stmt-side">
        <div class="when">
          <Chip state={chipState(verdict)}>{words.verdict[verdict]}</Chip>
        </div>
        {note === null ? <p>{words.uncheckedSentence}</p> : <Measured statement={statement} context={context} />}
      </div>
    </div>
  );
}

/** What each control found, and the year of the statement. */
const Measured = ({
  statement: { controls, history },
  context,
}: {
  readonly statement: PublishedStatement;
  readonly context: PageContext;
}) => (
  <>
    {controls.map((control) => (
      <Figures control={control} single={controls.length === 1} context={context} />
    ))}
    {controls.every(({ summary }) => summary === null) ? null : (
      <Strip
        history={history}
        words={context.words.strip}
        none={<MeasuredOnce controls={controls} context={context} />}
      />
    )}
  </>
);

/** The control's own sentence with its figures. */
const Figures = ({
  control,
  single,
  context: { words, language },
}: {
  readonly control: PublishedControl;
  readonly single: boolean;
  readonly context: PageContext;
}) => (
  <>
    {single ? null : (
      <div class="when">
        <Chip state={chipState(control.verdict)}>{words.verdict[control.verdict]}</Chip>
        <span class="muted mono">{printable(control.id)}</span>
      </div>
    )}
    {control.summary === null ? (
      <p>{words.notBuilt(control.id)}</p>
    ) : (
      <p {...(language === 'en' ? {} : { lang: 'en' })}>{withCode(control.summary)}</p>
    )}
  </>
);

/** Of several controls the measurement that is longest ago: the statement is as fresh as that. */
const MeasuredOnce = ({
  controls,
  context: { policy, words, language },
}: {
  readonly controls: readonly PublishedControl[];
  readonly context: PageContext;
}) => {
  const [oldest] = controls
    .flatMap(({ measuredAt }) => (measuredAt === null ? [] : [measuredAt]))
    .toSorted((a, b) => a - b);
  return oldest === undefined ? (
    <>
      {words.notMeasured} {words.historyBegins}
    </>
  ) : (
    <>
      {words.measuredOnce} <Moment at={oldest} zone={policy.zone} language={language} />. {words.historyBegins}
    </>
  );
};

const HowChecked = ({
  control,
  id,
  context,
}: {
  readonly control: PublishedControl;
  readonly id: string;
  readonly context: PageContext;
}) => {
  const { words } = context;
  const measured =
    control.measuredAt === null ? [] : [{ name: 'measured', values: [formatInstant(control.measuredAt)] }];
  return (
    <Evidence
      id={id}
      head={
        <b {...documentLanguage(context)}>
          {control.explanation === '' ? words.noExplanation : printable(control.explanation)}
        </b>
      }
      rows={[{ name: 'control', values: [control.id] }, ...rowsOf(measuredOf(control.evidence), ''), ...measured]}
      foot={
        <>
          {control.withheld.length === 0 ? null : <span>{printable(words.withheld(control.withheld))}</span>}
          <a href={PUBLIC.policyJson}>{words.asJson}</a>
        </>
      }
    />
  );
};

interface Row {
  readonly name: string;
  readonly values: readonly string[];
}

/** Without the time of the measurement, which has its own row. */
const measuredOf = ({ at: _at, ...rest }: JsonObject): JsonObject => rest;

/** One row for each figure; what lies inside of another is named after both. */
const rowsOf = (evidence: JsonObject, prefix: string): readonly Row[] =>
  Object.entries(evidence).flatMap(([key, value]): readonly Row[] => {
    const name = prefix === '' ? key : `${prefix} ${key}`;
    if (isJsonObject(value)) return rowsOf(value, name);
    if (!Array.isArray(value)) return [{ name, values: [figure(value)] }];
    return value.length === 0 ? [{ name, values: ['none'] }] : [{ name, values: value.map(figure) }];
  });

const isJsonObject = (value: Json): value is JsonObject => isObject(value);

/** Of an object in a list, its values in one line. */
function figure(value: Json): string {
  if (value === null) return 'none';
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return number(value);
  if (typeof value !== 'object') return String(value);
  return Object.values(value).map(figure).join(' ');
}
