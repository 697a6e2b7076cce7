/**
 * The authorization matrix: every route of the service × everybody who may come by. Who is asking is established as in production, by cookies and
 * tokens in a database; what is expected stands here as literals, and is not computed from permit.ts.
 *
 * A route that is not named in ROUTES fails, and so does a capability that is not named in MAY. The handlers themselves are replaced, because
 * none of them may look at roles: whether one is reached is what is decided before it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createToken } from '../../src/auth/token.actions.ts';
import type { AuthWorld } from '../../src/auth/auth.actions.ts';
import { changePerson } from '../../src/auth/people.actions.ts';
import { capabilities, ROLES, SCOPES } from '../../src/auth/permit.ts';
import { startSession } from '../../src/auth/session.actions.ts';
import { revokeToken } from '../../src/auth/token.actions.ts';
import type { Route } from '../../src/web/route.ts';
import { applicationOf, type Answered, type Sent } from '../support/application.ts';
import { composedService } from '../support/composed-service.ts';
import { day, hour, letIn, minute, setUp, valueOf } from '../support/people.ts';
import { temporaryFolder } from '../support/repository.ts';

/** What each capability is given to. A role that gets more has to be written down here as well. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'policy.read': ['owner', 'responder', 'developer', 'reviewer', 'auditor'],
  'log.read': ['owner', 'responder', 'reviewer', 'auditor'],
  'people.read': ['owner', 'responder', 'auditor'],
  'people.change': ['owner'],
  'tokens.read': ['owner', 'developer', 'auditor'],
  'tokens.change': ['owner', 'developer'],
  'service.read': ['owner', 'responder', 'auditor'],
  'service.repair': ['owner', 'responder'],
};

/**
 * What each route asks for: `public`; `person`, anybody who is signed in; a capability; `token` and a scope. With `fresh`, the passkey has to
 * have been used within five minutes.
 */
const ROUTES: Readonly<Record<string, string>> = {
  'GET /assets/style.css': 'public',
  'GET /assets/passkey.js': 'public',
  'GET /assets/recovery-codes.js': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',

  'GET /set-up/:token': 'public',
  'POST /set-up/:token': 'public',
  'GET /rescue/:token': 'public',
  'POST /rescue/:token': 'public',
  'GET /invitation/:token': 'public',
  'POST /invitation/:token': 'public',
  'GET /sign-in': 'public',
  'POST /sign-in': 'public',
  'GET /recover': 'public',
  'POST /recover': 'public',
  'GET /recover/passkey': 'public',
  'POST /recover/passkey': 'public',
  'GET /sign-out': 'person',
  'POST /sign-out': 'person',
  'GET /confirm': 'person',
  'POST /confirm': 'person',

  'GET /account': 'person',
  'GET /account/details': 'person fresh',
  'POST /account/details': 'person fresh',
  'GET /account/recovery-codes': 'person fresh',
  'POST /account/recovery-codes': 'person fresh',
  'GET /account/passkeys/new': 'person fresh',
  'POST /account/passkeys/new': 'person fresh',
  'GET /account/passkeys/:passkey': 'person',
  'POST /account/passkeys/:passkey': 'person',
  'GET /account/passkeys/:passkey/remove': 'person fresh',
  'POST /account/passkeys/:passkey/remove': 'person fresh',
  'GET /sessions': 'person',
  'POST /sessions/end-others': 'person',
  'POST /sessions/:session/end': 'person',

  'GET /people': 'people.read',
  'GET /people/invite': 'people.change fresh',
  'POST /people/invite': 'people.change fresh',
  'GET /people/invitations': 'people.read',
  'GET /people/invitations/:invitation/revoke': 'people.change fresh',
  'POST /people/invitations/:invitation/revoke': 'people.change fresh',
  'GET /people/:person': 'people.read',
  'GET /people/:person/roles': 'people.change fresh',
  'POST /people/:person/roles': 'people.change fresh',
  'GET /people/:person/end': 'people.change fresh',
  'POST /people/:person/end': 'people.change fresh',
  'GET /people/:person/sessions': 'people.change fresh',
  'POST /people/:person/sessions': 'people.change fresh',

  'GET /tokens': 'tokens.read',
  'GET /tokens/new': 'tokens.change fresh',
  'POST /tokens/new': 'tokens.change fresh',
  'GET /tokens/:token/revoke': 'tokens.change fresh',
  'POST /tokens/:token/revoke': 'tokens.change fresh',

  'GET /': 'public',
  'GET /policy.json': 'public',
  'GET /.well-known/security.txt': 'public',
  'GET /today': 'policy.read',
  'GET /statements': 'policy.read',
  'GET /statements/:id': 'policy.read',
  'GET /statements/:id/facts.json': 'policy.read',
  'POST /api/v1/reports': 'token policy.report',

  // Checkpoints are what others hold against us; entries, tiles and proofs are for who may read the log.
  'GET /.well-known/holdfast/checkpoint': 'public',
  'GET /.well-known/holdfast/checkpoints': 'public',
  'GET /.well-known/holdfast/log.vkey': 'public',
  'GET /log': 'log.read',
  'GET /log/entries/:index': 'log.read',
  'GET /log/entries/:index/proof.json': 'log.read',
  'GET /log/verify.mjs': 'log.read',
  'GET /log/checkpoint': 'log.read',
  'GET /log/tile/*': 'log.read',
  'GET /api/v1/log/checkpoint': 'token log.read',
  'GET /api/v1/log/tile/*': 'token log.read',
  'GET /api/v1/log/entries/:index/proof': 'token log.read',

  'GET /service': 'service.read',
  'POST /service/jobs/:job/revive': 'service.repair',
};

