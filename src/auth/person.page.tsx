/** One person: what they may do, where they are signed in, and the pages on which owners change that. */
import { count, printable } from '../lib/text.ts';
import { Empty, Moment } from '../web/components.tsx';
import { Choices, Flash } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import type { FormErrors } from '../web/read-form.ts';
import { Confirm, Crumbs, Done, FormPage, NameOf } from './auth-parts.page.tsx';
import type { AuthScene } from './auth-scene.ts';
import { ROLE_WORDS, rolesText } from './auth.text.ts';
import type { ShownPerson } from './people.actions.ts';
import { AccessChip } from './people.page.tsx';
import { may, ROLES } from './permit.ts';
import type { ShownSession } from './session.actions.ts';

const SECTION = '/people';
const PEOPLE = { path: SECTION, label: 'People' };

interface PersonProps extends AuthScene {
  readonly person: ShownPerson & { readonly email: string | null };
  readonly sessions: readonly ShownSession[];
  readonly passkeys: number;
  readonly codesLeft: number;
}

const nameText = ({ name, id }: Pick<ShownPerson, 'name' | 'id'>): string => (name === null ? id : printable(name));

export function personPage({ person, sessions, passkeys, codesLeft, ...scene }: PersonProps): string {
  const { shell, viewer, now } = scene;
  const name = nameText(person);
  const isActive = person.access === 'active';
  const title = isActive ? `${name} may come in as ${rolesText(person.roles)}` : `The access of ${name} has ended`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now} glyphs={GLYPHS}>
      <Crumbs trail={[PEOPLE]} here={name} />
      <Done scene={scene} />
      <div class="page-head">
        <p class="over">
          <AccessChip access={person.access} />
          <span class="mono">{person.id}</span>
        </p>
        <h1>{title}</h1>
        <p class="lede">
          {isActive
            ? 'The log knows them by the id above, and nobody else can tell who that is.'
            : 'What they did stays in the log under the id above. Whoever comes back is invited again.'}
        </p>
      </div>
      <Facts person={person} passkeys={passkeys} codesLeft={codesLeft} zone={shell.zone} />
      {isActive && may(viewer.roles, 'people.change') ? <Changes person={person} sessions={sessions.length} /> : null}
      <section class="sec top-gap2" aria-labelledby="sessions-h">
        <h2 id="sessions-h">Where {name} is signed in</h2>
        {sessions.length === 0 ? (
          <Empty why="Nowhere." next="A session begins when they sign in with a passkey." />
        ) : (
          <SessionTable sessions={sessions} zone={shell.zone} />
        )}
      </section>
    </StaffPage>,
  );
}

const GLYPHS = ['kept', 'na', 'overdue', 'broken'] as const;

interface FactsProps extends Pick<PersonProps, 'person' | 'passkeys' | 'codesLeft'> {
  readonly zone: string;
}

const Facts = ({ person, passkeys, codesLeft, zone }: FactsProps) => (
  <dl class="kv">
    <dt>E-mail address</dt>
    <dd>{person.email === null ? 'none was given' : printable(person.email)}</dd>
    <dt>Since</dt>
    <dd>
      <Moment at={person.createdAt} zone={zone} />
    </dd>
    {person.endedAt === null ? null : (
      <>
        <dt>Ended</dt>
        <dd>
          <Moment at={person.endedAt} zone={zone} />
        </dd>
      </>
    )}
    <dt>Last seen</dt>
    <dd>{person.seenAt === null ? 'never' : <Moment at={person.seenAt} zone={zone} />}</dd>
    <dt>Ways to sign in</dt>
    <dd>
      {count(passkeys, 'passkey')}, {count(codesLeft, 'recovery code')} left
    </dd>
  </dl>
);

const Changes = ({ person, sessions }: { readonly person: ShownPerson; readonly sessions: number }) => (
  <p class="actions">
    <a class="btn" href={`/people/${person.id}/roles`}>
      Change roles
    </a>
    {sessions === 0 ? null : (
      <a class="btn" href={`/people/${person.id}/sessions`}>
        End {count(sessions, 'session')}
      </a>
    )}
    <a class="btn" href={`/people/${person.id}/end`}>
      End access
    </a>
  </p>
);

const SessionTable = ({ sessions, zone }: { readonly sessions: readonly ShownSession[]; readonly zone: string }) => (
  <table class="tbl fold">
    <caption class="vh">Sessions, the one that was seen last first</caption>
    <thead>
      <tr>
        <th scope="col">Browser</th>
        <th scope="col">Last seen</th>
        <th scope="col">Signed in</th>
      </tr>
    </thead>
    <tbody>
      {sessions.map((session) => (
        <tr>
          <th scope="row">{session.device}</th>
          <td data-l="Last seen">
            <Moment at={session.seenAt} zone={zone} />
          </td>
          <td data-l="Signed in">
            <Moment at={session.startedAt} zone={zone} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const roleOptions = ROLES.map((role) => ({ value: role, label: role, help: ROLE_WORDS[role] }));

interface RolesProps extends AuthScene {
  readonly person: ShownPerson;
  readonly chosen: readonly string[];
  readonly errors: FormErrors;
}

export function rolesPage({ person, chosen, errors, shell, viewer, now }: RolesProps): string {
  const name = nameText(person);
  const title = `What may ${name} do?`;
  const path = `/people/${person.id}`;
  return documentText(
    <FormPage
      {...{ title, shell, viewer, now, errors }}
      section={SECTION}
      trail={[PEOPLE, { path, label: name }]}
      here="Roles"
      lede={
        <>
          Now: {rolesText(person.roles)}. A change holds from the next page on that they open, and is recorded in the
          log.
        </>
      }
      action={`${path}/roles`}
      button={<>Change the roles of {name}</>}
      back={{ path: path, label: 'Leave them as they are' }}
    >
      <Choices kind="some" name="roles" label="Roles" values={chosen} options={roleOptions} errors={errors} />
    </FormPage>,
  );
}

interface EndProps extends AuthScene {
  readonly person: ShownPerson;
  readonly what: 'access' | 'sessions';
  readonly sessions: number;
  /** Why it was refused. */
  readonly refused: string | null;
}

export function endPage({ person, what, sessions, refused, shell, viewer, now }: EndProps): string {
  const name = nameText(person);
  const path = `/people/${person.id}`;
  const isAccess = what === 'access';
  const title = isAccess ? `End the access of ${name}?` : `End ${count(sessions, 'session')} of ${name}?`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now} glyphs={GLYPHS}>
      <Crumbs trail={[PEOPLE, { path, label: name }]} here={isAccess ? 'End access' : 'End sessions'} />
      {refused === null ? null : <Flash kind="bad">{refused}</Flash>}
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          <NameOf name={person.name} id={person.id} /> is {rolesText(person.roles)}.
        </p>
      </div>
      <Confirm
        title={isAccess ? 'What happens' : 'What happens to the sessions'}
        action={isAccess ? `${path}/end` : `${path}/sessions`}
        button={isAccess ? `End the access of ${name}` : `End ${count(sessions, 'session')}`}
        back={path}
      >
        {isAccess ? (
          <p>
            {count(sessions, 'session')}, all tokens that they made, their recovery codes and the invitations that they
            left open end at once. It cannot be taken back: whoever comes back is invited again. The log keeps what they
            did.
          </p>
        ) : (
          <p>Every browser that is signed in as {name} has to sign in again. Passkeys and tokens stay as they are.</p>
        )}
      </Confirm>
    </StaffPage>,
  );
}
