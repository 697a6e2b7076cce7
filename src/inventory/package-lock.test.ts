import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import type { Component, Inventory } from './component.ts';
import { readPackageLock } from './package-lock.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/inventory/${name}`, import.meta.url), 'utf8'));

const at = (inventory: Inventory, location: string): Component => {
  const component = inventory.components.find((candidate) => candidate.location === location);
  assert.ok(component !== undefined, `no component at ${location}`);
  return component;
};

/** The graph as `dependent → needed` locations. */
const edges = (inventory: Inventory): Record<string, string[]> => {
  const graph = inventory.graph();
  assert.ok(graph !== null);
  const where = (index: number): string => inventory.components[index]!.location;
  return Object.fromEntries(
    graph.needs
      .map((found, index) => [where(index), found.map(where)] as const)
      .filter(([, found]) => found.length > 0),
  );
};

const rootsOf = (inventory: Inventory): string[] =>
  inventory.graph()!.roots.map((index) => inventory.components[index]!.location);

const refusal = (read: () => unknown): HoldfastError => {
  try {
    read();
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError, String(thrown));
    return thrown;
  }
  assert.fail('it was read');
};

describe('a package-lock.json of version 3', () => {
  const inventory = readPackageLock('package-lock.json', fixture('monorepo.package-lock.json'));

  it('names the product, the kind and every installed place once', () => {
    assert.equal(inventory.kind, 'package-lock-v3');
    assert.deepEqual(inventory.product, { name: 'shop', version: '1.4.0' });
    assert.deepEqual(
      inventory.components.map(({ location, name, version }) => `${location} ${name}@${version}`),
      [
        '../outside outside@0.9.0',
        'node_modules/@private/charts @private/charts@4.2.0',
        'node_modules/cart cart@2.3.1',
        'node_modules/colors colors@1.4.0',
        'node_modules/deep deep@1.0.9',
        'node_modules/fast-native fast-native@1.1.0',
        'node_modules/lodash-three lodash@3.10.1',
        'node_modules/patched patched@1.0.0',
        'node_modules/pinned pinned@2.0.0',
        'node_modules/runner runner@7.1.2',
        'node_modules/runner/node_modules/deep deep@2.0.0+build.5',
        'node_modules/shared shared@1.5.0',
        'node_modules/stray stray@0.0.1',
        'node_modules/vendored vendored@5.0.0',
        'node_modules/vendored/node_modules/inner inner@1.0.1',
        'packages/@shop/b @shop/b@0.2.0',
        'packages/a api@0.1.0',
        'packages/a/node_modules/deep deep@2.1.0',
        'unlinked unlinked@',
        'node_modules/nowhere nowhere@',
      ],
    );
  });

  it('gives an alias the name of the package that it installs', () => {
    const alias = at(inventory, 'node_modules/lodash-three');
    assert.equal(alias.purl, 'pkg:npm/lodash@3.10.1');
    assert.deepEqual(alias.origin, { kind: 'registry', host: 'registry.example' });
    assert.equal(inventory.graph()!.wanted.get(inventory.components.indexOf(alias)), 'npm:lodash@^3.10.0');
  });

  it('tells registries, git, tarballs, bundles and folders apart', () => {
    const origin = (location: string) => at(inventory, location).origin;
    assert.deepEqual(origin('node_modules/@private/charts'), { kind: 'registry', host: 'npm.shop.example' });
    assert.deepEqual(origin('node_modules/pinned'), { kind: 'registry', host: null });
    assert.deepEqual(origin('packages/a/node_modules/deep'), { kind: 'registry', host: 'npm.pkg.example' });
    assert.deepEqual(origin('node_modules/colors'), {
      kind: 'git',
      location: 'git+ssh://git@forge.example/paint/colors.git#9f2c1e7',
    });
    assert.deepEqual(origin('node_modules/vendored'), { kind: 'file', location: 'vendor/vendored-5.0.0.tgz' });
    assert.deepEqual(origin('node_modules/vendored/node_modules/inner'), { kind: 'bundled' });
    assert.deepEqual(origin('packages/a'), { kind: 'link', location: 'packages/a' });
    assert.deepEqual(origin('../outside'), { kind: 'link', location: '../outside' });
    assert.deepEqual(origin('node_modules/nowhere'), { kind: 'link', location: 'packages/removed' });
  });

  it('does not take a tarball of another version for the registry build', () => {
    assert.deepEqual(at(inventory, 'node_modules/runner/node_modules/deep').origin, {
      kind: 'file',
      location: 'https://registry.example/deep/-/deep-2.0.0.tgz',
    });
  });

  it('never shows the access token of an address', () => {
    assert.deepEqual(at(inventory, 'node_modules/patched').origin, {
      kind: 'file',
      location: 'https://files.example/patched-1.0.0.tgz',
    });
    assert.doesNotMatch(JSON.stringify(inventory.components), /s3cret/);
  });

  it('writes purls by the specification', () => {
    assert.equal(at(inventory, 'node_modules/@private/charts').purl, 'pkg:npm/%40private/charts@4.2.0');
    assert.equal(
      at(inventory, 'node_modules/colors').purl,
      'pkg:npm/colors@1.4.0?vcs_url=git%2Bssh:%2F%2Fgit%40forge.example%2Fpaint%2Fcolors.git%409f2c1e7',
    );
    assert.equal(
      at(inventory, 'node_modules/runner/node_modules/deep').purl,
      'pkg:npm/deep@2.0.0%2Bbuild.5?download_url=https:%2F%2Fregistry.example%2Fdeep%2F-%2Fdeep-2.0.0.tgz',
    );
    assert.equal(at(inventory, 'unlinked').purl, 'pkg:npm/unlinked');
  });

  it('tells development and optional packages from those of production', () => {
    const scopes = Object.groupBy(inventory.components, ({ scope }) => scope);
    assert.deepEqual(
      scopes.development?.map(({ location }) => location),
      ['node_modules/runner', 'node_modules/runner/node_modules/deep'],
    );
    assert.deepEqual(
      scopes.optional?.map(({ location }) => location),
      ['node_modules/fast-native', 'node_modules/shared'],
    );
    assert.equal(scopes.production?.length, 16);
  });

  it('resolves every dependency as Node does, from the place of the one that asks', () => {
    assert.deepEqual(edges(inventory), {
      'node_modules/@private/charts': ['node_modules/cart'],
      'node_modules/cart': ['node_modules/deep', 'node_modules/pinned'],
      'node_modules/pinned': ['node_modules/deep'],
      'node_modules/runner': ['node_modules/runner/node_modules/deep', 'node_modules/shared'],
      'node_modules/runner/node_modules/deep': ['node_modules/shared'],
      'node_modules/vendored': ['node_modules/vendored/node_modules/inner'],
      'packages/@shop/b': ['node_modules/deep'],
      'packages/a': ['packages/@shop/b', 'packages/a/node_modules/deep'],
      unlinked: ['node_modules/deep'],
    });
  });

  it('starts at what the product and its workspaces ask for', () => {
    assert.deepEqual(rootsOf(inventory), [
      'node_modules/@private/charts',
      'node_modules/cart',
      'node_modules/colors',
      'node_modules/lodash-three',
      '../outside',
      'node_modules/patched',
      'node_modules/vendored',
      'node_modules/runner',
      'node_modules/fast-native',
      'node_modules/deep',
      'packages/@shop/b',
      'packages/a/node_modules/deep',
      'packages/a',
    ]);
    const direct = inventory.components.filter((component) => component.direct).map(({ location }) => location);
    assert.deepEqual(direct.toSorted(), rootsOf(inventory).toSorted());
  });

  it('keeps the range of each one that asks', () => {
    const graph = inventory.graph()!;
    const index = (location: string): number => inventory.components.indexOf(at(inventory, location));
    const deep = index('node_modules/deep');
    assert.equal(graph.rangeOf(index('node_modules/cart'), deep), '^1.0.0');
    assert.equal(graph.rangeOf(index('packages/@shop/b'), deep), '^1.0.2');
    assert.equal(graph.wanted.get(deep), '^1.0.2');
    assert.equal(graph.rangeOf(null, deep), null);
    assert.equal(graph.rangeOf(null, index('node_modules/cart')), '^2.0.0');
    assert.equal(graph.rangeOf(index('node_modules/runner'), deep), null);
  });

  it('computes the graph once', () => {
    assert.equal(inventory.graph(), inventory.graph());
  });
});

