/**
 * Small pieces of the page of a scan: glyphs, severities, times, links. The page is scan-page.ts.
 *
 * `html` escapes every value; nothing here passes it by. What an input or a report wrote goes through `printable` as well,
 * so that no bidirectional control turns a name around.
 */
import { html } from 'hono/html';
import type { Severity } from '../advisory/advisory.ts';
import { printable } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { AppliedDecision } from '../triage/decision.ts';
import type { Finding } from './finding.ts';

export type Html = ReturnType<typeof html>;

/** Symbols in use; each has a shape of its own, so that a print in grey loses nothing. */
export const sprite = (): Html => html`<svg class="sprite" aria-hidden="true" focusable="false">
  <symbol id="g-mark" viewBox="0 0 16 16"><path class="g-line" d="M8 1.2v8.3M8 9.5c0 2.6-2.4 3.4-5.4 5.3M8 9.5c0 2.6 2.4 3.4 5.4 5.3M8 9.5v5.3M8 4.6c2.2-.1 3.6-1 4.2-2.8M8 6.6c-2.2-.1-3.6-1-4.2-2.8"/></symbol>
  <symbol id="g-running" viewBox="0 0 16 16"><circle class="g-line" cx="8" cy="8" r="6.4"/><path class="g-line" d="M8 4.2V8l2.6 1.7"/></symbol>
  <symbol id="g-overdue" viewBox="0 0 16 16"><path class="g-fill" d="M8 .8l7.6 13.6H.4z"/><path class="g-cut" d="M8 5.8v4M8 12v.1"/></symbol>
  <symbol id="g-unknown" viewBox="0 0 16 16"><circle class="g-dot" cx="8" cy="8" r="6.6"/><path class="g-line" d="M6.2 6.2c.2-1.1 1-1.7 1.9-1.7 1.1 0 1.9.7 1.9 1.7 0 1.4-1.9 1.5-1.9 3M8.1 11.4v.1"/></symbol>
</svg>`;

export const glyph = (name: 'mark' | 'running' | 'overdue' | 'unknown'): Html =>
  html`<svg class="g" aria-hidden="true"><use href="#g-${name}"/></svg>`;

const BARS: Readonly<Record<Severity, number>> = { critical: 4, high: 3, medium: 2, low: 1, none: 0, unscored: 0 };
const BAR_PLACES = [
  { x: '0', y: '9', height: '3' },
  { x: '4.2', y: '6', height: '6' },
  { x: '8.4', y: '3', height: '9' },
  { x: '12.6', y: '0', height: '12' },
] as const;

/** Four bars, the word, the score. Malicious code is shown as the worst there is. */
export function severityMark({ severity, score, malware }: Finding): Html {
  const shown = malware ? 'critical' : severity;
  const bars = BAR_PLACES.map(
    ({ x, y, height }, index) =>
      html`<rect class="${index < BARS[shown] ? 'on' : 'off'}" x="${x}" y="${y}" width="3" height="${height}"/>`,
  );
  const points = score === null || malware ? '' : html` <span class="score">${score.toFixed(1)}</span>`;
  return html`<span class="sev ${shown}"><svg viewBox="0 0 16 12" aria-hidden="true">${bars}</svg>${malware ? 'malware' : severity}${points}</span>`;
}

/** Why a decision does not close its finding, or that there is none. */
export function openMark(decision: AppliedDecision | null): Html {
  if (decision === null) return html`<span class="muted">no decision</span>`;
  switch (decision.open) {
    case null:
      return html``;
    case 'planned':
      return html`<span class="chip running">${glyph('running')}planned</span>`;
    case 'expired':
      return html`<span class="chip overdue">${glyph('overdue')}expired</span>`;
    case 'unapproved':
      return html`<span class="chip unknown">${glyph('unknown')}not approved</span>`;
  }
}

/** `Tue 24 Nov 2026, 09:05 UTC` */
export function moment(at: Instant): Html {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(at).toUTCString().split(' ');
  return html`<time datetime="${formatInstant(at)}">${weekday.replace(',', '')} ${Number(day)} ${month} ${year}, ${time.slice(0, 5)} UTC</time>`;
}

export const dayMark = (day: string): Html => html`<time class="nb" datetime="${day}">${day}</time>`;

/**
 * A link only where the address is one of the web: reports of other tools may name anything. `url` prints the address behind the
 * text.
 */
export function webLink(url: string, text = url): Html {
  if (!/^https?:\/\//i.test(url)) return html`${printable(text)}`;
  return html`<a class="${text === url ? '' : 'url'}" href="${url}" rel="noreferrer">${printable(text)}</a>`;
}
