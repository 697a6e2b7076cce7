/**
 * Finds the sites of a file that make code while the program runs, or change how code is loaded: what no reader of source texts can
 * follow. None of them has a bound by itself; closure.actions.ts turns each that is not harmless into a poison.
 */
import { type FileWalk, placeOf } from './file-walk.ts';
import { dottedPath, isGlobal } from './global-path.ts';
import { changesStart, handsOnChdir, setsNodeVariable } from './environment-sites.ts';
import { escapedBuiltins, VM } from './builtin-uses.ts';
import { runsCode } from './process-sites.ts';
import { isHarmlessCode } from './harmless-code.ts';
import { isOnlyListed } from './only-listed.ts';
import { isOfOwnClass } from './own-class.ts';
import { requireUses } from './require-uses.ts';
import { bare, context, isFunction, keyName, memberName, type Node, textOf } from './syntax.ts';
import { constantOf, type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

/**
 * `eval`: sees the scopes around it. `indirect-eval`, `function`, `vm`, `worker-eval`: run in the global scope. `module-internals`:
 * `Module._load`, `_compile`, `_extensions`, `_resolveFilename`, `require.extensions`. `module-cache`: `require.cache`, where the exports of
 * every loaded module lie. `hooks`: `module.register`, `registerHooks`. `native`: `process.dlopen`, `process.binding`. `builtin-value`: a
 * built-in module that can load code (`child_process`, `module`, `vm`, `worker_threads`) is passed on whole. `environment`: `NODE_OPTIONS`,
 * `NODE_PATH`, or what Node is started with is set, which child processes obey. `working-folder`: `process.chdir`; its code is the folder.
 * `with`: names mean what an object says. `function-type`: Function stands in the metadata of a decorator, as TypeScript writes the type of a parameter.
 */
export type CodeConstruct =
  | 'eval'
  | 'indirect-eval'
  | 'function'
  | 'function-type'
  | 'vm'
  | 'worker-eval'
  | 'module-internals'
  | 'module-cache'
  | 'hooks'
  | 'native'
  | 'builtin-value'
  | 'environment'
  | 'working-folder'
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
  /** True when the code is constant and names nothing that loads or runs anything (`isHarmlessCode`). */
  readonly isHarmless: boolean;
}

export function codeSitesOf(walk: FileWalk): readonly CodeSite[] {
  const sites: CodeSite[] = [];
  const add = (construct: CodeConstruct, node: Node, code: TextShapes | null): void => {
    sites.push({ construct, ...placeOf(node, walk), code, isHarmless: code !== null && isHarmlessCode(code) });
  };
  const { calls, members, texts, others } = walk.tree.kinds;
  const addMade = (call: Call): void => {
    const made = codeMadeBy(call, walk);
    if (made !== null) add(made.construct, call, made.code);
  };
  for (const call of calls) addMade(call);
  for (const node of others) {
    if (node.type === 'WithStatement') add('with', node, null);
    else if (node.type === 'NewExpression') addMade(node);
    else if (setsNodeVariable(node)) add('environment', node, null);
    else if (keepsFunctionConstructor(node, walk)) add('function', node, null);
  }
  for (const node of texts) if (setsNodeVariable(node)) add('environment', node, null);
  for (const node of members) {
    if (setsNodeVariable(node) || changesStart(node, walk.scopes)) add('environment', node, null);
    else if (handsOnChdir(node, walk)) add('working-folder', node, null);
    else if (keepsFunctionConstructor(node, walk)) add('function', node, null);
    else {
      const construct = internalsOf(node, walk);
      if (construct !== null) add(construct, node, null);
    }
  }
  // Of those that begin at one place the outermost first.
  sites.sort((left, right) => left.start - right.start || right.end - left.end);
  for (const name of ['eval', 'Function'] as const) {
    for (const node of walk.scopes.globals.get(name) ?? []) {
      if (!isPassedOn(node) || isOnlyListed(node, walk.scopes)) continue;
      const construct = isTypeMetadata(node) ? 'function-type' : 'function';
      if (name === 'eval' && asksForGlobal(node)) continue;
      add(name === 'eval' ? 'indirect-eval' : construct, node, null);
    }
  }
  const uses = requireUses(walk);
  for (const use of uses) {
    if (use.kind !== 'member') continue;
    if (use.name === 'extensions' && changesPrograms(use.node)) add('module-internals', use.node, null);
    if (use.name === 'cache' && !isForgotten(use.node)) add('module-cache', use.node, null);
  }
  for (const node of escapedBuiltins(walk, uses)) add('builtin-value', node, null);
  return sites.sort((left, right) => left.start - right.start);
}

