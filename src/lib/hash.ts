/** Digests. The only place outside platform/ that touches `node:crypto`: hashing is pure, randomness is not here. */
import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of the bytes, or of the UTF-8 of the text. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** The same over pieces, for what is too large to hold at once. */
export function sha256OfChunks(chunks: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
