/** The doors of the service without a browser: what each page says, what it refuses, and that nothing that is sent breaks it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  applicationOf,
  ORIGIN,
  pagesWorld,
  type Answered,
  type TestApplication,
} from '../../test/support/application.ts';
import { SoftAuthenticator, type Lies } from '../../test/support/authenticator.ts';
import { sqliteAlone } from '../../test/support/engines.ts';
import { day, minute, openAuth, valueOf } from '../../test/support/people.ts';
import { testTimers } from '../../test/support/timers.ts';
import type { AuthWorld } from './auth.actions.ts';
import { invite, revokeInvitation } from './invitation.actions.ts';
import { joinRoutes } from './join.routes.ts';
import { passkeyRoutes } from './passkeys.routes.ts';
import { listPasskeys } from './passkey.actions.ts';
import { listPeople } from './people.actions.ts';
import { newRecoveryLimits } from './recovery.actions.ts';
import { offerSetUp } from './registration.actions.ts';
import { offerRescue } from './rescue.actions.ts';
import { signInRoutes } from './sign-in.routes.ts';

interface House {
  readonly world: AuthWorld;
  readonly app: TestApplication;
}

const engine = sqliteAlone();

async function openHouse(): Promise<House> {
  const world = await openAuth(engine);
  const door = {
    ...pagesWorld(world),
    rp: { id: 'localhost', origin: ORIGIN, name: 'Beispiel Apps GmbH' },
    cookies: { secure: false },
    report: () => undefined,
  };
  const rest = { limits: newRecoveryLimits(), timers: testTimers(), clientSecret: randomBytes(32) };
  const routes = [...joinRoutes(door), ...signInRoutes({ ...door, ...rest }), ...passkeyRoutes(door)];
  return { world, app: applicationOf(world, routes, minute(1)) };
}

/** What the page gives to the browser's script. */
function optionsOf({
  text,
}: Answered): Parameters<SoftAuthenticator['create']>[0] & Parameters<SoftAuthenticator['get']>[0] {
  const [, escaped = ''] = /data-options="([^"]*)"/.exec(text) ?? [];
  return JSON.parse(escaped.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'));
}

const titleOf = ({ text }: Answered): string => /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? '';
const secretIn = ({ cookie }: Answered): string => /^holdfast=([^;]+);/.exec(cookie ?? '')?.[1] ?? '';

const adaIn = async ({ world }: House): Promise<string> => (await listPeople(world))[0]?.id ?? '';

/** Ada, who came by the link of the set-up. */
async function moveIn({ world, app }: House, authenticator: SoftAuthenticator): Promise<Answered> {
  const link = `/set-up/${await offerSetUp(world, minute(0))}`;
  const passkey = authenticator.create(optionsOf(await app.send(link)));
  return app.send(link, {
    fields: [
      ['name', 'Ada'],
      ['email', ''],
      ['passkey', passkey],
    ],
  });
}

async function knock(
  { app }: House,
  authenticator: SoftAuthenticator,
  to = '/sign-in',
  lies: Lies = {},
): Promise<Answered> {
  const passkey = authenticator.get(optionsOf(await app.send(to)), lies);
  return app.send(to, { fields: [['passkey', passkey]] });
}

describe('the link that sets the service up', () => {
  it('asks for what is wrong again, beside the field, and keeps what was typed', async () => {
    const { world, app } = await openHouse();
    const link = `/set-up/${await offerSetUp(world, minute(0))}`;
    const answer = await app.send(link, {
      fields: [
        ['name', '  '],
        ['email', 'ada at home'],
        ['passkey', '{}'],
      ],
    });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /Your name is missing\. Type it\./);
    assert.match(answer.text, /This is no e-mail address\./);
    assert.match(answer.text, /value="ada at home"/);
    assert.equal(answer.cookie, null);
    const again = await app.send(link, {
      fields: [
        ['name', 'Ada'],
        ['passkey', '{}'],
      ],
    });
    assert.equal(again.status, 422);
    assert.match(again.text, /No passkey came with the form\./);
    assert.match(again.text, /value="Ada"/);
  });

  it('shows ten codes once, and is over then', async () => {
    const house = await openHouse();
    const done = await moveIn(house, new SoftAuthenticator(ORIGIN));
    assert.equal(done.status, 200);
    assert.equal(done.text.match(/<li>[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}<\/li>/g)?.length, 10);
    assert.equal(done.headers.get('cache-control'), 'no-store');
    assert.match(done.cookie ?? '', /^holdfast=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.equal(await offerSetUp(house.world, minute(2)), null);
  });

  it('opens nothing when it was made up, and makes no owner of whoever answers a page of another link', async () => {
    const { world, app } = await openHouse();
    const old = `/set-up/${await offerSetUp(world, minute(0))}`;
    const passkey = new SoftAuthenticator(ORIGIN).create(optionsOf(await app.send(old)));
    const link = `/set-up/${await offerSetUp(world, minute(0))}`;
    for (const path of [old, `/set-up/${'A'.repeat(43)}`, '/set-up/x']) {
      const answer = await app.send(path);
      assert.deepEqual([answer.status, titleOf(answer)], [404, 'This link opens nothing any more']);
    }
    const answer = await app.send(link, {
      fields: [
        ['name', 'Eve'],
        ['passkey', passkey],
      ],
    });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /open for more than five minutes, or it was sent twice/);
  });
});

