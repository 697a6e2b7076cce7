/** Which package a file belongs to, and whether Node reads it as an ECMAScript module: the nearest package.json decides. */
import { dirname, extname, join } from 'node:path';
import { isObject, stringOr } from '../lib/json.ts';
import { readLimited } from '../platform/read-limited.ts';
import type { SyntaxGoal } from './syntax.ts';

export interface PackageOf {
  /** Absolute; the folder of the package.json. */
  readonly root: string;
  /** Empty where the package.json says none. */
  readonly name: string;
  readonly version: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

export interface Packages {
  /** The nearest package.json that has a name, upwards to the nearest `node_modules`; `null` when there is none. */
  readonly ofFile: (path: string) => PackageOf | null;
  readonly goalOf: (path: string) => SyntaxGoal;
  /** What a package.json holds; `null` where it cannot be read. */
  readonly manifestAt: (path: string) => unknown;
}

const LARGEST_MANIFEST_BYTES = 4 * 1024 * 1024;

export function createPackages(): Packages {
  const nearest = new Map<string, PackageOf | null>();
  const nearestOf = (folder: string): PackageOf | null => {
    const path: string[] = [];
    let found: PackageOf | null | undefined;
    for (let at = folder; ; at = dirname(at)) {
      found = nearest.get(at);
      if (found !== undefined) break;
      path.push(at);
      found = readManifest(at);
      if (found !== null || dirname(at) === at || at.endsWith('/node_modules')) break;
    }
    for (const each of path) nearest.set(each, found);
    return found;
  };
  return {
    ofFile: (path) => {
      // Packages put a nameless package.json into dist/esm to say `"type": "module"`.
      for (let found = nearestOf(dirname(path)); found !== null; found = nearestOf(dirname(found.root))) {
        if (found.name !== '' || dirname(found.root) === found.root) return found;
      }
      return null;
    },
    goalOf: (path) => goalFor(path, nearestOf(dirname(path))),
    manifestAt: (path) => readManifest(dirname(path))?.manifest ?? null,
  };
}

function readManifest(root: string): PackageOf | null {
  const bytes = readLimited(join(root, 'package.json'), LARGEST_MANIFEST_BYTES);
  if (!(bytes instanceof Uint8Array)) return null;
  try {
    const manifest: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isObject(manifest)) return null;
    return { root, name: stringOr(manifest['name'], ''), version: stringOr(manifest['version'], ''), manifest };
  } catch {
    return null;
  }
}

/** Node documentation, "Modules: Packages, Determining module system". */
function goalFor(path: string, nearest: PackageOf | null): SyntaxGoal {
  switch (extname(path)) {
    case '.mjs':
    case '.mts':
      return 'module';
    case '.cjs':
    case '.cts':
      return 'commonjs';
    default: {
      const type = nearest?.manifest['type'];
      if (type === 'module') return 'module';
      // Node detects the syntax even then for what has none of either; a declared type is binding.
      return type === 'commonjs' && !/\.tsx?$/.test(path) ? 'commonjs' : 'detect';
    }
  }
}
