/**
 * The name that V8 gives a function in coverage, stack traces and profiles: how symbol files and coverage name it too.
 *
 * ECMA-262 names a function after what it is directly assigned to (NamedEvaluation, 8.4.5). Where the language gives none, V8
 * infers one from the expression around it (`src/parsing/func-name-inferrer.cc`): `exports.parse` for `exports.parse =
 * function () {}`, `Foo.bar` for `Foo.prototype.bar = …`. function-names.test.ts compares with the coverage of this Node.
 *
 * Which function a symbol means hangs on the order of equal names, so a name that V8 gives and this file does not, or the
 * other way round, would point at a neighbour.
 */
import {
  bare,
  context,
  functionAround,
  type FunctionNode,
  isClass,
  isFunction,
  keyName,
  type Node,
  parentOf,
} from './syntax.ts';

/** Empty for a function that has no name. */
export function v8Name(node: FunctionNode): string {
  if (node.type !== 'ArrowFunctionExpression' && node.id !== null) return node.id.name;
  return languageName(node) ?? inferredName(node);
}

/** The name that the language gives; `null` where the function stays anonymous. */
function languageName(node: FunctionNode): string | null {
  const { parent, child } = context(node);
  if (parent?.type === 'MethodDefinition' && parent.value === child && parent.kind === 'constructor') {
    return className(parent);
  }
  return nameFromContext(parent, child);
}

function nameFromContext(parent: Node | null, child: Node): string | null {
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.init === child && parent.id.type === 'Identifier' ? parent.id.name : null;
    case 'AssignmentExpression':
      return parent.right === child && NAMING.has(parent.operator) && parent.left.type === 'Identifier'
        ? parent.left.name
        : null;
    case 'AssignmentPattern':
      return parent.right === child && parent.left.type === 'Identifier' ? parent.left.name : null;
    case 'Property':
      if (parent.value !== child) return null;
      return prefixed(parent.kind, parent.computed ? null : keyName(parent.key, false));
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      if (parent.value !== child) return null;
      return prefixed('kind' in parent ? parent.kind : '', parent.computed ? null : keyName(parent.key, false));
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return null;
  }
}

/** ECMA-262, 13.15.2: these assignments name an anonymous function after the variable. */
const NAMING: ReadonlySet<string> = new Set(['=', '||=', '&&=', '??=']);

const prefixed = (kind: string, name: string | null): string | null =>
  name !== null && (kind === 'get' || kind === 'set') ? `${kind} ${name}` : name;

/** V8 calls a constructor what its class is called. */
function className(constructor: Node): string | null {
  const owner = parentOf(parentOf(constructor) ?? constructor);
  if (owner === undefined || !isClass(owner)) return null;
  if (owner.id !== null) return owner.id.name;
  const { parent, child } = context(owner);
  return nameFromContext(parent, child);
}

interface Part {
  readonly name: string;
  readonly isVariable: boolean;
}

/**
 * The parts of what is assigned around the function, outermost first, joined by dots. Of neighbouring variables only the last
 * one stays (`var a = exports.b = …` is `exports.b`); `prototype` is left out.
 */
function inferredName(node: FunctionNode): string {
  const parts: Part[] = [];
  let isInferred = false;
  let child: Node = node;
  let at = parentOf(node);
  for (; at !== undefined && !isFunction(at) && !at.type.endsWith('Statement'); child = at, at = parentOf(at)) {
    const step = partsAt(at, child);
    if (step === null) continue;
    if (!isInferred && step.infers === 'never') return '';
    if (!isInferred && step.infers === 'no') continue;
    isInferred = true;
    parts.unshift(...step.parts);
  }
  if (!isInferred) return '';
  const named = parts.filter((part, index) => !(part.isVariable && parts[index + 1]?.isVariable === true));
  return [enclosingName(functionAround(node)), ...named.map((part) => part.name)]
    .filter((name) => name !== '')
    .join('.');
}

interface Step {
  readonly parts: readonly Part[];
  /** `no` where names count for what is inferred deeper only; `never` where the function loses the chance to be named. */
  readonly infers: 'yes' | 'no' | 'never';
}

function partsAt(node: Node, child: Node): Step | null {
  switch (node.type) {
    case 'AssignmentExpression':
      if (node.right !== child) return null;
      return { parts: partsOf(node.left), infers: inferring(child, node.operator === '=') };
    case 'VariableDeclarator':
      if (node.init !== child) return null;
      return { parts: partsOf(node.id), infers: inferring(child, true) };
    case 'Property':
      if (node.value !== child || parentOf(node)?.type !== 'ObjectExpression') return null;
      // A computed key gives no part, although a computed member does.
      return { parts: node.computed ? [] : [keyPart(node.key, false)], infers: 'yes' };
    case 'CallExpression':
    case 'NewExpression':
      return calling(node, child);
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return node.computed && node.value === child ? { parts: [], infers: 'yes' } : null;
    default:
      return null;
  }
}

/** `a.b = function () {}()` names nothing: the value is what the call returns. */
const inferring = (value: Node, isPlain: boolean): Step['infers'] => {
  const { type } = bare(value);
  return type === 'CallExpression' || type === 'NewExpression' || !isPlain ? 'never' : 'yes';
};

/** Each call takes the chance of a name from the last nameless function before its end: the callee, or an argument. */
function calling(call: Node & { type: 'CallExpression' | 'NewExpression' }, child: Node): Step {
  if (call.callee === child) return { parts: [], infers: isFunction(bare(child)) ? 'never' : 'no' };
  const later = call.arguments.slice(call.arguments.findIndex((argument) => argument === child) + 1);
  const isLast = isFunction(bare(child)) && !later.some((argument) => isFunction(bare(argument)));
  return { parts: partsOf(call.callee), infers: isLast ? 'never' : 'no' };
}

function partsOf(target: Node): readonly Part[] {
  const parts: Part[] = [];
  for (let node = bare(target); ; ) {
    if (node.type === 'Identifier') return [{ name: node.name, isVariable: true }, ...parts];
    if (node.type === 'MemberExpression') {
      const part = keyPart(node.property, node.computed);
      if (part.name !== 'prototype') parts.unshift(part);
      node = bare(node.object);
    } else if (node.type === 'CallExpression' || node.type === 'NewExpression') node = bare(node.callee);
    else return parts;
  }
}

const keyPart = (key: Node, computed: boolean): Part => ({
  name: keyName(key, computed) ?? '<computed>',
  isVariable: false,
});

/** V8 takes a function with a capital for a constructor, and its name for the beginning of those inside. */
function enclosingName(node: FunctionNode | null): string {
  if (node === null) return '';
  const name = node.type !== 'ArrowFunctionExpression' && node.id !== null ? node.id.name : (languageName(node) ?? '');
  return /^\p{Lu}/u.test(name) ? name : '';
}
