/** What is one's own: sessions, name and address, passkeys, recovery codes. Passkeys are changed on passkeys.page.tsx. */
import { count, printable } from '../lib/text.ts';
import { Chip, Empty, Moment } from '../web/components.tsx';
import { Corrections, Input } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import { ASSETS } from '../web/paths.ts';
import { firstOf, type FormErrors, type FormValues } from '../web/read-form.ts';
import { Confirm, Crumbs, Done } from './auth-parts.page.tsx';
import type { AuthScene } from './auth-scene.ts';
import { rolesText } from './auth.text.ts';
import type { ShownPasskey } from './passkey.actions.ts';
import { RecoveryCodes } from './recovery-codes.page.tsx';
import { CODES_PER_PERSON } from './recovery-code.ts';
import type { ShownSession } from './session.actions.ts';

const SECTION = '/account';
const ACCOUNT = { path: SECTION, label: 'Your account' };

interface SessionsProps extends AuthScene {
  readonly sessions: readonly ShownSession[];
}

export function sessionsPage({ sessions, ...scene }: SessionsProps): string {
  const { shell, viewer, now } = scene;
  const title = `You are signed in ${sessions.length === 1 ? 'here only' : `at ${count(sessions.length, 'place')}`}`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now} glyphs={['kept']}>
      <Crumbs trail={[ACCOUNT]} here="Sessions" />
      <Done scene={scene} />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          A session ends twelve hours after it was last used, and after thirty days in any case. If you do not know one
          of these, end it, and look at your passkeys.
        </p>
      </div>
      <table class="tbl fold">
        <caption class="vh">Your sessions, the one that was seen last first</caption>
        <thead>
          <tr>
            <th scope="col">Browser</th>
            <th scope="col">Last seen</th>
            <th scope="col">Signed in</th>
            <th scope="col">
              <span class="vh">End</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <OwnSession session={session} isThis={session.id === viewer.session} zone={shell.zone} />
          ))}
        </tbody>
      </table>
      {sessions.length < 2 ? null : (
        <form method="post" action="/sessions/end-others" class="actions top-gap">
          <button class="btn">End {count(sessions.length - 1, 'other session')}</button>
        </form>
      )}
    </StaffPage>,
  );
}

interface OwnSessionProps {
  readonly session: ShownSession;
  readonly isThis: boolean;
  readonly zone: string;
}

const OwnSession = ({ session, isThis, zone }: OwnSessionProps) => (
  <tr>
    <th scope="row">
      {session.device} {isThis ? <Chip state="kept">this one</Chip> : null}
    </th>
    <td data-l="Last seen">
      <Moment at={session.seenAt} zone={zone} />
    </td>
    <td data-l="Signed in">
      <Moment at={session.startedAt} zone={zone} />
    </td>
    <td class="full">
      {isThis ? (
        <a href="/sign-out">Sign out</a>
      ) : (
        <form method="post" action={`/sessions/${session.id}/end`}>
          <button class="btn small">
            End it<span class="vh">, {session.device}</span>
          </button>
        </form>
      )}
    </td>
  </tr>
);

interface AccountProps extends AuthScene {
  readonly email: string | null;
  readonly passkeys: readonly ShownPasskey[];
  readonly codesLeft: number;
  readonly sessions: number;
}

export function accountPage({ email, passkeys, codesLeft, sessions, ...scene }: AccountProps): string {
  const { shell, viewer, now } = scene;
  const title = `You are ${printable(viewer.name)}, ${rolesText(viewer.roles)}`;
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now} glyphs={['kept', 'overdue']}>
      <Done scene={scene} />
      <div class="page-head">
        <div class="row">
          <div>
            <h1>{title}</h1>
            <p class="lede">
              The log knows you as <span class="mono">{viewer.person}</span>. Your name and address are encrypted, and
              stand in no entry of it.
            </p>
          </div>
          <p class="actions">
            <a class="btn" href="/sign-out">
              Sign out
            </a>
            <a href="/sessions">{count(sessions, 'session')}</a>
          </p>
        </div>
      </div>
      <section class="sec" aria-labelledby="details-h">
        <h2 id="details-h">Name and address</h2>
        <dl class="kv">
          <dt>Name</dt>
          <dd>{printable(viewer.name)}</dd>
          <dt>E-mail address</dt>
          <dd>{email === null ? 'none was given' : printable(email)}</dd>
        </dl>
        <p class="actions">
          <a href="/account/details">Change them</a>
        </p>
      </section>
      <Passkeys passkeys={passkeys} zone={shell.zone} />
      <section class="sec" aria-labelledby="codes-h">
        <h2 id="codes-h">Recovery codes</h2>
        <p>
          {codesLeft === 0
            ? 'You have none left. Without a passkey you could not come in any more.'
            : `You have ${codesLeft} of ${CODES_PER_PERSON} left. Each lets you in once, to make a new passkey.`}
        </p>
        <p class="actions">
          <a class={codesLeft < 3 ? 'btn' : undefined} href="/account/recovery-codes">
            Make new ones
          </a>
        </p>
      </section>
    </StaffPage>,
  );
}

