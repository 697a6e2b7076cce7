/** Real lockfiles and SBOMs, which are not in the repository: HOLDFAST_CORPUS names the folder that holds `lockfiles/`. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PackageURL } from 'packageurl-js';
import type { Inventory } from './component.ts';
import { readCyclonedxJson } from './cyclonedx-json.ts';
import { readInventories } from './inventory.actions.ts';
import { shortestPaths } from './paths.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
const cwd = corpus === undefined ? '' : join(corpus, 'lockfiles');
const skip = corpus === undefined ? 'HOLDFAST_CORPUS is not set' : !existsSync(cwd) && `${cwd} does not exist`;

interface Expected {
  readonly file: string;
  /** Distinct name@version of what npm installs, as the corpus' INDEX.md counts it. */
  readonly indexed: number;
  /** Distinct name@version of the source folders that npm links: first-party, not in the index. */
  readonly sources: number;
  /** Installed places and source folders. */
  readonly components: number;
  /** Who finds whom, as npm's own resolver (arborist of npm 11.19.1, loadVirtual) finds them in the same file. */
  readonly edges: number;
  /** Components that the product, its manifests or its workspaces ask for, and the workspaces. */
  readonly roots: number;
  readonly orphans: readonly string[];
}

const LOCKFILES: readonly Expected[] = [
  {
    file: 'appium-1.22.3.npm-shrinkwrap.json',
    indexed: 624,
    sources: 0,
    components: 685,
    edges: 1440,
    roots: 16,
    orphans: [],
  },
  {
    file: 'audit-ci-2020.package-lock-v1.json',
    indexed: 314,
    sources: 0,
    components: 361,
    edges: 479,
    roots: 15,
    orphans: [],
  },
  {
    file: 'emmett-2026.package-lock-v3.json',
    indexed: 911,
    sources: 11,
    components: 966,
    edges: 1604,
    roots: 71,
    orphans: [],
  },
  {
    file: 'is-website-vulnerable-1.14.15.npm-shrinkwrap.json',
    indexed: 966,
    sources: 0,
    components: 1246,
    edges: 2190,
    roots: 28,
    orphans: [],
  },
  {
    file: 'netflix-dispatch-2022.package-lock-v2.json',
    indexed: 1409,
    sources: 0,
    components: 1758,
    edges: 3252,
    roots: 53,
    orphans: [],
  },
  {
    file: 'netflix-dispatch-2025.package-lock-v3.json',
    indexed: 696,
    sources: 0,
    components: 718,
    edges: 1179,
    roots: 73,
    orphans: [],
  },
  // A source folder that npm itself marks as extraneous: no link leads to it.
  {
    file: 'netlify-cli-17.10.1.npm-shrinkwrap.json',
    indexed: 1140,
    sources: 1,
    components: 1463,
    edges: 2383,
    roots: 111,
    orphans: ['tools/lint-rules'],
  },
  {
    file: 'netlify-cli-8.0.0.npm-shrinkwrap.json',
    indexed: 1554,
    sources: 0,
    components: 1995,
    edges: 3610,
    roots: 140,
    orphans: [],
  },
  {
    file: 'npm-cli-smoke-large-install.package-lock.json',
    indexed: 1178,
    sources: 0,
    components: 1306,
    edges: 2563,
    roots: 126,
    orphans: [],
  },
  {
    file: 'ossf-cve-benchmark.package-lock-v2.json',
    indexed: 827,
    sources: 0,
    components: 968,
    edges: 1691,
    roots: 45,
    orphans: [],
  },
  {
    file: 'oxide-console-2023.package-lock-v2.json',
    indexed: 1420,
    sources: 0,
    components: 1621,
    edges: 3575,
    roots: 102,
    orphans: [],
  },
  {
    file: 'pg-boss-2020.package-lock-v1.json',
    indexed: 406,
    sources: 0,
    components: 456,
    edges: 688,
    roots: 7,
    orphans: [],
  },
  {
    file: 'pg-boss-2026.package-lock-v3.json',
    indexed: 546,
    sources: 0,
    components: 551,
    edges: 1068,
    roots: 25,
    orphans: [],
  },
  {
    file: 'probo-2026.package-lock-v3.json',
    indexed: 1459,
    sources: 19,
    components: 1570,
    edges: 3645,
    roots: 127,
    orphans: [],
  },
  {
    file: 'secvisogram-app.package-lock-v3.json',
    indexed: 1193,
    sources: 0,
    components: 1298,
    edges: 2700,
    roots: 77,
    orphans: [],
  },
  {
    file: 'sigstore-js-2026.package-lock-v3.json',
    indexed: 849,
    sources: 14,
    components: 1048,
    edges: 2209,
    roots: 68,
    orphans: [],
  },
  {
    file: 'slsa-framework.package-lock.json',
    indexed: 74,
    sources: 0,
    components: 74,
    edges: 154,
    roots: 1,
    orphans: [],
  },
];

