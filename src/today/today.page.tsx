/** `/today`, the home of the staff: what needs someone now, what is still to be set up, and how the year went. */
import type { Child } from 'hono/jsx';
import { printable, shorten } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { Chip, Empty, withCode } from '../web/components.tsx';
import { Flash } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import type { PersonViewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import type { FirstStep, Need } from './need.ts';
import type { NeedGroup, Today } from './today.actions.ts';

export interface TodayView {
  readonly today: Today;
  /** One sentence about what is quiet: "18 of 24 statements are kept." */
  readonly quiet: string | null;
  readonly done: string | null;
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
}

const DONE: Readonly<Record<string, string>> = {
  'set-up': 'You are set up, and the first owner of this service.',
  'let-in':
    'You are an owner now. End the access of whoever has lost their keys: what they lost opens the service until then.',
  joined: 'You have joined. From now on you sign in with your passkey.',
};

export function todayPage({ today, quiet, done, shell, viewer, now }: TodayView): string {
  const { groups, steps } = today;
  const amount = groups.reduce((sum, { needs }) => sum + (needs?.length ?? 0), 0);
  const untold = groups.filter(({ needs }) => needs === null);
  const title = titleOf(amount, untold.length > 0);
  const said = done !== null && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return documentText(
    <StaffPage
      {...{ title, shell, viewer, now }}
      section="/today"
      glyphs={['kept', 'broken', 'unknown', 'stale', 'soon', 'overdue']}
    >
      <div class="page-head">
        <h1>{title}</h1>
        {quiet === null ? null : <p class="lede">{printable(quiet)}</p>}
      </div>
      {said === undefined ? null : <Flash kind="good">{said}</Flash>}
      <div class="stack">
        {steps.length === 0 ? null : <Steps steps={steps} />}
        {groups.map((group, at) => (
          <Group group={group} id={`group-${at + 1}`} />
        ))}
      </div>
    </StaffPage>,
  );
}

const WORDS = [
  'Nothing',
  'One thing',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
  'Eleven',
  'Twelve',
];

/** What could not be told keeps the page from saying that nothing is to do. */
function titleOf(amount: number, isUntold: boolean): string {
  if (amount === 0) return isUntold ? 'What needs someone today could not all be told' : 'Nothing needs anyone today';
  const word = WORDS[amount] ?? String(amount);
  return amount === 1 ? 'One thing needs someone today' : `${word} things need someone today`;
}

const Group = ({ group: { title, all, needs }, id }: { readonly group: NeedGroup; readonly id: string }) => (
  <section class="sec" aria-labelledby={`${id}-h`}>
    <div class="sec-head">
      <h2 id={`${id}-h`}>{title}</h2>
      <span class="aside">
        <a href={all.href}>{all.text}</a>
      </span>
    </div>
    {needs === null ? (
      <Flash kind="bad">
        This could not be read at the moment. Load the page again, and look at the log of the service.
      </Flash>
    ) : needs.length === 0 ? (
      <Empty why="Nothing here needs anyone." next={<a href={all.href}>{all.text}</a>} />
    ) : (
      <Needs needs={needs} title={title} />
    )}
  </section>
);

/** A policy of thousands of sentences can have thousands of troubles; the list behind the link has all. */
const MOST_SHOWN = 50;
const MOST_TEXT = 200;

const Needs = ({ needs, title }: { readonly needs: readonly Need[]; readonly title: string }) => (
  <>
    <table class="tbl fold">
      <caption class="vh">{title}</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">State</th>
          <th scope="col">Next step</th>
        </tr>
      </thead>
      <tbody>
        {needs.slice(0, MOST_SHOWN).map(({ state, word, about, href, detail, next }) => (
          <tr>
            <th scope="row">
              <a href={href}>{shorten(printable(about), MOST_TEXT)}</a>
              <span class="sub">{withCode(printable(detail))}</span>
            </th>
            <td data-l="State">
              <Chip state={state}>{word ?? STATE_WORDS[state]}</Chip>
            </td>
            <td data-l="Next step">
              <a href={next.href}>{withCode(printable(next.text))}</a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {needs.length > MOST_SHOWN ? (
      <p class="fine">And {needs.length - MOST_SHOWN} more, behind the link above.</p>
    ) : null}
  </>
);

const STATE_WORDS: Readonly<Record<Need['state'], string>> = {
  broken: 'broken',
  overdue: 'overdue',
  unknown: 'unknown',
  stale: 'stale',
  soon: 'due soon',
};

/** Until each is done; what comes first in the order of setting up stands first. */
const Steps = ({ steps }: { readonly steps: readonly FirstStep[] }) => (
  <section class="sec" aria-labelledby="steps-h">
    <h2 id="steps-h">What to do next</h2>
    <ol class="flow">
      {steps.map(
        ({ title, words, command, link }): Child => (
          <li>
            <b>{title}</b>
            <p class="fine">{words}</p>
            {command === null ? null : (
              <pre class="code plain" tabindex={0} role="region" aria-label={`Command: ${title}`}>
                <code>{command}</code>
              </pre>
            )}
            {link === null ? null : (
              <p>
                <a href={link.href}>{link.text}</a>
              </p>
            )}
          </li>
        ),
      )}
    </ol>
  </section>
);
