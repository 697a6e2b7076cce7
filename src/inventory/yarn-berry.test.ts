import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import type { Inventory } from './component.ts';
import { parseLockfileYaml } from './lockfile-yaml.ts';
import type { ProductManifests } from './product-manifests.ts';
import { readYarnBerry } from './yarn-berry.ts';

const shop = readFileSync(new URL('../../test/fixtures/inventory/shop.yarn-berry.lock', import.meta.url), 'utf8');

const read = async (text: string, manifests: ProductManifests | null = null): Promise<Inventory> =>
  readYarnBerry('yarn.lock', await parseLockfileYaml('yarn.lock', text), manifests);

const lockOf = (entries: string, version = '8'): string =>
  `__metadata:\n  version: ${version}\n  cacheKey: 10c0\n\n${entries}`;

const entry = (key: string, version: string, resolution: string, rest = ''): string =>
  `"${key}":\n  version: ${version}\n  resolution: "${resolution}"\n${rest}  languageName: node\n  linkType: hard\n\n`;

const named = (inventory: Inventory) => inventory.components.map(({ name, version }) => `${name}@${version}`);

function edges(inventory: Inventory): readonly string[] {
  const names = named(inventory);
  return inventory.graph()!.needs.flatMap((found, from) => found.map((to) => `${names[from]} > ${names[to]}`));
}

const scopes = (inventory: Inventory) =>
  Object.fromEntries(inventory.components.map(({ name, version, scope }) => [`${name}@${version}`, scope]));

const refusal = async (text: string): Promise<HoldfastError> => {
  try {
    await read(text);
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError);
    return thrown;
  }
  return assert.fail('it was read');
};

describe('a yarn.lock of Yarn 2 and later', async () => {
  const inventory = await read(shop);

  it('gives one component for each package and workspace, under its real name; the product is none', () => {
    assert.equal(inventory.kind, 'yarn-berry');
    assert.equal(inventory.coverage, 'whole');
    assert.deepEqual(inventory.product, { name: 'shop', version: '' });
    assert.deepEqual(named(inventory), [
      '@shop/money@2.1.4',
      'cart@3.1.7',
      'commit-me@0.4.0',
      'company@1.0.0',
      'folder@1.0.0',
      'generated@1.0.0',
      'left-wing@1.3.0',
      'linked@',
      'loose@1.2.0',
      'native-speed@1.0.1',
      'node-bindings@1.0.0',
      'cart@2.9.0',
      'portal@',
      'runner@5.0.0',
      'tarball@5.0.0',
      'ui@',
      'watcher@2.3.3',
    ]);
  });

  it('tells registries, repositories, tarballs and folders apart', () => {
    assert.deepEqual(
      inventory.components
        .filter(({ origin }) => origin.kind !== 'registry' || origin.host !== null)
        .map(({ name, origin }) => [name, origin]),
      [
        [
          'commit-me',
          {
            kind: 'git',
            location: 'https://forge.example/team/commit-me.git#0123456789abcdef0123456789abcdef01234567',
          },
        ],
        ['company', { kind: 'registry', host: 'npm.company.example' }],
        ['folder', { kind: 'link', location: './libs/folder' }],
        ['generated', { kind: 'file', location: 'exec:./generate.js' }],
        ['linked', { kind: 'link', location: '../linked' }],
        ['loose', { kind: 'file', location: 'https://files.example/loose-1.2.0.tgz' }],
        ['portal', { kind: 'link', location: '../portal' }],
        ['tarball', { kind: 'file', location: './vendor/tarball-5.0.0.tgz' }],
        ['ui', { kind: 'link', location: 'packages/ui' }],
      ],
    );
    assert.equal(
      inventory.components[2]?.purl,
      'pkg:npm/commit-me@0.4.0?vcs_url=https:%2F%2Fforge.example%2Fteam%2Fcommit-me.git%400123456789abcdef0123456789abcdef01234567',
    );
  });

  it('takes a patched package and what it is made of for one component, and says that it is patched', () => {
    assert.deepEqual(
      inventory.components
        .filter(({ location }) => location.includes('patch:'))
        .map(({ location, purl }) => [location, purl]),
      [
        ['runner@patch:runner@npm%3A5.0.0#~/.yarn/patches/runner-npm-5.0.0-c0ffee.patch', 'pkg:npm/runner@5.0.0'],
        ['watcher@patch:watcher@npm%3A^2.0.0#optional!builtin<compat/watcher>', 'pkg:npm/watcher@2.3.3'],
      ],
    );
  });

  it("gives no integrity, because Yarn's checksum is of its own archive", () => {
    assert.deepEqual(new Set(inventory.components.map(({ integrity }) => integrity)), new Set([null]));
  });

  it('leads from each range to the entry that answers it', () => {
    assert.deepEqual(edges(inventory), [
      '@shop/money@2.1.4 > left-wing@1.3.0',
      'cart@3.1.7 > @shop/money@2.1.4',
      'cart@3.1.7 > watcher@2.3.3',
      'cart@3.1.7 > native-speed@1.0.1',
      'native-speed@1.0.1 > node-bindings@1.0.0',
      'portal@ > left-wing@1.3.0',
      'runner@5.0.0 > node-bindings@1.0.0',
      'ui@ > @shop/money@2.1.4',
      'ui@ > watcher@2.3.3',
    ]);
    const graph = inventory.graph()!;
    assert.equal(graph.rangeOf(1, 0), '^2.0.0');
    assert.equal(graph.rangeOf(null, 11), 'npm:cart@^2.0.0');
    assert.equal(graph.rangeOf(null, 0), null);
  });

  it('knows what the product and its workspaces ask for, paths and patches included', () => {
    const graph = inventory.graph()!;
    assert.deepEqual(
      graph.roots.map((index) => `${named(inventory)[index]} ${graph.wanted.get(index)}`),
      [
        'cart@3.1.7 ^3.0.0',
        'commit-me@0.4.0 https://forge.example/team/commit-me.git#main',
        'company@1.0.0 ^1.0.0',
        'folder@1.0.0 file:./libs/folder',
        'generated@1.0.0 exec:./generate.js',
        'linked@ link:../linked',
        'loose@1.2.0 https://files.example/loose-1.2.0.tgz',
        'cart@2.9.0 npm:cart@^2.0.0',
        'portal@ portal:../portal',
        // Asked for as ^5.0.0, which `resolutions` turned into the patch.
        'runner@5.0.0 ^5.0.0',
        'tarball@5.0.0 file:./vendor/tarball-5.0.0.tgz',
        'ui@ workspace:^',
        '@shop/money@2.1.4 ^2.1.0',
        'watcher@2.3.3 ^2.0.0',
      ],
    );
    assert.equal(inventory.components.filter(({ direct }) => direct).length, 14);
  });

  it('has scopes only where manifests say what is for development', () => {
    assert.deepEqual(new Set(inventory.components.map(({ scope }) => scope)), new Set(['unknown']));
  });
});

