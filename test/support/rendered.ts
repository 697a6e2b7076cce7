/** A part of a page as text, the way a whole page is put together. */
import assert from 'node:assert/strict';
import { html } from 'hono/html';

export function rendered(part: unknown): string {
  const text = html`${part}`;
  assert.ok(!(text instanceof Promise), 'no part of a page is a promise');
  return String(text);
}
