/**
 * Whether any composition of ways to hand on a function makes reach say that it cannot run when it did.
 *
 * Decision: may idioms tested one by one stand for programs that mix them? Yes while thousands of mixtures give no wrong negative.
 *
 * Run: `node bench/fuzz/reach.bench.ts [COUNT [SEED]]`, 2,000 programs from seed 1 unless told otherwise. A failure prints its smallest form.
 */
import fc from 'fast-check';
import { inWords, isWrong, judge, reduce } from '../../test/support/reach-judged.ts';
import { COUNTS } from '../../test/support/reach-programs.ts';

const BATCH = 100;

const recipe = fc.record({
  source: fc.nat(COUNTS.sources - 1),
  ways: fc.array(fc.nat(COUNTS.ways - 1), { maxLength: 5 }),
  end: fc.nat(COUNTS.ends - 1),
});

const count = Number(process.argv[2] ?? 2_000);
const seed = Number(process.argv[3] ?? 1);
const counts = new Map<string, number>();
const wrong = new Set<string>();
for (let done = 0; done < count; done += BATCH) {
  for (const judged of await judge(fc.sample(recipe, { seed: seed + done, numRuns: Math.min(BATCH, count - done) }))) {
    const kind = `${judged.ran ? 'ran' : 'idle'}, ${judged.answer.verdict}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (!isWrong(judged)) continue;
    const text = inWords(await reduce(judged));
    if (!wrong.has(text)) console.log(`WRONG ${text}`);
    wrong.add(text);
  }
  console.log(`${done + BATCH} programs: ${[...counts].map(([kind, number]) => `${kind} ${number}`).join('; ')}`);
}
console.log(`${count} programs, ${wrong.size} wrong negatives`);
process.exitCode = wrong.size > 0 ? 2 : 0;