describe('the scopes of a yarn.lock of Yarn 2 and later', () => {
  const own = {
    name: 'shop',
    version: '1.2.3',
    dependencies: { cart: '^3.0.0', company: '^1.0.0', loose: 'https://files.example/loose-1.2.0.tgz' },
    optionalDependencies: { 'commit-me': 'https://forge.example/team/commit-me.git#main' },
    dependenciesMeta: { company: { optional: true } },
    devDependencies: {
      folder: 'file:./libs/folder',
      generated: 'exec:./generate.js',
      linked: 'link:../linked',
      'old-cart': 'npm:cart@^2.0.0',
      portal: 'portal:../portal',
      runner: '^5.0.0',
      tarball: 'file:./vendor/tarball-5.0.0.tgz',
      ui: 'workspace:^',
    },
    resolutions: { runner: 'patch:runner@npm%3A5.0.0#~/.yarn/patches/runner-npm-5.0.0-c0ffee.patch' },
  };
  const ui = {
    name: 'ui',
    version: '0.3.0',
    dependencies: { '@shop/money': '^2.1.0' },
    devDependencies: { watcher: '^2.0.0' },
  };

  it('come from the manifests of the product and its workspaces', async () => {
    const workspaces = [{ folder: 'packages/ui', manifest: ui }];
    const inventory = await read(shop, { own, workspaces, complete: true });
    assert.deepEqual(inventory.product, { name: 'shop', version: '1.2.3' });
    assert.deepEqual(scopes(inventory), {
      'cart@3.1.7': 'production',
      '@shop/money@2.1.4': 'production',
      'left-wing@1.3.0': 'production',
      'watcher@2.3.3': 'production',
      'loose@1.2.0': 'production',
      'company@1.0.0': 'optional',
      'commit-me@0.4.0': 'optional',
      'native-speed@1.0.1': 'optional',
      'node-bindings@1.0.0': 'optional',
      'folder@1.0.0': 'development',
      'generated@1.0.0': 'development',
      'linked@': 'development',
      'cart@2.9.0': 'development',
      'portal@': 'development',
      'runner@5.0.0': 'development',
      'tarball@5.0.0': 'development',
      'ui@0.3.0': 'production',
    });
  });

  it('are unknown for what a workspace asks for whose manifest was not read', async () => {
    const onlyUi = lockOf(
      entry(
        'shop@workspace:.',
        '0.0.0-use.local',
        'shop@workspace:.',
        '  dependencies:\n    a: "npm:^1"\n    b: "npm:^1"\n',
      ) +
        entry('ui@workspace:ui', '0.0.0-use.local', 'ui@workspace:ui', '  dependencies:\n    b: "npm:^1"\n') +
        entry('a@npm:^1', '1.0.0', 'a@npm:1.0.0') +
        entry('b@npm:^1', '1.0.0', 'b@npm:1.0.0'),
    );
    const manifest = { name: 'shop', devDependencies: { a: '^1', b: '^1' } };
    const known = await read(onlyUi, { own: manifest, workspaces: [], complete: true });
    assert.deepEqual(scopes(known), { 'ui@': 'production', 'a@1.0.0': 'development', 'b@1.0.0': 'unknown' });
  });

  it('are unknown where the manifest is that of another product, or does not name what the lockfile does', async () => {
    const text = lockOf(
      entry('shop@workspace:.', '0.0.0-use.local', 'shop@workspace:.', '  dependencies:\n    a: "npm:^1"\n') +
        entry('a@npm:^1', '1.0.0', 'a@npm:1.0.0'),
    );
    const withOwn = async (manifest: Record<string, unknown>) =>
      scopes(await read(text, { own: manifest, workspaces: [], complete: true }))['a@1.0.0'];
    assert.equal(await withOwn({ name: 'shop', devDependencies: { a: '^1' } }), 'development');
    assert.equal(await withOwn({ name: 'other', devDependencies: { a: '^1' } }), 'unknown');
    assert.equal(await withOwn({ devDependencies: { a: '^1' } }), 'unknown');
    assert.equal(await withOwn({ name: 'shop' }), 'unknown');
  });

  it('follow a manifest that is newer than the lockfile', async () => {
    const text = lockOf(
      entry('shop@workspace:.', '0.0.0-use.local', 'shop@workspace:.', '  dependencies:\n    a: "npm:^1"\n') +
        entry('a@npm:^1', '1.0.0', 'a@npm:1.0.0', '  dependencies:\n    b: "npm:^1"\n') +
        entry('b@npm:^1', '1.0.0', 'b@npm:1.0.0'),
    );
    const withOwn = async (dependencies: Record<string, string>) => {
      const own = { name: 'shop', dependencies, devDependencies: { a: '^1' } };
      return scopes(await read(text, { own, workspaces: [], complete: true }));
    };
    assert.deepEqual(await withOwn({ b: '^1' }), { 'a@1.0.0': 'development', 'b@1.0.0': 'production' });
    assert.deepEqual(await withOwn({ c: '^1' }), { 'a@1.0.0': 'unknown', 'b@1.0.0': 'unknown' });
  });

  it('are development for an optional tool of a workspace', async () => {
    const asks = '  dependencies:\n    a: "npm:^1"\n  dependenciesMeta:\n    a:\n      optional: true\n';
    const text = lockOf(
      entry('shop@workspace:.', '0.0.0-use.local', 'shop@workspace:.') +
        entry('ui@workspace:ui', '0.0.0-use.local', 'ui@workspace:ui', asks) +
        entry('a@npm:^1', '1.0.0', 'a@npm:1.0.0'),
    );
    const ui = { name: 'ui', devDependencies: { a: '^1' }, dependenciesMeta: { a: { optional: true } } };
    const workspaces = [{ folder: 'ui', manifest: ui }];
    const inventory = await read(text, { own: { name: 'shop' }, workspaces, complete: true });
    assert.equal(scopes(inventory)['a@1.0.0'], 'development');
  });

  it('are those of a product without a name, which Yarn names itself', async () => {
    const text = lockOf(
      entry(
        'root-workspace-0b6124@workspace:.',
        '0.0.0-use.local',
        'root-workspace-0b6124@workspace:.',
        '  dependencies:\n    a: "npm:^1"\n',
      ) + entry('a@npm:^1', '1.0.0', 'a@npm:1.0.0'),
    );
    const inventory = await read(text, { own: { devDependencies: { a: '^1' } }, workspaces: [], complete: true });
    assert.equal(scopes(inventory)['a@1.0.0'], 'development');
  });
});

