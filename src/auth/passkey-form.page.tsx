/** A form that is sent with a passkey: what the browser is asked for, every word that the script says, and what is so without one. */
import type { Child } from 'hono/jsx';
import { Flash } from '../web/form.tsx';
import type { GlyphName } from '../web/components.tsx';
import { scriptWords, type Obstacle } from './passkey.text.ts';

/** Glyphs of everything in this file. */
export const FORM_GLYPHS: readonly GlyphName[] = ['kept', 'broken', 'overdue'];

interface PasskeyFormProps {
  /** Of passkey.ts: for a new passkey, or for one that there is. */
  readonly options: object;
  /** Where it is sent; absent: to the address of the page itself. */
  readonly action?: string;
  /** On the button: a verb with its object. */
  readonly label: string;
  /** What to do in a browser that runs no script. */
  readonly withoutScript: Child;
  readonly children?: Child;
}

export const PasskeyForm = ({ options, action, label, withoutScript, children }: PasskeyFormProps) => (
  <form
    method="post"
    action={action}
    data-passkey
    data-options={JSON.stringify(options)}
    data-waiting={scriptWords.waiting}
    data-dismissed={scriptWords.dismissed}
    data-known={scriptWords.known}
    data-address={scriptWords.address}
    data-failed={scriptWords.failed}
    data-unsupported={scriptWords.unsupported}
  >
    <input type="hidden" name="passkey" value="" />
    {children}
    <div class="actions">
      <button class="btn primary">{label}</button>
    </div>
    <p class="passkey-says" role="status" data-says></p>
    <noscript>
      <Flash kind="warn">
        <b>This browser runs no script here.</b> A passkey needs one. {withoutScript}
      </Flash>
    </noscript>
  </form>
);

export const ObstacleFlash = ({ obstacle }: { readonly obstacle: Obstacle | null }) =>
  obstacle === null ? null : (
    <Flash kind="bad">
      <b>{obstacle.title}</b> {obstacle.next}
    </Flash>
  );
