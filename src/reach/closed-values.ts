/**
 * What a variable, a parameter or an element of an array can hold, where everything that sets it is seen: the second half of
 * constant-text.ts.
 *
 * Each rule names what it has to see. A use that is not in its list (the array is passed on, the function is exported) makes the
 * answer unknown, never smaller.
 */
import { declaredFunction } from './declared-function.ts';
import { type Call, callsOf, closedValue, isClosed, ITERATING, mentionsArguments } from './closed-bindings.ts';
import { closedObjects } from './closed-objects.ts';
import { manifestTexts } from './manifest-texts.ts';
import type { Binding } from './scopes.ts';
import { dottedPath } from './global-path.ts';
import {
  bare,
  context,
  type FunctionNode,
  isFunction,
  keyName,
  memberName,
  type Node,
  parentOf,
  passedAt,
} from './syntax.ts';
import type { TextReader } from './text-reader.ts';
import { either, type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

/** The texts of a variable: those of all its values, in whatever order they are set. */
export function valuesOfVariable(binding: Binding, reader: TextReader): TextShapes {
  if (binding.kind !== 'const' && binding.kind !== 'let' && binding.kind !== 'var') return UNKNOWN_TEXT;
  const values: TextShapes[] = [];
  for (const declaration of binding.declarations) {
    const value = declaredTexts(declaration, reader);
    if (value !== null) values.push(value);
  }
  values.push(...writtenTexts(binding, reader));
  return values.length === 0 ? UNKNOWN_TEXT : either(...values);
}

/** `null` for a declaration that sets nothing: `let x;`. */
function declaredTexts(declaration: Node, reader: TextReader): TextShapes | null {
  const declarator = parentOf(declaration);
  if (declarator?.type !== 'VariableDeclarator' || declarator.id !== declaration) return UNKNOWN_TEXT;
  if (declarator.init !== null) return reader.textOf(declarator.init);
  const loop = parentOf(parentOf(declarator) ?? declarator);
  return loop?.type === 'ForOfStatement' || loop?.type === 'ForInStatement'
    ? loopTexts(loop, declarator, reader)
    : null;
}

function loopTexts(
  loop: Node & { type: 'ForOfStatement' | 'ForInStatement' },
  inside: Node,
  reader: TextReader,
): TextShapes {
  if (loop.right.start <= inside.start) return UNKNOWN_TEXT;
  return loop.type === 'ForOfStatement' ? reader.elementTexts(loop.right) : keysOf(loop.right, reader);
}

function writtenTexts({ writes }: Binding, reader: TextReader): readonly TextShapes[] {
  return writes.map((write) => {
    const { parent } = context(write);
    if (parent?.type === 'AssignmentExpression' && bare(parent.left) === write && parent.operator === '=') {
      return reader.textOf(parent.right);
    }
    if (parent?.type === 'ForOfStatement' || parent?.type === 'ForInStatement') return loopTexts(parent, write, reader);
    return UNKNOWN_TEXT;
  });
}

/** The texts of a parameter, when every call of its function is in the file and seen. */
export function parameterTexts(binding: Binding, reader: TextReader): TextShapes {
  const [declaration] = binding.declarations;
  const owner = binding.scope;
  if (declaration === undefined || binding.declarations.length !== 1 || !isFunction(owner)) return UNKNOWN_TEXT;
  const above = parentOf(declaration);
  const parameter = above?.type === 'AssignmentPattern' ? above : declaration;
  const index = owner.params.findIndex((candidate) => candidate === parameter);
  if (index < 0 || mentionsArguments(owner, reader)) return UNKNOWN_TEXT;
  const passed = passedTexts(owner, index, reader);
  const preset = parameter.type === 'AssignmentPattern' ? [reader.textOf(parameter.right)] : [];
  return either(passed, ...preset, ...writtenTexts(binding, reader));
}

function passedTexts(owner: FunctionNode, index: number, reader: TextReader): TextShapes {
  const { parent, child } = context(owner);
  if (parent?.type === 'CallExpression' && !isReadByItself(owner, reader)) {
    if (parent.callee === child) return argumentTexts([parent], index, reader);
    const callee = bare(parent.callee);
    const isCallback = parent.arguments[0] === child && ITERATING.has(memberName(callee) ?? '');
    if (!isCallback || callee.type !== 'MemberExpression') return UNKNOWN_TEXT;
    // The second one is a number, which is a name without slashes.
    if (index === 1) return [[{ hole: 'name' }]];
    return index === 0 ? reader.elementTexts(callee.object) : UNKNOWN_TEXT;
  }
  const calls = callsOf(owner, reader);
  return calls === null ? UNKNOWN_TEXT : argumentTexts(calls, index, reader);
}

const isReadByItself = (owner: FunctionNode, { scopes }: TextReader): boolean =>
  owner.type !== 'ArrowFunctionExpression' && owner.id !== null && (scopes.bindingOf(owner.id)?.reads.length ?? 0) > 0;

function argumentTexts(calls: readonly Call[], index: number, reader: TextReader): TextShapes {
  const texts = calls.map((call): TextShapes => {
    const argument = passedAt(call, index);
    if (argument === null) return UNKNOWN_TEXT;
    // An argument that is left out is `undefined`, which names nothing.
    return argument === 'none' ? [] : reader.textOf(argument);
  });
  const known = either(...texts);
  return known.length === 0 ? UNKNOWN_TEXT : known;
}

/** The texts that a call of a function of this file gives back. */
export function returnedTexts(call: Node & { type: 'CallExpression' }, reader: TextReader): TextShapes {
  const callee = bare(call.callee);
  const owner = isFunction(callee) ? callee : declaredFunction(callee, reader.scopes);
  if (owner === null || (owner.type !== 'ArrowFunctionExpression' && owner.generator)) return UNKNOWN_TEXT;
  if (owner.type === 'ArrowFunctionExpression' && owner.expression) return reader.textOf(owner.body);
  const returned = reader.returnsOf(owner).map((argument) => reader.textOf(argument));
  return returned.length === 0 ? UNKNOWN_TEXT : either(...returned);
}

/** The texts among the elements of what is an array. */
export function elementsOf(node: Node, reader: TextReader): TextShapes {
  switch (node.type) {
    case 'ArrayExpression':
      return either(
        ...node.elements.map((element) =>
          element?.type === 'SpreadElement' ? reader.elementTexts(element.argument) : reader.textOf(element),
        ),
      );
    case 'Identifier': {
      const array = closedValue(node, reader, 'ArrayExpression');
      return array === null ? variableElements(node, reader) : elementsOf(array, reader);
    }
    case 'CallExpression':
      return elementsOfCall(node, reader);
    case 'ConditionalExpression':
      return either(reader.elementTexts(node.consequent), reader.elementTexts(node.alternate));
    case 'AwaitExpression':
      return reader.elementTexts(node.argument);
    default:
      return UNKNOWN_TEXT;
  }
}

/** `const names = fs.readdirSync(…)`: the array may be changed, but by texts only that are seen; so it has to be closed as well. */
function variableElements(node: Node, reader: TextReader): TextShapes {
  const binding = reader.scopes.bindingOf(node);
  const [declaration] = binding?.declarations ?? [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  if (binding === null || declarator?.type !== 'VariableDeclarator' || declarator.init === null) return UNKNOWN_TEXT;
  const init = bare(declarator.init);
  return init.type === 'CallExpression' && isClosed(binding, reader) ? reader.elementTexts(init) : UNKNOWN_TEXT;
}

/** These give an array of the same elements, or of some of them. */
const SAME_ELEMENTS: ReadonlySet<string> = new Set([
  'filter',
  'reverse',
  'slice',
  'sort',
  'toReversed',
  'toSorted',
  'values',
]);

function elementsOfCall(node: Node & { type: 'CallExpression' }, reader: TextReader): TextShapes {
  const path = dottedPath(node.callee, reader.scopes);
  if (path === 'fs.readdirSync' || path === 'fs.readdir' || path === 'fs.promises.readdir') {
    // With a second argument they may be objects, or paths of several segments.
    return node.arguments.length === 1 ? [[{ hole: 'name' }]] : UNKNOWN_TEXT;
  }
  if (path === 'Object.keys') return keysOf(node.arguments[0], reader);
  if (path === 'Object.values') return propertyTexts(node.arguments[0], null, reader);
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression') return UNKNOWN_TEXT;
  const method = memberName(callee) ?? '';
  if (SAME_ELEMENTS.has(method)) return reader.elementTexts(callee.object);
  if (method === 'map') return mappedTexts(node.arguments[0], reader);
  if (method === 'concat')
    return either(reader.elementTexts(callee.object), ...node.arguments.map(reader.elementTexts));
  if (method !== 'split') return UNKNOWN_TEXT;
  const object = bare(callee.object);
  const [separator] = node.arguments;
  const by = separator?.type === 'Literal' && typeof separator.value === 'string' ? separator.value : null;
  if (object.type !== 'Literal' || typeof object.value !== 'string' || by === null) return UNKNOWN_TEXT;
  return object.value.split(by).map((part) => (part === '' ? [] : [part]));
}

function mappedTexts(callback: Node | undefined, reader: TextReader): TextShapes {
  if (callback === undefined) return UNKNOWN_TEXT;
  const mapping = bare(callback);
  if (!isFunction(mapping)) return UNKNOWN_TEXT;
  if (mapping.type === 'ArrowFunctionExpression' && mapping.expression) return reader.textOf(mapping.body);
  const returned = reader.returnsOf(mapping).map((argument) => reader.textOf(argument));
  return returned.length === 0 ? UNKNOWN_TEXT : either(...returned);
}

function keysOf(node: Node | null | undefined, reader: TextReader): TextShapes {
  const object = node === null || node === undefined ? null : closedValue(bare(node), reader, 'ObjectExpression');
  if (object === null) return UNKNOWN_TEXT;
  const keys: TextShapes[] = [];
  for (const property of object.properties) {
    if (property.type !== 'Property') return UNKNOWN_TEXT;
    const name = keyName(property.key, property.computed);
    if (name === null) return UNKNOWN_TEXT;
    keys.push([name === '' ? [] : [name]]);
  }
  return keys.length === 0 ? UNKNOWN_TEXT : either(...keys);
}

/** `table[x]` and `table.x`, where the table is written down in the file and nothing changes it. */
export function memberTexts(node: Node & { type: 'MemberExpression' }, reader: TextReader): TextShapes {
  const ofManifest = manifestTexts(node, reader);
  if (ofManifest !== null) return ofManifest;
  const object = bare(node.object);
  if (closedValue(object, reader, 'ArrayExpression') !== null) return reader.elementTexts(object);
  return propertyTexts(object, memberName(node), reader);
}

/** @param name `null` for any property. */
function propertyTexts(node: Node | undefined, name: string | null, reader: TextReader): TextShapes {
  const objects = node === undefined ? null : closedObjects(bare(node), reader);
  if (objects === null) return UNKNOWN_TEXT;
  const values: TextShapes[] = [];
  for (const property of objects.flatMap(({ properties }) => properties)) {
    if (property.type !== 'Property' || property.kind !== 'init') return UNKNOWN_TEXT;
    const key = keyName(property.key, property.computed);
    if (name !== null && key !== null && key !== name) continue;
    values.push(reader.textOf(property.value));
  }
  // What Object.prototype has under the other names is no text.
  return values.length === 0 ? UNKNOWN_TEXT : either(...values);
}
