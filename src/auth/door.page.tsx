/** What all pages before the sign-in share: their world, the headers of a page with the script, and what is said about a refused passkey. */
import { pageAnswer } from '../platform/http-answer.ts';
import { contentSecurity } from '../web/security-headers.ts';
import type { Report } from '../web/service-log.ts';
import type { Shell } from '../web/shell.ts';
import type { PasskeyWorld } from './passkey.actions.ts';
import type { PasskeyRefusal } from './passkey.ts';
import { refusedPasskey, type Obstacle } from './passkey.text.ts';
import type { CookieSettings } from './session-cookie.ts';

export interface DoorWorld extends PasskeyWorld {
  readonly shell: Shell;
  readonly cookies: CookieSettings;
  readonly report: Report;
}

/** A page that runs the script of passkeys; 422 where a form was refused (RFC 9110 §15.5.21). */
export function scriptPage(text: string, isRefused: boolean): Response {
  const answer = pageAnswer(text, { status: isRefused ? 422 : 200 });
  answer.headers.set('content-security-policy', contentSecurity('self'));
  return answer;
}

export function withCookie(answer: Response, cookie: string): Response {
  answer.headers.append('set-cookie', cookie);
  return answer;
}

/** Why it was refused is for whoever runs the service, too: without an address and without a name. */
export function reportRefusal(report: Report, requestId: string, refusal: PasskeyRefusal): Obstacle {
  const why = refusal.code === 'not-verified' ? refusal.why : null;
  report({ level: 'info', event: 'passkey-refused', requestId, code: refusal.code, why });
  return refusedPasskey(refusal);
}
