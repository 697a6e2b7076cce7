/**
 * A proof that an entry stands in a log, as one text that needs nothing else.
 *
 * Source: C2SP tlog-proof (https://c2sp.org/tlog-proof): a header, the index, the hashes from the leaf upwards, an empty line,
 * the signed checkpoint.
 */
import { base64 } from '../lib/bytes.ts';
import type { Hash } from './merkle.ts';

export const formatTlogProof = (index: number, proof: readonly Hash[], note: string): string =>
  ['c2sp.org/tlog-proof@v1', `index ${index}`, ...proof.map(base64), '', note].join('\n');
