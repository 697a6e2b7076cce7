/**
 * The module closure of a program: every file that it can load, by which site, and every site of which that cannot be said.
 *
 * closure.actions.ts builds it; here are its words, and the questions that verdicts ask of it.
 */
import type { CodeConstruct } from './code-sites.ts';
import type { FileFacts } from './file-facts.ts';
import type { LoadForm, ParameterRef, TakenName } from './load-site.ts';
import type { SyntaxGoal } from './syntax.ts';

export interface Closure {
  readonly entries: readonly Entry[];
  /** By real, absolute path. */
  readonly files: ReadonlyMap<string, ClosureFile>;
  readonly edges: readonly Edge[];
  /** Every site whose target is not one constant name, and every site that makes code or changes how it is loaded. */
  readonly sites: readonly DynamicSite[];
  readonly unresolved: readonly Unresolved[];
  /** Files that the program can load and that were not read, or not as programs. */
  readonly unanalysed: readonly Unanalysed[];
}

export interface Entry {
  /** Real, absolute. */
  readonly path: string;
  /** Where it is said, in words: `package.json, scripts.start: node server.js`. */
  readonly via: string;
  readonly manner: 'require' | 'import';
  readonly callable: Callable;
  /** The words of the command behind it, as far as they are known. */
  readonly args: readonly string[];
}

/** Which exports of an entry are called from outside: those of a library all, those of a program that is run none. */
export type Callable = 'all' | 'none' | readonly string[];

/** Something starts the program in a way that could not be read. */
export interface UnknownEntry {
  readonly via: string;
  readonly why: string;
}

export interface ClosureFile {
  readonly path: string;
  /** `program` was read; `data` runs nothing (JSON); `addon` is native; `unread` is a program that could not be read. */
  readonly kind: 'program' | 'data' | 'addon' | 'unread';
  /** SHA-256 of its bytes, lower-case hex; empty for what was not read. */
  readonly hash: string;
  /** How it was read; `null` for what is no program. */
  readonly goal: SyntaxGoal | null;
  /** For programs only. */
  readonly facts: FileFacts | null;
  readonly owner: Owner | null;
}

/** The package that a file belongs to. */
export interface Owner {
  readonly root: string;
  readonly name: string;
  readonly version: string;
}

export interface Edge {
  /** `null` for an entry. */
  readonly from: string | null;
  readonly to: string;
  readonly form: LoadForm | 'entry';
  /** Of the site in `from`; 0 for an entry. */
  readonly line: number;
  readonly start: number;
  readonly functionId: number | null;
  /**
   * `named`: the name is constant. `bounded`: one of several that a computed name can mean. `guessed`: a text in the file, where
   * `require` is passed on; it shows what is likely, and proves nothing.
   */
  readonly certainty: 'named' | 'bounded' | 'guessed';
}

export interface DynamicSite {
  readonly file: string;
  /** `start` for what starts the program and could not be read; its file is what says so. */
  readonly form: LoadForm | CodeConstruct | 'unread' | 'start';
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly functionId: number | null;
  readonly bound: Bound;
  /** As in LoadSite; `null` also for code sites. */
  readonly takes: readonly TakenName[] | null;
  readonly parameter: ParameterRef | null;
}

export type Bound =
  /** It can load these and nothing else, if what it assumes is so. */
  | {
      readonly kind: 'files';
      readonly files: readonly string[];
      readonly says: string;
      readonly assumes: string | null;
    }
  /** The poison: it can load, or run, anything that is installed. */
  | { readonly kind: 'anything'; readonly says: string };

export interface Unresolved {
  readonly file: string;
  readonly line: number;
  readonly request: string;
  readonly form: LoadForm;
  /** True where the program is ready for it: in a `try`. */
  readonly mayFail: boolean;
  readonly why: string;
}

export interface Unanalysed {
  readonly path: string;
  /** Continues "the file …". */
  readonly why: string;
}

export interface PathStep {
  readonly file: string;
  /** Of the site that loads the next file; 0 in the last one. */
  readonly line: number;
}

/** The shortest way from an entry to a file over edges that are not guessed; `null` when there is none. */
export function shortestLoad({ edges }: Closure, target: string): readonly PathStep[] | null {
  const outgoing = new Map<string | null, Edge[]>();
  for (const edge of edges) {
    if (edge.certainty === 'guessed') continue;
    const known = outgoing.get(edge.from);
    if (known === undefined) outgoing.set(edge.from, [edge]);
    else known.push(edge);
  }
  const cameBy = new Map<string, Edge>();
  let frontier: (string | null)[] = [null];
  while (frontier.length > 0 && !cameBy.has(target)) {
    const next: string[] = [];
    for (const edge of frontier.flatMap((from) => outgoing.get(from) ?? [])) {
      if (cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      next.push(edge.to);
    }
    frontier = next;
  }
  if (!cameBy.has(target)) return null;
  const steps: PathStep[] = [{ file: target, line: 0 }];
  for (let edge = cameBy.get(target); edge !== undefined && edge.from !== null; edge = cameBy.get(edge.from)) {
    steps.unshift({ file: edge.from, line: edge.line });
  }
  return steps;
}
