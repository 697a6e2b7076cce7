/** Answers to requests that no handler sees or that none could answer: a page with the next step for people, RFC 9457 for programs. */
import { rolesWith, type Capability } from '../auth/permit.ts';
import { pageAnswer, problemAnswer, seeOther } from '../platform/http-answer.ts';
import type { Admission } from './authorise.ts';
import { documentText, DoorPage } from './layout.tsx';
import type { Guarded, ServiceAddress } from './request-guard.ts';

export interface Failure {
  readonly status: number;
  /** Stable, in capitals. */
  readonly code: string;
  /** A sentence without its full stop. */
  readonly title: string;
  readonly next: string;
  readonly link?: NextStep;
}

const isForPrograms = (path: string): boolean => path.startsWith('/api/') || path.startsWith('/-/');

export const failureAnswer = (path: string, { status, code, title, next, link }: Failure): Response =>
  isForPrograms(path)
    ? problemAnswer({ status, code, title, hint: next })
    : pageAnswer(errorPage({ code, title, next, link: link ?? null }), { status });

export function guardAnswer(
  path: string,
  guarded: Exclude<Guarded, { kind: 'ours' }>,
  { origin }: ServiceAddress,
): Response {
  switch (guarded.kind) {
    case 'moved':
      return new Response(null, { status: 308, headers: { location: guarded.to, 'cache-control': 'no-store' } });
    case 'not-ours':
      return failureAnswer(path, {
        // RFC 9110 §15.5.20
        status: 421,
        code: 'NOT_OURS',
        title: 'This address is not served here',
        next: `The service is reached at ${origin}.`,
      });
    case 'in-the-clear':
      return failureAnswer(path, {
        status: 403,
        code: 'IN_THE_CLEAR',
        title: 'This request came unencrypted',
        next: `Nothing was done. Send it to ${origin}.`,
      });
    case 'foreign-form':
      return failureAnswer(path, {
        status: 403,
        code: 'FOREIGN_FORM',
        title: 'This form was sent from another site',
        next: `Nothing was done. Open the page at ${origin} and send its own form.`,
      });
  }
}

interface Asked {
  readonly path: string;
  /** With its `?`, or empty. */
  readonly search: string;
  readonly method: string;
  /** The page of ours with the form that was sent, where the browser says it. */
  readonly from: string | null;
}

/** A refused form is not sent again behind anybody's back: they come back to its page and send it themselves. */
const backBy = (door: '/sign-in' | '/confirm', from: string | null): string =>
  from === null ? door : `${door}?to=${encodeURIComponent(from)}`;

export function refusalAnswer(
  { path, search, method, from }: Asked,
  admission: Exclude<Admission, { kind: 'admitted' }>,
): Response {
  const reads = method === 'GET';
  const here = encodeURIComponent(`${path}${search}`);
  switch (admission.kind) {
    case 'sign-in':
      if (reads && !isForPrograms(path)) return seeOther(`/sign-in?to=${here}`);
      return failureAnswer(path, {
        status: 401,
        code: 'NOT_SIGNED_IN',
        title: 'Nobody is signed in, so nothing was done',
        next: 'Sign in, and send the form once more.',
        link: { to: backBy('/sign-in', from), text: 'Sign in' },
      });
    case 'confirm':
      if (reads) return seeOther(`/confirm?to=${here}`);
      return failureAnswer(path, {
        status: 403,
        code: 'PASSKEY_NOT_FRESH',
        title: 'This needs your passkey again, so nothing was done',
        next: 'It was last used more than five minutes ago. Confirm that it is you, and send the form once more.',
        link: { to: backBy('/confirm', from), text: 'Confirm that it is you' },
      });
    case 'refused':
      return failureAnswer(path, { status: 403, code: 'NOT_ALLOWED', ...refusedWords(admission.capability) });
    case 'token-needed':
      return problemAnswer(
        {
          status: 401,
          code: 'TOKEN_NEEDED',
          title: 'No valid token came with the request',
          hint: 'Send `Authorization: Bearer` with a token that was made at /tokens.',
        },
        { 'www-authenticate': 'Bearer' },
      );
    case 'scope-needed':
      return problemAnswer({
        status: 403,
        code: 'SCOPE_NEEDED',
        title: `The token lacks the scope ${admission.scope}`,
        hint: 'Make a token with that scope at /tokens.',
      });
  }
}

/** A refusal names the rule and who can do it instead. */
function refusedWords(capability: Capability): { readonly title: string; readonly next: string } {
  const roles = rolesWith(capability).map((role) => (/^[aeiou]/.test(role) ? `an ${role}` : `a ${role}`));
  return {
    title: 'Your roles do not allow this, so nothing was done',
    next: `The rule is ${capability}. Ask ${roles.join(' or ')}.`,
  };
}

interface NextStep {
  /** A path of ours. */
  readonly to: string;
  readonly text: string;
}

interface ErrorWords {
  readonly code: string;
  readonly title: string;
  readonly next: string;
  readonly link: NextStep | null;
}

const errorPage = ({ code, title, next, link }: ErrorWords): string =>
  documentText(
    <DoorPage title={title} shell={{ organisation: null }}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">{next}</p>
      </div>
      <p>{link === null ? <a href="/">To the front page</a> : <a href={link.to}>{link.text}</a>}</p>
      <p class="finer mono">{code}</p>
    </DoorPage>,
  );
