/** The application over routes of a test, asked without a listener: what a browser or a program would send, and what comes back. */
import { identify } from '../../src/auth/identify.actions.ts';
import type { AuthPagesWorld, AuthWorld } from '../../src/auth/auth.actions.ts';
import type { Instant } from '../../src/lib/time.ts';
import { createApplication } from '../../src/web/application.routes.ts';
import { addressOf } from '../../src/web/request-guard.ts';
import type { Route } from '../../src/web/route.ts';
import type { Shell } from '../../src/web/shell.ts';
import { randomBytes } from 'node:crypto';

export const ORIGIN = 'http://localhost:8710';
const SHELL: Shell = {
  organisation: 'Beispiel Apps GmbH',
  zone: 'Europe/Berlin',
  logPosition: () => 'Log at entry 7.',
};

export const pagesWorld = (world: AuthWorld): AuthPagesWorld => ({ ...world, shell: SHELL, origin: ORIGIN });

export interface Sent {
  readonly method?: 'GET' | 'POST';
  /** The secret of a session. */
  readonly session?: string | undefined;
  readonly token?: string | undefined;
  /** A form. */
  readonly fields?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  readonly cookie: string | null;
  readonly headers: Headers;
}

export interface TestApplication {
  readonly send: (path: string, sent?: Sent) => Promise<Answered>;
  /** From the next request on it is then. */
  readonly setTime: (now: Instant) => void;
  /** What the service would have written down: everything that it reports. */
  readonly reported: readonly unknown[];
}

export function applicationOf(world: AuthWorld, routes: readonly Route[], start: Instant): TestApplication {
  let now = start;
  const reported: unknown[] = [];
  const app = createApplication({
    routes,
    address: addressOf(new URL(ORIGIN)),
    trusts: null,
    speaksTls: false,
    identify: async ({ headers, now: at }) =>
      identify(
        world,
        { cookie: headers.get('cookie'), authorization: headers.get('authorization') },
        { secure: false },
        at,
      ),
    now: () => now,
    clock: () => 0,
    random: randomBytes,
    report: (event) => reported.push(event),
  });
  return {
    reported,
    setTime: (at) => {
      now = at;
    },
    send: async (path, { method, session, token, fields, headers = {} } = {}) => {
      const posts = fields !== undefined || method === 'POST';
      const answer = await app(
        new Request(`${ORIGIN}${path}`, {
          method: method ?? (posts ? 'POST' : 'GET'),
          headers: {
            host: 'localhost:8710',
            ...(posts ? { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' } : {}),
            ...(session === undefined ? {} : { cookie: `holdfast=${session}` }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
          body: posts ? new URLSearchParams((fields ?? []).map(([name, value]) => [name, value])).toString() : null,
        }),
        { address: '127.0.0.1' },
      );
      const { status, headers: got } = answer;
      const text = await answer.text();
      return { status, text, location: got.get('location'), cookie: got.get('set-cookie'), headers: got };
    },
  };
}
