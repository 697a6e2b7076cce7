/** Ceremonies of passkeys on both engines, answered by an authenticator in software that lies where a test says so. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SoftAuthenticator, type Lies } from '../../test/support/authenticator.ts';
import { forEachEngine, type TestEngine } from '../../test/support/engines.ts';
import {
  day,
  findingsOf,
  hour,
  leavesOf,
  minute,
  newcomer,
  openAuth,
  somePasskey,
  valueOf,
} from '../../test/support/people.ts';
import type { Result } from '../lib/result.ts';
import { plus, type Instant, type Millis } from '../lib/time.ts';
import {
  confirm,
  listPasskeys,
  offerConfirmation,
  offerRegistration,
  offerSignIn,
  removePasskey,
  renamePasskey,
  signIn,
  storePasskey,
  storeRecoveredPasskey,
  verifyRegistration,
  type PasskeyWorld,
  type SignedIn,
} from './passkey.actions.ts';
import { identify } from './identify.actions.ts';
import type { PasskeyRefusal } from './passkey.ts';
import { changePerson } from './people.actions.ts';
import { newRecoveryLimits, recover } from './recovery.actions.ts';
import { acceptInvitation, completeSetUp, offerSetUp, personOfSetUp, type Registered } from './registration.actions.ts';
import { invite } from './invitation.actions.ts';
import { startSession } from './session.actions.ts';
import type { AuthTables } from './auth-tables.ts';

const ORIGIN = 'http://localhost:8710';
const DEVICE = 'Firefox on Linux';
const LINK = 'the digest of a link';

async function openPasskeys(engine: TestEngine): Promise<PasskeyWorld> {
  return { ...(await openAuth(engine)), rp: { id: 'localhost', origin: ORIGIN, name: 'Beispiel Apps GmbH' } };
}

/** Registers a passkey with an authenticator, and gives what the answer to it was. */
async function register(world: PasskeyWorld, authenticator: SoftAuthenticator, person: string, lies: Lies = {}) {
  const owner = { id: person, name: 'Ada' };
  const options = await offerRegistration(world, { owner, binding: LINK }, minute(0));
  return verifyRegistration(world, { text: authenticator.create(options, lies), binding: LINK }, minute(1));
}

/** Ada, who set the service up with that authenticator. */
async function setUpWith(world: PasskeyWorld, authenticator: SoftAuthenticator): Promise<Registered> {
  const link = (await offerSetUp(world, minute(0))) ?? '';
  const person = (await personOfSetUp(world, link)) ?? '';
  const passkey = valueOf(await register(world, authenticator, person));
  return valueOf(await completeSetUp(world, { ...newcomer(link, 'Ada'), passkey }, minute(1)));
}

async function attempt(
  world: PasskeyWorld,
  authenticator: SoftAuthenticator,
  lies: Lies = {},
  now: Instant = minute(2),
): Promise<Result<SignedIn, PasskeyRefusal>> {
  const text = authenticator.get(await offerSignIn(world, now), lies);
  return signIn(world, { text, device: DEVICE, replaces: null }, now);
}

const refusal = (result: Result<unknown, PasskeyRefusal>): string => (result.ok ? 'none' : result.error.code);

const viewerOf = (world: PasskeyWorld, secret: string, now: Instant) =>
  identify(world, { cookie: `holdfast=${secret}`, authorization: null }, { secure: false }, now);

