/** Every bun.lock of the corpus (HOLDFAST_CORPUS), held against a plain reading of the same file. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readBunPlainly } from '../../test/reference/bun-reference.ts';
import { CORPUS, NO_CORPUS } from '../../test/support/corpus.ts';
import { withBlanks, withoutBunCommas } from './bun-json.ts';
import { readInventories } from './inventory.actions.ts';
import { shortestPaths } from './paths.ts';

/** `indexed`: "pkgs" of the corpus' INDEX.md. `workspaces`: all but the product's own folder. */
const FILES = [
  { file: 'comp-2026.bun.lock', indexed: 3551, places: 4629, workspaces: 20 },
  { file: 'hono-2026.bun.lock', indexed: 1012, places: 1152, workspaces: 0 },
];

describe('the bun lockfiles of the corpus', { skip: NO_CORPUS }, () => {
  for (const { file, ...expected } of FILES) {
    it(`are read as they are: ${file}`, async () => {
      const cwd = join(CORPUS ?? '', 'lockfiles');
      const text = readFileSync(join(cwd, file), 'utf8');
      const reference = readBunPlainly(text);
      const { inventories, errors } = await readInventories([file], { cwd, ignore: [] });
      assert.deepEqual(errors, []);
      const [inventory] = inventories;
      assert.ok(inventory !== undefined);
      assert.deepEqual(inventory.gaps, []);
      const installed = inventory.components.filter(({ origin }) => origin.kind !== 'link');
      const distinct = new Set(installed.map(({ name, version }) => `${name}@${version}`));
      assert.deepEqual(distinct, reference.packages);
      assert.equal(distinct.size, expected.indexed);
      assert.equal(installed.length, expected.places);
      assert.equal(inventory.components.length - installed.length, expected.workspaces);

      const graph = inventory.graph();
      assert.ok(graph !== null);
      // A workspace stands in the inventory by its folder, in the file's keys by its name.
      const keys = inventory.components.map(({ origin, location, name }) => (origin.kind === 'link' ? name : location));
      const edges = graph.needs.flatMap((found, from) =>
        inventory.components[from]?.origin.kind === 'link' ? [] : found.map((to) => `${keys[from]} → ${keys[to]}`),
      );
      assert.deepEqual(new Set(edges), reference.edges);
      const found = shortestPaths(graph, [...inventory.components.keys()]);
      assert.deepEqual(
        inventory.components.filter((_, index) => found[index]?.orphan),
        [],
      );
      const production = installed.filter(({ scope }) => scope === 'production').map(({ location }) => location);
      assert.deepEqual(new Set(production), reference.production);
    });

    it(`lose their commas on both ways: ${file}`, () => {
      const text = readFileSync(join(CORPUS ?? '', 'lockfiles', file), 'utf8');
      const fast = withoutBunCommas(text);
      assert.ok(fast !== null);
      assert.deepEqual(JSON.parse(fast), JSON.parse(withBlanks(text)));
    });
  }
});
