/**
 * Where a value goes from an expression: what its surroundings do with it.
 *
 * One rule for each kind of surroundings. What no rule knows is a loss, so a construct that is forgotten here makes an answer
 * "unknown" and never wrong. Arguments of calls are flow-call.ts, objects into which values are put flow-store.ts.
 */
import { argument, calledThrough, spreadArgument } from './flow-call.ts';
import { methodOf } from './flow-methods.ts';
import { exported } from './flow-module.ts';
import { keyOf, type FlowFile, type Site } from './flow-file.ts';
import { givesThis, standsBefore } from './flow-fluent.ts';
import { forgotten, foundBy } from './flow-keyed.ts';
import { holdsMembers, inheritedConstructor } from './flow-members.ts';
import { resolve } from './flow-resolve.ts';
import { assign, bindPattern, checkEngine, readPrivately, storeIn } from './flow-store.ts';
import {
  ACCESS,
  ANY,
  FUNCTION_ITSELF,
  INDEX,
  inside,
  isAnyOperator,
  isConverted,
  isElement,
  isQuiet,
  perhaps,
  PROMISED,
  through,
  throughInherited,
  under,
  UNKNOWN_KEY,
  type Tag,
} from './flow-tag.ts';
import { givesItself } from './held-places.ts';
import { isGivenBack } from './returned-values.ts';
import { isMadeText, type Flow, type Trace } from './flow-trace.ts';
import {
  bare,
  isClass,
  isFunction,
  memberName,
  parentOf,
  TESTING,
  textOf,
  type FunctionNode,
  type Node,
  type SyntaxTree,
} from './syntax.ts';

export function valueRule(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  if (tag.path[0] === ACCESS) {
    flow.call(trace, { file, node, how: 'access', may: tag.may, receiver: null });
    return;
  }
  // A parameter that is given back goes to the call that gave it: bindParameter has seen to that.
  if (isGivenBack(file, node)) return;
  holdsMembers(flow, trace, file, node, tag);
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
    declared(flow, trace, file, node, tag);
    return;
  }
  if (isClass(node) || node.type === 'FunctionExpression') selfName(flow, trace, file, node, tag);
  const parent = parentOf(node);
  if (parent === undefined) return;
  if ((isAnyOperator(tag) || isMadeText(flow, tag)) && isOperator(parent, node) && !isAskedNothing(parent))
    lost(flow, trace, file, node, 'the language may ask it here for a method whose name is computed');
  else if (isConverted(tag) && isOperator(parent, node) && converts(parent, node))
    lost(flow, trace, file, node, 'the language may ask it here for its toString or valueOf');
  standsBefore(flow, trace, { file, node }, tag);
  inContext(flow, trace, { file, node }, parent, tag);
}

/** Where the language itself calls methods of a value: conversions (ECMA-262, 7.1), iteration (7.4), `await` (27.7.5.3). */
const OPERATORS: ReadonlySet<string> = new Set([
  'TemplateLiteral',
  'BinaryExpression',
  'UnaryExpression',
  'UpdateExpression',
  'AwaitExpression',
  'YieldExpression',
  'ForOfStatement',
  'SpreadElement',
]);

/** Besides, a key that is computed is converted to a text, and `using` asks for a method (ECMA-262, 7.1.19; explicit resource management). */
function isOperator(parent: Node, node: Node): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return parent.property === node;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return parent.key === node;
    case 'ImportExpression':
      return true;
    case 'AssignmentExpression':
      return !['=', '||=', '&&=', '??='].includes(parent.operator);
    case 'VariableDeclarator': {
      const declaration = parentOf(parent);
      return declaration?.type === 'VariableDeclaration' && declaration.kind.includes('using');
    }
    default:
      return OPERATORS.has(parent.type);
  }
}

/**
 * Operators that look at a value and convert nothing: `typeof`, `!`, `void`, `delete` (ECMA-262, 13.5), strict comparison (7.2.13), and comparison with
 * `null` or `undefined`, which no object equals (7.2.14; B.3.6.2 has no methods either).
 */
