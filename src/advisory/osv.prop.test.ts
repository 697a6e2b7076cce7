import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { affects, fixesFor } from './affects.ts';
import { readOsv } from './osv.ts';
import { orderOf } from './version.ts';

/** A record with every field that the reader looks at. */
const whole = () => ({
  id: 'GHSA-1',
  aliases: ['CVE-1', 'CVE-2'],
  modified: '2026-05-06T07:08:09Z',
  published: '2026-05-01T00:00:00Z',
  withdrawn: '2026-05-07T00:00:00Z',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'a', purl: 'pkg:npm/a' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.0' }, { limit: '*' }] }],
      versions: ['2.0.0'],
      severity: [{ type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:N/I:N/A:C' }],
      ecosystem_specific: { severity: 'HIGH' },
      database_specific: { severity: 'LOW', cwes: [{ cweId: 'CWE-506' }] },
    },
    { package: { purl: 'pkg:maven/g/a' }, ranges: [{ type: 'ECOSYSTEM', events: [{ last_affected: '1.0' }] }] },
  ],
  references: [{ type: 'FIX', url: 'https://example.org/fix' }],
  database_specific: {
    cwe_ids: ['CWE-79'],
    severity: 'MODERATE',
    leitwacht: { category: 'malware' },
    holdfast: { range_quality: 'exact' },
  },
});

/** Every place in a JSON value, as the object or array and the key in it. */
function placesOf(value: unknown): { readonly holder: Record<string, unknown>; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

const hostileText = fc.constantFrom(
  '',
  '0',
  ' ',
  'pkg:npm/%',
  'pkg:maven/x',
  'CVSS:3.1/AV:N',
  '(',
  '\ud800',
  '\u0000',
  'SEMVER',
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), hostileText, fc.constant(undefined));
const damage = fc.array(fc.tuple(fc.nat(), anything), { minLength: 1, maxLength: 6 });

test('whatever is wrong in a record, it is read or refused with a reason, and what was read can be evaluated', () => {
  fc.assert(
    fc.property(damage, (changes) => {
      const record: unknown = whole();
      for (const [at, value] of changes) {
        const places = placesOf(record);
        const place = places[at % places.length];
        if (place !== undefined) place.holder[place.key] = value;
      }
      const result = readOsv(record);
      if (!result.ok) return assert.notEqual(result.error, '');
      for (const element of result.value.advisory.affected) {
        const order = orderOf(element.ecosystem);
        assert.equal(typeof affects(element, '0.5.0', order), 'boolean');
        for (const fix of fixesFor(element, '0.5.0', order)) assert.equal(affects(element, fix, order), false);
      }
    }),
    { numRuns: 3000 },
  );
});

test('a JSON value that is no record at all is refused or read, never thrown at', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(typeof readOsv(value).ok, 'boolean')));
});
