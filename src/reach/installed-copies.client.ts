/** Finds the folders in which a version of a package is installed, also those that nothing loads. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../lib/json.ts';
import { readLimited } from '../platform/read-limited.ts';

const LARGEST_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Folders `node_modules` within each other; npm itself stays below ten. */
const MOST_LEVELS = 40;
const MOST_FOLDERS = 50_000;

export interface InstalledCopies {
  /** Real, absolute folders. */
  readonly of: (name: string, version: string | null) => readonly { readonly root: string; readonly version: string }[];
}

/** Every `node_modules` below a folder and beside those above it, pnpm's store included. */
export function installedCopies(root: string): InstalledCopies {
  let folders: readonly string[] | null = null;
  return {
    of: (name, version) => {
      folders ??= moduleFolders(root);
      const copies = new Map<string, string>();
      for (const folder of folders) {
        const place = join(folder, name);
        const found = versionOf(place);
        if (found !== null && (version === null || found === version)) copies.set(realpathSync(place), found);
      }
      return [...copies].map(([at, known]) => ({ root: at, version: known }));
    },
  };
}

function versionOf(folder: string): string | null {
  const bytes = readLimited(join(folder, 'package.json'), LARGEST_MANIFEST_BYTES);
  if (!(bytes instanceof Uint8Array)) return null;
  try {
    const manifest: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const version = isObject(manifest) ? manifest['version'] : null;
    return typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}

function moduleFolders(root: string): readonly string[] {
  const found: string[] = [];
  const open: { readonly folder: string; readonly level: number }[] = [{ folder: join(root, 'node_modules'), level: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { folder, level } = next;
    if (level > MOST_LEVELS || found.length >= MOST_FOLDERS || !existsSync(folder)) continue;
    found.push(folder);
    for (const inner of packagesIn(folder)) {
      open.push({ folder: join(inner, 'node_modules'), level: level + 1 });
      if (inner.endsWith('/.pnpm'))
        for (const store of packagesIn(inner)) open.push({ folder: join(store, 'node_modules'), level: level + 1 });
    }
  }
  return found;
}

function packagesIn(folder: string): readonly string[] {
  const packages: string[] = [];
  for (const entry of entriesOf(folder)) {
    if (entry === '.bin' || entry === '.cache') continue;
    if (!entry.startsWith('@')) packages.push(join(folder, entry));
    else packages.push(...entriesOf(join(folder, entry)).map((inner) => join(folder, entry, inner)));
  }
  return packages;
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.isSymbolicLink())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
