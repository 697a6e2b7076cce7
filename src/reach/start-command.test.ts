import assert from 'node:assert/strict';
import test from 'node:test';
import { startedBy } from './start-command.ts';

const brief = (line: string): readonly string[] =>
  startedBy(line).map((started) => {
    switch (started.kind) {
      case 'node':
        return ['node', ...started.preloads.map(({ request, manner }) => `${manner}:${request}`), started.script].join(
          ' ',
        );
      case 'program':
        return `program ${started.name}`;
      case 'script':
        return `script ${started.name}${started.folder === '.' ? '' : ` in ${started.folder}`}`;
      case 'conditions':
        return `conditions ${started.names.join(' ')}`;
      case 'keeps-links':
        return 'keeps links';
      case 'lifecycle':
        return 'lifecycle';
      case 'shell-script':
        return `shell script ${started.path}`;
      case 'folder':
        return `folder ${started.path}`;
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
  ['yarn install', 'lifecycle'],
  ['npm config get prefix'],
  ['npm --prefix server start', 'script start in server'],
  ['npm run build -w api', 'script build in null'],
  ['yarn workspace api start', 'unknown'],
  ['cd server && node a.js', 'folder server', 'node a.js'],
  ['(cd server && node a.js); node b.js', 'folder server', 'node a.js', 'node b.js', 'unknown'],
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
  ['sh start.sh', 'shell script start.sh'],
  ['sh -s', 'unknown'],
  ["NODE_OPTIONS='$MORE' node a.js", 'unknown'],
  [''],
];

for (const [line, ...started] of COMMANDS) {
  test(`\`${line}\` starts ${started.join(', ') || 'nothing of the program'}`, () => {
    assert.deepEqual(brief(line), started);
  });
}

test('a very long command is not read', () => {
  assert.deepEqual(brief('node '.repeat(10_000)), ['unknown']);
});
