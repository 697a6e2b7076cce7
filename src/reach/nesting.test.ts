import assert from 'node:assert/strict';
import test from 'node:test';
import { nestingOf } from './nesting.ts';
import { parseText } from './parse.client.ts';

/** Texts that make a recursive parser descend once for each repetition. */
const DEEP: readonly (readonly [name: string, text: (times: number) => string])[] = [
  ['arrays', (times) => '['.repeat(times) + ']'.repeat(times)],
  ['functions', (times) => '(function(){'.repeat(times) + '})'.repeat(times)],
  ['templates', (times) => '`${'.repeat(times) + '1' + '}`'.repeat(times)],
  ['assignments', (times) => `${'a='.repeat(times)}1`],
  ['conditions', (times) => `${'a?b:'.repeat(times)}1`],
  ['arrows', (times) => `${'a=>'.repeat(times)}1`],
  ['powers', (times) => `${'a**'.repeat(times)}1`],
  ['new', (times) => `${'new '.repeat(times)}a`],
  ['if', (times) => `${'if(a)'.repeat(times)};`],
  ['else', (times) => `if(a);${'else if(a);'.repeat(times)}`],
  ['labels', (times) => `${'a:'.repeat(times)};`.replace(/a:/g, (_, at: number) => `a${at}:`)],
  ['closing brackets in texts', (times) => '(")",'.repeat(times) + '1' + ')'.repeat(times)],
  ['closing brackets in regular expressions', (times) => '(/[)]/,'.repeat(times) + '1' + ')'.repeat(times)],
  ['closing brackets after a condition', (times) => 'if(a)/[)]/;('.repeat(times) + '1' + ')'.repeat(times)],
  ['closing brackets in a division', (times) => `${'('.repeat(times)}a++/(1)/2${')'.repeat(times)}`],
  ['closing brackets in comments', (times) => '(/*)*/'.repeat(times) + '1' + ')'.repeat(times)],
];

for (const [name, text] of DEEP) {
  test(`a text that nests too deeply for the parser is refused, not parsed: ${name}`, () => {
    assert.ok(nestingOf(text(1_500)) >= 1_490, `${nestingOf(text(1_500))}`);
    assert.ok('why' in parseText('a.js', text(20_000), 'detect'));
  });
}

test('what does not nest has no depth, however long it is', () => {
  assert.ok(nestingOf('a = [1, 2, (3)];\n'.repeat(10_000)) < 10);
  assert.ok(nestingOf(`x = ${'"a" + '.repeat(10_000)}1;`) < 10);
  assert.ok(nestingOf(`switch (x) { ${Array.from({ length: 5_000 }, (_, at) => `case ${at}:`).join(' ')} }`) < 10);
});

test('a text that looks like regular expressions without an end is refused in linear time', () => {
  assert.equal(nestingOf('[/'.repeat(1_000_000)), Number.POSITIVE_INFINITY);
});
