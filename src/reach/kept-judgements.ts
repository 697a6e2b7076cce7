/**
 * What the value flow said of a program is the same when the program is: here is the key under which its judgements are kept, and the record.
 *
 * The flow reads nothing but the closure, the files in it by their hashes, and the files of the symbols; closure and questions are made anew by
 * every run, from what lies on the disk then. So whatever is looked at on the way to them, a folder that was listed, a file that was not there, a
 * second copy of a package, is in the key by what came of it. What is judged without the flow (installed copies, repaired code, the lockfile) is
 * not kept at all. judgements.actions.ts asks and keeps; whoever re-checks a proof has everything judged anew.
 */
import { sha256 } from '../lib/hash.ts';
import { isObject } from '../lib/json.ts';
import type { Closure } from './closure.ts';
import type { Judgement, SymbolPlace } from './judge.ts';
import type { VulnerableSymbol } from './symbols.ts';
import { VERDICTS } from './verdict.ts';

/** What the flow is asked about a symbol. */
export type Question =
  | {
      readonly kind: 'code';
      readonly symbol: VulnerableSymbol;
      /** Of the file in one copy of the package. */
      readonly path: string;
      readonly place: SymbolPlace;
      /** SHA-256 of the file's bytes, lower-case hex; empty where it cannot be read. */
      readonly text: string;
    }
  /** Of code that no file of the program is: whether something could load it from anywhere. */
  | { readonly kind: 'elsewhere'; readonly symbol: VulnerableSymbol };

/** Everything that the judgements depend on. */
export interface Grounds {
  /** The folder that was asked about: paths in judgements are relative to it. */
  readonly root: string;
  readonly closure: Closure;
  /** All of them and in their order: they share the steps that the flow may take. */
  readonly questions: readonly Question[];
  /** Of the rules (analyser.client.ts). */
  readonly analyser: string;
  /** The Node that analyses, and the modules that it has. */
  readonly node: string;
  readonly builtins: ReadonlySet<string>;
}

export const keyOfJudgements = ({ root, closure, questions, analyser, node, builtins }: Grounds): string =>
  sha256(
    [
      'judgements',
      analyser,
      node,
      digestOf([...builtins]),
      digestOf(root),
      digestOfClosure(closure),
      digestOf(questions),
    ].join('\n'),
  );

const digestOf = (value: unknown): string => sha256(JSON.stringify(value));

/** Every field; of the facts of a file what they are read off. In the order of the closure, which the flow may follow. */
function digestOfClosure({ entries, files, edges, sites, unresolved, unanalysed }: Closure): string {
  const read = [...files.values()].map(({ path, kind, hash, goal, facts, owner }) => [
    path,
    kind,
    hash,
    goal,
    facts === null ? null : facts.syntax,
    owner,
  ]);
  return [entries, read, edges, sites, unresolved, unanalysed].map(digestOf).join(' ');
}

export const recordOfJudgements = (judgements: readonly Judgement[]): string => JSON.stringify(judgements);

/** @returns `null` for what is no record of so many judgements. */
export function readJudgements(record: string, count: number): readonly Judgement[] | null {
  let content: unknown;
  try {
    content = JSON.parse(record);
  } catch {
    return null;
  }
  return Array.isArray(content) && content.length === count && content.every(isJudgement) ? content : null;
}

const isJudgement = (value: unknown): value is Judgement =>
  isObject(value) &&
  VERDICTS.some((known) => known === value['verdict']) &&
  typeof value['claim'] === 'string' &&
  Array.isArray(value['path']) &&
  Array.isArray(value['sites']) &&
  Array.isArray(value['considered']);
