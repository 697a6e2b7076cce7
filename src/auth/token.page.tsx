/** Tokens of the API: the list, a new one with the text that is shown once, and revoking. */
import { count, printable } from '../lib/text.ts';
import { dayIn } from '../lib/time.ts';
import { Chip, Day, Empty, Moment } from '../web/components.tsx';
import { Choices, Input } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import { type ListQuery } from '../web/list-query.ts';
import { firstOf, type FormErrors, type FormValues } from '../web/read-form.ts';
import { Pager } from '../web/table.tsx';
import { Confirm, Crumbs, Done, FilterLink, FormPage, NameOf, ShownOnce } from './auth-parts.page.tsx';
import type { AuthScene } from './auth-scene.ts';
import { SCOPE_WORDS } from './auth.text.ts';
import type { Part } from './people-list.ts';
import { may, scopeNeeds, SCOPES } from './permit.ts';
import type { ShownToken } from './token.actions.ts';

const PATH = '/tokens';
const TOKENS = { path: PATH, label: 'Tokens' };
export const TOKENS_PER_PAGE = 50;
export const TOKEN_STATES = ['live', 'expired', 'revoked'] as const;

interface TokensProps extends AuthScene {
  readonly tokens: Part<ShownToken>;
  readonly query: ListQuery;
  readonly live: number;
  /** Of any state. */
  readonly all: number;
}

export function tokensPage({ tokens, query, live, all, ...scene }: TokensProps): string {
  const { shell, viewer, now } = scene;
  const title = live === 0 ? 'No token is live' : `${count(live, 'token is', 'tokens are')} live`;
  const mayChange = may(viewer.roles, 'tokens.change');
  const first = mayChange ? <a href="/tokens/new">Make a token</a> : 'An owner or a developer can make one.';
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={PATH} now={now} glyphs={['kept', 'stale', 'na']}>
      <Done scene={scene} />
      <div class="page-head">
        <div class="row">
          <div>
            <h1>{title}</h1>
            <p class="lede">
              With one a machine sends what it measured, or reads the log. Whoever has its text can do the same.
            </p>
          </div>
          {mayChange ? (
            <p class="actions">
              <a class="btn primary" href="/tokens/new">
                Make a token
              </a>
            </p>
          ) : null}
        </div>
      </div>
      {all === 0 ? null : <States query={query} />}
      {tokens.total === 0 ? (
        <Empty
          why={all === 0 ? 'No token was made yet.' : 'No token is in this state.'}
          next={all === 0 ? first : <a href={PATH}>Show all</a>}
        />
      ) : (
        <Table tokens={tokens.shown} zone={shell.zone} mayChange={mayChange} />
      )}
      <Pager path={PATH} query={{ ...query, page: tokens.page }} total={tokens.total} pageSize={TOKENS_PER_PAGE} />
    </StaffPage>,
  );
}

const States = ({ query }: { readonly query: ListQuery }) => (
  <div class="filters">
    <span class="muted">State:</span>
    {TOKEN_STATES.map((state) => (
      <FilterLink path={PATH} query={query} name="state" value={state} />
    ))}
  </div>
);

interface TableProps {
  readonly tokens: readonly ShownToken[];
  readonly zone: string;
  readonly mayChange: boolean;
}

