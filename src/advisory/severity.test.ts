import assert from 'node:assert/strict';
import test from 'node:test';
import { type Rating, SEVERITIES, type Severity } from './advisory.ts';
import { atLeast, worse } from './severity.ts';

const rating = (severity: Severity, score: number | null = null): Rating => ({ severity, score, vector: null });

test('a severity reaches its own threshold and the lower ones', () => {
  assert.deepEqual(
    SEVERITIES.filter((severity) => atLeast(severity, 'critical')),
    ['critical', 'unscored'],
  );
  assert.deepEqual(
    SEVERITIES.filter((severity) => atLeast(severity, 'medium')),
    ['critical', 'high', 'medium', 'unscored'],
  );
  assert.deepEqual(
    SEVERITIES.filter((severity) => !atLeast(severity, 'low')),
    ['none'],
  );
});

test('what nobody has rated reaches every threshold', () => {
  for (const threshold of ['none', 'low', 'medium', 'high', 'critical'] as const) {
    assert.equal(atLeast('unscored', threshold), true);
  }
});

test('the worse of two ratings is the one of the higher severity, then of the higher score', () => {
  const [medium, high, higher] = [rating('medium', 6.9), rating('high', 7.1), rating('high', 8.8)];
  assert.equal(worse(medium, high), high);
  assert.equal(worse(higher, high), higher);
  assert.equal(worse(high, higher), higher);
  assert.equal(worse(rating('high'), high), high);
});

test('a rating by one database stands where another gives none', () => {
  const low = rating('low', 2);
  assert.equal(worse(rating('unscored'), low), low);
  assert.equal(worse(low, rating('unscored')), low);
  assert.equal(worse(rating('unscored'), rating('unscored')).severity, 'unscored');
});
