/**
 * The web application: takes the routes of all features and asks the same questions before each: is the request meant for us, is it small
 * enough, who asks, may they. Then the handler answers, and every answer gets the same headers.
 *
 * Nothing of a feature is known here; src/service.ts puts the routes together. Listening is platform/http-server.ts.
 */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { base64url } from '../lib/bytes.ts';
import type { Instant } from '../lib/time.ts';
import type { Fetch, Peer } from '../platform/http-server.ts';
import type { Random } from '../platform/random.ts';
import { authorise } from './authorise.ts';
import { clientOf, type Client } from './client-address.ts';
import { failureAnswer, guardAnswer, refusalAnswer } from './error.page.tsx';
import { guard, type ServiceAddress } from './request-guard.ts';
import type { Route, Viewer } from './route.ts';
import { SECURITY_HEADERS, STRICT_TRANSPORT } from './security-headers.ts';
import type { Report } from './service-log.ts';

/** Who a request comes from, as its cookie or its token says. */
export interface Identified {
  readonly viewer: Viewer | null;
  /** A `Set-Cookie` that goes with the answer: a session that was rotated, or one that ended. */
  readonly cookie: string | null;
}

export interface Asking {
  readonly headers: Headers;
  readonly client: Client;
  readonly now: Instant;
}

export interface ApplicationWorld {
  readonly routes: readonly Route[];
  readonly address: ServiceAddress;
  readonly trusts: ((address: string) => boolean) | null;
  /** The listener speaks TLS itself. */
  readonly speaksTls: boolean;
  readonly identify: (asking: Asking) => Promise<Identified>;
  readonly now: () => Instant;
  /** For how long an answer took; monotone, in milliseconds. */
  readonly clock: () => number;
  readonly random: Random;
  readonly report: Report;
}

interface Variables {
  requestId: string;
  client: Client;
}
type Env = { Bindings: Peer; Variables: Variables };

/** Answered at every address and in the clear: balancers ask by IP address, and learn nothing. */
const PROBES: readonly string[] = ['/healthz', '/readyz'];
const REQUEST_ID_BYTES = 9;

export function createApplication(world: ApplicationWorld): Fetch {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const begin = world.clock();
    c.set('requestId', base64url(world.random(REQUEST_ID_BYTES)));
    c.set('client', clientAt(c, world));
    const refused = PROBES.includes(c.req.path) ? null : refusal(c, world);
    if (refused === null) await next();
    else c.res = refused;
    dress(c, world);
    const { method } = c.req;
    const route = c.req.routePath;
    const ms = Math.round((world.clock() - begin) * 10) / 10;
    world.report({
      level: c.res.status >= 500 ? 'error' : 'info',
      event: 'request',
      requestId: c.get('requestId'),
      method,
      route,
      status: c.res.status,
      ms,
    });
  });
  for (const route of world.routes) addRoute(app, route, world);
  app.notFound((c) => failureAnswer(c.req.path, NOT_FOUND));
  app.onError((thrown, c) => failed(c, thrown, world));
  return (request, peer) => app.fetch(request, peer);
}

function addRoute(app: Hono<Env>, route: Route, world: ApplicationWorld): void {
  app.on(
    route.method,
    route.path,
    bodyLimit({
      maxSize: route.maxBytes,
      onError: (c) => failureAnswer(c.req.path, tooLarge(route.maxBytes)),
    }),
    async (c) => {
      const now = world.now();
      const { viewer, cookie } = await world.identify({ headers: c.req.raw.headers, client: c.get('client'), now });
      const admission = authorise(route.access, viewer, now);
      const answer =
        admission.kind === 'admitted'
          ? await handled(c, route, { viewer, now })
          : refusalAnswer(askedFor(c, world.address), admission);
      // A handler that signs in or out has set its own.
      if (cookie === null || answer.headers.has('set-cookie')) return answer;
      const withCookie = new Response(answer.body, answer);
      withCookie.headers.append('set-cookie', cookie);
      return withCookie;
    },
  );
}