function isAskedNothing(operation: Node): boolean {
  if (operation.type === 'UnaryExpression') return !['+', '-', '~'].includes(operation.operator);
  if (operation.type !== 'BinaryExpression') return false;
  if (operation.operator === '===' || operation.operator === '!==') return true;
  if (operation.operator !== '==' && operation.operator !== '!=') return false;
  return [bare(operation.left), bare(operation.right)].some(
    (side) => (side.type === 'Literal' && side.value === null && side.raw === 'null') || isVoid(side),
  );
}

/** Of the operators those that make a text or a number of it: not iteration, `await`, `instanceof`, and of `in` the left side (ECMA-262, 13.10). */
function converts(operation: Node, node: Node): boolean {
  switch (operation.type) {
    case 'AwaitExpression':
    case 'YieldExpression':
    case 'ForOfStatement':
    case 'SpreadElement':
    case 'VariableDeclarator':
      return false;
    case 'BinaryExpression':
      if (operation.operator === 'instanceof' || (operation.operator === 'in' && operation.right === node))
        return false;
      return !isAskedNothing(operation);
    default:
      return !isAskedNothing(operation);
  }
}

const isVoid = (node: Node): boolean => node.type === 'UnaryExpression' && node.operator === 'void';

/** A declaration is known by its name, and by the module's exports where it stands in an export. */
function declared(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  selfName(flow, trace, file, node, tag);
  const parent = parentOf(node);
  if (parent?.type === 'ExportDefaultDeclaration') exported(flow, trace, file, under('default', tag));
  if (isClass(node) && node.decorators.length > 0) lost(flow, trace, file, node, 'a decorator receives it');
}

function selfName(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  if (!('id' in node) || node.id === null || node.id === undefined || node.id.type !== 'Identifier') return;
  const binding = file.scopes.bindingOf(node.id);
  if (binding !== null) flow.push(trace, { kind: 'variable', file, node: binding, tag });
}

const lost = (flow: Flow, trace: Trace, file: FlowFile, node: Node, why: string): void =>
  flow.lose(trace, { file, node, why });

