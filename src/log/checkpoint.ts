/**
 * Checkpoints: what a log says about itself at one size. Whoever keeps one can tell later whether the log was rewritten.
 *
 * Source: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint). A checkpoint is the text of a signed note (note.ts):
 *
 * ```
 * log.vendor.example/evidence                        origin
 * 20852163                                           size
 * CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=       root hash
 * ```
 */
import { base64, fromBase64 } from '../lib/bytes.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { HASH_BYTES, type Hash, isTreeSize } from './merkle.ts';

export interface Checkpoint {
  /** Which log this is; the name of its key is the same. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Opaque lines below the root. Read, because others may write them; never written: "their use is NOT RECOMMENDED". */
  readonly extensions: readonly string[];
}

export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const lines = [origin, size.toString(), base64(root), ...extensions];
  if (!isTreeSize(size) || root.length !== HASH_BYTES || lines.some((line) => line === '' || line.includes('\n')))
    throw new TypeError('a checkpoint has an origin, a size, a root of 32 bytes and no empty line');
  return lines.map((line) => `${line}\n`).join('');
}

/** Why a text is no checkpoint, in words that continue "the checkpoint …". */
export function parseCheckpoint(text: string): Result<Checkpoint, string> {
  if (!text.endsWith('\n')) return no('does not end with a line feed');
  const [origin = '', size = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  if (origin === '') return no('names no origin');
  if (!/^(?:0|[1-9]\d{0,19})$/.test(size)) return no('has a size that is no plain decimal number');
  // 2^53 - 1: a log with an entry every microsecond would take 285 years to get there.
  if (!isTreeSize(Number(size))) return no('has a size above 9,007,199,254,740,991, which no log of this kind has');
  const root = fromBase64(encoded);
  if (root === null || root.length !== HASH_BYTES) return no('has a root that is not the base64 of 32 bytes');
  if (extensions.includes('')) return no('has an empty line below its root');
  return ok({ origin, size: Number(size), root, extensions });
}