type Outcome = 'admitted' | 'sign-in' | 'confirm' | 'refused' | 'token-needed' | 'scope-needed';

/** Whoever comes by. `is`: what the table of expectations knows them as. */
interface Visitor {
  readonly words: string;
  readonly is:
    | { readonly kind: 'nobody' }
    | { readonly kind: 'person'; readonly role: string; readonly fresh: boolean }
    | { readonly kind: 'token'; readonly scope: string };
  readonly sent: Sent;
}

/** The time of every request. */
const NOW = hour(20);
const NOBODY = { kind: 'nobody' } as const;

const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

/** An address that the pattern takes. */
const addressOf = (path: string): string => path.replaceAll(/:\w+(?:\{[^}]*\})?/g, 'x').replaceAll('*', 'x');

function expected(rule: string, { is }: Visitor): Outcome {
  const [needs = '', modifier] = rule.split(' ');
  if (needs === 'public') return 'admitted';
  if (needs === 'token') {
    if (is.kind !== 'token') return 'token-needed';
    return is.scope === modifier ? 'admitted' : 'scope-needed';
  }
  if (is.kind !== 'person') return 'sign-in';
  const isAllowed = needs === 'person' || (MAY[needs] ?? []).includes(is.role);
  if (!isAllowed) return 'refused';
  return modifier === 'fresh' && !is.fresh ? 'confirm' : 'admitted';
}

function outcomeOf({ status, text, location }: Answered): string {
  if (status === 200 && text === 'ADMITTED') return 'admitted';
  if (status === 303 && location?.startsWith('/sign-in?to=') === true) return 'sign-in';
  if (status === 303 && location?.startsWith('/confirm?to=') === true) return 'confirm';
  const code = /\b(NOT_SIGNED_IN|PASSKEY_NOT_FRESH|NOT_ALLOWED|TOKEN_NEEDED|SCOPE_NEEDED)\b/.exec(text)?.[1];
  return OUTCOMES[`${status} ${code}`] ?? `${status} ${text.slice(0, 200)}`;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  '401 NOT_SIGNED_IN': 'sign-in',
  '403 PASSKEY_NOT_FRESH': 'confirm',
  '403 NOT_ALLOWED': 'refused',
  '401 TOKEN_NEEDED': 'token-needed',
  '403 SCOPE_NEEDED': 'scope-needed',
};

