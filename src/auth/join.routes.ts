/** `/set-up/:token`, `/rescue/:token` and `/invitation/:token`: the first visit of somebody. The link is a secret, so it is looked for by its digest only. */
import type { Context } from 'hono';
import type { Instant } from '../lib/time.ts';
import { pageAnswer } from '../platform/http-answer.ts';
import { postedFields } from '../platform/posted-form.ts';
import { firstOf, NO_ERRORS, readForm, valuesOf, type FormErrors, type FormValues } from '../web/read-form.ts';
import { publicRoute, type Route, type Scene, type Viewer } from '../web/route.ts';
import { invitationOfLink, type ShownInvitation } from './invitation.actions.ts';
import { invitationPage, linkOverPage, recoveryCodesPage, rescuePage, setUpPage } from './join.page.tsx';
import { offerRegistration, verifyRegistration } from './passkey.actions.ts';
import type { Obstacle } from './passkey.text.ts';
import {
  acceptInvitation,
  completeSetUp,
  personOfSetUp,
  type LinkRefusal,
  type Newcomer,
} from './registration.actions.ts';
import { acceptRescue, rescueOfLink } from './rescue.actions.ts';
import { hashOfSecret } from './secret.ts';
import { sessionCookie } from './session-cookie.ts';
import { DetailsForm, type Details } from './details-form.ts';
import { deviceOf } from './device.ts';
import { reportRefusal, scriptPage, withCookie, type DoorWorld } from './door.page.tsx';

export const joinRoutes = (world: DoorWorld): readonly Route[] => [
  publicRoute('GET', '/set-up/:token', (c, { now }) => showSetUp(world, c, now, NEW)),
  publicRoute('POST', '/set-up/:token', (c, scene) => takeSetUp(world, c, scene)),
  publicRoute('GET', '/rescue/:token', (c, { now }) => showRescue(world, c, now, NEW)),
  publicRoute('POST', '/rescue/:token', (c, scene) => takeRescue(world, c, scene)),
  publicRoute('GET', '/invitation/:token', (c, { now }) => showInvitation(world, c, now, NEW)),
  publicRoute('POST', '/invitation/:token', (c, scene) => takeInvitation(world, c, scene)),
];

/** What the page is shown with: empty at first, as it was sent when it was refused. */
interface Draft {
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly obstacle: Obstacle | null;
}

const NEW: Draft = { values: new Map(), errors: NO_ERRORS, obstacle: null };

const isRefused = ({ errors, obstacle }: Draft): boolean => errors.size > 0 || obstacle !== null;

const linkOf = (c: Context): string => c.req.param('token') ?? '';

/** Whom the challenge is given to: whoever has this link. */
const bindingOf = (link: string): string => `link ${hashOfSecret(link) ?? ''}`;

async function showSetUp(world: DoorWorld, c: Context, now: Instant, draft: Draft): Promise<Response> {
  const link = linkOf(c);
  const person = await personOfSetUp(world, link);
  if (person === null) return pageAnswer(linkOverPage(world.shell, 'set-up'), { status: 404 });
  const name = firstOf(draft.values, 'name') || 'Owner';
  const options = await offerRegistration(world, { owner: { id: person, name }, binding: bindingOf(link) }, now);
  return scriptPage(setUpPage({ shell: world.shell, options, ...draft }), isRefused(draft));
}

async function showInvitation(world: DoorWorld, c: Context, now: Instant, draft: Draft): Promise<Response> {
  const link = linkOf(c);
  const invited = await invitationOfLink(world, link, now);
  const over = invitationOver(world, invited);
  if (invited === null || over !== null) return over ?? invitationGone(world);
  const values = draft.values.size > 0 ? draft.values : new Map([['name', [invited.name ?? '']]]);
  const owner = { id: invited.person, name: firstOf(values, 'name') };
  const options = await offerRegistration(world, { owner, binding: bindingOf(link) }, now);
  return scriptPage(invitationPage({ shell: world.shell, options, ...draft, values, invited }), isRefused(draft));
}

async function showRescue(world: DoorWorld, c: Context, now: Instant, draft: Draft): Promise<Response> {
  const link = linkOf(c);
  const rescue = await rescueOfLink(world, link, now);
  if (rescue?.state !== 'open') return rescueOver(world, rescue === null);
  const { person, expiresAt } = rescue;
  const name = firstOf(draft.values, 'name') || 'Owner';
  const options = await offerRegistration(world, { owner: { id: person, name }, binding: bindingOf(link) }, now);
  return scriptPage(rescuePage({ shell: world.shell, options, ...draft, expiresAt }), isRefused(draft));
}

const rescueOver = ({ shell }: DoorWorld, isUnknown: boolean): Response =>
  pageAnswer(linkOverPage(shell, 'rescue'), { status: isUnknown ? 404 : 410 });

