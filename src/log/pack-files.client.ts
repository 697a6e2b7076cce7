/** Reads the files of an exported log from a folder that somebody handed over. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readLimited } from '../platform/read-limited.ts';
import type { ReadFile } from './verify-log.ts';

/** `null` where the folder is none. */
export function openPack(folder: string): ReadFile | null {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? async (path, mostBytes) => readLimited(join(folder, path), mostBytes) : null;
}
