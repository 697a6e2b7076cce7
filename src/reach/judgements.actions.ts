/**
 * Has questions judged: by the value flow, or, where the same was asked of the same program before, as it was judged then
 * (kept-judgements.ts says what the same is). They are kept where the facts of files are, as far as these are trusted.
 */
import type { Callable, Closure } from './closure.ts';
import { openFactsCache } from './facts-cache.client.ts';
import { flowFiles } from './flow-files.actions.ts';
import { flowWorld } from './flow-world.ts';
import { type Court, judge, type Judgement, notInClosure } from './judge.ts';
import { type Grounds, keyOfJudgements, type Question, readJudgements, recordOfJudgements } from './kept-judgements.ts';
import { proceedings } from './made-code.ts';
import { shownFrom } from './product-folder.client.ts';

export interface Judging {
  /** Of the file that has what was judged before; `null`: everything is judged anew, and nothing is kept. */
  readonly cachePath: string | null;
  /** Told of each question that the flow is asked. */
  readonly onQuestion: (question: Question) => void;
}

/** The judgements, by question. */
export function judgements(grounds: Grounds, { cachePath, onQuestion }: Judging): ReadonlyMap<Question, Judgement> {
  const { questions } = grounds;
  const inOrder = (list: readonly Judgement[]): ReadonlyMap<Question, Judgement> =>
    new Map(questions.flatMap((question, at) => (list[at] === undefined ? [] : [[question, list[at]]])));
  if (questions.length === 0) return new Map();
  if (cachePath === null) return inOrder(judgeAll(grounds, onQuestion).judged);
  const key = keyOfJudgements(grounds);
  const cache = openFactsCache(cachePath);
  try {
    const record = cache.find(key);
    const known = record === null ? null : readJudgements(record, questions.length);
    if (known !== null) return inOrder(known);
    const { judged, isSteady } = judgeAll(grounds, onQuestion);
    // What was judged while files changed is a judgement of no state of them.
    if (isSteady) cache.keep(new Map([[key, recordOfJudgements(judged)]]));
    return inOrder(judged);
  } finally {
    cache.close();
  }
}

interface Judged {
  readonly judged: readonly Judgement[];
  /** False where a file was another one when the flow read it than when it was found. */
  readonly isSteady: boolean;
}

function judgeAll({ root, closure, questions, builtins }: Grounds, onQuestion: Judging['onQuestion']): Judged {
  const texts = new Map(questions.flatMap((each) => (each.kind === 'code' ? [[each.path, each.text]] : [])));
  const files = flowFiles(closure, texts);
  const { world, search } = proceedings(closure, files.open, (codeIsMade) =>
    flowWorld({
      closure,
      open: files.open,
      callableOf: opennessOf(closure),
      mayDefine: (name) => codeIsMade || files.mayDefine(name),
      patchesPrototypes: files.patchesPrototypes,
      addsMethods: files.addsMethods,
      overridesInherited: files.overridesInherited,
      hooking: files.hooking,
      readingStack: files.readingStack,
      convertsFunctions: files.convertsFunctions,
      convertsNatives: files.convertsNatives,
      readsConstructors: files.readsConstructors,
      namesConstructors: files.namesConstructors,
      asksConstructors: files.asksConstructors,
      writesThroughInstances: files.writesThroughInstances,
      replacing: files.replacing,
      builtins,
    }),
  );
  const court: Court = {
    closure,
    search,
    open: files.open,
    parse: files.treeOf,
    isDead: world.isDead,
    shown: shownFrom(root),
  };
  const judged = questions.map((question) => {
    onQuestion(question);
    return question.kind === 'code'
      ? judge(court, question.symbol, question.path, question.place)
      : notInClosure(court);
  });
  return { judged, isSteady: !files.haveChanged() };
}

/** Which exports of an entry others call: those of a library, the functions of a manifest. */
function opennessOf({ entries }: Closure): (path: string) => Callable {
  const open = new Map(entries.map(({ path, callable }) => [path, callable]));
  return (path) => open.get(path) ?? 'none';
}
