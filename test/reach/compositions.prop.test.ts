/**
 * A value that is handed on in several ways is not lost between two of them: programs composed at random (test/support/reach-programs.ts),
 * judged by V8. `bench/fuzz/reach.bench.ts` runs thousands.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { inWords, isWrong, judge, reduce } from '../support/reach-judged.ts';
import { COUNTS } from '../support/reach-programs.ts';

const PROGRAMS = 60;

const recipe = fc.record({
  source: fc.nat(COUNTS.sources - 1),
  ways: fc.array(fc.nat(COUNTS.ways - 1), { maxLength: 4 }),
  end: fc.nat(COUNTS.ends - 1),
});

it('a function that ran after any composition of ways is called reachable or unknown', async (test) => {
  const seed = Date.now() & 0x7fffffff;
  const judged = await judge(fc.sample(recipe, { seed, numRuns: PROGRAMS }));
  const counts = Map.groupBy(judged, ({ ran, answer }) => `${ran ? 'ran' : 'idle'} ${answer.verdict}`);
  test.diagnostic([...counts].map(([kind, list]) => `${kind} ${list.length}`).join(', '));
  assert.ok(judged.filter(({ ran }) => ran).length > PROGRAMS / 3, 'most programs run their function');
  const wrong = judged.find(isWrong);
  if (wrong !== undefined) assert.fail(`seed ${seed}: ${inWords(await reduce(wrong))}`);
});
