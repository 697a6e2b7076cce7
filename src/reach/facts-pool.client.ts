/** Threads that extract facts, one for each core. Their program is parse.client.ts; in the bundle it is facts-thread.cjs. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FACTS_THREAD, type FactsDone, type FactsTask } from './facts-task.ts';

export interface FactsPool {
  /** Whether a thread could be given more. */
  readonly hasRoom: () => boolean;
  /** Answers in the order of the tasks, which go to one thread. */
  readonly run: (tasks: readonly FactsTask[]) => Promise<readonly FactsDone[]>;
  readonly close: () => Promise<void>;
}

/** More threads than that wait for the one that resolves names. */
const MOST_THREADS = 4;
/** A thread whose heap grows beyond it ends; its files are then unread, and the program goes on. */
const THREAD_HEAP_MB = 1_024;
/** Trees live for one file, and most die in the nursery: with 16 MB the two threads of @forge/cli collect for 1 s more each; 96 take as long and more memory. */
const THREAD_YOUNG_MB = 64;
/** The parser is recursive; nesting.ts bounds how deep, this gives it room. */
const THREAD_STACK_MB = 16;

/** @param here Does the same in this thread: some systems allow no second one, or no memory for it. */
export function createFactsPool(here: (task: FactsTask) => FactsDone): FactsPool {
  const folder = import.meta.dirname;
  const source = join(folder, 'parse.client.ts');
  const program = existsSync(source) ? source : join(folder, 'facts-thread.cjs');
  const threads = new Set<Thread>();
  const start = (): Thread => {
    const thread = startThread(program);
    threads.add(thread);
    thread.worker.once('exit', () => threads.delete(thread));
    return thread;
  };
  const most = Math.min(availableParallelism(), MOST_THREADS);
  /** The one with the least to do. */
  const next = (): Thread => {
    const [first] = [...threads].sort((left, right) => left.waiting.length - right.waiting.length);
    return first === undefined || (first.waiting.length > 0 && threads.size < most) ? start() : first;
  };
  const run = async (tasks: readonly FactsTask[]): Promise<readonly FactsDone[]> => {
    const thread = next();
    const done = await runIn(thread, tasks);
    if (done === 'ended') return thread.isProven ? tasks.map(() => ENDED) : tasks.map(here);
    return done === 'not begun' ? run(tasks) : tasks.map((_, at) => done[at] ?? ENDED);
  };
  return {
    hasRoom: () => threads.size < most || [...threads].some(({ waiting }) => waiting.length < MOST_WAITING),
    run,
    close: async () => {
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

const ENDED: FactsDone = { why: 'could not be analysed: the thread that read it ran out of memory' };

/** Tasks that a thread is sent at once: with the next at hand it does not wait for this thread, which may be busy. */
const MOST_WAITING = 2;

interface Thread {
  readonly worker: Worker;
  /** It has answered once: then it can be started here. */
  isProven: boolean;
  /** Who waits for an answer, in the order in which it will answer. */
  readonly waiting: ((done: Done) => void)[];
}

/** `ended`: the thread ended over these tasks. `not begun`: it ended over others before. */
type Done = readonly FactsDone[] | 'ended' | 'not begun';

function startThread(program: string): Thread {
  const worker = new Worker(program, {
    workerData: FACTS_THREAD,
    resourceLimits: {
      maxOldGenerationSizeMb: THREAD_HEAP_MB,
      maxYoungGenerationSizeMb: THREAD_YOUNG_MB,
      stackSizeMb: THREAD_STACK_MB,
    },
  });
  const thread: Thread = { worker, isProven: false, waiting: [] };
  const end = (): void => {
    for (const [at, answer] of thread.waiting.splice(0).entries())
      answer(at === 0 || !thread.isProven ? 'ended' : 'not begun');
  };
  worker.on('message', (done: readonly FactsDone[]) => {
    thread.isProven = true;
    thread.waiting.shift()?.(done);
  });
  worker.once('error', end);
  worker.once('exit', end);
  return thread;
}

const runIn = ({ worker, waiting }: Thread, tasks: readonly FactsTask[]): Promise<Done> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    worker.postMessage(tasks);
  });
