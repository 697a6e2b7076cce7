/** Addresses of the tokens of the API. */
import type { Context } from 'hono';
import { z } from 'zod';
import { days, plus } from '../lib/time.ts';
import { pageAnswer, seeOther } from '../platform/http-answer.ts';
import { postedFields } from '../platform/posted-form.ts';
import { readListQuery } from '../web/list-query.ts';
import { line, NO_ERRORS, readForm, valuesOf, type FormErrors } from '../web/read-form.ts';
import { staffRoute, type PersonViewer, type Route, type Scene } from '../web/route.ts';
import { sceneOf } from './auth-scene.ts';
import type { AuthPagesWorld } from './auth.actions.ts';
import { isId } from './opaque-id.ts';
import { pageOf } from './people-list.ts';
import { SCOPES } from './permit.ts';
import { createToken, listTokens, revokeToken, type TokenRefusal } from './token.actions.ts';
import {
  madeTokenPage,
  newTokenPage,
  revokeTokenPage,
  TOKEN_STATES,
  TOKENS_PER_PAGE,
  tokensPage,
} from './token.page.tsx';

type StaffScene = Scene<PersonViewer>;

const TokenForm = z.object({
  label: line('What it is for', 80),
  scopes: z
    .array(z.enum(SCOPES, { error: 'One of these is unknown. Choose from the list.' }))
    .min(1, 'Nothing is chosen. Choose what it may do.'),
  days: z.enum(['30', '90', '365'], { error: 'No such time. Choose from the list.' }).transform(Number),
});

const FRESH = { fresh: true };

export const tokenRoutes = (world: AuthPagesWorld): readonly Route[] => [
  staffRoute('tokens.read', 'GET', '/tokens', async (c, scene) => {
    const query = readListQuery(new Map(Object.entries(c.req.query())), {
      filters: { state: TOKEN_STATES },
      sorts: [],
    });
    const all = await listTokens(world, scene.now);
    const state = query.filters.get('state');
    const fitting = state === undefined ? all : all.filter((token) => token.state === state);
    const live = all.filter((token) => token.state === 'live').length;
    const tokens = pageOf(fitting, query.page, TOKENS_PER_PAGE);
    return pageAnswer(tokensPage({ ...sceneOf(world, c, scene), tokens, query, live, all: all.length }));
  }),
  staffRoute(
    'tokens.change',
    'GET',
    '/tokens/new',
    (c, scene) => pageAnswer(newTokenPage({ ...sceneOf(world, c, scene), values: valuesOf([]), errors: NO_ERRORS })),
    FRESH,
  ),
  staffRoute('tokens.change', 'POST', '/tokens/new', (c, scene) => makeToken(world, c, scene), FRESH),
  staffRoute(
    'tokens.change',
    'GET',
    '/tokens/:token/revoke',
    async (c, scene) => {
      const token = (await listTokens(world, scene.now)).find(({ id }) => id === c.req.param('token'));
      return token?.state === 'live'
        ? pageAnswer(revokeTokenPage({ ...sceneOf(world, c, scene), token }))
        : c.notFound();
    },
    FRESH,
  ),
  staffRoute(
    'tokens.change',
    'POST',
    '/tokens/:token/revoke',
    async (c, { viewer, now }) => {
      const id = c.req.param('token') ?? '';
      const isDone = isId('token', id) && (await revokeToken(world, { id, actor: viewer.person }, now));
      return isDone ? seeOther('/tokens?done=token-revoked') : c.notFound();
    },
    FRESH,
  ),
];

/** Answers with the text itself and no redirect: in an address it would stand in the history of the browser. */
async function makeToken(world: AuthPagesWorld, c: Context, scene: StaffScene) {
  const page = sceneOf(world, c, scene);
  const values = valuesOf(await postedFields(c.req));
  const again = (errors: FormErrors) => pageAnswer(newTokenPage({ ...page, values, errors }), { status: 422 });
  const form = readForm(TokenForm, values, ['scopes']);
  if (!form.ok) return again(form.error.errors);
  const { label, scopes } = form.value;
  const { person: id, roles } = scene.viewer;
  const expiresAt = plus(scene.now, days(form.value.days));
  const made = await createToken(world, { label, scopes, expiresAt, creator: { id, roles } }, scene.now);
  if (!made.ok) return again(new Map([refusalWords(made.error)]));
  return pageAnswer(madeTokenPage({ ...page, label, text: made.value.text }));
}

/** The field, and the words beside it. */
function refusalWords(refusal: TokenRefusal): readonly [string, string] {
  switch (refusal.code) {
    case 'no-scope':
      return ['scopes', 'Nothing is chosen. Choose what it may do.'];
    case 'scope-beyond-roles':
      return ['scopes', `Your roles do not allow ${refusal.scope}, so you cannot give it to a token. Ask an owner.`];
    case 'expires-too-early':
    case 'expires-too-late':
      return ['days', 'A token lives for a day at least and for a year at most. Choose from the list.'];
  }
}
