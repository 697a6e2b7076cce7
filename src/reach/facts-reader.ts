/** What gives closure.actions.ts the facts of files; facts.actions.ts makes it from the parser, the cache and the threads. */
import type { FileFacts } from './file-facts.ts';
import type { SyntaxGoal } from './syntax.ts';

export interface FactsRequest {
  readonly path: string;
  readonly goal: SyntaxGoal;
}

/** `why` continues "the file …". */
export type FactsAnswer = { readonly facts: FileFacts; readonly hash: string } | { readonly why: string };

/**
 * What the answer about one file asks for in turn, which is read as well: so no thread waits for a file that all others come after.
 * Answers come in no order that could be relied on.
 */
export type MoreFacts = (path: string, answer: FactsAnswer) => readonly FactsRequest[];

export interface FactsReader {
  readonly read: (requests: readonly FactsRequest[], more?: MoreFacts) => Promise<ReadonlyMap<string, FactsAnswer>>;
}