describe('descriptors of Yarn 2 and later', () => {
  const asker = (range: string, name = 'b'): string =>
    entry(`${name}@npm:^1`, '1.0.0', `${name}@npm:1.0.0`, `  dependencies:\n    a: "${range}"\n`);
  const own = (resolutions: Record<string, string>): ProductManifests => ({
    own: { name: 'shop', resolutions },
    workspaces: [],
    complete: true,
  });
  const two = entry('a@npm:1.0.0', '1.0.0', 'a@npm:1.0.0') + entry('a@npm:2.0.0', '2.0.0', 'a@npm:2.0.0');

  it('have no `npm:` in the dependencies of Yarn 2 and 3', async () => {
    for (const version of ['4', '5', '6', '7', '8', '9', '10']) {
      const text = lockOf(entry('a@npm:^1.0.0', '1.5.0', 'a@npm:1.5.0') + asker('^1.0.0'), version);
      assert.deepEqual(edges(await read(text)), ['b@1.0.0 > a@1.5.0']);
    }
  });

  it('are overruled by resolutions, for those whom they name', async () => {
    const exact = two + entry('a@npm:^1.0.0', '1.9.0', 'a@npm:1.9.0') + asker('npm:^1.0.0') + asker('npm:^1.0.0', 'c');
    assert.deepEqual(edges(await read(lockOf(exact))), ['b@1.0.0 > a@1.9.0', 'c@1.0.0 > a@1.9.0']);
    assert.deepEqual(edges(await read(lockOf(exact), own({ 'b/a': '2.0.0' }))), [
      'b@1.0.0 > a@2.0.0',
      'c@1.0.0 > a@1.9.0',
    ]);
    assert.deepEqual(edges(await read(lockOf(exact), own({ 'a@npm:^1.0.0': 'npm:1.0.0' }))), [
      'b@1.0.0 > a@1.0.0',
      'c@1.0.0 > a@1.0.0',
    ]);
  });

  it('that nothing answers lead to the only package of their name, and to none of several', async () => {
    assert.deepEqual(edges(await read(lockOf(entry('a@npm:1.0.0', '1.0.0', 'a@npm:1.0.0') + asker('catalog:')))), [
      'b@1.0.0 > a@1.0.0',
    ]);
    assert.deepEqual(edges(await read(lockOf(two + asker('catalog:')))), []);
  });

  it('of folders belong to whoever asks, whose locator Yarn binds to them', async () => {
    const folder = (version: string, locator: string): string =>
      entry(`a@file:./a::locator=${locator}`, version, `a@file:./a#./a::hash=c0ffee&locator=${locator}`);
    const both = folder('1.0.0', 'b%40npm%3A1.0.0') + folder('2.0.0', 'c%40npm%3A1.0.0');
    const text = lockOf(both + asker('file:./a') + asker('file:./a', 'c'));
    assert.deepEqual(edges(await read(text)), ['b@1.0.0 > a@1.0.0', 'c@1.0.0 > a@2.0.0']);
    const one = folder('1.0.0', 'elsewhere') + entry('a@npm:2.0.0', '2.0.0', 'a@npm:2.0.0') + asker('file:./a');
    assert.deepEqual(edges(await read(lockOf(one))), ['b@1.0.0 > a@1.0.0']);
  });

  it('may hold commas and stand behind a question mark', async () => {
    const long = `? "a@npm:>=1, <2, a@npm:^1.0.0"\n: version: 1.0.0\n  resolution: "a@npm:1.0.0"\n\n`;
    assert.deepEqual(edges(await read(lockOf(long + asker('npm:>=1, <2') + asker('npm:^1.0.0', 'c')))), [
      'b@1.0.0 > a@1.0.0',
      'c@1.0.0 > a@1.0.0',
    ]);
  });

  it('are shown without credentials', async () => {
    const url = 'https://token:secret@forge.example/a.git';
    const inventory = await read(
      lockOf(
        entry(`a@${url}`, '1.0.0', `a@${url}#commit=abc`) +
          entry('shop@workspace:.', '0.0.0-use.local', 'shop@workspace:.', `  dependencies:\n    a: "${url}"\n`),
      ),
    );
    assert.equal(inventory.components[0]?.location, 'a@https://forge.example/a.git');
    assert.deepEqual(inventory.components[0]?.origin, { kind: 'git', location: 'https://forge.example/a.git#abc' });
    assert.deepEqual([...inventory.graph()!.wanted.values()], ['https://forge.example/a.git']);
  });
});

