/** Work that takes much memory: one piece at a time, and not endlessly many that wait. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OneAtATime } from './one-at-a-time.ts';

it('runs one after another, in the order of asking, also after one that failed', async () => {
  const alone = new OneAtATime(10);
  const said: string[] = [];
  const work = (name: string) => async () => {
    said.push(`${name} begins`);
    await Promise.resolve();
    said.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const all = await Promise.allSettled(['a', 'b', 'c'].map((name) => alone.run(work(name))));
  assert.deepEqual(
    all.map((one) => (one.status === 'fulfilled' ? one.value : 'failed')),
    ['a', 'failed', 'c'],
  );
  assert.deepEqual(said, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('turns away whoever would be one too many, and takes the next when there is room', async () => {
  const alone = new OneAtATime(2);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = alone.run(() => promise);
  const second = alone.run(async () => 'second');
  assert.equal(await alone.run(async () => 'third'), null);
  resolve('first');
  assert.deepEqual(await Promise.all([first, second]), ['first', 'second']);
  assert.equal(await alone.run(async () => 'later'), 'later');
});
