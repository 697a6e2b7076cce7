/** Digests. The only place outside platform/ that touches `node:crypto`: hashing is pure, randomness is not here. */
import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of the bytes, or of the UTF-8 of the text. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
