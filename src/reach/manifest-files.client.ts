/** Reads the files of a product that say how it starts. None of them has to be there. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readLimited } from '../platform/read-limited.ts';

/** None that a person wrote comes near. */
const LARGEST_BYTES = 4 * 1024 * 1024;

export type ManifestText = { readonly text: string } | { readonly absent: boolean; readonly why: string };

export function readManifestText(root: string, name: string): ManifestText {
  const bytes = readLimited(join(root, name), LARGEST_BYTES);
  return bytes instanceof Uint8Array ? { text: new TextDecoder().decode(bytes) } : bytes;
}

/** The folder, and those above it as far as the repository goes that it lies in; only itself where it lies in none. */
export function foldersUpToRepository(root: string): readonly string[] {
  const folders: string[] = [];
  for (let at = root; ; at = dirname(at)) {
    folders.push(at);
    if (existsSync(join(at, '.git'))) return folders;
    if (dirname(at) === at) return [root];
  }
}

/** `Dockerfile`, `Dockerfile.prod`, `prod.Dockerfile`, in the order of their names. */
export function dockerfilesIn(root: string): readonly string[] {
  try {
    return readdirSync(root)
      .filter((name) => /^(?:.+\.)?Dockerfile(?:\..+)?$|^Containerfile$/.test(name) && !name.endsWith('.dockerignore'))
      .sort();
  } catch {
    return [];
  }
}
