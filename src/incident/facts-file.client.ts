/** Fetches the text of a facts file or of holdfast.yaml; what stands in it is facts-file.ts and house.ts. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { MAX_YAML_CHARS } from '../lib/located-yaml.ts';

/** In UTF-8 a character has at most four bytes: what is larger than this is too large in any case. */
const MAX_BYTES = 4 * MAX_YAML_CHARS;

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function readFactsText(cwd: string, path: string): Promise<string> {
  if (path === '-') return readStdin();
  const file = resolve(cwd, path);
  try {
    const about = await stat(file);
    if (!about.isFile()) throw new Error('it is not a regular file');
    if (about.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KB`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The text of holdfast.yaml in a folder, or `null` where there is none. */
export async function readHouseText(cwd: string): Promise<string | null> {
  try {
    return await readFile(resolve(cwd, 'holdfast.yaml'), 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unreadable('holdfast.yaml', cause);
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw unreadable('-', new Error(`it is larger than ${MAX_BYTES / 1024} KB`));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(path: string, cause: unknown): HoldfastError {
  const place = path === '-' ? 'standard input' : path;
  if (codeOf(cause) === 'ENOENT') {
    const hint = 'Check the path, or pass `-` to read the facts from standard input.';
    return new HoldfastError('FILE_NOT_FOUND', `${place} does not exist`, { hint, cause });
  }
  return new HoldfastError('FILE_UNREADABLE', `${place} cannot be read: ${messageOf(cause)}`, {
    hint: 'Pass a text file of at most 256 KB that you may read.',
    cause,
  });
}

const codeOf = (cause: unknown): unknown =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
