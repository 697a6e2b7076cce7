/** The real trees of POMs of the corpus against a plain reading of the same files (test/reference/pom-reference.ts). */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PackageURL } from 'packageurl-js';
import { pomReference } from '../../test/reference/pom-reference.ts';
import { CORPUS, NO_CORPUS } from '../../test/support/corpus.ts';
import { readInventories } from './inventory.actions.ts';

/** `indexed` is the "pkgs" of the corpus' INDEX.md. */
const TREES = [
  {
    tree: 'eclipse-steady-2023.pom-tree',
    poms: 19,
    indexed: 84,
    // rest-backend and rest-lib-utils have Spring Boot's parent, which is in a repository: it and what it manages.
    gaps: { 'rest-backend/pom.xml': 11, 'rest-lib-utils/pom.xml': 11 },
    // Counted by INDEX.md as packages, because their names stand there: without a version nothing matches them.
    withoutVersion: 11,
    modules: 8,
  },
  {
    tree: 'project-xshady-CVE-2021-44228.pom-tree',
    poms: 1,
    indexed: 3,
    gaps: {},
    withoutVersion: 0,
    modules: 0,
  },
];

describe('the trees of POMs of the corpus', { skip: NO_CORPUS }, () => {
  for (const { tree, ...expected } of TREES) {
    it(`are read as a plain reading reads them: ${tree}`, async () => {
      const cwd = join(CORPUS ?? '', 'lockfiles', tree);
      const { inventories, errors } = await readInventories([], { cwd, ignore: [] });
      assert.deepEqual(errors, []);
      assert.equal(inventories.length, expected.poms);
      const reference = pomReference(cwd);
      for (const { path, components } of inventories) {
        const names = new Set(components.map(({ name, version }) => `${name}@${version}`));
        assert.deepEqual([...names].sort(), [...(reference.get(path) ?? [])].sort(), path);
      }
      const all = inventories.flatMap(({ components }) => components);
      const distinct = new Map(all.map((component) => [`${component.name}@${component.version}`, component]));
      assert.equal(distinct.size, expected.indexed);
      assert.equal([...distinct.values()].filter(({ version }) => version === '').length, expected.withoutVersion);
      assert.equal([...distinct.values()].filter(({ origin }) => origin.kind === 'link').length, expected.modules);
      assert.deepEqual(
        Object.fromEntries(
          inventories.filter(({ gaps }) => gaps.length > 0).map(({ path, gaps }) => [path, gaps.length]),
        ),
        expected.gaps,
      );
      for (const { purl, name, version } of all) {
        const theirs = PackageURL.fromString(purl);
        assert.deepEqual([`${theirs.namespace}:${theirs.name}`, theirs.version ?? ''], [name, version]);
      }
    });
  }
});