const invitationGone = ({ shell }: DoorWorld): Response => pageAnswer(linkOverPage(shell, 'unknown'), { status: 404 });

/** RFC 9110 §15.5.11: it was here, and will not be again. */
function invitationOver(world: DoorWorld, invited: ShownInvitation | null): Response | null {
  if (invited === null) return invitationGone(world);
  return invited.state === 'open' ? null : pageAnswer(linkOverPage(world.shell, invited.state), { status: 410 });
}

async function takeSetUp(world: DoorWorld, c: Context, scene: Scene<Viewer | null>): Promise<Response> {
  if ((await personOfSetUp(world, linkOf(c))) === null)
    return pageAnswer(linkOverPage(world.shell, 'set-up'), { status: 404 });
  const read = await readNewcomer(world, c, scene);
  if ('draft' in read) return showSetUp(world, c, scene.now, read.draft);
  const done = await completeSetUp(world, read.newcomer, scene.now);
  if (done.ok) return codesAnswer(world, done.value, 'set-up');
  return done.error.code === 'known-passkey'
    ? showSetUp(world, c, scene.now, takenPasskey(world, read.values, scene))
    : refusedLink(world, done.error);
}

async function takeInvitation(world: DoorWorld, c: Context, scene: Scene<Viewer | null>): Promise<Response> {
  const over = invitationOver(world, await invitationOfLink(world, linkOf(c), scene.now));
  if (over !== null) return over;
  const read = await readNewcomer(world, c, scene);
  if ('draft' in read) return showInvitation(world, c, scene.now, read.draft);
  const done = await acceptInvitation(world, read.newcomer, scene.now);
  if (done.ok) return codesAnswer(world, done.value, 'joined');
  return done.error.code === 'known-passkey'
    ? showInvitation(world, c, scene.now, takenPasskey(world, read.values, scene))
    : refusedLink(world, done.error);
}

async function takeRescue(world: DoorWorld, c: Context, scene: Scene<Viewer | null>): Promise<Response> {
  const rescue = await rescueOfLink(world, linkOf(c), scene.now);
  if (rescue?.state !== 'open') return rescueOver(world, rescue === null);
  const read = await readNewcomer(world, c, scene);
  if ('draft' in read) return showRescue(world, c, scene.now, read.draft);
  const done = await acceptRescue(world, read.newcomer, scene.now);
  if (done.ok) return codesAnswer(world, done.value, 'let-in');
  return done.error.code === 'known-passkey'
    ? showRescue(world, c, scene.now, takenPasskey(world, read.values, scene))
    : rescueOver(world, done.error.code === 'unknown-link');
}

type Read =
  | { readonly newcomer: Newcomer; readonly values: FormValues }
  /** To be asked again. */
  | { readonly draft: Draft };

async function readNewcomer(world: DoorWorld, c: Context, { now, requestId }: Scene<Viewer | null>): Promise<Read> {
  const values = valuesOf(await postedFields(c.req));
  const form = readForm<Details>(DetailsForm, values);
  if (!form.ok) return { draft: { values, errors: form.error.errors, obstacle: null } };
  const link = linkOf(c);
  const text = firstOf(values, 'passkey');
  const passkey = await verifyRegistration(world, { text, binding: bindingOf(link) }, now);
  if (!passkey.ok) {
    const obstacle = reportRefusal(world.report, requestId, passkey.error);
    return { draft: { values, errors: NO_ERRORS, obstacle } };
  }
  const { name, email } = form.value;
  const device = deviceOf(c.req.header('user-agent') ?? null);
  return { newcomer: { link, name, email, passkey: passkey.value, device }, values };
}

/** Of two who bring one credential id at the same time, the second is asked for another passkey; the link stays good. */
const takenPasskey = (
  { report }: DoorWorld,
  values: FormValues,
  { requestId }: Pick<Scene<null>, 'requestId'>,
): Draft => ({
  values,
  errors: NO_ERRORS,
  obstacle: reportRefusal(report, requestId, { code: 'known-passkey' }),
});

const refusedLink = (
  { shell }: DoorWorld,
  refusal: Exclude<LinkRefusal, { readonly code: 'known-passkey' }>,
): Response =>
  refusal.code === 'unknown-link'
    ? pageAnswer(linkOverPage(shell, 'unknown'), { status: 404 })
    : pageAnswer(linkOverPage(shell, refusal.state), { status: 410 });

/**
 * The codes are in this answer and nowhere else, so there is no page to go to: sent again, the form meets a link that is over.
 */
function codesAnswer(
  { shell, cookies }: DoorWorld,
  { session, recoveryCodes }: { readonly session: string; readonly recoveryCodes: readonly string[] },
  done: 'set-up' | 'let-in' | 'joined',
): Response {
  return withCookie(scriptPage(recoveryCodesPage(shell, recoveryCodes, done), false), sessionCookie(session, cookies));
}
