/**
 * A route says who may use it; without that there is no route. Features list theirs in `*.routes.ts`, src/service.ts puts the lists
 * together, application.ts asks before the handler runs. The authorization matrix reads the same list.
 */
import type { Context } from 'hono';
import type { Capability, Role, Scope } from '../auth/permit.ts';
import type { Instant } from '../lib/time.ts';
import type { Client } from './client-address.ts';

/** Whoever is signed in. */
export interface PersonViewer {
  readonly kind: 'person';
  /** Opaque: what the log knows of somebody. */
  readonly person: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly session: string;
  /** When the passkey was last used in this session: acts that need a fresh one ask for it again (step-up). */
  readonly authenticatedAt: Instant;
}

/** A machine with a token of the API. */
export interface TokenViewer {
  readonly kind: 'token';
  readonly token: string;
  readonly scopes: readonly Scope[];
}

export type Viewer = PersonViewer | TokenViewer;

export type Access =
  | { readonly kind: 'public' }
  /** Every person who is signed in: their own sessions, signing out. `fresh`: the passkey has to have been used within `FRESH_MS`. */
  | { readonly kind: 'person'; readonly fresh: boolean }
  | { readonly kind: 'staff'; readonly capability: Capability; readonly fresh: boolean }
  | { readonly kind: 'token'; readonly scope: Scope };

/** What every handler gets beside the request. */
export interface Scene<V> {
  readonly viewer: V;
  readonly now: Instant;
  /** In the answer's `X-Request-Id` and in the log of the service, so that a person can name what failed. */
  readonly requestId: string;
  /** Only to slow down whoever tries too often: an address is neither stored nor logged. */
  readonly client: Client;
}

/** The `Response` of the Fetch standard, by a name that pure code knows too. */
type Answer = ReturnType<Context['newResponse']>;

type Handler<V> = (c: Context, scene: Scene<V>) => Answer | Promise<Answer>;
type Method = 'GET' | 'POST';

export type Route = {
  readonly method: Method;
  /** Hono's patterns: `/people/:person`. */
  readonly path: string;
  /** The largest body that it takes; a larger one is refused before it is read. */
  readonly maxBytes: number;
} & (
  | { readonly access: { readonly kind: 'public' }; readonly handle: Handler<Viewer | null> }
  | { readonly access: Exclude<Access, { kind: 'public' | 'token' }>; readonly handle: Handler<PersonViewer> }
  | { readonly access: { readonly kind: 'token'; readonly scope: Scope }; readonly handle: Handler<TokenViewer> }
);

/** A form of a page: names, reasons, choices. */
const FORM_BYTES = 65_536;

interface Limits {
  readonly maxBytes?: number;
}

export const publicRoute = (
  method: Method,
  path: string,
  handle: Handler<Viewer | null>,
  { maxBytes = FORM_BYTES }: Limits = {},
): Route => ({ method, path, maxBytes, access: { kind: 'public' }, handle });

interface Freshness {
  readonly fresh?: boolean;
}

export const personRoute = (
  method: Method,
  path: string,
  handle: Handler<PersonViewer>,
  { fresh = false }: Freshness = {},
): Route => ({ method, path, maxBytes: FORM_BYTES, access: { kind: 'person', fresh }, handle });

export const staffRoute = (
  capability: Capability,
  method: Method,
  path: string,
  handle: Handler<PersonViewer>,
  { fresh = false }: Freshness = {},
): Route => ({ method, path, maxBytes: FORM_BYTES, access: { kind: 'staff', capability, fresh }, handle });

export const tokenRoute = (
  scope: Scope,
  method: Method,
  path: string,
  handle: Handler<TokenViewer>,
  { maxBytes = FORM_BYTES }: Limits = {},
): Route => ({ method, path, maxBytes, access: { kind: 'token', scope }, handle });
