/** Recovery codes on both engines: used once, slowed down, and nobody is locked out by anybody else. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { findingsOf, leavesOf, letIn, minute, openAuth, setUp, valueOf } from '../../test/support/people.ts';
import { TestClock, until } from '../../test/support/test-clock.ts';
import type { Instant } from '../lib/time.ts';
import { OneAtATime } from '../platform/one-at-a-time.ts';
import type { AuthWorld } from './auth.actions.ts';
import { identify, identifyRecovery } from './identify.actions.ts';
import {
  newRecoveryLimits,
  recover,
  recoveryCodesLeft,
  renewRecoveryCodes,
  type RecoveryLimits,
} from './recovery.actions.ts';

const WRONG = { ok: false, error: { code: 'wrong-code' } };
const timers = new TestClock();

const use = (world: AuthWorld, limits: RecoveryLimits, code: string, now: Instant, client = 'home') =>
  recover(world, limits, timers, { code, client, device: 'Firefox on Linux' }, now);

forEachEngine((engine) => {
  it('begins a session that has to make a passkey, once, and ends all others', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const limits = newRecoveryLimits();
    const code = ada.recoveryCodes[3] ?? '';
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ')} `;
    const { person, session } = valueOf(await use(world, limits, typed, minute(1)));
    assert.equal(person, ada.person);
    const cookie = `holdfast=${session}`;
    assert.equal((await identifyRecovery(world, { cookie }, { secure: false }, minute(2)))?.person, ada.person);
    const before = await identify(
      world,
      { cookie: `holdfast=${ada.session}`, authorization: null },
      { secure: false },
      minute(2),
    );
    assert.equal(before.viewer, null);
    assert.deepEqual(await use(world, limits, code, minute(3)), WRONG);
    assert.equal(await recoveryCodesLeft(world, ada.person), 9);
    assert.ok((await leavesOf(world)).some(({ type, data }) => type === 'recovery.used' && data['left'] === 9));
    assert.deepEqual(await findingsOf(world, minute(5)), []);
  });

  it('lets one of two through who use one code at the same time', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const code = ada.recoveryCodes[0] ?? '';
    // Two processes: nothing but the database is shared.
    const both = await Promise.all([
      use(world, newRecoveryLimits(), code, minute(1)),
      use(world, newRecoveryLimits(), code, minute(1)),
    ]);
    assert.equal(both.filter(({ ok }) => ok).length, 1);
  });

  it('is worth nothing after new ones were made', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const codes = await renewRecoveryCodes(world, ada.person, minute(1));
    assert.deepEqual(await use(world, newRecoveryLimits(), ada.recoveryCodes[0] ?? '', minute(2)), WRONG);
    assert.equal((await use(world, newRecoveryLimits(), codes[0] ?? '', minute(2))).ok, true);
  });

  it('makes a client that tries often wait, and no other one', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const limits = newRecoveryLimits();
    for (let at = 0; at < 5; at += 1)
      assert.deepEqual(await use(world, limits, '00000-00000-00000-00000', minute(1)), WRONG);
    assert.deepEqual(await use(world, limits, ada.recoveryCodes[0] ?? '', minute(1)), {
      ok: false,
      error: { code: 'too-many', waitMs: 60_000 },
    });
    assert.equal((await use(world, limits, ada.recoveryCodes[0] ?? '', minute(1), 'elsewhere')).ok, true);
    assert.equal((await use(world, limits, ada.recoveryCodes[1] ?? '', minute(2))).ok, true);
  });

  it('answers later after wrong secrets for one account, and lets the right one through all the same', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer']);
    const limits = newRecoveryLimits();
    const [right = ''] = ada.recoveryCodes;
    const wrong = `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}`;
    assert.deepEqual(await use(world, limits, wrong, minute(1)), WRONG);
    const slowed = use(world, limits, right, minute(1), 'elsewhere');
    await until(() => timers.pending === 1);
    assert.equal((await use(world, limits, bo.recoveryCodes[0] ?? '', minute(1), 'third')).ok, true);
    timers.pass(250);
    assert.equal((await slowed).ok, true);
  });

  it('lets each code through once, however many ask at once', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const limits = newRecoveryLimits();
    // As many as may wait for a digest: in whatever order they come, nobody is turned away.
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        use(world, limits, ada.recoveryCodes[at % 10] ?? '', minute(1), `client ${at}`),
      ),
    );
    assert.equal(answers.filter(({ ok }) => ok).length, 10);
    assert.deepEqual(
      answers.filter(({ ok }) => !ok),
      Array.from({ length: 20 }, () => WRONG),
    );
    assert.equal(await recoveryCodesLeft(world, ada.person), 0);
  });

  it('computes no digest while others are computed and as many wait as may, and the code stays good', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const limits = { ...newRecoveryLimits(), digests: new OneAtATime(1) };
    const { promise, resolve } = Promise.withResolvers<null>();
    const other = limits.digests.run(() => promise);
    const code = ada.recoveryCodes[0] ?? '';
    assert.deepEqual(await use(world, limits, code, minute(1)), {
      ok: false,
      error: { code: 'too-many', waitMs: 1_000 },
    });
    // What is no code of anybody's costs no digest, so nobody waits for it.
    assert.deepEqual(await use(world, limits, '00000-00000-00000-00000', minute(1), 'elsewhere'), WRONG);
    resolve(null);
    await other;
    assert.equal((await use(world, limits, code, minute(1))).ok, true);
  });
});
