/**
 * What compilers put around `require`, read backwards: which module a name of `_a.x` is asked of, where `_a` is `_interopRequireDefault(require('./a'))`.
 *
 * The function around the request is known by what it gives back (returned-values.ts), not by its name. flow-resolve.ts asks.
 */
import { isOwnExport, isOwnExports } from './exported-values.ts';
import { type FlowFile, valuesOf } from './flow-file.ts';
import { parametersGivenBack, returnedBy, type GivenBack } from './returned-values.ts';
import {
  bare,
  context,
  functionAround,
  isClass,
  isFunction,
  keyName,
  memberName,
  parentOf,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

/** The call that an expression stands for: itself, or the only value of a variable. */
export function callMeant(file: FlowFile, expression: Node): (Node & { type: 'CallExpression' }) | null {
  const node = bare(expression);
  if (node.type === 'CallExpression') return node;
  if (node.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(node);
  if (binding === null || !['var', 'let', 'const'].includes(binding.kind)) return null;
  const [value, ...others] = valuesOf(binding) ?? [];
  const only = value === undefined || others.length > 0 ? null : bare(value);
  return only?.type === 'CallExpression' ? only : null;
}

/** A function that gives back its argument, or a literal with it, and nothing else; `null` for any other. */
export function wrapping(file: FlowFile, fn: FunctionNode): Wrapping | null {
  const [returned, ...others] = returnedBy(file, fn);
  if (returned === undefined || others.length > 0 || fn.async || fn.generator) return null;
  const given = parametersGivenBack(file, fn);
  const way = (expression: Node): GivenBack | null => {
    const value = bare(expression);
    return given.find(({ leaf, within }) => leaf === value || within?.literal === value) ?? null;
  };
  const choice = bare(returned);
  if (choice.type !== 'ConditionalExpression') {
    const only = way(choice);
    return only === null ? null : { marked: only, plain: only };
  }
  const [marked, plain] = [way(choice.consequent), way(choice.alternate)];
  if (marked === null || plain === null || marked.at !== plain.at || !asksForMark(file, choice.test, marked.leaf))
    return null;
  return { marked, plain };
}

export interface Wrapping {
  /** What is given back of a module that was compiled from an ECMAScript one, and says so by its `__esModule`. */
  readonly marked: GivenBack;
  readonly plain: GivenBack;
}

/**
 * At which place a function takes a module that it gives back as it is, where that has the mark: `if (module && module.__esModule) return module;` before
 * anything else, as `_interopRequireWildcard` and `__importStar` begin. What they make of another module is a copy.
 */
export function markedGivenBack(file: FlowFile, fn: FunctionNode): number | null {
  const [first] = fn.body?.type === 'BlockStatement' ? fn.body.body : [];
  if (first?.type !== 'IfStatement' || fn.async || fn.generator) return null;
  const { consequent } = first;
  const [only, ...others] = consequent.type === 'BlockStatement' ? consequent.body : [consequent];
  const value = only?.type === 'ReturnStatement' && only.argument !== null ? bare(only.argument) : null;
  const binding = value?.type === 'Identifier' ? file.scopes.bindingOf(value) : null;
  if (value === null || binding === null || others.length > 0 || !asksForMark(file, first.test, value)) return null;
  const at = fn.params.findIndex((parameter) =>
    binding.declarations.includes(parameter as Node & { type: 'Identifier' }),
  );
  return at < 0 || binding.declarations.length > 1 || binding.writes.length > 0 ? null : at;
}

/** `module && module.__esModule`. */
function asksForMark(file: FlowFile, test: Node, leaf: Node): boolean {
  const isParameter = (node: Node): boolean =>
    node.type === 'Identifier' &&
    leaf.type === 'Identifier' &&
    file.scopes.bindingOf(node) !== null &&
    file.scopes.bindingOf(node) === file.scopes.bindingOf(leaf);
  const node = bare(test);
  if (node.type === 'LogicalExpression' && node.operator === '&&')
    return isParameter(bare(node.left)) && asksForMark(file, node.right, leaf);
  return node.type === 'MemberExpression' && memberName(node) === MARK && isParameter(bare(node.object));
}

/** What compilers set on the exports of an ECMAScript module. */
export const MARK = '__esModule';

/** Some statement at the top of the file sets the mark, and nothing is loaded before it; whether something takes it away is asked elsewhere. */
export function marksItself(file: FlowFile): boolean {
  for (const statement of file.tree.program.body) {
    if (statement.type !== 'ExpressionStatement') continue;
    if (!setsMark(file, bare(statement.expression))) continue;
    return !/\b(?:require|import)\b/.test(file.tree.source.slice(0, statement.start));
  }
  return false;
}

/** `Object.defineProperty(exports, '__esModule', { value: true })`, `exports.__esModule = true`. */
function setsMark(file: FlowFile, node: Node): boolean {
  if (node.type === 'AssignmentExpression')
    return node.operator === '=' && isTrue(node.right) && isOwnExport(file, node.left, MARK);
  if (node.type !== 'CallExpression' || node.arguments.length !== 3) return false;
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'defineProperty') return false;
  const [target, name, descriptor] = node.arguments;
  if (callee.object.type !== 'Identifier' || callee.object.name !== 'Object' || target === undefined) return false;
  if (!isOwnExports(file, target) || textOf(name) !== MARK) return false;
  return descriptor !== undefined && describesTrue(descriptor);
}

/** `{ value: true }`. */
export function describesTrue(descriptor: Node): boolean {
  const literal = bare(descriptor);
  if (literal.type !== 'ObjectExpression') return false;
  return literal.properties.some(
    (property) =>
      property.type === 'Property' && keyName(property.key, property.computed) === 'value' && isTrue(property.value),
  );
}

/** `true`, and `!0` of those that make code shorter. */
export function isTrue(value: Node): boolean {
  const node = bare(value);
  if (node.type === 'Literal') return node.value === true;
  return (
    node.type === 'UnaryExpression' &&
    node.operator === '!' &&
    node.argument.type === 'Literal' &&
    node.argument.value === 0
  );
}

/**
 * The `this` of a file that is asked for a helper of the compiler before there can be one: `(this && this.__importDefault) || function …`. It is
 * the `exports` of a CommonJS file, which nobody has filled yet, since nothing is called before; in an ECMAScript module it is nothing.
 */
export function isFreshThis(file: FlowFile, node: Node): boolean {
  if (node.type !== 'ThisExpression' || !isThisOfFile(node)) return false;
  if (file.isEsm) return true;
  const isBefore = (other: Node): boolean => other.start < node.start;
  const { globals } = file.scopes;
  if (['exports', 'module', 'require'].some((name) => globals.get(name)?.some(isBefore) === true)) return false;
  return file.tree.nodes.every(
    (other) =>
      !isBefore(other) ||
      other === node ||
      isHelperRead(other) ||
      !mayRunOthers(other) ||
      functionAround(other) !== null,
  );
}

/** It stands in no function and in no class. */
function isThisOfFile(node: Node): boolean {
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    if (isClass(above) || isFunction(above)) return false;
  }
  return true;
}

/** Of the nodes at the top of a file: those that could hand `this` on, or run other code. Calls of functions that are written there are not. */
function mayRunOthers(node: Node): boolean {
  switch (node.type) {
    case 'CallExpression':
      return !isFunction(bare(node.callee));
    case 'ThisExpression':
    case 'NewExpression':
    case 'TaggedTemplateExpression':
    case 'ImportDeclaration':
    case 'ImportExpression':
      return true;
    default:
      return false;
  }
}

/** `this && this.__helper`, read and no more. */
function isHelperRead(node: Node): boolean {
  if (node.type !== 'ThisExpression') return false;
  const { parent, child } = context(node);
  if (parent?.type === 'LogicalExpression') return parent.operator === '&&' && parent.left === child;
  if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) === null) return false;
  return context(parent).parent?.type === 'LogicalExpression';
}