// oxlint-disable-next-line max-lines-per-function -- one line for each kind of surroundings, as a table
function inContext(flow: Flow, trace: Trace, { file, node }: Site, parent: Node, tag: Tag): void {
  const on = (next: Node, changed: Tag | null = tag): void => {
    if (changed !== null) flow.push(trace, { kind: 'value', file, node: next, tag: changed });
  };
  switch (parent.type) {
    // The value of the whole is the value of the part.
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSNonNullExpression':
    case 'TSInstantiationExpression':
    case 'ChainExpression':
      return on(parent);
    case 'ConditionalExpression':
      return parent.test === node ? undefined : on(parent);
    case 'LogicalExpression':
      // `f && x` gives x, because no function and no object is false (ECMA-262, 7.1.2).
      return parent.operator === '&&' && parent.left === node ? undefined : on(parent);
    case 'SequenceExpression':
      return parent.expressions.at(-1) === node ? on(parent) : undefined;
    case 'BinaryExpression':
      if (parent.operator === 'instanceof' && parent.left === node) testedBy(flow, trace, { file, node }, parent.right);
      return;
    case 'AwaitExpression':
      return on(parent, tag.path[0] === PROMISED ? inside(tag) : tag);
    // It gets a name.
    case 'VariableDeclarator':
      return parent.init === node ? bindPattern(flow, trace, file, parent.id, tag) : undefined;
    case 'AssignmentExpression':
      if (parent.right !== node || !['=', '||=', '&&=', '??='].includes(parent.operator)) return;
      if (!saysConstructor(file, node, parent.left) || !isQuiet(tag)) assign(flow, trace, file, parent.left, tag);
      return on(parent);
    case 'AssignmentPattern':
      return parent.right === node ? bindPattern(flow, trace, file, parent.left, tag) : undefined;
    case 'Property':
      return inProperty(flow, trace, { file, node }, parent, tag);
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return inField(flow, trace, { file, node }, parent, tag);
    case 'ArrayExpression':
      return on(parent, under(INDEX, tag));
    case 'SpreadElement':
      return spread(flow, trace, file, parent, tag);
    case 'MemberExpression':
      return member(flow, trace, { file, node }, parent, tag);
    // It is called, or handed on.
    case 'CallExpression':
    case 'NewExpression':
      return inCall(flow, trace, { file, node }, parent, tag);
    case 'TaggedTemplateExpression':
      if (tag.path.length === 0)
        flow.call(trace, { file, node: parent, how: 'call', may: tag.may, receiver: objectOf(parent.tag) });
      return;
    case 'TemplateLiteral':
      if (parentOf(parent)?.type === 'TaggedTemplateExpression')
        lost(flow, trace, file, node, 'a template tag receives it');
      return;
    case 'ArrowFunctionExpression':
      return parent.body === node ? inReturn(flow, trace, { file, node }, tag) : undefined;
    case 'ReturnStatement':
      return inReturn(flow, trace, { file, node }, tag);
    case 'ForOfStatement':
      return parent.right === node ? loop(flow, trace, file, parent, tag) : undefined;
    case 'ClassDeclaration':
    case 'ClassExpression':
      return extended(flow, trace, { file, node }, parent, tag);
    // It leaves the file.
    case 'ExportDefaultDeclaration':
      return exported(flow, trace, file, under('default', tag));
    case 'ExportSpecifier': {
      const name = parent.exported.type === 'Identifier' ? parent.exported.name : textOf(parent.exported);
      return exported(flow, trace, file, under(name ?? ANY, tag));
    }
    case 'TSExportAssignment':
      return exported(flow, trace, file, tag);
    default:
      if (!HARMLESS.has(parent.type))
        lost(flow, trace, file, node, `it is used in a way that is not followed (${parent.type})`);
  }
}

/**
 * Surroundings that look at a value and keep nothing of it: tests, comparisons, arithmetic. What arithmetic calls (`valueOf`,
 * `toString`) is given up where it is put into an object: see ENGINE_CALLS in flow-store.ts.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  ...TESTING,
  'UpdateExpression',
  'ImportExpression',
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'MethodDefinition',
]);

/** `x instanceof A` calls the `Symbol.hasInstance` of A with x, where it has one (ECMA-262, 13.10.2). */
function testedBy(flow: Flow, trace: Trace, { file, node }: Site, by: Node): void {
  if (!flow.world.overridesInherited('hasInstance')) return;
  const known = resolve(flow.world, file, by);
  const isPlain = known.isWhole && known.found.every(({ file: { tree } }) => !saysHasInstance(tree));
  if (!isPlain) lost(flow, trace, file, node, 'what it is tested for may have a Symbol.hasInstance that gets it');
}

function saysHasInstance(tree: SyntaxTree): boolean {
  let answer = withHasInstance.get(tree);
  if (answer === undefined) withHasInstance.set(tree, (answer = /\bhasInstance\b/.test(tree.source)));
  return answer;
}

const withHasInstance = new WeakMap<SyntaxTree, boolean>();

function inProperty(flow: Flow, trace: Trace, { file, node }: Site, property: Node, tag: Tag): void {
  if (property.type !== 'Property' || property.value !== node) return;
  const object = parentOf(property);
  if (object?.type !== 'ObjectExpression') return;
  const key = keyOf(file, property.key, property.computed);
  const marked = property.kind === 'init' ? tag : under(ACCESS, tag);
  // `{ __proto__: x }` inherits from x (ECMA-262, B.3.1).
  const isPrototype = key.name === '__proto__' && !property.computed && !property.shorthand;
  storeIn(flow, trace, { file, node: object }, key, marked, isPrototype);
}

