/** Threads that extract facts, one for each core. Their program is parse.client.ts; in the bundle it is facts-thread.cjs. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FACTS_THREAD, type FactsDone, type FactsTask } from './facts-task.ts';

export interface FactsPool {
  /** Answers in the order of the tasks. */
  readonly run: (tasks: readonly FactsTask[]) => Promise<readonly FactsDone[]>;
  readonly close: () => Promise<void>;
}

/** More threads than that wait for the one that resolves names. */
const MOST_THREADS = 4;
/** Text that is handed over at once: enough to keep a thread busy, and little enough to share the work evenly. */
const BATCH_CHARS = 400_000;
const BATCH_TASKS = 48;
/** A thread whose heap grows beyond it ends; its files are then unread, and the program goes on. */
const THREAD_HEAP_MB = 1_024;
/** Trees live for one file, and most die in the nursery; twice as much takes as long and more memory. */
const THREAD_YOUNG_MB = 16;
/** The parser is recursive; nesting.ts bounds how deep, this gives it room. */
const THREAD_STACK_MB = 16;

/** @param here Does the same in this thread: some systems allow no second one, or no memory for it. */
export function createFactsPool(here: (task: FactsTask) => FactsDone): FactsPool {
  const folder = import.meta.dirname;
  const source = join(folder, 'parse.client.ts');
  const program = existsSync(source) ? source : join(folder, 'facts-thread.cjs');
  const workers = new Set<Worker>();
  const start = (): Worker => {
    const worker = new Worker(program, {
      workerData: FACTS_THREAD,
      resourceLimits: {
        maxOldGenerationSizeMb: THREAD_HEAP_MB,
        maxYoungGenerationSizeMb: THREAD_YOUNG_MB,
        stackSizeMb: THREAD_STACK_MB,
      },
    });
    workers.add(worker);
    worker.once('error', () => workers.delete(worker));
    worker.once('exit', () => workers.delete(worker));
    return worker;
  };
  const idle: Worker[] = [];
  const proven = new WeakSet<Worker>();
  return {
    run: async (tasks) => {
      const answers = new Map<FactsTask, FactsDone>();
      const rest = batchesOf(tasks).values();
      const work = async (): Promise<void> => {
        for (const batch of rest) {
          const worker = idle.pop() ?? start();
          const done = (await runBatch(worker, batch)) ?? (proven.has(worker) ? [] : batch.map(here));
          for (const [at, task] of batch.entries()) answers.set(task, done[at] ?? ENDED);
          if (!workers.has(worker)) continue;
          proven.add(worker);
          idle.push(worker);
        }
      };
      await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_THREADS) }, work));
      return tasks.map((task) => answers.get(task) ?? ENDED);
    },
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

const ENDED: FactsDone = { why: 'could not be analysed: the thread that read it ran out of memory' };

function batchesOf(tasks: readonly FactsTask[]): readonly (readonly FactsTask[])[] {
  const batches: FactsTask[][] = [];
  let chars = 0;
  // The largest first, so that no thread begins with them when the others are done.
  for (const task of tasks.toSorted((left, right) => right.text.length - left.text.length)) {
    const last = batches.at(-1);
    if (last === undefined || chars + task.text.length > BATCH_CHARS || last.length >= BATCH_TASKS) {
      batches.push([task]);
      chars = task.text.length;
    } else {
      last.push(task);
      chars += task.text.length;
    }
  }
  return batches;
}

/** `null` when the thread ended. */
function runBatch(worker: Worker, batch: readonly FactsTask[]): Promise<readonly FactsDone[] | null> {
  return new Promise((resolve) => {
    const settle = (done: readonly FactsDone[] | null): void => {
      worker.removeAllListeners('message');
      worker.off('error', fail);
      worker.off('exit', fail);
      resolve(done);
    };
    const fail = (): void => settle(null);
    worker.once('message', (done: readonly FactsDone[]) => settle(done));
    worker.once('error', fail);
    worker.once('exit', fail);
    worker.postMessage(batch);
  });
}