describe('other shapes of npm lockfiles', () => {
  const entry = { version: '1.0.0', resolved: 'https://registry.example/a/-/a-1.0.0.tgz' };

  it('reads version 2 by its packages and passes over what it repeats for npm 6', () => {
    const inventory = readPackageLock('package-lock.json', {
      lockfileVersion: 2,
      packages: { '': {}, 'node_modules/a': entry },
      dependencies: { a: { version: '1.0.0' }, ghost: { version: '9.9.9' } },
    });
    assert.equal(inventory.kind, 'package-lock-v2');
    assert.deepEqual(
      inventory.components.map(({ name }) => name),
      ['a'],
    );
  });

  it('calls a shrinkwrap a shrinkwrap, whatever its version', () => {
    const document = { lockfileVersion: 2, packages: { '': {}, 'node_modules/a': entry } };
    assert.equal(readPackageLock('app/npm-shrinkwrap.json', document).kind, 'npm-shrinkwrap');
    assert.equal(readPackageLock('app/package-lock.json', document).kind, 'package-lock-v2');
  });

  it('reads the hidden lockfile, which has no root, from what nobody else needs', () => {
    const inventory = readPackageLock('node_modules/.package-lock.json', {
      name: 'shop',
      lockfileVersion: 3,
      packages: {
        'node_modules/a': { ...entry, dependencies: { b: '^1.0.0' } },
        'node_modules/b': { version: '1.2.0', dependencies: { c: '*' } },
        'node_modules/b/node_modules/c': { version: '3.0.0' },
      },
    });
    assert.equal(inventory.product.name, 'shop');
    assert.deepEqual(rootsOf(inventory), ['node_modules/a']);
    assert.deepEqual(
      inventory.components.map(({ direct }) => direct),
      [true, false, false],
    );
    assert.equal(inventory.graph()!.wanted.size, 0);
  });

  it('reads entries in any order and holders that the file leaves out', () => {
    const inventory = readPackageLock('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        'node_modules/x/node_modules/y/node_modules/z': { version: '1.0.0', dependencies: { w: '*', y: '*' } },
        'node_modules/w': { version: '1.0.0' },
        'node_modules/x/node_modules/y': { version: '2.0.0' },
        'node_modules/m/node_modules/w/node_modules/n': { version: '1.0.0' },
        'node_modules/m/node_modules/o': { version: '1.0.0', dependencies: { w: '*' } },
        '': { dependencies: { w: '*' } },
      },
    });
    assert.deepEqual(edges(inventory), {
      'node_modules/x/node_modules/y/node_modules/z': ['node_modules/w', 'node_modules/x/node_modules/y'],
      'node_modules/m/node_modules/o': ['node_modules/w'],
    });
  });

  it('resolves from source folders inside of others, inside of packages and outside of the product', () => {
    const inventory = readPackageLock('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '': {},
        '../up/node_modules/y': { version: '9.0.0' },
        '../up/lib': { dependencies: { x: '*', y: '*' } },
        'node_modules/x': { version: '1.0.0' },
        'node_modules/a/sub/node_modules/b/node_modules/c': {
          version: '3.0.0',
          dependencies: { b: '*', x: '*', z: '*' },
        },
        'node_modules/a/sub/node_modules/b': { version: '2.0.0', dependencies: { z: '*' } },
        'node_modules/a/sub': { version: '1.0.0', dependencies: { b: '*', z: '*' } },
        'node_modules/a/node_modules/z': { version: '5.0.0' },
        'node_modules/a': { version: '1.0.0' },
        'apps/web/admin': { dependencies: { x: '*', w: '*' } },
        'apps/node_modules/w': { version: '7.0.0' },
        'apps/web/node_modules/x': { version: '8.0.0' },
      },
    });
    assert.deepEqual(edges(inventory), {
      '../up/lib': ['../up/node_modules/y'],
      'node_modules/a/sub/node_modules/b/node_modules/c': [
        'node_modules/a/sub/node_modules/b',
        'node_modules/x',
        'node_modules/a/node_modules/z',
      ],
      'node_modules/a/sub/node_modules/b': ['node_modules/a/node_modules/z'],
      'node_modules/a/sub': ['node_modules/a/sub/node_modules/b', 'node_modules/a/node_modules/z'],
      'apps/web/admin': ['apps/web/node_modules/x', 'apps/node_modules/w'],
    });
  });

  it('survives links that lead in a circle, to themselves and to the product', () => {
    const inventory = readPackageLock('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { a: '*', b: '*', self: '*', me: '*' } },
        'node_modules/a': { resolved: 'node_modules/b', link: true },
        'node_modules/b': { resolved: 'node_modules/a', link: true },
        'node_modules/me': { resolved: '', link: true },
        'node_modules/self': { resolved: 'node_modules/self', link: true },
      },
    });
    assert.deepEqual(
      inventory.components.map(({ location }) => location),
      ['node_modules/a', 'node_modules/b', 'node_modules/self'],
    );
    assert.deepEqual(rootsOf(inventory), ['node_modules/a', 'node_modules/b', 'node_modules/self']);
  });

  it('is not misled by packages called __proto__ and constructor', () => {
    const document: unknown = JSON.parse(
      `{"lockfileVersion": 3, "packages": {
        "": {"dependencies": {"__proto__": "^1.0.0", "constructor": "^2.0.0", "toString": "^3.0.0"}},
        "node_modules/__proto__": {"version": "1.0.0", "dependencies": {"hasOwnProperty": "*"}},
        "node_modules/constructor": {"version": "2.0.0", "dependencies": {"__proto__": "*"}},
        "__proto__": {"version": "6.6.6"}}}`,
    );
    const inventory = readPackageLock('package-lock.json', document);
    assert.deepEqual(edges(inventory), { 'node_modules/constructor': ['node_modules/__proto__'] });
    assert.deepEqual(rootsOf(inventory), ['node_modules/__proto__', 'node_modules/constructor']);
    assert.equal(Object.hasOwn(Object.prototype, 'version'), false);
  });

  it('costs edges only, not packages, when a dependency table is odd', () => {
    const inventory = readPackageLock('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: ['a'], devDependencies: 'a', optionalDependencies: { a: 7 }, peerDependencies: null },
        'node_modules/a': { ...entry, dependencies: 12 },
      },
    });
    assert.deepEqual(
      inventory.components.map(({ direct }) => direct),
      [true],
    );
    assert.equal(inventory.graph()!.wanted.get(0), '');
  });
});