function inField(flow: Flow, trace: Trace, { file, node }: Site, field: Node, tag: Tag): void {
  if ((field.type !== 'PropertyDefinition' && field.type !== 'AccessorProperty') || field.value !== node) return;
  const body = parentOf(field);
  const owner = body === undefined ? undefined : parentOf(body);
  if (owner === undefined || !isClass(owner)) return;
  if (field.decorators.length > 0) lost(flow, trace, file, node, 'a decorator receives it');
  const key = keyOf(file, field.key, field.computed);
  const stored = under(key.name ?? ANY, tag);
  checkEngine(flow, trace, { file, node: field }, key, tag);
  readPrivately(flow, trace, file, key, tag);
  flow.push(trace, {
    kind: 'value',
    file,
    node: owner,
    tag: field.static ? stored : under('prototype', stored),
  });
}

/** `{ ...x }` copies the properties, `[...x]` and `f(...x)` the elements. */
function spread(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  const target = parentOf(node);
  if (target?.type === 'ObjectExpression') {
    if (tag.path[1] === ACCESS) lost(flow, trace, file, node, 'copying it calls its getter');
    if (tag.path.length > 0) flow.push(trace, { kind: 'value', file, node: target, tag });
  } else if (target?.type === 'ArrayExpression') {
    if (isElement(tag)) flow.push(trace, { kind: 'value', file, node: target, tag: perhaps(tag) });
  } else if (target !== undefined) spreadArgument(flow, trace, { file, node }, target, tag);
}

function member(flow: Flow, trace: Trace, { file, node }: Site, read: Node, tag: Tag): void {
  if (read.type !== 'MemberExpression' || read.object !== node) return;
  const key = keyOf(file, read.property, read.computed);
  if (tag.path.length === 0) calledThrough(flow, trace, file, read, tag, key);
  if ((key.name === null || key.name === 'toString') && isMadeText(flow, tag))
    lost(flow, trace, file, read, 'the language may ask it here for a toString that all functions have');
  for (const next of through(key, tag))
    flow.push(trace, { kind: 'value', file, node: read, tag: foundBy(file, read, tag, next) });
  for (const next of throughInherited(key, tag)) flow.push(trace, { kind: 'value', file, node: read, tag: next });
  // Whatever its name: a method that is called on the object gets the object as `this`.
  methodOf(flow, trace, { file, node }, read, tag);
  const isOwn = tag.path.length === 0 && (key.name === null || OWN_OF_FUNCTIONS.has(key.name));
  // A getter that all objects have gets the object as `this`.
  if (!isOwn && flow.world.patchesPrototypes(key.name))
    lost(flow, trace, file, read, 'some file gives all functions or objects a property, which may be this one');
}

/** What every function has of its own (ECMA-262, 20.2.4): reading it runs nothing. */
const OWN_OF_FUNCTIONS: ReadonlySet<string> = new Set([
  'call',
  'apply',
  'bind',
  'length',
  'name',
  'prototype',
  'toString',
  'constructor',
  'displayName',
]);

function inCall(flow: Flow, trace: Trace, { file, node }: Site, call: Node, tag: Tag): void {
  if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return;
  if (call.callee !== node) {
    argument(flow, trace, { file, node }, call, tag);
    return;
  }
  if (tag.path.length === 0) {
    flow.call(trace, { file, node: call, how: 'call', may: tag.may, receiver: receiverOf(call) });
  } else if (call.type === 'NewExpression') {
    for (const instance of through({ name: 'prototype' }, tag))
      flow.push(trace, { kind: 'value', file, node: call, tag: instance });
  }
}

/** `x` of `x.f()`, and of `(x.f)()` (ECMA-262, 13.3.6.1). What `new x.F()` runs has a `this` of its own (13.3.5.1). */
const receiverOf = (call: Node): Node | null => (call.type === 'CallExpression' ? objectOf(call.callee) : null);

