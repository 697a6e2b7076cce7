import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EPOCH } from '../lib/time.ts';
import { type IntactFacts, judgeIntact } from './intact.ts';

const SOUND = {
  found: true,
  origin: 'holdfast/00000000',
  entries: 1_200,
  size: 1_200,
  signed: 1_199,
  states: 1,
  earlier: 0,
  broken: 0,
  unread: 0,
  findings: [],
} as const;

const judged = (facts: IntactFacts): readonly string[] => {
  const { verdict, summary } = judgeIntact(facts, EPOCH);
  return [verdict, summary];
};

test('a log that verified is kept, with what was compared', () => {
  assert.deepEqual(judged(SOUND), [
    'kept',
    '1,200 entries and 1 recorded row agree with each other; 1,199 are under the newest checkpoint.',
  ]);
});

test('entries of before the log was reopened are said, and how many', () => {
  assert.deepEqual(judged({ ...SOUND, earlier: 5 }), [
    'kept',
    '1,200 entries, 5 entries of before the log was reopened and 1 recorded row agree with each other; 1,199 are under the newest checkpoint.',
  ]);
});

test('without a log nothing was measured', () => {
  const { verdict, measuredAt } = judgeIntact({ found: false }, EPOCH);
  assert.deepEqual([verdict, measuredAt], ['unknown', null]);
});

test('anything that differs is broken, and named without control characters', () => {
  const findings = [{ where: 'policy:a\u001b[2J', words: 'it was changed', code: 'state-differs' }];
  assert.deepEqual(judged({ ...SOUND, broken: 2, unread: 1, findings }), [
    'broken',
    'The log is not intact, 2 findings: policy:a\ufffd[2J: it was changed. See `holdfast log verify`.',
  ]);
});

test('what was not looked at, not read or never signed is unknown, and never kept', () => {
  for (const less of [{ unread: 1 }, { entries: 1_199 }, { signed: 0 }])
    assert.equal(judged({ ...SOUND, ...less })[0], 'unknown', JSON.stringify(less));
});
