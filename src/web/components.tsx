/**
 * The small pieces that pages are made of: glyphs, chips, times, links, evidence. The frame is layout.tsx, the year of a promise
 * strip.tsx, Markdown markdown.tsx, the look style.css.
 *
 * JSX escapes every value; nothing here passes it by. What somebody else wrote goes through `printable` as well, so that no
 * bidirectional control turns a name around.
 */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { whenMinute } from '../lib/when-words.ts';
import { printable } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { Language } from '../lib/language.ts';

/** Each has a shape of its own, so that a print in grey loses nothing. Drawn on 16 × 16. */
const GLYPHS = {
  mark: (
    <path
      class="g-line"
      d="M8 1.2v8.3M8 9.5c0 2.6-2.4 3.4-5.4 5.3M8 9.5c0 2.6 2.4 3.4 5.4 5.3M8 9.5v5.3M8 4.6c2.2-.1 3.6-1 4.2-2.8M8 6.6c-2.2-.1-3.6-1-4.2-2.8"
    />
  ),
  kept: (
    <>
      <circle class="g-fill" cx="8" cy="8" r="7" />
      <path class="g-cut" d="M4.7 8.3l2.3 2.3 4.3-4.8" />
    </>
  ),
  broken: (
    <>
      <rect class="g-fill" x="1.2" y="1.2" width="13.6" height="13.6" rx="1.5" />
      <path class="g-cut" d="M5 5l6 6M11 5l-6 6" />
    </>
  ),
  stale: (
    <path
      class="g-fill"
      d="M2.6 1h10.8v1.8c0 2.2-2 3.6-3.4 5.2 1.4 1.6 3.4 3 3.4 5.2V15H2.6v-1.8C2.6 11 4.6 9.6 6 8 4.6 6.4 2.6 5 2.6 2.8z"
    />
  ),
  unknown: (
    <>
      <circle class="g-dot" cx="8" cy="8" r="6.6" />
      <path class="g-line" d="M6.2 6.2c.2-1.1 1-1.7 1.9-1.7 1.1 0 1.9.7 1.9 1.7 0 1.4-1.9 1.5-1.9 3M8.1 11.4v.1" />
    </>
  ),
  manual: (
    <>
      <circle class="g-fill" cx="8" cy="4.6" r="3.4" />
      <path class="g-fill" d="M1.6 15c.3-3.7 2.8-5.6 6.4-5.6s6.1 1.9 6.4 5.6z" />
    </>
  ),
  unbound: <circle class="g-dot" cx="8" cy="8" r="6.6" />,
  na: (
    <>
      <circle class="g-line" cx="8" cy="8" r="6.2" />
      <path class="g-line" d="M3.8 12.2l8.4-8.4" />
    </>
  ),
  running: (
    <>
      <circle class="g-line" cx="8" cy="8" r="6.4" />
      <path class="g-line" d="M8 4.2V8l2.6 1.7" />
    </>
  ),
  soon: (
    <>
      <circle class="g-line" cx="8" cy="8" r="6.4" />
      <path class="g-fill" d="M8 8V3.4A4.6 4.6 0 1 1 3.4 8z" />
    </>
  ),
  overdue: (
    <>
      <path class="g-fill" d="M8 .8l7.6 13.6H.4z" />
      <path class="g-cut" d="M8 5.8v4M8 12v.1" />
    </>
  ),
} as const;

export type GlyphName = keyof typeof GLYPHS;

/** Stands once, at the top of `body`, with the glyphs that the page uses. */
export const Sprite = ({ glyphs }: { readonly glyphs: readonly GlyphName[] }) => (
  <svg class="sprite" aria-hidden="true" focusable="false">
    {glyphs.map((name) => (
      <symbol id={`g-${name}`} viewBox="0 0 16 16">
        {GLYPHS[name]}
      </symbol>
    ))}
  </svg>
);

export const Glyph = ({ name }: { readonly name: GlyphName }) => (
  <svg class="g" aria-hidden="true">
    <use href={`#g-${name}`} />
  </svg>
);

/** The state of one thing: the glyph of that state and a word for it. */
export const Chip = ({
  state,
  children,
}: {
  readonly state: Exclude<GlyphName, 'mark'>;
  readonly children?: Child;
}) => (
  <span class={`chip ${state}`}>
    <Glyph name={state} />
    {children}
  </span>
);

/** `Tue 24 Nov 2026, 09:05 CET (08:05 UTC)`: the organisation's own time first. */
export const Moment = ({
  at,
  zone,
  language = 'en',
}: {
  readonly at: Instant;
  /** IANA; `UTC` where none is known. */
  readonly zone: string;
  readonly language?: Language;
}) => <time datetime={formatInstant(at)}>{whenMinute(at, zone, language)}</time>;

/** @param day `YYYY-MM-DD` */
export const Day = ({ day }: { readonly day: string }) => (
  <time class="nb" datetime={day}>
    {day}
  </time>
);

/**
 * A link only where the address is one of the web: reports of other tools may name anything. `url` prints the address behind the
 * text.
 */
export const WebLink = ({ url, text = url }: { readonly url: string; readonly text?: string }) =>
  /^https?:\/\//i.test(url) ? (
    <a class={text === url ? '' : 'url'} href={url} rel="noreferrer">
      {printable(text)}
    </a>
  ) : (
    <>{printable(text)}</>
  );

/** Sentences of controls quote commands and files as Markdown does: every second piece between backticks is code. */
export const withCode = (text: string): readonly (string | JSX.Element)[] =>
  text
    .split('`')
    .map((part, index, parts) => (index % 2 === 1 && index < parts.length - 1 ? <code>{part}</code> : part));

/** Nothing is here yet: why, and the first step. */
export const Empty = ({ why, next }: { readonly why: string; readonly next: Child }) => (
  <div class="empty">
    <p>{why}</p>
    <p>{next}</p>
  </div>
);

/** What was measured, in the machine's voice: how it is checked, figures, and where more of it is. */
export const Evidence = ({
  id,
  head,
  rows,
  foot,
}: {
  readonly id: string;
  readonly head: Child;
  readonly rows: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly foot: Child;
}) => (
  <div class="evidence" id={id}>
    <div class="ev-head">{head}</div>
    {rows.length === 0 ? null : (
      <dl lang="en">
        {rows.map(({ name, values }) => (
          <>
            <dt>{printable(name)}</dt>
            <dd>{values.flatMap((value, index) => [index === 0 ? null : <br />, printable(value)])}</dd>
          </>
        ))}
      </dl>
    )}
    <div class="ev-foot">{foot}</div>
  </div>
);
