import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { refuseTooLarge } from './limits.ts';

const repeat = (unit: string, times: number): string =>
  Array.from({ length: times }, (_, index) => unit.replaceAll('#', String(index))).join('');

describe('what is refused before a policy is parsed', () => {
  it('reads a document of exactly 256 KB, and refuses one byte more', () => {
    const lines = `${'We do what we say. '.repeat(53)}\n\n`;
    const full = lines.repeat(260).slice(0, 256 * 1_024);
    assert.equal(refuseTooLarge(full), null);
    assert.deepEqual(refuseTooLarge(`${full}a`), {
      line: 1,
      message: 'the document has 262,145 bytes; at most 262,144 are read',
      hint: 'Move long annexes to documents of their own and link to them.',
    });
  });

  it('counts bytes, not characters', () => {
    const paragraphs = (char: string, times: number): string => `${char.repeat(200)}\n\n`.repeat(times);
    assert.equal(refuseTooLarge(paragraphs('ä', 600)), null);
    assert.match(refuseTooLarge(paragraphs('語', 600))?.message ?? '', /^the document has 361,200 bytes;/);
    assert.match(refuseTooLarge(paragraphs('😀', 600))?.message ?? '', /^the document has 481,200 bytes;/);
  });

  it('reads 100 levels of nesting, and refuses 101', () => {
    assert.equal(refuseTooLarge(`${'>'.repeat(100)} deep`), null);
    assert.deepEqual(refuseTooLarge(`first\n\n${'>'.repeat(101)} deep`), {
      line: 3,
      message: 'this line has 101 levels of nesting; at most 100 are read',
      hint: 'Use fewer levels of lists and quotes.',
    });
  });

  for (const [what, line] of [
    ['bullets on one line', `${'- '.repeat(101)}deep`],
    ['numbers on one line', `${'1. '.repeat(101)}deep`],
    ['quotes in lists', `${'> - '.repeat(51)}deep`],
    ['spaces before a list item', `${' '.repeat(202)}- deep`],
    ['tabs before a list item', `${'\t'.repeat(51)}- deep`],
  ] as const) {
    it(`sees depth in ${what}`, () => assert.match(refuseTooLarge(line)?.message ?? '', /levels of nesting/));
  }

  it('names the line where a limit was passed', () => {
    const refused = refuseTooLarge(`A heading.\n\n${'word\n'.repeat(501)}`);
    assert.deepEqual(refused, {
      line: 503,
      message: 'this block has 501 or more lines; at most 500 are read',
      hint: 'Divide it with blank lines, or move it to a document of its own and link to it.',
    });
  });

  for (const [what, unit, most, reason] of [
    ['lines', 'a\n\n', 2_999, 'the document has 6,001 lines; at most 6,000 are read'],
    [
      'Markdown characters',
      '((((a)))) b\n\n',
      1_500,
      'the document has 12,008 or more Markdown characters; at most 12,000 are read',
    ],
    [
      'list items',
      '- a\n\n',
      2_500,
      'the document has 2,501 or more list items, quotes and footnotes; at most 2,500 are read',
    ],
    [
      'quoted lines',
      '> a\n\n',
      2_500,
      'the document has 2,501 or more list items, quotes and footnotes; at most 2,500 are read',
    ],
    [
      'footnotes',
      '[^#]: a\n\n',
      2_500,
      'the document has 2,501 or more list items, quotes and footnotes; at most 2,500 are read',
    ],
  ] as const) {
    it(`reads ${most} times ${JSON.stringify(unit)} and bounds the ${what} of a document`, () => {
      assert.equal(refuseTooLarge(repeat(unit, most)), null);
      assert.equal(refuseTooLarge(repeat(unit, most + 1))?.message, reason);
    });
  }

  it('refuses a paragraph longer than 32,768 characters, and reads the same words in paragraphs', () => {
    assert.match(refuseTooLarge('a'.repeat(32_769))?.message ?? '', /^this block has 32,769 or more characters;/);
    assert.equal(refuseTooLarge(`${'a'.repeat(32_768)}\n\n${'a'.repeat(32_768)}`), null);
  });

  it('bounds the Markdown characters of one paragraph', () => {
    assert.equal(refuseTooLarge(']'.repeat(2_000)), null);
    assert.deepEqual(refuseTooLarge(']'.repeat(2_001)), {
      line: 1,
      message: 'this block has 2,001 or more Markdown characters; at most 2,000 are read',
      hint: 'Divide it with blank lines, or move it to a document of its own and link to it.',
    });
  });

  for (const [what, text, reason] of [
    ['a paragraph of `*a `', '*a '.repeat(10_000), /this block has 10,000 or more Markdown characters/],
    ['a paragraph of `[`', '['.repeat(30_000), /Markdown characters/],
    ['a paragraph of `![`', '!['.repeat(15_000), /Markdown characters/],
    ['a paragraph of `]`', ']'.repeat(30_000), /Markdown characters/],
    ['nested brackets', `${'['.repeat(15_000)}${']'.repeat(15_000)}`, /Markdown characters/],
    ['runs of `*a_`', '*a_ '.repeat(8_000), /Markdown characters/],
    ['runs of backticks', repeat('`` ', 8_000), /Markdown characters/],
    ['a list of 10,000 items', '- a\n'.repeat(10_000), /lines|list items/],
    ['a loose list of 10,000 items', '- a\n\n'.repeat(10_000), /lines|list items/],
    ['a table of 10,000 rows', `|a|b|\n|-|-|\n${'|a|b|\n'.repeat(10_000)}`, /lines|Markdown characters/],
    ['10,000 footnotes', repeat('A.[^#]\n\n[^#]: b\n\n', 10_000), /lines|footnotes|Markdown characters/],
    ['lazy lines below a deep quote', `${'>'.repeat(99)} a\n${'a\n'.repeat(10_000)}`, /lines/],
    ['underlined headings without blank lines', 'a\n=\n'.repeat(10_000), /lines/],
  ] as const) {
    it(`refuses ${what}`, () => assert.match(refuseTooLarge(text)?.message ?? 'accepted', reason));
  }
});

