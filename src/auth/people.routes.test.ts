/** The pages of people, tokens and accounts, asked as a browser without script asks them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applicationOf, ORIGIN, pagesWorld, type TestApplication } from '../../test/support/application.ts';
import {
  hour,
  leavesOf,
  letIn,
  minute,
  newcomer,
  openAuth,
  setUp,
  SQLITE,
  valueOf,
} from '../../test/support/people.ts';
import { accountRoutes } from './account.routes.ts';
import type { AuthWorld } from './auth.actions.ts';
import { peopleRoutes } from './people.routes.ts';
import { acceptInvitation, type Registered } from './registration.actions.ts';
import { acceptRescue, offerRescue } from './rescue.actions.ts';
import { startSession } from './session.actions.ts';
import { tokenRoutes } from './tokens.routes.ts';

interface House {
  readonly world: AuthWorld;
  readonly app: TestApplication;
  readonly ada: Registered;
}

async function openHouse(): Promise<House> {
  const world = await openAuth(SQLITE);
  const ada = await setUp(world);
  const pages = pagesWorld(world);
  const routes = [...peopleRoutes(pages), ...tokenRoutes(pages), ...accountRoutes(pages)];
  return { world, ada, app: applicationOf(world, routes, minute(2)) };
}

const headingOf = (text: string): string => /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '';

describe('people', () => {
  it('are listed by name, searched, filtered and sorted by address', async () => {
    const { world, app, ada } = await openHouse();
    await letIn(world, ada.person, ['developer'], 'Cy');
    await letIn(world, ada.person, ['developer', 'reviewer'], 'bo');
    const page = async (path: string) => (await app.send(path, { session: ada.session })).text;
    const names = async (path: string) =>
      [...(await page(path)).matchAll(/<th scope="row"><a href="\/people\/p\w+">([^<]+)</g)].map(([, name]) => name);
    assert.equal(headingOf(await page('/people')), '3 people may come in');
    assert.deepEqual(await names('/people'), ['Ada', 'bo', 'Cy']);
    assert.deepEqual(await names('/people?sort=-name'), ['Cy', 'bo', 'Ada']);
    assert.deepEqual(await names('/people?sort=name&role=reviewer'), ['bo']);
    assert.deepEqual(await names('/people?q=B'), ['bo']);
    assert.deepEqual(await names('/people?page=99'), ['Ada', 'bo', 'Cy']);
    assert.deepEqual(await names('/people?role=nobody&sort=constructor&page=-1'), ['Ada', 'bo', 'Cy']);
    assert.match(await page('/people?access=ended'), /Nobody fits this search/);
  });

  it('include whoever was let in from the machine, above the list for thirty days, with the reason', async () => {
    const { world, app, ada } = await openHouse();
    const page = async () => (await app.send('/people', { session: ada.session })).text;
    assert.match(await page(), /There is one owner\..*<code>holdfast people rescue<\/code>/s);
    assert.doesNotMatch(await page(), /from the machine on/);
    const { secret } = valueOf(await offerRescue(world, 'The <b>phone</b> was stolen.', minute(2)));
    assert.match(await page(), /A link that makes a new owner is good until/);
    const cy = valueOf(await acceptRescue(world, newcomer(secret, 'Cy'), minute(3)));
    const after = await page();
    assert.match(after, /An owner was let in from the machine on/);
    assert.match(after, new RegExp(`<a href="/people/${cy.person}">Cy</a>`));
    assert.match(after, /The &lt;b&gt;phone&lt;\/b&gt; was stolen\./);
    assert.doesNotMatch(after, /There is one owner/);
    app.setTime(hour(24 * 31));
    const cookie = await startSession(
      world,
      { person: ada.person, purpose: 'staff', device: 'x', replaces: null },
      hour(24 * 31),
    );
    assert.doesNotMatch((await app.send('/people', { session: cookie })).text, /from the machine on/);
  });

  it('are invited by a form that keeps what was typed and says what to correct', async () => {
    const { world, app, ada } = await openHouse();
    const send = (fields: readonly (readonly [string, string])[]) =>
      app.send('/people/invite', { session: ada.session, fields });
    const wrong = await send([
      ['name', 'Bo <b>'],
      ['roles', ''],
    ]);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /value="Bo &lt;b&gt;"/);
    assert.match(wrong.text, /One of these roles is unknown/);
    const none = await send([['name', '']]);
    assert.match(none.text, /2 things to correct/);
    const made = await send([
      ['name', 'Bo'],
      ['roles', 'developer'],
      ['roles', 'reviewer'],
    ]);
    assert.equal(made.status, 200);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    const link = new RegExp(`${ORIGIN}/invitation/([\\w-]{43})<`).exec(made.text)?.[1] ?? '';
    valueOf(await acceptInvitation(world, newcomer(link, 'Bo'), minute(3)));
    assert.match((await app.send('/people', { session: ada.session })).text, /developer and reviewer/);
    assert.doesNotMatch(JSON.stringify(app.reported), /Bo|Ada|beispiel/);
  });

  it('change roles, and the page says why the last owner keeps theirs', async () => {
    const { world, app, ada } = await openHouse();
    const bo = await letIn(world, ada.person, ['developer']);
    const send = (person: string, ...roles: string[]) =>
      app.send(`/people/${person}/roles`, { session: ada.session, fields: roles.map((role) => ['roles', role]) });
    const changed = await send(bo.person, 'auditor');
    assert.deepEqual([changed.status, changed.location], [303, `/people/${bo.person}?done=roles-changed`]);
    const shown = await app.send(changed.location ?? '', { session: ada.session });
    assert.match(shown.text, /The roles were changed/);
    assert.equal(headingOf(shown.text), 'Bo may come in as auditor');
    const own = await send(ada.person, 'auditor', 'owner');
    assert.equal(own.status, 422);
    assert.match(own.text, /Nobody gives themselves a role \(auditor\)/);
    const none = await send(bo.person);
    assert.match(none.text, /Without a role nobody can do anything/);
    const odd = await send(bo.person, '__proto__');
    assert.equal(odd.status, 422);
  });

  it('lose their access after a page that says what ends', async () => {
    const { world, app, ada } = await openHouse();
    const bo = await letIn(world, ada.person, ['developer']);
    const path = `/people/${bo.person}/end`;
    const asked = await app.send(path, { session: ada.session });
    assert.match(asked.text, /1 session, all tokens that they made/);
    assert.equal((await app.send('/sessions', { session: bo.session })).status, 200);
    const ended = await app.send(path, { session: ada.session, method: 'POST' });
    assert.equal(ended.location, `/people/${bo.person}?done=access-ended`);
    const after = await app.send('/sessions', { session: bo.session });
    assert.deepEqual([after.status, after.location], [303, '/sign-in?to=%2Fsessions']);
    assert.equal(after.cookie, 'holdfast=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
    const last = await app.send(`/people/${ada.person}/end`, { session: ada.session, method: 'POST' });
    assert.equal(last.status, 422);
    assert.match(last.text, /Ada is the only owner/);
  });

  it('are asked for their passkey again before anything that weighs more', async () => {
    const { app, ada } = await openHouse();
    app.setTime(minute(6));
    const page = await app.send('/people/invite?x=1', { session: ada.session });
    assert.deepEqual([page.status, page.location], [303, '/confirm?to=%2Fpeople%2Finvite%3Fx%3D1']);
    const sent = await app.send('/people/invite', {
      session: ada.session,
      fields: [
        ['name', 'Bo'],
        ['roles', 'owner'],
      ],
    });
    assert.equal(sent.status, 403);
    assert.match(sent.text, /nothing was done/);
    assert.equal((await app.send('/people', { session: ada.session })).status, 200);
  });

  it('get a page, not a failure, for ids that nobody has', async () => {
    const { app, ada } = await openHouse();
    for (const id of ['p00000000000000000000', '%00', '__proto__', 'x'.repeat(2_000), 'p%27%20or%201=1'])
      for (const rest of ['', '/roles', '/end', '/sessions'])
        assert.equal((await app.send(`/people/${id}${rest}`, { session: ada.session })).status, 404, `${id}${rest}`);
    for (const path of ['/people/invitations/i0/revoke', '/tokens/t0/revoke', '/sessions/s0/end'])
      assert.equal((await app.send(path, { session: ada.session, method: 'POST' })).status, 404, path);
  });
});

describe('tokens', () => {
  it('are shown once, listed without their text, and revoked', async () => {
    const { world, app, ada } = await openHouse();
    const made = await app.send('/tokens/new', {
      session: ada.session,
      fields: [
        ['label', 'Pipeline of the shop'],
        ['scopes', 'policy.report'],
        ['days', '30'],
      ],
    });
    assert.equal(made.status, 200);
    const text = /hft_[0-9a-z]{58}/.exec(made.text)?.[0] ?? '';
    assert.notEqual(text, '');
    const list = await app.send('/tokens', { session: ada.session });
    assert.equal(headingOf(list.text), '1 token is live');
    assert.doesNotMatch(list.text, /hft_/);
    const id = /\/tokens\/(t\w{20})\/revoke/.exec(list.text)?.[1] ?? '';
    assert.match((await app.send(`/tokens/${id}/revoke`, { session: ada.session })).text, /It was never used/);
    const revoked = await app.send(`/tokens/${id}/revoke`, { session: ada.session, method: 'POST' });
    assert.equal(revoked.location, '/tokens?done=token-revoked');
    assert.match((await app.send('/tokens?state=revoked', { session: ada.session })).text, /Pipeline of the shop/);
    assert.doesNotMatch(JSON.stringify(await leavesOf(world)), /hft_|Pipeline/);
  });

  it('never do more than whoever makes them may do themselves', async () => {
    const { world, app, ada } = await openHouse();
    const bo = await letIn(world, ada.person, ['developer']);
    const refused = await app.send('/tokens/new', {
      session: bo.session,
      fields: [
        ['label', 'Log'],
        ['scopes', 'log.read'],
        ['days', '30'],
      ],
    });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Your roles do not allow log\.read/);
    const page = await app.send('/tokens/new', { session: bo.session });
    assert.doesNotMatch(page.text, /value="log\.read"/);
    const odd = await app.send('/tokens/new', {
      session: bo.session,
      fields: [
        ['label', 'x'],
        ['scopes', 'policy.report'],
        ['days', '100000'],
      ],
    });
    assert.match(odd.text, /No such time/);
  });
});

describe('an account', () => {
  it('ends another session of the same person, or all others', async () => {
    const { world, app, ada } = await openHouse();
    const start = (now = minute(1)) =>
      startSession(world, { person: ada.person, purpose: 'staff', device: 'Safari on iOS', replaces: null }, now);
    const [one, two] = [await start(), await start()];
    const list = await app.send('/sessions', { session: ada.session });
    assert.equal(headingOf(list.text), 'You are signed in at 3 places');
    const id = /\/sessions\/(s\w{20})\/end/.exec(list.text)?.[1] ?? '';
    assert.equal(
      (await app.send(`/sessions/${id}/end`, { session: ada.session, method: 'POST' })).location,
      '/sessions?done=session-revoked',
    );
    const statuses = [];
    for (const session of [one, two]) statuses.push((await app.send('/sessions', { session })).status);
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [200, 303],
    );
    await app.send('/sessions/end-others', { session: ada.session, method: 'POST' });
    for (const session of [one, two]) assert.equal((await app.send('/sessions', { session })).status, 303);
    assert.equal((await app.send('/sessions', { session: ada.session })).status, 200);
  });

  it('does not end sessions of somebody else', async () => {
    const { world, app, ada } = await openHouse();
    const bo = await letIn(world, ada.person, ['developer']);
    const list = await app.send('/sessions', { session: bo.session });
    assert.doesNotMatch(list.text, /\/sessions\/s\w+\/end/);
    const row = (await leavesOf(world)).findLast(
      ({ type, actor }) => type === 'session.started' && actor === bo.person,
    );
    const id = row?.subject?.replace('session:', '') ?? '';
    assert.equal((await app.send(`/sessions/${id}/end`, { session: ada.session, method: 'POST' })).status, 404);
    assert.equal((await app.send('/sessions', { session: bo.session })).status, 200);
  });

  it('changes name and address, and refuses what is none', async () => {
    const { app, ada } = await openHouse();
    const send = (name: string, email: string) =>
      app.send('/account/details', {
        session: ada.session,
        fields: [
          ['name', name],
          ['email', email],
        ],
      });
    const wrong = await send('A\u202eda', 'not an address');
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /control characters/);
    assert.match(wrong.text, /This is no e-mail address/);
    assert.equal((await send('Ada B.', '')).location, '/account?done=details-changed');
    const shown = await app.send('/account?done=details-changed', { session: ada.session });
    assert.match(shown.text, /Ada B\./);
    assert.match(shown.text, /none was given/);
    assert.match(shown.text, /Your name and address were changed/);
    assert.doesNotMatch((await app.send('/account?done=constructor', { session: ada.session })).text, /class="flash/);
  });

  it('makes new recovery codes, shown once', async () => {
    const { app, ada } = await openHouse();
    assert.match((await app.send('/account', { session: ada.session })).text, /10 of 10 left/);
    const made = await app.send('/account/recovery-codes', { session: ada.session, method: 'POST' });
    const codes = [...made.text.matchAll(/[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}/g)].map(([code]) => code);
    assert.equal(new Set(codes).size, 10);
    assert.deepEqual(
      codes.filter((code) => ada.recoveryCodes.includes(code)),
      [],
    );
  });

  it('sets no cookie for anybody who is not signed in', async () => {
    const { app } = await openHouse();
    for (const path of ['/people', '/account', '/nowhere']) assert.equal((await app.send(path)).cookie, null, path);
  });

  it('is not open with a session of twelve hours ago', async () => {
    const { app, ada } = await openHouse();
    app.setTime(hour(13));
    const late = await app.send('/account', { session: ada.session });
    assert.deepEqual([late.status, late.location], [303, '/sign-in?to=%2Faccount']);
  });
});
