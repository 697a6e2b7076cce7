import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import type { Component, Inventory } from './component.ts';
import { parseLockfileYaml } from './lockfile-yaml.ts';
import { readPnpmLock } from './pnpm-lock.ts';

const read = async (text: string): Promise<Inventory> =>
  readPnpmLock('pnpm-lock.yaml', await parseLockfileYaml('pnpm-lock.yaml', text));

const fixture = (name: string): Promise<Inventory> =>
  read(readFileSync(new URL(`../../test/fixtures/inventory/${name}.pnpm-lock.yaml`, import.meta.url), 'utf8'));

const five = await fixture('five');
const six = await fixture('six');
const nine = await fixture('nine');

const at = (inventory: Inventory, location: string): Component => {
  const component = inventory.components.find((candidate) => candidate.location === location);
  assert.ok(component !== undefined, `no component at ${location}`);
  return component;
};

const listed = ({ components }: Inventory): string[] =>
  components.map(({ name, version, scope, direct }) => `${name}@${version} ${scope}${direct ? ' direct' : ''}`);

/** Who needs whom, by location, and everyone who needs nobody left out. */
const edges = (inventory: Inventory): Record<string, string[]> => {
  const graph = inventory.graph();
  assert.ok(graph !== null);
  const where = (index: number): string => inventory.components[index]!.location;
  return Object.fromEntries(
    graph.needs.map((found, from) => [where(from), found.map(where)] as const).filter(([, found]) => found.length > 0),
  );
};

const rangeOf = (inventory: Inventory, from: string | null, to: string): string | null => {
  const index = (location: string): number =>
    inventory.components.findIndex((candidate) => candidate.location === location);
  return inventory.graph()!.rangeOf(from === null ? null : index(from), index(to));
};

describe('a pnpm-lock.yaml of version 5', () => {
  it('names each variant by its package, with its scope by the flags of the file', () => {
    assert.equal(five.kind, 'pnpm-lock');
    assert.deepEqual(listed(five), [
      '@real/name@2.1.0 production direct',
      'native@1.0.0 optional direct',
      'react@17.0.2 production',
      'react@18.0.0 production',
      'tool@5.0.0 development direct',
      'ui@3.0.1 production direct',
      'ui@3.0.1 production direct',
      'pinned@0.3.0 production direct',
      'private@1.0.0 production direct',
      '@shop/cart@ production direct',
    ]);
  });

  it('keeps the variants of one version apart in the graph, and joins workspaces by their links', () => {
    assert.deepEqual(edges(five), {
      '/tool/5.0.0_7zkq2mxvf4lwbxs2ylnvcjrvpe': ['/@real/name/2.1.0'],
      '/ui/3.0.1_react@17.0.2': ['/react/17.0.2'],
      '/ui/3.0.1_react@18.0.0': ['/react/18.0.0'],
      'packages/cart': ['/ui/3.0.1_react@18.0.0'],
    });
  });

  it('takes ranges from `specifiers`, for each manifest its own', () => {
    assert.equal(rangeOf(five, null, '/@real/name/2.1.0'), 'npm:@real/name@^2.0.0');
    assert.equal(rangeOf(five, null, '/ui/3.0.1_react@18.0.0'), null);
    assert.equal(rangeOf(five, 'packages/cart', '/ui/3.0.1_react@18.0.0'), '^3.0.0');
    assert.equal(rangeOf(five, '/ui/3.0.1_react@17.0.2', '/react/17.0.2'), '>=17');
  });

  it('tells a registry in a key from a Git host', () => {
    assert.deepEqual(at(five, 'npm.shop.example+8080/private/1.0.0').origin, {
      kind: 'registry',
      host: 'npm.shop.example:8080',
    });
    assert.deepEqual(at(five, 'git.example/shop/pinned/0a1b2c3d').origin, {
      kind: 'git',
      location: 'git+ssh://git@git.example/shop/pinned.git#0a1b2c3d',
    });
  });
});

