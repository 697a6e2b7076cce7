import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { HoldfastError } from '../lib/errors.ts';
import { defineControl } from './control.ts';
import { readPolicy } from './read-policy.ts';
import type { PolicyDocument } from './document.ts';
import type { Problem } from './statement.ts';

const history = defineControl({
  id: 'release.history',
  title: 'History',
  where: 'repo',
  params: z.strictObject({ branch: z.string().default('main'), depth: z.strictObject({ days: z.int() }).optional() }),
  facts: z.null(),
  gather: async () => null,
  judge: () => ({ verdict: 'kept', summary: '', measuredAt: null, evidence: {} }),
});

function read(...lines: string[]): PolicyDocument {
  const result = readPolicy(lines.join('\n'), [history]);
  assert.ok(result.ok, JSON.stringify(result.ok ? null : result.error));
  return result.value;
}

function problems(...lines: string[]): readonly Problem[] {
  const result = readPolicy(lines.join('\n'), [history]);
  assert.ok(!result.ok, 'expected problems');
  return result.error;
}

const places = (found: readonly Problem[]): string[] =>
  found.map(({ line, column, message }) => `${line}:${column} ${message}`);
const texts = (document: PolicyDocument): string[] => document.statements.map(({ text }) => text);

/** A footnote as people write it. */
const note = (label: string, ...yaml: string[]): string[] => [
  `[^${label}]: Looked at each time.`,
  '',
  '    ```yaml',
  ...yaml.map((line) => `    ${line}`),
  '    ```',
  '',
];

const notes = (...labels: readonly string[]): string[] =>
  labels.flatMap((label) => note(label, 'control: release.history'));

describe('a policy document', () => {
  it('is sentences in paragraphs and list items, and nothing else', () => {
    const document = read(
      '# Heading. Not a promise.',
      '',
      'We review. We',
      'encrypt.',
      '',
      '- One item. Two',
      '  sentences',
      '  - Nested item',
      '',
      '> Quoted. Not ours.',
      '',
      '| A table. | cell |',
      '|---|---|',
      '| x. | y |',
      '',
      '    Code. Not prose.',
      '',
      '<p>HTML. Not prose.</p>',
    );
    assert.deepEqual(texts(document), ['We review.', 'We encrypt.', 'One item.', 'Two sentences', 'Nested item']);
    assert.deepEqual(
      document.statements.map(({ line }) => line),
      [3, 3, 6, 6, 8],
    );
    assert.equal(document.title, 'Heading. Not a promise.');
  });

  it('does not end a sentence at an abbreviation', () => {
    assert.deepEqual(
      texts(read('We follow Art. 33 of the GDPR, e.g. its deadlines. Daten, z. B. Backups, sind verschlüsselt.')),
      ['We follow Art. 33 of the GDPR, e.g. its deadlines.', 'Daten, z. B. Backups, sind verschlüsselt.'],
    );
  });

  it('ends a sentence at a short last word, so that a footnote never vouches for the one before', () => {
    const sentences = [
      ['We tell the authority within 72 h.', 'We fix it in 10 d.'],
      ['Our encryption is state of the art.', 'We rotate keys.'],
      ['We said no.', 'Nobody objected.'],
      ['Wir nutzen Server, Geräte u. a.', 'Wir prüfen sie.'],
      ['It is plan B.', 'It works.'],
    ];
    for (const [first = '', second = ''] of sentences) {
      const { statements } = read(`${first} ${second}[^a]`, '', ...note('a', 'control: release.history'));
      assert.deepEqual(
        statements.map(({ text, bindings }) => [text, bindings.length]),
        [
          [first, 0],
          [second, 1],
        ],
      );
    }
  });

  it('keeps a sentence whole around abbreviations before capitals and numbers', () => {
    for (const sentence of [
      'We follow Art. 33 GDPR and paras. 1 to 3.',
      'Z. B. Server, d. h. Geräte, i. d. R. Montags.',
      'We use tools, e.g. Node, i.e. Programs, cf. No. 7, vs. Nothing.',
      'Nach Art. 33 Abs. 2 lit. b DSGVO bzw. Nr. 4.',
    ])
      assert.deepEqual(texts(read(sentence)), [sentence]);
  });

  it('keeps two sentences apart that only a footnote separates', () => {
    const { statements } = read('We scan.[^a]We encrypt. … And “we look.”[^b]Always.', '', ...notes('a', 'b'));
    assert.deepEqual(
      statements.map(({ text, bindings }) => [text, bindings.map(({ label }) => label)]),
      [
        ['We scan.', ['a']],
        ['We encrypt.', []],
        ['… And “we look.”', ['b']],
        ['Always.', []],
      ],
    );
  });

  it('binds what a footnote behind dots vouches for: the sentence before them', () => {
    const { statements } = read('We scan. …[^a]', '', ...notes('a'));
    assert.deepEqual(
      statements.map(({ text, bindings }) => [text, bindings.length]),
      [['We scan. …', 1]],
    );
  });

  it('reads a paragraph of thousands of sentences and hundreds of references in under 2 s of processor time', () => {
    const before = process.cpuUsage();
    const { statements } = read('A. '.repeat(9_000) + '[^a]'.repeat(600), '', ...notes('a'));
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 2_000_000, `${(user + system) / 1_000} ms`);
    assert.deepEqual([statements.length, statements.at(-1)?.bindings.length], [9_000, 600]);
  });

  it('binds a sentence by the footnote inside it, at its end or behind its full stop', () => {
    const document = read(
      'Commits[^h] stay. Second one[^h2]. Third one.[^h3] Fourth.',
      '',
      ...note('h', 'control: release.history'),
      ...note('h2', 'control: release.history'),
      ...note('h3', 'control: release.history'),
    );
    assert.deepEqual(
      document.statements.map(({ id, text }) => [id, text]),
      [
        ['h', 'Commits stay.'],
        ['h2', 'Second one.'],
        ['h3', 'Third one.'],
        ['5ef0d4174267', 'Fourth.'],
      ],
    );
    assert.deepEqual(
      document.statements[0]?.bindings.map(({ control, explanation, bound }) => [control, explanation, bound?.id]),
      [['release.history', 'Looked at each time.', 'release.history']],
    );
  });

  it('binds one sentence to several controls, and several sentences to one footnote', () => {
    const document = read(
      'Both.[^a][^b] Again.[^a]',
      '',
      ...note('a', 'control: release.history'),
      ...note('b', 'control: release.review', 'approvals: 1'),
    );
    assert.deepEqual(
      document.statements.map(({ id, bindings }) => [id, bindings.map(({ control }) => control)]),
      [
        ['a', ['release.history', 'release.review']],
        ['a-2', ['release.history']],
      ],
    );
  });

  it('leaves a control that is known but not built unbound, and does not judge its parameters', () => {
    const document = read('We probe.[^tls]', '', ...note('tls', 'control: posture.tls', 'anything: [1, 2]'));
    assert.deepEqual(
      document.statements[0]?.bindings.map(({ control, bound }) => [control, bound]),
      [['posture.tls', null]],
    );
  });

  it('takes its title from the front matter', () => {
    assert.equal(read('---', 'title: Our promise', 'version: 3', '---', '', '# Other').title, 'Our promise');
  });

  it('gives equal sentences different ids, in their order', () => {
    const ids = read('Same.', '', 'Same.').statements.map(({ id }) => id);
    assert.equal(ids[1], `${ids[0]}-2`);
  });

  it('keeps nothing that a page could run', () => {
    const document = read(
      'Click [here](javascript:alert(1)) or ![pic](data:text/html,x) <script>alert(2)</script> <b onclick="x">now</b>.',
    );
    assert.deepEqual(texts(document), ['Click here or pic alert(2) now.']);
  });
});

