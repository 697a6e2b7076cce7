/**
 * The client of a request, as rate limits know it: an HMAC of its address under a key that lives as long as the process. Addresses are personal
 * data (CJEU C-582/14, Breyer), so neither the database nor a line of a log ever has one.
 */
import { base64url, utf8 } from '../lib/bytes.ts';
import { hmacSha256 } from '../lib/hash.ts';

/** @param key 32 random bytes, made when the process starts. */
export const clientKey = (key: Uint8Array, address: string): string =>
  base64url(hmacSha256(key, utf8(networkOf(address))).subarray(0, 16));

/**
 * The part of an address that one customer of a provider has: all of IPv4, the first 64 bits of IPv6 (RFC 6177 §2 gives each site no less),
 * because whoever has a /64 has 2^64 addresses to try with.
 */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('%', 1).join('').split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
