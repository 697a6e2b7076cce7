import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'node:test';
import { placeTree } from '../../test/support/module-tree.ts';
import { findEntries } from './entries.actions.ts';

/** The paths that are entered, then `? why` for what could not be followed. */
async function startedIn(
  files: Readonly<Record<string, string>>,
  run: string | null = null,
): Promise<readonly string[]> {
  const root = placeTree(files);
  for (const path of Object.keys(files)) if (path.endsWith('.sh')) chmodSync(join(root, path), 0o755);
  const { entries, unknown } = await findEntries(root, run);
  return [...entries.map(({ path }) => relative(root, path)), ...unknown.map(({ why }) => `? ${why}`)];
}

const scripts = (lines: Readonly<Record<string, string>>, more: object = {}): string =>
  JSON.stringify({ ...more, scripts: lines });

test('a command goes on in the folder that it changes to, not in the one before', async () => {
  const files = {
    'index.js': '',
    'server/index.js': '',
    'server/package.json': scripts({ start: 'node job.js' }),
    'server/job.js': '',
  };
  assert.deepEqual(await startedIn(files, 'cd server && node index.js'), ['server/index.js']);
  assert.deepEqual(await startedIn(files, 'cd server && npm start'), ['server/job.js']);
  assert.deepEqual(await startedIn(files, 'cd server; cd ..; node index.js'), ['index.js']);
  assert.deepEqual(await startedIn(files, 'cd .. && node index.js'), [
    '? it goes on in .., and what lies there is not looked at',
  ]);
  assert.deepEqual(await startedIn(files, 'cd "$HERE" && node index.js'), [
    '? it goes on in a folder that is not known, and what lies there is not looked at',
  ]);
});

test('a script that starts itself again in its own folder ends', async () => {
  const files = { 'package.json': scripts({ start: 'cd . && npm start; node a.js' }), 'a.js': '' };
  assert.deepEqual(await startedIn(files), ['a.js']);
});

test('a script is looked for in the folder or the workspace that the package manager is told', async () => {
  const files = {
    'package.json': scripts({ start: 'node root.js' }, { workspaces: ['api'] }),
    'root.js': '',
    'api/package.json': scripts({ start: 'node job.js' }),
    'api/job.js': '',
  };
  assert.deepEqual(await startedIn(files, 'npm --prefix api start'), ['api/job.js']);
  assert.deepEqual(await startedIn(files, 'npm run start --prefix=api'), ['api/job.js']);
  assert.deepEqual(await startedIn(files, 'npm start -w api'), ['api/job.js']);
  assert.deepEqual(await startedIn(files, 'npm start'), ['root.js']);
});

test('what installs runs the scripts that belong to that', async () => {
  const files = {
    'package.json': scripts({ postinstall: 'node patch.js', start: 'npm ci && node a.js' }),
    'patch.js': '',
    'a.js': '',
  };
  assert.deepEqual(await startedIn(files, 'npm start'), ['patch.js', 'a.js']);
});

test('a script of another name that starts Node runs the product, unless its name is one for developers', async () => {
  const lines = {
    job: 'node job.js',
    'db:seed': 'node seed.js',
    'test:job': 'node test.js',
    lint: 'node lint.js',
    site: 'hugo',
  };
  const files = {
    'package.json': scripts({ start: 'node a.js', ...lines }),
    'a.js': '',
    'job.js': '',
    'seed.js': '',
    'test.js': '',
    'lint.js': '',
  };
  assert.deepEqual(await startedIn(files), ['a.js', 'job.js', 'seed.js']);
});

test('every file of directories.bin is a program', async () => {
  const files = { 'package.json': JSON.stringify({ directories: { bin: './bin' } }), 'bin/a.js': '', 'bin/b.js': '' };
  assert.deepEqual(await startedIn(files), ['bin/a.js', 'bin/b.js']);
});