/** `(0, eval)('this')`, which is no direct eval (ECMA-262, 19.2.1.1) and gives the global object. */
function asksForGlobal(node: Node): boolean {
  const { parent, child } = context(node);
  if (parent?.type !== 'SequenceExpression' || parent.expressions.at(-1) !== child) return false;
  const { parent: call, child: callee } = context(parent);
  return call?.type === 'CallExpression' && call.callee === callee && textOf(call.arguments[0]) === 'this';
}

/** The endings that Node runs itself (Node documentation, `require.extensions`), and those of compilers. */
const PROGRAM_ENDINGS = /^\.(?:[cm]?[jt]sx?|json|node|wasm)$/;

/**
 * `require.extensions['.hbs'] = f` adds a way to read files of that ending, which are no programs; what `f` does is in `f`. Every other use
 * but a look whether it is there may change how programs are read.
 */
function changesPrograms(extensions: Node): boolean {
  const { parent, child } = context(extensions);
  if (parent?.type === 'MemberExpression' && parent.object === child) {
    const ending = memberName(parent);
    return ending === null || PROGRAM_ENDINGS.test(ending);
  }
  const isTest = parent?.type === 'IfStatement' || parent?.type === 'UnaryExpression';
  const isFirst = parent?.type === 'LogicalExpression' && parent.operator === '&&' && parent.left === child;
  // The last of `a && require.extensions` is only looked at where the whole is the test of an `if`.
  const isLast = parent?.type === 'LogicalExpression' && context(parent).parent?.type === 'IfStatement';
  return !isTest && !isFirst && !isLast;
}

/** `delete require.cache[x]` lets a module be loaded again, and reaches none. */
function isForgotten(cache: Node): boolean {
  const { parent } = context(cache);
  const above = parent?.type === 'MemberExpression' ? context(parent).parent : null;
  return above?.type === 'UnaryExpression' && above.operator === 'delete';
}

interface Made {
  readonly construct: CodeConstruct;
  readonly code: TextShapes | null;
}

type Call = Node & { type: 'CallExpression' | 'NewExpression' };

function codeMadeBy(call: Call, walk: FileWalk): Made | null {
  const [first, second] = call.arguments;
  const path = dottedPath(call.callee, walk.scopes);
  const text = (node: Node | undefined): TextShapes => (node === undefined ? [[]] : walk.texts.textOf(node));
  if (path === 'eval') return { construct: 'eval', code: text(first) };
  if (path === 'Function') return { construct: 'function', code: bodyOf(call, walk) };
  if (path !== null && VM.has(path)) return { construct: 'vm', code: path.startsWith('vm.') ? text(first) : null };
  if (path === 'worker_threads.Worker' && runsCode(second)) return { construct: 'worker-eval', code: text(first) };
  if (path === 'process.chdir') return { construct: 'working-folder', code: text(first) };
  if (path === 'module.register' || path === 'module.registerHooks') return { construct: 'hooks', code: null };
  if (path === 'process.getBuiltinModule' && text(first).some((shape) => constantOf(shape) === null)) {
    return { construct: 'builtin-value', code: null };
  }
  if (isConstructorOfFunction(bare(call.callee), call, walk))
    return { construct: 'function', code: bodyOf(call, walk) };
  return isComputedGlobal(bare(call.callee), walk) ? { construct: 'indirect-eval', code: null } : null;
}

/** `Function('a', 'return a')`: the last argument is the body, but the parameters are parsed as well. */
function bodyOf(call: Call, { texts }: FileWalk): TextShapes {
  const parts = call.arguments.map((argument) =>
    argument.type === 'SpreadElement' ? UNKNOWN_TEXT : texts.textOf(argument),
  );
  if (parts.slice(0, -1).some((part) => !isHarmlessCode(part))) return UNKNOWN_TEXT;
  return parts.at(-1) ?? [[]];
}

/**
 * Function by another name: the constructor of a function. `(function () {}).constructor('…')`, `[].map.constructor('…')`,
 * `Object.getPrototypeOf(async () => {}).constructor`.
 *
 * `new x.constructor(…)` makes another object of the same class in every other package, so there it takes a text as the last argument, as
 * code is, for `x` to be taken for a function. A call without `new` is no way to make an object.
 */
function isConstructorOfFunction(callee: Node, call: Call, { scopes }: FileWalk): boolean {
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'constructor') return false;
  const last = call.arguments.at(-1);
  if (last === undefined || isOwnLength(bare(last), bare(callee.object), scopes)) return false;
  return call.type === 'CallExpression' || isFunctionValue(bare(callee.object)) || isText(bare(last));
}

