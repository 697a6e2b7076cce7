/**
 * Whether any composition of ways to hand on a function makes reach say that it cannot run when it did.
 *
 * Decision: may idioms tested one by one stand for programs that mix them? Yes while thousands of mixtures give no wrong negative.
 *
 * Run: `node bench/fuzz/reach.bench.ts [COUNT [SEED]]`, 2,000 programs from seed 1 unless told otherwise. A failure prints its smallest form.
 */
import {
  inWords,
  isWrong,
  judge,
  mixtures,
  nameOf,
  reduce,
  replacements,
  singles,
} from '../../test/support/reach-judged.ts';

const BATCH = 100;

const count = Number(process.argv[2] ?? 2_000);
const seed = Number(process.argv[3] ?? 1);
const counts = new Map<string, number>();
const wrong = new Set<string>();
const batches = [singles, replacements];
for (let done = 0; done < count; done += BATCH) batches.push(mixtures(seed + done, Math.min(BATCH, count - done)));
let done = 0;
for (const batch of batches) {
  for (const judged of await judge(batch)) {
    const kind = `${judged.ran ? 'ran' : 'idle'}, ${judged.answer.verdict}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (!isWrong(judged)) continue;
    const smallest = await reduce(judged);
    if (!wrong.has(nameOf(smallest))) console.log(`WRONG ${inWords(smallest)}`);
    wrong.add(nameOf(smallest));
  }
  done += batch.length;
  console.log(`${done} programs: ${[...counts].map(([kind, number]) => `${kind} ${number}`).join('; ')}`);
}
console.log(`${done} programs, ${wrong.size} kinds of wrong negatives`);
process.exitCode = wrong.size > 0 ? 2 : 0;
