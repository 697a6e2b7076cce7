/**
 * Every use of `require` in a file: Node's own, one that `createRequire` made, and the variables and parameters that hold it.
 *
 * A use that is not a call, a look at a property or a test for its existence passes `require` on, and whoever gets it may call it
 * with anything: that is the form `require-value` of load-site.ts.
 */
import { declaredFunction } from './declared-function.ts';
import type { FileWalk } from './file-walk.ts';
import { dottedPath } from './global-path.ts';
import type { Binding } from './scopes.ts';
import {
  bare,
  context,
  functionAround,
  type FunctionNode,
  isFunction,
  memberName,
  type Node,
  parentOf,
  textOf,
} from './syntax.ts';
import { type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

/** From where a `require` resolves: as `from` of LoadSite. */
export type From = 'file' | TextShapes;

export type RequireUse =
  /** `require(…)`. */
  | { readonly kind: 'call'; readonly call: Call; readonly from: From }
  /** `require.resolve(…)`. */
  | { readonly kind: 'resolve'; readonly call: Call; readonly from: From }
  /** `require.cache`, `require.extensions`, `require.main`: `node` is the member expression. */
  | { readonly kind: 'member'; readonly name: string; readonly node: Node }
  /** Anything else. */
  | { readonly kind: 'value'; readonly node: Node; readonly from: From };

type Call = Node & { type: 'CallExpression' | 'NewExpression' };

/** More variables that hold `require` than this no file has. */
const MOST_HOLDERS = 200;

/** Asked by the readers of what is loaded, and of what makes code. */
export function requireUses(walk: FileWalk): readonly RequireUse[] {
  let known = answered.get(walk);
  if (known === undefined) answered.set(walk, (known = findUses(walk)));
  return known;
}

const answered = new WeakMap<FileWalk, readonly RequireUse[]>();

function findUses(walk: FileWalk): readonly RequireUse[] {
  const uses: RequireUse[] = [];
  const seen = new Set<Binding>();
  const open: { readonly node: Node; readonly from: From }[] = [];
  for (const node of walk.scopes.globals.get('require') ?? []) open.push({ node, from: 'file' });
  for (const node of [...walk.tree.kinds.calls, ...walk.tree.kinds.members]) {
    const from = madeRequire(node, walk);
    if (from !== null) open.push({ node, from });
  }
  for (const binding of walk.scopes.bindings) {
    // A parameter that is called so is Node's, or stands for it, far more often than not: `define(function (require) {…})`.
    if (binding.name !== 'require' || binding.kind !== 'parameter') continue;
    seen.add(binding);
    for (const node of binding.reads) open.push({ node, from: 'file' });
  }
  uses.push(...moduleUses(walk));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const held = heldBy(at.node, walk);
    if (held === null) {
      const use = isGivenBack(at.node, at.from, walk.scopes) ? null : useOf(at.node, at.from);
      if (use !== null) uses.push(use);
      continue;
    }
    for (const binding of held) {
      if (seen.has(binding)) continue;
      seen.add(binding);
      if (seen.size > MOST_HOLDERS) uses.push({ kind: 'value', node: at.node, from: at.from });
      else for (const node of binding.reads) open.push({ node, from: at.from });
    }
  }
  return uses;
}

/**
 * `module` has a `require` too, and so have the `arguments` of the function that Node makes of a file: passing either on passes `require` on.
 * A function of this file that gets it is looked at.
 */
function moduleUses(walk: FileWalk): readonly RequireUse[] {
  const uses: RequireUse[] = [];
  const seen = new Set<Binding>();
  const open: Node[] = [...(walk.scopes.globals.get('module') ?? [])];
  for (const node of walk.scopes.globals.get('arguments') ?? []) {
    if (!isInPlainFunction(node)) uses.push({ kind: 'value', node, from: 'file' });
  }
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const held = heldBy(node, walk);
    if (held === null) {
      const use = useOfModule(node, seen.size > 0);
      if (use !== null) uses.push(use);
      continue;
    }
    for (const binding of held) {
      if (!seen.has(binding)) open.push(...binding.reads);
      seen.add(binding);
    }
  }
  return uses;
}

/** Arrow functions have no `arguments` of their own. */
function isInPlainFunction(node: Node): boolean {
  for (let above = functionAround(node); above !== null; above = functionAround(above)) {
    if (above.type !== 'ArrowFunctionExpression') return true;
  }
  return false;
}