describe('the link that lets an owner in from the machine', () => {
  it('shows until when it is good, makes an owner, and is over then', async () => {
    const house = await openHouse();
    const { world, app } = house;
    await moveIn(house, new SoftAuthenticator(ORIGIN));
    const { secret } = valueOf(await offerRescue(world, 'The phone was stolen.', minute(1)));
    const link = `/rescue/${secret}`;
    const page = await app.send(link);
    assert.deepEqual([page.status, titleOf(page), page.cookie], [200, 'Come in as a new owner', null]);
    assert.match(page.text, /25 Nov 2026, 11:01 CET/);
    assert.doesNotMatch(page.text, /stolen|Ada/);
    const passkey = new SoftAuthenticator(ORIGIN, { id: 'new' }).create(optionsOf(page));
    const wrong = await app.send(link, {
      fields: [
        ['name', ' '],
        ['passkey', passkey],
      ],
    });
    assert.deepEqual([wrong.status, /Your name is missing/.test(wrong.text)], [422, true]);
    const done = await app.send(link, {
      fields: [
        ['name', 'Cy'],
        ['passkey', passkey],
      ],
    });
    assert.equal(done.status, 200);
    assert.match(done.text, /name="done" value="let-in"/);
    assert.deepEqual((await listPeople(world)).find(({ name }) => name === 'Cy')?.roles, ['owner']);
    for (const fields of [
      undefined,
      [
        ['name', 'Eve'],
        ['passkey', passkey],
      ] as const,
    ]) {
      const over = await app.send(link, fields === undefined ? {} : { fields });
      assert.deepEqual([over.status, titleOf(over)], [410, 'This link opens nothing any more']);
    }
  });

  it('opens nothing when it was made up or is older than an hour', async () => {
    const house = await openHouse();
    await moveIn(house, new SoftAuthenticator(ORIGIN));
    const { secret } = valueOf(await offerRescue(house.world, 'The phone was stolen.', minute(1)));
    for (const path of [`/rescue/${'A'.repeat(43)}`, '/rescue/x']) {
      assert.equal((await house.app.send(path)).status, 404);
      assert.equal((await house.app.send(path, { fields: [['name', 'Eve']] })).status, 404);
    }
    house.app.setTime(minute(61));
    assert.equal((await house.app.send(`/rescue/${secret}`)).status, 410);
  });
});

describe('an invitation', () => {
  it('asks for another passkey where somebody else brought the same one at the same moment', async () => {
    const house = await openHouse();
    const { world, app } = house;
    await moveIn(house, new SoftAuthenticator(ORIGIN));
    const actor = await adaIn(house);
    const shared = new SoftAuthenticator(ORIGIN, { id: 'copied' });
    const visits: { readonly link: string; readonly passkey: string }[] = [];
    for (const name of ['Bo', 'Cy']) {
      const { secret } = valueOf(await invite(world, { name, roles: ['developer'], actor }, minute(1)));
      const link = `/invitation/${secret}`;
      visits.push({ link, passkey: shared.create(optionsOf(await app.send(link))) });
    }
    const fields = (passkey: string) => [['name', 'Somebody'] as const, ['passkey', passkey] as const];
    const answers = await Promise.all(visits.map(({ link, passkey }) => app.send(link, { fields: fields(passkey) })));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    const refused = answers.find(({ status }) => status === 422);
    assert.match(refused?.text ?? '', /Somebody has this passkey already\./);
    assert.match(refused?.text ?? '', /value="Somebody"/);
    assert.equal(refused?.cookie, null);
  });

  it('says what it is, and what became of it', async () => {
    const house = await openHouse();
    const { world, app } = house;
    await moveIn(house, new SoftAuthenticator(ORIGIN));
    const ada = await adaIn(house);
    const make = async (name: string) =>
      valueOf(await invite(world, { name, roles: ['reviewer', 'auditor'], actor: ada }, minute(1)));
    const { id, secret } = await make('<b>Bo</b>');
    const page = await app.send(`/invitation/${secret}`);
    assert.equal(titleOf(page), '&lt;b&gt;Bo&lt;/b&gt;, you are invited');
    assert.match(page.text, /Your roles will be <b>reviewer and auditor<\/b>/);
    valueOf(await revokeInvitation(world, { id, actor: ada }, minute(1)));
    const gone = await app.send(`/invitation/${secret}`);
    assert.deepEqual([gone.status, titleOf(gone)], [410, 'This invitation was taken back']);
    const late = await make('Cy');
    app.setTime(day(8));
    const over = await app.send(`/invitation/${late.secret}`, { fields: [['name', 'Cy']] });
    assert.deepEqual([over.status, titleOf(over)], [410, 'This invitation is older than seven days']);
    assert.equal((await app.send(`/invitation/${'A'.repeat(43)}`)).status, 404);
  });
});

