/** People on both engines: how they come in, what owners change, and what the log and the database say about it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import {
  day,
  findingsOf,
  leavesOf,
  letIn,
  minute,
  newcomer,
  openAuth,
  rawAuth,
  setUp,
  valueOf,
} from '../../test/support/people.ts';
import { erasePerson } from '../keys/erase.actions.ts';
import { erasePersonal } from '../log/personal.actions.ts';
import { identify } from './identify.actions.ts';
import { invitationOfLink, invite, listInvitations, revokeInvitation } from './invitation.actions.ts';
import { changeOwnDetails, changePerson, eraseWaysIn, listPeople, showPerson } from './people.actions.ts';
import { acceptInvitation, completeSetUp, offerSetUp, personOfSetUp } from './registration.actions.ts';
import { createToken, listTokens } from './token.actions.ts';
import { showSessions, startSession } from './session.actions.ts';
import { recoveryCodesLeft } from './recovery.actions.ts';

const VERIFIED: readonly string[] = [];

forEachEngine((engine) => {
  it('lets the first owner in by the link of the newest start, once', async () => {
    const world = await openAuth(engine);
    const old = (await offerSetUp(world, minute(0))) ?? '';
    const link = (await offerSetUp(world, minute(1))) ?? '';
    assert.deepEqual(await completeSetUp(world, newcomer(old, 'Eve'), minute(2)), {
      ok: false,
      error: { code: 'unknown-link' },
    });
    const person = await personOfSetUp(world, link);
    const ada = valueOf(await completeSetUp(world, newcomer(link, 'Ada'), minute(2)));
    assert.equal(ada.person, person);
    assert.equal(ada.recoveryCodes.length, 10);
    assert.equal((await completeSetUp(world, newcomer(link, 'Eve'), minute(3))).ok, false);
    assert.equal(await offerSetUp(world, minute(4)), null);
    assert.deepEqual(
      (await listPeople(world)).map(({ name, roles, access }) => ({ name, roles, access })),
      [{ name: 'Ada', roles: ['owner'], access: 'active' }],
    );
    assert.deepEqual(
      (await leavesOf(world)).map(({ type }) => type),
      ['person.registered', 'passkey.added', 'recovery.codes-made', 'session.started', 'set-up.completed'],
    );
    assert.deepEqual(await findingsOf(world, minute(5)), VERIFIED);
  });

  it('does no slow work for a link that somebody made up', async () => {
    const world = await openAuth(engine);
    await offerSetUp(world, minute(0));
    const wary = { ...world, random: () => assert.fail('codes were drawn and hashed') };
    const made = 'A'.repeat(43);
    for (const enter of [completeSetUp, acceptInvitation])
      assert.deepEqual(await enter(wary, newcomer(made, 'Eve'), minute(1)), {
        ok: false,
        error: { code: 'unknown-link' },
      });
  });

  it('lets one of two in who use the link of the set-up at the same time', async () => {
    const world = await openAuth(engine);
    const link = (await offerSetUp(world, minute(0))) ?? '';
    const both = await Promise.all([
      completeSetUp(world, newcomer(link, 'Ada'), minute(1)),
      completeSetUp(world, newcomer(link, 'Eve'), minute(1)),
    ]);
    assert.equal(both.filter(({ ok }) => ok).length, 1);
    assert.equal((await listPeople(world)).length, 1);
  });

  it('lets in whoever was invited, once, with the roles that the inviter chose', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const { id, secret } = valueOf(
      await invite(world, { name: 'Bo', roles: ['auditor', 'reviewer'], actor: ada.person }, minute(1)),
    );
    assert.equal((await invitationOfLink(world, secret, minute(2)))?.name, 'Bo');
    const bo = valueOf(await acceptInvitation(world, newcomer(secret, 'Bo Beispiel'), minute(2)));
    const shown = await showPerson(world, bo.person);
    assert.deepEqual(
      { name: shown?.name, email: shown?.email, roles: shown?.roles },
      { name: 'Bo Beispiel', email: 'bo beispiel@beispiel.example', roles: ['reviewer', 'auditor'] },
    );
    assert.deepEqual(await acceptInvitation(world, newcomer(secret, 'Eve'), minute(3)), {
      ok: false,
      error: { code: 'invitation-over', state: 'used' },
    });
    assert.deepEqual(await revokeInvitation(world, { id, actor: ada.person }, minute(4)), {
      ok: false,
      error: { code: 'over', state: 'used' },
    });
    assert.deepEqual(await findingsOf(world, minute(5)), VERIFIED);
  });

  it('refuses an invitation after seven days, and one that was taken back', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const late = valueOf(await invite(world, { name: 'Bo', roles: ['developer'], actor: ada.person }, day(0)));
    const back = valueOf(await invite(world, { name: 'Cy', roles: ['developer'], actor: ada.person }, day(0)));
    valueOf(await revokeInvitation(world, { id: back.id, actor: ada.person }, day(1)));
    assert.deepEqual(await acceptInvitation(world, newcomer(back.secret, 'Cy'), day(1)), {
      ok: false,
      error: { code: 'invitation-over', state: 'revoked' },
    });
    assert.deepEqual(await acceptInvitation(world, newcomer(late.secret, 'Bo'), day(7)), {
      ok: false,
      error: { code: 'invitation-over', state: 'expired' },
    });
    assert.deepEqual((await listInvitations(world, day(7))).map(({ state }) => state).toSorted(), [
      'expired',
      'revoked',
    ]);
    assert.deepEqual(await acceptInvitation(world, newcomer('x'.repeat(43), 'Eve'), day(1)), {
      ok: false,
      error: { code: 'unknown-link' },
    });
  });

  it('ends sessions, tokens, codes and invitations of somebody together with their access', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['owner', 'developer']);
    const creator = { id: bo.person, roles: ['owner', 'developer'] } as const;
    const token = valueOf(
      await createToken(world, { label: 'CI', scopes: ['policy.report'], expiresAt: day(30), creator }, minute(2)),
    );
    const invited = valueOf(await invite(world, { name: 'Cy', roles: ['owner'], actor: bo.person }, minute(2)));
    const cookie = `holdfast=${bo.session}`;
    const asked = (authorization: string | null) =>
      identify(world, { cookie, authorization }, { secure: false }, minute(3));
    assert.equal((await asked(null)).viewer?.kind, 'person');
    assert.equal((await asked(`Bearer ${token.text}`)).viewer?.kind, 'token');

    const command = { type: 'end-access' } as const;
    valueOf(await changePerson(world, { id: bo.person, actor: ada.person, command }, minute(4)));
    assert.equal((await asked(null)).viewer, null);
    assert.equal((await asked(`Bearer ${token.text}`)).viewer, null);
    assert.deepEqual(
      (await listTokens(world, minute(4))).map(({ state }) => state),
      ['revoked'],
    );
    assert.equal(await recoveryCodesLeft(world, bo.person), 0);
    assert.deepEqual(await showSessions(world, bo.person, minute(4)), []);
    assert.equal((await invitationOfLink(world, invited.secret, minute(4)))?.state, 'revoked');
    assert.deepEqual(await findingsOf(world, minute(5)), VERIFIED);
  });

  it('always keeps an owner, also when two owners remove each other at the same time', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['owner']);
    const command = { type: 'end-access' } as const;
    const both = await Promise.all([
      changePerson(world, { id: bo.person, actor: ada.person, command }, minute(2)),
      changePerson(world, { id: ada.person, actor: bo.person, command }, minute(2)),
    ]);
    assert.equal(both.filter(({ ok }) => ok).length, 1);
    assert.equal((await listPeople(world)).filter(({ access }) => access === 'active').length, 1);
  });

  it('records changed roles, and says why others are refused', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer']);
    const change = (id: string, actor: string, roles: readonly ('owner' | 'reviewer' | 'developer')[]) =>
      changePerson(world, { id, actor, command: { type: 'change-roles', roles } }, minute(2));
    valueOf(await change(bo.person, ada.person, ['reviewer', 'developer']));
    assert.deepEqual(await change(ada.person, ada.person, ['developer']), {
      ok: false,
      error: { code: 'own-roles-raised', roles: ['developer'] },
    });
    assert.deepEqual(await change('p00000000000000000000', ada.person, ['owner']), {
      ok: false,
      error: { code: 'unknown-person' },
    });
    const last = (await leavesOf(world)).at(-1);
    assert.deepEqual(
      [last?.type, last?.actor, last?.subject],
      ['person.roles-changed', ada.person, `person:${bo.person}`],
    );
    assert.deepEqual(last?.data, { from: ['developer'], to: ['developer', 'reviewer'] });
    assert.deepEqual(await findingsOf(world, minute(5)), VERIFIED);
  });

  it('keeps names and addresses out of the database and out of the log', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    await changeOwnDetails(world, ada.person, { name: 'Ada Müller', email: 'am@beispiel.example' }, minute(1));
    assert.equal((await showPerson(world, ada.person))?.email, 'am@beispiel.example');
    const rows = [
      await rawAuth(world).selectFrom('auth_person').selectAll().execute(),
      await rawAuth(world).selectFrom('auth_passkey').selectAll().execute(),
      await leavesOf(world),
    ];
    assert.doesNotMatch(JSON.stringify(rows), /\bAda\b|Müller|beispiel\.example|laptop/);
    assert.deepEqual(await findingsOf(world, minute(5)), VERIFIED);
  });

  it('finds a role, a passkey and an owner that somebody wrote into the database', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer']);
    await rawAuth(world).updateTable('auth_person').set({ roles: 'owner' }).where('id', '=', bo.person).execute();
    await rawAuth(world)
      .updateTable('auth_passkey')
      .set({ person: bo.person })
      .where('person', '=', ada.person)
      .execute();
    const person = await rawAuth(world).selectFrom('auth_person').selectAll().executeTakeFirstOrThrow();
    await rawAuth(world)
      .insertInto('auth_person')
      .values({ ...person, id: 'p00000000000000000000' })
      .execute();
    const found = await findingsOf(world, minute(5));
    assert.deepEqual(found.map((finding) => finding.replace(/:[a-z0-9]+$/, '')).toSorted(), [
      'state-differs passkey',
      'state-differs person',
      'state-differs person',
    ]);
  });

  it('lets nobody in who was erased, with a session, a code or an invitation', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer']);
    const cy = valueOf(await invite(world, { name: 'Cy', roles: ['owner'], actor: ada.person }, minute(2)));
    const invited = (await listInvitations(world, minute(2)))[0]?.person ?? '';
    for (const subject of [bo.person, invited])
      valueOf(await erasePerson(world.log, [erasePersonal, eraseWaysIn], { subject, actor: ada.person }, minute(3)));
    const cookie = `holdfast=${bo.session}`;
    assert.equal((await identify(world, { cookie, authorization: null }, { secure: false }, minute(4))).viewer, null);
    assert.equal(await recoveryCodesLeft(world, bo.person), 0);
    const late = startSession(
      world,
      { person: bo.person, purpose: 'staff', device: 'Edge on Windows', replaces: null },
      minute(4),
    );
    const again = { cookie: `holdfast=${await late}`, authorization: null };
    assert.equal((await identify(world, again, { secure: false }, minute(4))).viewer, null);
    assert.deepEqual(await acceptInvitation(world, newcomer(cy.secret, 'Cy'), minute(4)), {
      ok: false,
      error: { code: 'unknown-link' },
    });
    assert.equal((await listPeople(world)).find(({ id }) => id === bo.person)?.name, null);
    assert.deepEqual(await findingsOf(world, minute(5)), VERIFIED);
  });
});
