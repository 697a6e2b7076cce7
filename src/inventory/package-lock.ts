/**
 * npm's lockfiles: package-lock.json and npm-shrinkwrap.json of versions 1, 2 and 3, and the hidden lockfile.
 *
 * Source: npm docs, "package-lock.json". Version 1 nests `dependencies` (package-lock-v1.ts); 2 and 3 list `packages` by
 * folder (package-lock-v3.ts; the `dependencies` of version 2 repeat them for npm 6 and are not read). Hand-written
 * checks instead of zod: this is on the path of every scan.
 *
 * What a tolerant reading means here: an entry of the wrong shape refuses the file, because a package that is left out
 * would be one that nobody scans; odd dependency tables only cost edges of the graph.
 */
import { isObject } from '../lib/json.ts';
import type { Inventory, InventoryKind } from './component.ts';
import { isOldShrinkwrap } from './detect.ts';
import { readNested } from './package-lock-v1.ts';
import { readFolders } from './package-lock-v3.ts';
import { lastName, malformed, unsupported } from './unreadable.ts';

/**
 * Reads a parsed lockfile. Components stand in the file's order, one per place that npm installs into.
 *
 * @param manifest The parsed package.json beside it; only version 1 needs it (`needsManifest`), to know what is direct.
 * @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a lockfileVersion that did not exist yet.
 */
export function readPackageLock(path: string, document: unknown, manifest: unknown = null): Inventory {
  if (!isObject(document))
    throw malformed(path, `${lastName(path)} is JSON, but not a lockfile of npm`, NOT_A_LOCKFILE);
  const version = document['lockfileVersion'];
  if (version === undefined && !isOldShrinkwrap(document)) {
    throw malformed(path, `${lastName(path)} is JSON, but not a lockfile of npm`, NOT_A_LOCKFILE);
  }
  const kind = kindOf(path, version ?? 1);
  const { packages, dependencies } = document;
  if (packages !== undefined) {
    if (!isObject(packages)) throw malformed(path, 'its `packages` is not an object', NOT_A_LOCKFILE);
    return readFolders(path, kind, document, packages);
  }
  if (dependencies !== undefined && !isObject(dependencies)) {
    throw malformed(path, 'its `dependencies` is not an object', NOT_A_LOCKFILE);
  }
  // npm 6 writes an empty lock as `{"lockfileVersion": 1}`; later versions always write `packages`.
  if (dependencies === undefined && version !== 1) throw malformed(path, 'it lists no packages', NOT_A_LOCKFILE);
  return readNested(path, kind, document, dependencies ?? {}, manifest);
}

/** True for a lockfile that does not record what the product itself asks for. */
export const needsManifest = (document: unknown): boolean => isObject(document) && document['packages'] === undefined;

const NOT_A_LOCKFILE =
  'Name a package-lock.json or npm-shrinkwrap.json; `npm install --package-lock-only` writes one anew.';

function kindOf(path: string, version: unknown): InventoryKind {
  if (typeof version === 'number' && version > 3) {
    throw unsupported(
      path,
      `lockfileVersion ${version} is newer than Holdfast knows (it reads 1, 2 and 3)`,
      'Update Holdfast, or write the lockfile with `npm install --package-lock-only --lockfile-version 3`.',
    );
  }
  if (version !== 1 && version !== 2 && version !== 3) {
    throw malformed(path, 'its `lockfileVersion` is not 1, 2 or 3', NOT_A_LOCKFILE);
  }
  return lastName(path).endsWith('npm-shrinkwrap.json') ? 'npm-shrinkwrap' : `package-lock-v${version}`;
}
