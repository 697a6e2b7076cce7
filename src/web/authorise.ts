/** Whether somebody may use a route, decided before its handler runs. */
import { may, type Capability, type Scope } from '../auth/permit.ts';
import { between, type Instant, type Millis } from '../lib/time.ts';
import type { Access, Viewer } from './route.ts';

/**
 * How long a passkey that was used counts as used just now. Long enough to read a confirmation page, short enough that a screen left alone
 * at lunch confirms nothing (OWASP ASVS 5.0, V7.5: sensitive acts ask again).
 */
const FRESH_MS = 300_000 as Millis;

export type Admission =
  | { readonly kind: 'admitted' }
  /** Nobody is signed in, or a machine asks for a page. */
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'refused'; readonly capability: Capability }
  /** No token, one that is not valid, or a person who calls the API. */
  | { readonly kind: 'token-needed' }
  | { readonly kind: 'scope-needed'; readonly scope: Scope };

const ADMITTED: Admission = { kind: 'admitted' };

export function authorise(access: Access, viewer: Viewer | null, now: Instant): Admission {
  if (access.kind === 'public') return ADMITTED;
  if (access.kind === 'token') {
    if (viewer?.kind !== 'token') return { kind: 'token-needed' };
    return viewer.scopes.includes(access.scope) ? ADMITTED : { kind: 'scope-needed', scope: access.scope };
  }
  if (viewer?.kind !== 'person') return { kind: 'sign-in' };
  if (access.kind === 'staff' && !may(viewer.roles, access.capability))
    return { kind: 'refused', capability: access.capability };
  return access.fresh && !isFresh(viewer.authenticatedAt, now) ? { kind: 'confirm' } : ADMITTED;
}

/** A moment in the future is none that was measured: the clock was set back, and the passkey is asked for again. */
const isFresh = (authenticatedAt: Instant, now: Instant): boolean =>
  authenticatedAt <= now && between(authenticatedAt, now) <= FRESH_MS;
