import assert from 'node:assert/strict';
import test from 'node:test';
import { childCommand } from './child-command.ts';
import { ANY, type TextShape, type TextShapes } from './text-shape.ts';

const PLACE = { file: '/app/lib/a.js', workingFolder: '/app', resolved: () => null };

const ofLine = (...line: TextShape) => childCommand(line, [], PLACE);
const ofWords = (name: string, ...args: readonly (string | null)[]) =>
  childCommand(
    [name],
    args.map((word): TextShapes => [[word ?? ANY]]),
    PLACE,
  );

test('a child process is known by its file where the path is constant', () => {
  const inFolder: TextShapes = [[{ hole: 'folder-of-file' }, '/child.js']];
  assert.deepEqual(childCommand(['node'], [inFolder, [['--fast']]], PLACE), {
    scripts: ['/app/lib/child.js'],
    given: [],
    programs: [],
  });
  assert.deepEqual(ofLine('node ', { hole: 'folder-of-file' }, '/child.js')?.scripts, ['/app/lib/child.js']);
});

test('a program with an argument that is not known runs that argument only if it starts others', () => {
  assert.deepEqual(ofLine('kill -9 ', ANY)?.programs, ['kill']);
  assert.deepEqual(ofLine('git log ', ANY)?.scripts, []);
  for (const begin of ['xargs ', 'node ', 'timeout 5 ', 'python3 ', '']) assert.equal(ofLine(begin, ANY), null, begin);
});

/** Each may start a program of ours that it does not name, or names in a way that is not read. */
const ANYTHING: readonly string[] = [
  'make all',
  'npm run x',
  'npm install',
  'sh start.sh',
  'xargs node child',
  'find . -exec node {} +',
  'flock /tmp/lock -c "node child"',
  "git -c alias.x='!node child' x",
  'awk \'BEGIN { system("node child") }\'',
  "perl -e 'system(q(node child))'",
  'python3 tool.py',
  'python3',
  'echo "$(node child)"',
  'eval "node child"',
  'node --conditions=x child',
  'node --env-file=.env child',
  'cat child.js | node',
];

for (const line of ANYTHING) test(`it can be anything: ${line}`, () => assert.equal(ofLine(line), null));

/** What they start of ours. */
const SCRIPTS: readonly (readonly [line: string, ...scripts: readonly string[]])[] = [
  ['node child', 'child'],
  ['echo hi\nnode child', 'child'],
  ['setsid -w node child', 'child'],
  ['stdbuf -oL node child', 'child'],
  ['env -u A node child', 'child'],
  ['cd sub && node child', 'sub/child'],
  ['cd /other; node child', '/other/child'],
  ['node -r ./first child', 'child', './first'],
  ['ps -ef | grep node'],
  ['which node'],
  ['git status'],
  ["python3 -c 'print(1)'"],
];

for (const [line, ...scripts] of SCRIPTS) {
  test(`\`${line}\` starts ${scripts.join(', ') || 'nothing of ours'}`, () => {
    assert.deepEqual(ofLine(line)?.scripts, scripts);
  });
}

test('what follows an unknown folder is looked for nowhere, unless it lies in none', () => {
  assert.equal(ofLine('cd ', ANY, ' && node child'), null);
  assert.equal(ofLine('cd ', ANY, ' && ./tool'), null);
  assert.deepEqual(ofLine('cd ', ANY, ' && git status')?.programs.includes('git'), true);
});

test('words that name programs are looked for as programs', () => {
  assert.deepEqual(ofWords('setsid', '-w', 'tool')?.programs, ['setsid', '-w', 'tool']);
});
