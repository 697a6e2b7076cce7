/**
 * A value that is handed on in several ways is not lost between two of them: programs composed at random (test/support/reach-programs.ts),
 * judged by V8. `bench/fuzz/reach.bench.ts` runs thousands.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { inWords, isWrong, judge, mixtures, reduce, singles } from '../support/reach-judged.ts';

const PROGRAMS = 60;

it('a function that ran by any way alone is called reachable or unknown', async () => {
  const judged = await judge(singles);
  assert.equal(judged.filter(({ ran }) => !ran).length, 16, 'all but those that leave it alone run their function');
  assert.deepEqual(judged.filter(isWrong).map(inWords), []);
});

it('a function that ran after any composition of ways is called reachable or unknown', async (test) => {
  const seed = Date.now() & 0x7fffffff;
  const judged = await judge(mixtures(seed, PROGRAMS));
  const counts = Map.groupBy(judged, ({ ran, answer }) => `${ran ? 'ran' : 'idle'} ${answer.verdict}`);
  test.diagnostic([...counts].map(([kind, list]) => `${kind} ${list.length}`).join(', '));
  assert.ok(judged.filter(({ ran }) => ran).length > PROGRAMS / 3, 'most programs run their function');
  const wrong = judged.find(isWrong);
  if (wrong !== undefined) assert.fail(`seed ${seed}: ${inWords(await reduce(wrong))}`);
});
