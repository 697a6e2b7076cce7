/** Tokens of the API on both engines: what they open, and until when. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { day, findingsOf, hour, letIn, minute, openAuth, setUp, valueOf } from '../../test/support/people.ts';
import type { Instant } from '../lib/time.ts';
import type { AuthWorld } from './auth.actions.ts';
import { identify } from './identify.actions.ts';
import { changePerson } from './people.actions.ts';
import type { Role, Scope } from './permit.ts';
import { createToken, listTokens, revokeToken } from './token.actions.ts';

const bearer = (world: AuthWorld, text: string, now: Instant, cookie: string | null = null) =>
  identify(world, { cookie, authorization: `bearer ${text}` }, { secure: false }, now);

const make = (world: AuthWorld, id: string, roles: readonly Role[], scopes: readonly Scope[], expiresAt = day(90)) =>
  createToken(world, { label: 'Pipeline', scopes, expiresAt, creator: { id, roles } }, minute(1));

forEachEngine((engine) => {
  it('opens what it was made for, until it expires or is revoked', async () => {
    const world = await openAuth(engine);
    const { person } = await setUp(world);
    const { text, id } = valueOf(await make(world, person, ['owner'], ['log.read', 'policy.report'], day(30)));
    assert.deepEqual((await bearer(world, text, minute(2))).viewer, {
      kind: 'token',
      token: id,
      scopes: ['policy.report', 'log.read'],
    });
    assert.notEqual((await bearer(world, text, (day(30) - 1) as Instant)).viewer, null);
    assert.equal((await bearer(world, text, day(30))).viewer, null);
    assert.equal(await revokeToken(world, { id, actor: person }, minute(3)), true);
    assert.equal(await revokeToken(world, { id, actor: person }, minute(4)), false);
    assert.equal((await bearer(world, text, minute(4))).viewer, null);
    assert.deepEqual(
      (await listTokens(world, minute(4))).map(({ state, creatorName }) => [state, creatorName]),
      [['revoked', 'Ada']],
    );
    assert.deepEqual(await findingsOf(world, minute(5)), []);
  });

  it('lives for a year at the most, and never from the past', async () => {
    const world = await openAuth(engine);
    const { person } = await setUp(world);
    const codeOf = async (expiresAt: Instant) => {
      const made = await make(world, person, ['owner'], ['log.read'], expiresAt);
      return made.ok ? 'made' : made.error.code;
    };
    const year = (minute(1) + 365 * 86_400_000) as Instant;
    assert.deepEqual(
      [await codeOf(minute(1)), await codeOf(year), await codeOf((year + 1) as Instant)],
      ['expires-too-early', 'made', 'expires-too-late'],
    );
  });

  it('loses what whoever made it may no longer do', async () => {
    const world = await openAuth(engine);
    const ada = await setUp(world);
    const bo = await letIn(world, ada.person, ['developer', 'auditor']);
    const { text } = valueOf(await make(world, bo.person, ['developer', 'auditor'], ['log.read', 'policy.report']));
    const rolesTo = async (...roles: Role[]) =>
      valueOf(
        await changePerson(
          world,
          { id: bo.person, actor: ada.person, command: { type: 'change-roles', roles } },
          minute(2),
        ),
      );
    const scopes = async () => {
      const { viewer } = await bearer(world, text, minute(3));
      return viewer?.kind === 'token' ? viewer.scopes : null;
    };
    assert.deepEqual(await scopes(), ['policy.report', 'log.read']);
    await rolesTo('developer');
    assert.deepEqual(await scopes(), ['policy.report']);
    await rolesTo('auditor');
    assert.deepEqual(await scopes(), []);
  });

  it('decides alone where a request brings a cookie as well', async () => {
    const world = await openAuth(engine);
    const { session } = await setUp(world);
    const both = await bearer(world, `hft_${'0'.repeat(58)}`, minute(1), `holdfast=${session}`);
    assert.equal(both.viewer, null);
  });

  it('says when it was used last, to the hour', async () => {
    const world = await openAuth(engine);
    const { person } = await setUp(world);
    const { text } = valueOf(await make(world, person, ['owner'], ['log.read']));
    const used = async () => (await listTokens(world, minute(2)))[0]?.usedAt;
    assert.equal(await used(), null);
    await bearer(world, text, minute(10));
    await bearer(world, text, minute(69));
    assert.equal(await used(), minute(10));
    await bearer(world, text, minute(70));
    assert.equal(await used(), minute(70));
    assert.ok(hour(1) < minute(70));
  });
});
