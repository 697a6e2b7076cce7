/**
 * Where a value goes when it is given a name or put into an object: variables, patterns, properties; what `this` then has is flow-members.ts.
 *
 * An object is known by where it comes from. Giving it a property concerns everybody who has it, so a store goes back to where the
 * object was made (`store`, in flow-origin.ts) and from there forward again.
 */
import { exported } from './flow-module.ts';
import { argumentsOf, keyOf, superCallsOf, thisesOf, type FlowFile, type Site } from './flow-file.ts';
import {
  ACCESS,
  ANY,
  CONSTRUCTOR,
  INDEX,
  isAnyOperator,
  isConverted,
  isConverting,
  isElement,
  perhaps,
  PRIVATE,
  storedAs,
  through,
  throughInherited,
  under,
  UNKNOWN_KEY,
  type Key,
  type Tag,
} from './flow-tag.ts';
import type { Flow, Trace } from './flow-trace.ts';
import { forgotten, nameKept } from './flow-keyed.ts';
import { isCalledByOperators } from './natives.ts';
import { pushReads } from './idle-reads.ts';
import type { Binding } from './scopes.ts';
import { cannotHold, isOverwritten } from './type-guard.ts';
import { bare, isClass, isFunction, keyName, memberName, parentOf, type Node } from './syntax.ts';

/** The target of an assignment, which may be a pattern. */
export function assign(flow: Flow, trace: Trace, file: FlowFile, target: Node, tag: Tag): void {
  const left = bare(target);
  if (left.type === 'MemberExpression') assignMember(flow, trace, file, left, tag);
  else bindPattern(flow, trace, file, left, tag);
}

function assignMember(flow: Flow, trace: Trace, file: FlowFile, left: Node, tag: Tag): void {
  if (left.type !== 'MemberExpression') return;
  const key = keyOf(file, left.property, left.computed);
  const kept = nameKept(file, left, tag);
  checkEngine(flow, trace, { file, node: left }, kept === null ? key : { name: kept }, tag);
  // Of an array it is a number, whatever is assigned (ECMA-262, 10.4.2.4).
  if (isConverted(tag) && key.name === 'length')
    flow.lose(trace, { file, node: left, why: 'the language may make a number of it' });
  if (flow.world.patchesPrototypes(key.name))
    flow.lose(trace, { file, node: left, why: 'some file gives all objects a setter, which may be called here' });
  // `A.prototype.constructor = A` says what is so anyway.
  const owner = bare(left.object);
  const isOwn = key.name === 'constructor' && (owner.type === 'ThisExpression' || memberName(owner) === 'prototype');
  // The constructor has that itself (`constructorHolds`), and whoever reads `constructor` gets it under `prototype` again (`throughInherited`).
  const [first, second, ...rest] = tag.path;
  if (!isOwn && key.name === 'constructor' && first === 'prototype' && second === 'constructor' && rest.length > 0)
    return;
  const name = isOwn ? CONSTRUCTOR : (kept ?? storedAs(key));
  const held = key.name === '__proto__' || name === '__proto__' ? forgotten(tag) : under(name, tag);
  flow.push(trace, { kind: 'store', file, node: left.object, tag: held });
  readPrivately(flow, trace, file, key, tag);
}

export function checkEngine(flow: Flow, trace: Trace, site: Site, key: Key, tag: Tag): void {
  const isItself = tag.path.length === 0 || tag.path[0] === ACCESS;
  if (isItself && key.name !== null && isCalledByOperators(key.name) && !isConverting(key.name))
    flow.lose(trace, { ...site, why: `the language itself may call ${key.name}` });
  // Wherever it is copied from there: of an expression it is a number (ECMA-262, 22.2.7.2).
  if (key.name === 'lastIndex' && isConverted(tag))
    flow.lose(trace, { ...site, why: 'the language may make a number of it' });
}

/**
 * Private members are read where their class is written and nowhere else, on whatever object: a constructor that returns another one gives
 * them to that (ECMA-262, 7.3.28).
 */
export function readPrivately(flow: Flow, trace: Trace, file: FlowFile, { name }: Key, tag: Tag): void {
  if (name?.startsWith(PRIVATE) !== true) return;
  for (const node of file.tree.nodes)
    if (
      node.type === 'MemberExpression' &&
      node.property.type === 'PrivateIdentifier' &&
      `${PRIVATE}${node.property.name}` === name
    )
      flow.push(trace, { kind: 'value', file, node, tag: perhaps(tag) });
}

