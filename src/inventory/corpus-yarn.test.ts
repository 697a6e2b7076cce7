/** Yarn's real lockfiles of the corpus against a second reading of them (test/reference/yarn-reference.ts). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  readBerryReference,
  readClassicReference,
  type ReferenceReading,
} from '../../test/reference/yarn-reference.ts';
import { CORPUS, NO_CORPUS } from '../../test/support/corpus.ts';
import type { Component, Inventory } from './component.ts';
import { parseLockfileYaml } from './lockfile-yaml.ts';
import { shortestPaths } from './paths.ts';
import { readYarnBerry } from './yarn-berry.ts';
import { readYarnClassic } from './yarn-classic.ts';

interface Expected {
  readonly file: string;
  /** Distinct name@version as the corpus' INDEX.md counts it. */
  readonly indexed: number;
  readonly components: number;
  readonly edges: number;
  readonly roots: number;
  /** Edges to the only package of a name, where `resolutions` of a manifest that is not there overrule what is asked for. */
  readonly overruled: number;
  /** What nothing that the product asks for leads to. */
  readonly orphans: readonly string[];
  /** Origins that are not registries. */
  readonly elsewhere: readonly string[];
}

const CLASSIC: readonly Expected[] = [
  // Three packages stand twice: under their name and under an alias.
  {
    file: 'excalidraw-2026.yarn-v1.lock',
    indexed: 1441,
    components: 1444,
    edges: 2849,
    roots: 103,
    overruled: 0,
    orphans: [],
    elsewhere: [],
  },
  {
    file: 'ghost-5.2.0.yarn-v1.lock',
    indexed: 1670,
    components: 1670,
    edges: 3116,
    roots: 139,
    overruled: 0,
    orphans: [],
    elsewhere: ['file mock-knex'],
  },
  {
    file: 'graphile-worker-2020.yarn-v1.lock',
    indexed: 632,
    components: 632,
    edges: 1166,
    roots: 22,
    overruled: 0,
    orphans: [],
    elsewhere: [],
  },
  {
    file: 'keystone-2021.yarn-v1.lock',
    indexed: 1844,
    components: 1844,
    edges: 3597,
    roots: 171,
    overruled: 0,
    orphans: [],
    elsewhere: [],
  },
  {
    file: 'outline-2022.yarn-v1.lock',
    indexed: 2139,
    components: 2139,
    edges: 3973,
    roots: 285,
    overruled: 0,
    orphans: [],
    elsewhere: [],
  },
  {
    file: 'renovate-2019.yarn-v1.lock',
    indexed: 1254,
    components: 1254,
    edges: 2599,
    roots: 83,
    overruled: 0,
    orphans: [],
    elsewhere: [],
  },
];

const BERRY: readonly Expected[] = [
  // The index does not count the package that comes from a repository. Nobody asks for the types: the fixture was edited.
  {
    file: 'dependency-check-yarn-berry-fixture.yarn-berry8.lock',
    indexed: 1021,
    components: 1022,
    edges: 1767,
    roots: 31,
    overruled: 0,
    orphans: ['@types/keyv@3.1.4', '@types/node@22.10.10', '@types/responselike@1.0.3', 'undici-types@6.20.0'],
    elsewhere: ['git grunt-if'],
  },
  // One package of several of its name is asked for by `resolutions` alone.
  {
    file: 'outline-2026.yarn-berry8.lock',
    indexed: 2096,
    components: 2096,
    edges: 3586,
    roots: 319,
    overruled: 39,
    orphans: ['i18next@23.16.8'],
    elsewhere: [],
  },
];

const idOf = ({ name, version }: Component): string => `${name}@${version}`;
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

function assertAgrees(inventory: Inventory, expected: Expected, reference: ReferenceReading): void {
  const { components } = inventory;
  const ids = components.map(idOf);
  assert.deepEqual(distinct(ids), reference.packages);
  assert.equal(
    reference.packages.length,
    expected.indexed + Number(expected.elsewhere.some((text) => text.startsWith('git'))),
  );
  assert.equal(components.length, expected.components);
  const graph = inventory.graph();
  assert.ok(graph !== null);
  const edges = graph.needs.flatMap((found, from) => found.map((to) => `${ids[from]} > ${ids[to]}`));
  const exact = new Set(reference.edges);
  const further = edges.filter((edge) => !exact.has(edge));
  assert.deepEqual(distinct(edges.filter((edge) => exact.has(edge))), reference.edges);
  assert.equal(further.length, expected.overruled);
  for (const edge of further) assertOnlyOne(edge.split(' > ')[1] ?? '', reference);
  assert.equal(edges.length, expected.edges);
  assert.equal(graph.roots.length, expected.roots);
  assert.equal(components.filter(({ direct }) => direct).length, expected.roots);
  const paths = shortestPaths(
    graph,
    components.map((_, index) => index),
    1,
  );
  assert.deepEqual(
    ids.filter((_, index) => paths[index]?.orphan),
    expected.orphans,
  );
  assert.deepEqual(
    components.filter(({ origin }) => origin.kind !== 'registry').map(({ origin, name }) => `${origin.kind} ${name}`),
    expected.elsewhere,
  );
}

/** The package is the only one of its name, and someone asks for another version of it than there is. */
function assertOnlyOne(id: string, { packages, unanswered }: ReferenceReading): void {
  const name = id.slice(0, id.lastIndexOf('@') + 1);
  assert.deepEqual(
    packages.filter((other) => other.startsWith(name)),
    [id],
  );
  assert.ok(unanswered.some((descriptor) => descriptor.startsWith(name)));
}

describe('the real lockfiles of Yarn', { skip: NO_CORPUS }, () => {
  const textOf = (file: string): string => readFileSync(join(CORPUS ?? '', 'lockfiles', file), 'utf8');
  for (const expected of CLASSIC) {
    it(`are read as Yarn 1 reads them: ${expected.file}`, () => {
      const text = textOf(expected.file);
      assertAgrees(readYarnClassic(expected.file, text, null), expected, readClassicReference(text));
    });
  }
  for (const expected of BERRY) {
    it(`are read as the YAML library reads them: ${expected.file}`, async () => {
      const text = textOf(expected.file);
      const documents = await parseLockfileYaml(expected.file, text);
      assertAgrees(readYarnBerry(expected.file, documents, null), expected, readBerryReference(text));
    });
  }
});