function objectOf(expression: Node): Node | null {
  const callee = bare(expression);
  return callee.type === 'MemberExpression' ? callee.object : null;
}

function inReturn(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    if (!isFunction(above)) continue;
    if (givesThis(file, above, node)) flow.push(trace, { kind: 'fluent', file, node: above, tag: forgotten(tag) });
    else returned(flow, trace, file, above, tag);
    return;
  }
  // A return at the top of a CommonJS file ends it; nobody gets the value.
}

function returned(flow: Flow, trace: Trace, file: FlowFile, fn: FunctionNode, tag: Tag): void {
  if (fn.async && isAnyOperator(tag))
    lost(flow, trace, file, fn, 'the promise that it becomes may ask it for a method whose name is computed');
  if (fn.generator) lost(flow, trace, file, fn, 'a generator hands it out');
  else
    flow.push(trace, {
      kind: 'returned',
      file,
      node: fn,
      tag: fn.async && tag.path[0] !== PROMISED ? under(PROMISED, tag) : tag,
    });
}

function loop(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  if (!isElement(tag) || node.type !== 'ForOfStatement') return;
  const { left } = node;
  const target = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left;
  if (target === undefined) return;
  for (const each of through(UNKNOWN_KEY, tag)) {
    const element = node.await && each.path[0] === PROMISED ? inside(each) : each;
    if (left.type === 'VariableDeclaration') bindPattern(flow, trace, file, target, element);
    else assign(flow, trace, file, target, element);
  }
}

/** `class B extends A`: B has what A has, and calls A when it is made. */
function extended(flow: Flow, trace: Trace, { file, node }: Site, heir: Node, tag: Tag): void {
  if (!isClass(heir)) return;
  if (heir.superClass !== node) {
    lost(flow, trace, file, node, 'a decorator receives it');
    return;
  }
  if (tag.path.length === 0) inheritedConstructor(flow, trace, { file, node: heir }, tag);
  else flow.push(trace, { kind: 'value', file, node: heir, tag });
}

/** What the members of a class or of a literal are called by, for the one that is searched itself. */
export function seed(
  flow: Flow,
  trace: Trace,
  { file, node }: { readonly file: FlowFile; readonly node: FunctionNode },
): void {
  const itself = FUNCTION_ITSELF;
  const parent = parentOf(node);
  if (parent?.type === 'MethodDefinition' && parent.value === node) {
    seedMember(flow, trace, file, parent, itself);
    return;
  }
  flow.push(trace, { kind: 'value', file, node, tag: itself });
}

function seedMember(flow: Flow, trace: Trace, file: FlowFile, method: Node, itself: Tag): void {
  if (method.type !== 'MethodDefinition') return;
  const body = parentOf(method);
  const owner = body === undefined ? undefined : parentOf(body);
  if (owner === undefined || !isClass(owner)) return;
  if (method.decorators.length > 0) lost(flow, trace, file, method, 'a decorator receives it');
  if (method.kind === 'constructor') {
    flow.push(trace, { kind: 'value', file, node: owner, tag: itself });
    return;
  }
  const key = keyOf(file, method.key, method.computed);
  const marked = method.kind === 'method' ? itself : under(ACCESS, itself);
  storeIn(flow, trace, { file, node: owner }, key, marked, false, method.static ? null : 'prototype');
}

/**
 * `A.prototype.constructor = A` says of A what is so of every class: that an instance leads to it. By such a way twice nothing is followed
 * (giveConstructor in flow-members.ts).
 */
function saysConstructor(file: FlowFile, value: Node, target: Node): boolean {
  const left = bare(target);
  const prototype = left.type === 'MemberExpression' && memberName(left) === 'constructor' ? bare(left.object) : null;
  if (prototype?.type !== 'MemberExpression' || memberName(prototype) !== 'prototype') return false;
  return givesItself(file, value, prototype);
}