/** A literal or a class has the value under a key. */
export function storeIn(
  flow: Flow,
  trace: Trace,
  site: Site,
  key: Key,
  tag: Tag,
  isPrototype: boolean,
  within: string | null = null,
): void {
  checkEngine(flow, trace, site, key, tag);
  readPrivately(flow, trace, site.file, key, tag);
  const held = isPrototype ? tag : under(storedAs(key), tag);
  const { keyed } = tag;
  const isRestingIn = keyed?.isFixed === true && within === null && site.node.type === 'ObjectExpression';
  flow.push(trace, {
    kind: 'value',
    ...site,
    tag: within === null ? (isRestingIn ? { ...held, keyed } : held) : under(within, held),
  });
}

/** A declaration, a parameter or a destructuring assignment takes the value apart. */
export function bindPattern(flow: Flow, trace: Trace, file: FlowFile, pattern: Node, tag: Tag): void {
  if (tag.path[0] === ACCESS) {
    flow.call(trace, { file, node: pattern, how: 'access', may: tag.may, receiver: null });
    return;
  }
  switch (pattern.type) {
    case 'Identifier':
      bindName(flow, trace, file, pattern, tag);
      return;
    case 'AssignmentPattern':
      bindPattern(flow, trace, file, pattern.left, tag);
      return;
    case 'RestElement':
      bindPattern(flow, trace, file, pattern.argument, tag);
      return;
    case 'ArrayPattern': {
      if (isAnyOperator(tag))
        flow.lose(trace, {
          file,
          node: pattern,
          why: 'the language may ask it here for a method whose name is computed',
        });
      const elements = isElement(tag) ? through(UNKNOWN_KEY, tag) : [];
      for (const item of pattern.elements) {
        if (item?.type === 'RestElement') bindPattern(flow, trace, file, item, tag);
        else if (item !== null) for (const element of elements) bindPattern(flow, trace, file, item, element);
      }
      return;
    }
    case 'ObjectPattern':
      for (const property of pattern.properties) bindProperty(flow, trace, file, property, tag);
      return;
    case 'MemberExpression':
      assignMember(flow, trace, file, pattern, tag);
      return;
    default:
      flow.lose(trace, { file, node: pattern, why: `it is bound in a way that is not followed (${pattern.type})` });
  }
}

function bindProperty(flow: Flow, trace: Trace, file: FlowFile, property: Node, tag: Tag): void {
  if (property.type === 'RestElement') {
    if (tag.path.length > 0) bindPattern(flow, trace, file, property, tag);
    return;
  }
  if (property.type !== 'Property') return;
  const key = keyOf(file, property.key, property.computed);
  for (const next of [
    ...through(key, tag),
    ...(key.name === null && !flow.world.namesConstructors() ? [] : throughInherited(key, tag)),
  ])
    bindPattern(flow, trace, file, property.value, next);
  if (flow.world.patchesPrototypes(key.name))
    flow.lose(trace, { file, node: property, why: 'some file gives all objects a property, which may be this one' });
  if (
    tag.path.length === 0 &&
    (key.name === null || ['call', 'apply', 'bind', 'arguments', 'caller'].includes(key.name))
  )
    flow.lose(trace, { file, node: property, why: 'it is taken apart into its own call and apply' });
}

function bindName(flow: Flow, trace: Trace, file: FlowFile, identifier: Node, tag: Tag): void {
  if (identifier.type !== 'Identifier') return;
  const binding = file.scopes.bindingOf(identifier);
  if (binding !== null) {
    flow.push(trace, { kind: isParameter(binding, identifier) ? 'passed' : 'variable', file, node: binding, tag });
    if (binding.kind === 'var' || binding.kind === 'function') bindCaught(flow, trace, file, identifier, tag);
    return;
  }
  if (identifier.name === 'exports' && !file.isEsm) {
    for (const read of file.scopes.globals.get('exports') ?? [])
      flow.push(trace, { kind: 'value', file, node: read, tag });
    return;
  }
  flow.lose(trace, { file, node: identifier, why: `it becomes the global variable ${identifier.name}` });
}

