/**
 * The frame of every page: head, skip link, top, main, foot. Pages fill it; the small pieces are components.tsx.
 *
 * No style beside the one sheet, nothing from elsewhere, and no script but on the pages that speak to a passkey: the content security
 * policy says so to the browser, on published pages also where no server sends headers.
 */
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { may, type Role } from '../auth/permit.ts';
import { printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { Glyph, Moment, Sprite, type GlyphName } from './components.tsx';
import { ASSETS } from './paths.ts';
import { NAV, type Shell } from './shell.ts';

/** CSP level 3. A document from disk has `'self'` for its own folder in Chromium. Images, fonts and scripts: none. */
const CONTENT_SECURITY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'";

export interface Frame {
  /** BCP 47: of most words on the page. */
  readonly language: string;
  readonly title: string;
  /** One sentence for search engines and previews. */
  readonly description: string;
  /** Who speaks, in the top left corner. */
  readonly brand: string;
  readonly home: string;
  readonly stylesheet: string;
  /** "Skip to content" */
  readonly skip: string;
  /** Glyphs that the page uses beside the mark. */
  readonly glyphs: readonly GlyphName[];
  readonly foot: Child;
  readonly children?: Child;
}

/** A page for everybody: narrower than those of the staff, in the organisation's name. */
export const PublicPage = (frame: Frame) => (
  <html lang={frame.language}>
    <head>
      <Head {...frame}>
        <meta http-equiv="Content-Security-Policy" content={CONTENT_SECURITY} />
        <meta name="referrer" content="no-referrer" />
        <meta name="description" content={frame.description} />
      </Head>
    </head>
    <body class="pub">
      <Top {...frame} />
      <main id="main" class="page">
        {frame.children}
      </main>
      <footer class="foot">
        <div class="foot-in">{frame.foot}</div>
      </footer>
    </body>
  </html>
);

const Head = ({ title, stylesheet, children }: Pick<Frame, 'title' | 'stylesheet' | 'children'>) => (
  <>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    {children}
    <title>{title}</title>
    <link rel="stylesheet" href={stylesheet} />
  </>
);

interface TopProps {
  readonly brand: Child;
  readonly home: string;
  readonly skip: string;
  readonly glyphs: readonly GlyphName[];
  /** Sections and account, right of the brand. */
  readonly beside?: Child;
}

const Top = ({ brand, home, skip, glyphs, beside }: TopProps) => (
  <>
    <Sprite glyphs={['mark', ...glyphs]} />
    <a class="skip" href="#main">
      {skip}
    </a>
    <header class="top">
      <div class="top-in">
        <a class="brand" href={home}>
          <Glyph name="mark" />
          {brand}
        </a>
        {beside ?? null}
      </div>
    </header>
  </>
);

/** What every page of the staff says besides its own matter. */
export interface StaffFrame {
  /** A whole sentence that states the fact; also the `h1`, unless the page has one of its own. */
  readonly title: string;
  readonly shell: Shell;
  readonly viewer: { readonly name: string; readonly roles: readonly Role[] };
  /** Path of the section that the page belongs to; `null` for none. */
  readonly section: string | null;
  readonly glyphs?: readonly GlyphName[];
  readonly now: Instant;
  /** `/assets/passkey.js`; the answer then needs `contentSecurity('self')`. */
  readonly script?: string;
  readonly children?: Child;
}

/** A page behind the sign-in: Holdfast speaks, in English, and the organisation's name stands beside. */
export const StaffPage = ({ title, shell, viewer, section, glyphs = [], now, script, children }: StaffFrame) => (
  <html lang="en">
    <head>
      <Head title={`${title} · Holdfast`} stylesheet={ASSETS.style}>
        {script === undefined ? null : <script src={script} defer></script>}
      </Head>
    </head>
    <body>
      <Top
        brand={
          <>Holdfast{shell.organisation === null ? null : <span class="org">{printable(shell.organisation)}</span>}</>
        }
        home="/today"
        skip="Skip to content"
        glyphs={glyphs}
        beside={<Sections viewer={viewer} section={section} />}
      />
      <main id="main" class="page">
        {children}
      </main>
      <footer class="foot">
        <div class="foot-in">
          <p>
            <Moment at={now} zone={shell.zone} />. {shell.logPosition() ?? 'Nothing is in the log yet.'}
          </p>
          <ul>
            <li>
              <a href="/">Public page</a>
            </li>
          </ul>
        </div>
      </footer>
    </body>
  </html>
);

const Sections = ({ viewer, section }: Pick<StaffFrame, 'viewer' | 'section'>) => (
  <>
    <nav class="nav" aria-label="Sections">
      {NAV.filter(({ capability }) => may(viewer.roles, capability)).map(({ path, label }) => (
        <a href={path} aria-current={path === section ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
    <div class="who">
      <a href="/account" aria-current={section === '/account' ? 'page' : undefined}>
        {printable(viewer.name)}
        <span class="vh">, your account</span>
      </a>
      <a href="/sign-out">Sign out</a>
    </div>
  </>
);

export interface DoorFrame {
  readonly title: string;
  readonly shell: Pick<Shell, 'organisation'>;
  readonly glyphs?: readonly GlyphName[];
  readonly script?: string;
  readonly children?: Child;
}

/** A page before the sign-in: setting up, invitations, signing in, and what went wrong. No navigation, because nothing is open yet. */
export const DoorPage = ({ title, shell, glyphs = [], script, children }: DoorFrame) => (
  <html lang="en">
    <head>
      <Head title={`${title} · Holdfast`} stylesheet={ASSETS.style}>
        <meta name="robots" content="noindex" />
        {script === undefined ? null : <script src={script} defer></script>}
      </Head>
    </head>
    <body class="pub">
      <Top
        brand={
          <>Holdfast{shell.organisation === null ? null : <span class="org">{printable(shell.organisation)}</span>}</>
        }
        home="/"
        skip="Skip to content"
        glyphs={glyphs}
      />
      <main id="main" class="page">
        {children}
      </main>
    </body>
  </html>
);

/** The page as text. */
export function documentText(page: JSX.Element): string {
  const text = html`<!doctype html>
${page}
`;
  if (text instanceof Promise) throw new TypeError('no part of a page is a promise');
  return String(text);
}
