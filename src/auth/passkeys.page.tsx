/** A person's own passkeys, one at a time: a new one, its name, its removal. The list is on the page of the account. */
import { printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { Moment } from '../web/components.tsx';
import { Corrections, Input } from '../web/form.tsx';
import { documentText, StaffPage } from '../web/layout.tsx';
import { ASSETS } from '../web/paths.ts';
import type { FormErrors } from '../web/read-form.ts';
import type { PersonViewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import type { ShownPasskey } from './passkey.actions.ts';
import { FORM_GLYPHS, ObstacleFlash, PasskeyForm } from './passkey-form.page.tsx';
import type { Obstacle } from './passkey.text.ts';

interface OwnView {
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
  readonly errors: FormErrors;
  readonly obstacle: Obstacle | null;
  /** What stands in the field. */
  readonly label: string;
}

export const MOST_LABEL = 60;

const Crumbs = ({ at }: { readonly at: string }) => (
  <nav class="crumbs" aria-label="Breadcrumb">
    <ol>
      <li>
        <a href="/account">Your account</a>
      </li>
      <li>
        <span aria-current="page">{printable(at)}</span>
      </li>
    </ol>
  </nav>
);

const LabelField = ({ label, errors }: Pick<OwnView, 'label' | 'errors'>) => (
  <Input
    name="label"
    label="What you call it"
    help="So that you know which one to remove when a device is lost: “Laptop”, “Key in the safe”."
    value={label}
    maxlength={MOST_LABEL}
    errors={errors}
  />
);

export function newPasskeyPage({ options, ...view }: OwnView & { readonly options: object }): string {
  const { shell, viewer, now, errors, obstacle, label } = view;
  const title = 'Add a passkey';
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/account" glyphs={FORM_GLYPHS} script={ASSETS.passkey}>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          With a second one, on another device, losing the first costs you nothing. Your browser asks which device.
        </p>
      </div>
      <Corrections errors={errors} />
      <ObstacleFlash obstacle={obstacle} />
      <PasskeyForm
        options={options}
        action="/account/passkeys/new"
        label="Add this passkey"
        withoutScript="Allow scripts for this address."
      >
        <LabelField {...{ label, errors }} />
      </PasskeyForm>
    </StaffPage>,
  );
}

export function passkeyPage({ passkey, ...view }: OwnView & { readonly passkey: ShownPasskey }): string {
  const { shell, viewer, now, errors, label } = view;
  const { id, createdAt, usedAt, isSynchronised } = passkey;
  const title = `Your passkey “${printable(passkey.label)}”`;
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/account" glyphs={FORM_GLYPHS}>
      <Crumbs at={passkey.label} />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          {isSynchronised
            ? 'It may be on several of your devices: their maker keeps it in step.'
            : 'It is on one device only, and lost with it.'}
        </p>
      </div>
      <Corrections errors={errors} />
      <dl class="kv">
        <dt>Made</dt>
        <dd>
          <Moment at={createdAt} zone={shell.zone} />
        </dd>
        <dt>Used last</dt>
        <dd>{usedAt === null ? 'not since it was made' : <Moment at={usedAt} zone={shell.zone} />}</dd>
      </dl>
      <form class="top-gap" method="post" action={`/account/passkeys/${id}`}>
        <LabelField {...{ label, errors }} />
        <div class="actions">
          <button class="btn primary">Rename this passkey</button>
          <a href={`/account/passkeys/${id}/remove`}>Remove it</a>
        </div>
      </form>
    </StaffPage>,
  );
}

export function removePasskeyPage({
  passkey,
  shell,
  viewer,
  now,
  obstacle,
}: Omit<OwnView, 'errors' | 'label'> & { readonly passkey: ShownPasskey }): string {
  const title = `Remove the passkey “${printable(passkey.label)}”`;
  return documentText(
    <StaffPage {...{ title, shell, viewer, now }} section="/account" glyphs={FORM_GLYPHS}>
      <Crumbs at={passkey.label} />
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">Nobody signs in with it from then on. The device keeps it until you delete it there.</p>
      </div>
      <ObstacleFlash obstacle={obstacle} />
      <form class="approve" method="post" action={`/account/passkeys/${passkey.id}/remove`}>
        <p>Sessions that were begun with it go on; end them under your sessions if the device is lost.</p>
        <div class="actions">
          <button class="btn primary">Remove this passkey</button>
          <a href="/account">Keep it</a>
        </div>
      </form>
    </StaffPage>,
  );
}
