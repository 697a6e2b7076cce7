/** Inviting somebody, the link that is shown once, and the list of invitations. */
import { count, printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { Chip, Empty, Moment } from '../web/components.tsx';
import { Choices, Input } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import { firstOf, type FormErrors, type FormValues } from '../web/read-form.ts';
import { Confirm, Crumbs, Done, FormPage, NameOf, ShownOnce } from './auth-parts.page.tsx';
import type { AuthScene } from './auth-scene.ts';
import { INVITATION_WORDS, rolesText } from './auth.text.ts';
import type { ShownInvitation } from './invitation.actions.ts';
import type { InvitationState } from './invitation.ts';
import { roleOptions } from './person.page.tsx';
import { may } from './permit.ts';

const SECTION = '/people';
const PEOPLE = { path: SECTION, label: 'People' };
const INVITATIONS = { path: '/people/invitations', label: 'Invitations' };

interface InviteProps extends AuthScene {
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export function invitePage({ values, errors, shell, viewer, now }: InviteProps): string {
  const title = 'Invite a person';
  return documentText(
    <FormPage
      {...{ title, shell, viewer, now, errors }}
      section={SECTION}
      trail={[PEOPLE, INVITATIONS]}
      here="Invite"
      lede={
        <>
          You get a link that works once, for seven days. Give it to them on a way that only they read: whoever opens it
          first comes in.
        </>
      }
      action="/people/invite"
      button="Make the link"
      back={{ path: SECTION, label: 'Invite nobody' }}
    >
      <Input
        name="name"
        label="Who is it for?"
        help="So that the list says it. They choose their own name when they come in."
        value={firstOf(values, 'name')}
        maxlength={100}
        errors={errors}
      />
      <Choices
        kind="some"
        name="roles"
        label="Roles"
        values={values.get('roles') ?? []}
        options={roleOptions}
        errors={errors}
      />
    </FormPage>,
  );
}

interface InvitedProps extends AuthScene {
  readonly name: string;
  readonly link: string;
  readonly expiresAt: Instant;
}

/** The one page that shows the link: the service keeps its digest only. */
export function invitedPage({ name, link, expiresAt, shell, viewer, now }: InvitedProps): string {
  const title = `This link lets ${printable(name)} in`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now}>
      <Crumbs trail={[PEOPLE, INVITATIONS]} here="Link" />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          It is shown once, works once, and expires on <Moment at={expiresAt} zone={shell.zone} />. Copy it now; if it
          is lost, take the invitation back and make a new one.
        </p>
      </div>
      <ShownOnce text={link} label="The link" />
      <p class="actions">
        <a href={INVITATIONS.path}>To the invitations</a>
      </p>
    </StaffPage>,
  );
}

interface InvitationsProps extends AuthScene {
  readonly invitations: readonly ShownInvitation[];
}

export function invitationsPage({ invitations, ...scene }: InvitationsProps): string {
  const { shell, viewer, now } = scene;
  const open = invitations.filter(({ state }) => state === 'open').length;
  const title = open === 0 ? 'No invitation is open' : `${count(open, 'invitation is', 'invitations are')} open`;
  const mayChange = may(viewer.roles, 'people.change');
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now} glyphs={GLYPHS}>
      <Crumbs trail={[PEOPLE]} here="Invitations" />
      <Done scene={scene} />
      <div class="page-head">
        <div class="row">
          <div>
            <h1>{title}</h1>
            <p class="lede">
              Each is a link that lets one person in, once, within seven days. Owners make them and take them back.
            </p>
          </div>
          {mayChange ? (
            <p class="actions">
              <a class="btn primary" href="/people/invite">
                Invite a person
              </a>
            </p>
          ) : null}
        </div>
      </div>
      {invitations.length === 0 ? (
        <Empty
          why="Nobody was invited yet."
          next={mayChange ? <a href="/people/invite">Invite the first person</a> : 'An owner can invite somebody.'}
        />
      ) : (
        <Table invitations={invitations} zone={shell.zone} mayChange={mayChange} />
      )}
    </StaffPage>,
  );
}

interface TableProps extends Pick<InvitationsProps, 'invitations'> {
  readonly zone: string;
  readonly mayChange: boolean;
}

const Table = ({ invitations, zone, mayChange }: TableProps) => (
  <table class="tbl fold">
    <caption class="vh">Invitations, newest first</caption>
    <thead>
      <tr>
        <th scope="col">For</th>
        <th scope="col">Roles</th>
        <th scope="col">State</th>
        <th scope="col">Until</th>
        <th scope="col">
          <span class="vh">Change</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {invitations.map((invitation) => (
        <tr>
          <th scope="row">
            <NameOf name={invitation.name} id={invitation.person} />
          </th>
          <td data-l="Roles">{rolesText(invitation.roles)}</td>
          <td data-l="State">
            <Chip state={STATE_GLYPHS[invitation.state]}>{INVITATION_WORDS[invitation.state]}</Chip>
          </td>
          <td data-l="Until">
            <Moment at={invitation.expiresAt} zone={zone} />
          </td>
          <td class="full">
            {mayChange && invitation.state === 'open' ? (
              <a href={`/people/invitations/${invitation.id}/revoke`}>
                Take back
                <span class="vh"> the invitation of {invitation.name ?? invitation.person}</span>
              </a>
            ) : null}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const STATE_GLYPHS: Readonly<Record<InvitationState, 'running' | 'kept' | 'na' | 'stale'>> = {
  open: 'running',
  used: 'kept',
  revoked: 'na',
  expired: 'stale',
};
const GLYPHS = ['running', 'kept', 'na', 'stale'] as const;

interface RevokeProps extends AuthScene {
  readonly invitation: ShownInvitation;
}

export function revokeInvitationPage({ invitation, shell, viewer, now }: RevokeProps): string {
  const name = printable(invitation.name ?? invitation.person);
  const title = `Take the invitation of ${name} back?`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now}>
      <Crumbs trail={[PEOPLE, INVITATIONS]} here="Take back" />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          It would let them in as {rolesText(invitation.roles)} until{' '}
          <Moment at={invitation.expiresAt} zone={shell.zone} />.
        </p>
      </div>
      <Confirm
        title="What happens"
        action={`/people/invitations/${invitation.id}/revoke`}
        button="Take the invitation back"
        back={INVITATIONS.path}
      >
        <p>The link opens nothing from then on. You can invite {name} again.</p>
      </Confirm>
    </StaffPage>,
  );
}