describe('patches of Yarn 2 and later', () => {
  it('of a source that is not in the lockfile keep its name and version', async () => {
    const patch = 'a@patch:a@npm%3A1.0.0#./a.patch';
    const { components } = await read(
      lockOf(entry(`${patch}::locator=x`, '1.0.0', `${patch}::version=1.0.0&hash=abc`)),
    );
    assert.deepEqual(
      components.map(({ name, version, purl }) => [name, version, purl]),
      [['a', '1.0.0', 'pkg:npm/a@1.0.0']],
    );
  });

  it('of patches are all one component, and those in a circle are read', async () => {
    const base = entry('a@npm:^1', '1.0.0', 'a@npm:1.0.0');
    const first = 'a@patch:a@npm%3A1.0.0#./1.patch::version=1.0.0';
    const second = `a@patch:${encodeURIComponent('a@patch:a@npm%3A1.0.0#./1.patch::version=1.0.0')}#./2.patch`;
    const chained = await read(lockOf(base + entry('a@patch:1', '1.0.0', first) + entry('a@patch:2', '1.0.0', second)));
    assert.deepEqual(named(chained), ['a@1.0.0']);
    const itself = await read(lockOf(entry('a@patch:1', '1.0.0', 'a@patch:a@patch%3Aa#x')));
    assert.deepEqual(named(itself), ['a@1.0.0']);
  });

  it('of an alias have the name of what is patched', async () => {
    const { components } = await read(
      lockOf(
        entry('a@npm:real@1.0.0', '1.0.0', 'real@npm:1.0.0') +
          entry('a@patch:1', '1.0.0', 'a@patch:real@npm%3A1.0.0#./1.patch'),
      ),
    );
    assert.deepEqual(
      components.map(({ name }) => name),
      ['real'],
    );
  });
});

