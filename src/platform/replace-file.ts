/** Writing a file so that everyone sees the old one or the new one, and the new one survives a power cut. */
import { randomBytes } from 'node:crypto';
import { closeSync, createWriteStream, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';

/**
 * Writes `chunks` beside `path`, syncs, and renames into place; two writers at once both succeed, the later one stays.
 *
 * @throws FILE_UNWRITABLE (full disk, no permission, a folder in the way); whatever stood at `path` still stands there.
 */
export function replaceFile(path: string, chunks: readonly Uint8Array[]): void {
  const folder = dirname(path);
  const temporary = temporaryName(path);
  try {
    mkdirSync(folder, { recursive: true });
    writeDurably(temporary, chunks);
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    removeIfThere(temporary);
    throw unwritable(path, cause);
  }
}

/**
 * The same for what is too large to hold at once and for nobody else to read: `fill` writes it and ends the stream.
 *
 * @throws FILE_UNWRITABLE, and what else `fill` throws; whatever stood at `path` still stands there.
 */
export async function replaceFileFrom(path: string, fill: (file: Writable) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = temporaryName(path);
  try {
    mkdirSync(folder, { recursive: true });
    await fill(createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }));
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    removeIfThere(temporary);
    // What the system refused concerns the file; anything else that `fill` throws does not.
    throw isObject(cause) && 'syscall' in cause ? unwritable(path, cause) : cause;
  }
}

const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);

/** What is thrown when the system refuses to write a file. */
export const unwritable = (path: string, cause: unknown): HoldfastError =>
  new HoldfastError('FILE_UNWRITABLE', `${path} could not be written: ${messageOf(cause)}`, {
    hint: 'Nothing was changed. Make room or choose another place, then run the command again.',
    cause,
  });

/** `force` passes over a missing file, but not over a file where a folder of its path should be. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What went wrong before is what is reported.
  }
}

function writeDurably(path: string, chunks: readonly Uint8Array[]): void {
  const file = openSync(path, 'wx', 0o644);
  try {
    for (const chunk of chunks) {
      for (let written = 0; written < chunk.length; )
        written += writeSync(file, chunk, written, chunk.length - written);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is durable once its folder is synced (fsync(2), "Notes"); Windows cannot open folders and needs it not. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
