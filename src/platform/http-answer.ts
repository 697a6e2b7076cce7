/** The answers that handlers give, with the headers that belong to each. Those of every answer are added by web/application.routes.ts. */
import type { JsonObject } from '../lib/json.ts';

const NO_STORE = 'no-store';

/** A page: `private` data is in most of them, so nobody keeps a copy unless `cache` says so. */
export const pageAnswer = (
  text: string,
  { status = 200, cache = NO_STORE }: { readonly status?: number; readonly cache?: string } = {},
): Response =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': cache },
  });

/** After every POST: reloading the page that follows sends nothing again (RFC 9110 §15.4.4). @param to A path of ours. */
export const seeOther = (to: string): Response =>
  new Response(null, { status: 303, headers: { location: to, 'cache-control': NO_STORE } });

export const jsonAnswer = (
  value: JsonObject,
  { status = 200, cache = NO_STORE }: { readonly status?: number; readonly cache?: string } = {},
): Response =>
  new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': cache },
  });

export interface Problem {
  readonly status: number;
  /** Stable, in capitals, to match on. */
  readonly code: string;
  readonly title: string;
  /** The next step. */
  readonly hint: string;
  /** What is wrong in the body, each with its place. */
  readonly errors?: readonly { readonly at: string; readonly message: string }[];
}

/** RFC 9457, with members of ours: `code`, `hint` and `errors`. */
export const problemAnswer = (problem: Problem, headers: Record<string, string> = {}): Response =>
  new Response(`${JSON.stringify({ type: 'about:blank', ...problem })}\n`, {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': NO_STORE, ...headers },
  });
