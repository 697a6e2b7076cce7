/** Reads the facts of files: from the cache where the same text was read before, else by parsing. */
import { factsOf } from './file-facts.ts';
import type { FactsAnswer, FactsReader } from './facts-reader.ts';
import { parseText, readSource } from './parse.client.ts';

export const plainFactsReader: FactsReader = {
  read: async (requests) => {
    const answers = new Map<string, FactsAnswer>();
    for (const { path, goal } of requests) {
      const source = readSource(path);
      if ('why' in source) {
        answers.set(path, source);
        continue;
      }
      const parsed = parseText(path, source.text, goal);
      answers.set(path, 'why' in parsed ? parsed : { facts: factsOf(parsed.tree, parsed.syntax), hash: source.hash });
    }
    return answers;
  },
};
