import assert from 'node:assert/strict';
import test from 'node:test';
import { readShellLine, UNKNOWN, type Word } from './shell-line.ts';

/** Lines, and the words of their commands (POSIX.1-2024, "Shell Command Language"). */
const LINES: readonly (readonly [line: string, commands: readonly (readonly Word[])[]])[] = [
  ['a b', [['a', 'b']]],
  ['a\nb', [['a'], ['b']]],
  ['a&&b||c;d|e&f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
  ['a \'b c\' "d e"f', [['a', 'b c', 'd ef']]],
  ["a ''", [['a', '']]],
  ['a b\\ c \\\n d', [['a', 'b c', 'd']]],
  ['a "b\\"c\\\\"', [['a', 'b"c\\']]],
  ['a $b "c$d" \'$e\'', [['a', null, null, '$e']]],
  ['a *.js b?c [ab] ~/x x~', [['a', null, null, null, null, 'x~']]],
  ['a 2>&1 >b 3<c &>d e', [['a', 'e']]],
  ['a2>b c', [['a2', 'c']]],
  ['>b a', [['a']]],
  ['a # b c', [['a']]],
  ['a b#c', [['a', 'b#c']]],
  ["a # it's", [['a']]],
  ['if [ -f a ]; then b; else c; fi', [['[', '-f', 'a', ']'], ['b'], ['c']]],
  ['! a', [['a']]],
  ['{ a; }', [['a']]],
  ['a {} {b,c}', [['a', '{}', null]]],
  ['for f in a b; do c; done', [['c']]],
  ['while a; do b; done', [['a'], ['b']]],
  [
    'a $(b c)',
    [
      ['a', null],
      ['b', 'c'],
    ],
  ],
  [`a ${UNKNOWN} 'b${UNKNOWN}'`, [['a', null, null]]],
  ['', []],
];

for (const [line, commands] of LINES) {
  test(`the shell reads ${JSON.stringify(line)}`, () => {
    const read = readShellLine(line);
    assert.deepEqual(read.commands, commands);
    assert.equal(read.unread, null);
  });
}

for (const line of [
  'a `b`',
  'a "$(b)"',
  'a "`b`"',
  'eval a',
  '. ./a',
  "trap 'a' EXIT",
  'a <<END\nb\nEND',
  "a 'b",
  'a "b',
]) {
  test(`it is said not to be read: ${JSON.stringify(line)}`, () => {
    assert.notEqual(readShellLine(line).unread, null);
  });
}

test('parentheses are seen, because a folder changed within them stays there', () => {
  assert.equal(readShellLine('(cd a; b); c').hasSubshells, true);
  assert.equal(readShellLine('cd a; b').hasSubshells, false);
});
