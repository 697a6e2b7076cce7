/** The list of people. One of them is person.page.tsx, invitations are invitation.page.tsx. */
import { count } from '../lib/text.ts';
import { dayIn } from '../lib/time.ts';
import { Chip, Day, Empty } from '../web/components.tsx';
import { Flash } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import { type ListQuery } from '../web/list-query.ts';
import { Pager, Search, SortHead } from '../web/table.tsx';
import type { AuthScene } from './auth-scene.ts';
import { rolesText } from './auth.text.ts';
import { Done, FilterLink, NameOf } from './auth-parts.page.tsx';
import type { ShownPerson } from './people.actions.ts';
import { PEOPLE_PER_PAGE, PEOPLE_SHAPE, type Part } from './people-list.ts';
import { may } from './permit.ts';
import { RescueFlash, type NamedRescue } from './rescue.page.tsx';

interface PeopleProps extends AuthScene {
  readonly people: Part<ShownPerson>;
  readonly query: ListQuery;
  readonly active: number;
  readonly owners: number;
  readonly openInvitations: number;
  readonly rescues: readonly NamedRescue[];
}

const PATH = '/people';

export function peoplePage({ people, query, active, owners, openInvitations, rescues, ...scene }: PeopleProps): string {
  const { shell, viewer, now } = scene;
  const title = `${count(active, 'person', 'people')} may come in`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={PATH} now={now} glyphs={GLYPHS}>
      <Done scene={scene} />
      <div class="page-head">
        <div class="row">
          <div>
            <h1>{title}</h1>
            <p class="lede">
              {owners === 1 ? 'One of them is an owner.' : `${owners} of them are owners.`} Owners invite, change roles
              and end access.
              {openInvitations === 0 ? null : ` ${count(openInvitations, 'invitation is', 'invitations are')} open.`}
            </p>
          </div>
          <p class="actions">
            {may(viewer.roles, 'people.change') ? (
              <a class="btn primary" href="/people/invite">
                Invite a person
              </a>
            ) : null}
            <a href="/people/invitations">Invitations</a>
          </p>
        </div>
      </div>
      {rescues.map((rescue) => (
        <RescueFlash rescue={rescue} zone={shell.zone} />
      ))}
      {owners === 1 && active > 0 ? <OneOwner /> : null}
      <Search path={PATH} query={query} label="Search people by name" placeholder="Name" />
      <Filters query={query} />
      {people.total === 0 ? (
        <Empty why="Nobody fits this search." next={<a href={PATH}>Show everybody</a>} />
      ) : (
        <Table people={people.shown} query={query} zone={shell.zone} />
      )}
      <Pager path={PATH} query={{ ...query, page: people.page }} total={people.total} pageSize={PEOPLE_PER_PAGE} />
    </StaffPage>,
  );
}

const GLYPHS = ['kept', 'na', 'overdue'] as const;

const OneOwner = () => (
  <Flash kind="warn">
    <b>There is one owner.</b> If their passkeys and recovery codes are lost, nobody can invite anybody, and the way
    back leads over the machine of the service alone, by <code>holdfast people rescue</code>. Make a second person an
    owner.
  </Flash>
);

const FILTER_WORDS = { access: 'Access:', role: 'Role:' } as const;

const Filters = ({ query }: { readonly query: ListQuery }) => (
  <div class="filters">
    {Object.entries(PEOPLE_SHAPE.filters).map(([name, values]) => (
      <>
        <span class="muted">{FILTER_WORDS[name as keyof typeof FILTER_WORDS]}</span>
        {values.map((value) => (
          <FilterLink path={PATH} query={query} name={name} value={value} />
        ))}
      </>
    ))}
  </div>
);

interface TableProps {
  readonly people: readonly ShownPerson[];
  readonly query: ListQuery;
  readonly zone: string;
}

const Table = ({ people, query, zone }: TableProps) => (
  <table class="tbl fold">
    <caption class="vh">People with their roles</caption>
    <thead>
      <tr>
        <SortHead path={PATH} query={query} by="name">
          Name
        </SortHead>
        <th scope="col">Roles</th>
        <th scope="col">Access</th>
        <SortHead path={PATH} query={query} by="seen">
          Last seen
        </SortHead>
        <SortHead path={PATH} query={query} by="since">
          Since
        </SortHead>
      </tr>
    </thead>
    <tbody>
      {people.map((person) => (
        <tr>
          <th scope="row">
            <a href={`/people/${person.id}`}>
              <NameOf name={person.name} id={person.id} />
            </a>
          </th>
          <td data-l="Roles">{rolesText(person.roles)}</td>
          <td data-l="Access">
            <AccessChip access={person.access} />
          </td>
          <td data-l="Last seen">{person.seenAt === null ? 'never' : <Day day={dayIn(person.seenAt, zone)} />}</td>
          <td data-l="Since">
            <Day day={dayIn(person.createdAt, zone)} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const AccessChip = ({ access }: Pick<ShownPerson, 'access'>) => (
  <Chip state={access === 'active' ? 'kept' : 'na'}>{access}</Chip>
);