describe('the text of a yarn.lock of Yarn 2 and later', () => {
  it('is refused in versions of the format that nobody knows', async () => {
    for (const version of ['3', '11', '999999999']) {
      const error = await refusal(lockOf('', version));
      assert.equal(error.code, 'INVENTORY_UNSUPPORTED');
      assert.match(error.message, new RegExp(`version ${version} `));
    }
  });

  it('is refused where it is no lockfile, or an entry is not one', async () => {
    const cases = [
      'a: b\n',
      '- a\n',
      '__metadata:\n  cacheKey: 8\n',
      lockOf('a: b\n'),
      lockOf('"a@npm:1":\n  version: 1.0.0\n'),
      lockOf('"a@npm:1":\n  version: 1.0.0\n  resolution: a\n'),
      lockOf('"a@npm:1":\n  resolution: "a@npm:1.0.0"\n'),
      lockOf(entry('a@virtual:abc#npm:1', '1.0.0', 'a@virtual:abc#npm:1.0.0')),
      lockOf(entry('a@npm:1', '1.0.0', 'a@npm:1.0.0', '  dependencies: no\n')),
      lockOf(entry('a@npm:1', '1.0.0', 'a@npm:1.0.0', '  dependencies:\n    b:\n      c: d\n')),
      lockOf('<<<<<<< HEAD\n'),
      lockOf('"a@npm:1\n'),
    ];
    for (const text of cases) assert.equal((await refusal(text)).code, 'INVENTORY_MALFORMED', text);
  });

  it('tells the version by what Yarn fetches', async () => {
    assert.deepEqual(named(await read(lockOf(entry('a@npm:^1', '9.9.9', 'a@npm:1.0.0')))), ['a@1.0.0']);
  });

  it('may be of a product without packages', async () => {
    const inventory = await read(lockOf(''));
    assert.deepEqual(inventory.components, []);
    assert.deepEqual(inventory.graph()?.roots, []);
  });
});
