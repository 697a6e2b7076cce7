import assert from 'node:assert/strict';
import test from 'node:test';
import { commandOf, startedBy } from './start-command.ts';

const brief = (line: string): readonly string[] =>
  startedBy(line).map((started) => {
    switch (started.kind) {
      case 'node':
        return ['node', ...started.preloads.map(({ request, manner }) => `${manner}:${request}`), started.script].join(
          ' ',
        );
      case 'program':
      case 'script':
        return `${started.kind} ${started.name}`;
      case 'conditions':
        return `conditions ${started.names.join(' ')}`;
      case 'keeps-links':
        return 'keeps links';
      case 'unknown':
        return 'unknown';
    }
  });

/** Command lines and what they start. */
const COMMANDS: readonly (readonly [line: string, ...started: readonly string[]])[] = [
  ['node server.js', 'node server.js'],
  ['node ./dist/main --port 80', 'node ./dist/main'],
  [
    'node -r ./trace.js --import=./hooks.mjs --max-old-space-size=512 server.js',
    'node require:./trace.js import:./hooks.mjs server.js',
  ],
  ['node --env-file .env --enable-source-maps server.js', 'node server.js'],
  ["NODE_ENV=production NODE_OPTIONS='--require ./early.js' node server.js", 'node require:./early.js server.js'],
  ['cross-env NODE_ENV=production nodemon server.js', 'program nodemon'],
  ['npm run build && node "my server.js"; node b.js', 'script build', 'node my server.js', 'node b.js'],
  ['npm start', 'script start'],
  ['yarn serve', 'script serve'],
  ['yarn install'],
  ['pnpm exec eslint .', 'program eslint'],
  ['npx --yes -p typescript tsc -p .', 'program tsc'],
  ['/usr/local/bin/node app.js', 'node app.js'],
  ["sh -c 'node a.js | node b.js'", 'node a.js', 'node b.js'],
  ['dumb-init -- node a.js', 'node a.js'],
  ['concurrently "node a.js" "npm run b"', 'program concurrently', 'node a.js', 'script b'],
  ['node $ENTRY', 'unknown'],
  ['node -e "require(process.argv[1])"', 'unknown'],
  ['node --conditions=development --conditions b a.js', 'conditions development', 'conditions b', 'node a.js'],
  ['NODE_OPTIONS="-C special" node a.js', 'conditions special', 'node a.js'],
  ['NODE_OPTIONS="-C special" tool', 'program tool', 'conditions special'],
  ['node -C $WHICH a.js', 'unknown'],
  ['NODE_PATH=vendor node a.js', 'unknown'],
  ['node --preserve-symlinks a.js', 'keeps links', 'node a.js'],
  ['node --experimental-config-file=x.json a.js', 'unknown'],
  ['node --test a.test.js', 'unknown'],
  ['node', 'unknown'],
  ["export NODE_OPTIONS='-r ./early.js'; tool", 'node ./early.js', 'program tool'],
  ['$RUNNER a.js', 'unknown'],
  ['sh start.sh', 'unknown'],
  [''],
];

for (const [line, ...started] of COMMANDS) {
  test(`\`${line}\` starts ${started.join(', ') || 'nothing of the program'}`, () => {
    assert.deepEqual(brief(line), started);
  });
}

const PLACE = { file: '/app/lib/a.js', workingFolder: '/app', resolved: () => null };

test('a child process is known by its file where the path is constant', () => {
  assert.deepEqual(commandOf(['node'], [[[{ hole: 'folder-of-file' }, '/child.js']], [['--fast']]], PLACE), {
    files: ['/app/lib/child.js'],
    programs: [],
  });
  assert.deepEqual(commandOf(['node ', { hole: 'folder-of-file' }, '/child.js'], [], PLACE)?.files, [
    '/app/lib/child.js',
  ]);
});

test('a program with an argument that is not known runs that argument only if it starts others', () => {
  assert.deepEqual(commandOf(['kill -9 ', { hole: 'any' }], [], PLACE), { files: [], programs: ['kill'] });
  assert.equal(commandOf(['xargs ', { hole: 'any' }], [], PLACE), null);
  assert.equal(commandOf(['node ', { hole: 'any' }], [], PLACE), null);
  assert.equal(commandOf([{ hole: 'any' }], [], PLACE), null);
});

test('a very long command is not read', () => {
  assert.deepEqual(brief('node '.repeat(10_000)), ['unknown']);
});
