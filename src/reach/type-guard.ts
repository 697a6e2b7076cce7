/**
 * What a test says of a variable where it is read: behind `typeof x === 'string' &&` no object is in x, and no function.
 *
 * The value flow (flow-store.ts) asks it of each read of a variable that has a value. A test counts for a read that is evaluated only after
 * it has come out so, and only if nothing was assigned to the variable since: with local variables the order of the source tells that.
 */
import { argumentsOf, type FlowFile } from './flow-file.ts';
import type { Binding } from './scopes.ts';
import { bare, context, functionAround, isFunction, parentOf, textOf, type FunctionNode, type Node } from './syntax.ts';

/** `all`: the variable holds neither an object nor a function there. `functions`: it holds no function. */
type Excluded = 'nothing' | 'functions' | 'all';

const known = new WeakMap<Node, Excluded>();

/** @param isItself Whether the value is the function that is searched, and not something that leads to it (which may be a function as well). */
export function cannotHold(file: FlowFile, binding: Binding, read: Node, isItself: boolean): boolean {
  let excluded = known.get(read);
  if (excluded === undefined) known.set(read, (excluded = excludedAt(file, binding, read)));
  return excluded === 'all' || (excluded === 'functions' && isItself);
}

interface Fact {
  /** Where the test is over; what is assigned behind it counts. */
  readonly guard: Node;
  readonly name: Node;
  readonly excludes: 'functions' | 'all';
}

function excludedAt(file: FlowFile, binding: Binding, read: Node): Excluded {
  if (!isPlain(file, binding)) return 'nothing';
  const isConstant = isNeverSet(binding);
  let found: Excluded = 'nothing';
  let child = read;
  for (let above = parentOf(child); above !== undefined; child = above, above = parentOf(above)) {
    // A function declaration can be called before the test that stands before it, and a field is set when an instance is made.
    if (isBoundary(above) && (!isConstant || above.type === 'FunctionDeclaration')) break;
    for (const { guard, name, excludes } of factsFor(above, child)) {
      if (file.scopes.bindingOf(name) !== binding) continue;
      if (!isConstant && !isKept(binding, guard, read)) continue;
      if (excludes === 'all') return 'all';
      found = excludes;
    }
  }
  return found;
}

/** It has one value as long as it exists. That of a `var` exists before it is set. */
const isNeverSet = (binding: Binding): boolean =>
  binding.kind === 'parameter'
    ? setsOf(binding).length === 0 && binding.declarations.length === 1
    : binding.kind !== 'var' && binding.writes.length === 0;

const isBoundary = (node: Node): boolean =>
  isFunction(node) ||
  node.type === 'PropertyDefinition' ||
  node.type === 'AccessorProperty' ||
  node.type === 'StaticBlock';

/**
 * Whether a parameter has been given something else by then, whatever was passed: `format = text(format);` stands in the body itself, before the
 * read. What comes later in the text is evaluated later, but for declared functions, which are there from the beginning.
 */
export function isOverwritten(file: FlowFile, binding: Binding, read: Node): boolean {
  const fn = binding.scope;
  if (binding.kind !== 'parameter' || !isFunction(fn) || setsOf(binding).length === 0 || !isPlain(file, binding))
    return false;
  const isSet = setsOf(binding).some((set) => isSetAlways(fn, set, read));
  if (!isSet) return false;
  for (let above = parentOf(read); above !== undefined && above !== fn; above = parentOf(above))
    if (above.type === 'FunctionDeclaration') return false;
  return true;
}

/** The assignment is over before the read, and is a statement of the function's body or a part of one that is always evaluated. */
function isSetAlways(fn: FunctionNode, set: Node, read: Node): boolean {
  const assignment = parentOf(set);
  const isDeclared = assignment?.type === 'VariableDeclarator' && assignment.id === set && assignment.init !== null;
  const isAssigned =
    assignment?.type === 'AssignmentExpression' && assignment.left === set && assignment.operator === '=';
  if (assignment === undefined || (!isDeclared && !isAssigned) || read.start < assignment.end) return false;
  let statement = parentOf(assignment);
  while (statement?.type === 'SequenceExpression') statement = parentOf(statement);
  const isStatement = statement?.type === (isDeclared ? 'VariableDeclaration' : 'ExpressionStatement');
  return isStatement && statement !== undefined && parentOf(statement) === fn.body;
}

/** A variable whose assignments are all seen. `arguments[0] = x` writes a parameter as well (ECMA-262, 10.4.4). */
function isPlain(file: FlowFile, { kind, scope }: Binding): boolean {
  if (file.scopes.isOpaque || !['parameter', 'var', 'let', 'const'].includes(kind)) return false;
  if (kind !== 'parameter') return true;
  return isFunction(scope) && argumentsOf(file, scope).every(isOnlyRead);
}

/** `arguments.length`, `arguments[0]`: not set, not handed on. */
function isOnlyRead(use: Node): boolean {
  const { parent, child } = context(use);
  if (parent?.type !== 'MemberExpression' || parent.object !== child) return false;
  const { parent: above, child: member } = context(parent);
  switch (above?.type) {
    case 'CallExpression':
    case 'NewExpression':
      return above.callee !== member;
    case 'AssignmentExpression':
      return above.left !== member;
    case 'VariableDeclarator':
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'ConditionalExpression':
    case 'ReturnStatement':
    case 'IfStatement':
      return true;
    default:
      return false;
  }
}

