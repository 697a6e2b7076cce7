import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { createApplication, type Identified } from './application.routes.ts';
import { addressOf } from './request-guard.ts';
import { personRoute, publicRoute, staffRoute, tokenRoute, type PersonViewer, type Route } from './route.ts';
import type { ServiceEvent } from './service-log.ts';

const NOW = Date.UTC(2026, 10, 25, 12) as Instant;
const ORIGIN = 'https://holdfast.example';

const auditor: PersonViewer = {
  kind: 'person',
  person: 'p1',
  name: 'Anke',
  roles: ['auditor'],
  session: 's1',
  authenticatedAt: NOW,
};

const routes: readonly Route[] = [
  publicRoute('GET', '/', () => new Response('front')),
  publicRoute('POST', '/form', async (c) => new Response(`${(await c.req.text()).length}`)),
  publicRoute('GET', '/breaks', () => {
    throw new Error('secret in a defect');
  }),
  publicRoute('GET', '/fails', () => {
    throw new HoldfastError('DB_UNREACHABLE', 'db.internal:5432 does not answer', { hint: 'Start it.' });
  }),
  personRoute('GET', '/account', (_, { viewer }) => new Response(viewer.name)),
  staffRoute('people.change', 'POST', '/people', () => new Response('changed')),
  staffRoute('people.read', 'GET', '/people/:person', (c) => new Response(c.req.param('person') ?? '')),
  tokenRoute('log.read', 'GET', '/api/v1/log', () => new Response('log')),
];

function service(identified: Identified = { viewer: null, cookie: null }, address = ORIGIN) {
  const events: ServiceEvent[] = [];
  const fetch = createApplication({
    routes,
    address: addressOf(new URL(address)),
    trusts: (peer) => peer === '10.0.0.1',
    speaksTls: false,
    identify: () => Promise.resolve(identified),
    now: () => NOW,
    clock: () => 0,
    random: (length) => new Uint8Array(length),
    report: (event) => events.push(event),
  });
  const ask = async (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) => {
    const all = { host: new URL(address).host, 'x-forwarded-proto': 'https', ...headers };
    const answer = await fetch(new Request(`${address}${path}`, { ...init, headers: all }), { address: '10.0.0.1' });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { ask, events };
}

const PROGRAM_FORM = { method: 'POST', body: 'a=b' };

describe('every answer', () => {
  it('has the headers of the house, also where nothing was found', async () => {
    const { ask } = service();
    for (const path of ['/', '/nowhere', '/breaks', '/account']) {
      const { headers } = await ask(path);
      assert.deepEqual(
        ['content-security-policy', 'strict-transport-security', 'x-content-type-options', 'set-cookie'].map((name) =>
          headers.get(name),
        ),
        [
          "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          'max-age=63072000',
          'nosniff',
          null,
        ],
        path,
      );
    }
  });

  it('says nothing of what went wrong inside, but under which number it stands in the log', async () => {
    const { ask, events } = service();
    const defect = await ask('/breaks');
    const world = await ask('/fails');
    assert.deepEqual([defect.status, world.status], [500, 503]);
    assert.doesNotMatch(defect.text + world.text, /secret|db\.internal|Error:|\.ts:/);
    assert.match(defect.text, /AAAAAAAAAAAA/);
    assert.deepEqual(
      events.filter(({ event }) => event !== 'request').map(({ event, message }) => [event, message]),
      [
        ['defect', 'secret in a defect'],
        ['request-failed', 'db.internal:5432 does not answer'],
      ],
    );
  });

  it('is reported by the pattern of its route, without what stood in the address', async () => {
    const { ask, events } = service({ viewer: auditor, cookie: null });
    await ask('/people/anke.m?q=anke');
    assert.deepEqual(events, [
      {
        level: 'info',
        event: 'request',
        requestId: 'AAAAAAAAAAAA',
        method: 'GET',
        route: '/people/:person',
        status: 200,
        ms: 0,
      },
    ]);
  });
});

describe('a route', () => {
  it('sends who is not signed in to the sign-in, and back afterwards', async () => {
    const { status, headers } = await service().ask('/people/p1?tab=a');
    assert.deepEqual([status, headers.get('location')], [303, '/sign-in?to=%2Fpeople%2Fp1%3Ftab%3Da']);
  });

  it('does nothing with a form of who is not signed in', async () => {
    const { status, text } = await service().ask('/people', PROGRAM_FORM);
    assert.equal(status, 401);
    assert.match(text, /nothing was done/);
  });

  it('names the rule and who can do it instead when it refuses', async () => {
    const { status, text } = await service({ viewer: auditor, cookie: null }).ask('/people', PROGRAM_FORM);
    assert.equal(status, 403);
    assert.match(text, /The rule is people\.change\. Ask an owner\./);
  });

  it('of the API answers in JSON and asks for a token', async () => {
    const { status, headers, text } = await service({ viewer: auditor, cookie: null }).ask('/api/v1/log');
    assert.deepEqual(
      [
        status,
        headers.get('www-authenticate'),
        headers.get('content-type'),
        (JSON.parse(text) as { code: string }).code,
      ],
      [401, 'Bearer', 'application/problem+json; charset=utf-8', 'TOKEN_NEEDED'],
    );
  });

  it('takes no more than its form needs', async () => {
    const { ask } = service();
    assert.deepEqual(
      await ask('/form', { method: 'POST', body: 'x'.repeat(65_536) }).then(({ text }) => text),
      '65536',
    );
    assert.equal((await ask('/form', { method: 'POST', body: 'x'.repeat(65_537) })).status, 413);
  });

  it('keeps a body without a length to the same limit', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(16_384)),
    });
    const { status } = await service().ask('/form', { method: 'POST', body, duplex: 'half' } as RequestInit);
    assert.equal(status, 413);
  });

  it('passes on the cookie of a session that was rotated', async () => {
    const { headers, text } = await service({ viewer: auditor, cookie: '__Host-holdfast=new' }).ask('/account');
    assert.deepEqual([headers.get('set-cookie'), text], ['__Host-holdfast=new', 'Anke']);
  });

  it('believes only a declared proxy that the request came encrypted', async () => {
    const { ask } = service();
    assert.equal((await ask('/', {}, { 'x-forwarded-proto': 'http' })).status, 308);
    const elsewhere = service();
    const fetchFrom = await elsewhere.ask('/form', PROGRAM_FORM, { 'x-forwarded-proto': 'http' });
    assert.equal(fetchFrom.status, 403);
  });
});
