/**
 * Small pieces of the page of a scan that no other page has yet: severities, and why a finding is open. The page is scan.page.tsx; what all
 * pages share is ../web/components.tsx.
 *
 * `html` escapes every value; nothing here passes it by.
 */
import { html } from 'hono/html';
import type { Severity } from '../advisory/advisory.ts';
import type { AppliedDecision } from '../triage/decision.ts';
import { Glyph } from '../web/components.tsx';
import type { Finding } from './finding.ts';

export type Html = ReturnType<typeof html>;

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
      return html`<span class="chip running">${Glyph({ name: 'running' })}planned</span>`;
    case 'expired':
      return html`<span class="chip overdue">${Glyph({ name: 'overdue' })}expired</span>`;
    case 'unproven':
      return html`<span class="chip overdue">${Glyph({ name: 'overdue' })}not proven</span>`;
    case 'unapproved':
      return html`<span class="chip unknown">${Glyph({ name: 'unknown' })}not approved</span>`;
  }
}
