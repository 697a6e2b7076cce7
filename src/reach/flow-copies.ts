/**
 * Copies by name: `for (const key in from) to[key] = from[key]`. The name is computed, but it is the same on both sides.
 *
 * Without that, whatever was copied once could be called by any name. The key has to be one variable that surely has one value from the read
 * to the write; where it is not sure the name is lost, as with any computed name.
 */
import { valuesOf, type FlowFile } from './flow-file.ts';
import type { Binding } from './scopes.ts';
import { bare, context, functionAround, isFunction, parentOf, type Node } from './syntax.ts';

/** What becomes of a value that was read under a computed name. */
export type Use =
  /** It is put under the same name into an object, by an assignment to `member`. */
  { readonly kind: 'put'; readonly member: Node } | { readonly kind: 'other'; readonly node: Node };

/** @param read The expression that reads the property; `null` where nothing is certain about its name. */
export function usesOfRead(file: FlowFile, read: Node, key: Node): readonly Use[] | null {
  const name = bare(key);
  const binding = name.type === 'Identifier' ? file.scopes.bindingOf(name) : null;
  if (binding === null) return null;
  const here = useAt(file, read, binding);
  if (here !== null) return here.kind === 'put' && isUsedFurther(here.member) ? null : [here];
  const variable = variableOf(file, read, binding);
  if (variable === null) return null;
  return variable.reads.map((node) => useAt(file, node, binding) ?? { kind: 'other', node });
}

/** `to[key] = value`, with that very variable as the key. */
function useAt(file: FlowFile, value: Node, key: Binding): Use | null {
  const isKey = (node: Node | undefined): boolean => {
    const inner = node === undefined ? undefined : bare(node);
    return inner?.type === 'Identifier' && file.scopes.bindingOf(inner) === key;
  };
  const { parent, child } = context(value);
  if (parent?.type === 'AssignmentExpression' && parent.right === child && parent.operator === '=') {
    const left = bare(parent.left);
    const changes = key.writes.some((write) => isInside(write, parent));
    return left.type === 'MemberExpression' && left.computed && isKey(left.property) && !changes
      ? { kind: 'put', member: left }
      : null;
  }
  return null;
}

/** The assignment is itself a value. */
function isUsedFurther(member: Node): boolean {
  const assignment = context(member).parent;
  return assignment === null || context(assignment).parent?.type !== 'ExpressionStatement';
}

/**
 * The variable that the value is kept in, where it and the key belong together: both are set once in each run of the function (or of the loop)
 * around them, so no later name can meet an earlier value.
 */
function variableOf(file: FlowFile, read: Node, key: Binding): Binding | null {
  const { parent, child } = context(read);
  if (parent?.type !== 'VariableDeclarator' || parent.init !== child || parent.id.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(parent.id);
  if (binding === null || binding.writes.length > 0 || valuesOf(binding)?.length !== 1) return null;
  const isBlock = binding.kind === 'const' || binding.kind === 'let';
  const isOfFunction =
    key.kind === 'parameter' && key.writes.length === 0 && key.declarations.length === 1 && isInside(read, key.scope);
  if (isOfFunction) return isBlock || functionAround(read) === key.scope ? binding : null;
  // `for (const key of …) { const value = from[key]; … }`: each round has its own two.
  return isBlock &&
    key.kind === 'const' &&
    isInside(binding.scope, key.scope) &&
    !isLoopBetween(binding.scope, key.scope)
    ? binding
    : null;
}

const isInside = (node: Node, outer: Node): boolean => outer.start <= node.start && node.end <= outer.end;

/** A `var` in a loop is one for all rounds; a constant in a loop within the scope of the key has rounds of its own, under one key. */
function isLoopBetween(inner: Node, outer: Node): boolean {
  for (let above: Node | undefined = inner; above !== undefined && above !== outer; above = parentOf(above))
    if (isFunction(above)) return true;
  return false;
}
