/**
 * Fetches the texts of a policy and of the holdfast.yaml beside it. What stands in them is read-policy.ts and
 * facts-file.ts.
 */
import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { MAX_YAML_CHARS } from '../lib/located-yaml.ts';
import { MAX_BYTES } from './limits.ts';

const POLICY_FILE = 'SECURITY-POLICY.md';
export const FACTS_FILE = 'holdfast.yaml';

/** In UTF-8 a character has at most four bytes: what is larger than this is too large in any case. */
const MAX_FACTS_BYTES = 4 * MAX_YAML_CHARS;

export interface PolicyPlace {
  /** As a user standing in `cwd` would name it. */
  readonly shown: string;
  /** Absolute: the folder that the policy speaks of. */
  readonly root: string;
}

interface PolicyFile extends PolicyPlace {
  readonly text: string;
}

/** @param path A folder (its SECURITY-POLICY.md is meant) or a document. */
export function placeOfPolicy(cwd: string, path: string): PolicyPlace & { readonly isFolder: boolean } {
  const asked = resolve(cwd, path);
  const folder = isFolder(asked);
  const file = folder ? join(asked, POLICY_FILE) : asked;
  return {
    shown: relative(cwd, file).startsWith('..') ? file : relative(cwd, file),
    root: dirname(file),
    isFolder: folder,
  };
}

/**
 * @param path As for `placeOfPolicy`.
 * @throws POLICY_NOT_FOUND, POLICY_TOO_LARGE, FILE_UNREADABLE
 */
export async function readPolicyFile(cwd: string, path: string): Promise<PolicyFile> {
  const { shown, root, isFolder: folder } = placeOfPolicy(cwd, path);
  const file = join(root, basename(shown));
  const text = await readText(file, shown, MAX_BYTES);
  if (text === 'absent')
    throw new HoldfastError('POLICY_NOT_FOUND', `there is no ${shown}`, {
      hint: folder
        ? 'Run `holdfast init` to write one, or name the document: `holdfast check docs/security.md`.'
        : 'Check the path, or run `holdfast init` to write a policy.',
    });
  if (text === 'too-large')
    throw new HoldfastError('POLICY_TOO_LARGE', `${shown} is larger than ${MAX_BYTES / 1024} KB`, {
      hint: 'Shorten the document, or split it and check each part.',
    });
  return { shown, root, text: text.content };
}

/**
 * The text of holdfast.yaml in a folder, or `null` where there is none.
 *
 * @throws FACTS_INVALID (too large), FILE_UNREADABLE
 */
export async function readFactsFile(root: string): Promise<string | null> {
  const text = await readText(join(root, FACTS_FILE), FACTS_FILE, MAX_FACTS_BYTES);
  if (text === 'absent') return null;
  if (text === 'too-large')
    throw new HoldfastError('FACTS_INVALID', `${FACTS_FILE} is larger than ${MAX_FACTS_BYTES / 1024} KB`, {
      hint: 'Keep the facts that the policy speaks of, and leave out the rest.',
    });
  return text.content;
}

async function readText(
  file: string,
  shown: string,
  maxBytes: number,
): Promise<{ readonly content: string } | 'absent' | 'too-large'> {
  try {
    const about = await stat(file);
    // A pipe or a device never ends.
    if (!about.isFile()) throw new Error('it is not a regular file');
    if (about.size > maxBytes) return 'too-large';
    return { content: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) };
  } catch (cause) {
    if (isAbsent(cause)) return 'absent';
    const why = cause instanceof TypeError ? 'it is not UTF-8 text' : messageOf(cause);
    throw new HoldfastError('FILE_UNREADABLE', `${shown} cannot be read: ${why}`, {
      hint: 'Give a UTF-8 text file that you may read.',
      cause,
    });
  }
}

/** Whatever is wrong with it is said when it is read. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Whether Git has the folder: a `.git` lies there or above, a folder or the file of a work tree. */
export async function liesInCheckout(root: string): Promise<boolean> {
  for (let folder = root; ; folder = dirname(folder)) {
    try {
      await stat(join(folder, '.git'));
      return true;
    } catch {
      if (dirname(folder) === folder) return false;
    }
  }
}

const isAbsent = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
