/**
 * `to[key] = from[key]`: the name is not known, and yet it is the same on both sides. What `from` has as `parse`, `to` has as `parse`.
 *
 * A value that is read by `from[key]` remembers the variable and the name by which it was found (`Tag.keyed`). Where it is stored under
 * the same variable, and that cannot have changed since, it is stored under that name. Two cases:
 *
 * - The variable never changes while it exists: a parameter that is not written, a `const`, a `let` that is not. Then the value may rest in
 *   other variables as long as they exist once for each of it, which is so where they are declared in its scope or further in.
 * - It changes, as the variable of a loop does: then read and store have to stand in one expression without a write to it, and all its writes in
 *   the same function, so that nothing that is called in between can change it.
 *
 * A parameter that gets a text which stands in the call (`define(api, 'parse', f)`) says the name as well. A literal that the value is put into is made
 * anew each time, so it may rest there too (`{ value: f }`).
 *
 * Everywhere else (a call, a result, an object that it is put into) the value forgets it: flow.ts and flow-call.ts see to that.
 */
import { argumentsOf, valuesOf, type FlowFile, type Site } from './flow-file.ts';
import { ANY, INDEX, keysIn, type Keyed, type Tag } from './flow-tag.ts';
import type { Step } from './flow-trace.ts';
import type { Binding } from './scopes.ts';
import {
  bare,
  context,
  functionAround,
  isFunction,
  memberName,
  parentOf,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

/** What was found by reading `read` of an object with the tag `held`, with the name by which it was found. */
export const foundBy = (file: FlowFile, read: Node, held: Tag, found: Tag): Tag =>
  read.type === 'MemberExpression' && read.computed ? foundUnder(file, read.property, held, found) : found;

/** The same, where the key is an argument: `Object.getOwnPropertyDescriptor(x, key)`. */
export function foundUnder(file: FlowFile, key: Node | undefined, held: Tag, found: Tag): Tag {
  const binding = key === undefined ? null : variableOf(file, bare(key));
  const name = onlyName(held);
  if (binding === null || name === null) return found;
  const isFixed = isFixedVariable(file, binding);
  return isFixed || (key !== undefined && isSteadyIn(binding, key))
    ? { ...found, keyed: { binding, name, isFixed } }
    : found;
}

/** The name under which the value is stored there; `null` where it is not the variable by which it was found. */
export function nameKept(file: FlowFile, left: Node, { keyed }: Tag): string | null {
  return keyed !== undefined && keyVariable(file, left) === keyed.binding ? keyed.name : null;
}

export const nameKeptBy = (file: FlowFile, key: Node | undefined, { keyed }: Tag): string | null =>
  keyed !== undefined && key !== undefined && variableOf(file, bare(key)) === keyed.binding ? keyed.name : null;

/** Whether `left = right` is `to[key] = from[key]`. */
export function copiesName(file: FlowFile, left: Node, right: Node): boolean {
  const binding = keyVariable(file, left);
  return (
    binding !== null &&
    keyVariable(file, bare(right)) === binding &&
    (isFixedVariable(file, binding) || isSteadyIn(binding, left))
  );
}

/** Whether the key of `from[key]` is one by which `for (key in from)` has come, and none else. */
export function isEnumerated(file: FlowFile, from: Node): boolean {
  const key = keyVariable(file, from);
  const owner = from.type === 'MemberExpression' ? variableOf(file, bare(from.object)) : null;
  if (key === null || owner === null || !isFixedVariable(file, owner) || file.scopes.isOpaque) return false;
  if (key.kind === 'parameter' || key.declarations.length === 0) return false;
  return [...key.declarations, ...key.writes].every((set) => {
    const loop = loopOver(set);
    return loop?.type === 'ForInStatement' && variableOf(file, bare(loop.right)) === owner;
  });
}

/** The loop whose variable a name is: `for (var key in x)`, `for (key in x)`. */
function loopOver(name: Node): Node | null {
  const parent = parentOf(name);
  const declaration = parent?.type === 'VariableDeclarator' && parent.init === null ? parentOf(parent) : undefined;
  const left = declaration ?? name;
  const loop = parentOf(left);
  return loop?.type === 'ForInStatement' && loop.left === left ? loop : null;
}

/** `Object.defineProperty(to, key, d)` where d is a constant with the descriptor of `from` under the same key. */
export function copiesDescriptor(file: FlowFile, key: Node, descriptor: Node): boolean {
  const name = variableOf(file, bare(key));
  const holder = variableOf(file, bare(descriptor));
  if (name === null || holder === null || holder.kind !== 'const' || !isFixedVariable(file, name)) return false;
  const [value, ...others] = valuesOf(holder) ?? [];
  const call = value === undefined ? null : bare(value);
  return (
    others.length === 0 &&
    call?.type === 'CallExpression' &&
    memberName(bare(call.callee)) === 'getOwnPropertyDescriptor' &&
    call.arguments[1] !== undefined &&
    variableOf(file, call.arguments[1]) === name &&
    isWithin(holder.scope, name.scope)
  );
}

/** A step as it may be taken: with the name only where the variable still says it. */
export function withName(step: Step): Step {
  const { keyed } = step.tag;
  if (keyed === undefined || step.kind === 'value') return step;
  const isVariable = step.kind === 'variable' || step.kind === 'passed';
  if (isVariable && keyed.isFixed && isWithin(step.node.scope, keyed.binding.scope)) return step;
  return { ...step, tag: forgotten(step.tag) } as Step;
}

export const forgotten = ({ path, may, back }: Tag): Tag => ({ path, may, back });

/**
 * The value as a parameter has it: where another argument is the variable by which it was found, its parameter says the name now.
 *
 * @param position Of the parameter that gets the value; the argument may come later in the call, as in `f.call(self, …)`.
 */
export function passedOn(
  { file, node }: Site,
  call: Node,
  position: number | null,
  fn: { readonly file: FlowFile; readonly node: FunctionNode },
  tag: Tag,
): Tag {
  const { keyed } = tag;
  const plain = keyed === undefined ? tag : forgotten(tag);
  if (call.type !== 'CallExpression' || position === null) return plain;
  if (call.arguments.some(({ type }) => type === 'SpreadElement')) return plain;
  const own = call.arguments.findIndex((each) => each === node);
  if (own < position) return plain;
  const fixedAt = (argument: number): Binding | null => {
    const parameter = argument === own ? undefined : fn.node.params[argument - (own - position)];
    const binding = parameter === undefined ? null : variableOf(fn.file, parameter);
    return binding !== null && isFixedVariable(fn.file, binding) ? binding : null;
  };
  const named = call.arguments.flatMap((argument, at): readonly Keyed[] => {
    const name = keyed !== undefined && variableOf(file, argument) === keyed.binding ? keyed.name : nameIn(argument);
    const binding = name === null ? null : fixedAt(at);
    return name === null || binding === null ? [] : [{ binding, name, isFixed: true }];
  });
  const kept = named.find(({ binding }) => isKey(binding)) ?? named.find(({ binding }) => isHandedOn(binding));
  return kept === undefined ? plain : { ...plain, keyed: kept };
}

/** `define(api, 'parse', f)`: a name that stands in the call. Those of elements are not followed by their numbers. */
function nameIn(argument: Node): string | null {
  const name = textOf(argument);
  return name === null || name === '' || /^\d/.test(name) ? null : name;
}

/** Whether something is looked for or put under the name that the parameter holds; else whoever gets it from there may do so. */
const isKey = ({ reads }: Binding): boolean =>
  reads.some((read) => {
    const { parent, child } = context(read);
    return parent?.type === 'MemberExpression' && parent.computed && parent.property === child;
  });

const isHandedOn = ({ reads }: Binding): boolean =>
  reads.some((read) => {
    const { parent, child } = context(read);
    return parent?.type === 'CallExpression' && parent.callee !== child;
  });

const variableOf = (file: FlowFile, node: Node): Binding | null =>
  node.type === 'Identifier' ? file.scopes.bindingOf(node) : null;

/** The variable between the brackets of `x[key]`. */
const keyVariable = (file: FlowFile, node: Node): Binding | null =>
  node.type === 'MemberExpression' && node.computed ? variableOf(file, bare(node.property)) : null;

function onlyName({ path: [first] }: Tag): string | null {
  const [name, ...others] = first === undefined ? [] : keysIn(first);
  return name === undefined || name !== first || others.length > 0 || name === ANY || name === INDEX ? null : name;
}

const isWithin = (inner: Node, outer: Node): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** Whether the variable has one value as long as it exists. */
function isFixedVariable(file: FlowFile, { kind, writes, declarations, scope }: Binding): boolean {
  if (writes.length > 0 || declarations.length !== 1 || file.scopes.isOpaque) return false;
  if (kind === 'const' || kind === 'let') return true;
  // `arguments[0] = x` writes a parameter as well (ECMA-262, 10.4.4).
  return kind === 'parameter' && isFunction(scope) && argumentsOf(file, scope).length === 0;
}

/** Whether the variable has one value while the expression around is evaluated. */
function isSteadyIn({ writes, declarations, scope }: Binding, node: Node): boolean {
  const own = functionAround(node);
  const expression = wholeExpression(node);
  const changes = [...writes, ...declarations];
  return (
    (isFunction(scope) ? scope : functionAround(scope)) === own &&
    changes.every((change) => functionAround(change) === own && !isWithin(change, expression))
  );
}

/** The outermost expression around a node: what is evaluated in one go. */
function wholeExpression(node: Node): Node {
  let expression = node;
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    if (isFunction(above) || /Statement$|Declaration$|^Program$|^SwitchCase$|^CatchClause$/.test(above.type)) break;
    expression = above;
  }
  return expression;
}
