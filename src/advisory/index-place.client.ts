/** Where the advisory index of a run lies. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { ownPackage } from '../platform/package-root.ts';
import type { IndexPlace } from './index-layout.ts';

/** The order is that of advisory.actions.ts. Does not open it. */
export function findIndex(explicit: string | null, env: Readonly<Record<string, string | undefined>>): IndexPlace {
  if (explicit !== null) return { path: explicit, chosenBy: '--db' };
  const named = env['HOLDFAST_DB'];
  if (named !== undefined && named !== '') return { path: named, chosenBy: 'HOLDFAST_DB' };
  const cached = cachePath(env);
  if (existsSync(cached)) return { path: cached, chosenBy: 'cache' };
  return { path: join(ownPackage().root, 'data', 'advisories.idx'), chosenBy: 'snapshot' };
}

/** Where `db sync` puts the index of a person, and scans find it. */
export const cachePath = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env['HOME'] ?? homedir(), '.cache', 'holdfast', 'advisories.idx');

/** The name a source keeps inside an index: its last path segment. */
export const sourceName = (path: string): string => basename(resolve(path));