const Table = ({ tokens, zone, mayChange }: TableProps) => (
  <table class="tbl fold">
    <caption class="vh">Tokens, newest first</caption>
    <thead>
      <tr>
        <th scope="col">What for</th>
        <th scope="col">May</th>
        <th scope="col">State</th>
        <th scope="col">Until</th>
        <th scope="col">Last used</th>
        <th scope="col">Made by</th>
        <th scope="col">
          <span class="vh">Change</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {tokens.map((token) => (
        <tr>
          <th scope="row">{printable(token.label)}</th>
          <td data-l="May" class="mono">
            {token.scopes.join(', ')}
          </td>
          <td data-l="State">
            <Chip state={STATE_GLYPHS[token.state]}>{token.state}</Chip>
          </td>
          <td data-l="Until">
            <Day day={dayIn(token.expiresAt, zone)} />
          </td>
          <td data-l="Last used">{token.usedAt === null ? 'never' : <Day day={dayIn(token.usedAt, zone)} />}</td>
          <td data-l="Made by">
            <NameOf name={token.creatorName} id={token.createdBy} />
          </td>
          <td class="full">
            {mayChange && token.state === 'live' ? (
              <a href={`/tokens/${token.id}/revoke`}>
                Revoke<span class="vh"> {printable(token.label)}</span>
              </a>
            ) : null}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const STATE_GLYPHS = { live: 'kept', expired: 'stale', revoked: 'na' } as const;

interface NewTokenProps extends AuthScene {
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export function newTokenPage({ values, errors, shell, viewer, now }: NewTokenProps): string {
  const title = 'Make a token';
  const options = SCOPES.filter((scope) => may(viewer.roles, scopeNeeds(scope))).map((scope) => ({
    value: scope,
    label: scope,
    help: SCOPE_WORDS[scope],
  }));
  return documentText(
    <FormPage
      {...{ title, shell, viewer, now, errors }}
      section={PATH}
      trail={[TOKENS]}
      here="New"
      lede="It may do what you choose here and no more than you may yourself. Its text is shown once."
      action="/tokens/new"
      button="Make the token"
      back={{ path: PATH, label: 'Make none' }}
    >
      <Input
        name="label"
        label="What is it for?"
        help="The machine that will use it, such as the pipeline of a product. No name of a person."
        value={firstOf(values, 'label')}
        maxlength={80}
        errors={errors}
      />
      <Choices
        kind="some"
        name="scopes"
        label="It may"
        values={values.get('scopes') ?? []}
        options={options}
        errors={errors}
      />
      <Choices
        kind="one"
        name="days"
        label="It expires after"
        help="What nobody renews was not needed any more."
        values={[firstOf(values, 'days') === '' ? '90' : firstOf(values, 'days')]}
        options={[
          { value: '30', label: '30 days' },
          { value: '90', label: '90 days' },
          { value: '365', label: 'a year, the longest there is' },
        ]}
        errors={errors}
      />
    </FormPage>,
  );
}

interface MadeTokenProps extends AuthScene {
  readonly label: string;
  readonly text: string;
}

/** The one page that shows the token: the service keeps its digest only. */
export function madeTokenPage({ label, text, shell, viewer, now }: MadeTokenProps): string {
  const title = `The token for ${printable(label)} is made`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={PATH} now={now}>
      <Crumbs trail={[TOKENS]} here="Text" />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          It is shown once. Put it where the machine keeps its secrets, never into a repository; if it is lost, revoke
          it and make a new one.
        </p>
      </div>
      <ShownOnce text={text} label="The token" />
      <p class="actions">
        <a href={PATH}>To the tokens</a>
      </p>
    </StaffPage>,
  );
}

interface RevokeProps extends AuthScene {
  readonly token: ShownToken;
}

export function revokeTokenPage({ token, shell, viewer, now }: RevokeProps): string {
  const label = printable(token.label);
  const title = `Revoke the token for ${label}?`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={PATH} now={now}>
      <Crumbs trail={[TOKENS]} here="Revoke" />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          {token.usedAt === null ? (
            'It was never used.'
          ) : (
            <>
              It was used last on <Moment at={token.usedAt} zone={shell.zone} />.
            </>
          )}
        </p>
      </div>
      <Confirm title="What happens" action={`/tokens/${token.id}/revoke`} button="Revoke the token" back={PATH}>
        <p>
          Whatever uses it is refused from the next request on. It cannot be taken back; a new token has another text.
        </p>
      </Confirm>
    </StaffPage>,
  );
}
