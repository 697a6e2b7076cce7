/**
 * Reads the package.json beside a lockfile, and those of the workspaces that it names.
 *
 * What they say is product-manifests.ts. Nothing here fails: a manifest that cannot be read costs knowledge of what is direct
 * and what is for development, never the lockfile.
 */
import { HoldfastError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { type InputFile, readBeside, readInput } from './input-files.client.ts';
import { parseJson } from './json-text.ts';
import { type ProductManifests, workspaceFolders, type WorkspaceManifest } from './product-manifests.ts';
import { packageFoldersBeside } from './workspace-folders.client.ts';

type Manifest = WorkspaceManifest['manifest'];

/** @param lockNames The names of which the lockfile must have one, for the package.json beside it to be its product's. */
export function readProductManifests(file: InputFile, lockNames: readonly string[]): ProductManifests | null {
  const text = readBeside(file, lockNames, 'package.json');
  const own = text === null ? null : orNull(() => manifestIn(file.path, text));
  if (own === null) return null;
  const named = workspaceFolders(own);
  if (named === null) return { own, workspaces: [], complete: true };
  const found = packageFoldersBeside(file.absolute, named);
  const workspaces: WorkspaceManifest[] = [];
  let complete = named.complete && found.complete;
  for (const { folder, absolute } of found.folders) {
    const manifest = orNull(() => manifestIn(absolute, readInput({ path: absolute, absolute }).text));
    if (manifest === null) complete = false;
    else workspaces.push({ folder, manifest });
  }
  return { own, workspaces, complete };
}

function manifestIn(path: string, text: string): Manifest | null {
  const manifest = parseJson(path, text);
  return isObject(manifest) ? manifest : null;
}

function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return null;
    throw thrown;
  }
}
