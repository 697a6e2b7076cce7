import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'node:test';
import { placeTree } from '../../test/support/module-tree.ts';
import { findEntries } from './entries.actions.ts';

/** `path < where it is said`, and `? why` for what could not be followed. */
async function entriesIn(
  files: Readonly<Record<string, string>>,
  run: string | null = null,
): Promise<readonly string[]> {
  const root = placeTree(files);
  if (Object.hasOwn(files, 'node_modules/tool/cli.js')) {
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    symlinkSync('../tool/cli.js', join(root, 'node_modules/.bin/tool'));
    chmodSync(join(root, 'node_modules/tool/cli.js'), 0o755);
  }
  const { entries, unknown } = await findEntries(root, run);
  return [
    ...entries.map(({ path, via, callable }) => `${relative(root, path)} (${String(callable)}) < ${via}`),
    ...unknown.map(({ why }) => `? ${why}`),
  ];
}

const manifest = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify(fields);

test('a package begins at main, exports and bin', async () => {
  const files = {
    'package.json': manifest({
      main: './lib/index',
      bin: { x: 'bin/x.js' },
      exports: {
        '.': { types: './t.d.ts', import: './esm.mjs', default: './lib/index.js' },
        './parts/*': './parts/*.js',
      },
    }),
    'lib/index.js': '',
    'bin/x.js': '',
    'esm.mjs': '',
    'parts/a.js': '',
    'parts/b.json': '',
  };
  assert.deepEqual(await entriesIn(files), [
    'lib/index.js (all) < package.json, main',
    'parts/a.js (all) < package.json, exports',
    'esm.mjs (all) < package.json, exports',
    'bin/x.js (none) < package.json, bin',
  ]);
});

test('the scripts that run the product are entries, with what they load first and what they hand on', async () => {
  const files = {
    'package.json': manifest({
      scripts: {
        start: 'node -r ./first.js server.js',
        worker: 'tool ./job.js',
        test: 'mocha',
        prestart: 'node before.js',
      },
    }),
    'first.js': '',
    'server.js': '',
    'before.js': '',
    'job.js': '',
    'node_modules/tool/cli.js': '#!/usr/bin/env node\n',
  };
  assert.deepEqual(await entriesIn(files), [
    'first.js (none) < package.json, scripts.start: node -r ./first.js server.js, loaded first',
    'server.js (none) < package.json, scripts.start: node -r ./first.js server.js',
    'node_modules/tool/cli.js (none) < package.json, scripts.worker: tool ./job.js',
    'job.js (none) < package.json, scripts.worker: tool ./job.js, given to the program',
    'before.js (none) < package.json, scripts.prestart: node before.js',
  ]);
});

test('the command of --run replaces everything else, and goes through scripts', async () => {
  const files = {
    'package.json': manifest({ main: 'other.js', scripts: { go: 'node a.js' } }),
    'a.js': '',
    'other.js': '',
  };
  assert.deepEqual(await entriesIn(files, 'npm run go'), ['a.js (none) < --run: npm run go, scripts.go: node a.js']);
  assert.deepEqual(await entriesIn(files, 'node ./other'), ['other.js (none) < --run: node ./other']);
});

test('a script that calls itself ends', async () => {
  const files = { 'package.json': manifest({ scripts: { start: 'npm run b', b: 'npm start' } }) };
  assert.deepEqual(await entriesIn(files), ['? nothing says where the program starts']);
});

test('what the last stage of a Dockerfile starts is an entry', async () => {
  const files = {
    'package.json': manifest({ name: 'x' }),
    Dockerfile:
      'FROM node AS build\nCMD ["node", "wrong.js"]\nFROM node\nWORKDIR /srv/app\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", \\\n  "/srv/app/dist/main.js"]\n',
    'dist/main.js': '',
    'wrong.js': '',
  };
  assert.deepEqual(await entriesIn(files), [
    "dist/main.js (none) < Dockerfile, ENTRYPOINT and CMD: 'node' './dist/main.js'",
  ]);
});

test('the functions of a Forge app are entries, and its browser resources are not', async () => {
  const files = {
    'package.json': manifest({ name: 'x' }),
    'manifest.yml':
      'modules:\n  function:\n    - key: main\n      handler: index.run\n    - key: two\n      handler: resolvers/two.handle\nresources:\n  - key: ui\n    path: static/ui\n',
    'src/index.tsx': '',
    'src/resolvers/two.js': '',
  };
  assert.deepEqual(await entriesIn(files), [
    'src/index.tsx (run) < manifest.yml, function index.run',
    'src/resolvers/two.js (handle) < manifest.yml, function resolvers/two.handle',
  ]);
});

test('what is not built yet begins at its sources', async () => {
  const files = {
    'package.json': manifest({ main: 'out/server.js' }),
    'tsconfig.json': '{\n  // where it goes\n  "compilerOptions": { "outDir": "./out", "rootDir": "source", },\n}',
    'source/server.ts': '',
  };
  assert.deepEqual(await entriesIn(files), ['source/server.ts (all) < package.json, main']);
});

test('the entries of holdfast.yaml come before those of the manifests', async () => {
  const files = {
    'package.json': manifest({ main: 'a.js' }),
    'holdfast.yaml': 'products:\n  - id: shop\n    path: .\n    entries: [b.js]\n',
    'a.js': '',
    'b.js': '',
  };
  assert.deepEqual(await entriesIn(files), ['b.js (all) < holdfast.yaml, entries of shop']);
});