/** `indexed` counts the product as a package; here it is the product, so there is one component less. */
const SBOMS = [
  { file: 'depscan-test-bom.cdx.json', indexed: 156, distinct: 155, components: 157, roots: 24, orphans: 52 },
  { file: 'keycloak-10.0.2.cdx.json', indexed: 903, distinct: 902, components: 903, roots: 171, orphans: 4 },
  {
    file: 'protonmail-webclient-v4.cdx.json',
    indexed: 884,
    distinct: 883,
    components: 883,
    roots: null,
    orphans: null,
  },
];

const distinct = (inventory: Inventory, isCounted: (kind: string) => boolean): number =>
  new Set(
    inventory.components
      .filter(({ origin }) => isCounted(origin.kind))
      .map(({ name, version }) => `${name}@${version}`),
  ).size;

const orphansOf = (inventory: Inventory): string[] => {
  const graph = inventory.graph();
  assert.ok(graph !== null);
  const all = inventory.components.map((_, index) => index);
  return shortestPaths(graph, all).flatMap(({ orphan, paths, more }, index) => {
    assert.equal(orphan, paths.length + more === 0);
    return orphan ? [inventory.components[index]!.location] : [];
  });
};

/** packageurl-js lower-cases what it does not know for an old npm name; these two are old names all the same. */
const LOWER_CASED = ['JSONStream', 'JSV'];

function assertPurlsAgree(inventory: Inventory): void {
  for (const { purl, name, version } of inventory.components) {
    const theirs = PackageURL.fromString(purl);
    const separator = theirs.type === 'maven' ? ':' : '/';
    const whole = theirs.namespace ? `${theirs.namespace}${separator}${theirs.name}` : theirs.name;
    assert.equal(whole, LOWER_CASED.includes(name) ? name.toLowerCase() : name);
    assert.equal(theirs.version ?? '', version);
  }
}

describe('the real lockfiles of the corpus', { skip }, () => {
  for (const expected of LOCKFILES) {
    it(`are read as they are: ${expected.file}`, async () => {
      const { inventories, errors } = await readInventories([expected.file], { cwd, ignore: [] });
      assert.deepEqual(errors, []);
      const [inventory] = inventories;
      assert.ok(inventory !== undefined);
      assert.equal(
        distinct(inventory, (kind) => kind !== 'link'),
        expected.indexed,
      );
      assert.equal(
        distinct(inventory, (kind) => kind === 'link'),
        expected.sources,
      );
      assert.equal(inventory.components.length, expected.components);
      assert.equal(inventory.graph()?.needs.flat().length, expected.edges);
      assert.equal(inventory.graph()?.roots.length, expected.roots);
      assert.deepEqual(orphansOf(inventory), expected.orphans);
      assert.deepEqual(inventory.components.filter(({ direct }) => direct).length, inventory.graph()?.roots.length);
      // Every address in the corpus is a registry's own, so none may be taken for a stray tarball.
      assert.deepEqual(
        inventory.components
          .filter(({ origin }) => origin.kind === 'file' || origin.kind === 'unknown')
          .map(({ purl }) => purl),
        [],
      );
      assertPurlsAgree(inventory);
    });
  }
});

describe('the real SBOMs of the corpus', { skip }, () => {
  for (const { file, ...expected } of SBOMS) {
    it(`are read whole: ${file}`, () => {
      const document: unknown = JSON.parse(readFileSync(join(cwd, file), 'utf8'));
      const inventory = readCyclonedxJson(file, document);
      assert.equal(
        distinct(inventory, () => true),
        expected.distinct,
      );
      assert.equal(expected.distinct, expected.indexed - 1);
      assert.equal(inventory.components.length, expected.components);
      assert.equal(inventory.graph()?.roots.length ?? null, expected.roots);
      assert.equal(inventory.graph() === null ? null : orphansOf(inventory).length, expected.orphans);
      assertPurlsAgree(inventory);
    });
  }

  it('are refused by name in every kind that is not read yet', async () => {
    const { inventories, errors } = await readInventories(
      [
        'dependency-check-yarn-berry-fixture.yarn-berry8.lock',
        'excalidraw-2026.yarn-v1.lock',
        'project-xshady-CVE-2021-44228.pom-tree',
        'terra-workspace-manager-2021.gradle.lockfile',
      ],
      { cwd, ignore: [] },
    );
    assert.deepEqual(inventories, []);
    assert.deepEqual(
      errors.map(({ code, message }) => `${code} ${/\((.*)\)/.exec(message)?.[1]}`),
      ['yarn berry', 'yarn classic', 'Maven POM', 'Gradle lockfile'].map((kind) => `INVENTORY_UNSUPPORTED ${kind}`),
    );
  });
});
