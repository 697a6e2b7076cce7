/** What every page of auth/ gets beside its own matter. */
import type { Instant } from '../lib/time.ts';
import type { PersonViewer } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';

export interface AuthScene {
  readonly shell: Shell;
  readonly viewer: PersonViewer;
  readonly now: Instant;
  /** `?done=` of the address. */
  readonly done: string | undefined;
}

interface Asked {
  readonly req: { readonly query: (name: string) => string | undefined };
}

export const sceneOf = (
  { shell }: { readonly shell: Shell },
  { req }: Asked,
  { viewer, now }: { readonly viewer: PersonViewer; readonly now: Instant },
): AuthScene => ({ shell, viewer, now, done: req.query('done') });