/** `module.require(…)` is found by its path where `module` is the global; a variable that holds it is looked at here. */
function useOfModule(node: Node, isHeld: boolean): RequireUse | null {
  const { parent, child } = context(node);
  if (parent?.type !== 'MemberExpression' || parent.object !== child) return useOf(node, 'file');
  const name = memberName(parent);
  if (name === null) return { kind: 'value', node: parent, from: 'file' };
  return name === 'require' && isHeld ? useOf(parent, 'file') : null;
}

/** What makes or is a `require` without being called so: `createRequire(…)`, `module.require`, `process.mainModule.require`. */
function madeRequire(node: Node, { scopes, texts }: FileWalk): From | null {
  if (node.type === 'CallExpression') {
    const path = dottedPath(node.callee, scopes);
    if (path !== 'module.createRequire' && path !== 'module.createRequireFromPath') return null;
    const from = node.arguments[0] === undefined ? UNKNOWN_TEXT : texts.textOf(node.arguments[0]);
    const isHere = from.every(
      ([piece, ...rest]) => rest.length === 0 && typeof piece === 'object' && isOwnPath(piece.hole),
    );
    return isHere ? 'file' : from;
  }
  if (node.type !== 'MemberExpression' || memberName(node) !== 'require') return null;
  const path = dottedPath(node, scopes);
  if (path === 'module.require' || path === 'module.prototype.require') return 'file';
  // Of another module, which lies elsewhere: the main one, the parent, one that was made.
  return path !== null && /^(?:module|process\.mainModule|require\.main)\./.test(path) ? UNKNOWN_TEXT : null;
}

const isOwnPath = (hole: string): boolean => hole === 'file' || hole === 'file-url';

/**
 * The variables or parameters that receive a `require` at this place; `null` when it is not simply put into one.
 *
 * `const load = require`, `typeof require === 'function' ? require : null`, and the argument of a function that stands there:
 * `(function (factory) {…})(function (require) {…})` of the UMD wrappers.
 */
function heldBy(node: Node, { scopes }: FileWalk): readonly Binding[] | null {
  const { parent, child } = destination(node);
  if (parent?.type === 'VariableDeclarator' && parent.init === child && parent.id.type === 'Identifier') {
    const binding = scopes.bindingOf(parent.id);
    return binding === null || isExported(parent) ? null : [binding];
  }
  // `load = require;`, as moment hides it from bundlers: what else the variable is given makes no difference to who reads it.
  if (parent?.type === 'AssignmentExpression' && parent.right === child && parent.operator === '=') {
    const isStatement = context(parent).parent?.type === 'ExpressionStatement';
    const binding = parent.left.type === 'Identifier' ? scopes.bindingOf(parent.left) : null;
    return binding === null || !isStatement || scopes.isOpaque || isExportedName(binding) ? null : [binding];
  }
  if (parent?.type === 'CallExpression' && parent.callee !== child) return parametersFor(parent, child, scopes);
  return null;
}

/** `export let load`, `export { load }`: others read it as well. */
const isExportedName = ({ declarations, reads }: Binding): boolean =>
  declarations.some((each) => isExported(parentOf(each) ?? each)) ||
  reads.some((read) => parentOf(read)?.type === 'ExportSpecifier');

/** Where a value goes that `?:`, `&&`, `||` and `??` only choose: the first context that does something with it. */
function destination(node: Node): ReturnType<typeof context> {
  let at = context(node);
  for (let { parent, child } = at; parent !== null; { parent, child } = at) {
    const passes =
      (parent.type === 'ConditionalExpression' && parent.test !== child) ||
      (parent.type === 'LogicalExpression' && (parent.operator !== '&&' || parent.right === child));
    if (!passes) break;
    at = context(parent);
  }
  return at;
}

const isExported = (declarator: Node): boolean =>
  parentOf(parentOf(declarator) ?? declarator)?.type.startsWith('Export') === true;

function parametersFor(call: Call, argument: Node, scopes: FileWalk['scopes']): readonly Binding[] | null {
  const index = call.arguments.findIndex((candidate) => candidate === argument);
  const called = functionsCalled(bare(call.callee), scopes);
  if (called === null || index < 0) return null;
  const parameters = called.map((owner) => owner.params[index]);
  // A parameter that is missing receives nothing, unless the function looks at `arguments`.
  const bindings = parameters.flatMap((parameter) => (parameter?.type === 'Identifier' ? [parameter] : []));
  if (bindings.length !== parameters.length) return null;
  const held = bindings.map((parameter) => scopes.bindingOf(parameter));
  return held.every((binding) => binding !== null) ? held : null;
}

