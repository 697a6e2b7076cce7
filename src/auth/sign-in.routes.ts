/** `/sign-in`, `/sign-out`, `/confirm`, `/recover`: coming in, going out, and saying again who one is. First visits are join.routes.ts. */
import type { Context } from 'hono';
import type { Instant, Millis } from '../lib/time.ts';
import { pageAnswer, seeOther } from '../platform/http-answer.ts';
import type { Timers } from '../platform/http.ts';
import { postedFields } from '../platform/posted-form.ts';
import { firstOf, localPath, NO_ERRORS, valuesOf, type FormErrors } from '../web/read-form.ts';
import { personRoute, publicRoute, type PersonViewer, type Route, type Scene, type Viewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import { waitWords } from './auth.text.ts';
import { clientKey } from './client-key.ts';
import { deviceOf } from './device.ts';
import { identifyRecovery } from './identify.actions.ts';
import {
  confirm,
  offerConfirmation,
  offerRegistration,
  offerSignIn,
  signIn,
  storeRecoveredPasskey,
  verifyRegistration,
} from './passkey.actions.ts';
import type { Obstacle } from './passkey.text.ts';
import { Buckets } from './rate-limit.ts';
import { recover, type RecoveryLimits, type RecoveryRefusal } from './recovery.actions.ts';
import { reportRefusal, scriptPage, withCookie, type DoorWorld } from './door.page.tsx';
import { noSessionCookie, sessionCookie } from './session-cookie.ts';
import { signOut } from './session.actions.ts';
import { confirmPage, recoveredPage, recoverPage, signInPage, signOutPage, tooManyPage } from './sign-in.page.tsx';
import { showPerson } from './people.actions.ts';

export interface SignInWorld extends DoorWorld {
  readonly limits: RecoveryLimits;
  readonly timers: Timers;
  /** 32 random bytes of this process: under it clients are told apart (client-key.ts). */
  readonly clientSecret: Uint8Array;
}

export const signInRoutes = (world: SignInWorld): readonly Route[] => [
  ...theDoor(world),
  personRoute('GET', '/sign-out', (_, { viewer, now }) => pageAnswer(signOutPage({ shell: world.shell, viewer, now }))),
  personRoute('POST', '/sign-out', async (_, { viewer, now }) => {
    await signOut(world, viewer.session, viewer.person, now);
    return withCookie(seeOther('/sign-in?done=signed-out'), noSessionCookie(world.cookies));
  }),
  personRoute('GET', '/confirm', (c, scene) => confirmAnswer(world, scene, wayBack(c), null)),
  personRoute('POST', '/confirm', (c, scene) => takeConfirmation(world, c, scene)),
  publicRoute('GET', '/recover', () =>
    pageAnswer(recoverPage({ shell: world.shell, errors: NO_ERRORS, obstacle: null })),
  ),
  publicRoute('POST', '/recover', (c, scene) => takeCode(world, c, scene)),
  publicRoute('GET', '/recover/passkey', (c, { now }) => recoveredAnswer(world, c, now, null)),
  publicRoute('POST', '/recover/passkey', (c, scene) => takeRecovered(world, c, scene)),
];

/**
 * Every view of the sign-in page stores a challenge, and every answer costs a signature: more than an office full of people needs at once, so that
 * nobody behind one address waits, and few enough that a program does not fill the table.
 */
const VIEWS = { burst: 100, everyMs: 1_000 as Millis, most: 10_000 };

function theDoor(world: SignInWorld): readonly Route[] {
  const views = new Buckets(VIEWS);
  const slowed = async (scene: Scene<Viewer | null>, answer: () => Promise<Response>): Promise<Response> => {
    const waitMs = views.take(clientAt(world, scene), scene.now);
    return waitMs === 0 ? answer() : tooMany(waitMs, tooManyPage(world.shell, waitMs));
  };
  return [
    publicRoute('GET', '/sign-in', (c, scene) => slowed(scene, () => showSignIn(world, c, scene))),
    publicRoute('POST', '/sign-in', (c, scene) => slowed(scene, () => takeSignIn(world, c, scene))),
  ];
}

const clientAt = ({ clientSecret }: SignInWorld, { client }: Scene<Viewer | null>): string =>
  clientKey(clientSecret, client.address ?? '');

/** RFC 6585 §4. */
function tooMany(waitMs: Millis, page: string): Response {
  const answer = pageAnswer(page, { status: 429 });
  answer.headers.set('retry-after', `${Math.ceil(waitMs / 1_000)}`);
  return answer;
}

const deviceAt = (c: Context): string => deviceOf(c.req.header('user-agent') ?? null);

const wayBack = (c: Context): string => localPath(c.req.query('to'));

async function showSignIn(world: SignInWorld, c: Context, { viewer, now }: Scene<Viewer | null>): Promise<Response> {
  if (viewer?.kind === 'person') return seeOther(wayBack(c));
  return signInAnswer(world, c, now, null);
}

async function signInAnswer(
  world: SignInWorld,
  c: Context,
  now: Instant,
  obstacle: Obstacle | null,
): Promise<Response> {
  const options = await offerSignIn(world, now);
  const done = obstacle === null ? (c.req.query('done') ?? null) : null;
  const page = signInPage({ shell: world.shell, options, to: wayBack(c), obstacle, done });
  return scriptPage(page, obstacle !== null);
}

async function takeSignIn(world: SignInWorld, c: Context, scene: Scene<Viewer | null>): Promise<Response> {
  const { viewer, now, requestId } = scene;
  const text = firstOf(valuesOf(await postedFields(c.req)), 'passkey');
  const replaces = viewer?.kind === 'person' ? viewer.session : null;
  const signedIn = await signIn(world, { text, device: deviceAt(c), replaces }, now);
  if (!signedIn.ok) return signInAnswer(world, c, now, reportRefusal(world.report, requestId, signedIn.error));
  return withCookie(seeOther(wayBack(c)), sessionCookie(signedIn.value.session, world.cookies));
}

async function confirmAnswer(
  world: SignInWorld,
  { viewer, now }: Scene<PersonViewer>,
  to: string,
  obstacle: Obstacle | null,
): Promise<Response> {
  const options = await offerConfirmation(world, viewer, now);
  return scriptPage(confirmPage({ shell: world.shell, viewer, now, options, to, obstacle }), obstacle !== null);
}

async function takeConfirmation(world: SignInWorld, c: Context, scene: Scene<PersonViewer>): Promise<Response> {
  const { viewer, now, requestId } = scene;
  const { person, session } = viewer;
  const confirmed = await confirm(
    world,
    { text: firstOf(valuesOf(await postedFields(c.req)), 'passkey'), person, session },
    now,
  );
  if (!confirmed.ok)
    return confirmAnswer(world, scene, wayBack(c), reportRefusal(world.report, requestId, confirmed.error));
  return withCookie(seeOther(wayBack(c)), sessionCookie(confirmed.value, world.cookies));
}

const WRONG_CODE: FormErrors = new Map([
  [
    'code',
    'This is no recovery code of anybody here, or it was used. Compare it with your list, or take the next one.',
  ],
]);

async function takeCode(world: SignInWorld, c: Context, scene: Scene<Viewer | null>): Promise<Response> {
  const code = firstOf(valuesOf(await postedFields(c.req)), 'code');
  const client = clientAt(world, scene);
  const used = await recover(world, world.limits, world.timers, { code, client, device: deviceAt(c) }, scene.now);
  if (used.ok) return withCookie(seeOther('/recover/passkey'), sessionCookie(used.value.session, world.cookies));
  return refusedCode(world.shell, used.error);
}

function refusedCode(shell: Shell, refusal: RecoveryRefusal): Response {
  if (refusal.code === 'wrong-code')
    return pageAnswer(recoverPage({ shell, errors: WRONG_CODE, obstacle: null }), { status: 422 });
  const { waitMs } = refusal;
  const obstacle = {
    title: 'Too many codes were tried from where you are.',
    next: `Nobody is locked out. Try again in ${waitWords(waitMs)}.`,
  };
  return tooMany(waitMs, recoverPage({ shell, errors: NO_ERRORS, obstacle }));
}

interface Recovering {
  readonly person: string;
  readonly session: string;
}

/** Whoever the cookie of a recovery session belongs to. */
const recoveringAt = ({ cookies, ...world }: SignInWorld, c: Context, now: Instant): Promise<Recovering | null> =>
  identifyRecovery(world, { cookie: c.req.header('cookie') ?? null }, cookies, now);

async function recoveredAnswer(
  world: SignInWorld,
  c: Context,
  now: Instant,
  obstacle: Obstacle | null,
): Promise<Response> {
  const recovering = await recoveringAt(world, c, now);
  if (recovering === null) return seeOther('/recover');
  const { person, session } = recovering;
  const name = (await showPerson(world, person))?.name ?? '';
  const options = await offerRegistration(world, { owner: { id: person, name }, binding: session }, now);
  return scriptPage(recoveredPage({ shell: world.shell, options, obstacle }), obstacle !== null);
}

async function takeRecovered(world: SignInWorld, c: Context, scene: Scene<Viewer | null>): Promise<Response> {
  const { now, requestId } = scene;
  const recovering = await recoveringAt(world, c, now);
  if (recovering === null) return seeOther('/recover');
  const { person, session: recovery } = recovering;
  const text = firstOf(valuesOf(await postedFields(c.req)), 'passkey');
  const passkey = await verifyRegistration(world, { text, binding: recovery }, now);
  if (!passkey.ok) return recoveredAnswer(world, c, now, reportRefusal(world.report, requestId, passkey.error));
  const order = { person, recovery, passkey: passkey.value, device: deviceAt(c) };
  const signedIn = await storeRecoveredPasskey(world, order, now);
  if (!signedIn.ok) return recoveredAnswer(world, c, now, reportRefusal(world.report, requestId, signedIn.error));
  return withCookie(seeOther('/account?done=recovered'), sessionCookie(signedIn.value.session, world.cookies));
}
