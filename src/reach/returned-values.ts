/** The expressions that a function gives back: for stores into what a call gives, and for functions that make functions. */
import { argumentsOf, readsArguments, valuesOf, type FlowFile } from './flow-file.ts';
import { isCalledByOperators } from './natives.ts';
import { bare, functionAround, keyName, parentOf, returnsByFunction, type FunctionNode, type Node } from './syntax.ts';

export function returnedBy(file: FlowFile, fn: FunctionNode): readonly Node[] {
  if (fn.type === 'ArrowFunctionExpression' && fn.expression && fn.body.type !== 'BlockStatement') return [fn.body];
  let known = returns.get(file);
  if (known === undefined) returns.set(file, (known = returnsByFunction(file.tree)));
  return (known.get(fn) ?? []).filter((value) => value !== null);
}

const returns = new WeakMap<FlowFile, ReturnType<typeof returnsByFunction>>();

/** Variables that stand for variables are followed this far. */
const MAX_ALIASES = 4;

/**
 * Which of its arguments a function gives back by an expression that is one of its parameters: `extend(target, …)`,
 * `setPrototypeOf(object, prototype)`. Then that call gives its own argument, and none gives the argument of another call.
 *
 * The parameter has to be a plain one that nothing else is assigned to, also not through `arguments`.
 */
function parameterReturned(file: FlowFile, fn: FunctionNode, returned: Node, depth = 0): number | null {
  let value = bare(returned);
  for (let last = lastOf(value); last !== null; last = lastOf(value)) value = bare(last);
  if (value.type !== 'Identifier' || depth > MAX_ALIASES || fn.async || fn.generator) return null;
  const binding = file.scopes.bindingOf(value);
  if (binding === null || (binding.scope !== fn && functionAround(binding.scope) !== fn)) return null;
  if (binding.kind === 'parameter') {
    if (binding.scope !== fn) return null;
    const [declaration, ...others] = binding.declarations;
    if (others.length > 0 || binding.writes.length > 0 || file.scopes.isOpaque) return null;
    if (argumentsOf(file, fn).length > 0 || readsArguments(file)) return null;
    const at = fn.params.findIndex((parameter) => parameter === declaration);
    return at < 0 ? null : at;
  }
  const [only, ...others] = binding.kind === 'var' || binding.kind === 'const' ? (valuesOf(binding) ?? []) : [];
  return only === undefined || others.length > 0 ? null : parameterReturned(file, fn, only, depth + 1);
}

const lastOf = (node: Node): Node | null =>
  node.type === 'SequenceExpression' ? (node.expressions.at(-1) ?? null) : null;

/** A place in what a function gives back where one of its parameters stands. */
export interface GivenBack {
  /** The name that is read there. */
  readonly leaf: Node;
  /** Which argument it is. */
  readonly at: number;
  /** The literal that holds it and nothing else, as `{ default: module }` does; `null` where it is given back as it is. */
  readonly within: { readonly literal: Node; readonly key: string } | null;
}

/**
 * The parameters that a function gives back, as they are or as the only thing in a literal, also where a condition chooses: what compilers put
 * around `require` (`module && module.__esModule ? module : { default: module }`).
 */
export function parametersGivenBack(file: FlowFile, fn: FunctionNode): readonly GivenBack[] {
  let known = givenBack.get(fn);
  if (known === undefined) {
    const leaves = returnedBy(file, fn).flatMap(leavesOf);
    known = leaves.flatMap(({ leaf, within }) => {
      const at = parameterReturned(file, fn, leaf);
      return at === null ? [] : [{ leaf, at, within }];
    });
    givenBack.set(fn, known);
  }
  return known;
}

const givenBack = new WeakMap<FunctionNode, readonly GivenBack[]>();

/** Where a name can stand that is given back; asked first, since most names stand elsewhere. */
const BEFORE_LEAVES: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'ArrowFunctionExpression',
  'ConditionalExpression',
  'LogicalExpression',
  'SequenceExpression',
  'ParenthesizedExpression',
  'Property',
]);

/** The name stands where its function gives it back. */
export function isGivenBack(file: FlowFile, name: Node): boolean {
  if (name.type !== 'Identifier' || !BEFORE_LEAVES.has(parentOf(name)?.type ?? '')) return false;
  const fn = functionAround(name);
  return fn !== null && parametersGivenBack(file, fn).some(({ leaf }) => leaf === name);
}

/** The names that an expression gives as its value, each perhaps in a literal of its own. */
function leavesOf(returned: Node): readonly Omit<GivenBack, 'at'>[] {
  return endsOf(returned).flatMap((value) => {
    if (value.type === 'Identifier') return [{ leaf: value, within: null }];
    return value.type === 'ObjectExpression' ? onlyMember(value) : [];
  });
}

/** The expressions of which one is the value of an expression that chooses between them. */
export function endsOf(expression: Node): readonly Node[] {
  const found: Node[] = [];
  const open: (Node | undefined)[] = [expression];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const value = bare(next);
    if (value.type === 'ConditionalExpression') open.push(value.consequent, value.alternate);
    else if (value.type === 'LogicalExpression') open.push(value.left, value.right);
    else if (value.type === 'SequenceExpression') open.push(value.expressions.at(-1));
    else found.push(value);
  }
  return found;
}

/** What is the only member of a literal, under a name that the language does not ask for. */
function onlyMember(literal: Node & { type: 'ObjectExpression' }): readonly Omit<GivenBack, 'at'>[] {
  const [property, ...others] = literal.properties;
  if (property?.type !== 'Property' || others.length > 0 || property.kind !== 'init') return [];
  const key = keyName(property.key, property.computed);
  const leaf = bare(property.value);
  if (key === null || key === '__proto__' || isCalledByOperators(key) || leaf.type !== 'Identifier') return [];
  return [{ leaf, within: { literal, key } }];
}
