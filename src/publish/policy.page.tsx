/**
 * The public page of a policy: the document itself, each statement with its verdict, what was measured and how. A page for a missing
 * address comes with it.
 *
 * Everything shown was decided before (published-policy.ts); words are policy-page-en.text.ts and policy-page-de.text.ts. Failures stand
 * first. Policy text is the author's, so it passes ../web/markdown.tsx; sentences of controls are English and marked so.
 */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { printable, shorten } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { VERDICT_ORDER, type StatementVerdict } from '../policy/evaluate.ts';
import { Chip, Day, Empty, Glyph, Moment } from '../web/components.tsx';
import { pageLanguage, type Language } from '../lib/language.ts';
import { documentText, DoorPage, PublicPage, type Frame } from '../web/layout.tsx';
import { ASSETS, basePath, PUBLIC } from '../web/paths.ts';
import { contactWords } from './contact.ts';
import { GERMAN } from './policy-page-de.text.ts';
import { ENGLISH } from './policy-page-en.text.ts';
import type { PolicyPageText } from './policy-page-text.ts';
import { documentPart } from './policy-document.page.tsx';
import type { PublishedPolicy } from './published-policy.ts';
import { chipState, documentLanguage, statementAddress, type PageContext } from './statement.page.tsx';

const WORDS: Readonly<Record<Language, PolicyPageText>> = { en: ENGLISH, de: GERMAN };

const GLYPHS = ['kept', 'broken', 'stale', 'unknown', 'manual', 'na', 'unbound'] as const;

/** Where the page stands. A file says nothing about the time after it was written; the service knows more. */
export type PageHost =
  | { readonly kind: 'file'; readonly hasSecurityTxt: boolean }
  | {
      readonly kind: 'service';
      readonly hasSecurityTxt: boolean;
      /** The evaluation is older than the schedule allows. */
      readonly isOld: boolean;
      /** Since when the document or its facts cannot be read; `null`: they can. */
      readonly unreadableSince: Instant | null;
    };

/** Addresses are relative in files, and those of the service on its pages. */
const HOSTS = {
  file: { home: PUBLIC.policy, base: '', style: null },
  service: { home: '/', base: '/', style: ASSETS.style },
} as const;

export function policyPage(policy: PublishedPolicy, host: PageHost): string {
  const context = contextOf(policy);
  const { words } = context;
  const owner = ownerOf(policy);
  const title = policy.title === '' ? owner : policy.title;
  return documentText(
    <PublicPage
      {...frameOf(context, { title: title === owner ? title : `${title} · ${owner}`, ...HOSTS[host.kind] })}
      foot={<Foot context={context} host={host} />}
    >
      <div class="policy-head">
        <h1 {...documentLanguage(context)}>{printable(title)}</h1>
        <p class="lede">{words.lede}</p>
        <Standing policy={policy} words={words} />
      </div>
      {policy.statements.length === 0 ? (
        <Empty why={words.empty.why} next={words.empty.next} />
      ) : (
        <>
          <Lapse context={context} host={host} />
          <State context={context} host={host} />
          <Trouble context={context} />
        </>
      )}
      {documentPart(context, title)}
      <section class="sec" id="legend" aria-labelledby="legend-h">
        <h2 id="legend-h">{words.legend.title}</h2>
        <div class="split">
          <p class="fine">{words.legend.worst}</p>
          <div class="stack fine">
            <p>{words.legend.unbound}</p>
            <p>
              {words.legend.source} <span class="hash">{policy.digest}</span>
            </p>
            <Recorded context={context} host={host} />
          </div>
        </div>
      </section>
    </PublicPage>,
  );
}

/** @param url Where the folder will be served; `null` where nobody said. */
export function notFoundPage(policy: PublishedPolicy, url: string | null): string {
  const context = contextOf(policy);
  const { words } = context;
  const base = basePath(url);
  return documentText(
    <PublicPage
      {...frameOf(context, { title: `${words.notFound.title} · ${ownerOf(policy)}`, home: base, base, style: null })}
      foot={<p>{printable(ownerOf(policy))}</p>}
    >
      <div class="page-head">
        <h1>{words.notFound.title}</h1>
        <p class="lede">{words.notFound.words}</p>
      </div>
      <p>
        <a href={base}>{words.notFound.link}</a>
      </p>
    </PublicPage>,
  );
}

