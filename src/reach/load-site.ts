/**
 * The sites of a file that can load a module or start a program: the words that load-sites.ts, closure.actions.ts and the
 * verdicts share.
 */
import type { TextShapes } from './text-shape.ts';

/**
 * How the site loads.
 *
 * `import`, `export-from`, `import()`: by the rules of ECMAScript modules. `require`: by those of CommonJS. `resolve`:
 * `require.resolve`; only the path is taken, and what is done with it is not followed, so a file that is known counts as loaded. `import-resolve`:
 * `import.meta.resolve`, likewise. `worker`, `fork`: a file in a thread or process of its own. `command`: a program with
 * arguments, or a command line. `file`: a path made with `new URL(…, import.meta.url)` or joined to `__dirname` and passed on to
 * something that is not known, as `webpack` gets its loaders; whatever gets it may load it.
 * `require-value`: `require` itself is passed on, and can be called with anything.
 */
export type LoadForm =
  | 'import'
  | 'export-from'
  | 'import()'
  | 'require'
  | 'resolve'
  | 'import-resolve'
  | 'worker'
  | 'fork'
  | 'command'
  | 'file'
  | 'require-value';

export interface LoadSite {
  readonly form: LoadForm;
  /** What it can name. One constant shape is the usual case. */
  readonly names: TextShapes;
  /**
   * `file` resolves beside the file itself; other shapes are the argument of `createRequire` or an option `paths`. For what starts a process:
   * its option `cwd`, and `file` where it has none.
   */
  readonly from: 'file' | TextShapes;
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  /** The innermost function that it stands in; `null` when it runs as the file is loaded. */
  readonly functionId: number | null;
  /** What the file takes from the module; `null` when it takes the whole value. Empty when it takes nothing. */
  readonly takes: readonly TakenName[] | null;
  /** True inside a `try`, or before a `catch`: not finding the module is no failure. */
  readonly mayFail: boolean;
  /** For `command`: the arguments behind the program, as far as they are known. */
  readonly args: readonly TextShapes[];
  /** Where the name is exactly a parameter, or ends in one: whoever asks for its callers may narrow it. */
  readonly parameter: ParameterRef | null;
}

export interface TakenName {
  /** `default`, `*` for the namespace, else the exported name. */
  readonly name: string;
  /** The variable of this file that holds it; `null` where it is used on the spot. */
  readonly local: string | null;
}

export interface ParameterRef {
  readonly functionId: number;
  readonly index: number;
}