describe('the sign-in page', () => {
  it('sets no cookie, runs our script and no other, and sends its form to us alone', async () => {
    const { app } = await openHouse();
    const page = await app.send('/sign-in');
    assert.equal(page.cookie, null);
    assert.equal(
      page.headers.get('content-security-policy'),
      "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    const recover = await app.send('/recover');
    assert.doesNotMatch(recover.headers.get('content-security-policy') ?? '', /script-src/);
  });

  it('goes on to a path of ours', async () => {
    const house = await openHouse();
    const authenticator = new SoftAuthenticator(ORIGIN);
    await moveIn(house, authenticator);
    for (const [asked, went] of [
      ['/people?sort=name', '/people?sort=name'],
      ['https://evil.example/', '/today'],
      ['//evil.example', '/today'],
      ['/\\evil.example', '/today'],
      ['\t//evil.example', '/today'],
      ['javascript:alert(1)', '/today'],
      ['/a\r\nset-cookie: x=1', '/today'],
    ] as const) {
      const answer = await knock(house, authenticator, `/sign-in?to=${encodeURIComponent(asked)}`);
      assert.deepEqual([answer.status, answer.location], [303, went], asked);
    }
  });

  it('lets whoever is signed in go on, and ends the session that a new one replaces', async () => {
    const house = await openHouse();
    const authenticator = new SoftAuthenticator(ORIGIN);
    const session = secretIn(await moveIn(house, authenticator));
    const { app } = house;
    const page = await app.send('/sign-in?to=/account/passkeys/new', { session });
    assert.deepEqual([page.status, page.location], [303, '/account/passkeys/new']);
    const passkey = authenticator.get(optionsOf(await app.send('/sign-in')));
    const again = await app.send('/sign-in', { session, fields: [['passkey', passkey]] });
    assert.notEqual(secretIn(again), '');
    assert.equal((await app.send('/sign-out', { session })).location, '/sign-in?to=%2Fsign-out');
    assert.equal((await app.send('/sign-out', { session: secretIn(again) })).status, 200);
  });

  it('says why a passkey was refused, sets no cookie, and has a new question', async () => {
    const house = await openHouse();
    const authenticator = new SoftAuthenticator(ORIGIN);
    await moveIn(house, authenticator);
    const first = optionsOf(await house.app.send('/sign-in'));
    const answer = await house.app.send('/sign-in', {
      fields: [['passkey', authenticator.get(first, { forged: true })]],
    });
    assert.deepEqual([answer.status, answer.cookie], [422, null]);
    assert.match(answer.text, /role="alert"/);
    assert.match(answer.text, /could not be verified, so it counts for nothing/);
    assert.notEqual(optionsOf(answer).challenge, first.challenge);
  });

  it('slows a client down that asks a hundred times at once, and nobody else', async () => {
    const { app } = await openHouse();
    const statuses = new Map<number, number>();
    for (let n = 0; n < 105; n += 1) {
      const { status } = await app.send('/sign-in');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.deepEqual(
      [...statuses],
      [
        [200, 100],
        [429, 5],
      ],
    );
    const page = await app.send('/sign-in');
    assert.equal(page.headers.get('retry-after'), '1');
    assert.match(page.text, /Nobody is locked out/);
  });
});

describe('a form that needs the passkey again', () => {
  it('is refused, and leads back to its own page', async () => {
    const house = await openHouse();
    const { app } = house;
    const authenticator = new SoftAuthenticator(ORIGIN);
    const session = secretIn(await moveIn(house, authenticator));
    app.setTime(minute(30));
    const sent = { session, fields: [['label', 'Phone']] as const };
    const page = `${ORIGIN}/account/passkeys/new?from=here`;
    const refused = await app.send('/account/passkeys/new', { ...sent, headers: { referer: page } });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /href="\/confirm\?to=%2Faccount%2Fpasskeys%2Fnew%3Ffrom%3Dhere"/);
    const foreign = { ...sent, headers: { referer: 'https://evil.example/account' } };
    assert.match((await app.send('/account/passkeys/new', foreign)).text, /href="\/confirm"/);
    const confirmAt = '/confirm?to=%2Faccount%2Fpasskeys%2Fnew';
    const passkey = authenticator.get(optionsOf(await app.send(confirmAt, { session })));
    const confirmed = await app.send(confirmAt, { session, fields: [['passkey', passkey]] });
    assert.deepEqual([confirmed.status, confirmed.location], [303, '/account/passkeys/new']);
    assert.equal((await app.send('/account/passkeys/new', { session: secretIn(confirmed) })).status, 200);
    assert.equal((await app.send('/account/passkeys/new', { session })).location?.startsWith('/sign-in'), true);
  });
});

describe('the passkeys of an account', () => {
  it('are renamed and removed on pages of their own, and those of nobody are gone', async () => {
    const house = await openHouse();
    const { app } = house;
    const session = secretIn(await moveIn(house, new SoftAuthenticator(ORIGIN)));
    const second = new SoftAuthenticator(ORIGIN, { id: 'credential-2' });
    const passkey = second.create(optionsOf(await app.send('/account/passkeys/new', { session })));
    const fields = [
      ['label', 'Phone'],
      ['passkey', passkey],
    ] as const;
    const nameless = await app.send('/account/passkeys/new', { session, fields: [['passkey', passkey]] });
    assert.equal(nameless.status, 422);
    const added = await app.send('/account/passkeys/new', { session, fields });
    assert.deepEqual([added.status, added.location], [303, '/account?done=passkey-added']);
    const [, row] = await listPasskeys(house.world, await adaIn(house));
    const at = `/account/passkeys/${row?.id ?? ''}`;
    assert.match((await app.send(at, { session })).text, /used last/i);
    const empty = await app.send(at, { session, fields: [['label', ' ']] });
    assert.equal(empty.status, 422);
    const renamed = await app.send(at, { session, fields: [['label', 'Old phone']] });
    assert.equal(renamed.location, '/account?done=passkey-renamed');
    assert.match(titleOf(await app.send(`${at}/remove`, { session })), /^Remove the passkey “/);
    const removed = await app.send(`${at}/remove`, { session, method: 'POST' });
    assert.equal(removed.location, '/account?done=passkey-removed');
    for (const path of [at, `${at}/remove`, '/account/passkeys/x', `/account/passkeys/k${'0'.repeat(20)}`])
      assert.equal((await app.send(path, { session })).location, '/account?done=passkey-gone', path);
  });
});

describe('whatever is sent to the doors', () => {
  it('is answered without a cookie and without a word about what is inside', async () => {
    const { world, app } = await openHouse();
    const link = await offerSetUp(world, minute(0));
    const paths = [
      '/sign-in',
      '/recover',
      '/recover/passkey',
      '/confirm',
      '/sign-out',
      '/account/passkeys/new',
      `/set-up/${link}`,
      '/set-up/a',
      '/invitation/a',
    ];
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json(), fc.constant('x'.repeat(70_000)));
    const fields = fc.array(
      fc.tuple(fc.constantFrom('passkey', 'name', 'email', 'code', 'label', '__proto__', 'constructor'), texts),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), texts, fields, fc.boolean(), async (path, query, sent, posts) => {
        const to = `${path}?to=${encodeURIComponent(query.toWellFormed()).slice(0, 4_000)}&done=${encodeURIComponent(query.toWellFormed()).slice(0, 100)}`;
        const answer = await app.send(to, posts ? { fields: sent } : {});
        assert.ok(answer.status < 500, `${answer.status} ${path}`);
        assert.ok(answer.cookie === null || answer.cookie.startsWith('holdfast=;'), 'no session was begun');
        assert.doesNotMatch(answer.text, /node_modules|\.ts:\d|Error:/);
      }),
      { numRuns: 150 },
    );
  });
});
