/** Whatever an organisation is called, both files say it as plain text and keep their structure. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { parse } from 'yaml';
import { parseInstant, type Instant } from '../lib/time.ts';
import { factsSchema } from './facts.ts';
import { checkAnswer, type Answers } from './init-answers.ts';
import { factsText } from './init-facts.text.ts';
import { policyText } from './init-policy.text.ts';

const now = parseInstant('2026-11-24T12:00:00Z') as Instant;

const shards = [
  '---',
  '\n',
  '\r\n',
  '\t',
  '# ',
  '"',
  "'",
  '`',
  '```yaml\n',
  '**',
  '_',
  '~~',
  '[x](y)',
  '[^review]',
  '![',
  '<b>',
  '<!--',
  '-->',
  '&amp;',
  '&#35;',
  '\\',
  '|',
  ': ',
  '- ',
  ' #',
  '{}',
  '[]',
  '%',
  '!!str',
  '&a',
  '*a',
  '\u2028',
  '\u202e',
  '\ud800',
  'null',
  'NO',
  '1e3',
  'www.x.example',
  'https://x.example',
  'a@b.example',
  'ä',
  ' ',
];
const name = fc
  .array(fc.oneof(fc.constantFrom(...shards), fc.string({ unit: 'grapheme', maxLength: 4 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => checkAnswer('name', parts.join('')))
  .filter((checked) => checked.ok)
  .map((checked) => checked.value);

const answersFor = (called: string): Answers => ({
  name: called,
  timezone: null,
  country: null,
  state: null,
  contact: null,
  hosting: null,
  products: [
    { id: 'app', path: called.replace(/^[/.]+|[\\/:]/g, '') || 'app', hosting: null, baseUrl: null, from: [] },
  ],
  branch: 'main',
  person: { name: called, email: null },
});

const textOf = (node: Nodes): string =>
  'value' in node ? node.value : 'children' in node ? node.children.map(textOf).join('') : '';
const readMarkdown = (text: string): Root =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

/** Heading, comment, opening, and the empty line after each: the lines before the first section. */
const HEAD_LINES = 10;

describe('a hostile name', () => {
  it('stands as plain text in the heading and the opening of the policy, and changes nothing else', () => {
    const rest = policyText(answersFor('Beispiel'), now).split('\n').slice(HEAD_LINES);
    fc.assert(
      fc.property(name, (called) => {
        const lines = policyText(answersFor(called), now).split('\n');
        assert.deepEqual(lines.slice(HEAD_LINES), rest);
        const { children } = readMarkdown(lines.slice(0, HEAD_LINES).join('\n'));
        assert.deepEqual(
          children.map((node) => node.type),
          ['heading', 'html', 'paragraph'],
        );
        assert.equal(textOf(children[0]!), `Security policy of ${called}`);
        assert.ok(textOf(children[2]!).startsWith(`This page says what ${called} does to keep`));
      }),
      { numRuns: 300 },
    );
  });

  it('comes back from holdfast.yaml as it went in', () => {
    fc.assert(
      fc.property(name, (called) => {
        const facts = factsSchema.parse(parse(factsText(answersFor(called), now)));
        assert.deepEqual(facts.organisation, { name: called });
        assert.equal(facts.people[0]?.name, called);
        assert.equal(facts.products.length, 1);
      }),
      { numRuns: 300 },
    );
  });
});
