/** How the log stands. Measured in log-state.actions.ts, said in log-page.text.ts. */
import type { Instant } from '../lib/time.ts';

interface Position {
  readonly origin: string;
  readonly size: number;
  /** The newest checkpoint; `null`: none was signed yet. */
  readonly signed: { readonly size: number; readonly at: Instant } | null;
}

export type LogState =
  /** Nothing was recorded yet. */
  | { readonly kind: 'none' }
  | ({ readonly kind: 'sound' } & Position)
  /** Entries wait for a signature for longer than any should: no process signs. They are recorded all the same. */
  | ({ readonly kind: 'unsigned'; readonly since: Instant } & Position)
  /** Nothing is recorded or signed until somebody has looked. The words are those of the error that everybody gets who records. */
  | { readonly kind: 'stopped'; readonly code: string; readonly message: string; readonly hint: string };
