/** What goes to a thread that extracts facts, and what comes back (parse.client.ts, facts-pool.client.ts). */
import { isObject } from '../lib/json.ts';
import type { SyntaxGoal } from './syntax.ts';

/** Given to a thread, so that the same file does nothing else in threads of other programs. */
export const FACTS_THREAD = 'holdfast facts';

export interface FactsTask {
  readonly path: string;
  readonly text: string;
  readonly goal: SyntaxGoal;
}

/** FileFacts as JSON, or why there are none (continues "the file …"). */
export type FactsDone = { readonly json: string } | { readonly why: string };

export const isFactsTask = (value: unknown): value is FactsTask =>
  isObject(value) &&
  typeof value['path'] === 'string' &&
  typeof value['text'] === 'string' &&
  typeof value['goal'] === 'string';