async function visitorsOf(world: AuthWorld): Promise<readonly Visitor[]> {
  const ada = await setUp(world);
  const session = (person: string, now = hour(19), purpose: 'staff' | 'recovery' = 'staff') =>
    startSession(world, { person, purpose, device: 'Firefox on Linux', replaces: null }, now);
  const visitors: Visitor[] = [
    { words: 'nobody', is: NOBODY, sent: {} },
    { words: 'a made-up cookie', is: NOBODY, sent: { session: 'A'.repeat(43) } },
    { words: 'a session of twelve hours ago', is: NOBODY, sent: { session: await session(ada.person, hour(8)) } },
    { words: 'a recovery code', is: NOBODY, sent: { session: await session(ada.person, hour(20), 'recovery') } },
  ];
  for (const role of ROLES) {
    const { person } = await letIn(world, ada.person, [role], role);
    const stale = { kind: 'person', role, fresh: false } as const;
    visitors.push({ words: `${role}, an hour ago`, is: stale, sent: { session: await session(person) } });
    const fresh = { session: await session(person, NOW) };
    visitors.push({ words: `${role}, just now`, is: { ...stale, fresh: true }, sent: fresh });
  }
  const gone = await letIn(world, ada.person, ['owner'], 'Gone');
  const goneSession = { session: await session(gone.person, NOW) };
  const command = { type: 'end-access' } as const;
  valueOf(await changePerson(world, { id: gone.person, actor: ada.person, command }, NOW));
  visitors.push({ words: 'an owner whose access ended', is: NOBODY, sent: goneSession });
  return [...visitors, ...(await tokenVisitors(world, ada.person))];
}

async function tokenVisitors(world: AuthWorld, owner: string): Promise<readonly Visitor[]> {
  const make = async (scope: (typeof SCOPES)[number], expiresAt = day(30)) => {
    const creator = { id: owner, roles: ['owner'] } as const;
    return valueOf(await createToken(world, { label: scope, scopes: [scope], expiresAt, creator }, minute(1)));
  };
  const visitors: Visitor[] = [];
  for (const scope of SCOPES)
    visitors.push({
      words: `a token for ${scope}`,
      is: { kind: 'token', scope },
      sent: { token: (await make(scope)).text },
    });
  const expired = await make('policy.report', hour(19));
  const revoked = await make('policy.report');
  await revokeToken(world, { id: revoked.id, actor: owner }, hour(19));
  return [
    ...visitors,
    { words: 'an expired token', is: NOBODY, sent: { token: expired.text } },
    { words: 'a revoked token', is: NOBODY, sent: { token: revoked.text } },
    { words: 'a made-up token', is: NOBODY, sent: { token: `hft_${'0'.repeat(52)}5kac2f` } },
  ];
}

async function openService() {
  const { features, log, keys } = await composedService(temporaryFolder(), () => NOW);
  const world: AuthWorld = { log, keys, random: log.random };
  return { world, routes: features.routes, close: () => log.db.close() };
}

describe('the authorization matrix', () => {
  it('names every route of the service, and no other', async () => {
    const { routes, close } = await openService();
    const keys = routes.map(keyOf);
    assert.deepEqual(
      keys.filter((key) => !Object.hasOwn(ROUTES, key)),
      [],
      'routes that are not in the matrix',
    );
    assert.deepEqual(
      Object.keys(ROUTES).filter((key) => !keys.includes(key)),
      [],
      'rows without a route',
    );
    assert.equal(new Set(keys).size, keys.length, 'a route stands twice');
    await close();
  });

  it('names every capability, and for each the roles that have it', () => {
    assert.deepEqual(Object.keys(MAY), [...capabilities]);
  });

  it('lets everybody in where they may be, and nobody else', async () => {
    const { world, routes, close } = await openService();
    const visitors = await visitorsOf(world);
    const standIns = routes.map((route) => ({ ...route, handle: () => new Response('ADMITTED') }) as Route);
    const app = applicationOf(world, standIns, NOW);
    const wrong: string[] = [];
    let asked = 0;
    for (const route of routes)
      for (const visitor of visitors) {
        const { method, path } = route;
        const answer = await app.send(addressOf(path), { ...visitor.sent, method });
        const [is, should] = [outcomeOf(answer), expected(ROUTES[keyOf(route)] ?? '', visitor)];
        asked += 1;
        if (is !== should) wrong.push(`${keyOf(route)}, ${visitor.words}: ${is} instead of ${should}`);
      }
    await close();
    assert.deepEqual(wrong, []);
    assert.ok(asked > 900, `${asked}`);
  });
});
