/**
 * The texts of a list by their places, where everything is seen that could change it: `['add', '-D'].concat(name)`, also where a function
 * of this file gets it passed. The order counts for command lines, whose first word says what the others mean.
 */
import { callsOf, closedValue, mentionsArguments } from './closed-bindings.ts';
import { bare, context, isFunction, memberName, passedAt, type Node } from './syntax.ts';
import type { TextReader } from './text-reader.ts';
import { type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

const DEEPEST = 6;

/** `null` where the list may be another. */
export function listedTexts(node: Node, reader: TextReader, depth = 0): readonly TextShapes[] | null {
  const value = bare(node);
  if (depth > DEEPEST) return null;
  if (value.type === 'ArrayExpression')
    return value.elements.map((element) =>
      element === null || element.type === 'SpreadElement' ? UNKNOWN_TEXT : reader.textOf(element),
    );
  if (value.type === 'CallExpression') return concatenated(value, reader, depth);
  if (value.type !== 'Identifier') return null;
  const array = closedValue(value, reader, 'ArrayExpression');
  return array === null ? passedList(value, reader, depth) : listedTexts(array, reader, depth + 1);
}

/** What is added is one more text, or a list of them: then nothing is known from there on. */
function concatenated(
  call: Node & { type: 'CallExpression' },
  reader: TextReader,
  depth: number,
): readonly TextShapes[] | null {
  const callee = bare(call.callee);
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'concat') return null;
  const before = listedTexts(callee.object, reader, depth + 1);
  const added = call.arguments.map((each) => (each.type === 'SpreadElement' ? UNKNOWN_TEXT : reader.textOf(each)));
  return before === null ? null : [...before, ...added];
}

/** The list that the only call of a function passes; the function only hands it to what starts the program. */
function passedList(node: Node, reader: TextReader, depth: number): readonly TextShapes[] | null {
  const binding = reader.scopes.bindingOf(node);
  if (binding?.kind !== 'parameter' || !isFunction(binding.scope) || reader.scopes.isOpaque) return null;
  const isReadOnce = binding.writes.length === 0 && binding.reads.length === 1 && binding.declarations.length === 1;
  if (!isReadOnce || mentionsArguments(binding.scope, reader)) return null;
  const index = binding.scope.params.findIndex((parameter) => parameter === binding.declarations[0]);
  const [call, ...others] = callsOf(binding.scope, reader) ?? [];
  if (call === undefined || index < 0 || others.length > 0) return null;
  const argument = passedAt(call, index);
  if (argument === null || argument === 'none') return null;
  return context(argument).parent === null ? null : listedTexts(argument, reader, depth + 1);
}