test('a start that cannot be followed is said, never left out', async () => {
  assert.deepEqual(await entriesIn({ 'package.json': manifest({ scripts: { start: 'node $FILE' } }) }), [
    '? the file that Node runs is not known before it runs',
  ]);
  assert.deepEqual(await entriesIn({ 'package.json': manifest({ scripts: { start: 'absent-tool' } }) }), [
    '? absent-tool is not in node_modules/.bin, and what it starts is not known',
  ]);
  assert.deepEqual(await entriesIn({ 'package.json': manifest({ main: 'gone.js' }) }), [
    '? gone.js is named as a start of the program and is not there',
  ]);
  assert.deepEqual(await entriesIn({ 'a.txt': '' }), ['? nothing says where the program starts']);
});

test('what was left out is told', async () => {
  const root = placeTree({ 'package.json': manifest({ main: 'a.js', scripts: { test: 'mocha' } }), 'a.js': '' });
  assert.deepEqual((await findEntries(root, null)).leftOut, ['package.json, scripts.test: mocha']);
});

test('a product of several in one repository begins where the holdfast.yaml of the repository says', async () => {
  const root = placeTree({
    '.git/HEAD': 'ref: refs/heads/main\n',
    'holdfast.yaml':
      'products:\n  - id: shop\n    path: apps/shop\n    entries: [jobs.js]\n  - id: desk\n    path: apps/desk\n    entries: [desk.js]\n',
    'apps/shop/package.json': manifest({ main: 'index.js' }),
    'apps/shop/index.js': '',
    'apps/shop/jobs.js': '',
    'apps/desk/package.json': manifest({ main: 'desk.js' }),
    'apps/desk/desk.js': '',
  });
  const viaIn = async (folder: string) => (await findEntries(join(root, folder), null)).entries.map(({ via }) => via);
  assert.deepEqual(await viaIn('apps/shop'), ['holdfast.yaml, entries of shop']);
  assert.deepEqual(await viaIn('apps/desk'), ['holdfast.yaml, entries of desk']);
  assert.deepEqual(await viaIn('.'), ['holdfast.yaml, entries of shop', 'holdfast.yaml, entries of desk']);
});

test('a product that names no entries begins at its manifests, also beside one that names some', async () => {
  const root = placeTree({
    'holdfast.yaml': 'products:\n  - id: shop\n    path: shop\n    entries: [jobs.js]\n  - id: desk\n    path: desk\n',
    'shop/package.json': manifest({ main: 'index.js' }),
    'shop/index.js': '',
    'shop/jobs.js': '',
    'desk/package.json': manifest({ main: 'desk.js' }),
    'desk/desk.js': '',
  });
  const { entries } = await findEntries(root, null);
  assert.deepEqual(
    entries.map(({ via }) => via),
    ['holdfast.yaml, entries of shop', 'desk/package.json, main'],
  );
});

test('a holdfast.yaml beyond the repository says nothing', async () => {
  const root = placeTree({
    'holdfast.yaml': 'products:\n  - id: other\n    path: inner\n    entries: [b.js]\n',
    'inner/.git/HEAD': 'ref: refs/heads/main\n',
    'inner/package.json': manifest({ main: 'a.js' }),
    'inner/a.js': '',
    'inner/b.js': '',
  });
  const { entries } = await findEntries(join(root, 'inner'), null);
  assert.deepEqual(
    entries.map(({ via }) => via),
    ['package.json, main'],
  );
});

const WORKSPACES = {
  'tools.js': '',
  'apps/web/package.json': manifest({ name: 'web', scripts: { start: 'node server.js', test: 'mocha' } }),
  'apps/web/server.js': '',
  'apps/web/Dockerfile': 'FROM node\nCMD ["node", "worker.js"]\n',
  'apps/web/worker.js': '',
  'apps/api/package.json': manifest({ name: 'api' }),
  'apps/api/index.js': '',
  'apps/types/package.json': manifest({ name: 'types' }),
  'other/package.json': manifest({ name: 'other' }),
  'other/index.js': '',
};
const STARTED = [
  'tools.js (none) < package.json, scripts.start: node tools.js',
  'apps/api/index.js (all) < apps/api/index.js, the default of main',
  'apps/web/server.js (none) < apps/web/package.json, scripts.start: node server.js',
  "apps/web/worker.js (none) < apps/web/Dockerfile, CMD: 'node' 'worker.js'",
];

test('every workspace of a product may be started by itself, also where the product has a start of its own', async () => {
  const start = { scripts: { start: 'node tools.js' } };
  for (const files of [
    { 'package.json': manifest({ ...start, workspaces: ['apps/*'] }) },
    { 'package.json': manifest({ ...start, workspaces: { packages: ['./apps/*'] } }) },
    { 'package.json': manifest(start), 'pnpm-workspace.yaml': 'packages:\n  - "apps/*"\n' },
  ])
    assert.deepEqual(await entriesIn({ ...WORKSPACES, ...files }), STARTED);
});

test('what of a workspace is left out is said, and a workspace that cannot be looked at makes the start unknown', async () => {
  const files = { ...WORKSPACES, 'package.json': manifest({ workspaces: ['apps/*'] }) };
  const { leftOut } = await findEntries(placeTree(files), null);
  assert.deepEqual(leftOut, ['apps/types: nothing says where it starts', 'apps/web/package.json, scripts.test: mocha']);
  const odd = await entriesIn({ ...WORKSPACES, 'package.json': manifest({ workspaces: ['apps/{web,api}'] }) });
  assert.deepEqual(odd, ['? not every workspace could be looked at']);
});
