import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { compareMaven, parseMavenVersion } from './version-maven.ts';

const rows = readFileSync(new URL('../../test/fixtures/advisory/maven-order.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'));

const compare = (a: string, b: string) => Math.sign(compareMaven(parseMavenVersion(a), parseMavenVersion(b)));
const SIGNS: Record<string, number> = { '<': -1, '=': 0, '>': 1 };

test('versions stand in the order that Maven itself computes', () => {
  assert.equal(rows.length, 498);
  const wrong = rows.filter(([a = '', sign = '', b = '']) => compare(a, b) !== SIGNS[sign]);
  assert.deepEqual(wrong, []);
});

test('swapping two versions turns the answer round', () => {
  const wrong = rows.filter(([a = '', sign = '', b = '']) => compare(b, a) !== 0 - SIGNS[sign]!);
  assert.deepEqual(wrong, []);
});

test('a patched driver for one Java version stands above the release and below the next', () => {
  assert.equal(compare('12.10.2.jre11', '12.10.2'), 1);
  assert.equal(compare('12.10.2.jre11', '12.10.3'), -1);
  assert.equal(compare('12.10.2.jre8', '12.10.2.jre11'), -1);
});

test("Maven's own circle of three versions is kept as it is", () => {
  assert.equal(compare('3.0.0.alpha.1.1', '3.0.0.Final'), -1);
  assert.equal(compare('3.0.0.Final', '3.0-dev2'), -1);
  assert.equal(compare('3.0-dev2', '3.0.0.alpha.1.1'), -1);
});

test('a version of 200,000 separators or digits is compared without a deep stack', () => {
  for (const piece of ['-1', '.1', '-', '.', 'a1', '1', 'a', '-a.', '-0']) {
    const long = parseMavenVersion(`${piece.repeat(100_000)}-2`);
    assert.equal(compareMaven(long, long), 0);
    assert.equal(Math.sign(compareMaven(long, parseMavenVersion(`${piece.repeat(100_000)}-10`))), -1, piece);
  }
});
