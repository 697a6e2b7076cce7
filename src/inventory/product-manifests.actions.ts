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
  return own === null ? null : { own, ...readWorkspaces(own, file.absolute) };
}

/**
 * The manifests of the workspaces that a manifest names.
 *
 * @param own Of the product; of it only `workspaces` is read. @param absolute A file beside it.
 */
export function readWorkspaces(own: Manifest, absolute: string): Pick<ProductManifests, 'workspaces' | 'complete'> {
  const named = workspaceFolders(own);
  if (named === null) return { workspaces: [], complete: true };
  const found = packageFoldersBeside(absolute, named);
  const workspaces: WorkspaceManifest[] = [];
  let complete = named.complete && found.complete;
  for (const { folder, absolute: path } of found.folders) {
    const manifest = orNull(() => manifestIn(path, readInput({ path, absolute: path }).text));
    if (manifest === null) complete = false;
    else workspaces.push({ folder, manifest });
  }
  return { workspaces, complete };
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
