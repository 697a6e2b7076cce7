/** Finds the sites that start a thread or a process: what they run is another entry of the program. */
import { type FileWalk, isInTry, parameterIn, placeOf } from './file-walk.ts';
import { dottedPath } from './global-path.ts';
import type { LoadForm, LoadSite } from './load-site.ts';
import { bare, isFunction, keyName, type Node } from './syntax.ts';
import { listedTexts } from './listed-texts.ts';
import { product, type TextShape, type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

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
  if (path === 'child_process.ChildProcess') return siteOf('command', UNKNOWN_TEXT, node, walk);
  if (first === undefined || (form === 'worker' && runsCode(second))) return null;
  const options = startOptions(optionsOf(path, node.arguments), walk);
  const isUnknown = first.type === 'SpreadElement' || (form !== 'command' && options.loadsFirst);
  const names = isUnknown ? UNKNOWN_TEXT : walk.texts.textOf(first);
  const args = SHELL.has(path) || form === 'worker' ? [] : argumentsOf(second, walk);
  const started = form === 'command' && !SHELL.has(path) ? throughShell(names, args, options.shell) : { names, args };
  return {
    ...siteOf(form, options.shell === 'other' ? UNKNOWN_TEXT : started.names, node, walk),
    from: form === 'worker' ? 'file' : options.cwd,
    args: started.args,
    parameter: parameterIn(first, walk),
  };
}

const siteOf = (form: LoadForm, names: TextShapes, node: Node, walk: FileWalk): LoadSite => ({
  form,
  names,
  from: 'file',
  ...placeOf(node, walk),
  takes: [],
  mayFail: isInTry(node),
  args: [],
  parameter: null,
});

/** With a shell, program and arguments are one line (Node documentation, `options.shell`). */
function throughShell(
  names: TextShapes,
  args: readonly TextShapes[],
  shell: StartOptions['shell'],
): { readonly names: TextShapes; readonly args: readonly TextShapes[] } {
  const isLine = shell === 'used' || (shell === 'unknown' && args.some((shapes) => shapes.some(meansMoreToShell)));
  if (!isLine) return { names, args };
  const space: TextShapes = [[' ']];
  return { names: args.reduce((line, each) => product(product(line, space), each), names), args: [] };
}

/** Words that are not known may mean anything to a shell wherever they stand; that is a flaw of its own, and no use of what lies elsewhere. */
const meansMoreToShell = (shape: TextShape): boolean =>
  shape.some((piece) => typeof piece === 'string' && /[;&|`\n]|\$\(/.test(piece));

interface StartOptions {
  /** `file` where it is that of the program itself. */
  readonly cwd: LoadSite['from'];
  readonly shell: 'none' | 'used' | 'unknown' | 'other';
  /**
   * They make a worker or a forked child load something before its file: `execArgv`, other than that of the parent itself. Options that are not
   * written down there may hold it.
   */
  readonly loadsFirst: boolean;
}

const NO_OPTIONS: StartOptions = { cwd: 'file', shell: 'none', loadsFirst: false };
const UNSEEN_OPTIONS: StartOptions = { cwd: UNKNOWN_TEXT, shell: 'unknown', loadsFirst: true };

function startOptions(options: Node | null, walk: FileWalk): StartOptions {
  if (options === null || isNothing(options)) return NO_OPTIONS;
  if (options.type !== 'ObjectExpression') return UNSEEN_OPTIONS;
  let read = NO_OPTIONS;
  for (const property of options.properties) read = withOption(property, read, walk);
  return read;
}

function withOption(property: Node, before: StartOptions, walk: FileWalk): StartOptions {
  if (property.type !== 'Property') return UNSEEN_OPTIONS;
  const value = bare(property.value);
  switch (keyName(property.key, property.computed)) {
    case 'cwd':
      return { ...before, cwd: isOwnFolder(value, walk) ? 'file' : walk.texts.textOf(value) };
    case 'shell':
      return { ...before, shell: shellOf(value) };
    case 'execArgv':
    case 'execPath':
      return { ...before, loadsFirst: before.loadsFirst || !isOfParent(value, walk) };
    case null:
      return UNSEEN_OPTIONS;
    default:
      return before;
  }
}

const isOwnFolder = (value: Node, { scopes }: FileWalk): boolean =>
  isNothing(value) || (value.type === 'CallExpression' && dottedPath(value.callee, scopes) === 'process.cwd');

const isOfParent = (value: Node, { scopes }: FileWalk): boolean =>
  (value.type === 'ArrayExpression' && value.elements.length === 0) ||
  dottedPath(value, scopes) === 'process.execArgv' ||
  dottedPath(value, scopes) === 'process.execPath';

/** `true`, or the path of the shell; a program of ours may stand there. */
function shellOf(value: Node): StartOptions['shell'] {
  if (value.type !== 'Literal') return 'unknown';
  if (typeof value.value !== 'string') return value.value === true ? 'used' : 'none';
  return /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z|k)?sh$|^(?:cmd|powershell|pwsh)(?:\.exe)?$/.test(value.value)
    ? 'used'
    : 'other';
}

/** Where the options stand; arguments and callback may be left out (Node documentation, `child_process`, `new Worker`). */
function optionsOf(path: string, given: readonly Node[]): Node | null {
  const [, second, third] = given;
  if (path === 'process.execve') return null;
  if (path === 'worker_threads.Worker' || SHELL.has(path)) return isOptions(second) ? bare(second) : null;
  // What is spread may be the options: it stands for them, and is no literal.
  const spread = given.find(({ type }) => type === 'SpreadElement');
  if (spread !== undefined) return spread;
  if (isOptions(third)) return bare(third);
  return second !== undefined && bare(second).type === 'ObjectExpression' ? bare(second) : null;
}

const isOptions = (value: Node | undefined): value is Node => value !== undefined && !isFunction(bare(value));

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
  const { cwd, loadsFirst } = startOptions(options, walk);
  let names: TextShapes = loadsFirst ? UNKNOWN_TEXT : [];
  for (const property of options.type === 'ObjectExpression' && !loadsFirst ? options.properties : []) {
    if (property.type === 'Property' && keyName(property.key, property.computed) === 'exec')
      names = walk.texts.textOf(property.value);
  }
  return names.length === 0 ? null : { ...siteOf('fork', names, node, walk), from: cwd };
}
