/** Fetches and replaces the text of holdfast.decisions.yaml, and of files with ignores of other tools. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { NameInput } from './apply-decisions.ts';
import { DECISIONS_FILE } from './decision.ts';
import { MAX_DECISIONS_CHARS } from './decisions-file.ts';

/** In UTF-8 a character has at most four bytes: what is larger than this is too large in any case. */
const MAX_BYTES = 4 * MAX_DECISIONS_CHARS;

export interface FileText {
  readonly text: string;
  /** SHA-256 of the bytes. */
  readonly digest: string;
}

/** `null` where the folder has none. @throws FILE_UNREADABLE */
export async function readDecisionsFile(root: string): Promise<FileText | null> {
  return await readText(join(root, DECISIONS_FILE), DECISIONS_FILE);
}

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function readNamedFile(cwd: string, path: string): Promise<FileText> {
  const read = await readText(resolve(cwd, path), path);
  if (read !== null) return read;
  throw new HoldfastError('FILE_NOT_FOUND', `${path} does not exist`, { hint: 'Check the path.' });
}

/** SHA-256 of a file of any size up to 256 MB, as `sha256:…`. @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function digestOfFile(cwd: string, path: string): Promise<string> {
  const bytes = await readBytes(resolve(cwd, path), path, MAX_EVIDENCE_BYTES);
  if (bytes !== null) return `sha256:${sha256(bytes)}`;
  throw new HoldfastError('FILE_NOT_FOUND', `${path} does not exist`, { hint: 'Name the file that proves it.' });
}

const MAX_EVIDENCE_BYTES = 268_435_456;

/** Proofs of reach name every site that was considered: some MB for a large program. */
const MAX_PROOF_BYTES = 67_108_864;

/** A proof on which a decision rests; `null` where it is not there. @throws FILE_UNREADABLE */
export const readEvidenceFile = async (root: string, path: string): Promise<FileText | null> =>
  await readText(join(root, path), path, MAX_PROOF_BYTES);

/** @returns Its digest, `sha256:…`. @throws FILE_UNWRITABLE, and then the old text still stands. */
export function writeProofFile(root: string, path: string, text: string): string {
  const bytes = new TextEncoder().encode(text);
  replaceFile(join(root, path), [bytes]);
  return `sha256:${sha256(bytes)}`;
}

/** @throws FILE_UNWRITABLE, and then the old text still stands. */
export const writeDecisionsFile = (root: string, text: string): void =>
  replaceFile(join(root, DECISIONS_FILE), [new TextEncoder().encode(text)]);

/** A file that stands there already may hold work of hours. @throws FILE_EXISTS, FILE_UNWRITABLE */
export function writeNewFile(cwd: string, path: string, text: string): void {
  const file = resolve(cwd, path);
  if (existsSync(file))
    throw new HoldfastError('FILE_EXISTS', `${path} exists`, {
      hint: 'Nothing was changed. Name another file, or move it away.',
    });
  replaceFile(file, [new TextEncoder().encode(text)]);
}

/** @param cwd Where the inputs' names start. */
export const inputNames =
  (root: string, cwd: string): NameInput =>
  (input) => {
    const name = relative(root, resolve(cwd, input)).split(sep).join('/');
    return name === '..' || name.startsWith('../') || isAbsolute(name) ? null : name;
  };

async function readText(file: string, shown: string, maxBytes = MAX_BYTES): Promise<FileText | null> {
  const bytes = await readBytes(file, shown, maxBytes);
  if (bytes === null) return null;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), digest: sha256(bytes) };
  } catch (cause) {
    throw unreadable(shown, 'it is not UTF-8 text', cause);
  }
}

async function readBytes(file: string, shown: string, maxBytes: number): Promise<Uint8Array | null> {
  try {
    const about = await stat(file);
    // A pipe or a device never ends.
    if (!about.isFile()) throw new Error('it is not a regular file');
    if (about.size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1_048_576} MB`);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return null;
    throw unreadable(shown, messageOf(cause), cause);
  }
}

const unreadable = (shown: string, why: string, cause: unknown): HoldfastError =>
  new HoldfastError('FILE_UNREADABLE', `${shown} cannot be read: ${why}`, {
    hint: 'Give a UTF-8 text file that you may read.',
    at: { file: shown, line: null, column: null },
    cause,
  });
