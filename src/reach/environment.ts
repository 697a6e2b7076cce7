/**
 * Branches that are for other environments than Node: `typeof define === 'function' && define.amd`, `typeof window !== 'undefined'`.
 *
 * Nearly every library of ten years ago asks such questions as it is loaded, and in the other branch hands its whole export to a
 * global. What a test says is decided only where it is certain: by names that Node defines for the file, and by names that browsers and
 * AMD loaders define, as long as nothing in the program defines them (`FlowWorld.mayDefine`).
 */
import { calledOnTheSpot } from './call-on-the-spot.ts';
import { type FlowFile, valuesOf } from './flow-file.ts';
import type { Binding } from './scopes.ts';
import {
  bare,
  context,
  functionAround,
  type FunctionNode,
  isClass,
  isFunction,
  memberName,
  parentOf,
  textOf,
  type Node,
} from './syntax.ts';

/** Variables of CommonJS files (nodejs.org/api/modules.html, "The module scope"). */
export const OF_FILES: ReadonlySet<string> = new Set(['module', 'exports', 'require']);

/** What another file gives a module instead of the object that Node makes: `module.parent.exports = f`. Asked of `MayDefine` like a name. */
export const MODULE_EXPORTS = 'module.exports';

/** Names that only other environments have (nodejs.org/api/globals.html has none of them). */
export const ELSEWHERE: ReadonlySet<string> = new Set([
  'define',
  'window',
  'document',
  'importScripts',
  'WorkerGlobalScope',
  'Deno',
  'Bun',
  'YUI',
]);

export type MayDefine = (name: string) => boolean;

/** What is asked of a file: it needs no path. */
type Asked = Pick<FlowFile, 'tree' | 'scopes' | 'isEsm'>;

/**
 * What a text says that has such a branch: the names of other environments, a question for those that Node gives a file, a constant for a switch. A
 * text without any of it is not looked through, which for most files of a large program saves finding out what their names mean.
 */
const ASKS =
  /\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI|nodeType)\b|\btypeof\s*\(?\s*(?:module|exports|require)\b|\b(?:module|exports|require)\s*(?:&&|\|\||\?|\))|\bglobal(?:This)?\.[A-Z]|(?:\b(?:var|let|const)\b|,)\s*[\w$]+\s*=\s*!?(?:true|false|\d)|\bif\s*\(\s*!?(?:true|false|\d)/;

/** The parts of a file that never run in Node, as ranges of offsets. */
export function deadRanges(file: Asked, mayDefine: MayDefine): readonly Node[] {
  const dead: Node[] = [];
  if (!ASKS.test(file.tree.source)) return dead;
  const decide = (test: Node): boolean | null => truth(file, test, mayDefine, 0);
  for (const node of file.tree.kinds.others) {
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression': {
        const answer = decide(node.test);
        if (answer === false && !hoists(node.consequent)) dead.push(node.consequent);
        if (answer === true && node.alternate !== null && !hoists(node.alternate)) dead.push(node.alternate);
        break;
      }
      case 'LogicalExpression':
        if (node.operator === '??') break;
        if (decide(node.left) === (node.operator === '||')) dead.push(node.right);
        break;
      default:
    }
  }
  return dead;
}

/** A function declared in a branch that is not taken exists all the same in old engines; such a branch is left alone. */
const hoists = (branch: Node): boolean => branch.type === 'FunctionDeclaration';

const MAX_DEPTH = 12;

function truth(file: Asked, expression: Node, mayDefine: MayDefine, depth: number): boolean | null {
  if (depth > MAX_DEPTH) return null;
  const node = bare(expression);
  const next = (inner: Node): boolean | null => truth(file, inner, mayDefine, depth + 1);
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'bigint' ? null : Boolean(node.value);
    case 'UnaryExpression': {
      if (node.operator !== '!') return node.operator === 'typeof' ? true : null;
      const inner = next(node.argument);
      return inner === null ? null : !inner;
    }
    case 'LogicalExpression': {
      const left = next(node.left);
      if (node.operator === '??') return null;
      if (left === (node.operator === '||')) return left;
      const right = next(node.right);
      if (left === null) return right === (node.operator === '||') ? right : null;
      return right;
    }
    case 'BinaryExpression':
      return compared(file, node.operator, node.left, node.right, mayDefine);
    case 'Identifier':
      return ofName(file, node, mayDefine, depth);
    case 'MemberExpression': {
      const object = bare(node.object);
      if (object.type !== 'Identifier' || file.scopes.bindingOf(object) !== null) return null;
      if (object.name === 'global' || object.name === 'globalThis') return ofGlobal(memberName(node), mayDefine);
      // DOM nodes have a nodeType, modules have none.
      if (!file.isEsm && (object.name === 'module' || object.name === 'exports') && memberName(node) === 'nodeType')
        return /\bnodeType['"]?\s*[\],:=](?!=)/.test(file.tree.source) ? null : false;
      return isAsMade(file, node) && !mayDefine(MODULE_EXPORTS) ? true : null;
    }
    default:
      return null;
  }
}