/** Of the service while it has nothing to show. In English: which language the document has is not known. */
export const notEvaluatedPage = (isUnreadable: boolean): string => {
  const title = isUnreadable ? 'The security policy cannot be read' : 'The security policy has not been evaluated yet';
  return documentText(
    <DoorPage title={title} shell={{ organisation: null }}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          {isUnreadable
            ? 'So nothing is known about what it promises. Whoever runs the service finds the mistakes behind the sign-in.'
            : 'Nothing was measured so far, so there is nothing to show. The first evaluation takes a minute at most.'}
        </p>
      </div>
      <p>
        <a href="/today">To the pages of the staff</a>
      </p>
    </DoorPage>,
  );
};

function contextOf(policy: PublishedPolicy): PageContext {
  const language = pageLanguage(policy.language);
  const reports = new Map(policy.statements.map((statement) => [statement.id, statement]));
  return { policy, language, words: WORDS[language], reports };
}

const ownerOf = ({ organisation, title }: PublishedPolicy): string =>
  organisation ?? (title === '' ? 'Holdfast' : title);

function frameOf(
  { policy, language, words }: PageContext,
  {
    title,
    home,
    base,
    style,
  }: { readonly title: string; readonly home: string; readonly base: string; readonly style: string | null },
): Omit<Frame, 'foot' | 'children'> {
  const owner = ownerOf(policy);
  return {
    language,
    title: printable(title),
    description: printable(words.description(owner)),
    brand: printable(owner),
    home,
    stylesheet: style ?? `${base}${PUBLIC.style}`,
    skip: words.skip,
    glyphs: GLYPHS,
  };
}

/** What keeps the page from being about today: it stands before every figure. */
const Lapse = ({
  context: { policy, words, language },
  host,
}: {
  readonly context: PageContext;
  readonly host: PageHost;
}) => {
  if (host.kind === 'file' || (!host.isOld && host.unreadableSince === null)) return null;
  return (
    <div class="flash bad">
      <Glyph name="unknown" />
      <div>
        {host.unreadableSince === null ? null : (
          <p>
            {words.unreadable[0]} <Moment at={host.unreadableSince} zone={policy.zone} language={language} />.{' '}
            {words.unreadable[1]}
          </p>
        )}
        {host.isOld ? (
          <p>
            {words.measured} <Moment at={policy.evaluatedAt} zone={policy.zone} language={language} />. {words.old}
          </p>
        ) : null}
      </div>
    </div>
  );
};

/** Where the evidence is, for whoever does not want to believe the page. */
const Recorded = ({ context: { policy, words }, host }: { readonly context: PageContext; readonly host: PageHost }) =>
  policy.recorded === null ? null : (
    <p>
      {words.recorded(printable(policy.recorded.origin), policy.recorded.entry)}
      {host.kind === 'file' ? null : (
        <>
          {' '}
          <a href="/.well-known/holdfast/checkpoint">{words.checkpoint}</a>
        </>
      )}
    </p>
  );

/** Version and first day, as far as the document says. */
const Standing = ({ policy, words }: { readonly policy: PublishedPolicy; readonly words: PolicyPageText }) =>
  policy.version === null && policy.effective === null ? null : (
    <p class="fine top-gap">
      {policy.version === null ? null : `${words.version} ${printable(policy.version)}`}
      {policy.version === null || policy.effective === null ? null : ' · '}
      {policy.effective === null ? null : (
        <>
          {words.effective} <Day day={policy.effective} />
        </>
      )}
    </p>
  );