/** `a.constructor(a.length)` makes an array as long as `a`; were `a` a function, that would be a number, which is no program that does anything. */
function isOwnLength(last: Node, object: Node, scopes: FileWalk['scopes']): boolean {
  if (object.type !== 'Identifier') return false;
  if (last.type === 'MemberExpression') {
    const of = bare(last.object);
    return (
      memberName(last) === 'length' && of.type === 'Identifier' && scopes.bindingOf(of) === scopes.bindingOf(object)
    );
  }
  const binding = last.type === 'Identifier' ? scopes.bindingOf(last) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  const declarator = declaration?.parent;
  if (binding === null || others.length > 0 || binding.writes.length > 0) return false;
  if (declarator?.type !== 'VariableDeclarator' || declarator.id !== declaration || declarator.init === null)
    return false;
  return bare(declarator.init).type === 'MemberExpression' && isOwnLength(bare(declarator.init), object, scopes);
}

const isText = (value: Node): boolean =>
  (value.type === 'Literal' && typeof value.value === 'string') ||
  value.type === 'TemplateLiteral' ||
  (value.type === 'BinaryExpression' && value.operator === '+');

/** A function that stands there, or the prototype of something, which may be one. */
const isFunctionValue = (value: Node): boolean =>
  isFunction(value) || (value.type === 'CallExpression' && memberName(bare(value.callee)) === 'getPrototypeOf');

/** `const F = (async () => {}).constructor`, `const { constructor } = f`: it is called later, and not seen to be. */
function keepsFunctionConstructor(node: Node, { scopes }: FileWalk): boolean {
  if (node.type !== 'Property' && node.type !== 'MemberExpression') return false;
  const name = node.type === 'Property' ? keyName(node.key, node.computed) : memberName(node);
  if (name !== 'constructor') return false;
  const { parent } = context(node);
  if (node.type === 'Property') return parent?.type === 'ObjectPattern';
  if (!isFunctionValue(bare(node.object)) || !isPassedOn(node) || parent?.type === 'CallExpression') return false;
  // Kept to be compared with: `f instanceof AsyncFunction`.
  const binding = parent?.type === 'VariableDeclarator' ? scopes.bindingOf(parent.id) : null;
  return binding === null || binding.writes.length > 0 || binding.reads.some(isPassedOnOrCalled);
}

const isPassedOnOrCalled = (read: Node): boolean => {
  const { parent } = context(read);
  return parent?.type === 'CallExpression' || parent?.type === 'NewExpression' || isPassedOn(read);
};

/** `globalThis[name](…)`: it may be `eval`. */
function isComputedGlobal(callee: Node, { scopes, texts }: FileWalk): boolean {
  if (callee.type !== 'MemberExpression' || !callee.computed) return false;
  const isGlobalObject = isGlobal(callee.object, 'globalThis', scopes) || isGlobal(callee.object, 'global', scopes);
  return isGlobalObject && texts.textOf(callee.property).some((shape) => !isKnownName(constantOf(shape)));
}

const isKnownName = (name: string | null): boolean => name !== null && name !== 'eval' && name !== 'Function';

/** A property of Node's `Module`; not one of what the file exports. */
const LOADER = /^module\.(?:constructor\.|prototype\.)?\w+$/;

const INTERNALS: ReadonlySet<string> = new Set([
  '_compile',
  '_extensions',
  '_load',
  '_resolveFilename',
  '_nodeModulePaths',
  '_resolveLookupPaths',
  '_initPaths',
  '_findPath',
  '_cache',
  'runMain',
  'wrap',
  'wrapper',
]);

/** Names with an underscore that belong to Node's loader and to nothing else are recognised on any object. */
const ONLY_OF_MODULES: ReadonlySet<string> = new Set([
  '_compile',
  '_resolveFilename',
  '_nodeModulePaths',
  '_resolveLookupPaths',
]);

