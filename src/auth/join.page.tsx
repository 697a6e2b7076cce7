/** The first visit of somebody: the link that sets the service up, one that lets an owner in again, an invitation, the recovery codes that follow, and a link that is over. */
import type { Child } from 'hono/jsx';
import { printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { Moment, withCode } from '../web/components.tsx';
import { Corrections, Input } from '../web/form.tsx';
import { documentText, DoorPage } from '../web/layout.tsx';
import { ASSETS } from '../web/paths.ts';
import { firstOf, type FormErrors, type FormValues } from '../web/read-form.ts';
import type { Shell } from '../web/shell.ts';
import type { InvitationState } from './invitation.ts';
import { FORM_GLYPHS, ObstacleFlash, PasskeyForm } from './passkey-form.page.tsx';
import type { Obstacle } from './passkey.text.ts';
import { RecoveryCodes } from './recovery-codes.page.tsx';
import type { Role } from './permit.ts';

const Steps = ({ at }: { readonly at: 1 | 2 }) => (
  <ol class="steps" aria-label="Steps">
    <li class={at === 2 ? 'done' : undefined} aria-current={at === 1 ? 'step' : undefined}>
      You
    </li>
    <li aria-current={at === 2 ? 'step' : undefined}>Recovery codes</li>
    <li>Your policy</li>
  </ol>
);

export interface JoinView {
  readonly shell: Shell;
  readonly options: object;
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly obstacle: Obstacle | null;
}

const PASSKEY_HELP =
  'Then your browser asks for a passkey: a finger, a face, the PIN of this device, or a security key. The secret stays there; ' +
  'this service gets a public key.';

const NewcomerForm = ({
  options,
  values,
  errors,
  label,
}: Pick<JoinView, 'options' | 'values' | 'errors'> & { readonly label: string }) => (
  <PasskeyForm
    options={options}
    label={label}
    withoutScript="Allow scripts for this address, or open the link in another browser: it stays good."
  >
    <Input
      name="name"
      label="Your name"
      help="Shown to the people you work with. It is stored encrypted, and never in the evidence log."
      value={firstOf(values, 'name')}
      maxlength={100}
      autocomplete="name"
      errors={errors}
    />
    <Input
      name="email"
      label="E-mail address"
      help="For notices of this service."
      type="email"
      value={firstOf(values, 'email')}
      maxlength={254}
      autocomplete="email"
      optional
      errors={errors}
    />
    <p class="fine top-gap">{PASSKEY_HELP}</p>
  </PasskeyForm>
);

export const setUpPage = (view: JoinView): string =>
  visitPage(view, {
    title: 'This service has no owner yet. Become the first',
    lede: 'Whoever has this link can do it, once. An owner sees everything, and invites the others.',
    label: 'Make a passkey and go on',
  });

export const rescuePage = ({ expiresAt, ...view }: JoinView & { readonly expiresAt: Instant }): string =>
  visitPage(view, {
    title: 'Come in as a new owner',
    lede: (
      <>
        Somebody made this link on the machine of the service. It is good once, until{' '}
        <Moment at={expiresAt} zone={view.shell.zone} />. You get an account of your own beside those that there are;
        the log records it, and everybody who signs in is told.
      </>
    ),
    label: 'Make a passkey and come in',
  });

interface VisitWords {
  readonly title: string;
  readonly lede: Child;
  /** Of the button. */
  readonly label: string;
}

const visitPage = (
  { shell, options, values, errors, obstacle }: JoinView,
  { title, lede, label }: VisitWords,
): string =>
  documentText(
    <DoorPage {...{ title, shell }} glyphs={FORM_GLYPHS} script={ASSETS.passkey}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">{lede}</p>
      </div>
      <Steps at={1} />
      <Corrections errors={errors} />
      <ObstacleFlash obstacle={obstacle} />
      <NewcomerForm {...{ options, values, errors, label }} />
    </DoorPage>,
  );

export interface InvitationView extends JoinView {
  readonly invited: { readonly name: string | null; readonly roles: readonly Role[]; readonly expiresAt: Instant };
}

export function invitationPage({ invited, ...view }: InvitationView): string {
  const { name, roles, expiresAt } = invited;
  return visitPage(view, {
    title: name === null ? 'You are invited' : `${printable(name)}, you are invited`,
    lede: (
      <>
        {roles.length === 1 ? 'Your role will be ' : 'Your roles will be '}
        <b>{roles.join(' and ')}</b>. The link is good once, until <Moment at={expiresAt} zone={view.shell.zone} />.
      </>
    ),
    label: 'Make a passkey and join',
  });
}

/**
 * @param codes As a person reads them. They are shown here and never again.
 * @param done What the home page says then (today/today.page.tsx).
 */
export function recoveryCodesPage(
  shell: Shell,
  codes: readonly string[],
  done: 'set-up' | 'let-in' | 'joined',
): string {
  const title = 'You are in. Keep these recovery codes';
  return documentText(
    <DoorPage {...{ title, shell }} script={ASSETS.codes}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          If every passkey of yours is lost, one of them lets you make a new one. Each works once, and this page shows
          them once.
        </p>
      </div>
      <Steps at={2} />
      <RecoveryCodes codes={codes} />
      <p class="fine">
        Print them or put them into a password manager, and not onto the device that has the passkey. Under your account
        you can make new ones, which end these.
      </p>
      <form class="top-gap" action="/today">
        <input type="hidden" name="done" value={done} />
        <div class="choice">
          <input type="checkbox" id="f-kept" required />
          <label for="f-kept">I have put these codes where I will find them</label>
        </div>
        <div class="actions top-gap">
          <button class="btn primary">Go to your policy</button>
        </div>
      </form>
    </DoorPage>,
  );
}

const OVER: Readonly<Record<Exclude<InvitationState, 'open'> | 'unknown' | 'set-up' | 'rescue', Obstacle>> = {
  used: {
    title: 'This invitation was used',
    next: 'Whoever used it has a passkey now. If that was you, sign in; if it was not, tell an owner at once.',
  },
  revoked: { title: 'This invitation was taken back', next: 'Ask an owner for another one.' },
  expired: { title: 'This invitation is older than seven days', next: 'Ask an owner for another one.' },
  unknown: {
    title: 'This link opens nothing',
    next: 'Open it exactly as it was given to you, or ask an owner for another one.',
  },
  rescue: {
    title: 'This link opens nothing any more',
    next:
      'It was used, a newer one was made, or it is older than an hour. Have another one made with ' +
      '`holdfast people rescue` on the machine of the service.',
  },
  'set-up': {
    title: 'This link opens nothing any more',
    next: 'The service has an owner, or was started again since: then it has printed a newer link where it runs.',
  },
};

export function linkOverPage(shell: Shell, why: keyof typeof OVER): string {
  const { title, next } = OVER[why];
  return documentText(
    <DoorPage {...{ title, shell }}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">{withCode(next)}</p>
      </div>
      <p>
        <a href="/sign-in">Sign in</a>
      </p>
    </DoorPage>,
  );
}