/** Everything that gives the variable a value after it exists. */
const setsOf = ({ declarations, writes }: Binding): readonly Node[] => [
  ...writes,
  ...declarations.filter((declaration) => !isFunction(parentOf(declaration) ?? declaration)),
];

/** Whether the variable has at the read what it had at the guard. */
function isKept({ scope, ...binding }: Binding, guard: Node, read: Node): boolean {
  const own = functionAround(read);
  // The variable of another call, or of code outside, may be set by what is called in between.
  if (own === null || functionAround(guard) !== own || (scope !== own && functionAround(scope) !== own)) return false;
  return setsOf({ scope, ...binding }).every((set) => {
    if (functionAround(set) !== own) return false;
    if (isRepeated(set, guard, read)) return false;
    return set.end <= guard.end || read.end <= set.start || isSetFrom(set, read);
  });
}

/** `x = f(x)`: what is read is read before it is assigned. */
function isSetFrom(set: Node, read: Node): boolean {
  const { parent, child } = context(set);
  if (parent?.type !== 'AssignmentExpression' || parent.left !== child || child.type !== 'Identifier') return false;
  return parent.operator === '=' && parent.right.start <= read.start && read.end <= parent.right.end;
}

/** Places that are not gone through in the order of the source, or more than once. The tests of a `switch` all come before what stands between them. */
const OUT_OF_ORDER = /^(?:For|While|DoWhile|Switch)\w*Statement$/;

/** Whether one of those holds the assignment and the read, and not the guard that is asked again each time. */
function isRepeated(set: Node, guard: Node, read: Node): boolean {
  for (let above = parentOf(read); above !== undefined && !isFunction(above); above = parentOf(above)) {
    if (!OUT_OF_ORDER.test(above.type)) continue;
    const holdsGuard = above.start <= guard.start && guard.end <= above.end;
    if (!holdsGuard && above.start <= set.start && set.end <= above.end) return true;
  }
  return false;
}

/** What is certain in a part of a node, because the node evaluates it only then. */
function factsFor(node: Node, child: Node): readonly Fact[] {
  switch (node.type) {
    case 'LogicalExpression':
      return node.right === child && node.operator !== '??' ? factsOf(node.left, node.operator === '&&') : [];
    case 'ConditionalExpression':
    case 'IfStatement':
      if (node.consequent === child) return factsOf(node.test, true);
      return node.alternate === child ? factsOf(node.test, false) : [];
    case 'BlockStatement':
    case 'Program': {
      const at = node.body.findIndex((statement) => statement === child);
      return node.body.slice(0, Math.max(at, 0)).flatMap(afterExit);
    }
    default:
      return [];
  }
}

const JUMPS = /^(?:Return|Throw|Break|Continue)Statement$/;

/** `if (test) return;`: behind it the test was false. */
function afterExit(statement: Node): readonly Fact[] {
  if (statement.type !== 'IfStatement' || statement.alternate !== null) return [];
  const { consequent } = statement;
  const last = consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent;
  return last !== undefined && JUMPS.test(last.type) ? factsOf(statement.test, false) : [];
}

/** Tests inside of tests are followed this deep. */
const MAX_DEPTH = 20;

function factsOf(expression: Node, isTrue: boolean, depth = 0): readonly Fact[] {
  const test = bare(expression);
  if (depth > MAX_DEPTH) return [];
  switch (test.type) {
    case 'Identifier':
      // No object and no function is false (ECMA-262, 7.1.2).
      return isTrue ? [] : [{ guard: test, name: test, excludes: 'all' }];
    case 'UnaryExpression':
      return test.operator === '!' ? factsOf(test.argument, !isTrue, depth + 1) : [];
    case 'LogicalExpression':
      if (test.operator !== (isTrue ? '&&' : '||')) return [];
      return [...factsOf(test.left, isTrue, depth + 1), ...factsOf(test.right, isTrue, depth + 1)];
    case 'BinaryExpression': {
      const isEqual = test.operator === '===' || test.operator === '==';
      if (!isEqual && test.operator !== '!==' && test.operator !== '!=') return [];
      const sides = [bare(test.left), bare(test.right)] as const;
      return [
        compared(test, sides[0], sides[1], isEqual === isTrue),
        compared(test, sides[1], sides[0], isEqual === isTrue),
      ].filter((fact) => fact !== null);
    }
    default:
      return [];
  }
}

/** What `typeof` says of everything that is neither an object nor a function (ECMA-262, 13.5.3.1). */
const OF_PRIMITIVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'undefined', 'symbol', 'bigint']);

function compared(guard: Node, left: Node, right: Node, isEqual: boolean): Fact | null {
  if (left.type === 'Identifier') return isEqual && isNothing(right) ? { guard, name: left, excludes: 'all' } : null;
  const text = textOf(right);
  if (text === null || left.type !== 'UnaryExpression' || left.operator !== 'typeof') return null;
  const name = bare(left.argument);
  if (name.type !== 'Identifier') return null;
  if (isEqual && OF_PRIMITIVES.has(text)) return { guard, name, excludes: 'all' };
  return text === (isEqual ? 'object' : 'function') ? { guard, name, excludes: 'functions' } : null;
}

const isNothing = (value: Node): boolean =>
  (value.type === 'Literal' && value.value === null && value.raw === 'null') ||
  (value.type === 'UnaryExpression' && value.operator === 'void');
