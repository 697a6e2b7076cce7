import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareMaven, parseMavenVersion } from './version-maven.ts';

const compare = (a: string, b: string) => Math.sign(compareMaven(parseMavenVersion(a), parseMavenVersion(b)));

const pieces = ['0', '00', '1', '2', '10', '99999999999999999999', 'a', 'b', 'm', 'alpha', 'RC', 'cr', 'x'];
const nulls = ['ga', 'Final', 'release', 'sp', 'SNAPSHOT', 'ß', '_'];
const hostile = fc
  .array(fc.tuple(fc.constantFrom(...pieces, ...nulls, ''), fc.constantFrom('.', '-', '')), { maxLength: 7 })
  .map((parts) => parts.flat().join(''));
const anyText = fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 12 }));

/** What people release: numbers, then at most one qualifier behind a hyphen, then at most one number. */
const ordinary = fc
  .tuple(
    fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(
      '',
      '-alpha',
      '-beta',
      '-M',
      '-milestone',
      '-rc',
      '-CR',
      '-SNAPSHOT',
      '-sp',
      '-jre',
      '-x',
      '-Final',
    ),
    fc.constantFrom('', '1', '2', '10'),
  )
  .map(([numbers, qualifier, count]) => `${numbers.join('.')}${qualifier}${qualifier === '' ? '' : count}`);

test('every text equals itself, and swapping two texts turns the answer round', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      assert.equal(compare(a, a), 0);
      assert.equal(compare(a, b), 0 - compare(b, a));
    }),
    { numRuns: 3000 },
  );
});

test('ordinary versions are ordered transitively', () => {
  fc.assert(
    fc.property(ordinary, ordinary, ordinary, (a, b, c) => {
      const [low = '', middle = '', high = ''] = [a, b, c].sort(compare);
      assert.ok(compare(low, middle) <= 0 && compare(middle, high) <= 0);
      assert.equal(compare(low, high), Math.min(compare(low, middle), compare(middle, high)));
    }),
    { numRuns: 5000 },
  );
});

test('letter case, leading zeros and trailing null values do not count', () => {
  fc.assert(
    fc.property(ordinary, fc.constantFrom('.0', '-0', '.0.0', '-ga', '-final', '.', '-'), (version, tail) => {
      assert.equal(compare(version.toUpperCase(), version), 0);
      assert.equal(compare(version.replace(/^\d/, '00$&'), version), 0);
      assert.equal(compare(version + tail, version), 0);
    }),
  );
});
