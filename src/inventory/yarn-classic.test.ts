import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import type { Inventory } from './component.ts';
import type { ProductManifests } from './product-manifests.ts';
import { readYarnClassic } from './yarn-classic.ts';

const shop = readFileSync(new URL('../../test/fixtures/inventory/shop.yarn-v1.lock', import.meta.url), 'utf8');

const HEADER = '# yarn lockfile v1\n\n\n';
const read = (text: string, manifests: ProductManifests | null = null): Inventory =>
  readYarnClassic('yarn.lock', text, manifests);

const own = (manifest: Readonly<Record<string, unknown>>): ProductManifests => ({
  own: manifest,
  workspaces: [],
  complete: true,
});

const named = (inventory: Inventory) => inventory.components.map(({ name, version }) => `${name}@${version}`);

function edges(inventory: Inventory): readonly string[] {
  const names = named(inventory);
  return inventory.graph()!.needs.flatMap((found, from) => found.map((to) => `${names[from]} > ${names[to]}`));
}

const scopes = (inventory: Inventory) =>
  Object.fromEntries(inventory.components.map(({ name, version, scope }) => [`${name}@${version}`, scope]));

const refusal = (text: string): HoldfastError => {
  try {
    read(text);
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError);
    return thrown;
  }
  return assert.fail('it was read');
};

