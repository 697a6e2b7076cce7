/**
 * The objects of texts that a variable or a parameter can hold, where everything is seen that could change them: a literal, or a literal that the
 * callers of a function of this file pass (closed-values.ts has the literals of variables).
 */
import { declaredFunction } from './declared-function.ts';
import { callsOf, closedValue, isClosed, isReadOnly, mentionsArguments } from './closed-bindings.ts';
import type { Binding } from './scopes.ts';
import { bare, context, isFunction, passedAt, type Node } from './syntax.ts';
import type { TextReader } from './text-reader.ts';

type ObjectLiteral = Extract<Node, { type: 'ObjectExpression' }>;

/** Functions that pass on what they get: longer chains are not followed. */
const DEEPEST = 4;

/** `null` where it may be another, or may be changed. */
export function closedObjects(node: Node, reader: TextReader, depth = 0): readonly ObjectLiteral[] | null {
  const literal = closedValue(node, reader, 'ObjectExpression', (binding) => isClosedObject(binding, reader, depth));
  if (literal !== null) return [literal];
  const binding = node.type === 'Identifier' ? reader.scopes.bindingOf(node) : null;
  if (binding === null || depth >= DEEPEST || !isClosedParameter(binding, reader, depth)) return null;
  const calls = isFunction(binding.scope) ? callsOf(binding.scope, reader) : null;
  const index = parameterIndex(binding);
  if (calls === null || index < 0) return null;
  const objects: ObjectLiteral[] = [];
  for (const call of calls) {
    const argument = passedAt(call, index);
    if (argument === null || argument === 'none') return null;
    const passed = closedObjects(bare(argument), reader, depth + 1);
    if (passed === null) return null;
    objects.push(...passed);
  }
  return objects.length === 0 ? null : objects;
}

/** Closed, but for calls of functions of this file that only read it. */
const isClosedObject = (binding: Binding, reader: TextReader, depth: number): boolean =>
  isClosed(binding, reader, (call, child) => isOnlyReadBy(call, child, reader, depth));

function isOnlyReadBy(call: Node, argument: Node, reader: TextReader, depth: number): boolean {
  if (call.type !== 'CallExpression' || depth >= DEEPEST) return false;
  const index = call.arguments.findIndex((candidate) => candidate === argument);
  const owner = declaredFunction(call.callee, reader.scopes);
  const parameter = owner?.params[index];
  const binding = parameter?.type === 'Identifier' ? reader.scopes.bindingOf(parameter) : null;
  return binding !== null && isClosedParameter(binding, reader, depth + 1);
}

function isClosedParameter(binding: Binding, reader: TextReader, depth: number): boolean {
  if (binding.kind !== 'parameter' || binding.writes.length > 0 || !isFunction(binding.scope)) return false;
  if (reader.scopes.isOpaque || mentionsArguments(binding.scope, reader) || parameterIndex(binding) < 0) return false;
  return binding.reads.every((read) => {
    const { parent, child } = context(read);
    if (parent?.type === 'MemberExpression') return parent.object === child && isReadOnly(parent, reader);
    return parent !== null && isOnlyReadBy(parent, child, reader, depth + 1);
  });
}

function parameterIndex({ scope, declarations: [declaration, ...others] }: Binding): number {
  if (declaration === undefined || others.length > 0 || !isFunction(scope)) return -1;
  return scope.params.findIndex((parameter) => parameter === declaration);
}
