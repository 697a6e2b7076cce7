import assert from 'node:assert/strict';
import test from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { groupAliases } from './alias.ts';

const records = (...all: readonly (readonly [string, ...string[]])[]) =>
  all.map(([id, ...aliases]) => ({ id, aliases }));

test('a chain of aliases is one group, whatever the order of the records', () => {
  // Links 0-3, 1-2 and 2-3: joining pair by pair in one pass leaves record 1 alone.
  const { groupOf, members } = groupAliases(records(['A', 'D'], ['B', 'C'], ['C', 'D'], ['D']));
  assert.deepEqual(groupOf, [0, 0, 0, 0]);
  assert.deepEqual(members, [['A', 'B', 'C', 'D']]);
});

test('records that name a common third id speak of the same vulnerability', () => {
  const { groupOf, members } = groupAliases(
    records(['GHSA-1', 'CVE-1'], ['MAL-1', 'CVE-1'], ['GHSA-2', 'CVE-2'], ['GHSA-3']),
  );
  assert.deepEqual(groupOf, [0, 0, 1, 2]);
  assert.deepEqual(members, [['CVE-1', 'GHSA-1', 'MAL-1'], ['CVE-2', 'GHSA-2'], ['GHSA-3']]);
});

test('one id in two records is one group', () => {
  assert.deepEqual(groupAliases(records(['A'], ['B'], ['A'])).groupOf, [0, 1, 0]);
});

test('no records are no groups', () => {
  assert.deepEqual(groupAliases([]), { groupOf: [], members: [] });
});

test('ids that are names of object properties are ordinary ids', () => {
  const { groupOf } = groupAliases(records(['__proto__'], ['constructor', '__proto__'], ['toString']));
  assert.deepEqual(groupOf, [0, 0, 1]);
});

test('220,000 records in one long chain are grouped in time', () => {
  const chain = Array.from({ length: 220_000 }, (_, at) => ({ id: `R-${at}`, aliases: [`R-${at + 1}`] }));
  const start = cpuMs();
  const { groupOf, members } = groupAliases(chain);
  // A quadratic walk takes half a minute.
  assert.ok(cpuMs() - start < 5000);
  assert.equal(members.length, 1);
  assert.equal(groupOf[219_999], 0);
});
