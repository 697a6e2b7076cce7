/** Reads the files of an exported log from a folder that somebody handed over. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readLimited } from '../platform/read-limited.ts';
import { MOST_BUNDLE_TEXT_BYTES } from './proof-bundle.ts';
import type { ReadFile } from './verify-log.ts';

/** The proof of one entry (proof-bundle.ts); `null` where there is no such file. */
export function readBundle(path: string): Uint8Array | null {
  const bytes = readLimited(path, MOST_BUNDLE_TEXT_BYTES);
  return bytes instanceof Uint8Array ? bytes : null;
}

/** `null` where the folder is none. */
export function openPack(folder: string): ReadFile | null {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? async (path, mostBytes) => readLimited(join(folder, path), mostBytes) : null;
}
