import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jsx } from 'hono/jsx';
import type { PhrasingContent } from 'mdast';
import { rendered } from '../../test/support/rendered.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { Phrasing, Prose } from './markdown.tsx';

/** Every block of a document as its page would show it. */
function shown(...lines: string[]): string {
  const read = readPolicy(lines.join('\n'), []);
  assert.ok(read.ok, JSON.stringify(read.ok ? null : read.error));
  const { blocks, links } = read.value;
  const phrases = (nodes: readonly PhrasingContent[]) => jsx(Phrasing, { nodes, links });
  const parts = blocks.flatMap((block) => {
    if (block.kind === 'other') return [jsx(Prose, { node: block.node, links })];
    if (block.kind === 'heading') return [phrases(block.content)];
    return block.kind === 'statements' ? block.placed.map(({ content }) => phrases(content)) : [];
  });
  return rendered(parts);
}

describe('Markdown on a page', () => {
  it('is elements for each kind of phrase', () => {
    assert.equal(
      shown('*a* **b** ~~c~~ `d`', 'e  ', 'f [g](https://h.example/i?j=1&k=2 "title") <mail@l.example>'),
      '<em>a</em> <strong>b</strong> <del>c</del> <code>d</code>\ne<br/>f <a href="https://h.example/i?j=1&amp;k=2" rel="noreferrer">g</a> <a href="mailto:mail@l.example" rel="noreferrer">mail@l.example</a>',
    );
  });

  it('is elements for each kind of block that promises nothing', () => {
    assert.equal(
      shown('> # A', '>', '> b', '>', '> 3. c', '> - d'),
      '<blockquote><p><strong>A</strong></p><p>b</p><ol start="3"><li><p>c</p></li></ol><ul><li><p>d</p></li></ul></blockquote>',
    );
    assert.equal(
      shown('| Who | When |', '|---|---|', '| *we* | daily |'),
      '<div class="scroll-x" tabindex="0" role="group" aria-label="Who, When"><table class="tbl"><thead><tr><th scope="col">Who</th><th scope="col">When</th></tr></thead><tbody><tr><td><em>we</em></td><td>daily</td></tr></tbody></table></div>',
    );
    assert.equal(
      shown('```', 'a < b', '\tc', '```', '', '***'),
      '<pre class="code plain"><code>a &lt; b\n  c</code></pre><hr/>',
    );
  });

  it('shows a block of HTML as the text that it is, and hides comments only', () => {
    assert.equal(
      shown('<div onclick="x()">We encrypt.</div>', '', '<!-- for authors -->', '', '<script>alert(1)</script>'),
      '<pre class="code plain"><code>&lt;div onclick=&quot;x()&quot;&gt;We encrypt.&lt;/div&gt;</code></pre><pre class="code plain"><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></pre>',
    );
    assert.equal(shown('<!-- never ends'), '<pre class="code plain"><code>&lt;!-- never ends</code></pre>');
  });

  for (const address of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java&#115;cript:alert(1)',
    '&#1;https://a.example',
    'data:text/html,x',
    'vbscript:x',
    'http://a.example',
    '//a.example',
    'https:a.example',
    '/local',
    '#anchor',
    'file:///etc/passwd',
    'mailto:a@b.example?bcc=c@d.example',
  ]) {
    it(`makes no link of ${address}`, () => {
      assert.equal(shown(`[text](<${address}>)`), 'text');
      assert.equal(shown('[text][name]', '', `[name]: <${address}>`), 'text');
    });
  }

  it('fetches no image and shows no character that turns a line around', () => {
    assert.equal(
      shown('> ![plan](https://evil.example/track.png) \u202Egnp.exe'),
      '<blockquote><p>plan \ufffdgnp.exe</p></blockquote>',
    );
  });

  it('is shown however deep it is nested within the limits of a policy', () => {
    const deep = shown(`${'*a **b '.repeat(300)}${'c** d* '.repeat(300)}`);
    assert.equal(deep.match(/<em>/g)?.length, deep.match(/<\/em>/g)?.length);
    assert.ok(deep.includes('<em>a <strong>b <em>a'));
  });

  it('contains no element and no address beyond these, whatever the document says', () => {
    const piece = fc.constantFrom(
      '<script>',
      '</script>',
      '<img src=x onerror=y>',
      '[a](',
      'javascript:x',
      'https://k.example',
      ')',
      '![',
      ']',
      '"><svg onload=z>',
      '`',
      '*',
      '\n\n',
      '\n',
      '> ',
      '| a |\n|---|\n',
      '<a href="',
      '&lt;',
      '&#x3c;script&#x3e;',
      '[b]: ',
      ' style="x"',
      '<!--',
      '-->',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const read = readPolicy(pieces.join(''), []);
        if (!read.ok) return;
        const text = shown(pieces.join(''));
        for (const [tag, name = '', attributes = ''] of text.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)) {
          assert.match(
            name,
            /^(?:a|blockquote|br|code|del|div|em|hr|li|ol|p|pre|strong|sup|table|tbody|td|th|thead|tr|ul)$/,
            tag,
          );
          assert.match(
            attributes,
            /^(?: (?:class|scope|tabindex|role|aria-label|start|rel)="[^"<>]*"| href="(?:https:\/\/|mailto:)[^"<>]*")*\/?$/,
            tag,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
