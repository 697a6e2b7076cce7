/** Every pnpm-lock.yaml of the corpus (HOLDFAST_CORPUS), held against a plain reading of the same file. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readPnpmPlainly } from '../../test/reference/pnpm-reference.ts';
import { CORPUS, NO_CORPUS } from '../../test/support/corpus.ts';
import type { Inventory } from './component.ts';
import { readInventories } from './inventory.actions.ts';
import { shortestPaths } from './paths.ts';

interface Expected {
  readonly file: string;
  /** "pkgs" of the corpus' INDEX.md. */
  readonly indexed: number;
  readonly distinct: number;
  readonly variants: number;
  /** Workspaces and linked folders. */
  readonly folders: number;
  /** What nothing in the file asks for any more. */
  readonly orphans: readonly string[];
}

const FILES: readonly Expected[] = [
  { file: 'common-fate-2022.pnpm-lock-5.yaml', indexed: 1764, distinct: 1764, variants: 1772, folders: 3, orphans: [] },
  {
    file: 'keystone-2023.pnpm-lock-6.yaml',
    indexed: 2343,
    distinct: 2343,
    variants: 2345,
    folders: 80,
    orphans: ['/@changesets/get-github-info@0.5.2'],
  },
  // The index has two less; the file lists 1657 packages, all of a registry and no two alike.
  { file: 'kysely-2025.pnpm-lock-9.yaml', indexed: 1655, distinct: 1657, variants: 1657, folders: 2, orphans: [] },
  // The index counts a folder (`file:plugins/eslint/…`) as a package; it is the product's own.
  {
    file: 'ciso-assistant-frontend-2025.pnpm-lock-9.yaml',
    indexed: 959,
    distinct: 958,
    variants: 958,
    folders: 1,
    orphans: [],
  },
];

const named = (components: Inventory['components']): Set<string> =>
  new Set(components.map(({ name, version }) => `${name}@${version}`));

describe('the pnpm lockfiles of the corpus', { skip: NO_CORPUS }, () => {
  for (const { file, ...expected } of FILES) {
    it(`are read as they are: ${file}`, async () => {
      const cwd = join(CORPUS ?? '', 'lockfiles');
      const reference = readPnpmPlainly(readFileSync(join(cwd, file), 'utf8'));
      const { inventories, errors } = await readInventories([file], { cwd, ignore: [] });
      assert.deepEqual(errors, []);
      const [inventory] = inventories;
      assert.ok(inventory !== undefined);
      assert.deepEqual(inventory.gaps, []);
      const installed = inventory.components.filter(({ origin }) => origin.kind !== 'link');
      assert.deepEqual(named(installed), reference.packages);
      assert.equal(named(installed).size, expected.distinct);
      assert.equal(installed.length, expected.variants);
      assert.equal(inventory.components.length - installed.length, expected.folders);
      assert.ok(installed.every(({ origin, integrity }) => origin.kind === 'registry' && integrity !== null));

      const graph = inventory.graph();
      assert.ok(graph !== null);
      const isFolder = (index: number): boolean => inventory.components[index]?.origin.kind === 'link';
      const edges = graph.needs.flatMap((found, from) =>
        isFolder(from)
          ? []
          : found.map((to) => `${inventory.components[from]?.location} → ${inventory.components[to]?.location}`),
      );
      assert.deepEqual(new Set(edges), reference.edges);
      const found = shortestPaths(graph, [...inventory.components.keys()]);
      const orphans = inventory.components.filter((_, index) => found[index]?.orphan).map(({ location }) => location);
      assert.deepEqual(orphans, expected.orphans);

      // Versions 5 and 6 flag what only development or only an option needs; the reference follows the dependencies.
      const production = installed.filter(({ scope }) => scope === 'production');
      assert.deepEqual(named(production), reference.production);
    });
  }
});
