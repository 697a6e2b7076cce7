/**
 * JSON with one spelling, so that equal facts have equal digests.
 *
 * Source: RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units (§3.2.3), no white space, numbers
 * and strings as ECMAScript prints them (§3.2.2). Non-finite numbers and lone surrogates have no I-JSON spelling
 * (§3.2.2.3, RFC 7493 §2.1) and are a bug of the caller.
 */
import type { Json } from './json.ts';

export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as { readonly [key: string]: Json };
    const members = Object.keys(record)
      .sort()
      .map((key) => `${canonicalText(key)}:${canonicalJson(record[key] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('a non-finite number has no JSON');
  return typeof value === 'string' ? canonicalText(value) : JSON.stringify(value);
}

/** Not `isWellFormed`, which Node has since 20: verify.mjs runs on 18. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function canonicalText(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('a lone surrogate has no I-JSON');
  return JSON.stringify(text);
}
