/** Reads the facts of files: from the cache where the same text was read before, else by parsing, on all cores when there is much. */
import { setImmediate } from 'node:timers/promises';
import { sha256 } from '../lib/hash.ts';
import { analyserDigest } from './analyser.client.ts';
import { type FactsCache, openFactsCache } from './facts-cache.client.ts';
import { createFactsPool, type FactsPool } from './facts-pool.client.ts';
import type { FactsAnswer, FactsReader, FactsRequest, MoreFacts } from './facts-reader.ts';
import type { FactsDone, FactsTask } from './facts-task.ts';
import type { FileFacts } from './file-facts.ts';
import { factsJson, readSource } from './parse.client.ts';

export interface ClosableFactsReader extends FactsReader {
  /** Ends the threads and closes the cache. */
  readonly close: () => Promise<void>;
}

/** Starting a thread and loading the parser in it takes some 150 ms: as long as parsing that much text right here. */
const WORTH_THREADS_CHARS = 400_000;
/** Texts that wait for a thread are held in memory; with that many no more are read. */
const MOST_WAITING_CHARS = 32 * 1024 * 1024;
/** Files that are read before threads are looked after again. */
const READ_AT_ONCE = 64;
/** Text that is handed over at once: enough to keep a thread busy, and little enough to share the work evenly. */
const BATCH_CHARS = 400_000;
const BATCH_TASKS = 48;
/** Facts that are written to the cache at once. */
const KEPT_AT_ONCE = 256;

/** @param cachePath Of the cache's file; `null` for none. */
export function createFactsReader(cachePath: string | null): ClosableFactsReader {
  const cache = openFactsCache(cachePath);
  let pool: FactsPool | null = null;
  let chars = 0;
  const poolFor = (newChars: number): FactsPool | null => {
    chars += newChars;
    if (pool === null && chars >= WORTH_THREADS_CHARS) pool = createFactsPool(factsJson);
    return pool;
  };
  return {
    read: (requests, more = () => []) => readAll(requests, more, cache, poolFor),
    close: async () => {
      cache.close();
      await pool?.close();
    },
  };
}

interface Source extends FactsTask {
  readonly hash: string;
  readonly key: string;
}

interface Reading {
  readonly cache: FactsCache;
  readonly more: MoreFacts;
  readonly answers: Map<string, FactsAnswer>;
  readonly asked: Set<string>;
  /** Not read yet. */
  readonly requests: FactsRequest[];
  /** Read, and not in the cache. */
  readonly sources: Source[];
  waitingChars: number;
  /** To be written to the cache, by key. */
  extracted: Map<string, string>;
}

/** Files are read while threads work, and what threads answer asks for more files. */
async function readAll(
  requests: readonly FactsRequest[],
  more: MoreFacts,
  cache: FactsCache,
  poolFor: (newChars: number) => FactsPool | null,
): Promise<ReadonlyMap<string, FactsAnswer>> {
  const asked = new Set(requests.map(({ path }) => path));
  const state = { cache, more, answers: new Map(), asked, sources: [], waitingChars: 0, extracted: new Map() };
  const reading: Reading = { ...state, requests: [...requests] };
  const running = new Set<Promise<void>>();
  while (reading.requests.length > 0 || reading.sources.length > 0 || running.size > 0) {
    const pool = poolFor(readSome(reading));
    if (pool === null) for (const source of nextBatch(reading)) settle(reading, source, factsJson(source));
    while (pool !== null && reading.sources.length > 0 && pool.hasRoom()) {
      const work = extract(pool, nextBatch(reading), reading).finally(() => running.delete(work));
      running.add(work);
    }
    if (running.size === 0) continue;
    await (canRead(reading) ? setImmediate() : Promise.race(running));
  }
  keep(reading);
  return reading.answers;
}

const canRead = ({ requests, waitingChars }: Reading): boolean =>
  requests.length > 0 && waitingChars < MOST_WAITING_CHARS;

/** Reads some files, and answers for those that the cache knows; returns how much text it does not know. */
function readSome(reading: Reading): number {
  const before = reading.waitingChars;
  for (let count = 0; count < READ_AT_ONCE && canRead(reading); count += 1) {
    const request = reading.requests.pop();
    if (request === undefined) break;
    const source = readSource(request.path);
    if ('why' in source) {
      answer(reading, request.path, source);
      continue;
    }
    const key = keyOf(request, source.hash);
    const json = reading.cache.find(key);
    if (json !== null) {
      answer(reading, request.path, { facts: JSON.parse(json) as FileFacts, hash: source.hash });
      continue;
    }
    reading.sources.push({ ...request, ...source, key });
    reading.waitingChars += source.text.length;
  }
  return reading.waitingChars - before;
}

/** The largest waits least: no thread should begin with it when the others are done. */
function nextBatch(reading: Reading): readonly Source[] {
  reading.sources.sort((left, right) => left.text.length - right.text.length);
  const batch: Source[] = [];
  for (let chars = 0; batch.length < BATCH_TASKS && chars < BATCH_CHARS; ) {
    const source = reading.sources.pop();
    if (source === undefined) break;
    batch.push(source);
    chars += source.text.length;
  }
  return batch;
}

async function extract(pool: FactsPool, batch: readonly Source[], reading: Reading): Promise<void> {
  const done = await pool.run(batch.map(({ path, text, goal }) => ({ path, text, goal })));
  for (const [at, source] of batch.entries()) settle(reading, source, done[at] ?? { why: 'was not analysed' });
}

function settle(reading: Reading, { path, key, hash, text }: Source, done: FactsDone): void {
  reading.waitingChars -= text.length;
  if ('why' in done) {
    answer(reading, path, done);
    return;
  }
  reading.extracted.set(key, done.json);
  if (reading.extracted.size >= KEPT_AT_ONCE) keep(reading);
  answer(reading, path, { facts: JSON.parse(done.json) as FileFacts, hash });
}

function answer(reading: Reading, path: string, found: FactsAnswer): void {
  reading.answers.set(path, found);
  for (const request of reading.more(path, found)) {
    if (reading.asked.has(request.path)) continue;
    reading.asked.add(request.path);
    reading.requests.push(request);
  }
}

function keep(reading: Reading): void {
  reading.cache.keep(reading.extracted);
  reading.extracted = new Map();
}

/** Everything that facts depend on: the text, how it is parsed (by its ending and goal), and what extracts them. */
const keyOf = ({ path, goal }: FactsRequest, hash: string): string =>
  sha256(`${analyserDigest()} ${goal} ${/\.[cm]?[jt]sx?$/.exec(path)?.[0] ?? ''} ${hash}`);
