import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { AT_ONCE } from '../../test/support/evidence-log.ts';
import { letIn, minute, openAuth, rawAuth, setUp } from '../../test/support/people.ts';
import { erasePerson } from '../keys/erase.actions.ts';
import { erasureStates } from '../keys/erasure.store.ts';
import { signCheckpoint } from '../log/log.actions.ts';
import { verifyOpenLog } from '../log/log-verify.actions.ts';
import { erasePersonal } from '../log/personal.actions.ts';
import { authStates } from './auth-states.store.ts';
import { eraseWaysIn, listPeople } from './people.actions.ts';

forEachEngine((engine) => {
  it('leaves an id, roles and what the log recorded of a person who is erased, and no name, session or code', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['auditor']);
    const subject = bo.person;
    const done = await erasePerson(world.log, [erasePersonal, eraseWaysIn], { subject, actor: ada.person }, minute(9));
    assert.equal(done.ok, true);
    const people = await listPeople(world);
    assert.deepEqual(
      people.filter(({ id }) => id === subject).map(({ name, roles }) => [name, roles]),
      [[null, ['auditor']]],
    );
    assert.deepEqual(
      people.filter(({ id }) => id !== subject).map(({ name }) => name),
      ['Ada'],
    );
    const left = async (table: 'auth_session' | 'auth_recovery_code') =>
      (await rawAuth(world).selectFrom(table).select('person').where('person', '=', subject).execute()).length;
    assert.deepEqual([await left('auth_session'), await left('auth_recovery_code')], [0, 0]);
    await signCheckpoint(world.log, minute(10), AT_ONCE);
    const { findings } = await verifyOpenLog(world.log, [authStates, erasureStates], { vkey: null, history: [] });
    assert.deepEqual(findings, []);
  });
});
