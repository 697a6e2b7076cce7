/**
 * A proof that an entry stands in a log, as one text that needs nothing else.
 *
 * Source: C2SP tlog-proof (https://c2sp.org/tlog-proof): a header, the index, the hashes from the leaf upwards, an empty line,
 * the signed checkpoint.
 */
import { base64, fromBase64 } from '../lib/bytes.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { HASH_BYTES, type Hash, isTreeSize } from './merkle.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

export const formatTlogProof = (index: number, proof: readonly Hash[], note: string): string =>
  [HEADER, `index ${index}`, ...proof.map(base64), '', note].join('\n');

export interface TlogProof {
  readonly index: number;
  /** From the leaf upwards. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint, unread. */
  readonly note: string;
}

/** A tree of 2^53 entries is 53 high. */
const MOST_HASHES = 53;

/** Why a text is no proof, in words that continue "the proof …". */
export function parseTlogProof(text: string): Result<TlogProof, string> {
  const gap = text.indexOf('\n\n');
  const [header, indexLine = '', ...hashes] = gap < 0 ? [] : text.slice(0, gap).split('\n');
  if (header !== HEADER) return no(`does not begin with ${HEADER}`);
  const [, digits = ''] = /^index (0|[1-9]\d{0,15})$/.exec(indexLine) ?? [];
  if (digits === '' || !isTreeSize(Number(digits))) return no('names no entry');
  if (hashes.length > MOST_HASHES) return no(`has more than ${MOST_HASHES} hashes`);
  const proof: Hash[] = [];
  for (const line of hashes) {
    const hash = fromBase64(line);
    if (hash === null || hash.length !== HASH_BYTES) return no('has a line that is not the base64 of 32 bytes');
    proof.push(hash);
  }
  return ok({ index: Number(digits), proof, note: text.slice(gap + 2) });
}