test('a script of the shell is read, and what it hands on to', async () => {
  const files = {
    'start.sh': '#!/bin/sh\nset -e\n# node no.js\nif [ -f .env ]; then\n  node env.js\nfi\nexec "$@"\n',
    'env.js': '',
    'no.js': '',
    'a.js': '',
  };
  assert.deepEqual(await startedIn(files, './start.sh node a.js'), ['env.js', 'a.js']);
  assert.deepEqual(await startedIn(files, 'sh start.sh'), ['env.js']);
  assert.deepEqual(await startedIn({ 'go.sh': 'node "$APP"\n' }, './go.sh'), [
    '? the file that Node runs is not known before it runs',
  ]);
  assert.deepEqual(await startedIn({ 'go.sh': 'eval "$GO"\n' }, './go.sh'), [
    '? eval is not in node_modules/.bin, and what it starts is not known',
    '? what `eval` runs is not read',
  ]);
});

/** Dockerfiles, and the files that are entered. */
const DOCKERFILES: readonly (readonly [what: string, dockerfile: string, ...started: readonly string[]])[] = [
  [
    'a stage goes on where the one below ends',
    'FROM node AS base\nWORKDIR /app\nCMD ["node", "a.js"]\nFROM base\nCOPY . .',
    'a.js',
  ],
  [
    'an own command replaces the one below',
    'FROM node AS base\nCMD ["node", "a.js"]\nFROM base\nCMD ["node", "b.js"]',
    'b.js',
  ],
  [
    'an ENTRYPOINT takes the command below away',
    'FROM node AS base\nCMD ["a.js"]\nFROM base\nENTRYPOINT ["node", "b.js"]',
    'b.js',
  ],
  ['an ENTRYPOINT takes its own command', 'FROM node\nCMD ["a.js"]\nENTRYPOINT ["node"]', 'a.js'],
  [
    'files come from the folder that is copied',
    'FROM node\nWORKDIR /app\nCOPY server/ .\nCMD ["node", "c.js"]',
    'server/c.js',
  ],
  [
    'files come from both folders that are copied',
    'FROM node\nWORKDIR /app\nCOPY . .\nCOPY server/ ./\nCMD ["node", "a.js"]',
    'a.js',
    'server/a.js',
  ],
  [
    'files come from another stage',
    'FROM node AS build\nWORKDIR /src\nFROM node\nWORKDIR /app\nCOPY --from=build /src/server ./\nCMD ["node", "/app/c.js"]',
    'server/c.js',
  ],
  [
    'an own script before the command is read',
    'FROM node\nCOPY docker/begin.sh /begin.sh\nENTRYPOINT ["/begin.sh"]\nCMD ["node", "a.js"]',
    'b.js',
    'a.js',
  ],
  [
    'the script of an image is not there, and hands on',
    'FROM node\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", "a.js"]',
    'a.js',
  ],
  [
    'what is missing in one of the folders comes from another',
    'FROM node\nWORKDIR /app\nCOPY server .\nCMD node a.js && node b.js && node c.js',
    'a.js',
    'b.js',
    'server/a.js',
    'server/c.js',
  ],
  [
    'what is missing in all of them is said',
    'FROM node\nWORKDIR /app\nCOPY server .\nCMD node a.js && node d.js',
    'a.js',
    'server/a.js',
    '? d.js is named as a start of the program and is not there',
  ],
  [
    'what Node loads first stands in the environment',
    'FROM node\nENV LANG=C NODE_OPTIONS="--require ./b.js"\nCMD node a.js',
    'b.js',
    'a.js',
  ],
  [
    'what is not known of the environment is said',
    'FROM node\nENV NODE_OPTIONS=$MORE\nCMD node a.js',
    '? NODE_OPTIONS is not known before the program runs',
  ],
  ['a user before the command is passed over', 'FROM node\nCMD ["gosu", "node", "node", "a.js"]', 'a.js'],
];

for (const [what, dockerfile, ...started] of DOCKERFILES) {
  test(`Dockerfile: ${what}`, async () => {
    const files = {
      Dockerfile: dockerfile,
      'a.js': '',
      'b.js': '',
      'server/a.js': '',
      'server/c.js': '',
      'docker/begin.sh': '#!/bin/sh\nnode b.js\nexec "$@"\n',
    };
    assert.deepEqual(await startedIn(files), started);
  });
}
