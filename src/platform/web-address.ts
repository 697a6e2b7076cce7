/** Web addresses that people give: which are acceptable, and how they are shown. */
import { no, ok, type Result } from '../lib/result.ts';

/** Addresses that never leave this machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3, RFC 6761 §6.3). */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);

/** The address without user, password, query and fragment: the parts that carry secrets. */
export function publicUrl(url: URL): string {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return url.protocol;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.search = '';
  bare.hash = '';
  return bare.href;
}

/**
 * Reads the address of a source. Refused are other schemes, clear text to other machines, and a query or fragment: these often hold
 * a key, and the address is remembered.
 *
 * @returns For what is no such address, the reason as a clause.
 */
export function readSourceUrl(text: string): Result<URL, string> {
  const url = URL.parse(text);
  if (url === null) return no('it is no web address');
  if (url.protocol === 'http:' && !isLoopback(url)) return no('it is not encrypted; http: reaches this machine only');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return no('it is no https: address');
  if (url.search !== '' || url.hash !== '') return no('it has a query or a fragment');
  return ok(url);
}