describe('a pnpm-lock.yaml of version 6', () => {
  it('has the manifest of a single project at the top', () => {
    assert.deepEqual(listed(six), [
      '@scope/peer@2.0.0 production',
      '@types/new@1.2.3 production direct',
      'builder@4.1.0 development direct',
      'react@18.2.0 production',
      'sometimes@1.0.0 optional direct',
      'widget@1.0.5 production direct',
      'local@0.9.0 production direct',
      'forked@2.0.0 production direct',
    ]);
    assert.deepEqual(edges(six), {
      '/builder@4.1.0(patch_hash=abcdef0123)': ['/react@18.2.0'],
      '/widget@1.0.5(@scope/peer@2.0.0)(react@18.2.0)': ['/@scope/peer@2.0.0', '/react@18.2.0'],
    });
    assert.equal(rangeOf(six, null, '/builder@4.1.0(patch_hash=abcdef0123)'), '^4.0.0');
  });

  it('reads where packages come from', () => {
    assert.deepEqual(at(six, 'file:vendor/local.tgz').origin, { kind: 'file', location: 'vendor/local.tgz' });
    assert.deepEqual(at(six, 'github.com/shop/forked/9f8e7d6c').origin, {
      kind: 'git',
      location: 'git+https://github.com/shop/forked.git#9f8e7d6c',
    });
    assert.deepEqual(at(six, '/react@18.2.0').origin, { kind: 'registry', host: null });
    assert.equal(at(six, '/react@18.2.0').integrity, 'sha512-DDDD==');
    assert.equal(at(six, 'github.com/shop/forked/9f8e7d6c').integrity, null);
  });
});

describe('a pnpm-lock.yaml of version 9', () => {
  it('reads both documents, and works out what each package is needed for', () => {
    assert.deepEqual(listed(nine), [
      '@real/name@2.1.0 production direct',
      '@scope/peer@2.0.0 production',
      '@shop/forms@ production direct',
      'builder@4.1.0 development direct',
      'deep@1.0.1 production direct',
      'forked@2.0.0 production direct',
      'native@1.0.0 optional direct',
      'node@24.1.0 development direct',
      'pinned@0.3.0 production direct',
      'react@18.2.0 production direct',
      'shared@3.0.0 production',
      'strayed@1.0.0 production direct',
      'widget@1.0.5 development direct',
      'widget@1.0.5 production direct',
      'pnpm-plugin-shop@0.1.0 development direct',
      'pnpm@12.3.4 development direct',
      '@shop/cart@ production direct',
      'outside@ production direct',
      'packages/forms@ production direct',
      'tools/unlinked@ production direct',
    ]);
    assert.deepEqual(nine.gaps, []);
  });

  it('has its edges in the snapshots', () => {
    const widget = 'widget@1.0.5(patch_hash=abcdef)(@scope/peer@2.0.0(react@18.2.0))(react@18.2.0)';
    assert.deepEqual(edges(nine), {
      '@scope/peer@2.0.0(react@18.2.0)': ['react@18.2.0'],
      '@shop/forms@file:packages/forms(react@18.2.0)': ['react@18.2.0', 'shared@3.0.0'],
      'builder@4.1.0': ['deep@1.0.1', 'shared@3.0.0', 'native@1.0.0'],
      [widget]: ['@scope/peer@2.0.0(react@18.2.0)', 'react@18.2.0'],
      'packages/cart': ['deep@1.0.1', 'widget@1.0.5(patch_hash=abcdef)'],
      'packages/forms': ['react@18.2.0'],
    });
  });

  it('looks up the ranges of catalogs', () => {
    assert.equal(rangeOf(nine, null, 'react@18.2.0'), '^18.0.0');
    assert.equal(rangeOf(nine, null, 'builder@4.1.0'), '~4.1.0');
    assert.equal(rangeOf(nine, 'packages/forms', 'react@18.2.0'), '^18.0.0');
  });

  it('reads where packages come from, and shows no password', () => {
    const origins = Object.fromEntries(nine.components.map(({ name, origin }) => [name, origin]));
    assert.deepEqual(origins['forked'], { kind: 'git', location: 'git+https://github.com/shop/forked.git#9f8e7d6c' });
    assert.deepEqual(origins['pinned'], { kind: 'git', location: 'git+https://git.example/shop/pinned.git#0a1b2c3d' });
    assert.deepEqual(origins['native'], { kind: 'registry', host: 'npm.shop.example' });
    assert.deepEqual(origins['strayed'], { kind: 'file', location: 'https://files.example/strayed-1.0.0.tgz' });
    assert.deepEqual(origins['@shop/forms'], { kind: 'link', location: 'packages/forms' });
    assert.deepEqual(origins['outside'], { kind: 'link', location: '../outside' });
  });

  it('makes up no name for a workspace that nobody links to', () => {
    assert.deepEqual(at(nine, 'tools/unlinked').purl, '');
    assert.deepEqual(at(nine, 'packages/cart').purl, 'pkg:npm/%40shop/cart');
  });

  it('takes a runtime for no npm package of that name', () => {
    const { ecosystem, purl } = at(nine, 'node@runtime:24.1.0');
    assert.deepEqual([ecosystem, purl], ['generic', 'pkg:generic/node@24.1.0']);
  });
});

