/** Addresses of people and invitations. The order matters to Hono: fixed paths stand before those with a parameter. */
import type { Context } from 'hono';
import { z } from 'zod';
import { pageAnswer, seeOther } from '../platform/http-answer.ts';
import { postedFields } from '../platform/posted-form.ts';
import { readListQuery } from '../web/list-query.ts';
import { line, NO_ERRORS, readForm, valuesOf, type FormErrors } from '../web/read-form.ts';
import { staffRoute, type PersonViewer, type Route, type Scene } from '../web/route.ts';
import { sceneOf } from './auth-scene.ts';
import type { AuthPagesWorld } from './auth.actions.ts';
import { personRefusalWords } from './auth.text.ts';
import { invite, listInvitations, revokeInvitation } from './invitation.actions.ts';
import { invitationsPage, invitedPage, invitePage, revokeInvitationPage } from './invitation.page.tsx';
import { isId } from './opaque-id.ts';
import { changePerson, listPeople, showPerson, waysIn } from './people.actions.ts';
import { partOfPeople, PEOPLE_SHAPE } from './people-list.ts';
import { peoplePage } from './people.page.tsx';
import { endPage, personPage, rolesPage } from './person.page.tsx';
import { ROLES } from './permit.ts';
import { rescuesToLookAt } from './rescue.actions.ts';
import { revokeOtherSessions, showSessions } from './session.actions.ts';

type StaffScene = Scene<PersonViewer>;

const roles = z.array(z.enum(ROLES, { error: 'One of these roles is unknown. Choose from the list.' }));
const InviteForm = z.object({
  name: line('The name', 100),
  roles: roles.min(1, 'No role is chosen. Choose at least one.'),
});
const RolesForm = z.object({ roles });

export const peopleRoutes = (world: AuthPagesWorld): readonly Route[] => [
  staffRoute('people.read', 'GET', '/people', (c, scene) => showPeople(world, c, scene)),
  ...invitationRoutes(world),
  ...personRoutes(world),
];

async function showPeople(world: AuthPagesWorld, c: Context, scene: StaffScene) {
  const query = readListQuery(new Map(Object.entries(c.req.query())), PEOPLE_SHAPE);
  const everybody = await listPeople(world);
  const active = everybody.filter(({ access }) => access === 'active');
  const invitations = await listInvitations(world, scene.now);
  const names = new Map(everybody.map(({ id, name }) => [id, name]));
  const rescues = await rescuesToLookAt(world, scene.now);
  return pageAnswer(
    peoplePage({
      ...sceneOf(world, c, scene),
      people: partOfPeople(everybody, query),
      query,
      active: active.length,
      owners: active.filter((person) => person.roles.includes('owner')).length,
      openInvitations: invitations.filter(({ state }) => state === 'open').length,
      rescues: rescues.map((rescue) => ({ ...rescue, name: names.get(rescue.person) ?? null })),
    }),
  );
}

const FRESH = { fresh: true };

const invitationRoutes = (world: AuthPagesWorld): readonly Route[] => [
  staffRoute(
    'people.change',
    'GET',
    '/people/invite',
    (c, scene) => pageAnswer(invitePage({ ...sceneOf(world, c, scene), values: valuesOf([]), errors: NO_ERRORS })),
    FRESH,
  ),
  staffRoute('people.change', 'POST', '/people/invite', (c, scene) => inviteSomebody(world, c, scene), FRESH),
  staffRoute('people.read', 'GET', '/people/invitations', async (c, scene) =>
    pageAnswer(invitationsPage({ ...sceneOf(world, c, scene), invitations: await listInvitations(world, scene.now) })),
  ),
  staffRoute(
    'people.change',
    'GET',
    '/people/invitations/:invitation/revoke',
    async (c, scene) => {
      const id = c.req.param('invitation') ?? '';
      const invitation = (await listInvitations(world, scene.now)).find((one) => one.id === id);
      return invitation?.state === 'open'
        ? pageAnswer(revokeInvitationPage({ ...sceneOf(world, c, scene), invitation }))
        : c.notFound();
    },
    FRESH,
  ),
  staffRoute(
    'people.change',
    'POST',
    '/people/invitations/:invitation/revoke',
    async (c, { viewer, now }) => {
      const id = c.req.param('invitation') ?? '';
      const revoked = isId('invitation', id) ? await revokeInvitation(world, { id, actor: viewer.person }, now) : null;
      return revoked?.ok === true ? seeOther('/people/invitations?done=invitation-revoked') : c.notFound();
    },
    FRESH,
  ),
];