/** Shapes that cost the parser most, one line of `#` being a number that makes it unique. */
const COSTLY: readonly (readonly [string, string])[] = [
  ['lists in lists', '- a\n  - b\n    - c\n\n'],
  ['lists in quotes', '> - a\n\n'],
  ['footnotes in list items', '- a[^#]\n\n  [^#]: x\n\n'],
  ['link definitions', '[^#]: b\n[#]: c\n\n'],
  ['underlined headings', 'a\n=\n'.repeat(250).concat('\n')],
  ['emphasis that never closes', `${'*a_ '.repeat(1_000)}\n\n`],
  ['closing brackets', `${']'.repeat(2_000)}\n\n`],
  ['addresses', `${'www.a.b '.repeat(4_000)}\n\n`],
];

describe('the most costly documents that are accepted', () => {
  for (const [what, unit] of COSTLY) {
    it(`parses as much of ${what} as may stand in a document in under 2 s of processor time`, () => {
      const text = largestAccepted(unit);
      const before = process.cpuUsage();
      fromMarkdown(text, {
        extensions: [gfm(), frontmatter(['yaml'])],
        mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(['yaml'])],
      });
      const { user, system } = process.cpuUsage(before);
      const spentMs = (user + system) / 1_000;
      assert.ok(spentMs < 2_000, `${Math.round(spentMs)} ms for ${text.length} characters`);
    });
  }
});

function largestAccepted(unit: string): string {
  let accepted = 1;
  let refused = Math.ceil((300 * 1_024) / unit.length);
  assert.equal(refuseTooLarge(repeat(unit, accepted)), null);
  assert.notEqual(refuseTooLarge(repeat(unit, refused)), null);
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2);
    if (refuseTooLarge(repeat(unit, middle)) === null) accepted = middle;
    else refused = middle;
  }
  return repeat(unit, accepted);
}