/** What was asked for, and on which page of ours the form stood: browsers say so within one origin (security-headers.ts). */
function askedFor(c: Context<Env>, { origin }: ServiceAddress): Parameters<typeof refusalAnswer>[0] {
  const { path, method } = c.req;
  const page = URL.parse(c.req.header('referer') ?? '');
  const from = page?.origin === origin ? `${page.pathname}${page.search}` : null;
  return { path, method, search: new URL(c.req.url).search, from };
}

interface Asked {
  readonly viewer: Viewer | null;
  readonly now: Instant;
}

/** `authorise` has admitted the viewer, so it is of the kind that the access names. */
async function handled(c: Context<Env>, route: Route, { viewer, now }: Asked): Promise<Response> {
  const scene = { now, requestId: c.get('requestId'), client: c.get('client') };
  if (isPublic(route)) return route.handle(c, { ...scene, viewer });
  if (isForToken(route)) {
    if (viewer?.kind !== 'token') throw new Error('a token route was reached without a token');
    return route.handle(c, { ...scene, viewer });
  }
  if (viewer?.kind !== 'person') throw new Error('a staff route was reached without a person');
  return route.handle(c, { ...scene, viewer });
}

const isPublic = (route: Route): route is Extract<Route, { access: { kind: 'public' } }> =>
  route.access.kind === 'public';
const isForToken = (route: Route): route is Extract<Route, { access: { kind: 'token' } }> =>
  route.access.kind === 'token';

function clientAt(c: Context<Env>, { trusts }: ApplicationWorld): Client {
  return clientOf(
    {
      peer: c.env.address,
      forwardedFor: c.req.header('x-forwarded-for') ?? null,
      forwardedProto: c.req.header('x-forwarded-proto') ?? null,
    },
    trusts,
  );
}

function refusal(c: Context<Env>, { address, speaksTls }: ApplicationWorld): Response | null {
  const { client } = c.var;
  const url = new URL(c.req.url);
  const guarded = guard(address, {
    method: c.req.method,
    target: `${url.pathname}${url.search}`,
    host: c.req.header('host') ?? null,
    origin: c.req.header('origin') ?? null,
    fetchSite: c.req.header('sec-fetch-site') ?? null,
    cameEncrypted: speaksTls || client.proto === 'https',
    isLocal: client.address === '127.0.0.1' || client.address === '::1',
  });
  return guarded.kind === 'ours' ? null : guardAnswer(c.req.path, guarded, address);
}

/** What went wrong inside is for the log of the service; a stranger gets the number under which it stands there. */
function failed(c: Context<Env>, thrown: unknown, { report }: ApplicationWorld): Response {
  const requestId = c.get('requestId');
  const isWorld = thrown instanceof HoldfastError;
  report({
    level: 'error',
    event: isWorld ? 'request-failed' : 'defect',
    requestId,
    route: c.req.routePath,
    code: isWorld ? thrown.code : null,
    message: messageOf(thrown),
    stack: !isWorld && thrown instanceof Error ? (thrown.stack ?? null) : null,
  });
  return failureAnswer(c.req.path, {
    status: isWorld ? 503 : 500,
    code: isWorld ? thrown.code : 'DEFECT',
    title: isWorld ? 'Holdfast cannot answer at the moment' : 'Holdfast made a mistake',
    next: isWorld
      ? `Try again in a minute. Whoever runs the service finds the reason in its log under ${requestId}.`
      : `Nothing of the request was kept unless a page said so. Whoever runs the service finds the reason in its log under ${requestId}.`,
  });
}

const NOT_FOUND = {
  status: 404,
  code: 'NOT_FOUND',
  title: 'There is no such page',
  next: 'Go back, or begin at the front page.',
};

const tooLarge = (maxBytes: number) => ({
  status: 413,
  code: 'TOO_LARGE',
  title: 'What was sent is too large',
  next: `At most ${Math.floor(maxBytes / 1024)} KB are taken here. Send less.`,
});

/** Headers of every answer; a handler that knows better has set its own. */
function dress(c: Context<Env>, { address }: ApplicationWorld): void {
  const { headers } = c.res;
  for (const [name, value] of SECURITY_HEADERS) if (!headers.has(name)) headers.set(name, value);
  if (address.isSecure) headers.set(...STRICT_TRANSPORT);
  headers.set('x-request-id', c.get('requestId'));
}
