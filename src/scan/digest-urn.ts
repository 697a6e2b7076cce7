/** Names for documents that follow from their content, so that equal answers have equal names. */
import { sha256 } from '../lib/hash.ts';
import type { Json } from '../lib/json.ts';

/**
 * `urn:uuid:…` of a document: UUID version 8 (RFC 9562 §5.8) of the SHA-256 of its JSON text. A custom version, because
 * version 5 prescribes SHA-1.
 */
export function digestUrn(content: Json): string {
  const hex = sha256(JSON.stringify(content));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
