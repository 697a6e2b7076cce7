/**
 * What is looked at before anybody asks who is there: was the request meant for us, did it come encrypted, does a form come from our own page.
 *
 * Pure: the headers as they came, and what the settings say.
 */

export interface ServiceAddress {
  /** `https://holdfast.example`, `http://localhost:8710` */
  readonly origin: string;
  /** With the port where the address has one. */
  readonly host: string;
  readonly isSecure: boolean;
}

export const addressOf = (url: {
  readonly origin: string;
  readonly host: string;
  readonly protocol: string;
}): ServiceAddress => ({
  origin: url.origin,
  host: url.host,
  isSecure: url.protocol === 'https:',
});

export interface Arrival {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  readonly host: string | null;
  readonly origin: string | null;
  readonly fetchSite: string | null;
  /** Whether the connection itself is TLS of ours, or a proxy that is declared says that its own was. */
  readonly cameEncrypted: boolean;
  /** Whether it comes from this machine. */
  readonly isLocal: boolean;
}

export type Guarded =
  | { readonly kind: 'ours' }
  /** The same page at the address that passkeys are bound to. */
  | { readonly kind: 'moved'; readonly to: string }
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'in-the-clear' }
  | { readonly kind: 'foreign-form' };

const READS = ['GET', 'HEAD'];

/**
 * A name that is not ours is refused: a page of somebody else that points its name at this machine (DNS rebinding) would otherwise be of the
 * same origin as we are.
 */
export function guard(address: ServiceAddress, arrival: Arrival): Guarded {
  const { method, target, host, isLocal, cameEncrypted } = arrival;
  const reads = READS.includes(method);
  if (address.isSecure && !cameEncrypted) {
    // Behind a proxy that serves http: as well, or typed without the s.
    return reads && host === address.host
      ? { kind: 'moved', to: `${address.origin}${target}` }
      : { kind: 'in-the-clear' };
  }
  if (host !== address.host) {
    const isThisMachine = host !== null && isLocal && /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?$/.test(host);
    return isThisMachine && reads ? { kind: 'moved', to: `${address.origin}${target}` } : { kind: 'not-ours' };
  }
  return reads || isOwnForm(address, arrival) ? { kind: 'ours' } : { kind: 'foreign-form' };
}

/**
 * Browsers say where a form comes from: `Sec-Fetch-Site` (W3C Fetch Metadata) and `Origin` (RFC 6454 §7). Programs send neither, and no
 * browser leaves out both in a request that another site started with our cookie.
 */
function isOwnForm({ origin: own }: ServiceAddress, { origin, fetchSite }: Arrival): boolean {
  if (fetchSite === 'same-origin') return origin === null || origin === 'null' || origin === own;
  if (fetchSite !== null && fetchSite !== 'none') return false;
  return origin === null || origin === own;
}