describe('mistakes in a policy', () => {
  it('are all named at once, each with line and column', () => {
    const found = problems(
      'One.[^a] Two.[^gone] Three.[^c] Four.[^d] Five.[^e] Six.[^f]',
      '',
      ...note('a', 'control: release.histroy'),
      '[^c]: No block here.',
      '',
      ...note('d', 'control: release.history', 'brunch: main'),
      ...note('e', 'branch: main'),
      ...note('f', 'control: release.history', 'depth:', '  days: many'),
      ...note('unused', 'control: release.history'),
    );
    assert.deepEqual(places(found), [
      '1:14 there is no footnote [^gone]',
      '6:14 there is no control "release.histroy"',
      '9:1 the footnote [^c] has no YAML block',
      '15:5 release.history: brunch is no parameter of this control',
      '21:5 the YAML block of [^e] names no control',
      '29:7 release.history: depth days Invalid input: expected number, received string',
      '32:1 no sentence refers to the footnote [^unused]',
    ]);
    assert.equal(found[1]?.hint, 'Did you mean release.history?');
  });

  it('are two blocks, a footnote that stands twice, and YAML that is none', () => {
    const two = [
      '[^a]: Two.',
      '',
      '    ```yaml',
      '    control: release.history',
      '    ```',
      '',
      '    ```yaml',
      '    control: release.gate',
      '    ```',
      '',
    ];
    assert.deepEqual(places(problems('A.[^a]', '', ...two)), ['9:5 the footnote [^a] has two YAML blocks']);
    assert.deepEqual(
      places(
        problems('A.[^a]', '', ...note('a', 'control: release.history'), ...note('a', 'control: release.history')),
      ),
      ['9:1 the footnote [^a] stands twice'],
    );
    assert.equal(problems('A.[^a]', '', ...note('a', 'control: "release'))[0]?.line, 6);
    assert.equal(problems('A.[^a]', '', ...note('a', 'control: release.history', 'control: release.gate'))[0]?.line, 7);
    assert.equal(problems('A.[^a]', '', ...note('a', 'control: *x'))[0]?.line, 6);
    assert.equal(problems('A.[^a]', '', ...note('a', 'control: release.history', '__proto__: 1'))[0]?.line, 7);
  });

  it('are unknown keys in the front matter', () => {
    assert.deepEqual(places(problems('---', 'title: x', 'langauge: de', '---')), [
      '3:1 the front matter has an unknown key "langauge"',
    ]);
  });

  it('are front matter that never ends, and values that no page could show', () => {
    assert.deepEqual(places(problems('---', 'title: x', '', 'We scan.')), ['1:1 the front matter has no end']);
    assert.deepEqual(
      places(problems('---', 'effective: 2026-02-30', 'language: "!"', 'contact: javascript:alert(1)', '---')),
      [
        '2:1 "effective" in the front matter cannot be what it is',
        '3:1 "language" in the front matter cannot be what it is',
        '4:1 "contact" in the front matter cannot be what it is',
      ],
    );
    for (const contact of ['security@holdfast.example', 'mailto:a@b.example', 'https://holdfast.example/report'])
      read('---', 'effective: 2026-11-24', 'language: de-DE', `contact: ${contact}`, '---');
    for (const contact of ['http://holdfast.example', 'data:text/html,x', 'https://', 'a@b@c'])
      assert.equal(problems('---', `contact: ${contact}`, '---').length, 1, contact);
  });

  it('are references that hide as a link', () => {
    assert.deepEqual(
      places(problems('We scan.', 'Always.[^gone](https://holdfast.example) And [^b][x].', '', '[x]: y')),
      ['2:8 there is no footnote [^gone]', '2:46 there is no footnote [^b]'],
    );
    assert.deepEqual(texts(read('A [^](y) and \\[^b](y) stay.')), ['A ^ and [^b](y) stay.']);
  });

  it('are not seen in code, nor where the mark is escaped', () => {
    assert.deepEqual(texts(read('Write `[^x]` or \\[^y] here.')), ['Write [^x] or [^y] here.']);
  });

  it('are refused before parsing when no person wrote the document', () => {
    const tooLarge = (text: string) =>
      assert.throws(
        () => readPolicy(text, []),
        (error) => error instanceof HoldfastError && error.code === 'POLICY_TOO_LARGE',
      );
    tooLarge('a'.repeat(257 * 1_024));
    tooLarge(`${'> '.repeat(101)}deep`);
  });
});

