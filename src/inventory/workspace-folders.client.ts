/**
 * Finds the folders of a product that are its workspaces. Which folders may be is product-manifests.ts; reading what lies in
 * them is product-manifests.actions.ts.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WorkspaceFolders } from './product-manifests.ts';

export interface PackageFolders {
  /** In the order of the names; `absolute` is that of the package.json. */
  readonly folders: readonly { readonly folder: string; readonly absolute: string }[];
  /** False when a folder could not be listed, or there were too many. */
  readonly complete: boolean;
}

/** Bounds on the search, far above the monorepos that are known. */
const MOST_LISTED = 20_000;
const MOST_WORKSPACES = 5_000;

const ALWAYS_SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** The workspaces with a package.json below the folder of a file. Without recursion, for hostile depths. */
export function packageFoldersBeside(lockfile: string, { isWorkspace, mayHold }: WorkspaceFolders): PackageFolders {
  const root = dirname(lockfile);
  const folders: { readonly folder: string; readonly absolute: string }[] = [];
  let complete = true;
  const open = [''];
  for (let listed = 0; open.length > 0; listed += 1) {
    const inside = open.pop() ?? '';
    if (listed >= MOST_LISTED || folders.length >= MOST_WORKSPACES) return { folders, complete: false };
    const entries = list(join(root, inside));
    if (entries === null) {
      complete = false;
      continue;
    }
    const below: string[] = [];
    for (const entry of entries) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.name === 'package.json') {
        if (inside !== '' && isWorkspace(inside)) folders.push({ folder: inside, absolute: join(root, path) });
      } else if (ALWAYS_SKIPPED.has(entry.name)) {
        continue;
      } else if (entry.isDirectory()) {
        if (mayHold(path)) below.push(path);
      } else if (entry.isSymbolicLink() && isWorkspace(path)) {
        // Links to folders are not followed (input-files.client.ts), so what such a workspace asks for is not known.
        complete = false;
      }
    }
    open.push(...below.sort().reverse());
  }
  return { folders, complete };
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}