describe('what is refused', () => {
  const packages = (value: unknown) => ({ lockfileVersion: 3, packages: value });

  it('names a lockfileVersion from the future and how to go on', () => {
    const error = refusal(() => readPackageLock('package-lock.json', { lockfileVersion: 4, packages: {} }));
    assert.equal(error.code, 'INVENTORY_UNSUPPORTED');
    assert.match(error.message, /lockfileVersion 4 /);
    assert.match(error.hint, /--lockfile-version 3/);
  });

  it('refuses JSON that is no lockfile, and lockfiles of the wrong shape', () => {
    const wrong: unknown[] = [
      null,
      [],
      'text',
      7,
      {},
      { name: 'shop', dependencies: { a: '^1.0.0' } },
      { version: 1, dependencies: { 'net8.0': { Json: { type: 'Direct', resolved: '13.0.1' } } } },
      { packages: { '': {} } },
      { lockfileVersion: 3 },
      { lockfileVersion: 2 },
      { lockfileVersion: 0, packages: {} },
      { lockfileVersion: 2.5, packages: {} },
      { lockfileVersion: '3', packages: {} },
      packages([]),
      packages('text'),
      packages({ 'node_modules/a': '1.0.0' }),
      packages({ 'node_modules/a': null }),
      packages({ 'node_modules/a': { version: 1 } }),
      packages({ '': [] }),
      packages({ [`node_modules/${'x'.repeat(4100)}`]: {} }),
      packages({ ['node_modules/x/'.repeat(100) + 'y']: {} }),
      { lockfileVersion: 1, dependencies: [] },
      { lockfileVersion: 1, dependencies: { a: '1.0.0' } },
      { lockfileVersion: 1, dependencies: { a: { version: {} } } },
      { lockfileVersion: 1, dependencies: { a: { version: '1.0.0', dependencies: [] } } },
    ];
    for (const document of wrong) {
      const error = refusal(() => readPackageLock('package-lock.json', document));
      assert.equal(error.code, 'INVENTORY_MALFORMED', JSON.stringify(document)?.slice(0, 80));
      assert.ok(error.hint.length > 0 && error.message.length < 200);
      assert.equal(error.at?.file, 'package-lock.json');
    }
  });

  it('refuses dependencies nested ten thousand deep without overflowing', () => {
    const text = `${'{"dependencies":{"a":'.repeat(10_000)}{"version":"1.0.0"}${'}}'.repeat(10_000)}`;
    const document: unknown = JSON.parse(text);
    const error = refusal(() =>
      readPackageLock('package-lock.json', { lockfileVersion: 1, dependencies: { a: document } }),
    );
    assert.equal(error.code, 'INVENTORY_MALFORMED');
    assert.match(error.message, /nested deeper/);
  });
});