/** The counts as a bar and in words; the bar alone says nothing. */
const State = ({
  context: { policy, words, language },
  host,
}: {
  readonly context: PageContext;
  readonly host: PageHost;
}) => {
  const { counts, statements } = policy;
  const shown = VERDICT_ORDER.filter((verdict) => counts[verdict] > 0);
  return (
    <section class="state" aria-labelledby="state-h">
      <div class="sec-head">
        <h2 id="state-h">{words.headline(counts.kept, statements.length)}</h2>
        <span class="aside">
          {words.measured} <Moment at={policy.evaluatedAt} zone={policy.zone} language={language} />
        </span>
      </div>
      <svg
        class="state-bar"
        role="img"
        aria-label={shown.map((each) => `${counts[each]} ${words.verdict[each]}`).join(', ')}
      >
        {segments(shown.map((verdict) => ({ verdict, amount: counts[verdict] })))}
      </svg>
      <div class="state-list">
        {shown.map((verdict) => (
          <div>
            <b>{counts[verdict]}</b>
            <Chip state={chipState(verdict)}>{words.verdict[verdict]}</Chip>
            <span class="fine">{words.meaning[verdict]}</span>
          </div>
        ))}
      </div>
      <p class="fine top-gap">{host.kind === 'file' ? words.frozen : words.live}</p>
    </section>
  );
};

const SEGMENT: Readonly<Record<StatementVerdict, string>> = {
  kept: 'seg-k',
  broken: 'seg-b',
  stale: 'seg-s',
  unknown: 'seg-u',
  manual: 'seg-m',
  'no-case': 'seg-0',
  unbound: 'seg-n',
};

/** Between two segments, in percent of the width. */
const GAP = 0.6;

function segments(
  parts: readonly { readonly verdict: StatementVerdict; readonly amount: number }[],
): readonly JSX.Element[] {
  const all = parts.reduce((sum, { amount }) => sum + amount, 0);
  const room = 100 - GAP * (parts.length - 1);
  let x = 0;
  return parts.map(({ verdict, amount }) => {
    const width = (room * amount) / all;
    const from = x;
    x += width + GAP;
    // An outline is drawn on its edge, half of it outside.
    const outlined = verdict === 'unbound';
    return (
      <rect
        class={SEGMENT[verdict]}
        x={`${from.toFixed(2)}%`}
        y={outlined ? '0.5' : '0'}
        width={`${Math.max(0, width - (outlined ? 0.1 : 0)).toFixed(2)}%`}
        height={outlined ? '13' : '14'}
      />
    );
  });
}

/** In the order of a work list. */
const TROUBLES = ['broken', 'unknown', 'stale'] as const;

/** What is not kept, by name and before everything else. */
function Trouble({ context }: { readonly context: PageContext }) {
  const { policy, words } = context;
  const troubles = TROUBLES.filter((verdict) => policy.counts[verdict] > 0);
  const [worst] = troubles;
  if (worst === undefined) return null;
  return (
    <div class={`flash ${worst === 'stale' ? 'warn' : 'bad'}`}>
      <Glyph name={worst} />
      <div>
        <p>
          <b>{sentence(troubles.map((verdict) => words.trouble[verdict](policy.counts[verdict])))}</b>{' '}
          {words.troubleNext}
        </p>
        <ul class="list">
          {troubles.flatMap((verdict) =>
            policy.statements
              .filter((statement) => statement.verdict === verdict)
              .map(
                ({ id, text }): Child => (
                  <li>
                    <a href={`#${encodeURIComponent(statementAddress(id))}`} {...documentLanguage(context)}>
                      {shorten(printable(text), 120)}
                    </a>{' '}
                    ({words.verdict[verdict]})
                  </li>
                ),
              ),
          )}
        </ul>
      </div>
    </div>
  );
}

const sentence = (parts: readonly string[]): string => `${parts.join(', ')}.`;

const Foot = ({ context, host }: { readonly context: PageContext; readonly host: PageHost }) => {
  const { policy, words } = context;
  return (
    <>
      <p>
        {printable(ownerOf(policy))}. {words.timesAre(policy.zone)} {words.writtenBy(policy.toolVersion)}
      </p>
      <ul>
        {policy.contact === null ? null : (
          <li>
            <a href={policy.contact} rel="noreferrer">
              {contactWords(policy.contact)}
            </a>
          </li>
        )}
        {host.hasSecurityTxt ? (
          <li>
            <a href={PUBLIC.securityTxt}>security.txt</a>
          </li>
        ) : null}
        <li>
          <a href={PUBLIC.policyJson}>policy.json</a>
        </li>
        {host.kind === 'file' ? null : (
          <li>
            <a href="/today">{words.staff}</a>
          </li>
        )}
      </ul>
    </>
  );
};
