/** Writes an export of the log into a folder, file by file, each whole or not at all. */
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8 } from '../lib/bytes.ts';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { absolutePath } from '../platform/absolute-path.ts';
import { readOwnBytes } from '../platform/package-root.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { PackFile } from './export-pack.ts';
import { readLimited } from '../platform/read-limited.ts';
import { PACK } from './verify-log.ts';

const OWN_NAMES: readonly string[] = ['index.html', 'VERIFY.md', 'verify.mjs', 'log.vkey', 'log', 'evidence'];
const MOST_KEY_BYTES = 2_048;

/**
 * Makes the folder, or takes an older export of this log apart so that it cannot be mistaken for a whole one meanwhile.
 *
 * @returns Its absolute path.
 * @throws FILE_EXISTS where anything else is in it; FILE_UNWRITABLE
 */
export function preparePack(cwd: string, named: string, origin: string): string {
  const folder = absolutePath(cwd, named);
  try {
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder);
    const strange = names.find((name) => !OWN_NAMES.includes(name));
    const key = readLimited(join(folder, PACK.key), MOST_KEY_BYTES);
    const isOwn = key instanceof Uint8Array && (fromUtf8(key) ?? '').startsWith(`${origin}+`);
    if (strange !== undefined || (names.length > 0 && !isOwn)) throw occupied(named, strange ?? names[0] ?? '');
    // A link would lead out of the folder that was named.
    if (names.some((name) => lstatSync(join(folder, name)).isSymbolicLink())) throw occupied(named, 'a symbolic link');
    rmSync(join(folder, PACK.checkpoint), { force: true });
    for (const name of ['log', 'evidence']) rmSync(join(folder, name), { recursive: true, force: true });
    return folder;
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw new HoldfastError('FILE_UNWRITABLE', `${named} could not be written: ${messageOf(cause)}`, {
      hint: 'Nothing was exported. Name a folder that you may write to.',
      cause,
    });
  }
}

const occupied = (named: string, what: string): HoldfastError =>
  new HoldfastError(
    'FILE_EXISTS',
    `${named} is not empty: it holds ${what}, which is no part of an export of this log`,
    {
      hint: 'Nothing was written. Name a new folder.',
    },
  );

/** Paths are those of export-pack.ts, never from outside. */
export const writePackFile = (folder: string, { path, bytes }: PackFile): void =>
  replaceFile(join(folder, path), [bytes]);

/** The verifier that goes along. */
export const readVerifyProgram = (): Uint8Array => readOwnBytes('dist/verify.mjs');
