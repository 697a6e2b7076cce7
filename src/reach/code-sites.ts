/**
 * The sites of a file that make code while the program runs, or change how code is loaded: the words for what no reader of
 * source texts can follow. code-sites are never bounds by themselves; closure.actions.ts turns each into a poison.
 */
import type { TextShapes } from './text-shape.ts';

/**
 * `eval`: sees the scopes around it. `indirect-eval`, `function`, `vm`, `worker-eval`: run in the global scope. `module-internals`:
 * `Module._load`, `_compile`, `_extensions`, `_resolveFilename`, `wrap`, `require.extensions`, `require.cache` written to.
 * `hooks`: `module.register`, `registerHooks`. `native`: `process.dlopen`, `process.binding`. `global-require`: `process.mainModule.require`
 * and the like. `with`: names mean what an object says.
 */
export type CodeConstruct =
  | 'eval'
  | 'indirect-eval'
  | 'function'
  | 'vm'
  | 'worker-eval'
  | 'module-internals'
  | 'hooks'
  | 'native'
  | 'global-require'
  | 'with';

export interface CodeSite {
  readonly construct: CodeConstruct;
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly functionId: number | null;
  /** The code as far as it is constant; `null` where the construct takes none. */
  readonly code: TextShapes | null;
  /**
   * True when the code is constant and was read: it names neither a way to load modules nor a variable of the file.
   * Then it can reach nothing.
   */
  readonly isHarmless: boolean;
}