const Passkeys = ({ passkeys, zone }: { readonly passkeys: readonly ShownPasskey[]; readonly zone: string }) => (
  <section class="sec" aria-labelledby="passkeys-h">
    <h2 id="passkeys-h">Passkeys</h2>
    {passkeys.length === 0 ? (
      <Empty why="You have no passkey." next={<a href="/account/passkeys/new">Add one</a>} />
    ) : (
      <table class="tbl fold">
        <caption class="vh">Your passkeys, oldest first</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Where it is</th>
            <th scope="col">Last used</th>
            <th scope="col">Added</th>
          </tr>
        </thead>
        <tbody>
          {passkeys.map((passkey) => (
            <tr>
              <th scope="row">
                <a href={`/account/passkeys/${passkey.id}`}>{printable(passkey.label)}</a>
              </th>
              <td data-l="Where it is">
                {passkey.isSynchronised ? 'on every device of its account' : 'on one device only'}
              </td>
              <td data-l="Last used">
                {passkey.usedAt === null ? 'never' : <Moment at={passkey.usedAt} zone={zone} />}
              </td>
              <td data-l="Added">
                <Moment at={passkey.createdAt} zone={zone} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {passkeys.length === 1 ? <p>A second one, on another device, spares you the recovery codes.</p> : null}
    {passkeys.length === 0 ? null : (
      <p class="actions">
        <a href="/account/passkeys/new">Add a passkey</a>
      </p>
    )}
  </section>
);

interface DetailsProps extends AuthScene {
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export function detailsPage({ values, errors, shell, viewer, now }: DetailsProps): string {
  const title = 'Your name and address';
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now} glyphs={['overdue', 'broken']}>
      <Crumbs trail={[ACCOUNT]} here="Name and address" />
      <Corrections errors={errors} />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          Whoever may see people sees them. They are encrypted, and the log holds a commitment in their place.
        </p>
      </div>
      <form method="post" action="/account/details" class="stack">
        <Input
          name="name"
          label="Name"
          value={firstOf(values, 'name')}
          maxlength={100}
          autocomplete="name"
          errors={errors}
        />
        <Input
          name="email"
          type="email"
          label="E-mail address"
          optional
          value={firstOf(values, 'email')}
          maxlength={254}
          autocomplete="email"
          errors={errors}
        />
        <p class="actions">
          <button class="btn primary">Save name and address</button>
          <a href={SECTION}>Leave them as they are</a>
        </p>
      </form>
    </StaffPage>,
  );
}

export function renewCodesPage({ codesLeft, shell, viewer, now }: AuthScene & { readonly codesLeft: number }): string {
  const title = 'Make new recovery codes?';
  return documentText(
    <StaffPage title={title} shell={shell} viewer={viewer} section={SECTION} now={now}>
      <Crumbs trail={[ACCOUNT]} here="Recovery codes" />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">You have {count(codesLeft, 'code')} left.</p>
      </div>
      <Confirm
        title="What happens"
        action="/account/recovery-codes"
        button={`Make ${CODES_PER_PERSON} new codes`}
        back={SECTION}
      >
        <p>
          All codes that you have now open nothing from then on. The new ones are shown once: have a printer or a
          password manager ready.
        </p>
      </Confirm>
    </StaffPage>,
  );
}

/** The one page that shows the codes: the service keeps their digests only. */
export function newCodesPage({ codes, shell, viewer, now }: AuthScene & { readonly codes: readonly string[] }): string {
  const title = 'These are your new recovery codes';
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section={SECTION} script={ASSETS.codes}>
      <Crumbs trail={[ACCOUNT]} here="Recovery codes" />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          They are shown once. Each lets you in once, to make a new passkey; the old ones open nothing any more.
        </p>
      </div>
      <RecoveryCodes codes={codes}>
        <a href={SECTION}>I have kept them, back to my account</a>
      </RecoveryCodes>
    </StaffPage>,
  );
}
