/** The expressions that a function gives back: for stores into what a call gives, and for functions that make functions. */
import { argumentsOf, readsArguments, valuesOf, type FlowFile } from './flow-file.ts';
import { bare, functionAround, returnsByFunction, type FunctionNode, type Node } from './syntax.ts';

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
 * Which of its arguments a function gives back, where one of the expressions that it returns is one of its parameters: `extend(target, …)`,
 * `setPrototypeOf(object, prototype)`. Then that call gives its own argument, and none gives the argument of another call.
 *
 * The parameter has to be a plain one that nothing else is assigned to, also not through `arguments`.
 */
export function parameterReturned(file: FlowFile, fn: FunctionNode, returned: Node, depth = 0): number | null {
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

/** The parameters that a function gives back as they are. */
export function parametersReturned(file: FlowFile, fn: FunctionNode): ReadonlySet<number> {
  let known = parameters.get(fn);
  if (known === undefined) {
    const all = returnedBy(file, fn).map((value) => parameterReturned(file, fn, value));
    parameters.set(fn, (known = new Set(all.filter((at) => at !== null))));
  }
  return known;
}

const parameters = new WeakMap<FunctionNode, ReadonlySet<number>>();
