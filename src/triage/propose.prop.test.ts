/** Hostile files of ignores: every reader answers or refuses, quickly, and nothing that it says can break out of its place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { findingWith } from '../../test/support/finding.ts';
import { parseLocated } from '../lib/located-yaml.ts';
import { plain } from '../lib/yaml-schema.ts';
import { readDecisions } from './decisions-file.ts';
import { detectIgnores, READERS, type IgnoreFormat } from './detect-ignores.ts';
import { openProposals } from './proposals.ts';
import { proposalsText } from './proposals.text.ts';

const TODAY = '2026-11-25';
const NAMES: Readonly<Record<IgnoreFormat, string>> = {
  openvex: 'shop.openvex.json',
  snyk: 'shop.snyk',
  nsprc: 'shop.nsprc',
  'audit-ci': 'audit-ci.jsonc',
  'osv-scanner': 'osv-scanner.toml',
  trivyignore: 'shop.trivyignore',
  'trivyignore-yaml': 'trivyignore.yaml',
  grype: 'grype.yaml',
  'dependency-check': 'suppressions.xml',
};
const FORMATS = Object.keys(NAMES) as IgnoreFormat[];
const texts = new Map(
  FORMATS.map((format) => [format, readFileSync(join('test', 'fixtures', 'triage', NAMES[format]), 'utf8')]),
);

const SPLICES = [
  '',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  '\n',
  '\r\n',
  '\t',
  ' - ',
  '#',
  '&a',
  '*a',
  '!!binary',
  '<<: *a',
  '\\',
  '\\u0000',
  '/*',
  '//',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE x [',
  '&lt;',
  '__proto__',
  'constructor',
  '1e999',
  'null',
  '\u2028',
  '\u0000',
  '\ud800',
  '>',
  '|',
  '=',
  '"""',
];

/** Damages a file at one to four places: cut, doubled, or spliced with a mark that some format cares about. */
const mutated = fc
  .record({
    format: fc.constantFrom(...FORMATS),
    steps: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.integer({ min: 0, max: 40 }),
        splice: fc.constantFrom(...SPLICES),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ format, steps }) => ({
    format,
    text: steps.reduce((text, { at, cut, splice }) => {
      const start = Math.floor(at * text.length);
      return `${text.slice(0, start)}${splice}${text.slice(start + cut)}`;
    }, texts.get(format)!),
  }));

it('reads or refuses every damaged file, and what it proposes is well-formed YAML that is no decision', () => {
  fc.assert(
    fc.property(mutated, ({ format, text }) => {
      detectIgnores('file', text);
      const imported = READERS[format](text);
      if (!imported.ok) {
        assert.ok(imported.error.message.length > 0);
        return;
      }
      const file = { file: 'a\nproposals: [1]', format, ...imported.value };
      const proposals = openProposals(
        file,
        [findingWith({ id: 'CVE-2026-1001', aliases: ['CVE-1], x: [y', 'a\nb: c'] })],
        TODAY,
      );
      for (const { ids, open } of proposals) {
        assert.ok(ids.length > 0);
        assert.ok(open.includes('owner'));
      }
      const written = proposalsText([file], proposals, TODAY);
      const tree = parseLocated(written, 10_000_000);
      assert.ok(tree.ok, written);
      const keys = plain(tree.value) as { proposals?: unknown[] };
      assert.equal(keys.proposals?.length ?? 0, proposals.length, written);
      if (proposals.length > 0) assert.equal(readDecisions(written, TODAY).ok, false);
    }),
    { numRuns: 9_000 },
  );
});

it('stops at its limits within two seconds', () => {
  const deep = '[{"a":'.repeat(50_000);
  const big: Readonly<Record<IgnoreFormat, string>> = {
    openvex: `{"statements":[${'{"vulnerability":{"name":"CVE-1-1"},"products":["a"],"status":"affected"},'.repeat(40_000)}]}`,
    snyk: `ignore:\n${Array.from({ length: 900 }, (_, at) => `  CVE-1-${at}:\n${`    - 'a > b': {reason: r}\n`.repeat(20)}`).join('')}`,
    nsprc: `{${Array.from({ length: 50_000 }, (_, at) => `"CVE-1-${at}":"x"`).join(',')}}`,
    'audit-ci': `{"allowlist":[${'"CVE-1-1",'.repeat(100_000)}]}`,
    'osv-scanner': '[[IgnoredVulns]]\nid = "CVE-1-1"\n'.repeat(20_000),
    trivyignore: 'CVE-1-1 exp:2027-01-01\n'.repeat(100_000),
    'trivyignore-yaml': `vulnerabilities:\n${'  - id: CVE-1-1\n'.repeat(20_000)}`,
    grype: `ignore:\n${'  - vulnerability: CVE-1-1\n'.repeat(20_000)}`,
    'dependency-check': `<suppressions>${'<suppress><cve>CVE-1-1</cve></suppress>'.repeat(50_000)}</suppressions>`,
  };
  for (const format of FORMATS) {
    for (const text of [
      big[format],
      deep,
      '{'.repeat(200_000),
      `${'- '.repeat(100_000)}`,
      '<a>'.repeat(100_000),
      `a = ${'['.repeat(50_000)}`,
    ]) {
      const started = cpuMs();
      READERS[format](text);
      detectIgnores('file', text);
      const spent = cpuMs() - started;
      assert.ok(spent < 2_000, `${format}: ${text.slice(0, 20)} took ${spent} ms`);
    }
    if (format !== 'openvex') assert.equal(READERS[format](big[format]).ok, false, format);
  }
});