describe('an unusual pnpm-lock.yaml', () => {
  it('follows links out of the workspace, and lets nothing need itself', async () => {
    const { components, graph } = await read(
      "lockfileVersion: '9.0'\nimporters:\n  apps/web:\n    dependencies:\n      a: {specifier: x, version: 'link:../../../../away'}\n      b: {specifier: x, version: 'link:../..'}\nsnapshots:\n  c@1.0.0:\n    dependencies: {c: 1.0.0}\n    optionalDependencies: {c: 1.0.0}\n",
    );
    assert.deepEqual(
      components.map(({ location }) => location),
      ['c@1.0.0', '../../away', 'apps/web'],
    );
    assert.deepEqual(graph()?.needs, [[], [], [1]]);
  });

  it('keeps a token in an address to itself', async () => {
    const { components, gaps } = await read(
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: x, version: 'https://u:pw@h.example/b.tgz'}\npackages:\n  'a@https://u:pw@h.example/a.tgz':\n    resolution: {tarball: 'https://u:pw@h.example/a.tgz'}\n",
    );
    assert.ok(!JSON.stringify([components, gaps]).includes('pw@'));
    assert.equal(components[0]?.location, 'a@https://h.example/a.tgz');
  });

  it('is loud about a request that leads to no package', async () => {
    const { gaps } = await read(
      "lockfileVersion: '6.0'\ndependencies:\n  a: {specifier: ^1.0.0, version: 1.0.0}\npackages:\n  /b@1.0.0:\n    dependencies: {c: 2.0.0}\n",
    );
    assert.deepEqual(gaps, [
      'a 1.0.0, which . asks for, is not among the packages of the lockfile',
      'c 2.0.0, which /b@1.0.0 asks for, is not among the packages of the lockfile',
    ]);
  });

  it('does not leave out a package that has no snapshot, or a snapshot that has no package', async () => {
    const { components } = await read(
      "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\nsnapshots:\n  b@2.0.0(c@1.0.0): {}\n",
    );
    assert.deepEqual(
      components.map(({ name, version, scope }) => `${name}@${version} ${scope}`),
      ['b@2.0.0 unknown', 'a@1.0.0 unknown'],
    );
  });

  it('is read where inline specifiers were switched on in pnpm 7, and where there is nothing in it', async () => {
    const inline = await read(
      'lockfileVersion: 5.4-inlineSpecifiers\ndependencies:\n  a: {specifier: ^1.0.0, version: 1.0.0}\npackages:\n  /a/1.0.0: {dev: false}\n',
    );
    assert.deepEqual([...inline.graph()!.wanted], [[0, '^1.0.0']]);
    assert.deepEqual((await read("lockfileVersion: '9.0'\nimporters:\n\n  .: {}\n")).components, []);
  });

  const REFUSED: readonly (readonly [string, string, string])[] = [
    [
      'lockfileVersion: 10.0\n',
      'INVENTORY_UNSUPPORTED',
      'lockfileVersion 10.0 is not one that Holdfast reads (5.x, 6.x and 9.x)',
    ],
    [
      'lockfileVersion: 4\n',
      'INVENTORY_UNSUPPORTED',
      'lockfileVersion 4 is not one that Holdfast reads (5.x, 6.x and 9.x)',
    ],
    ['lockfileVersion: x\n', 'INVENTORY_MALFORMED', 'its `lockfileVersion` is not a version of pnpm-lock.yaml'],
    ["lockfileVersion: '9.0'\npackages: []\n", 'INVENTORY_MALFORMED', 'its `packages` is not a map'],
    ["lockfileVersion: '9.0'\npackages:\n  a@1.0.0: [b]\n", 'INVENTORY_MALFORMED', 'the entry `a@1.0.0` is not a map'],
    ["lockfileVersion: '9.0'\n---\nb\n", 'INVENTORY_MALFORMED', 'pnpm-lock.yaml is YAML, but not a lockfile of pnpm'],
  ];
  for (const [text, code, message] of REFUSED) {
    it(`is refused where it is no lockfile that is read: ${message}`, async () => {
      await assert.rejects(read(text), (thrown) => {
        assert.ok(thrown instanceof HoldfastError && thrown.hint !== '');
        assert.deepEqual([thrown.code, thrown.message], [code, message]);
        return true;
      });
    });
  }
});
