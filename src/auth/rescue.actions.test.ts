/** Letting an owner in from the machine, on both engines: once, within an hour, on record, and for all to see. */
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
  newcomer,
  openAuth,
  rawAuth,
  setUp,
  somePasskey,
  valueOf,
} from '../../test/support/people.ts';
import { erasePerson } from '../keys/erase.actions.ts';
import { erasePersonal, revealPersonal } from '../log/personal.actions.ts';
import type { AuthWorld } from './auth.actions.ts';
import { identify } from './identify.actions.ts';
import { changePerson, eraseWaysIn, listPeople } from './people.actions.ts';
import { offerSetUp } from './registration.actions.ts';
import { acceptRescue, offerRescue, rescueOfLink, rescuesToLookAt } from './rescue.actions.ts';
import { rescueNeeds } from './rescue-needs.actions.ts';

const REASON = 'Ada lost the phone with the only passkey.';
const OVER = { ok: false, error: { code: 'rescue-over' } };

const needsOf = (world: AuthWorld, at: number) => rescueNeeds(world, () => 'Europe/Berlin').read(day(at));

forEachEngine((engine) => {
  it('lets a new person in as an owner, who can end the access of the one who lost everything', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const { secret, expiresAt, entry } = valueOf(await offerRescue(world, REASON, minute(1)));
    assert.equal(expiresAt, minute(61));
    const cy = valueOf(await acceptRescue(world, newcomer(secret, 'Cy'), minute(60)));
    assert.notEqual(cy.person, ada.person);
    assert.equal(cy.recoveryCodes.length, 10);
    const cookie = `holdfast=${cy.session}`;
    const { viewer } = await identify(world, { cookie, authorization: null }, { secure: false }, minute(61));
    assert.deepEqual(viewer?.kind === 'person' && viewer.roles, ['owner']);
    // Nothing changed for Ada: her passkeys may only be mislaid.
    assert.deepEqual(
      (await listPeople(world)).map(({ name, access }) => [name, access]),
      [
        ['Ada', 'active'],
        ['Cy', 'active'],
      ],
    );
    const end = { id: ada.person, actor: cy.person, command: { type: 'end-access' } } as const;
    assert.equal((await changePerson(world, end, minute(62))).ok, true);
    const leaves = await leavesOf(world);
    assert.deepEqual(
      leaves
        .slice(entry)
        .map(({ type, actor }) => [type, actor])
        .filter(([type]) => `${type}`.startsWith('rescue.')),
      [
        ['rescue.offered', null],
        ['rescue.used', cy.person],
      ],
    );
    assert.deepEqual(leaves[entry]?.data, { person: cy.person, expiresAt: '2026-11-25T10:01:00Z' });
    assert.deepEqual(await findingsOf(world, hour(2)), []);
  });

  it('keeps the reason beside the log and a commitment in it', async () => {
    const world = await openAuth(engine);
    await setUp(world);
    const { entry } = valueOf(await offerRescue(world, REASON, minute(1)));
    const leaves = await leavesOf(world);
    assert.doesNotMatch(JSON.stringify(leaves), /phone/);
    assert.deepEqual(await revealPersonal(world.log.db, world.keys, leaves[entry]?.pd ?? []), [REASON]);
    const [row] = await rawAuth(world).selectFrom('auth_rescue').selectAll().execute();
    assert.doesNotMatch(JSON.stringify(row), /phone/);
  });

  it('is good once, and for one of two who open it at the same time', async () => {
    const world = await openAuth(engine);
    await setUp(world);
    const { secret } = valueOf(await offerRescue(world, REASON, minute(1)));
    const answers = await Promise.all(
      ['Cy', 'Di'].map((name) => acceptRescue(world, newcomer(secret, name), minute(2))),
    );
    assert.equal(answers.filter(({ ok }) => ok).length, 1);
    assert.deepEqual(
      answers.find(({ ok }) => !ok),
      OVER,
    );
    assert.deepEqual(await acceptRescue(world, newcomer(secret, 'Eve'), minute(3)), OVER);
    assert.equal((await listPeople(world)).length, 2);
  });

  it('is over after an hour, and when a newer one was made', async () => {
    const world = await openAuth(engine);
    await setUp(world);
    const late = valueOf(await offerRescue(world, REASON, minute(1)));
    assert.deepEqual(await acceptRescue(world, newcomer(late.secret, 'Cy'), minute(61)), OVER);
    const first = valueOf(await offerRescue(world, REASON, minute(62)));
    const second = valueOf(await offerRescue(world, REASON, minute(63)));
    assert.deepEqual(await acceptRescue(world, newcomer(first.secret, 'Cy'), minute(64)), OVER);
    assert.equal((await rescueOfLink(world, second.secret, minute(64)))?.state, 'open');
    assert.deepEqual(await acceptRescue(world, newcomer('A'.repeat(43), 'Cy'), minute(64)), {
      ok: false,
      error: { code: 'unknown-link' },
    });
    const types = (await leavesOf(world)).map(({ type }) => type).filter((type) => type.startsWith('rescue.'));
    assert.deepEqual(types, ['rescue.offered', 'rescue.offered', 'rescue.replaced', 'rescue.offered']);
    assert.deepEqual(await findingsOf(world, minute(65)), []);
  });

  it('asks for another passkey where somebody has this one, and stays good', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const taken = somePasskey();
    await letIn(world, ada.person, ['developer'], 'Bo');
    await rawAuth(world)
      .updateTable('auth_passkey')
      .set({ credential: taken.credential })
      .where('person', '=', ada.person)
      .execute();
    const { secret } = valueOf(await offerRescue(world, REASON, minute(1)));
    const cy = newcomer(secret, 'Cy');
    assert.deepEqual(await acceptRescue(world, { ...cy, passkey: taken }, minute(2)), {
      ok: false,
      error: { code: 'known-passkey' },
    });
    assert.equal((await acceptRescue(world, cy, minute(3))).ok, true);
  });

  it('is not made before there is an owner: then the link of the set-up is the way in', async () => {
    const world = await openAuth(engine);
    await offerSetUp(world, minute(0));
    assert.deepEqual(await offerRescue(world, REASON, minute(1)), { ok: false, error: { code: 'no-owner' } });
    assert.deepEqual(await leavesOf(world), []);
  });

  it('is the way in where the only owner was erased, and opens nothing when its own person was', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const erase = (subject: string) =>
      erasePerson(world.log, [erasePersonal, eraseWaysIn], { subject, actor: null }, minute(1));
    valueOf(await erase(ada.person));
    assert.equal(await offerSetUp(world, minute(2)), null);
    const first = valueOf(await offerRescue(world, REASON, minute(2)));
    valueOf(await erase((await rescueOfLink(world, first.secret, minute(3)))?.person ?? ''));
    assert.deepEqual(await acceptRescue(world, newcomer(first.secret, 'Cy'), minute(4)), {
      ok: false,
      error: { code: 'unknown-link' },
    });
    const second = valueOf(await offerRescue(world, REASON, minute(5)));
    valueOf(await acceptRescue(world, newcomer(second.secret, 'Cy'), minute(6)));
    assert.deepEqual(await findingsOf(world, minute(7)), []);
  });

  it('is found when somebody writes a link into the database', async () => {
    const world = await openAuth(engine);
    await setUp(world);
    await offerRescue(world, REASON, minute(1));
    await rawAuth(world)
      .updateTable('auth_rescue')
      .set({ expires_at: day(365) })
      .execute();
    assert.match((await findingsOf(world, minute(2))).join(), /rescue:r/);
  });

  it('is told on the home page while it is open, and for thirty days after it was used, without a name', async () => {
    const world = await openAuth(engine);
    await setUp(world);
    const { secret } = valueOf(await offerRescue(world, REASON, day(1)));
    const open = await needsOf(world, 1);
    assert.deepEqual(
      open.map(({ state, about, detail }) => [state, about, detail]),
      [
        [
          'soon',
          'A link that makes a new owner was made on the machine',
          'Made Thu 26 Nov 2026, 10:00 CET (09:00 UTC), good until Thu 26 Nov 2026, 11:00 CET (10:00 UTC), by `holdfast people rescue`.',
        ],
      ],
    );
    assert.deepEqual(await needsOf(world, 2), [], 'a link that nobody used is over');
    valueOf(await acceptRescue(world, newcomer(secret, 'Cy'), day(1)));
    for (const at of [1, 30]) {
      const used = await needsOf(world, at);
      assert.deepEqual(
        used.map(({ about }) => about),
        ['An owner was let in from the machine'],
        `day ${at}`,
      );
      assert.doesNotMatch(JSON.stringify(used), /Cy|Ada|phone/);
    }
    assert.deepEqual(await needsOf(world, 31), []);
    assert.deepEqual(
      (await rescuesToLookAt(world, day(30))).map(({ reason }) => reason),
      [REASON],
    );
  });
});
