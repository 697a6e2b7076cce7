/** JSON that RFC 8785 can spell: what files quote may hold a lone surrogate, which becomes U+FFFD. */
import type { Json } from './json.ts';

export const wellFormedText = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

export function wellFormed(value: Json): Json {
  if (typeof value === 'string') return wellFormedText(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [wellFormedText(key), wellFormed(member as Json)]),
  );
}
