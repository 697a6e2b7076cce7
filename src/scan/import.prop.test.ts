/**
 * Hostile reports: whatever a fixture is turned into, it is read or refused with a code, quickly, and what comes out could be printed and
 * joined. 2,000 mutations for each fixture, and every fixture cut off at every 40th character.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { HoldfastError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { readReport } from './read-report.ts';
import type { ImportedReport } from './reported-finding.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'scan');
const NAMES = readdirSync(FIXTURES).sort();

/** `null` for a refusal; anything else that is thrown is a defect. */
function readOrRefuse(text: string): ImportedReport | null {
  try {
    return readReport('r', text);
  } catch (thrown) {
    if (thrown instanceof HoldfastError && thrown.code.startsWith('IMPORT_')) return null;
    throw thrown;
  }
}

const isLine = (text: string, longest: number): boolean =>
  text.length <= longest && text.isWellFormed() && !/\p{Cc}/u.test(text);

function assertSound(report: ImportedReport | null): void {
  for (const finding of report?.findings ?? []) {
    assert.ok(finding.ids.length > 0 && finding.ids.every((id) => id !== '' && isLine(id, 256)));
    assert.ok(finding.package.name !== '' && isLine(finding.package.name, 512));
    assert.ok(isLine(finding.package.version, 1024) && isLine(finding.package.ecosystem, 512));
    assert.ok(finding.tool !== '' && isLine(finding.tool, 100));
    assert.ok(finding.urls.every((url) => url.startsWith('https://')));
    assert.ok([...finding.evidence, ...finding.fixed, ...finding.cwes].every((text) => isLine(text, 600)));
    assert.ok(finding.rating.score === null || (finding.rating.score >= 0 && finding.rating.score <= 10));
  }
  for (const words of [...(report?.failures ?? []), ...(report?.leftOut ?? [])])
    assert.ok(words !== '' && isLine(words, 3000));
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): readonly Place[] {
  const inner = Array.isArray(value)
    ? value.map((item, index): [number, unknown] => [index, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [at, ...inner.flatMap(([key, item]) => placesIn(item, [...at, key]))];
}

/** A copy with one value replaced, or removed. */
function changed(value: unknown, [key, ...rest]: Place, to: { readonly value: unknown } | null): unknown {
  if (key === undefined) return to === null ? undefined : to.value;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      index === key ? (rest.length === 0 && to === null ? [] : [changed(item, rest, to)]) : [item],
    );
  }
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = { ...value };
  if (rest.length === 0 && to === null) delete copy[key];
  else copy[key] = changed(value[key], rest, to);
  return copy;
}

const HOSTILE = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1e308,
    '',
    ' ',
    '\u0000',
    '\u001b[31m',
    '\ud800',
    'a'.repeat(100_000),
    '__proto__',
    'constructor',
    [],
    [[]],
    {},
    [null],
    'pkg:npm/%zz',
    'pkg:npm/a@1',
    'CVE-2020-1111',
    'GHSA-aaaa-bbbb-cccc',
    '9.8',
    'NaN',
    'javascript:alert(1)',
    'cpe:2.3:*',
    { __proto__: null, length: 3 },
    '('.repeat(5_000),
    ' '.repeat(5_000),
    '-'.repeat(5_000),
    '>='.repeat(2_000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.anything({ maxDepth: 2 }),
);

describe('a hostile report', () => {
  for (const name of NAMES) {
    const text = readFileSync(join(FIXTURES, name), 'utf8');

    it(`${name}: is read or refused when values are replaced or removed`, { timeout: 60_000 }, () => {
      if (name.endsWith('.xml')) {
        const tokens = text.split(/(?=[<>])/);
        fc.assert(
          fc.property(
            fc.nat(tokens.length - 1),
            fc.nat(tokens.length - 1),
            fc.oneof(
              fc.constantFrom('', '<a>', '</a>', '&x;', '\u0000', ']]>', 'a'.repeat(100_000)),
              fc.string({ maxLength: 20 }),
            ),
            (at, other, put) => {
              const mutated = [...tokens];
              mutated.splice(at, 1, put === '' ? (tokens[other] ?? '') : `${tokens[at] ?? ''}${put}`);
              assertSound(readOrRefuse(mutated.join('')));
            },
          ),
          { numRuns: 2_000 },
        );
        return;
      }
      const document: unknown = JSON.parse(text);
      const places = placesIn(document);
      const change = fc.record({ at: fc.nat(places.length - 1), to: fc.option(fc.record({ value: HOSTILE })) });
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const mutated = changes.reduce((value, { at, to }) => changed(value, places[at] ?? [], to), document);
          let spelt: string | undefined;
          try {
            spelt = JSON.stringify(mutated);
          } catch {
            return; // A number that JSON does not have.
          }
          assertSound(readOrRefuse(spelt ?? ''));
        }),
        { numRuns: 2_000 },
      );
    });

    it(`${name}: is refused when it is cut off`, () => {
      const end = text.trimEnd().length;
      for (let at = 0; at < end; at += 40) assert.equal(readOrRefuse(text.slice(0, at)), null, `${at}`);
    });
  }

  it('costs time in proportion to its size', { timeout: 20_000 }, () => {
    const long = 'CVE-2020-1111-'.repeat(20_000);
    const results = Array.from({ length: 2_000 }, (_, at) => ({
      ruleId: `${at} ${long.slice(0, 3_000)}`,
      message: { text: long.slice(0, 3_000) },
    }));
    const started = cpuMs();
    readOrRefuse(JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { rules: [] } }, results }] }));
    readOrRefuse(
      JSON.stringify({
        advisories: { 1: { module_name: 'a', url: long, cwe: long, patched_versions: long, findings: [] } },
      }),
    );
    assert.ok(cpuMs() - started < 2_000);
  });
});
