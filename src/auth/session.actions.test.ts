/** Sessions on both engines: cookies that come and go, limits of time, and what a cookie that comes back means. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import {
  day,
  findingsOf,
  hour,
  leavesOf,
  letIn,
  minute,
  openAuth,
  rawAuth,
  setUp,
  valueOf,
} from '../../test/support/people.ts';
import type { Instant } from '../lib/time.ts';
import type { AuthWorld } from './auth.actions.ts';
import { identify, identifyRecovery } from './identify.actions.ts';
import {
  confirmSession,
  revokeOtherSessions,
  revokeSession,
  showSessions,
  signOut,
  startSession,
} from './session.actions.ts';
import { changePerson } from './people.actions.ts';

const SETTINGS = { secure: false };
const ask = (world: AuthWorld, session: string, now: Instant) =>
  identify(world, { cookie: `holdfast=${session}`, authorization: null }, SETTINGS, now);

const secretIn = (cookie: string | null): string => /^holdfast=([^;]+);/.exec(cookie ?? '')?.[1] ?? '';

async function sessionOf(world: AuthWorld, session: string, now: Instant): Promise<string> {
  const { viewer } = await ask(world, session, now);
  assert.ok(viewer?.kind === 'person');
  return viewer.session;
}

forEachEngine((engine) => {
  it('knows whoever signed in, by name and roles, and sets no further cookie', async () => {
    const world = await openAuth(engine);
    const { person, session } = await setUp(world);
    const { viewer, cookie } = await ask(world, session, minute(1));
    assert.ok(viewer?.kind === 'person');
    const { session: _, ...known } = viewer;
    assert.deepEqual(known, { kind: 'person', person, name: 'Ada', roles: ['owner'], authenticatedAt: minute(0) });
    assert.equal(cookie, null);
  });

  it('ends twelve hours after it was last used, and thirty days after the sign-in in any case', async () => {
    const world = await openAuth(engine);
    const { person } = await setUp(world);
    const start = (now: Instant) =>
      startSession(world, { person, purpose: 'staff', device: 'Edge on Windows', replaces: null }, now);
    const idle = await start(hour(0));
    assert.notEqual((await ask(world, idle, hour(11))).viewer, null);
    assert.notEqual((await ask(world, idle, hour(22))).viewer, null);
    assert.equal((await ask(world, idle, hour(34))).viewer, null);

    let used = await start(day(1));
    for (let at = 1; at < 31; at += 0.25) {
      const { viewer, cookie } = await ask(world, used, day(at));
      assert.notEqual(viewer, null, `day ${at}`);
      if (cookie !== null) used = secretIn(cookie);
    }
    assert.equal((await ask(world, used, day(31))).viewer, null);
  });

  it('writes that it was used once an hour, not with every page', async () => {
    const world = await openAuth(engine);
    const { session, person } = await setUp(world);
    const seen = async () => (await showSessions(world, person, hour(1))).map(({ seenAt }) => seenAt);
    await ask(world, session, minute(59));
    assert.deepEqual(await seen(), [minute(0)]);
    await ask(world, session, minute(60));
    assert.deepEqual(await seen(), [minute(60)]);
  });

  it('gets a new cookie once a day, and the old one works until the new one arrived', async () => {
    const world = await openAuth(engine);
    const { session } = await setUp(world);
    await ask(world, session, hour(0));
    for (let at = 6; at < 24; at += 6) assert.equal((await ask(world, session, hour(at))).cookie, null);
    const renewed = secretIn((await ask(world, session, hour(24))).cookie);
    assert.match(renewed, /^[\w-]{43}$/);
    // Requests that were sent together get one new cookie, not several that replace each other.
    assert.equal((await ask(world, session, hour(24))).cookie, null);
    // The answer was lost: the old one still works and gets another one, and the lost one opens nothing.
    const again = secretIn((await ask(world, session, hour(25))).cookie);
    assert.notEqual(again, renewed);
    assert.equal((await ask(world, renewed, hour(25))).viewer, null);
    assert.notEqual((await ask(world, again, hour(25))).viewer, null);
    // Under way with the old one when the new one arrived.
    assert.notEqual((await ask(world, session, hour(25))).viewer, null);
  });

  it('ends for both where an old cookie comes back: one of two holders is a thief', async () => {
    const world = await openAuth(engine);
    const { session } = await setUp(world);
    for (const at of [0, 6, 12, 18]) await ask(world, session, hour(at));
    const renewed = secretIn((await ask(world, session, hour(24))).cookie);
    await ask(world, renewed, hour(24));
    assert.equal((await ask(world, session, hour(25))).viewer, null);
    assert.equal((await ask(world, renewed, hour(25))).viewer, null);
    const last = (await leavesOf(world)).at(-1);
    assert.deepEqual([last?.type, last?.actor, last?.data['reason']], ['session.revoked', null, 'cookie-came-back']);
  });

  it('is under a new cookie after the passkey was used again, and the one before is over', async () => {
    const world = await openAuth(engine);
    const { session } = await setUp(world);
    const id = await sessionOf(world, session, minute(1));
    const fresh = (await confirmSession(world, id, minute(30))) ?? '';
    assert.equal((await ask(world, session, minute(30))).viewer, null);
    const { viewer } = await ask(world, fresh, minute(30));
    assert.deepEqual(viewer?.kind === 'person' && [viewer.session, viewer.authenticatedAt], [id, minute(30)]);
    await signOut(world, id, 'p0', minute(31));
    assert.equal(await confirmSession(world, id, minute(32)), null);
  });

  it('ends the session that the browser came with when somebody signs in', async () => {
    const world = await openAuth(engine);
    const { session, person } = await setUp(world);
    const replaces = await sessionOf(world, session, minute(1));
    const next = await startSession(
      world,
      { person, purpose: 'staff', device: 'Firefox on Linux', replaces },
      minute(2),
    );
    assert.equal((await ask(world, session, minute(3))).viewer, null);
    assert.notEqual((await ask(world, next, minute(3))).viewer, null);
  });

  it('is ended by its owner only, one or all others', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer']);
    const own = await sessionOf(world, ada.session, minute(2));
    const foreign = await sessionOf(world, bo.session, minute(2));
    const { person } = ada;
    assert.equal(await revokeSession(world, { session: foreign, person, actor: person }, minute(3)), false);
    assert.notEqual((await ask(world, bo.session, minute(3))).viewer, null);
    for (let at = 0; at < 3; at += 1)
      await startSession(world, { person, purpose: 'staff', device: 'Chrome on Android', replaces: null }, minute(3));
    assert.equal(await revokeOtherSessions(world, { person, actor: person, except: own }, minute(4)), 3);
    assert.deepEqual(
      (await showSessions(world, person, minute(4))).map(({ id }) => id),
      [own],
    );
    assert.deepEqual(await findingsOf(world, minute(5)), []);
  });

  it('opens nothing but the way to a new passkey where it began with a recovery code', async () => {
    const world = await openAuth(engine);
    const { person } = await setUp(world);
    const session = await startSession(
      world,
      { person, purpose: 'recovery', device: 'Safari on iOS', replaces: null },
      minute(1),
    );
    assert.equal((await ask(world, session, minute(2))).viewer, null);
    const cookie = `holdfast=${session}`;
    assert.equal((await identifyRecovery(world, { cookie }, SETTINGS, minute(15)))?.person, person);
    assert.equal(await identifyRecovery(world, { cookie }, SETTINGS, minute(16)), null);
  });

  it('is over for whoever may no longer come in, and knows changed roles at once', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer']);
    const change = { id: bo.person, actor: ada.person };
    valueOf(await changePerson(world, { ...change, command: { type: 'change-roles', roles: ['auditor'] } }, minute(2)));
    const { viewer } = await ask(world, bo.session, minute(2));
    assert.deepEqual(viewer?.kind === 'person' && viewer.roles, ['auditor']);
    // Somebody puts the session back into the database by hand: the person decides, not the row.
    const tables = rawAuth(world);
    const session = await tables
      .selectFrom('auth_session')
      .selectAll()
      .where('person', '=', bo.person)
      .executeTakeFirstOrThrow();
    const token = await tables
      .selectFrom('auth_session_token')
      .selectAll()
      .where('session', '=', session.id)
      .executeTakeFirstOrThrow();
    valueOf(await changePerson(world, { ...change, command: { type: 'end-access' } }, minute(3)));
    await tables.insertInto('auth_session').values(session).execute();
    await tables.insertInto('auth_session_token').values(token).execute();
    assert.equal((await ask(world, bo.session, minute(3))).viewer, null);
  });

  it('is nowhere in the database in a form that opens anything', async () => {
    const world = await openAuth(engine);
    const { session, recoveryCodes } = await setUp(world);
    const tables = rawAuth(world);
    const rows = JSON.stringify([
      await tables.selectFrom('auth_session').selectAll().execute(),
      await tables.selectFrom('auth_session_token').selectAll().execute(),
      await tables.selectFrom('auth_recovery_code').selectAll().execute(),
      await leavesOf(world),
    ]);
    for (const secret of [session, ...recoveryCodes.flatMap((code) => [code, code.replaceAll('-', '').slice(8)])])
      assert.ok(!rows.includes(secret));
  });

  it('refuses cookies that are none of ours without asking the database', async () => {
    const world = await openAuth(engine);
    await setUp(world);
    await world.log.db.close();
    for (const cookie of [
      'holdfast=',
      'holdfast=x',
      `holdfast=${'A'.repeat(44)}`,
      `holdfast=${'+'.repeat(43)}`,
      'holdfast=a; holdfast=b',
    ])
      assert.equal((await identify(world, { cookie, authorization: null }, SETTINGS, minute(1))).viewer, null);
    for (const authorization of [
      'Bearer',
      'Bearer x',
      'Basic YTpi',
      `Bearer hft_${'0'.repeat(58)}`,
      'x'.repeat(100_000),
    ])
      assert.equal((await identify(world, { cookie: null, authorization }, SETTINGS, minute(1))).viewer, null);
  });
});
