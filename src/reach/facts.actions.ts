/** Reads the facts of files: from the cache where the same text was read before, else by parsing, on all cores when there is much. */
import { sha256 } from '../lib/hash.ts';
import { analyserDigest } from './analyser.client.ts';
import { type FactsCache, openFactsCache } from './facts-cache.client.ts';
import { createFactsPool, type FactsPool } from './facts-pool.client.ts';
import type { FactsAnswer, FactsReader, FactsRequest } from './facts-reader.ts';
import type { FactsDone, FactsTask } from './facts-task.ts';
import type { FileFacts } from './file-facts.ts';
import { factsJson, readSource } from './parse.client.ts';

export interface ClosableFactsReader extends FactsReader {
  /** Ends the threads and closes the cache. */
  readonly close: () => Promise<void>;
}

/** Starting a thread and loading the parser in it takes some 150 ms: as long as parsing that much text right here. */
const WORTH_THREADS_CHARS = 400_000;
/** The texts of one round are held at once. */
const ROUND_CHARS = 32 * 1024 * 1024;

/** @param cachePath Of the cache's file; `null` for none. */
export function createFactsReader(cachePath: string | null): ClosableFactsReader {
  const cache = openFactsCache(cachePath);
  let pool: FactsPool | null = null;
  const extract = async (tasks: readonly FactsTask[]): Promise<readonly FactsDone[]> => {
    const chars = tasks.reduce((sum, { text }) => sum + text.length, 0);
    if (pool === null && chars < WORTH_THREADS_CHARS) return tasks.map(factsJson);
    return (pool ??= createFactsPool(factsJson)).run(tasks);
  };
  return {
    read: async (requests) => {
      const answers = new Map<string, FactsAnswer>();
      for (let rest = requests; rest.length > 0; ) rest = await readRound(rest, answers, cache, extract);
      return answers;
    },
    close: async () => {
      cache.close();
      await pool?.close();
    },
  };
}

type Extract = (tasks: readonly FactsTask[]) => Promise<readonly FactsDone[]>;

interface Read extends FactsTask {
  readonly hash: string;
  readonly key: string;
}

/** Reads as many files as fit into one round; returns those that are left. */
async function readRound(
  requests: readonly FactsRequest[],
  answers: Map<string, FactsAnswer>,
  cache: FactsCache,
  extract: Extract,
): Promise<readonly FactsRequest[]> {
  const sources: Read[] = [];
  let chars = 0;
  let at = 0;
  for (; at < requests.length && chars < ROUND_CHARS; at += 1) {
    const request = requests[at];
    if (request === undefined) break;
    const source = readSource(request.path);
    if ('why' in source) answers.set(request.path, source);
    else sources.push({ ...request, ...source, key: keyOf(request, source.hash) });
    chars += 'why' in source ? 0 : source.text.length;
  }
  const cached = cache.find(sources.map(({ key }) => key));
  const missing = sources.filter(({ key }) => !cached.has(key));
  const done = await extract(missing.map(({ path, text, goal }) => ({ path, text, goal })));
  const found = new Map<string, string>();
  for (const [index, { path, key }] of missing.entries()) {
    const answer = done[index];
    if (answer !== undefined && 'json' in answer) found.set(key, answer.json);
    else answers.set(path, answer ?? { why: 'was not analysed' });
  }
  cache.keep(found);
  for (const { path, key, hash } of sources) {
    const json = cached.get(key) ?? found.get(key);
    if (json !== undefined) answers.set(path, { facts: JSON.parse(json) as FileFacts, hash });
  }
  return requests.slice(at);
}

/** Everything that facts depend on: the text, how it is parsed (by its ending and goal), and what extracts them. */
const keyOf = ({ path, goal }: FactsRequest, hash: string): string =>
  sha256(`${analyserDigest()} ${goal} ${/\.[cm]?[jt]sx?$/.exec(path)?.[0] ?? ''} ${hash}`);
