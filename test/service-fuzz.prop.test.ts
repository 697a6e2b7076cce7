/** Whatever is sent to a route, it is answered: never by a defect, never with what stands inside. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { SCOPES, ROLES } from '../src/auth/permit.ts';
import type { Route, Viewer } from '../src/web/route.ts';
import { composedService } from './support/composed-service.ts';
import { minute, setUp } from './support/people.ts';
import { temporaryFolder } from './support/repository.ts';

const NOW = minute(1);
const machine: Viewer = { kind: 'token', token: 'token-fuzz', scopes: SCOPES };

/** What forms, addresses and tokens are really made of, and what they should never be. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1',
    'x',
    '%',
    '%00',
    '..',
    '__proto__',
    'constructor',
    'owner',
    'on',
    '[object Object]',
    '\'"<script>',
  ),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    '\u202e',
    '9'.repeat(400),
    'a'.repeat(5_000),
    '1e309',
    '2026-13-45',
    '/\\evil.example',
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const NAMES = [
  'q',
  'state',
  'sort',
  'page',
  'to',
  'done',
  'name',
  'email',
  'roles',
  'role',
  'reason',
  'code',
  'answer',
  'credential',
  'label',
  'scopes',
  'days',
  'expires',
  'type',
  'subject',
  'day',
  'before',
  'size',
  '__proto__',
];
const fields = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 12 })), text), {
  maxLength: 8,
});

const TYPES = [
  'application/x-www-form-urlencoded',
  'application/json',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'a/b; charset=\u00fc',
  '',
];

const asked = fc.record({
  parameters: fc.array(text, { minLength: 4, maxLength: 4 }),
  query: fields,
  body: fc.oneof(
    fields.map((pairs) => new URLSearchParams(wellFormed(pairs)).toString()),
    fc.json({ maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
  ),
  type: fc.constantFrom(...TYPES),
  accept: fc.constantFrom('text/html', '*/*', 'application/json', ''),
  etag: fc.constantFrom('', '*', '"x"', 'W/"'),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** URLs and headers hold no lone surrogates. */
const wellFormed = (pairs: readonly (readonly [string, string])[]): [string, string][] =>
  pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]);

function requestFor(
  origin: string,
  { method, path }: Route,
  { parameters, query, body, type, accept, etag }: Asked,
): Request {
  const values = [...parameters];
  const filled = path.replace(
    /:\w+(?:\{[^}]*\})?|\*/g,
    () => encodeURIComponent((values.pop() ?? 'x').toWellFormed()) || 'x',
  );
  const search = new URLSearchParams(wellFormed(query)).toString();
  const headers = new Headers({ host: new URL(origin).host, accept, 'if-none-match': etag });
  if (method === 'POST') headers.set('content-type', /^[\x20-\x7e]*$/.test(type) ? type : 'text/plain');
  return new Request(`${origin}${filled}?${search}`, {
    method,
    headers,
    ...(method === 'POST' ? { body: body.toWellFormed() } : {}),
  });
}

const SOME_CLAIM = { id: 1, name: 'any', payload: null, attempt: 1, until: NOW };

const POLICY = `# Policy

We review every change.[^review]

[^review]: By hand.

    \`\`\`yaml
    control: manual
    by: Ada
    on: 2026-11-01
    until: 2027-01-31
    \`\`\`
`;

/** Ten recovery codes are ten times argon2id. */
const hashesPasswords = ({ method, path }: Route): boolean => method === 'POST' && path === '/account/recovery-codes';

describe('every route of the service', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'SECURITY-POLICY.md'), POLICY);
  const service = await composedService(folder, () => NOW);
  after(service.close);
  for (const { handler } of service.features.schedules) await handler.run(SOME_CLAIM, new AbortController().signal);
  const { person } = await setUp({ log: service.log, keys: service.keys, random: service.log.random });
  const owner: Viewer = { kind: 'person', person, name: 'Ada', roles: ROLES, session: 'none', authenticatedAt: NOW };

  const viewerOf = ({ access }: Route): Viewer | null =>
    access.kind === 'token' ? machine : access.kind === 'public' ? null : owner;

  for (const route of service.features.routes)
    it(`answers whatever it is sent: ${route.method} ${route.path}`, async () => {
      await fc.assert(
        fc.asyncProperty(asked, async (input) => {
          service.events.length = 0;
          const answer = await service.ask(requestFor(service.origin, route, input), viewerOf(route));
          const body = await answer.text();
          const trouble = service.events.filter(({ event }) => event !== 'request');
          assert.ok(answer.status < 500, `${answer.status} ${JSON.stringify(trouble)}`);
          assert.doesNotMatch(body, /\bat .*\.(?:ts|cjs):\d+/);
        }),
        { numRuns: hashesPasswords(route) ? 3 : 60 },
      );
    });
});
