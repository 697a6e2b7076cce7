import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliasTargets } from './alias-targets.ts';

/** Two groups that an index knows. */
const GROUPS = new Map([
  ['GHSA-1', 'one'],
  ['CVE-1', 'one'],
  ['GHSA-2', 'two'],
  ['CVE-2', 'two'],
]);
const targets = (...named: readonly (readonly string[])[]) => aliasTargets(named, (id) => GROUPS.get(id) ?? null);
const keys = (...named: readonly (readonly string[])[]) =>
  targets(...named).map((found) => found.map(({ key }) => key));

describe('what the names in reports mean', () => {
  it('is the group of the index, by any of its ids', () => {
    assert.deepEqual(keys(['GHSA-1'], ['CVE-1'], ['CVE-2']), [['index\0one'], ['index\0one'], ['index\0two']]);
  });

  it('follows names that only reports know, over several steps and in any order', () => {
    assert.deepEqual(keys(['SNYK-1'], ['PYSEC-1', 'SNYK-1'], ['PYSEC-1', 'CVE-1']), [
      ['index\0one'],
      ['index\0one'],
      ['index\0one'],
    ]);
  });

  it('is one problem of its own where the index knows no name', () => {
    const [first, second, third] = targets(['X-2', 'X-1'], ['X-3', 'X-2'], ['Y-1']);
    assert.deepEqual(first, second);
    assert.deepEqual(first, [{ key: 'report\0X-1', indexId: null, ids: [], shared: ['X-1', 'X-2', 'X-3'] }]);
    assert.deepEqual(third, [{ key: 'report\0Y-1', indexId: null, ids: [], shared: ['Y-1'] }]);
  });

  it('never joins two groups of the index: who names both speaks of both', () => {
    const [both, first, vague] = targets(['SNYK-1', 'CVE-1', 'CVE-2'], ['CVE-1'], ['SNYK-1']);
    assert.deepEqual(both, [
      { key: 'index\0one', indexId: 'CVE-1', ids: ['CVE-1'], shared: [] },
      { key: 'index\0two', indexId: 'CVE-2', ids: ['CVE-2'], shared: [] },
    ]);
    assert.deepEqual(first, [{ key: 'index\0one', indexId: 'CVE-1', ids: ['CVE-1'], shared: [] }]);
    assert.deepEqual(
      vague?.map(({ key, ids, shared }) => [key, [...ids, ...shared]]),
      [
        ['index\0one', []],
        ['index\0two', []],
      ],
    );
  });

  it('is not confused by names of JavaScript itself', () => {
    assert.deepEqual(keys(['__proto__', 'constructor'], ['constructor']), [
      ['report\0__proto__'],
      ['report\0__proto__'],
    ]);
  });
});