/** `catch (e) { var e = f; }` gives the value to the variable of the clause (ECMA-262, B.3.4). */
function bindCaught(flow: Flow, trace: Trace, file: FlowFile, identifier: Node & { name: string }, tag: Tag): void {
  for (let above = parentOf(identifier); above !== undefined && !isFunction(above); above = parentOf(above)) {
    if (above.type !== 'CatchClause' || above.param?.type !== 'Identifier' || above.param.name !== identifier.name)
      continue;
    const caught = file.scopes.bindingOf(above.param);
    if (caught !== null) flow.push(trace, { kind: 'variable', file, node: caught, tag });
  }
}

/** Everybody who reads the variable has the value: no order of time is assumed. */
export function variableRule(flow: Flow, trace: Trace, file: FlowFile, binding: Binding, tag: Tag): void {
  readAt(flow, trace, file, binding, { owner: binding, reads: binding.reads }, tag);
}

/** What was passed is gone where the parameter has surely been given something else. */
export function passedRule(flow: Flow, trace: Trace, file: FlowFile, binding: Binding, tag: Tag): void {
  const reads = binding.reads.filter((read) => !isOverwritten(file, binding, read));
  // Other places than those of the variable, so they are known by another thing of it.
  readAt(flow, trace, file, binding, { owner: binding.declarations, reads }, tag);
}

/** The name stands among the parameters, and not where a `var` of the body declares the same variable again. */
const isParameter = ({ kind, scope }: Binding, name: Node): boolean =>
  kind === 'parameter' &&
  isFunction(scope) &&
  scope.params.some(({ start, end }) => start <= name.start && name.end <= end);

function readAt(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  binding: Binding,
  { owner, reads }: { readonly owner: object; readonly reads: readonly Node[] },
  tag: Tag,
): void {
  const isItself = tag.path.length === 0;
  const isOut = (read: Node): boolean => cannotHold(file, binding, read, isItself);
  pushReads(flow, trace, { file, owner, nodes: reads, isOut }, tag);
  for (const declaration of binding.declarations) {
    if (isExported(declaration)) exported(flow, trace, file, under(binding.name, tag));
    if (parentOf(declaration)?.type === 'TSParameterProperty')
      flow.lose(trace, { file, node: declaration, why: 'a parameter property keeps it' });
  }
  // `arguments` and the parameters are the same variables in sloppy code (ECMA-262, 10.4.4).
  if (binding.kind === 'parameter')
    for (const use of argumentsOf(file, binding.scope))
      flow.push(trace, { kind: 'value', file, node: use, tag: under(INDEX, tag) });
  if (binding.kind === 'enum') flow.lose(trace, { file, node: binding.scope, why: 'an enum or a namespace holds it' });
  if (!file.scopes.isOpaque) return;
  for (const node of file.tree.nodes) {
    const sees = node.type === 'WithStatement' || (node.type === 'Identifier' && node.name === 'eval');
    if (sees && binding.scope.start <= node.start && node.end <= binding.scope.end)
      flow.lose(trace, { file, node, why: `code that is not seen here has the variable ${binding.name} in sight` });
  }
}

/** `export const a = …`, `export function a() {}`, `export class A {}`. */
function isExported(declaration: Node): boolean {
  let child = declaration;
  for (let above = parentOf(child); above !== undefined; child = above, above = parentOf(above)) {
    if (above.type === 'ExportNamedDeclaration') return true;
    if (above.type === 'VariableDeclaration' || above.type === 'VariableDeclarator') continue;
    if ((isFunction(above) || isClass(above)) && above.id === child) continue;
    if (!['ObjectPattern', 'ArrayPattern', 'Property', 'AssignmentPattern', 'RestElement'].includes(above.type))
      return false;
  }
  return false;
}

/** `this` in a function, and what inherits it. */
export function thisRule(flow: Flow, trace: Trace, file: FlowFile, owner: Node, tag: Tag): void {
  // `super()` gives it as well.
  pushReads(flow, trace, { file, owner, nodes: [...thisesOf(file, owner), ...superCallsOf(file, owner)] }, tag);
}

/** The name of a destructured property, for a path back to the object it comes from. */
export const patternKey = (property: Node): string =>
  property.type === 'Property' ? (keyName(property.key, property.computed) ?? ANY) : ANY;