describe('any Markdown at all', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      'A sentence. ',
      'Another one! ',
      '[^a]',
      '[^b]\n',
      '\n\n',
      '- item ',
      '> ',
      '    ',
      '```yaml\n',
      '```\n',
      '[^a]: ',
      'control: release.history\n',
      '<b>',
      '[x](javascript:1)',
      '| a |\n|-|\n',
      '---\n',
      '*',
      '\\',
      '# ',
      '\t',
      '1. ',
    ),
    fc.string({ maxLength: 12 }),
  );
  const markdown = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(''));

  it('is read, refused with problems that lie inside it, or too large; nothing else', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const lines = text.split(/\r\n?|\n/).length;
        const result = readPolicy(text, [history]);
        if (result.ok) {
          const ids = result.value.statements.map(({ id }) => id);
          assert.equal(new Set(ids).size, ids.length);
        } else {
          assert.ok(result.error.length > 0);
          for (const { line, column } of result.error)
            assert.ok(line >= 1 && line <= lines + 1 && column >= 1, `${line}:${column} of ${lines}`);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps its statements and their ids when a paragraph is wrapped anew', () => {
    const word = fc.stringMatching(/^[a-z]{7,9}$/);
    const sentence = fc.array(word, { minLength: 2, maxLength: 8 }).map((words) => `X${words.join(' ')}.`);
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        (sentences, breaks) => {
          const flat = sentences.join(' ');
          let at = 0;
          const wrapped = flat.replaceAll(' ', () => (breaks[at++] === true ? '\n' : ' '));
          const shape = (text: string): unknown => read(text).statements.map(({ id, text: words }) => [id, words]);
          assert.deepEqual(shape(wrapped), shape(flat));
          assert.deepEqual(texts(read(flat)), sentences);
        },
      ),
    );
  });
});

describe('a reference that leads nowhere', () => {
  it('is named behind an address in brackets too, and lines stay right there', () => {
    const found = problems('One.', '', 'Report it [to security@holdfast.example] today.[^gone] Second one.');
    assert.deepEqual(places(found), ['3:48 there is no footnote [^gone]']);
    assert.deepEqual(
      read('One.', '', 'Report [to security@holdfast.example] today.').statements.map(({ line }) => line),
      [1, 3],
    );
  });

  it('is named when its label has a blank, whatever Markdown makes of its note', () => {
    const found = problems('We review.[^code review]', '', ...note('code review', 'control: release.history'));
    assert.equal(places(found)[0], '1:11 there is no footnote [^code review]');
    assert.equal(places(problems('We scan.[^a b]', '', '[^a b]: Words.'))[0], '1:9 there is no footnote [^a b]');
  });
});
