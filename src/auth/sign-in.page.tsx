/** Coming in and going out: signing in with a passkey or a recovery code, confirming, signing out. Who comes for the first time sees join.page.tsx. */
import { Input } from '../web/form.tsx';
import { documentText, DoorPage, StaffPage } from '../web/layout.tsx';
import { ASSETS } from '../web/paths.ts';
import type { FormErrors } from '../web/read-form.ts';
import type { PersonViewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { waitWords } from './auth.text.ts';
import { FORM_GLYPHS, ObstacleFlash, PasskeyForm } from './passkey-form.page.tsx';
import type { Obstacle } from './passkey.text.ts';

interface SignInView {
  readonly shell: Shell;
  readonly options: object;
  /** A path of ours: where to go then. */
  readonly to: string;
  readonly obstacle: Obstacle | null;
  /** What was done last. */
  readonly done?: string | null;
}

const toQuery = (to: string): string => (to === '/today' ? '' : `?to=${encodeURIComponent(to)}`);

const DONE: Readonly<Record<string, string>> = {
  'signed-out': 'You are signed out.',
};

export function signInPage({ shell, options, to, obstacle, done = null }: SignInView): string {
  const title = 'Sign in with your passkey';
  const said = done !== null && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return documentText(
    <DoorPage {...{ title, shell }} glyphs={FORM_GLYPHS} script={ASSETS.passkey}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          {said === undefined ? '' : `${said} `}Your browser asks for it; there is no name and no password to type.
        </p>
      </div>
      <ObstacleFlash obstacle={obstacle} />
      <PasskeyForm
        options={options}
        action={`/sign-in${toQuery(to)}`}
        label="Sign in"
        withoutScript={
          <>
            A recovery code does not: <a href="/recover">use a recovery code</a>, or allow scripts for this address.
          </>
        }
      />
      <section class="sec" aria-labelledby="else-h">
        <h2 id="else-h">No passkey at hand?</h2>
        <ul class="list">
          <li>
            <a href="/recover">Use a recovery code</a>, one of the ten that you were given when you came.
          </li>
          <li>Ask an owner for a new invitation, if the codes are lost as well.</li>
        </ul>
      </section>
    </DoorPage>,
  );
}

export function tooManyPage(shell: Shell, waitMs: Millis): string {
  const title = 'Too many sign-ins were begun from where you are';
  return documentText(
    <DoorPage {...{ title, shell }}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">Nobody is locked out. Open the page again in {waitWords(waitMs)}.</p>
      </div>
      <p>
        <a href="/sign-in">Sign in</a>
      </p>
    </DoorPage>,
  );
}

interface RecoverView {
  readonly shell: Shell;
  readonly errors: FormErrors;
  readonly obstacle: Obstacle | null;
}

export function recoverPage({ shell, errors, obstacle }: RecoverView): string {
  const title = 'Use a recovery code';
  return documentText(
    <DoorPage {...{ title, shell }} glyphs={FORM_GLYPHS}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          Each code works once. It ends all of your sessions and opens one page, on which you make a new passkey.
        </p>
      </div>
      <ObstacleFlash obstacle={obstacle} />
      <form method="post" action="/recover">
        <Input
          name="code"
          label="Recovery code"
          help="Twenty letters and digits. Case, blanks and hyphens do not matter."
          maxlength={60}
          code
          errors={errors}
        />
        <div class="actions">
          <button class="btn primary">Use this code</button>
          <a href="/sign-in">Sign in with a passkey instead</a>
        </div>
      </form>
    </DoorPage>,
  );
}

interface RecoveredView {
  readonly shell: Shell;
  readonly options: object;
  readonly obstacle: Obstacle | null;
}

export function recoveredPage({ shell, options, obstacle }: RecoveredView): string {
  const title = 'The code was right. Make a new passkey';
  return documentText(
    <DoorPage {...{ title, shell }} glyphs={FORM_GLYPHS} script={ASSETS.passkey}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          This page is all that the code opens. With the new passkey you are signed in; remove the lost ones under your
          account then.
        </p>
      </div>
      <ObstacleFlash obstacle={obstacle} />
      <PasskeyForm
        options={options}
        action="/recover/passkey"
        label="Make a passkey"
        withoutScript="Allow scripts for this address, or use a code again in another browser."
      />
    </DoorPage>,
  );
}

interface ConfirmView {
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
  readonly options: object;
  readonly to: string;
  readonly obstacle: Obstacle | null;
}

export function confirmPage({ shell, viewer, now, options, to, obstacle }: ConfirmView): string {
  const title = 'Confirm that it is you';
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section={null} glyphs={FORM_GLYPHS} script={ASSETS.passkey}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          What you are about to do needs your passkey again. It counts for five minutes, then you are asked anew.
        </p>
      </div>
      <ObstacleFlash obstacle={obstacle} />
      <PasskeyForm
        options={options}
        action={`/confirm${toQuery(to)}`}
        label="Confirm with your passkey"
        withoutScript="Allow scripts for this address."
      >
        <p class="fine">
          You come back to <span class="mono">{to}</span>. A form that was refused is shown there again; nothing is sent
          without you.
        </p>
      </PasskeyForm>
    </StaffPage>,
  );
}

export function signOutPage({ shell, viewer, now }: Pick<ConfirmView, 'shell' | 'viewer' | 'now'>): string {
  const title = 'Sign out of this browser';
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/account">
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">Other browsers stay signed in; your sessions show which there are.</p>
      </div>
      <form method="post" action="/sign-out">
        <div class="actions">
          <button class="btn primary">Sign out</button>
          <a href="/sessions">Your sessions</a>
        </div>
      </form>
    </StaffPage>,
  );
}
