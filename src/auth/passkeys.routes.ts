/** `/account/passkeys/…`: a person's own passkeys. The list is on `/account`. Adding and removing need a fresh passkey. */
import { z } from 'zod';
import { pageAnswer, seeOther } from '../platform/http-answer.ts';
import { postedFields } from '../platform/posted-form.ts';
import { firstOf, line, NO_ERRORS, readForm, valuesOf, type FormErrors } from '../web/read-form.ts';
import { personRoute, type PersonViewer, type Route, type Scene } from '../web/route.ts';
import type { Context } from 'hono';
import { isId } from './opaque-id.ts';
import {
  listPasskeys,
  offerRegistration,
  removePasskey,
  renamePasskey,
  storePasskey,
  verifyRegistration,
  type ShownPasskey,
} from './passkey.actions.ts';
import { refusedChange, type Obstacle } from './passkey.text.ts';
import { MOST_LABEL, newPasskeyPage, passkeyPage, removePasskeyPage } from './passkeys.page.tsx';
import { reportRefusal, scriptPage, type DoorWorld } from './door.page.tsx';

const FRESH = { fresh: true };

export const passkeyRoutes = (world: DoorWorld): readonly Route[] => [
  personRoute('GET', '/account/passkeys/new', (_, scene) => newAnswer(world, scene, EMPTY), FRESH),
  personRoute('POST', '/account/passkeys/new', (c, scene) => takeNew(world, c, scene), FRESH),
  personRoute('GET', '/account/passkeys/:passkey', async (c, scene) => {
    const passkey = await ownPasskey(world, c, scene);
    return passkey === null ? GONE() : onePage(world, scene, passkey, { ...EMPTY, label: passkey.label });
  }),
  personRoute('POST', '/account/passkeys/:passkey', (c, scene) => takeLabel(world, c, scene)),
  personRoute(
    'GET',
    '/account/passkeys/:passkey/remove',
    async (c, scene) => {
      const passkey = await ownPasskey(world, c, scene);
      return passkey === null ? GONE() : removeAnswer(world, scene, passkey, null);
    },
    FRESH,
  ),
  personRoute('POST', '/account/passkeys/:passkey/remove', (c, scene) => takeRemoval(world, c, scene), FRESH),
];

const GONE = (): Response => seeOther('/account?done=passkey-gone');

const labelForm = z.object({ label: line('The name of the passkey', MOST_LABEL) });

interface Draft {
  readonly label: string;
  readonly errors: FormErrors;
  readonly obstacle: Obstacle | null;
}

const EMPTY: Draft = { label: '', errors: NO_ERRORS, obstacle: null };

async function ownPasskey(world: DoorWorld, c: Context, { viewer }: Scene<PersonViewer>): Promise<ShownPasskey | null> {
  const id = c.req.param('passkey') ?? '';
  if (!isId('passkey', id)) return null;
  return (await listPasskeys(world, viewer.person)).find((passkey) => passkey.id === id) ?? null;
}

async function newAnswer(world: DoorWorld, { viewer, now }: Scene<PersonViewer>, draft: Draft): Promise<Response> {
  const owner = { id: viewer.person, name: viewer.name };
  const options = await offerRegistration(world, { owner, binding: viewer.session }, now);
  const page = newPasskeyPage({ shell: world.shell, viewer, now, options, ...draft });
  return scriptPage(page, draft.errors.size > 0 || draft.obstacle !== null);
}

async function takeNew(world: DoorWorld, c: Context, scene: Scene<PersonViewer>): Promise<Response> {
  const { viewer, now, requestId } = scene;
  const values = valuesOf(await postedFields(c.req));
  const label = firstOf(values, 'label');
  const form = readForm(labelForm, values);
  if (!form.ok) return newAnswer(world, scene, { label, errors: form.error.errors, obstacle: null });
  const order = { text: firstOf(values, 'passkey'), binding: viewer.session };
  const passkey = await verifyRegistration(world, order, now);
  const { person } = viewer;
  const added = passkey.ok
    ? await storePasskey(world, { person, passkey: { ...passkey.value, label: form.value.label } }, now)
    : passkey;
  if (added.ok) return seeOther('/account?done=passkey-added');
  const obstacle = reportRefusal(world.report, requestId, added.error);
  return newAnswer(world, scene, { label, errors: NO_ERRORS, obstacle });
}

function onePage(
  { shell }: DoorWorld,
  { viewer, now }: Scene<PersonViewer>,
  passkey: ShownPasskey,
  draft: Draft,
): Response {
  const status = draft.errors.size > 0 ? 422 : 200;
  return pageAnswer(passkeyPage({ shell, viewer, now, passkey, ...draft }), { status });
}

async function takeLabel(world: DoorWorld, c: Context, scene: Scene<PersonViewer>): Promise<Response> {
  const passkey = await ownPasskey(world, c, scene);
  if (passkey === null) return GONE();
  const values = valuesOf(await postedFields(c.req));
  const form = readForm(labelForm, values);
  if (!form.ok) {
    const { errors } = form.error;
    return onePage(world, scene, passkey, { label: firstOf(values, 'label'), errors, obstacle: null });
  }
  const { label } = form.value;
  const renamed = await renamePasskey(world, { person: scene.viewer.person, id: passkey.id, label }, scene.now);
  return renamed.ok ? seeOther('/account?done=passkey-renamed') : GONE();
}

function removeAnswer(
  { shell }: DoorWorld,
  { viewer, now }: Scene<PersonViewer>,
  passkey: ShownPasskey,
  obstacle: Obstacle | null,
): Response {
  const status = obstacle === null ? 200 : 422;
  return pageAnswer(removePasskeyPage({ shell, viewer, now, passkey, obstacle }), { status });
}

async function takeRemoval(world: DoorWorld, c: Context, scene: Scene<PersonViewer>): Promise<Response> {
  const passkey = await ownPasskey(world, c, scene);
  if (passkey === null) return GONE();
  const removed = await removePasskey(world, { person: scene.viewer.person, id: passkey.id }, scene.now);
  if (removed.ok) return seeOther('/account?done=passkey-removed');
  return removed.error.code === 'last-way-in'
    ? removeAnswer(world, scene, passkey, refusedChange(removed.error))
    : GONE();
}
