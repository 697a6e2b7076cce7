import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import semver from 'semver';
import { compareNpm, parseNpmVersion } from './version-npm.ts';

const compare = (a: string, b: string) => Math.sign(compareNpm(parseNpmVersion(a), parseNpmVersion(b)));

const number = fc.constantFrom('0', '1', '2', '9', '10', '34', '01', '00', '4503599627370496');
const word = fc.constantFrom('a', 'b', 'alpha', 'rc', 'x', '-', '--', '1a', 'a1', 'Z', '0', '1', '10', '007');
const tail = fc
  .array(fc.tuple(fc.constantFrom('-', '.', '', '+'), word), { maxLength: 4 })
  .map((parts) => parts.flat().join(''));
const prefix = fc.constantFrom('', '', '', 'v', '=', ' v ', '= ');
/** Versions that `semver` mostly reads, and mostly near one another. */
const version = fc
  .tuple(prefix, number, number, number, tail)
  .map(([before, major, minor, patch, after]) => `${before}${major}.${minor}.${patch}${after}`);
const plain = fc.tuple(number, number, number).map((numbers) => numbers.join('.'));
const piece = fc.constantFrom(
  '1',
  '0',
  '.',
  '-',
  '+',
  'a',
  '_',
  ' ',
  'v',
  '*',
  '1'.repeat(30),
  'b'.repeat(300),
  '\u{1f600}',
);
const anyText = fc.oneof(
  version,
  fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string(),
);

/** What `semver` makes of a version, or null. */
const parsed = (text: string) => semver.parse(text, { loose: true });

test('the order agrees with semver wherever semver reads both versions', () => {
  let compared = 0;
  fc.assert(
    fc.property(version, version, (a, b) => {
      const left = parsed(a);
      const right = parsed(b);
      if (left === null || right === null) return;
      compared++;
      assert.equal(compare(a, b), left.compare(right));
    }),
    { numRuns: 20_000 },
  );
  assert.ok(compared > 5000, `only ${compared} pairs could be compared`);
});

test('release, pre-release and build are cut apart as semver does', () => {
  fc.assert(
    fc.property(version, (text) => {
      const theirs = parsed(text);
      if (theirs === null) return;
      const ours = parseNpmVersion(text);
      assert.deepEqual(ours.release, [theirs.major, theirs.minor, theirs.patch]);
      assert.deepEqual(ours.prerelease, theirs.prerelease);
    }),
    { numRuns: 5000 },
  );
});

test('the fast path reads plain versions as the slow one does', () => {
  fc.assert(
    // The leading space takes the slow path.
    fc.property(plain, (text) => assert.deepEqual(parseNpmVersion(text), parseNpmVersion(` ${text}`))),
  );
});

test('any three texts are ordered: reflexive, antisymmetric, transitive', () => {
  fc.assert(
    fc.property(anyText, anyText, anyText, (a, b, c) => {
      assert.equal(compare(a, a), 0);
      assert.equal(compare(a, b), 0 - compare(b, a));
      const [low = '', middle = '', high = ''] = [a, b, c].sort(compare);
      assert.ok(compare(low, middle) <= 0 && compare(middle, high) <= 0);
      assert.equal(compare(low, high), Math.min(compare(low, middle), compare(middle, high)));
    }),
    { numRuns: 20_000 },
  );
});
