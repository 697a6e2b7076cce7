import assert from 'node:assert/strict';
import test from 'node:test';
import { compareNpm, parseNpmVersion } from './version-npm.ts';

const compare = (a: string, b: string) => Math.sign(compareNpm(parseNpmVersion(a), parseNpmVersion(b)));

function assertAscending(versions: readonly string[]): void {
  for (const [low, a] of versions.entries()) {
    for (const [high, b] of versions.entries()) {
      assert.equal(compare(a, b), Math.sign(low - high), `${a} and ${b}`);
    }
  }
}

test('the examples of SemVer 2.0.0 §11 stand in their order', () => {
  assertAscending(['1.0.0', '2.0.0', '2.1.0', '2.1.1']);
  assertAscending([
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
  ]);
});

test('versions of npm packages stand in the order npm gives them', () => {
  assertAscending(['0.0.0-foo', '0.0.0', '0.0.1', '0.9.9', '0.9.10', '0.10.0', '0.99.0', '1.0.0', '1.2.2', '1.2.3']);
  assertAscending(['1.2.3-4', '1.2.3-5', '1.2.3-5-foo', '1.2.3-a', '1.2.3-a.5', '1.2.3-a.10', '1.2.3-a.b', '1.2.3-b']);
  assertAscending(['3.0.0-beta.9', '3.0.0-beta.10', '3.0.0-beta10', '3.0.0-beta9', '3.0.0-next', '3.0.0', '3.0.1-0']);
  assertAscending(['1.0.0--', '1.0.0-A', '1.0.0-a']);
});

test('one version has many spellings', () => {
  for (const same of [
    '1.2.3',
    'v1.2.3',
    '=1.2.3',
    ' = v1.2.3 ',
    '\t1.2.3\n',
    '01.02.03',
    '1.2.3+build.5',
    '1.2.3+a-b',
  ]) {
    assert.equal(compare(same, '1.2.3'), 0, same);
  }
  assert.equal(compare('1.2.3beta', '1.2.3-beta'), 0);
  assert.equal(compare('1.2.3-beta+1', '1.2.3-beta+2'), 0);
});

test('numbers beyond 2^53 and 30 digits are compared exactly', () => {
  assertAscending([
    '1.0.0-99999999999999999999999999999',
    '1.0.0-100000000000000000000000000000',
    '1.0.0-100000000000000000000000000001',
    '1.0.0-a',
    '9007199254740991.0.0',
    '9007199254740992.0.0',
    '9007199254740993.0.0',
    '99999999999999999999999.999999999999999998.99999999999999999',
    '99999999999999999999999.999999999999999999.99999999999999999',
  ]);
});

test('a version longer than 256 characters is compared like any other', () => {
  const long = `1.2.3-${'a'.repeat(400)}`;
  assertAscending(['1.2.3-a', `1.2.3-${'a'.repeat(399)}`, long, `${long}.1`, '1.2.3-b', '1.2.3']);
});

test('partial and overlong versions stand where a reader expects them', () => {
  assert.equal(compare('1.2', '1.2.0'), 0);
  assert.equal(compare('100', '100.0.0'), 0);
  assert.equal(compare('0', '0.0.0'), 0);
  assertAscending(['7.4.3', '7.4.3.130', '7.4.3.131', '7.4.4']);
  assertAscending(['1.0.0-0', '1.0.0-*', '1.0.0-alpha', '1.0.0']);
  assertAscending(['1.x', '1.0.0', '1.2.3-beta_1', '1.2.3']);
});

test('the loose reading of npm splits a fourth number off a patch of two digits', () => {
  assert.equal(compare('1.2.34.5', '1.2.3-4.5'), 0);
  assert.equal(compare('1.2.34.alpha', '1.2.3-4.alpha'), 0);
});

test('what is no version sorts below every version, by its text', () => {
  assertAscending(['', '*', '__proto__', 'latest', 'workspace:1.2.3', '0.0.0-0', '1.0.0']);
});

test('hostile lengths are read in time', () => {
  for (const piece of ['1', '.1', '-', 'a', 'v', ' ', '=', '1.', '-1.', '+']) {
    const long = piece.repeat(200_000);
    for (const text of [long, `1.2.3${long}`, `1.2.3-${long}!`, `1.2.33.${long}`, `1.2.3+${long}!`]) {
      assert.equal(compare(text, text), 0);
    }
  }
});
