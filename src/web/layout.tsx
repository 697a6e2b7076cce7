/**
 * The frame of every page: head, skip link, top, main, foot. Pages fill it; the small pieces are components.tsx.
 *
 * No script, no style beside the one sheet, nothing from elsewhere: the content security policy says so to the browser, also where
 * no server sends headers.
 */
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { Glyph, Sprite, type GlyphName } from './components.tsx';

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
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={CONTENT_SECURITY} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="referrer" content="no-referrer" />
      <meta name="description" content={frame.description} />
      <title>{frame.title}</title>
      <link rel="stylesheet" href={frame.stylesheet} />
    </head>
    <body class="pub">
      <Sprite glyphs={['mark', ...frame.glyphs]} />
      <a class="skip" href="#main">
        {frame.skip}
      </a>
      <header class="top">
        <div class="top-in">
          <a class="brand" href={frame.home}>
            <Glyph name="mark" />
            {frame.brand}
          </a>
        </div>
      </header>
      <main id="main" class="page">
        {frame.children}
      </main>
      <footer class="foot">
        <div class="foot-in">{frame.foot}</div>
      </footer>
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
