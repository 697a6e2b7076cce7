/** Reads the files that `holdfast reach` is given: symbols and recorded proofs. */
import { resolve } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { readLimited } from '../platform/read-limited.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export function readGiven(cwd: string, path: string): string {
  const bytes = readLimited(resolve(cwd, path), MOST_BYTES);
  if (bytes instanceof Uint8Array) return new TextDecoder().decode(bytes);
  throw new HoldfastError(bytes.absent ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', `${path} ${bytes.why}`, {
    hint: 'Name a file that can be read; the path is taken from the folder in which the command runs.',
  });
}
