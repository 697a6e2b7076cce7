/** What a verification is told to trust besides the log itself: a key, and checkpoints that somebody kept in files. */
import { HoldfastError } from '../lib/errors.ts';
import { type HeldCheckpoint, MOST_HISTORY_BYTES, parseHistory } from './held-checkpoint.ts';
import { parseVerifierKey } from './note.ts';
import { readLimited } from '../platform/read-limited.ts';
import type { Trust } from './verify-log.ts';

/**
 * @param help The command that explains the options.
 * @throws USAGE
 */
export function readTrust(vkey: string | null, history: readonly string[], help: string): Trust {
  const usage = (message: string): HoldfastError => new HoldfastError('USAGE', message, { hint: `Run \`${help}\`.` });
  const key = vkey === null ? null : parseVerifierKey(vkey.trim());
  if (key !== null && !key.ok) throw usage(`the key of --vkey ${key.error}`);
  /** One checkpoint as it was fetched, or a history file: their first character tells them apart. */
  const heldIn = (path: string): readonly HeldCheckpoint[] => {
    const bytes = readLimited(path, MOST_HISTORY_BYTES);
    if (!(bytes instanceof Uint8Array)) throw usage(`the file ${path} of --history ${bytes.why}`);
    if (bytes[0] !== '{'.charCodeAt(0)) return [{ where: path, note: bytes, seenAt: null }];
    const held = parseHistory(path, bytes);
    if (!held.ok) throw usage(`the history in ${path} ${held.error}`);
    return held.value;
  };
  return { key: key?.value ?? null, held: history.flatMap(heldIn) };
}