/**
 * `if (global.GENTLY) require = GENTLY.hijack(require)`: a hook for the author's own tests. In capitals, because nothing that a flag of Node or V8
 * adds to the global object is written so (`--expose-gc` adds `gc`), nor anything of ECMA-262 but NaN, JSON and the like, which are no hooks.
 */
const HOOK = /^(?!JSON$)[A-Z][A-Z_]{3,}$/;

/** A property of the global object that nobody defines is not there. */
const ofGlobal = (name: string | null, mayDefine: MayDefine): boolean | null =>
  name !== null && (ELSEWHERE.has(name) || HOOK.test(name)) && !mayDefine(name) ? false : null;

function ofName(file: Asked, node: Node, mayDefine: MayDefine, depth: number): boolean | null {
  if (node.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(node);
  if (binding === null) {
    const kind = typeOf(file, node, mayDefine);
    return kind === null ? null : kind !== 'undefined';
  }
  if (binding.kind === 'parameter') {
    const given = givenOnTheSpot(file, binding);
    return given === null ? null : truth(file, given, mayDefine, depth + 1);
  }
  if (binding.kind !== 'var' && binding.kind !== 'const' && binding.kind !== 'let') return null;
  // A variable that is set once; before that it is undefined, so only "false" is certain of it, or "true" of a constant.
  const values = binding.writes.length === 0 ? valuesOf(binding) : null;
  const [value, ...others] = values ?? [];
  if (value === undefined || others.length > 0) return null;
  return isReadAfter(node, value, binding.scope) ? truth(file, value, mayDefine, depth + 1) : null;
}

/** `(function (isNode) { … })(typeof module === 'object')`: what the parameter always is. */
function givenOnTheSpot(file: Asked, { scope: fn, name, declarations, writes }: Binding): Node | null {
  if (!isFunction(fn) || writes.length + declarations.length > 1 || fn.generator || isNamed(file, fn)) return null;
  const call = calledOnTheSpot(fn);
  if (call === null || usesArguments(file, fn)) return null;
  const at = fn.params.findIndex((parameter) => parameter.type === 'Identifier' && parameter.name === name);
  const before = call.arguments.slice(0, at + call.shift + 1);
  const given = at < 0 || before.some(({ type }) => type === 'SpreadElement') ? undefined : before[at + call.shift];
  return given ?? null;
}

/** By its own name a function may call itself again. */
const isNamed = (file: Asked, { id }: FunctionNode): boolean =>
  id !== null && id !== undefined && file.scopes.bindingOf(id)?.reads.length !== 0;

/** By its `arguments` too, and they may be written to. Arrow functions have none of their own. */
const usesArguments = (file: Asked, fn: Node): boolean =>
  (file.scopes.globals.get('arguments') ?? []).some((use) => {
    let owner = functionAround(use);
    while (owner?.type === 'ArrowFunctionExpression') owner = functionAround(owner);
    return owner === fn;
  });

/** Read after its initialiser has run: in the same function, behind a declaration that no branch and no loop goes around. */
function isReadAfter(read: Node, value: Node, scope: Node): boolean {
  const declarator = parentOf(value);
  const declaration = declarator === undefined ? undefined : parentOf(declarator);
  let body = declaration === undefined ? undefined : parentOf(declaration);
  if (body?.type === 'BlockStatement') body = parentOf(body);
  if (body !== scope || read.start < value.end) return false;
  for (let above = parentOf(read); above !== undefined; above = parentOf(above)) {
    if (above === scope) return true;
    if (isFunction(above)) return false;
  }
  return false;
}

/** `typeof x === 'function'` and its relatives. */
function compared(file: Asked, operator: string, left: Node, right: Node, mayDefine: MayDefine): boolean | null {
  const isEqual = operator === '===' || operator === '==';
  if (!isEqual && operator !== '!==' && operator !== '!=') return null;
  const [question, text] = textOf(right) === null ? [bare(right), textOf(left)] : [bare(left), textOf(right)];
  if (text === null || question.type !== 'UnaryExpression' || question.operator !== 'typeof') return null;
  const argument = bare(question.argument);
  const kind = typeOf(file, argument, mayDefine);
  // `exports = module.exports = …` may have left a function there.
  if (kind === 'object' && (text === 'object' || text === 'function') && isSet(file, argument)) return null;
  return kind === null ? null : (kind === text) === isEqual;
}

/**
 * `module.exports` as Node makes it, which is an object (Node documentation, "The module wrapper"): the place is passed once, as the file is loaded, and what
 * the file does with `module` before is to ask whether it is there. What it does later, it does in the same passage, and not in a function that is called before.
 */
function isAsMade(file: Asked, node: Node): boolean {
  if (node.type !== 'MemberExpression' || memberName(node) !== 'exports' || file.isEsm) return false;
  const { object } = node;
  if (object.type !== 'Identifier' || object.name !== 'module' || file.scopes.bindingOf(object) !== null) return false;
  if (file.scopes.isOpaque || isReplaced(file, 'module') || !isPassedOnce(file, node)) return false;
  // What is loaded before has the file as its parent, and can give that other exports (nodejs.org/api/modules.html, module.parent).
  const loads = file.scopes.globals.get('require') ?? [];
  if (loads.some((use) => use.start < node.start && !isQuestion(use))) return false;
  return (file.scopes.globals.get('module') ?? []).every(
    (use) => use === object || isQuestion(use) || (isPassedLater(use, node) && isPassedOnce(file, use)),
  );
}

/** What stands behind it, and what a function does that is called on the spot with it. */
function isPassedLater(use: Node, than: Node): boolean {
  if (use.start > than.start) return true;
  for (let fn = functionAround(use); fn !== null; fn = functionAround(fn)) {
    const given = calledOnTheSpot(fn)?.arguments ?? [];
    if (given.some(({ start, end }) => start <= than.start && than.end <= end)) return true;
  }
  return false;
}

/** At the top of the file, or in functions around it that are called where they stand; and in no loop. */
function isPassedOnce(file: Asked, node: Node): boolean {
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    if (/^(?:For|While|DoWhile)/.test(above.type) || isClass(above)) return false;
    if (!isFunction(above)) continue;
    // What such a function does it may do later than what stands behind it.
    if (above.async || above.generator) return false;
    if (calledOnTheSpot(above) === null || isNamed(file, above) || usesArguments(file, above)) return false;
  }
  return true;
}