/** Answers with the link itself and no redirect: in an address it would stand in the history of the browser. */
async function inviteSomebody(world: AuthPagesWorld, c: Context, scene: StaffScene) {
  const page = sceneOf(world, c, scene);
  const values = valuesOf(await postedFields(c.req));
  const form = readForm(InviteForm, values, ['roles']);
  if (!form.ok) return pageAnswer(invitePage({ ...page, ...form.error }), { status: 422 });
  const made = await invite(world, { ...form.value, actor: scene.viewer.person }, scene.now);
  if (!made.ok) throw new Error('an invitation with a role was refused');
  const { secret, expiresAt } = made.value;
  const link = `${world.origin}/invitation/${secret}`;
  return pageAnswer(invitedPage({ ...page, name: form.value.name, link, expiresAt }));
}

const personRoutes = (world: AuthPagesWorld): readonly Route[] => [
  staffRoute('people.read', 'GET', '/people/:person', async (c, scene) => {
    const found = await personAt(world, c);
    if (found === null) return c.notFound();
    const sessions = await showSessions(world, found.id, scene.now);
    return pageAnswer(
      personPage({ ...sceneOf(world, c, scene), person: found, sessions, ...(await waysIn(world, found.id)) }),
    );
  }),
  staffRoute(
    'people.change',
    'GET',
    '/people/:person/roles',
    async (c, scene) => {
      const person = await personAt(world, c);
      if (person?.access !== 'active') return c.notFound();
      return pageAnswer(rolesPage({ ...sceneOf(world, c, scene), person, chosen: person.roles, errors: NO_ERRORS }));
    },
    FRESH,
  ),
  staffRoute('people.change', 'POST', '/people/:person/roles', (c, scene) => changeRoles(world, c, scene), FRESH),
  ...(['access', 'sessions'] as const).flatMap((what) => endRoutes(world, what)),
];

async function personAt(world: AuthPagesWorld, c: Context) {
  const id = c.req.param('person') ?? '';
  return isId('person', id) ? showPerson(world, id) : null;
}

async function changeRoles(world: AuthPagesWorld, c: Context, scene: StaffScene) {
  const person = await personAt(world, c);
  if (person === null) return c.notFound();
  const values = valuesOf(await postedFields(c.req));
  const again = (errors: FormErrors) =>
    pageAnswer(rolesPage({ ...sceneOf(world, c, scene), person, chosen: values.get('roles') ?? [], errors }), {
      status: 422,
    });
  const form = readForm(RolesForm, values, ['roles']);
  if (!form.ok) return again(form.error.errors);
  const command = { type: 'change-roles', roles: form.value.roles } as const;
  const done = await changePerson(world, { id: person.id, actor: scene.viewer.person, command }, scene.now);
  if (!done.ok) return again(new Map([['roles', personRefusalWords(done.error, person.name ?? person.id)]]));
  return seeOther(`/people/${person.id}?done=${done.value.length === 0 ? 'roles-same' : 'roles-changed'}`);
}

function endRoutes(world: AuthPagesWorld, what: 'access' | 'sessions'): readonly Route[] {
  const path = what === 'access' ? '/people/:person/end' : '/people/:person/sessions';
  const show = async (c: Context, scene: StaffScene, refused: string | null) => {
    const person = await personAt(world, c);
    if (person?.access !== 'active') return c.notFound();
    const { length } = await showSessions(world, person.id, scene.now);
    return pageAnswer(
      endPage({ ...sceneOf(world, c, scene), person, what, sessions: length, refused }),
      refused === null ? {} : { status: 422 },
    );
  };
  const end = async (c: Context, scene: StaffScene) => {
    const person = await personAt(world, c);
    if (person === null) return c.notFound();
    const { id } = person;
    const actor = scene.viewer.person;
    if (what === 'sessions') {
      const except = id === actor ? scene.viewer.session : null;
      await revokeOtherSessions(world, { person: id, actor, except }, scene.now);
      return seeOther(`/people/${id}?done=sessions-revoked`);
    }
    const done = await changePerson(world, { id, actor, command: { type: 'end-access' } }, scene.now);
    if (!done.ok) return show(c, scene, personRefusalWords(done.error, person.name ?? id));
    return seeOther(`/people/${id}?done=access-ended`);
  };
  return [
    staffRoute('people.change', 'GET', path, (c, scene) => show(c, scene, null), FRESH),
    staffRoute('people.change', 'POST', path, end, FRESH),
  ];
}