/** The functions of this file that a callee is; `null` when it may be another. */
function functionsCalled(callee: Node, scopes: FileWalk['scopes']): readonly FunctionNode[] | null {
  if (isFunction(callee)) return [callee];
  const binding = callee.type === 'Identifier' ? scopes.bindingOf(callee) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  if (binding === null || declaration === undefined || others.length > 0 || binding.writes.length > 0) return null;
  if (binding.kind === 'parameter') return passedOnTheSpot(binding.scope, declaration);
  const declared = declaredFunction(callee, scopes);
  return declared === null ? null : [declared];
}

/** `(function (factory) {…})(function () {…})`: the function that such a parameter is. */
function passedOnTheSpot(owner: Node, parameter: Node): readonly FunctionNode[] | null {
  if (!isFunction(owner) || (owner.type !== 'ArrowFunctionExpression' && owner.id !== null)) return null;
  const { parent, child } = context(owner);
  const index = owner.params.findIndex((candidate) => candidate === parameter);
  if (parent?.type !== 'CallExpression' || parent.callee !== child || index < 0) return null;
  const argument = parent.arguments[index];
  const value = argument === undefined ? null : bare(argument);
  return value !== null && isFunction(value) ? [value] : null;
}

/**
 * `require('amdefine')(module, require)`: amdefine calls them with the names that the file's own `define(function (require) {…})` asks for, and
 * those are seen, because that parameter is called `require` (its README, "define() usage"). What a `define([…])` lists is a site of its own
 * (load-sites.ts).
 */
const isAmdefine = (call: Call): boolean => {
  const callee = bare(call.callee);
  return callee.type === 'CallExpression' && textOf(callee.arguments[0]) === 'amdefine';
};

/** `Object.defineProperty(module, 'exports', …)` hands it to nobody. */
const isDefined = (call: Call, child: Node): boolean => {
  const callee = bare(call.callee);
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'defineProperty') return false;
  const object = bare(callee.object);
  return object.type === 'Identifier' && object.name === 'Object' && call.arguments[0] === child;
};

/** Tests and comparisons that look whether there is a `require`, and take nothing from it. */
const COMPARING: ReadonlySet<string> = new Set(['==', '===', '!=', '!==', 'in', 'instanceof']);

function useOf(node: Node, from: From): RequireUse | null {
  const { parent, child } = destination(node);
  switch (parent?.type) {
    case 'CallExpression':
    case 'NewExpression':
      if (parent.callee === child) return { kind: 'call', call: parent, from };
      return isAmdefine(parent) || isDefined(parent, child) ? null : { kind: 'value', node, from };
    case 'MemberExpression':
      return parent.object === child ? memberUse(parent, from) : { kind: 'value', node, from };
    case 'BinaryExpression':
      return COMPARING.has(parent.operator) ? null : { kind: 'value', node, from };
    case 'UnaryExpression':
    case 'ExpressionStatement':
      return null;
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      return parent.test === child ? null : { kind: 'value', node, from };
    case 'LogicalExpression':
      // `require && require.main`: what is on the left of `&&` is only looked at, when it is true.
      return parent.operator === '&&' && parent.left === child ? null : { kind: 'value', node, from };
    case 'AssignmentExpression':
      return bare(parent.left) === node ? null : { kind: 'value', node, from };
    default:
      return { kind: 'value', node, from };
  }
}

/** `require = load`, where `load` is the `require` of the file under another name: every use of that name is looked at anyway. */
function isGivenBack(node: Node, from: From, scopes: FileWalk['scopes']): boolean {
  const { parent, child } = context(node);
  if (parent?.type !== 'AssignmentExpression' || parent.right !== child || parent.operator !== '=') return false;
  const left = bare(parent.left);
  const isFree = left.type === 'Identifier' && left.name === 'require' && scopes.bindingOf(left) === null;
  return isFree && from === 'file' && !scopes.isOpaque && context(parent).parent?.type === 'ExpressionStatement';
}

/** What webpack knows under these names is no property of Node's `require`. */
const HARMLESS_MEMBERS: ReadonlySet<string> = new Set(['main', 'paths', 'length', 'name', 'context', 'ensure']);

function memberUse(member: Node & { type: 'MemberExpression' }, from: From): RequireUse | null {
  const name = memberName(member);
  if (name === null) return { kind: 'value', node: member, from };
  if (name === 'resolve') {
    const { parent, child } = context(member);
    if (parent?.type === 'CallExpression' && parent.callee === child) return { kind: 'resolve', call: parent, from };
    // `require.resolve.paths`, and `require.resolve` itself: whoever gets it gets paths by it, of which nothing is known there.
    return null;
  }
  if (name === 'call' || name === 'apply' || name === 'bind') return { kind: 'value', node: member, from };
  return HARMLESS_MEMBERS.has(name) ? null : { kind: 'member', name, node: member };
}
