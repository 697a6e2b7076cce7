/** Whether an expression is surely an array, a Map or a Set: then its `push` or `set` is theirs, and keeps what it is given. */
import { valuesOf, writesMember, type FlowFile } from './flow-file.ts';
import type { FlowWorld } from './flow-trace.ts';
import { methodOfArrays } from './replaced-natives.ts';
import { bare, context, keyName, memberName, type Node } from './syntax.ts';

const COLLECTIONS: ReadonlySet<string> = new Set(['Array', 'Map', 'Set', 'WeakMap', 'WeakSet']);
/** Of arrays and of texts; a text has none of the methods that are asked for. */
const COPYING: ReadonlySet<string> = new Set([
  'slice',
  'concat',
  'map',
  'filter',
  'split',
  'splice',
  'sort',
  'reverse',
]);

export function isArrayLike(file: FlowFile, expression: Node): boolean {
  const node = bare(expression);
  if (node.type === 'Identifier') {
    const binding = file.scopes.bindingOf(node);
    const values = binding === null ? null : valuesOf(binding);
    return values !== null && values.length > 0 && values.every((value) => makesArray(value));
  }
  const name = memberName(node);
  return name === null ? makesArray(node) : isAlwaysArray(file, name);
}

/** Not by what its methods are called, nor by what else it may be: an array, a Map or a Set that is made there. */
export function isSurelyArray(file: FlowFile, expression: Node): boolean {
  const node = bare(expression);
  const isGlobal = (name: Node): boolean => name.type === 'Identifier' && file.scopes.bindingOf(name) === null;
  switch (node.type) {
    case 'ArrayExpression':
      return true;
    case 'NewExpression':
      return isGlobal(node.callee) && makesArray(node);
    case 'CallExpression': {
      const callee = bare(node.callee);
      if (callee.type !== 'MemberExpression') return false;
      return listsKeys(callee) ? isGlobal(callee.object) : makesArray(node) && isSurelyArray(file, callee.object);
    }
    case 'Identifier': {
      const binding = file.scopes.bindingOf(node);
      const values = binding === null ? null : valuesOf(binding);
      return (
        values !== null && values.length > 0 && values.every((value) => !usesName(value) && isSurelyArray(file, value))
      );
    }
    default:
      return false;
  }
}

/** Of variables that are made of variables it is not asked: they may go round in a circle. */
const usesName = (value: Node): boolean => {
  const node = bare(value);
  return node.type === 'Identifier' || (node.type === 'CallExpression' && !listsKeys(bare(node.callee)));
};

function makesArray(expression: Node): boolean {
  const node = bare(expression);
  switch (node.type) {
    case 'ArrayExpression':
      return true;
    case 'NewExpression':
      return node.callee.type === 'Identifier' && COLLECTIONS.has(node.callee.name);
    case 'LogicalExpression':
      return makesArray(node.right) && (makesArray(node.left) || node.operator !== '&&');
    case 'AssignmentExpression':
      return makesArray(node.right);
    case 'CallExpression':
      return COPYING.has(memberName(bare(node.callee)) ?? '') || listsKeys(bare(node.callee));
    default:
      return false;
  }
}

/** `Object.keys(x)` and its like. */
const listsKeys = (callee: Node): boolean =>
  callee.type === 'MemberExpression' &&
  callee.object.type === 'Identifier' &&
  callee.object.name === 'Object' &&
  ['keys', 'values', 'entries', 'getOwnPropertyNames'].includes(memberName(callee) ?? '');

/** Every place of the file that gives a property of this name a value gives it an array: by names, since the object is not known. */
function isAlwaysArray(file: FlowFile, name: string): boolean {
  let answers = arrayNames.get(file);
  if (answers === undefined) arrayNames.set(file, (answers = new Map()));
  let answer = answers.get(name);
  if (answer === undefined) answers.set(name, (answer = holdsArrays(file, name)));
  return answer;
}

const arrayNames = new WeakMap<FlowFile, Map<string, boolean>>();

function holdsArrays(file: FlowFile, name: string): boolean {
  const given = valuesIn(file).get(name) ?? [];
  return given.length > 0 && given.every(makesArray);
}

/** What the properties of a file are given, by their names. */
function valuesIn(file: FlowFile): ReadonlyMap<string, readonly Node[]> {
  let known = values.get(file);
  if (known !== undefined) return known;
  values.set(file, (known = new Map()));
  const add = (name: string | null, value: Node | null): void => {
    if (name === null || value === null) return;
    const others = known.get(name);
    if (others === undefined) known.set(name, [value]);
    else others.push(value);
  };
  for (const node of file.tree.kinds.members) {
    const { parent, child } = context(node);
    if (parent?.type === 'AssignmentExpression' && parent.left === child) add(memberName(node), parent.right);
  }
  for (const node of file.tree.kinds.others) {
    const isProperty = node.type === 'Property' && node.parent?.type === 'ObjectExpression';
    if (isProperty || node.type === 'PropertyDefinition') add(keyName(node.key, node.computed), node.value);
  }
  return known;
}

const values = new WeakMap<FlowFile, Map<string, Node[]>>();

/** Whether the method is the one that all arrays have from the beginning: neither the file nor the program puts another in its place. */
export const isNativeOfArrays = (world: FlowWorld, file: FlowFile, method: string): boolean =>
  !writesMember(file, method) && !methodOfArrays(method).some(world.replacesNative);
