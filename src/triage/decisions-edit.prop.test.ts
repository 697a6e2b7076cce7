import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { parseLocated } from '../lib/located-yaml.ts';
import { plain } from '../lib/yaml-schema.ts';
import { addDecision, approveDecision, type DecisionEntry } from './decisions-edit.ts';

const content = (text: string): unknown => {
  const tree = parseLocated(text, 10_000_000);
  assert.ok(tree.ok, text);
  return plain(tree.value);
};
const decisionsIn = (text: string): readonly Readonly<Record<string, unknown>>[] =>
  (content(text) as { decisions?: readonly Readonly<Record<string, unknown>>[] }).decisions ?? [];

/** Texts that a naive writer would break on. */
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    'NO',
    '2026-11-25',
    'a: b',
    '# c',
    '- d',
    '"',
    "'",
    '{',
    '[x]',
    '!t',
    '&a',
    '*a',
    '|',
    '>',
    '%',
    '@',
    'null',
    '1e3',
    'a\nb',
    ' x ',
    '\u2028',
    '',
  ),
);
const entry: fc.Arbitrary<DecisionEntry> = fc.record({
  id: fc.constantFrom('CVE-2026-1', 'GHSA-aaaa-bbbb-cccc'),
  aliases: fc.array(nasty, { maxLength: 2 }),
  package: fc.constantFrom('pkg:npm/%40a/b', 'pkg:npm/a@1.0.0'),
  paths: fc.array(nasty, { maxLength: 2 }),
  decision: fc.constant('upgrade' as const),
  justification: fc.constant(null),
  owner: nasty,
  reason: nasty,
  decided: fc.constant('2026-11-25'),
  expires: fc.constant('2027-11-25'),
  approvedBy: fc.option(nasty),
  evidence: fc.constant(null),
  proof: fc.constant(null),
});

/** Files as people leave them: line ends, indents, comments, quotes, a last line without its break. */
const handwritten = fc
  .record({
    head: fc.constantFrom('', '# Ours.\n', '---\n', '\n\n'),
    indent: fc.constantFrom('', '  ', '      '),
    items: fc.array(
      fc.constantFrom(
        ['id: CVE-1-1', 'reason: r # why'],
        ['id:   "CVE-1-2"', '', 'reason: >-', '  folded', '  text'],
        ['id: CVE-1-3', 'aliases:', '  - CVE-1-4 # the other', 'reason: |+', '  kept', ''],
        ['{id: CVE-1-5, reason: "x"}'],
        ['# first the reason', 'reason: a', 'id: CVE-1-6', '# behind'],
      ),
      { maxLength: 3 },
    ),
    tail: fc.constantFrom('', '\n', '\n# The end.\n', '\n\n\n'),
    crlf: fc.boolean(),
  })
  .map(({ head, indent, items, tail, crlf }) => {
    const lines = items.flatMap((item) =>
      item.map((line, at) => (at === 0 ? `${indent}- ${line}` : line === '' ? '' : `${indent}  ${line}`)),
    );
    const text = `${head}decisions:${items.length === 0 ? ' []' : ''}\n${lines.join('\n')}${tail}`;
    return crlf ? text.replaceAll('\n', '\r\n') : text;
  })
  // A comment as the first thing behind a dash makes the next line a key of the same map; YAML refuses it in some indents.
  .filter((text) => parseLocated(text).ok);

const keysOf = (given: DecisionEntry) =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
const runs = { numRuns: 2_000 };

it('adds a decision and changes nothing else that the file says', () => {
  fc.assert(
    fc.property(fc.option(handwritten), entry, (text, given) => {
      const before = text === null ? [] : decisionsIn(text);
      const after = addDecision(text, given);
      assert.deepEqual(decisionsIn(after), [...before, keysOf(given)]);
      for (const [comment] of (text ?? '').matchAll(/# (?:Ours|why|The end)/g))
        assert.ok(after.includes(comment), after);
    }),
    runs,
  );
});

it('keeps the file byte for byte around the new lines, where the decisions stand in lines', () => {
  fc.assert(
    fc.property(handwritten, entry, (text, given) => {
      if (decisionsIn(text).length === 0) return;
      const after = addDecision(text, given);
      let same = 0;
      while (same < text.length && text[same] === after[same]) same += 1;
      const rest = text.slice(same);
      assert.ok(after.endsWith(rest), after);
    }),
    runs,
  );
});

it('names a second person and changes nothing else', () => {
  fc.assert(
    fc.property(handwritten, fc.nat(), nasty, (text, pick, name) => {
      const before = decisionsIn(text);
      if (before.length === 0) return;
      const index = pick % before.length;
      const after = decisionsIn(approveDecision(text, index, name));
      assert.deepEqual(
        after,
        before.map((each, at) => (at === index ? { ...each, approvedBy: name } : each)),
      );
      const again = decisionsIn(approveDecision(approveDecision(text, index, name), index, 'Lee Zweite'));
      assert.equal(again[index]?.['approvedBy'], 'Lee Zweite');
    }),
    runs,
  );
});
