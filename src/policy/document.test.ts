import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Nodes } from 'mdast';
import fc from 'fast-check';
import type { Block, PolicyDocument } from './document.ts';
import { readPolicy } from './read-policy.ts';

function read(...lines: string[]): PolicyDocument {
  const result = readPolicy(lines.join('\n'), []);
  assert.ok(result.ok, JSON.stringify(result.ok ? null : result.error));
  return result.value;
}

/** A tree as Markdown-like words: `em(word)`. */
function words(node: Nodes): string {
  if (node.type === 'text' || node.type === 'inlineCode') return node.value;
  if (node.type === 'break') return '\\';
  return 'children' in node ? `${node.type}(${node.children.map(words).join('')})` : node.type;
}

/** A block as a short text: its kind and what it holds. */
function outline(block: Block): unknown {
  switch (block.kind) {
    case 'heading':
      return `h${block.depth} ${block.content.map(words).join('')}`;
    case 'statements':
      return block.placed.map(({ statement, content }) => `${statement.line}: ${content.map(words).join('')}`);
    case 'list':
      return { start: block.start, items: block.items.map(({ checked, blocks }) => [checked, ...blocks.map(outline)]) };
    case 'other':
      return block.node.type;
  }
}

describe('a policy as a document', () => {
  it('keeps its parts in order, and leaves out what only a program reads', () => {
    const { blocks } = read(
      '---',
      'title: Policy',
      '---',
      '# Policy',
      'We review. We **really** do.',
      '',
      '1. First.',
      '2. Second.',
      '   - [x] Done.',
      '   - [ ] Open.',
      '',
      '> quoted',
      '',
      '| a |',
      '|---|',
      '| b |',
      '',
      '```sh',
      'code',
      '```',
      '',
      '---',
      '',
      '<div>html</div>',
      '',
      '…',
      '',
      '[home]: https://a.example',
    );
    assert.deepEqual(blocks.map(outline), [
      'h1 Policy',
      ['5: We review.', '5: We strong(really) do.'],
      {
        start: 1,
        items: [
          [null, ['7: First.']],
          [
            null,
            ['8: Second.'],
            {
              start: null,
              items: [
                [true, ['9: Done.']],
                [false, ['10: Open.']],
              ],
            },
          ],
        ],
      },
      'blockquote',
      'table',
      'code',
      'thematicBreak',
      'html',
      'paragraph',
    ]);
  });

  it('cuts emphasis and links that reach over the end of a sentence', () => {
    const { blocks } = read('One *two. [Three](https://a.example) four.* Five `six. Seven` **eight.**');
    assert.deepEqual(blocks.map(outline), [
      ['1: One emphasis(two. )', '1: emphasis(link(Three) four.)', '1: Five six. ', '1: Seven strong(eight.)'],
    ]);
  });

  it('shows an image as its description, and nothing of HTML', () => {
    const { blocks } = read('See ![the plan](https://evil.example/x.png) <b onclick="x">now</b>.');
    assert.deepEqual(blocks.map(outline), [['1: See the plan now.']]);
  });

  it('tells language, contact, version and first day where the front matter has them', () => {
    const lines = ['language: de-AT', 'contact: a@b.example', 'version: 3', 'effective: 2026-11-24'];
    const { language, contact, version, effective } = read('---', 'title: T', ...lines, '---', 'We scan.');
    assert.deepEqual([language, contact, version, effective], ['de-AT', 'a@b.example', '3', '2026-11-24']);
    const bare = read('We scan.');
    assert.deepEqual([bare.language, bare.contact, bare.version, bare.effective], [null, null, null, null]);
  });

  it('knows where named links lead; the first of a name counts', () => {
    const { links } = read('[x][home]', '', '[home]: https://a.example', '[home]: https://b.example');
    assert.deepEqual([...links], [['home', 'https://a.example']]);
  });

  it('loses no word of a sentence and moves none to another, whatever marks stand around them', () => {
    const piece = fc.constantFrom(
      'A. ',
      'B! ',
      'c ',
      '*D. E* ',
      '**f** ',
      '`G. H` ',
      '[I. J](https://k.example) ',
      'l.  \n',
      '<i>m</i> ',
      '![N. O](p) ',
      'z. B. Q ',
      '… ',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 25 }), (pieces) => {
        const { blocks, statements } = read(`A${pieces.join('')}`);
        const placed = blocks.flatMap((block) => (block.kind === 'statements' ? block.placed : []));
        const plain = (node: Nodes): string => {
          if (node.type === 'break') return ' ';
          return 'value' in node ? node.value : 'children' in node ? node.children.map(plain).join('') : '';
        };
        assert.deepEqual(
          placed.map(({ content }) => content.map(plain).join('').replace(/\s+/g, ' ').trim()),
          statements.map(({ text }) => text),
        );
      }),
      { numRuns: 300 },
    );
  });
});
