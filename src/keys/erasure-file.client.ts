/**
 * The file `erasures` of the data folder (erasure-list.ts): outside of the database, so that a database restored from before an erasure
 * learns of it.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import { readLimited } from '../platform/read-limited.ts';
import { syncFolder, unwritable } from '../platform/replace-file.ts';
import { type ErasureList, parseErasures } from './erasure-list.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** 800,000 lines. */
const MOST_BYTES = 64 * 1_024 * 1_024;
const LINE_BREAK = 0x0a;

const erasureFile = (folder: string): string => join(folder, 'erasures');

/** Empty where nobody was erased yet. @throws ERASURES_DAMAGED, which stops a start: nobody could say who must stay erased */
export function readErasureFile(folder: string): ErasureList {
  const path = erasureFile(folder);
  const bytes = readLimited(path, MOST_BYTES);
  if (!(bytes instanceof Uint8Array)) {
    if (bytes.absent) return new Map();
    throw damaged(`${path} ${bytes.why}`);
  }
  const text = fromUtf8(bytes);
  const list = text === null ? null : parseErasures(text);
  if (list === null) throw damaged(`${path} is not UTF-8`);
  if (!list.ok) throw damaged(`line ${list.error} of ${path} names nobody who was erased`);
  return list.value;
}

const damaged = (message: string): HoldfastError =>
  new HoldfastError('ERASURES_DAMAGED', message, {
    hint: 'Restore the file from a backup of the data folder, or correct that line: {"at":"2026-11-25T10:00:00Z","subject":"…"}.',
  });

/** Adds lines, and returns when the disk has them. @throws FILE_UNWRITABLE, and then none was added */
export function appendErasures(folder: string, lines: readonly string[]): void {
  const path = erasureFile(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    const file = openSync(path, 'a+', FILE_MODE);
    try {
      append(file, wholeLength(path, fstatSync(file).size), utf8(lines.join('')));
    } finally {
      closeSync(file);
    }
    syncFolder(dirname(path));
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw unwritable(path, cause);
  }
}

function append(file: number, length: number, bytes: Uint8Array): void {
  ftruncateSync(file, length);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } catch (error) {
    // A full disk takes a part of a line: without this the next one would begin in its middle.
    ftruncateSync(file, length);
    throw error;
  }
}

/** Up to the last line break: what is behind it was cut off while it was written. */
function wholeLength(path: string, size: number): number {
  const bytes = size === 0 ? new Uint8Array(0) : readLimited(path, MOST_BYTES);
  if (!(bytes instanceof Uint8Array)) throw damaged(`${path} ${bytes.why}`);
  return bytes.lastIndexOf(LINE_BREAK) + 1;
}
