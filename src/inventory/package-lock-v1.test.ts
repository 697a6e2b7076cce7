import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readPackageLock } from './package-lock.ts';

const document: unknown = JSON.parse(
  readFileSync(new URL('../../test/fixtures/inventory/nested.package-lock.json', import.meta.url), 'utf8'),
);

describe('a package-lock.json of version 1', () => {
  const inventory = readPackageLock('package-lock.json', document);

  it('reads versions, aliases, git and tarball specifiers', () => {
    assert.equal(inventory.kind, 'package-lock-v1');
    assert.deepEqual(
      inventory.components.map(({ name, version, origin }) => [name, version, origin]),
      [
        ['cart', '2.3.1', { kind: 'registry', host: 'registry.example' }],
        ['colors', '', { kind: 'git', location: 'git+ssh://git@forge.example/paint/colors.git#9f2c1e7' }],
        ['deep', '1.0.9', { kind: 'registry', host: 'registry.example' }],
        ['folder', '', { kind: 'link', location: 'libs/folder' }],
        ['hosted', '', { kind: 'git', location: 'github:paint/hosted#0123abc' }],
        ['lodash', '3.10.1', { kind: 'registry', host: 'registry.example' }],
        ['mirror', '6.0.0', { kind: 'registry', host: 'registry.example' }],
        ['patched', '', { kind: 'file', location: 'https://files.example/patched-1.0.0.tgz' }],
        ['runner', '7.1.2', { kind: 'registry', host: 'registry.example' }],
        ['deep', '2.0.0', { kind: 'registry', host: 'registry.example' }],
        ['inner', '1.0.1', { kind: 'bundled' }],
        ['@real/name', '1.0.0-rc.1', { kind: 'registry', host: null }],
        ['vendored', '', { kind: 'file', location: 'vendor/vendored-5.0.0.tgz' }],
      ],
    );
  });

  it('names the place of each, as the folders will be', () => {
    assert.deepEqual(
      inventory.components.map(({ location }) => location).filter((location) => location.includes('runner')),
      ['node_modules/runner', 'node_modules/runner/node_modules/deep', 'node_modules/runner/node_modules/inner'],
    );
  });

  it('spells the short form of a forge as an address in the purl', () => {
    assert.equal(
      inventory.components.find(({ name }) => name === 'hosted')?.purl,
      'pkg:npm/hosted?vcs_url=git%2Bssh:%2F%2Fgit%40github.com%2Fpaint%2Fhosted.git%400123abc',
    );
  });

  it('calls development what is only that, also where it is optional too', () => {
    assert.deepEqual(
      inventory.components
        .filter(({ scope }) => scope !== 'production')
        .map(({ name, version, scope }) => `${name}@${version} ${scope}`),
      [
        'runner@7.1.2 development',
        'deep@2.0.0 development',
        'inner@1.0.1 development',
        '@real/name@1.0.0-rc.1 optional',
      ],
    );
  });

  it('takes for direct what nobody else requires, because only the product can have asked for it', () => {
    const graph = inventory.graph()!;
    const name = (index: number): string => inventory.components[index]!.location.replaceAll('node_modules/', '');
    assert.deepEqual(graph.roots.map(name), [
      'cart',
      'colors',
      'folder',
      'hosted',
      'lodash-three',
      'mirror',
      'patched',
      'runner',
      'scoped',
      'vendored',
    ]);
    assert.deepEqual(
      graph.needs.map((found) => found.map(name).join()),
      ['deep', '', '', 'deep', '', '', '', '', 'runner/deep,runner/inner', '', '', '', ''],
    );
    assert.equal(graph.rangeOf(8, 9), '^2.0.0');
    assert.equal(graph.wanted.size, 0);
  });

  it('takes the manifest beside it at its word', () => {
    const manifest = {
      name: 'old-shop',
      dependencies: { cart: '^2.0.0', deep: '~1.0.5' },
      devDependencies: { runner: '7.1.2' },
    };
    const better = readPackageLock('package-lock.json', document, manifest);
    assert.deepEqual(
      better.components.filter(({ direct }) => direct).map(({ name }) => name),
      ['cart', 'deep', 'runner'],
    );
    assert.deepEqual([...better.graph()!.wanted.values()], ['^2.0.0', '~1.0.5', '7.1.2']);
    assert.equal(better.graph()!.rangeOf(null, 2), '~1.0.5');
  });

  it('says nothing of edges where a shrinkwrap of npm 4 records none', () => {
    const old = readPackageLock('npm-shrinkwrap.json', {
      name: 'ancient',
      version: '0.0.1',
      dependencies: {
        a: { version: '1.0.0', from: 'a@^1.0.0', resolved: 'https://registry.example/a/-/a-1.0.0.tgz' },
        b: {
          version: '2.0.0',
          resolved: 'git+https://forge.example/b.git#abc',
          dependencies: { c: { version: '3.0.0' } },
        },
      },
    });
    assert.deepEqual(
      old.components.map(({ name, version, direct }) => `${name}@${version} ${direct}`),
      ['a@1.0.0 false', 'b@2.0.0 false', 'c@3.0.0 false'],
    );
    assert.deepEqual(old.components[1]?.origin, { kind: 'git', location: 'git+https://forge.example/b.git#abc' });
    assert.equal(old.graph(), null);
  });

  it('reads an empty lockfile as one without packages', () => {
    assert.deepEqual(readPackageLock('package-lock.json', { lockfileVersion: 1 }).components, []);
  });

  it('reads the `resolved: false` that npm 6 wrote for some packages', () => {
    const { components } = readPackageLock('package-lock.json', {
      lockfileVersion: 1,
      dependencies: {
        a: { version: '1.0.0', resolved: false, bundled: true },
        b: { version: '1.0.0', resolved: false },
      },
    });
    assert.deepEqual(
      components.map(({ origin }) => origin),
      [{ kind: 'bundled' }, { kind: 'registry', host: null }],
    );
  });
});
