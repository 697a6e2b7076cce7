/**
 * `/`, `/policy.json` and `/.well-known/security.txt`: what everybody may see.
 *
 * The bytes are made once for each evaluation and day and kept in memory, so a page view costs two small queries. Browsers ask each time
 * whether there is a newer one, and mostly hear that there is not.
 */
import type { Context } from 'hono';
import { sha256 } from '../lib/hash.ts';
import type { Instant } from '../lib/time.ts';
import { pageAnswer, problemAnswer } from '../platform/http-answer.ts';
import { publicRoute, type Route } from '../web/route.ts';
import { notEvaluatedPage, policyPage } from './policy.page.tsx';
import { policyToJson } from './policy-json.ts';
import { publicStanding, type PublicStanding, type PublicWorld } from './public.actions.ts';
import { securityTxt } from './security-txt.ts';

interface PublicBytes {
  readonly text: string;
  readonly etag: string;
}

/** Of one evaluation and one day; the next one takes its place. */
interface Kept {
  readonly key: string;
  readonly html: PublicBytes;
  readonly json: PublicBytes;
  /** `null` where no contact is known. */
  readonly securityTxt: PublicBytes | null;
}

type Shown = Extract<PublicStanding, { kind: 'policy' }>;

export function publicRoutes(world: PublicWorld): readonly Route[] {
  let kept: Kept | null = null;
  const current = async (now: Instant): Promise<Kept | Extract<PublicStanding, { kind: 'nothing' }>> => {
    const standing = await publicStanding(world, now);
    if (standing.kind === 'nothing') return standing;
    if (kept?.key !== standing.key) kept = await rendered(world, standing, now);
    return kept;
  };
  return [
    publicRoute('GET', '/', async (c, { now }) => {
      const page = await current(now);
      if ('key' in page) return answered(c, page.html, 'text/html; charset=utf-8');
      return pageAnswer(notEvaluatedPage(page.unreadableSince !== null));
    }),
    publicRoute('GET', '/policy.json', async (c, { now }) => {
      const page = await current(now);
      if ('key' in page) return answered(c, page.json, 'application/json; charset=utf-8');
      return problemAnswer({
        status: 404,
        code: 'NOT_EVALUATED',
        title: 'The policy has not been evaluated yet',
        hint: 'Ask again in a minute.',
      });
    }),
    publicRoute('GET', '/.well-known/security.txt', async (c, { now }) => {
      const page = await current(now);
      const file = 'key' in page ? page.securityTxt : null;
      if (file !== null) return answered(c, file, 'text/plain; charset=utf-8');
      return problemAnswer({
        status: 404,
        code: 'NO_CONTACT',
        title: 'No contact for reports of security problems is known here',
        hint: 'The policy can name one as `contact:` in its front matter, or holdfast.yaml as the recipient `security`.',
      });
    }),
  ];
}

async function rendered({ url }: PublicWorld, standing: Shown, now: Instant): Promise<Kept> {
  const policy = await standing.publish();
  const { contact, language } = policy;
  const { isOld, unreadableSince, key } = standing;
  const page = policyPage(policy, { kind: 'service', hasSecurityTxt: contact !== null, isOld, unreadableSince });
  return {
    key,
    html: bytesOf(page),
    json: bytesOf(`${JSON.stringify(policyToJson(policy), null, 2)}\n`),
    securityTxt: contact === null ? null : bytesOf(securityTxt({ contact, language, url, now })),
  };
}

const bytesOf = (text: string): PublicBytes => ({ text, etag: `"${sha256(text).slice(0, 32)}"` });

/** RFC 9110 §13.1.2: weak comparison, of each tag in the list. */
function answered(c: Context, { text, etag }: PublicBytes, type: string) {
  const headers = { etag, 'cache-control': 'public, no-cache' };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return c.newResponse(null, 304, headers);
  return c.newResponse(text, 200, { ...headers, 'content-type': type });
}
