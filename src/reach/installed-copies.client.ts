/** Finds the folders in which a version of a package is installed, also those that nothing loads, and those under another name. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isObject } from '../lib/json.ts';
import { readLimited } from '../platform/read-limited.ts';

const LARGEST_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Deeper than any package puts its files. */
const MOST_LEVELS = 40;
const MOST_FOLDERS = 200_000;

export interface Copy {
  /** Real, absolute. */
  readonly root: string;
  readonly version: string;
}

export interface InstalledCopies {
  readonly of: (name: string, version: string | null) => readonly Copy[];
  /** False where the tree is larger than what is searched: then nothing is shown to be absent. */
  readonly isWhole: () => boolean;
}

/** @param root Real, absolute: the product's folder. A package that is the product itself, or one of its workspaces, counts as well. */
export function installedCopies(root: string): InstalledCopies {
  let index: { readonly copies: ReadonlyMap<string, readonly Copy[]>; readonly isWhole: boolean } | null = null;
  const known = (): NonNullable<typeof index> => (index ??= readCopies(root));
  return {
    of: (name, version) =>
      (known().copies.get(name) ?? []).filter((copy) => version === null || copy.version === version),
    isWhole: () => known().isWhole,
  };
}

function readCopies(root: string): {
  readonly copies: ReadonlyMap<string, readonly Copy[]>;
  readonly isWhole: boolean;
} {
  const { folders, isWhole } = packageFolders(root);
  const copies = new Map<string, Copy[]>();
  for (const folder of new Set(folders.map((each) => realpathSync(each)))) {
    const manifest = manifestIn(folder);
    if (manifest === null) continue;
    const list = copies.get(manifest.name);
    if (list === undefined) copies.set(manifest.name, [{ root: folder, version: manifest.version }]);
    else list.push({ root: folder, version: manifest.version });
  }
  return { copies, isWhole };
}

function manifestIn(folder: string): { readonly name: string; readonly version: string } | null {
  const bytes = readLimited(join(folder, 'package.json'), LARGEST_MANIFEST_BYTES);
  if (!(bytes instanceof Uint8Array)) return null;
  try {
    const manifest: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isObject(manifest) || typeof manifest['name'] !== 'string') return null;
    const { version } = manifest;
    return { name: manifest['name'], version: typeof version === 'string' ? version : '' };
  } catch {
    return null;
  }
}

/** Folders that may be packages: those in any `node_modules`, and below the root, where workspaces and copies put in by hand lie. */
function packageFolders(root: string): { readonly folders: readonly string[]; readonly isWhole: boolean } {
  const found: string[] = [];
  const open: { readonly folder: string; readonly level: number }[] = [{ folder: root, level: 0 }];
  for (let at = dirname(root); dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, 'node_modules'))) open.push({ folder: join(at, 'node_modules'), level: 0 });
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { folder, level } = next;
    seen += 1;
    if (seen > MOST_FOLDERS) return { folders: found, isWhole: false };
    if (level > MOST_LEVELS) continue;
    const isModules =
      basename(folder) === 'node_modules' ||
      (basename(dirname(folder)) === 'node_modules' && basename(folder).startsWith('@'));
    if (!isModules) found.push(folder);
    // Inside an installed package only its own node_modules hold packages; its other folders are many.
    const isInstalled = !isModules && /[/\\]node_modules[/\\]/.test(folder) && !folder.endsWith('.pnpm');
    for (const entry of isInstalled ? ['node_modules'] : entriesOf(folder))
      if (
        entry !== '.git' &&
        entry !== '.cache' &&
        entry !== '.bin' &&
        (!isInstalled || existsSync(join(folder, entry)))
      )
        open.push({ folder: join(folder, entry), level: level + 1 });
  }
  return { folders: found, isWhole: true };
}

/** Links are followed by what they point to: a workspace lies below the root, a linked package is found by the closure. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
