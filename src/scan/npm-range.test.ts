import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inRange, lowerBoundsOf, upperBoundsOf } from './npm-range.ts';

describe('a range of an npm advisory', () => {
  it('holds what its comparators allow', () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['1.2.5', '>=1.0.0 <1.2.6', true],
      ['1.2.6', '>=1.0.0 <1.2.6', false],
      ['0.9.0', '>=1.0.0 <1.2.6', false],
      ['0.2.0', '<0.2.1 || >=1.0.0 <1.2.3', true],
      ['0.5.0', '<0.2.1 || >=1.0.0 <1.2.3', false],
      ['2.6.8', '<= 2.6.8 || >= 3.0.0 <= 3.0.1', true],
      ['2.6.9', '<= 2.6.8 || >= 3.0.0 <= 3.0.1', false],
      ['3.0.1', '> 3.0.0, <= 3.0.1', true],
      ['1.0.0', '=1.0.0', true],
      ['1.0.1', '1.0.0', false],
      ['2.0.0-beta.1', '<2.0.0', true],
    ];
    for (const [version, range, holds] of cases) assert.equal(inRange(version, range), holds, `${version} in ${range}`);
  });

  it('holds everything when it cannot be read: the report says that the package is affected', () => {
    for (const range of ['*', '', '^1.0.0', '1.0.0 - 2.0.0', '<1 ||', 'x'.repeat(10_000)])
      assert.ok(inRange('9.9.9', range), range);
  });

  it('names the versions behind its ends, and the first patched ones', () => {
    assert.deepEqual(upperBoundsOf('<0.2.1 || >=1.0.0 <1.2.3'), ['0.2.1', '1.2.3']);
    assert.deepEqual(upperBoundsOf('<=99.0.0'), []);
    assert.deepEqual(lowerBoundsOf('>= 2.6.9 < 3.0.0 || >= 3.1.0'), ['2.6.9', '3.1.0']);
    assert.deepEqual(lowerBoundsOf('< 0.0.0'), []);
  });
});
