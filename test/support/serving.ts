/** Routes of a feature behind the real application on a real port, for a token and a person that are always there. */
import { after } from 'node:test';
import type { Instant, Millis } from '../../src/lib/time.ts';
import { listen } from '../../src/platform/http-server.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { readServiceSettings } from '../../src/platform/service-settings.ts';
import { createApplication, type Asking, type Identified } from '../../src/web/application.routes.ts';
import { addressOf } from '../../src/web/request-guard.ts';
import type { PersonViewer, Route } from '../../src/web/route.ts';
import type { ServiceEvent } from '../../src/web/service-log.ts';

export interface Serving {
  readonly url: string;
  /** Every event of the service but those of requests. */
  readonly events: readonly ServiceEvent[];
  /** Asks as a person who is signed in. */
  readonly page: (path: string, init?: RequestInit) => Promise<Response>;
}

export const TOKEN = 'hft_report-token-of-a-test';

const person = (now: Instant): PersonViewer => ({
  kind: 'person',
  person: 'person-1',
  name: 'Anke M.',
  roles: ['owner'],
  session: 'session-1',
  authenticatedAt: now,
});

async function identify({ headers, now }: Asking): Promise<Identified> {
  if (headers.get('authorization') === `Bearer ${TOKEN}`)
    return { viewer: { kind: 'token', token: 'token-1', scopes: ['policy.report'] }, cookie: null };
  if (headers.get('cookie') === 'holdfast=test') return { viewer: person(now), cookie: null };
  return { viewer: null, cookie: null };
}

export async function serve(routes: readonly Route[], now: () => Instant): Promise<Serving> {
  const events: ServiceEvent[] = [];
  let port = 0;
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof createApplication>>();
  const settings = readServiceSettings({ HOLDFAST_PORT: '0' });
  const server = await listen(settings, async (request, peer) => (await promise)(request, peer));
  after(() => server.close(0 as Millis));
  port = server.port;
  const url = `http://localhost:${port}`;
  resolve(
    createApplication({
      routes,
      address: addressOf(new URL(url)),
      trusts: null,
      speaksTls: false,
      identify,
      now,
      clock: () => performance.now(),
      random: systemRandom,
      report: (event) => {
        if (event.event !== 'request') events.push(event);
      },
    }),
  );
  const page = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('cookie', 'holdfast=test');
    return fetch(`${url}${path}`, { redirect: 'manual', ...init, headers });
  };
  return { url, events, page };
}
