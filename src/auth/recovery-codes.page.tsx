/** Recovery codes in clear, on the one page that shows them; the buttons work where recovery-codes.browser.ts runs, and are hidden elsewhere. */
import type { Child } from 'hono/jsx';

/** @param children What comes beside the buttons. */
export const RecoveryCodes = ({
  codes,
  children,
}: {
  readonly codes: readonly string[];
  readonly children?: Child;
}) => (
  <>
    <ol class="code-list" aria-label="Recovery codes" data-codes>
      {codes.map((code) => (
        <li>{code}</li>
      ))}
    </ol>
    <div class="actions">
      <button class="btn" data-does="copy" data-done="Copied" data-failed="Not copied: select and copy them" hidden>
        Copy all
      </button>
      <button class="btn" data-does="print" hidden>
        Print
      </button>
      {children}
    </div>
  </>
);
