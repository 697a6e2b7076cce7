/** STUB, replaced by the merge. */
import { readFileSync } from 'node:fs';
import { sha256 } from '../lib/hash.ts';
import type { HoldfastError } from '../lib/errors.ts';
import type { Inventory } from './component.ts';
import { readPackageLock } from './package-lock.ts';
export async function readInventories(
  paths: readonly string[],
  _o: { readonly cwd: string; readonly ignore: readonly string[] },
): Promise<{
  readonly inventories: readonly (Inventory & { digest: () => string })[];
  readonly errors: readonly HoldfastError[];
}> {
  return {
    inventories: paths.map((p) => {
      const text = readFileSync(p);
      return { ...readPackageLock(p, JSON.parse(text.toString())), digest: () => sha256(text) };
    }),
    errors: [],
  };
}
