/** What gives closure.actions.ts the facts of files; facts.actions.ts makes it from the parser, the cache and the threads. */
import type { FileFacts } from './file-facts.ts';
import type { SyntaxGoal } from './syntax.ts';

export interface FactsRequest {
  readonly path: string;
  readonly goal: SyntaxGoal;
}

/** `why` continues "the file …". */
export type FactsAnswer = { readonly facts: FileFacts; readonly hash: string } | { readonly why: string };

export interface FactsReader {
  readonly read: (requests: readonly FactsRequest[]) => Promise<ReadonlyMap<string, FactsAnswer>>;
}
