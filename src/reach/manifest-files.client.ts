/** Reads the files of a product that say how it starts. None of them has to be there. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readLimited } from '../platform/read-limited.ts';

/** None that a person wrote comes near. */
const LARGEST_BYTES = 4 * 1024 * 1024;

export type ManifestText = { readonly text: string } | { readonly absent: boolean; readonly why: string };

export function readManifestText(root: string, name: string): ManifestText {
  const bytes = readLimited(join(root, name), LARGEST_BYTES);
  return bytes instanceof Uint8Array ? { text: new TextDecoder().decode(bytes) } : bytes;
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
