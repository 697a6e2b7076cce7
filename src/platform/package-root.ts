/** Where this package lies on disk, and which version it is: the shipped snapshot and every output's tool version come from here. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, stringOr } from '../lib/json.ts';

interface Package {
  readonly root: string;
  readonly version: string;
}

let found: Package | null = null;

/** The nearest folder above this file whose package.json is ours: the same answer from src/ and from the bundle in dist/. */
export function ownPackage(): Package {
  found ??= findPackage(import.meta.dirname);
  return found;
}

/**
 * The text of a file of ours that is no program, such as the stylesheet: from src/ where there is one, else the copy in dist/ that
 * scripts/prepare.mjs puts there for the published package.
 */
export function readOwnFile(source: string, shipped: string): string {
  const { root } = ownPackage();
  const path = join(root, source);
  return readFileSync(existsSync(path) ? path : join(root, shipped), 'utf8');
}

/** A file of ours that is built, and handed out as it is. */
export function readOwnBytes(shipped: string): Uint8Array {
  return readFileSync(join(ownPackage().root, shipped));
}

function findPackage(folder: string): Package {
  const manifest = readManifest(join(folder, 'package.json'));
  if (manifest !== null && manifest['name'] === 'holdfast')
    return { root: folder, version: stringOr(manifest['version'], 'unknown') };
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json of holdfast is missing: the installation is incomplete');
  return findPackage(parent);
}

function readManifest(path: string): Readonly<Record<string, unknown>> | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(manifest) ? manifest : null;
  } catch {
    return null;
  }
}