/** `typeof module`, `module &&`, `module.exports &&`, `typeof module.exports`. */
function isQuestion(use: Node): boolean {
  const { parent, child } = context(use);
  if (parent?.type === 'UnaryExpression') return parent.operator === 'typeof' || parent.operator === '!';
  if (parent?.type === 'LogicalExpression' && parent.operator === '&&')
    return parent.left === child || isQuestion(parent);
  if (parent?.type === 'IfStatement') return parent.test === child;
  return (
    parent?.type === 'MemberExpression' &&
    parent.object === child &&
    memberName(parent) === 'exports' &&
    isQuestion(parent)
  );
}

/** What `typeof` gives for a name that the file does not declare; `null` where that is not certain. */
function typeOf(file: Asked, node: Node, mayDefine: MayDefine): string | null {
  if (isAsMade(file, node)) return mayDefine(MODULE_EXPORTS) ? null : 'object';
  if (node.type !== 'Identifier' || file.scopes.bindingOf(node) !== null) return null;
  const { name } = node;
  if (ELSEWHERE.has(name)) return mayDefine(name) ? null : 'undefined';
  switch (name) {
    case 'module':
    case 'exports':
      return isReplaced(file, name) ? null : file.isEsm ? absentFrom(name, mayDefine) : 'object';
    case 'require':
      return isReplaced(file, name) ? null : file.isEsm ? absentFrom(name, mayDefine) : 'function';
    default:
      return null;
  }
}

/** ES modules have no `require`, unless somebody makes it a global. */
const absentFrom = (name: string, mayDefine: MayDefine): string | null => (mayDefine(name) ? null : 'undefined');

/** They are variables of the file (Node documentation, "The module wrapper"), and it may give them another value. */
const isReplaced = (file: Asked, name: string): boolean =>
  (file.scopes.globals.get(name) ?? []).some((node) => {
    const parent = parentOf(node);
    // `exports = module.exports = …` leaves an object or a function there, which is all that such tests ask.
    if (parent?.type === 'AssignmentExpression' && parent.left === node && parent.right.type === 'AssignmentExpression')
      return false;
    if (parent?.type === 'Property') return parentOf(parent)?.type === 'ObjectPattern' && parent.value === node;
    return WRITING.has(parent?.type ?? '') && !(parent?.type === 'AssignmentExpression' && parent.right === node);
  });

const isSet = (file: Asked, name: Node): boolean =>
  name.type === 'Identifier' &&
  (file.scopes.globals.get(name.name) ?? []).some((use) => {
    const parent = parentOf(use);
    return parent?.type === 'AssignmentExpression' && parent.left === use;
  });

const WRITING: ReadonlySet<string> = new Set([
  'AssignmentExpression',
  'AssignmentPattern',
  'UpdateExpression',
  'ArrayPattern',
  'RestElement',
  'ForInStatement',
  'ForOfStatement',
]);
