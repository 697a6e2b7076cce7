/**
 * The cookie of a session. There is none before somebody signs in, and no other one.
 *
 * `__Host-` (RFC 6265bis §4.1.3.2): no other host, no path below, never without TLS. On loopback there is no TLS, so the name is another one.
 * `SameSite=Lax` and not `Strict`: with `Strict` a link to a page of ours in a mail or a chat meets somebody who seems signed out. What `Strict`
 * would protect in addition is a GET from elsewhere, and no GET here changes anything; each POST has to come from our own origin
 * (application.tsx). No `Max-Age`: it goes with the browser, and the service knows when it is over in any case.
 */
export interface CookieSettings {
  /** Whether people reach the service by TLS; false only on loopback. */
  readonly secure: boolean;
}

const cookieName = ({ secure }: CookieSettings): string => (secure ? '__Host-holdfast' : 'holdfast');

/** The value of `Set-Cookie`. */
export const sessionCookie = (secret: string, settings: CookieSettings): string =>
  `${cookieName(settings)}=${secret}; ${attributes(settings)}`;

/** Takes it away from the browser. */
export const noSessionCookie = (settings: CookieSettings): string =>
  `${cookieName(settings)}=; ${attributes(settings)}; Max-Age=0`;

const attributes = ({ secure }: CookieSettings): string => `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

/**
 * The secret in a `Cookie` header; `null` where there is none. Of two of that name, the browser sends the one with the longer path first:
 * on loopback another program on another port can set one for this host, and then neither is taken.
 */
export function readSessionCookie(header: string | null, settings: CookieSettings): string | null {
  if (header === null || header.length > MOST_COOKIES) return null;
  const name = `${cookieName(settings)}=`;
  const values = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(name));
  return values.length === 1 ? (values[0] ?? '').slice(name.length) : null;
}

/** Node itself refuses headers above 16 KiB. */
const MOST_COOKIES = 16_384;
