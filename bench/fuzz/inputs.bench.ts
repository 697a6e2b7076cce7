/**
 * Whether any broken input brings a parser down.
 *
 * Decision: may the service read files that strangers upload in its own process? Yes while no mutated input of any kind gives
 * anything but an inventory or a refusal with a code, takes more than 2 s, or lets the process grow over 512 MB.
 *
 * Run: `node bench/fuzz/inputs.bench.ts [COUNT [KIND…]]`, 100,000 inputs for each kind unless told otherwise. The seeds are the
 * fixtures of the tests and, with HOLDFAST_CORPUS=DIR, the beginnings of real files. Each kind has a worker of its own, watched
 * from here: one that stays silent for 2 s hangs. A failure prints the seed that makes it again.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { HoldfastError } from '../../src/lib/errors.ts';
import { generator, mutate, mutateJson } from './mutate.ts';
import { SEED_KINDS, seedsOf, type Seed } from './seeds.ts';

const HANG_MS = 2_000;
const MOST_MEMORY_MB = 512;

interface Sum {
  readonly kind: string;
  readonly inputs: number;
  readonly read: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly memoryMb: number;
  readonly failures: readonly string[];
}

async function fuzzKind(kind: string, count: number): Promise<void> {
  const seeds = seedsOf(kind);
  const slots = new Int32Array(workerData.alive as SharedArrayBuffer);
  const failures: string[] = [];
  let read = 0;
  let slowestMs = 0;
  let memoryMb = 0;
  for (let number = 0; number < count && failures.length < 20; number += 1) {
    Atomics.store(slots, 0, number);
    const random = generator(number);
    const seed = seeds[Math.floor(random() * seeds.length)];
    if (seed === undefined) throw new Error(`${kind} has no seed`);
    const text = broken(seed, random);
    const begin = performance.now();
    const answer = await outcome(seed, text);
    slowestMs = Math.max(slowestMs, performance.now() - begin);
    if (answer === 'read') read += 1;
    else if (answer !== 'refused') failures.push(`${kind} input ${number} (${seed.name}): ${answer}`);
    if (number % 500 === 0) memoryMb = Math.max(memoryMb, process.memoryUsage().rss / 2 ** 20);
  }
  const inputs = Atomics.load(slots, 0) + 1;
  const refused = inputs - read - failures.length;
  parentPort?.postMessage({
    kind,
    inputs,
    read,
    refused,
    slowestMs,
    memoryMb: Math.round(memoryMb),
    failures,
  } satisfies Sum);
}

/** Half of what is JSON stays JSON. */
function broken({ text, document }: Seed, random: () => number): string {
  if (document === null || random() < 0.5) return mutate(text, random);
  return JSON.stringify(mutateJson(document, random));
}

/** `read`, `refused`, or the words of what must not happen. */
async function outcome({ read }: Seed, text: string): Promise<string> {
  try {
    await read(text);
    return 'read';
  } catch (thrown) {
    if (thrown instanceof HoldfastError && thrown.code !== 'USAGE') return 'refused';
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
}

/** Waits for a worker; one that does not move for 2 s is ended, and its input named. */
async function watch(kind: string, count: number): Promise<Sum> {
  const alive = new SharedArrayBuffer(4);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { kind, count, alive },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  return await new Promise((resolve, reject) => {
    const slots = new Int32Array(alive);
    let last = -1;
    const timer = setInterval(() => {
      const now = Atomics.load(slots, 0);
      if (now !== last) {
        last = now;
        return;
      }
      void worker.terminate();
      reject(new Error(`${kind} input ${now} hangs`));
    }, HANG_MS);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => clearInterval(timer));
  });
}

if (isMainThread) {
  const [count = '100000', ...wanted] = process.argv.slice(2);
  let failed = false;
  for (const kind of wanted.length > 0 ? wanted : SEED_KINDS) {
    const sum = await watch(kind, Number(count));
    const { inputs, read, refused, slowestMs, memoryMb, failures } = sum;
    failed ||= failures.length > 0 || memoryMb > MOST_MEMORY_MB;
    console.log(
      `${kind.padEnd(18)} ${inputs} inputs: ${read} read, ${refused} refused, ${failures.length} failures; slowest ${slowestMs.toFixed(0)} ms, ${memoryMb} MB`,
    );
    for (const failure of failures) console.log(failure);
  }
  process.exitCode = failed ? 1 : 0;
} else {
  await fuzzKind(workerData.kind as string, workerData.count as number);
}