forEachEngine((engine) => {
  describe('a passkey', () => {
    it('registers its owner and signs them in', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      const ada = await setUpWith(world, authenticator);
      const signedIn = valueOf(await attempt(world, authenticator));
      assert.equal(signedIn.person, ada.person);
      const { viewer } = await viewerOf(world, signedIn.session, minute(3));
      assert.deepEqual(viewer?.kind === 'person' && [viewer.name, viewer.roles], ['Ada', ['owner']]);
      const [passkey] = await listPasskeys(world, ada.person);
      assert.deepEqual(
        { ...passkey, id: '' },
        {
          id: '',
          label: 'Passkey on a device',
          isSynchronised: true,
          createdAt: minute(1),
          usedAt: minute(2),
        },
      );
      assert.deepEqual(await findingsOf(world, minute(4)), []);
    });

    for (const [what, lies, code] of [
      ['another origin', { origin: 'https://holdfast.evil.example' }, 'not-verified'],
      ['another port of this machine', { origin: 'http://localhost:8711' }, 'not-verified'],
      ['another relying party', { rpId: 'evil.example' }, 'not-verified'],
      ['no finger and no PIN', { userVerified: false }, 'not-verified'],
      ['the other ceremony', { type: 'webauthn.create' }, 'not-verified'],
      ['a frame in a page of somebody else', { crossOrigin: true }, 'not-verified'],
      ['a forged signature', { forged: true }, 'not-verified'],
      ['a challenge of its own', { challenge: Buffer.alloc(32).toString('base64url') }, 'challenge-over'],
      ['the name of somebody else', { userHandle: Buffer.from('p-somebody').toString('base64url') }, 'unknown-passkey'],
      ['nobody’s name', { userHandle: null }, 'unknown-passkey'],
    ] as const satisfies readonly (readonly [string, Lies, string])[])
      it(`signs nobody in with ${what}`, async () => {
        const world = await openPasskeys(engine);
        const authenticator = new SoftAuthenticator(ORIGIN);
        await setUpWith(world, authenticator);
        assert.equal(refusal(await attempt(world, authenticator, lies)), code);
      });

    for (const [what, lies] of [
      ['another origin', { origin: 'https://holdfast.evil.example' }],
      ['another relying party', { rpId: 'evil.example' }],
      ['no finger and no PIN', { userVerified: false }],
    ] as const satisfies readonly (readonly [string, Lies])[])
      it(`is not registered with ${what}`, async () => {
        const world = await openPasskeys(engine);
        assert.equal(refusal(await register(world, new SoftAuthenticator(ORIGIN), 'p-ada', lies)), 'not-verified');
      });

    it('is not registered with certificates of its maker, which are not looked at', async () => {
      const world = await openPasskeys(engine);
      for (const fmt of ['packed', 'fido-u2f', 'tpm', 'apple', 'android-key', 'android-safetynet', 'unheard-of']) {
        const attestation = { fmt, attStmt: [['x5c', [new Uint8Array(100)]]] } as const;
        const refused = await register(world, new SoftAuthenticator(ORIGIN), 'p-ada', { attestation });
        assert.equal(refusal(refused), 'attested', fmt);
      }
    });

    it('is refused, and nothing breaks, when its bytes nest as deep as they can', async () => {
      const world = await openPasskeys(engine);
      const options = await offerRegistration(world, { owner: { id: 'p', name: 'A' }, binding: LINK }, minute(0));
      const answer = JSON.parse(new SoftAuthenticator(ORIGIN).create(options)) as { response: object };
      const attestationObject = Buffer.alloc(8_000, 0x81).toString('base64url');
      const text = JSON.stringify({ ...answer, response: { ...answer.response, attestationObject } });
      assert.equal(refusal(await verifyRegistration(world, { text, binding: LINK }, minute(1))), 'not-verified');
    });

    it('answers a challenge once, within five minutes, and only for what it was given for', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      const ada = await setUpWith(world, authenticator);
      const text = authenticator.get(await offerSignIn(world, minute(2)));
      const order = { text, device: DEVICE, replaces: null };
      assert.equal((await signIn(world, order, plus(minute(7), -1 as Millis))).ok, true);
      assert.equal(refusal(await signIn(world, order, minute(3))), 'challenge-over');
      const late = authenticator.get(await offerSignIn(world, minute(2)));
      assert.equal(refusal(await signIn(world, { ...order, text: late }, minute(7))), 'challenge-over');
      const session = await startSession(
        world,
        { person: ada.person, purpose: 'staff', device: DEVICE, replaces: null },
        minute(8),
      );
      const { viewer } = await viewerOf(world, session, minute(8));
      assert.ok(viewer?.kind === 'person');
      const other = authenticator.get(
        await offerConfirmation(world, { person: ada.person, session: viewer.session }, minute(8)),
      );
      assert.equal(refusal(await signIn(world, { ...order, text: other }, minute(9))), 'challenge-over');
    });

    it('uses a challenge up with a wrong answer', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      await setUpWith(world, authenticator);
      const options = await offerSignIn(world, minute(2));
      const order = { device: DEVICE, replaces: null };
      const forged = authenticator.get(options, { forged: true });
      assert.equal(refusal(await signIn(world, { ...order, text: forged }, minute(2))), 'not-verified');
      assert.equal(
        refusal(await signIn(world, { ...order, text: authenticator.get(options) }, minute(2))),
        'challenge-over',
      );
    });

    it('lets one of two in who answer one challenge at the same time', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      await setUpWith(world, authenticator);
      const order = { text: authenticator.get(await offerSignIn(world, minute(2))), device: DEVICE, replaces: null };
      const both = await Promise.all([signIn(world, order, minute(2)), signIn(world, order, minute(2))]);
      assert.deepEqual(both.map(refusal).toSorted(), ['challenge-over', 'none']);
    });

    it('is registered by whom its page was given to, and nobody else', async () => {
      const world = await openPasskeys(engine);
      const owner = { id: 'p-ada', name: 'Ada' };
      const options = await offerRegistration(world, { owner, binding: LINK }, minute(0));
      const text = new SoftAuthenticator(ORIGIN).create(options);
      const refused = await verifyRegistration(world, { text, binding: 'another link' }, minute(1));
      assert.equal(refusal(refused), 'challenge-over');
    });

    it('that counts is refused and recorded when its counter does not grow: there may be two of it', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN, { counts: true });
      const ada = await setUpWith(world, authenticator);
      assert.equal(refusal(await attempt(world, authenticator)), 'none');
      assert.equal(refusal(await attempt(world, authenticator, { counter: 2 })), 'counter');
      assert.equal(refusal(await attempt(world, authenticator, { counter: 0 })), 'counter');
      const entries = (await leavesOf(world)).filter(({ type }) => type === 'passkey.counter-refused');
      assert.deepEqual(
        entries.map(({ actor, data }) => ({ actor, data })),
        [
          { actor: null, data: { person: ada.person, counter: 2, stored: 2 } },
          { actor: null, data: { person: ada.person, counter: 0, stored: 2 } },
        ],
      );
      assert.equal(refusal(await attempt(world, authenticator, { counter: 9 })), 'none');
      assert.deepEqual(await findingsOf(world, minute(4)), []);
    });

    it('of somebody whose access ended signs nobody in', async () => {
      const world = await openPasskeys(engine);
      const ada = await setUpWith(world, new SoftAuthenticator(ORIGIN));
      const authenticator = new SoftAuthenticator(ORIGIN, { id: 'credential-2' });
      const { secret } = valueOf(await invite(world, { name: 'Bo', roles: ['auditor'], actor: ada.person }, minute(1)));
      const passkey = valueOf(await register(world, authenticator, 'p-bo'));
      const bo = valueOf(await acceptInvitation(world, { ...newcomer(secret, 'Bo'), passkey }, minute(2)));
      const handle = Buffer.from(bo.person).toString('base64url');
      assert.equal(refusal(await attempt(world, authenticator, { userHandle: handle })), 'none');
      valueOf(
        await changePerson(world, { id: bo.person, actor: ada.person, command: { type: 'end-access' } }, minute(3)),
      );
      assert.equal(refusal(await attempt(world, authenticator, { userHandle: handle })), 'unknown-passkey');
    });
  });

  describe('confirming with a passkey', () => {
    async function signedIn(world: PasskeyWorld, authenticator: SoftAuthenticator) {
      await setUpWith(world, authenticator);
      const { session } = valueOf(await attempt(world, authenticator));
      const { viewer } = await viewerOf(world, session, minute(3));
      assert.ok(viewer?.kind === 'person');
      return viewer;
    }

    it('makes the session fresh under another cookie', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      const { person, session } = await signedIn(world, authenticator);
      const text = authenticator.get(await offerConfirmation(world, { person, session }, hour(2)));
      const cookie = valueOf(await confirm(world, { text, person, session }, hour(2)));
      const { viewer } = await viewerOf(world, cookie, hour(2));
      assert.deepEqual(viewer?.kind === 'person' && [viewer.session, viewer.authenticatedAt], [session, hour(2)]);
    });

    it('is for the session that asked, and for its own person', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      const { person, session } = await signedIn(world, authenticator);
      const offer = () => offerConfirmation(world, { person, session }, minute(4));
      const elsewhere = { text: authenticator.get(await offer()), person, session: 's-another' };
      assert.equal(refusal(await confirm(world, elsewhere, minute(4))), 'challenge-over');
      const stranger = new SoftAuthenticator(ORIGIN, { id: 'credential-2' });
      const passkey = valueOf(await register(world, stranger, 'p-bo'));
      const { secret } = valueOf(await invite(world, { name: 'Bo', roles: ['owner'], actor: person }, minute(4)));
      const bo = valueOf(await acceptInvitation(world, { ...newcomer(secret, 'Bo'), passkey }, minute(4)));
      const userHandle = Buffer.from(bo.person).toString('base64url');
      const foreign = { text: stranger.get(await offer(), { userHandle }), person, session };
      assert.equal(refusal(await confirm(world, foreign, minute(4))), 'unknown-passkey');
    });
  });

  describe('the passkeys of a person', () => {
    it('are added, renamed and removed, each with its entry, and a removed one signs nobody in', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      const { person } = await setUpWith(world, authenticator);
      const second = new SoftAuthenticator(ORIGIN, { id: 'credential-2' });
      const passkey = valueOf(await register(world, second, person));
      const id = valueOf(await storePasskey(world, { person, passkey }, minute(3)));
      assert.equal(refusal(await storePasskey(world, { person, passkey }, minute(3))), 'known-passkey');
      valueOf(await renamePasskey(world, { person, id, label: 'The key in the safe' }, minute(4)));
      assert.deepEqual(
        (await listPasskeys(world, person)).map(({ label }) => label),
        ['Passkey on a device', 'The key in the safe'],
      );
      assert.equal(refusal(await attempt(world, second)), 'none');
      valueOf(await removePasskey(world, { person, id }, minute(5)));
      assert.equal(refusal(await attempt(world, second)), 'unknown-passkey');
      assert.deepEqual(
        (await leavesOf(world)).map(({ type }) => type).filter((type) => type.startsWith('passkey.')),
        ['passkey.added', 'passkey.added', 'passkey.renamed', 'passkey.removed'],
      );
      assert.doesNotMatch(
        JSON.stringify(await world.log.db.tables<AuthTables>().selectFrom('auth_passkey').selectAll().execute()),
        /The key in the safe/,
      );
      assert.deepEqual(await findingsOf(world, minute(6)), []);
    });

    it('are their own: nobody renames or removes those of others', async () => {
      const world = await openPasskeys(engine);
      const { person } = await setUpWith(world, new SoftAuthenticator(ORIGIN));
      const [passkey] = await listPasskeys(world, person);
      const id = passkey?.id ?? '';
      const refused = { ok: false, error: { code: 'unknown-passkey' } };
      assert.deepEqual(await removePasskey(world, { person: 'p-eve', id }, minute(2)), refused);
      assert.deepEqual(await renamePasskey(world, { person: 'p-eve', id, label: 'Mine' }, minute(2)), refused);
    });

    it('never lose the last one while no recovery code is left', async () => {
      const world = await openPasskeys(engine);
      const { person } = await setUpWith(world, new SoftAuthenticator(ORIGIN));
      const [passkey] = await listPasskeys(world, person);
      const id = passkey?.id ?? '';
      await world.log.db.transaction((tx) => tx.tables<AuthTables>().deleteFrom('auth_recovery_code').execute());
      assert.deepEqual(await removePasskey(world, { person, id }, minute(2)), {
        ok: false,
        error: { code: 'last-way-in' },
      });
      assert.equal((await listPasskeys(world, person)).length, 1);
    });

    it('are twenty at the most', async () => {
      const world = await openPasskeys(engine);
      const { person } = await setUpWith(world, new SoftAuthenticator(ORIGIN));
      const store = (n: number) =>
        storePasskey(world, { person, passkey: { ...somePasskey(), label: `Key ${n}` } }, minute(3));
      for (let n = 2; n <= 20; n += 1) assert.equal(refusal(await store(n)), 'none');
      assert.equal(refusal(await store(21)), 'too-many');
      assert.equal((await listPasskeys(world, person)).length, 20);
    });

    it('cannot be known twice', async () => {
      const world = await openPasskeys(engine);
      const authenticator = new SoftAuthenticator(ORIGIN);
      const { person } = await setUpWith(world, authenticator);
      const options = await offerRegistration(world, { owner: { id: person, name: 'Ada' }, binding: LINK }, minute(2));
      assert.deepEqual(
        options.excludeCredentials.map(({ id }) => id),
        [authenticator.credential],
      );
      const again = await verifyRegistration(world, { text: authenticator.create(options), binding: LINK }, minute(2));
      assert.equal(refusal(again), 'known-passkey');
      const [passkey] = await listPasskeys(world, person);
      valueOf(await removePasskey(world, { person, id: passkey?.id ?? '' }, minute(3)));
      assert.equal(refusal(await register(world, authenticator, person)), 'known-passkey');
    });

    it('comes in once where two people bring it at the same time, and the other invitation stays good', async () => {
      const world = await openPasskeys(engine);
      const { person: actor } = await setUpWith(world, new SoftAuthenticator(ORIGIN, { id: 'another' }));
      const invited = async () =>
        valueOf(await invite(world, { name: 'Bo', roles: ['developer'], actor }, minute(2))).secret;
      const links = [await invited(), await invited()];
      const passkey = somePasskey();
      const bring = (link: string) => acceptInvitation(world, { ...newcomer(link, 'Bo'), passkey }, minute(3));
      const answers = await Promise.all(links.map(bring));
      assert.equal(answers.filter(({ ok }) => ok).length, 1);
      assert.deepEqual(
        answers.find(({ ok }) => !ok),
        { ok: false, error: { code: 'known-passkey' } },
      );
      const refused = links[answers.findIndex(({ ok }) => !ok)] ?? '';
      valueOf(await acceptInvitation(world, newcomer(refused, 'Bo'), minute(4)));
      assert.deepEqual(await findingsOf(world, minute(5)), []);
    });
  });

  describe('after a recovery code', () => {
    it('a new passkey takes the place of the lost ones, and the session opens everything', async () => {
      const world = await openPasskeys(engine);
      const { person, recoveryCodes } = await setUpWith(world, new SoftAuthenticator(ORIGIN));
      const timers = { after: () => () => undefined };
      const used = { code: recoveryCodes[0] ?? '', client: 'somewhere', device: DEVICE };
      const recovered = valueOf(await recover(world, newRecoveryLimits(), timers, used, day(1)));
      assert.equal((await viewerOf(world, recovered.session, day(1))).viewer, null);
      const fresh = new SoftAuthenticator(ORIGIN, { id: 'credential-2' });
      const passkey = valueOf(await register(world, fresh, person));
      const [session] = await world.log.db
        .tables<AuthTables>()
        .selectFrom('auth_session')
        .select('id')
        .where('purpose', '=', 'recovery')
        .execute();
      const order = { person, recovery: session?.id ?? '', passkey, device: DEVICE };
      const signed = valueOf(await storeRecoveredPasskey(world, order, day(1)));
      const { viewer } = await viewerOf(world, signed.session, day(1));
      assert.equal(viewer?.kind === 'person' && viewer.person, person);
      assert.equal((await viewerOf(world, recovered.session, day(1))).viewer, null);
      assert.equal(refusal(await attempt(world, fresh, {}, day(1))), 'none');
      const another = { ...order, passkey: somePasskey() };
      assert.equal(refusal(await storeRecoveredPasskey(world, another, day(1))), 'challenge-over');
    });
  });
});