function internalsOf(node: Node & { type: 'MemberExpression' }, walk: FileWalk): CodeConstruct | null {
  const name = memberName(node);
  if (name === 'loadExtension') return 'native';
  if (name === null)
    return isGlobal(node.object, 'process', walk.scopes) && mayBeInternal(node.property, walk) && !isStreamUse(node)
      ? 'native'
      : null;
  if (ONLY_OF_MODULES.has(name) && !isOfOwnClass(node, walk.scopes)) return 'module-internals';
  const path = dottedPath(node, walk.scopes);
  switch (path) {
    case null:
      return null;
    case 'process.dlopen':
    case 'process.binding':
    case 'process._linkedBinding':
      return isHarmlessBinding(node, walk) ? null : 'native';
    case 'module.children':
      return 'module-cache';
    case 'module.paths':
    case 'module.globalPaths':
      return 'module-internals';
    case 'process.mainModule.exports':
    case 'process.mainModule.children':
    case 'require.main.exports':
    case 'require.main.children':
    case 'module.parent.exports':
    case 'module.parent.children':
      return 'module-cache';
    default:
      return LOADER.test(path) && INTERNALS.has(name) ? 'module-internals' : null;
  }
}

/** `process[name].write(…)`: what of `process` loads something has none of these, so it throws. */
function isStreamUse(member: Node): boolean {
  const { parent, child } = context(member);
  return parent?.type === 'MemberExpression' && parent.object === child && OF_STREAMS.has(memberName(parent) ?? '');
}

const OF_STREAMS: ReadonlySet<string> = new Set(['columns', 'end', 'fd', 'isTTY', 'write']);

/** `process[name]`: with `mainModule`, `binding` and the like it loads. */
const mayBeInternal = (key: Node, { texts }: FileWalk): boolean =>
  texts
    .textOf(key)
    .some((shape) =>
      /^(?:mainModule|binding|dlopen|_linkedBinding|getBuiltinModule|execve|chdir|execArgv|execPath)$/.test(
        constantOf(shape) ?? 'binding',
      ),
    );

/** Parts of Node without code to load: old packages ask for them by name. */
const HARMLESS_BINDINGS =
  /^(?:async_wrap|buffer|cares_wrap|config|constants|crypto|fs|http_parser|natives|os|pipe_wrap|stream_wrap|tcp_wrap|timer_wrap|tty_wrap|util|uv|v8|zlib)$/;

function isHarmlessBinding(member: Node, { texts }: FileWalk): boolean {
  const { parent, child } = context(member);
  if (parent?.type === 'UnaryExpression' || parent?.type === 'BinaryExpression') return true;
  if (parent?.type !== 'CallExpression' || parent.callee !== child) return false;
  return texts.textOf(parent.arguments[0]).every((shape) => HARMLESS_BINDINGS.test(constantOf(shape) ?? '-'));
}

/**
 * `Function.call(…)`. But `Function.call.bind(f)`, `Function.bind.apply(C, …)` and `bind(Function.call, f)` are about `f` and `C`: Function has what all
 * functions have, and what is taken off it does not know where it came from.
 */
function isCalledAsMethod(member: Node): boolean {
  const { parent, child } = context(member);
  const isMethod = ['call', 'apply', 'bind'].includes(memberName(member) ?? '');
  if (!isMethod || parent === null) return false;
  return (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === child;
}

/**
 * `__metadata("design:paramtypes", [Function])`: what TypeScript's `emitDecoratorMetadata` writes for a parameter that takes a function. It says what a
 * value is; who makes one of it, as class-transformer does with `new type()`, hands it no text with a program in it. closure.actions.ts takes that only where no
 * text of the program is one (`holdsCode` of file-facts.ts).
 */
function isTypeMetadata(node: Node): boolean {
  let { parent, child } = context(node);
  if (parent?.type === 'ArrayExpression') ({ parent, child } = context(parent));
  if (parent?.type !== 'CallExpression' || parent.arguments[1] !== child) return false;
  const key = bare(parent.arguments[0] ?? parent);
  return (
    key.type === 'Literal' && typeof key.value === 'string' && /^design:(?:type|paramtypes|returntype)$/.test(key.value)
  );
}

const LOOKING: ReadonlySet<string> = new Set(['==', '===', '!=', '!==', 'instanceof']);

/** `eval` or `Function` where it is neither called nor only looked at. */
function isPassedOn(node: Node): boolean {
  const { parent, child } = context(node);
  switch (parent?.type) {
    case 'CallExpression':
    case 'NewExpression':
      // `Object.getPrototypeOf(Function)` is what all functions inherit from.
      return parent.callee !== child && memberName(bare(parent.callee)) !== 'getPrototypeOf';
    case 'MemberExpression':
      // `Function.prototype` and `eval.length` are harmless; `Function.call(null, code)` is not.
      return parent.object === child && (memberName(parent) === null || isCalledAsMethod(parent));
    case 'BinaryExpression':
      return !LOOKING.has(parent.operator);
    case 'UnaryExpression':
    case 'ExpressionStatement':
      return false;
    default:
      return true;
  }
}
