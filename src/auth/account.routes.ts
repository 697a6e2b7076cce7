/** Addresses of what is one's own. Everybody who is signed in has them; what could lock somebody out needs the passkey once more. */
import type { Context } from 'hono';
import { pageAnswer, seeOther } from '../platform/http-answer.ts';
import { postedFields } from '../platform/posted-form.ts';
import { NO_ERRORS, readForm, valuesOf } from '../web/read-form.ts';
import { personRoute, type PersonViewer, type Route, type Scene } from '../web/route.ts';
import { accountPage, detailsPage, newCodesPage, renewCodesPage, sessionsPage } from './account.page.tsx';
import { DetailsForm, type Details } from './details-form.ts';
import { sceneOf } from './auth-scene.ts';
import type { AuthPagesWorld } from './auth.actions.ts';
import { scriptPage } from './door.page.tsx';
import { isId } from './opaque-id.ts';
import { listPasskeys } from './passkey.actions.ts';
import { changeOwnDetails, showPerson } from './people.actions.ts';
import { recoveryCodesLeft, renewRecoveryCodes } from './recovery.actions.ts';
import { revokeOtherSessions, revokeSession, showSessions } from './session.actions.ts';

type OwnScene = Scene<PersonViewer>;

const FRESH = { fresh: true };

export const accountRoutes = (world: AuthPagesWorld): readonly Route[] => [
  personRoute('GET', '/account', async (c, scene) => {
    const { person } = scene.viewer;
    const [shown, passkeys, codesLeft, sessions] = await Promise.all([
      showPerson(world, person),
      listPasskeys(world, person),
      recoveryCodesLeft(world, person),
      showSessions(world, person, scene.now),
    ]);
    const own = { email: shown?.email ?? null, passkeys, codesLeft, sessions: sessions.length };
    return pageAnswer(accountPage({ ...sceneOf(world, c, scene), ...own }));
  }),
  personRoute(
    'GET',
    '/account/details',
    async (c, scene) => {
      const shown = await showPerson(world, scene.viewer.person);
      const values = valuesOf([
        ['name', shown?.name ?? ''],
        ['email', shown?.email ?? ''],
      ]);
      return pageAnswer(detailsPage({ ...sceneOf(world, c, scene), values, errors: NO_ERRORS }));
    },
    FRESH,
  ),
  personRoute('POST', '/account/details', (c, scene) => saveDetails(world, c, scene), FRESH),
  personRoute(
    'GET',
    '/account/recovery-codes',
    async (c, scene) => {
      const codesLeft = await recoveryCodesLeft(world, scene.viewer.person);
      return pageAnswer(renewCodesPage({ ...sceneOf(world, c, scene), codesLeft }));
    },
    FRESH,
  ),
  personRoute(
    'POST',
    '/account/recovery-codes',
    async (c, scene) => {
      const codes = await renewRecoveryCodes(world, scene.viewer.person, scene.now);
      return scriptPage(newCodesPage({ ...sceneOf(world, c, scene), codes }), false);
    },
    FRESH,
  ),
  ...sessionRoutes(world),
];

async function saveDetails(world: AuthPagesWorld, c: Context, scene: OwnScene) {
  const values = valuesOf(await postedFields(c.req));
  const form = readForm<Details>(DetailsForm, values);
  if (!form.ok) return pageAnswer(detailsPage({ ...sceneOf(world, c, scene), ...form.error }), { status: 422 });
  await changeOwnDetails(world, scene.viewer.person, form.value, scene.now);
  return seeOther('/account?done=details-changed');
}

/** Without the passkey once more: whoever sees a stranger among their sessions has no time to look for it. */
const sessionRoutes = (world: AuthPagesWorld): readonly Route[] => [
  personRoute('GET', '/sessions', async (c, scene) =>
    pageAnswer(
      sessionsPage({
        ...sceneOf(world, c, scene),
        sessions: await showSessions(world, scene.viewer.person, scene.now),
      }),
    ),
  ),
  personRoute('POST', '/sessions/end-others', async (_, { viewer, now }) => {
    const { person, session } = viewer;
    await revokeOtherSessions(world, { person, actor: person, except: session }, now);
    return seeOther('/sessions?done=others-revoked');
  }),
  personRoute('POST', '/sessions/:session/end', async (c, { viewer, now }) => {
    const session = c.req.param('session') ?? '';
    const { person } = viewer;
    const isDone = isId('session', session) && (await revokeSession(world, { session, person, actor: person }, now));
    return isDone ? seeOther('/sessions?done=session-revoked') : c.notFound();
  }),
];
