/** Finds the sites that start a thread or a process: what they run is another entry of the program. */
import { type FileWalk, isInTry, parameterIn, placeOf } from './file-walk.ts';
import { dottedPath } from './global-path.ts';
import type { LoadForm, LoadSite } from './load-site.ts';
import { bare, keyName, type Node } from './syntax.ts';
import { listedTexts } from './listed-texts.ts';
import { type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

/** What of `child_process`, `worker_threads` and `cluster` runs something (Node documentation). */
const STARTERS: ReadonlyMap<string, LoadForm> = new Map([
  ['child_process.fork', 'fork'],
  ['child_process.spawn', 'command'],
  ['child_process.spawnSync', 'command'],
  ['child_process.execFile', 'command'],
  ['child_process.execFileSync', 'command'],
  ['child_process.exec', 'command'],
  ['child_process.execSync', 'command'],
  ['worker_threads.Worker', 'worker'],
  ['process.execve', 'command'],
  // Its instances have a `spawn` that takes the program and everything else as one object.
  ['child_process.ChildProcess', 'command'],
]);

export const STARTS: ReadonlySet<string> = new Set(STARTERS.keys());

/** These take one command line, for a shell; the others a program and its arguments. */
const SHELL: ReadonlySet<string> = new Set(['child_process.exec', 'child_process.execSync']);

export function processSite(node: Node, walk: FileWalk): LoadSite | null {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return null;
  const path = dottedPath(node.callee, walk.scopes);
  if (path === 'cluster.setupPrimary' || path === 'cluster.setupMaster') return clusterSite(node, walk);
  const form = path === null ? undefined : STARTERS.get(path);
  if (form === undefined || path === null) return null;
  const [first, second] = node.arguments;
  if (path === 'child_process.ChildProcess') return anyProgram(node, walk);
  if (first === undefined || (form === 'worker' && runsCode(second))) return null;
  return {
    form,
    names:
      first.type === 'SpreadElement' || loadsFirst(form, node.arguments, walk)
        ? UNKNOWN_TEXT
        : walk.texts.textOf(first),
    from: 'file',
    ...placeOf(node, walk),
    takes: [],
    mayFail: isInTry(node),
    args: SHELL.has(path) || form === 'worker' ? [] : argumentsOf(second, walk),
    parameter: parameterIn(first, walk),
  };
}

/** Something is started, and what it is stands elsewhere. */
const anyProgram = (node: Node, walk: FileWalk): LoadSite => ({
  form: 'command',
  names: UNKNOWN_TEXT,
  from: 'file',
  ...placeOf(node, walk),
  takes: [],
  mayFail: isInTry(node),
  args: [],
  parameter: null,
});

/**
 * Options that make a worker or a forked child load something before its file: `execArgv`, other than that of the parent itself. Options
 * that are not written down there may hold it.
 */
function loadsFirst(form: LoadForm, given: readonly Node[], { scopes }: FileWalk): boolean {
  const options = optionsOf(form, given);
  if (options === null || isNothing(options)) return false;
  if (options.type !== 'ObjectExpression') return true;
  return options.properties.some((property) => {
    if (property.type !== 'Property') return true;
    const name = keyName(property.key, property.computed);
    if (name !== null && name !== 'execArgv') return false;
    const value = bare(property.value);
    const isEmpty = value.type === 'ArrayExpression' && value.elements.length === 0;
    return !isEmpty && dottedPath(value, scopes) !== 'process.execArgv';
  });
}

/** `new Worker(file, options)`; `fork(file, arguments, options)`, where the arguments may be left out. */
function optionsOf(form: LoadForm, [, second, third]: readonly Node[]): Node | null {
  if (form === 'worker') return second === undefined ? null : bare(second);
  if (form !== 'fork') return null;
  if (third !== undefined) return bare(third);
  return second !== undefined && bare(second).type === 'ObjectExpression' ? bare(second) : null;
}

const isNothing = (value: Node): boolean =>
  (value.type === 'Identifier' && value.name === 'undefined') || (value.type === 'Literal' && value.value === null);

/** `new Worker(code, { eval: true })`: a code site, not a file (code-facts.ts). */
export function runsCode(options: Node | undefined): boolean {
  if (options === undefined) return false;
  const value = bare(options);
  if (value.type !== 'ObjectExpression') return false;
  return value.properties.some(
    (property) => property.type === 'Property' && keyName(property.key, property.computed) === 'eval',
  );
}

/** The elements of a list in their order; what is spread into it may be anything, any number of times. */
function argumentsOf(list: Node | undefined, { texts }: FileWalk): readonly TextShapes[] {
  if (list === undefined) return [];
  const value = bare(list);
  if (
    value.type === 'ObjectExpression' ||
    value.type === 'FunctionExpression' ||
    value.type === 'ArrowFunctionExpression'
  ) {
    return [];
  }
  return listedTexts(value, texts) ?? [UNKNOWN_TEXT];
}

/** `cluster.setupPrimary({ exec })`; without it the workers run the entry that is running already. */
function clusterSite(node: Node & { type: 'CallExpression' | 'NewExpression' }, walk: FileWalk): LoadSite | null {
  const [first] = node.arguments;
  const options = first === undefined ? null : bare(first);
  if (options === null) return null;
  let names: TextShapes = options.type === 'ObjectExpression' ? [] : UNKNOWN_TEXT;
  for (const property of options.type === 'ObjectExpression' ? options.properties : []) {
    if (property.type !== 'Property') names = UNKNOWN_TEXT;
    else if (keyName(property.key, property.computed) === 'exec') names = walk.texts.textOf(property.value);
  }
  if (names.length === 0) return null;
  return {
    form: 'fork',
    names,
    from: 'file',
    ...placeOf(node, walk),
    takes: [],
    mayFail: isInTry(node),
    args: [],
    parameter: null,
  };
}
