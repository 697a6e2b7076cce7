/** Headers that every answer of the service has. */

/**
 * The policy of a page (CSP level 3): our one sheet, our own forms, no script. `img-src 'self'` is for the icon.
 *
 * @param script `self` on the few pages that speak to a passkey: the script sends their form, and nothing by itself.
 */
export const contentSecurity = (script: 'none' | 'self' = 'none'): string =>
  `default-src 'none'; style-src 'self'; img-src 'self'; ${script === 'self' ? "script-src 'self'; " : ''}` +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Names in lower case. */
export const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['content-security-policy', contentSecurity()],
  ['x-content-type-options', 'nosniff'],
  // For browsers that know no frame-ancestors.
  ['x-frame-options', 'DENY'],
  // Not `no-referrer`: with it browsers send `Origin: null` with our own forms, and the two could not be told apart.
  ['referrer-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  [
    'permissions-policy',
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
  ],
];

/** Two years, as https://hstspreload.org asks for; without subdomains, which are not ours to decide about. RFC 6797. */
export const STRICT_TRANSPORT = ['strict-transport-security', 'max-age=63072000'] as const;
