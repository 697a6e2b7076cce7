/**
 * Whether the value of an expression is surely no function: then it is no method of the object that holds it, under whatever name.
 *
 * `node.parent = new Node(…)`, `row[key] = text === '' ? null : new Date(text)`, `cache[id] = JSON.parse(text)`. flow-resolve.ts says which functions
 * and objects an expression can be, and has no answer for what is made anew each time; here it is enough that it cannot be called.
 */
import { valuesOf, type FlowFile } from './flow-file.ts';
import { resolve } from './flow-resolve.ts';
import type { FlowWorld } from './flow-trace.ts';
import { returnedBy } from './returned-values.ts';
import { constructorOf } from './resolved.ts';
import { bare, isClass, isFunction, type FunctionNode, type Node } from './syntax.ts';

/** Values that stand for values are followed this far. */
const MAX_DEPTH = 4;

export function isUncallable(world: FlowWorld, file: FlowFile, expression: Node): boolean {
  let ofWorld = known.get(world);
  if (ofWorld === undefined) known.set(world, (ofWorld = new Map()));
  let answer = ofWorld.get(expression);
  if (answer === undefined) ofWorld.set(expression, (answer = isNoFunction(world, file, expression, 0)));
  return answer;
}

/** By name the same values are asked about again and again. */
const known = new WeakMap<FlowWorld, Map<Node, boolean>>();

function isNoFunction(world: FlowWorld, file: FlowFile, expression: Node, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  const node = bare(expression);
  const next = (inner: Node | undefined): boolean => inner !== undefined && isNoFunction(world, file, inner, depth + 1);
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
    case 'ObjectExpression':
    case 'ArrayExpression':
      return true;
    case 'ConditionalExpression':
      return next(node.consequent) && next(node.alternate);
    case 'LogicalExpression':
      // What `&&` gives of its left side is false, and no function is (ECMA-262, 7.1.2).
      return (node.operator === '&&' || next(node.left)) && next(node.right);
    case 'SequenceExpression':
      return next(node.expressions.at(-1));
    case 'AssignmentExpression':
      // The arithmetic ones give a number or a text.
      return node.operator === '=' ? next(node.right) : !['||=', '&&=', '??='].includes(node.operator);
    case 'Identifier':
      return isUncallableName(world, file, node, depth);
    case 'NewExpression':
      return makesObject(world, file, node.callee, depth);
    case 'CallExpression':
      return givesNoFunction(world, file, node, depth);
    default:
      return false;
  }
}

function isUncallableName(world: FlowWorld, file: FlowFile, name: Node, depth: number): boolean {
  const binding = name.type === 'Identifier' ? file.scopes.bindingOf(name) : null;
  if (binding === null) return name.type === 'Identifier' && /^(?:undefined|NaN|Infinity)$/.test(name.name);
  if (file.scopes.isOpaque || !['var', 'let', 'const'].includes(binding.kind)) return false;
  return valuesOf(binding)?.every((value) => isNoFunction(world, file, value, depth + 1)) === true;
}

/** Classes whose instances nobody can call (ECMA-262, 20 to 25). `Function`, `Proxy` and `Object` may give a function back. */
const CLASSES: ReadonlySet<string> = new Set(
  `Array ArrayBuffer Boolean DataView Date Error EvalError Map Number Promise RangeError ReferenceError RegExp Set String SyntaxError TypeError URIError URL
  WeakMap WeakSet Uint8Array Uint8ClampedArray Uint16Array Uint32Array Int8Array Int16Array Int32Array Float32Array Float64Array`.split(
    /\s+/,
  ),
);

/** Of a constructor of the program counts what it returns in the place of the instance (ECMA-262, 10.2.2). */
function makesObject(world: FlowWorld, file: FlowFile, callee: Node, depth: number): boolean {
  const made = resolve(world, file, callee);
  if (!made.isWhole || made.found.length + made.natives.length === 0) return false;
  return (
    made.natives.every((name) => CLASSES.has(name)) &&
    made.found.every((each) => {
      if (isClass(each.node) && each.node.superClass !== null) return false;
      const maker = isFunction(each.node) ? each.node : constructorOf(each.node);
      if (maker === null) return isClass(each.node);
      return returnedBy(each.file, maker).every((value) => isNoFunction(world, each.file, value, depth + 1));
    })
  );
}

/** Functions of the language that give a text, a number, a list or plain data (ECMA-262, 19 to 25). */
const GIVING_DATA =
  /^(?:Array\.isArray|Array|Boolean|Date|Date\.now|JSON\.stringify|Math\.\w+|Number|Object\.(?:keys|getOwnPropertyNames|entries|values)|String|isFinite|isNaN|parseFloat|parseInt|(?:de|en)codeURI(?:Component)?)$/;

function givesNoFunction(
  world: FlowWorld,
  file: FlowFile,
  call: Node & { type: 'CallExpression' },
  depth: number,
): boolean {
  const known = resolve(world, file, call.callee);
  if (!known.isWhole || known.found.length + known.natives.length === 0) return false;
  // The second argument of JSON.parse makes values of its own.
  const isData = (name: string): boolean =>
    GIVING_DATA.test(name) ||
    (name === 'JSON.parse' && call.arguments.length === 1 && call.arguments[0]?.type !== 'SpreadElement');
  return (
    known.natives.every(isData) &&
    known.found.every(
      (each) =>
        isFunction(each.node) &&
        // A promise or a generator (ECMA-262, 27.5, 27.7).
        (each.node.async || each.node.generator || givesNone(world, each.file, each.node, depth)),
    )
  );
}

const givesNone = (world: FlowWorld, file: FlowFile, fn: FunctionNode, depth: number): boolean =>
  returnedBy(file, fn).every((value) => isNoFunction(world, file, value, depth + 1));
