import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readInventories } from './inventory.actions.ts';
import { readProductManifests } from './product-manifests.actions.ts';
import { asksOfManifest, type ProductManifests, workspaceFolders } from './product-manifests.ts';
import { packageFoldersBeside } from './workspace-folders.client.ts';

describe('a manifest', () => {
  it('asks for what its tables name, each with its scope; peers are left to others', () => {
    const manifest = {
      dependencies: { a: '^1', both: '1', optional: '2', odd: 7 },
      optionalDependencies: { b: '^2' },
      devDependencies: { c: '^3', both: '1' },
      peerDependencies: { d: '^4' },
      dependenciesMeta: { optional: { optional: true }, a: { built: false } },
    };
    assert.deepEqual(
      asksOfManifest(manifest, true).map(({ name, scope, optional }) => [name, scope, optional]),
      [
        ['a', 'production', false],
        ['both', 'production', false],
        ['optional', 'optional', true],
        ['b', 'optional', true],
        ['c', 'development', false],
        ['both', 'development', false],
      ],
    );
    assert.equal(asksOfManifest(manifest, false)[2]?.scope, 'production');
  });

  it('of the wrong shape asks for nothing', () => {
    assert.deepEqual(asksOfManifest({ dependencies: ['a'], devDependencies: null, dependenciesMeta: 3 }, true), []);
  });
});

describe('the globs of workspaces', () => {
  const among = (workspaces: unknown, folders: readonly string[]) => {
    const named = workspaceFolders({ workspaces });
    return {
      found: folders.filter((folder) => named?.isWorkspace(folder)),
      entered: folders.filter((folder) => named?.mayHold(folder)),
      complete: named?.complete,
    };
  };
  const folders = ['packages', 'packages/a', 'packages/a/b', 'docs', 'x/docs', 'src', 'apps', 'apps/x/web'];

  it('name folders from the root of the product', () => {
    assert.deepEqual(among(['packages/*', './docs/'], folders), {
      found: ['packages/a', 'docs'],
      entered: ['packages', 'packages/a', 'docs'],
      complete: true,
    });
  });

  it('may reach any depth, and take back', () => {
    assert.deepEqual(among({ packages: ['packages/**', 'apps/*/web', '!packages/a'] }, folders), {
      found: ['packages/a/b', 'apps/x/web'],
      entered: ['packages', 'packages/a', 'packages/a/b', 'apps', 'apps/x/web'],
      complete: true,
    });
  });

  it('that are not understood or lead outside are passed over, and the answer says so', () => {
    for (const glob of ['{a,b}/*', 'pack[a]ges', '+(a)', '../other', 'a/../b', 'x'.repeat(201)]) {
      assert.deepEqual(among([glob, 'docs'], folders), { found: ['docs'], entered: ['docs'], complete: false }, glob);
    }
    assert.equal(workspaceFolders({ workspaces: Array.from({ length: 201 }, () => 'a') })?.complete, false);
  });

  it('are none where there is nothing of their shape', () => {
    for (const workspaces of [undefined, null, {}, 'packages/*', [3]]) {
      assert.equal(workspaceFolders({ workspaces }), null);
    }
  });
});

describe('the manifests of a product', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-manifests-'));
  after(() => rmSync(root, { recursive: true }));
  let products = 0;

  function product(files: Readonly<Record<string, unknown>>): string {
    products += 1;
    const folder = join(root, String(products));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return folder;
  }

  const read = (folder: string, lock = 'yarn.lock'): ProductManifests | null =>
    readProductManifests({ path: lock, absolute: join(folder, lock) }, ['yarn.lock']);

  it('are the one beside the lockfile and those of its workspaces, in their order', () => {
    const folder = product({
      'package.json': { name: 'shop', workspaces: ['packages/*', 'web'] },
      'packages/b/package.json': { name: 'b' },
      'packages/a/package.json': { name: 'a' },
      'packages/a/node_modules/x/package.json': { name: 'x' },
      'packages/empty/readme.md': '',
      'packages/package.json': { name: 'no workspace' },
      'web/package.json': { name: 'web' },
      'other/package.json': { name: 'other' },
    });
    assert.deepEqual(read(folder), {
      own: { name: 'shop', workspaces: ['packages/*', 'web'] },
      workspaces: [
        { folder: 'packages/a', manifest: { name: 'a' } },
        { folder: 'packages/b', manifest: { name: 'b' } },
        { folder: 'web', manifest: { name: 'web' } },
      ],
      complete: true,
    });
  });

  it('are looked for only where the globs lead', () => {
    const folder = product({ 'packages/a/package.json': {} });
    const found = packageFoldersBeside(join(folder, 'yarn.lock'), {
      isWorkspace: () => true,
      mayHold: () => false,
      complete: true,
    });
    assert.deepEqual(found, { folders: [], complete: true });
  });

  it('are not taken for a lockfile of another name', () => {
    assert.equal(read(product({ 'package.json': { name: 'shop' } }), 'other.lock'), null);
  });

  it('are none where the own one is missing, broken or no object', () => {
    assert.equal(read(product({ 'readme.md': '' })), null);
    assert.equal(read(product({ 'package.json': '{' })), null);
    assert.equal(read(product({ 'package.json': '[]' })), null);
  });

  it('are incomplete where one of a workspace is broken or lies behind a link', () => {
    const broken = product({ 'package.json': { workspaces: ['*'] }, 'a/package.json': '{', 'b/package.json': {} });
    assert.deepEqual(read(broken), {
      own: { workspaces: ['*'] },
      workspaces: [{ folder: 'b', manifest: {} }],
      complete: false,
    });
    const linked = product({ 'package.json': { workspaces: ['*'] } });
    symlinkSync(broken, join(linked, 'elsewhere'));
    assert.deepEqual(read(linked), { own: { workspaces: ['*'] }, workspaces: [], complete: false });
  });

  it('give a scan of both kinds of Yarn its scopes', async () => {
    const manifest = { name: 'shop', devDependencies: { a: '^1' } };
    const classic = product({
      'package.json': manifest,
      'yarn.lock': '# yarn lockfile v1\n\n\na@^1:\n  version "1.0.0"\n',
    });
    const berry = product({
      'package.json': manifest,
      'yarn.lock': [
        '__metadata:\n  version: 8\n',
        '"a@npm:^1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n',
        '"shop@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "shop@workspace:."\n  dependencies:\n    a: "npm:^1"\n',
      ].join('\n'),
    });
    for (const [folder, kind] of [
      [classic, 'yarn-classic'],
      [berry, 'yarn-berry'],
    ] as const) {
      const { inventories, errors } = await readInventories([], { cwd: folder, ignore: [] });
      assert.deepEqual(errors, []);
      assert.equal(inventories[0]?.kind, kind);
      assert.deepEqual(
        inventories[0]?.components.map(({ name, scope, direct }) => [name, scope, direct]),
        [['a', 'development', true]],
      );
    }
  });
});
