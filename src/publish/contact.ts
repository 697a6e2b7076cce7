/** Where reports of security problems go, as an address that everybody may know. Pure. */

interface Recipient {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
}

/** The recipients in holdfast.yaml that are the organisation's own: others are authorities and customers. */
const OWN = new Set(['security', 'security-team', 'psirt']);

/**
 * What the document names, else the organisation's own security recipient in holdfast.yaml.
 *
 * @returns `mailto:` or `https:`, as RFC 9116 §2.5.3 wants it; `null` where none is known.
 */
export function publicContact(contact: string | null, recipients: readonly Recipient[]): string | null {
  const candidates = [contact, ...recipients.filter(({ id }) => OWN.has(id)).map(({ address }) => address)];
  for (const candidate of candidates) {
    const uri = candidate === null ? null : contactUri(candidate);
    if (uri !== null) return uri;
  }
  return null;
}

/** Characters outside of printable ASCII have no place in a URI (RFC 3986 §2); such an address is not passed on. */
function contactUri(text: string): string | null {
  const address = text.trim().replace(/^mailto:/i, '');
  if (!/^[\x21-\x7e]{3,500}$/.test(address)) return null;
  if (/^https:\/\/[^/?#]/i.test(address)) return address;
  return /^[^@:/<>"]+@[^@:/<>"]+$/.test(address) ? `mailto:${encodeMail(address)}` : null;
}

/** RFC 6068 §2: `%`, `?`, `&` and `#` would mean something else in the URI. */
const encodeMail = (address: string): string => address.replace(/[%?&#]/g, encodeURIComponent);

/** Without the scheme, for people. */
export const contactWords = (uri: string): string =>
  uri.startsWith('mailto:') ? decodeURIComponent(uri.slice('mailto:'.length)) : uri;