describe('a yarn.lock of Yarn 1', () => {
  const inventory = read(shop);

  it('gives one component for each entry, under its real name', () => {
    assert.equal(inventory.kind, 'yarn-classic');
    assert.equal(inventory.coverage, 'whole');
    assert.deepEqual(named(inventory), [
      '@shop/money@2.1.4',
      '@types/big@6.2.0',
      'cart@3.1.7',
      'commit-me@0.4.0',
      'deep-clone@1.5.0',
      'folder@1.0.0',
      'forked@2.0.0',
      'loose@1.2.0',
      'left-wing@1.3.0',
      'linked@0.0.0',
      'mirrored@1.0.2',
      'native-speed@1.0.1',
      'node-bindings@1.0.0',
      'cart@2.9.0',
      'runner@5.0.0',
      '@good/swap@4.4.0',
      'tarball@5.0.0',
    ]);
  });

  it('tells registries, repositories, tarballs and folders apart, without their credentials', () => {
    assert.deepEqual(
      inventory.components.map(({ name, origin }) => [name, origin]),
      [
        ['@shop/money', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['@types/big', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['cart', { kind: 'registry', host: 'registry.npmjs.org' }],
        [
          'commit-me',
          {
            kind: 'git',
            location: 'git+ssh://git@forge.example/team/commit-me.git#0123456789abcdef0123456789abcdef01234567',
          },
        ],
        [
          'deep-clone',
          {
            kind: 'git',
            location: 'https://forge.example/team/deep-clone.git#89abcdef0123456789abcdef0123456789abcdef',
          },
        ],
        ['folder', { kind: 'link', location: './libs/folder' }],
        [
          'forked',
          {
            kind: 'file',
            location: 'https://codeload.forge.example/team/forked/tar.gz/89abcdef0123456789abcdef0123456789abcdef',
          },
        ],
        ['loose', { kind: 'file', location: 'https://files.example/loose-1.2.0.tgz' }],
        ['left-wing', { kind: 'registry', host: 'npm.company.example' }],
        ['linked', { kind: 'link', location: '../linked' }],
        ['mirrored', { kind: 'registry', host: null }],
        ['native-speed', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['node-bindings', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['cart', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['runner', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['@good/swap', { kind: 'registry', host: 'registry.yarnpkg.com' }],
        ['tarball', { kind: 'file', location: 'vendor/tarball-5.0.0.tgz' }],
      ],
    );
  });

  it('writes purls that say where bytes from elsewhere come from', () => {
    const purlOf = (name: string) => inventory.components.find((component) => component.name === name)?.purl;
    assert.equal(purlOf('@shop/money'), 'pkg:npm/%40shop/money@2.1.4');
    assert.equal(
      purlOf('deep-clone'),
      'pkg:npm/deep-clone@1.5.0?vcs_url=https:%2F%2Fforge.example%2Fteam%2Fdeep-clone.git%4089abcdef0123456789abcdef0123456789abcdef',
    );
    assert.equal(purlOf('loose'), 'pkg:npm/loose@1.2.0?download_url=https:%2F%2Ffiles.example%2Floose-1.2.0.tgz');
  });

  it('takes the integrity, and the SHA-1 behind the address where there is none', () => {
    assert.deepEqual(
      inventory.components.slice(0, 6).map(({ integrity }) => integrity),
      [
        'sha512-bW9uZXk=',
        'sha1:aaaabbbbccccddddeeeeffff0000111122223333',
        'sha1-Y2FydA== sha512-Y2FydA==',
        // What stands behind a repository is a commit, not a digest of what is installed.
        null,
        null,
        null,
      ],
    );
  });

  it('leads from each range to the entry that answers it', () => {
    assert.deepEqual(edges(inventory), [
      '@shop/money@2.1.4 > @types/big@6.2.0',
      '@shop/money@2.1.4 > left-wing@1.3.0',
      'cart@3.1.7 > @shop/money@2.1.4',
      'cart@3.1.7 > left-wing@1.3.0',
      'cart@3.1.7 > native-speed@1.0.1',
      'native-speed@1.0.1 > node-bindings@1.0.0',
      'runner@5.0.0 > cart@3.1.7',
      'runner@5.0.0 > node-bindings@1.0.0',
      'runner@5.0.0 > @good/swap@4.4.0',
    ]);
    assert.equal(inventory.graph()!.rangeOf(0, 8), '>= 1.0.0 < 2');
    assert.equal(inventory.graph()!.rangeOf(0, 2), null);
  });

  it('names the place of an entry as the lockfile does', () => {
    assert.equal(inventory.components[2]?.location, 'cart@^3.0.0, cart@~3.1.0');
    assert.equal(inventory.components[13]?.location, 'old-cart@npm:cart@^2.0.0');
    assert.equal(inventory.components[4]?.location, 'deep-clone@https://forge.example/team/deep-clone.git');
  });
});

describe('what the product asks for', () => {
  it('is, without its manifest, what no package asks for in these words; scopes are unknown then', () => {
    const inventory = read(shop);
    const graph = inventory.graph()!;
    assert.deepEqual(
      graph.roots.map((index) => [named(inventory)[index], graph.wanted.get(index)]),
      [
        ['@shop/money@2.1.4', '^2.1.0'],
        ['cart@3.1.7', '^3.0.0'],
        ['commit-me@0.4.0', 'git+ssh://git@forge.example/team/commit-me.git#main'],
        ['deep-clone@1.5.0', 'https://forge.example/team/deep-clone.git'],
        ['folder@1.0.0', 'file:./libs/folder'],
        ['forked@2.0.0', 'team/forked#v2'],
        ['loose@1.2.0', ''],
        ['linked@0.0.0', 'link:../linked'],
        ['mirrored@1.0.2', '^1.0.0'],
        ['cart@2.9.0', 'npm:cart@^2.0.0'],
        ['runner@5.0.0', '^5.0.0'],
        ['tarball@5.0.0', 'file:vendor/tarball-5.0.0.tgz'],
      ],
    );
    assert.equal(graph.rangeOf(null, 0), '^2.1.0');
    assert.deepEqual(new Set(inventory.components.map(({ scope }) => scope)), new Set(['unknown']));
  });

  it('is what its manifest says, with scopes by what leads to each package', () => {
    const inventory = read(shop, {
      own: {
        name: 'shop',
        version: '1.0.0',
        dependencies: { cart: '^3.0.0' },
        optionalDependencies: { mirrored: '^1.0.0' },
        devDependencies: { runner: '^5.0.0' },
        peerDependencies: { folder: 'file:./libs/folder' },
      },
      workspaces: [],
      complete: true,
    });
    assert.deepEqual(inventory.product, { name: 'shop', version: '1.0.0' });
    assert.deepEqual(
      inventory.components.filter(({ direct }) => direct).map(({ name }) => name),
      ['cart', 'mirrored', 'runner'],
    );
    assert.deepEqual(scopes(inventory), {
      'cart@3.1.7': 'production',
      '@shop/money@2.1.4': 'production',
      '@types/big@6.2.0': 'production',
      'left-wing@1.3.0': 'production',
      'mirrored@1.0.2': 'optional',
      'native-speed@1.0.1': 'optional',
      // Needed by an optional package and by one for development.
      'node-bindings@1.0.0': 'optional',
      'runner@5.0.0': 'development',
      '@good/swap@4.4.0': 'development',
      // Nothing leads to these.
      'commit-me@0.4.0': 'unknown',
      'deep-clone@1.5.0': 'unknown',
      'folder@1.0.0': 'unknown',
      'forked@2.0.0': 'unknown',
      'loose@1.2.0': 'unknown',
      'linked@0.0.0': 'unknown',
      'cart@2.9.0': 'unknown',
      'tarball@5.0.0': 'unknown',
    });
  });

  const workspaces = [
    {
      folder: 'apps/web',
      manifest: { name: 'web', version: '0.1.0', dependencies: { runner: '^5.0.0', ui: '^1.0.0' } },
    },
    { folder: 'packages/ui', manifest: { name: 'ui', devDependencies: { mirrored: '^1.0.0' } } },
  ];

  it('includes what its workspaces ask for, which become first-party components', () => {
    const inventory = read(shop, { own: { name: 'shop' }, workspaces, complete: true });
    assert.deepEqual(
      inventory.components.slice(-2).map(({ name, version, origin, direct, scope, location }) => ({
        name,
        version,
        origin,
        direct,
        scope,
        location,
      })),
      [
        {
          name: 'web',
          version: '0.1.0',
          origin: { kind: 'link', location: 'apps/web' },
          direct: true,
          scope: 'production',
          location: 'apps/web',
        },
        {
          name: 'ui',
          version: '',
          origin: { kind: 'link', location: 'packages/ui' },
          direct: true,
          scope: 'production',
          location: 'packages/ui',
        },
      ],
    );
    const graph = inventory.graph()!;
    assert.deepEqual(
      graph.roots.map((index) => named(inventory)[index]),
      ['runner@5.0.0', 'ui@', 'mirrored@1.0.2', 'web@0.1.0'],
    );
    assert.deepEqual(edges(inventory).slice(-3), [
      'web@0.1.0 > runner@5.0.0',
      'web@0.1.0 > ui@',
      'ui@ > mirrored@1.0.2',
    ]);
    assert.equal(scopes(inventory)['runner@5.0.0'], 'production');
    // A workspace that production needs does not bring its tools into production.
    assert.equal(scopes(inventory)['mirrored@1.0.2'], 'development');
    assert.equal(graph.rangeOf(17, 14), '^5.0.0');
  });

  it('is not all known when a workspace may be missing: then only production is certain', () => {
    const inventory = read(shop, { own: { name: 'shop' }, workspaces, complete: false });
    assert.equal(scopes(inventory)['runner@5.0.0'], 'production');
    assert.equal(scopes(inventory)['mirrored@1.0.2'], 'unknown');
  });

  it('is not all known when the manifest asks for what the lockfile does not have', () => {
    const manifest = { dependencies: { gone: '^1.0.0' }, devDependencies: { mirrored: '^1.0.0' } };
    assert.equal(scopes(read(shop, own(manifest)))['mirrored@1.0.2'], 'unknown');
  });

  it('is not all known when a package asks for what the lockfile does not tell apart', () => {
    const lock = `${HEADER}a@1:\n  version "1.0.0"\n\na@2:\n  version "2.0.0"\n\nb@1:\n  version "1.0.0"\n  dependencies:\n    a "^1.5.0"\n`;
    const inventory = read(lock, own({ dependencies: { b: '1' }, devDependencies: { a: '1' } }));
    assert.deepEqual(scopes(inventory), { 'a@1.0.0': 'unknown', 'a@2.0.0': 'unknown', 'b@1.0.0': 'production' });
  });

  it('is overruled by resolutions, for those whom they name', () => {
    const lock = `${HEADER}a@1.0.0:\n  version "1.0.0"\n\na@2.0.0:\n  version "2.0.0"\n\nb@1.0.0:\n  version "1.0.0"\n  dependencies:\n    a "^1.5.0"\n`;
    const edgesWith = (resolutions: Record<string, string>) => edges(read(lock, own({ resolutions })));
    assert.deepEqual(edgesWith({}), []);
    assert.deepEqual(edgesWith({ a: '2.0.0' }), ['b@1.0.0 > a@2.0.0']);
    assert.deepEqual(edgesWith({ '**/a': '1.0.0' }), ['b@1.0.0 > a@1.0.0']);
    assert.deepEqual(edgesWith({ 'b/a': '2.0.0' }), ['b@1.0.0 > a@2.0.0']);
    assert.deepEqual(edgesWith({ 'c/a': '2.0.0' }), []);
    assert.deepEqual(edgesWith({ 'c/**/a': '2.0.0' }), ['b@1.0.0 > a@2.0.0']);
    assert.deepEqual(edgesWith({ 'a@^1.5.0': '2.0.0', a: '1.0.0' }), ['b@1.0.0 > a@2.0.0']);
  });

  it('finds the only entry of a name where no descriptor fits, as Node would', () => {
    const lock = `${HEADER}a@2.0.0:\n  version "2.0.0"\n\nb@1.0.0:\n  version "1.0.0"\n  dependencies:\n    a "^1.5.0"\n`;
    assert.deepEqual(edges(read(lock)), ['b@1.0.0 > a@2.0.0']);
  });
});

describe('the text of a yarn.lock of Yarn 1', () => {
  const entry = 'cart@^3.0.0:\n  version "3.1.7"\n';

  it('may have a byte order mark, Windows line ends, comments and blanks at line ends', () => {
    const odd = `\ufeff${HEADER}# a comment\ncart@^3.0.0:  \n  # another\n  version "3.1.7" \n  dependencies:\n    # and one here\n    left-wing "^1.0.0"\n   \nleft-wing@^1.0.0:\n  version "1.3.0"`;
    for (const text of [odd, odd.replaceAll('\n', '\r\n')]) {
      assert.deepEqual(named(read(text)), ['cart@3.1.7', 'left-wing@1.3.0']);
      assert.deepEqual(edges(read(text)), ['cart@3.1.7 > left-wing@1.3.0']);
    }
  });

  it('may be of a product without packages', () => {
    assert.deepEqual(read(HEADER).components, []);
    assert.deepEqual(read(HEADER).graph()?.roots, []);
  });

  it('may hold quotes, commas and escapes inside of names', () => {
    const text = `${HEADER}"a@>=1, <2", "b@\\"x\\"", c@1:\n  version "1.0.0"\n`;
    assert.equal(read(text).components[0]?.location, 'a@>=1, <2, b@"x", c@1');
  });

  it('may hold fields and tables that say nothing here', () => {
    const text = `${HEADER}${entry}  uid abc\n  registry npm\n  permissions:\n    execute "true"\n  integrity sha512-Y2FydA==\n`;
    assert.equal(read(text).components[0]?.integrity, 'sha512-Y2FydA==');
    assert.deepEqual(edges(read(text)), []);
  });

  it('may hold an entry twice after a bad merge: both are listed, the last answers', () => {
    const text = `${HEADER}a@^1:\n  version "1.0.0"\n\nb@1:\n  version "1.0.0"\n  dependencies:\n    a "^1"\n\na@^1:\n  version "1.5.0"\n`;
    assert.deepEqual(named(read(text)), ['a@1.0.0', 'b@1.0.0', 'a@1.5.0']);
    assert.deepEqual(edges(read(text)), ['b@1.0.0 > a@1.5.0']);
  });

  it('may have an empty version, where a package from a repository has none', () => {
    assert.deepEqual(named(read(`${HEADER}"a@git://forge.example/a.git":\n  version ""\n`)), ['a@']);
  });

  it('may tell an alias by its descriptor alone', () => {
    const text = `${HEADER}"a@npm:@real/a@^1":\n  version "1.0.0"\n\n"b@npm:real-b":\n  version "2.0.0"\n`;
    assert.deepEqual(named(read(text)), ['@real/a@1.0.0', 'real-b@2.0.0']);
  });

  it('may name packages like the members of every object', () => {
    const text = `${HEADER}__proto__@1:\n  version "1.0.0"\n  dependencies:\n    constructor "1"\n\nconstructor@1:\n  version "2.0.0"\n`;
    assert.deepEqual(edges(read(text)), ['__proto__@1.0.0 > constructor@2.0.0']);
    assert.deepEqual(edges(read(text, own(JSON.parse('{"dependencies": {"__proto__": "1"}}')))), [
      '__proto__@1.0.0 > constructor@2.0.0',
    ]);
  });

  it('is refused with the line where a merge conflict was left', () => {
    for (const marker of ['<<<<<<< HEAD', '=======', '>>>>>>> main:', '||||||| base']) {
      const error = refusal(`${HEADER}${entry}\n${marker}\n${entry}`);
      assert.equal(error.code, 'INVENTORY_MALFORMED');
      assert.equal(error.message, 'yarn.lock holds a merge conflict that is not resolved');
      assert.deepEqual(error.at, { file: 'yarn.lock', line: 7, column: 1 });
    }
  });

  it('is refused with the line where it is anything else than entries of two levels', () => {
    const cases: readonly (readonly [text: string, line: number])[] = [
      ['cart@^3.0.0\n', 4],
      ['"cart@^3.0.0:\n', 4],
      ['"cart@^3.0.0" "b":\n', 4],
      ['cart@^3.0.0,:\n', 4],
      ['cart @^3.0.0:\n', 4],
      ['cart "3"\n', 4],
      ['  version "3.1.7"\n', 4],
      [`${entry}    left-wing "^1.0.0"\n`, 6],
      [`${entry}  dependencies:\n    left-wing\n`, 7],
      [`${entry}  dependencies:\n    left-wing "^1.0.0" "x"\n`, 7],
      [`${entry}  dependencies:\n    "left-wing "^1.0.0"\n`, 7],
      [`${entry}  dependencies:\n    "\\x" "1"\n`, 7],
      [`${entry}  dependencies:\n      left-wing "^1.0.0"\n`, 7],
      [`${entry}  dependencies:\n    left-wing:\n      x "1"\n`, 7],
      [`${entry} resolved "x"\n`, 6],
      [`${entry}\tresolved "x"\n`, 6],
      [`${entry}  resolved "x\n`, 6],
      [`${entry}  resolved\n`, 6],
      [`${entry}  a b:\n`, 6],
    ];
    for (const [text, line] of cases) {
      const error = refusal(HEADER + text);
      assert.equal(error.code, 'INVENTORY_MALFORMED', text);
      assert.equal(error.at?.line, line, text);
    }
  });

  it('is refused where an entry has no version, because then it was cut off or edited', () => {
    assert.equal(refusal(`${HEADER}a@1:\n  resolved "x"\n\n${entry}`).at?.line, 4);
    assert.equal(refusal(`${HEADER}${entry}\na@1:\n`).at?.line, 7);
  });

  it('is refused in a version of the format that Yarn 1 does not write', () => {
    assert.equal(refusal('# yarn lockfile v2\n\n').code, 'INVENTORY_UNSUPPORTED');
  });
});
