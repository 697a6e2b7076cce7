/**
 * Where a value goes when it is given a name or put into an object: variables, patterns, properties, and what `this` then has.
 *
 * An object is known by where it comes from. Giving it a property concerns everybody who has it, so a store goes back to where the
 * object was made (`store`, in flow-origin.ts) and from there forward again.
 */
import { exported } from './flow-module.ts';
import { argumentsOf, keyOf, newTargetsOf, thisesOf, type FlowFile, type Site } from './flow-file.ts';
import {
  ACCESS,
  ACCESSORS,
  ANY,
  CONSTRUCTOR,
  inside,
  isElement,
  isQuiet,
  keysOf,
  storedAs,
  through,
  under,
  UNKNOWN_KEY,
  type Key,
  type Tag,
} from './flow-tag.ts';
import type { Flow, Trace } from './flow-trace.ts';
import { constructorOf, functionsOf, resolve } from './flow-resolve.ts';
import { isObjectMade } from './flow-members.ts';
import { isCalledByNatives, isCalledByOperators } from './natives.ts';
import type { Binding } from './scopes.ts';
import { bare, isClass, isFunction, keyName, memberName, parentOf, context, type Node } from './syntax.ts';

/** The target of an assignment, which may be a pattern. */
export function assign(flow: Flow, trace: Trace, file: FlowFile, target: Node, tag: Tag): void {
  const left = bare(target);
  if (left.type === 'MemberExpression') assignMember(flow, trace, file, left, tag);
  else bindPattern(flow, trace, file, left, tag);
}

/** @param known The name, where more is known of it than stands there. */
export function assignMember(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  left: Node,
  tag: Tag,
  known: Key | null = null,
): void {
  if (left.type !== 'MemberExpression') return;
  const key = known ?? keyOf(file, left.property, left.computed);
  checkEngine(flow, trace, { file, node: left }, key, tag);
  if (flow.world.patchesPrototypes(key.name))
    flow.lose(trace, { file, node: left, why: 'some file gives all objects a setter, which may be called here' });
  // `A.prototype.constructor = A` says what is so anyway.
  const owner = bare(left.object);
  const isOwn = key.name === 'constructor' && (owner.type === 'ThisExpression' || memberName(owner) === 'prototype');
  const name = isOwn ? CONSTRUCTOR : storedAs(key);
  const held = key.name === '__proto__' ? tag : under(name, tag);
  flow.push(trace, { kind: 'store', file, node: left.object, tag: held });
}

function checkEngine(flow: Flow, trace: Trace, site: Site, key: Key, tag: Tag): void {
  const isItself = tag.path.length === 0 || tag.path[0] === ACCESS;
  if (isItself && key.name !== null && isCalledByOperators(key.name))
    flow.lose(trace, { ...site, why: `the language itself may call ${key.name}` });
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
  const held = isPrototype ? tag : under(storedAs(key), tag);
  flow.push(trace, { kind: 'value', ...site, tag: within === null ? held : under(within, held) });
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
  for (const next of through(key, tag)) bindPattern(flow, trace, file, property.value, next);
  if (flow.world.patchesPrototypes(key.name))
    flow.lose(trace, { file, node: property, why: 'some file gives all objects a property, which may be this one' });
  if (tag.path.length === 0 && (key.name === null || ['call', 'apply', 'bind'].includes(key.name)))
    flow.lose(trace, { file, node: property, why: 'it is taken apart into its own call and apply' });
}

function bindName(flow: Flow, trace: Trace, file: FlowFile, identifier: Node, tag: Tag): void {
  if (identifier.type !== 'Identifier') return;
  const binding = file.scopes.bindingOf(identifier);
  if (binding !== null) {
    flow.push(trace, { kind: 'variable', file, node: binding, tag });
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
  for (const read of binding.reads) flow.push(trace, { kind: 'value', file, node: read, tag });
  for (const declaration of binding.declarations) {
    if (isExported(declaration)) exported(flow, trace, file, under(binding.name, tag));
    if (parentOf(declaration)?.type === 'TSParameterProperty')
      flow.lose(trace, { file, node: declaration, why: 'a parameter property keeps it' });
  }
  // `arguments` and the parameters are the same variables in sloppy code (ECMA-262, 10.4.4).
  if (binding.kind === 'parameter')
    for (const use of argumentsOf(file, binding.scope))
      flow.push(trace, { kind: 'value', file, node: use, tag: under(ANY, tag) });
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

/** Methods get the object that holds them as `this`: of a literal, of a class, of a constructor function. */
export function holdsMembers(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  const [first] = tag.path;
  if (first === undefined) return;
  if (node.type === 'ObjectExpression') {
    for (const property of node.properties)
      if (property.type === 'Property') {
        attach(flow, trace, { file, node: property.value }, keyName(property.key, property.computed), tag);
        if (property.kind === 'set')
          setBy(flow, trace, { file, node: property.value }, keyOf(file, property.key, property.computed), tag);
        if (property.kind === 'init')
          heldBy(flow, trace, { file, node: property.value }, keyOf(file, property.key, property.computed), tag);
      }
  } else if (node.type === 'ArrayExpression') {
    for (const element of node.elements)
      if (element !== null && element.type !== 'SpreadElement')
        heldBy(flow, trace, { file, node: element }, UNKNOWN_KEY, tag);
  } else if (isClass(node)) {
    if (first === 'prototype') giveInstance(flow, trace, { file, node }, inside(tag), 0);
    else {
      giveStatics(flow, trace, file, node, tag);
      giveConstructor(flow, trace, { file, node }, tag);
    }
  } else if (isFunction(node)) {
    if (first === 'prototype') flow.push(trace, { kind: 'this', file, node, tag: inside(tag) });
    else if (node.type !== 'ArrowFunctionExpression') giveConstructor(flow, trace, { file, node }, tag);
  }
}

/** An instance has its class as `constructor`, and a constructor has it as `new.target`: both have the static members. */
function giveConstructor(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const [first] = tag.path;
  if (first === undefined || isQuiet(tag) || first === 'prototype') return;
  if (!keysOf(first).some((key) => flow.world.readsConstructors(key))) return;
  flow.push(trace, { kind: 'value', file, node, tag: under('prototype', under(CONSTRUCTOR, tag)) });
  let heir: Site | undefined = { file, node };
  for (let depth = 0; heir !== undefined && depth < MAX_ANCESTORS; depth += 1) {
    const { file: from, node: at }: Site = heir;
    const owner: Node | null = isClass(at) ? constructorOf(at) : at;
    for (const use of owner === null ? [] : newTargetsOf(from, owner))
      flow.push(trace, { kind: 'value', file: from, node: use, tag });
    heir = isClass(at) && at.superClass !== null ? resolve(flow.world, from, at.superClass).found[0] : undefined;
  }
}

/** A value that was attached to an object: if it is a function, the object is its `this` when it is called as a method. */
export function attach(flow: Flow, trace: Trace, { file, node }: Site, name: string | null, tag: Tag): void {
  const known = resolve(flow.world, file, node);
  if (name !== null) (known.isWhole ? trace.methods.seen : trace.methods.unseen).add(name);
  else if (!known.isWhole) trace.methods.unseen.add(ANY);
  for (const fn of functionsOf(known.found).functions)
    if (fn.node.type !== 'ArrowFunctionExpression') flow.push(trace, { kind: 'this', ...fn, tag });
}

function giveStatics(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  if (!isClass(node)) return;
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') flow.push(trace, { kind: 'this', file, node: member, tag });
    else if (member.type === 'MethodDefinition' && member.static) {
      attach(flow, trace, { file, node: member.value }, keyName(member.key, member.computed), tag);
      if (member.kind === 'set')
        setBy(flow, trace, { file, node: member.value }, keyOf(file, member.key, member.computed), tag);
    } else if (member.type === 'PropertyDefinition' && member.static)
      flow.push(trace, { kind: 'this', file, node: member, tag });
  }
}

/** A setter of that name gets what is stored under it. */
export function setBy(flow: Flow, trace: Trace, { file, node }: Site, key: Key, tag: Tag): void {
  for (const stored of through(key, tag.path[0] === ACCESSORS ? inside(tag) : tag))
    if (stored.path[0] !== ACCESS) setTo(flow, trace, { file, node }, stored);
}

function setTo(flow: Flow, trace: Trace, { file, node }: Site, stored: Tag): void {
  for (const fn of functionsOf(resolve(flow.world, file, node).found).functions) {
    const [parameter] = fn.node.params;
    if (parameter !== undefined) bindPattern(flow, trace, fn.file, parameter, stored);
    for (const use of argumentsOf(fn.file, fn.node))
      flow.push(trace, { kind: 'value', file: fn.file, node: use, tag: under(ANY, stored) });
  }
}

/**
 * An object that is held under the key is the one that leads to the function, or may be: what else has it gets the property too.
 * `a.b = x; a.b.c = f` gives x a c.
 */
export function heldBy(flow: Flow, trace: Trace, { file, node }: Site, key: Key, tag: Tag): void {
  if (!tag.back) return;
  for (const held of through(key, tag))
    if (held.path.length > 0 && held.path[0] !== ACCESS) flow.push(trace, { kind: 'store', file, node, tag: held });
}

/** Longer chains of inheritance are given up. */
const MAX_ANCESTORS = 20;

/** Instances have the value: so has `this` in every method, inherited ones included. */
export function giveInstance(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, depth: number): void {
  if (tag.path.length === 0) return;
  if (isFunction(node)) {
    flow.push(trace, { kind: 'this', file, node, tag });
    for (const { name, ...member } of prototypeMembers(file, node)) attach(flow, trace, member, name, tag);
    return;
  }
  if (!isClass(node)) return;
  for (const member of node.body.body) {
    if (member.type === 'MethodDefinition' && member.kind === 'set' && !member.static)
      setBy(flow, trace, { file, node: member.value }, keyOf(file, member.key, member.computed), tag);
    if (member.type === 'MethodDefinition' && !member.static)
      attach(flow, trace, { file, node: member.value }, keyName(member.key, member.computed), tag);
    else if (member.type === 'PropertyDefinition' && !member.static)
      flow.push(trace, { kind: 'this', file, node: member, tag });
  }
  if (node.superClass === null) return;
  const above = resolve(flow.world, file, node.superClass);
  const known = above.isWhole && depth < MAX_ANCESTORS;
  if (!known || (above.natives.length > 0 && isCalledByNatives(tag.path, above.natives)))
    flow.lose(trace, { file, node: node.superClass, why: 'the class extends one that is not seen' });
  for (const ancestor of above.found) giveInstance(flow, trace, ancestor, tag, depth + 1);
}

/** The object inherits from a prototype: the methods there have it as `this`. */
export function giveHeir(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, depth = 0): void {
  const prototype = bare(node);
  if (tag.path.length === 0 || (prototype.type === 'Literal' && prototype.value === null)) return;
  if (prototype.type === 'MemberExpression' && memberName(prototype) === 'prototype') {
    const above = resolve(flow.world, file, prototype.object);
    if (
      !above.isWhole ||
      (above.natives.length > 0 && above.natives[0] !== 'Object' && isCalledByNatives(tag.path, above.natives))
    )
      flow.lose(trace, { file, node, why: 'it inherits from a prototype that is not seen' });
    for (const ancestor of above.found) giveInstance(flow, trace, ancestor, tag, 0);
    return;
  }
  const known = resolve(flow.world, file, prototype);
  for (const found of known.found) giveObject(flow, trace, found, tag, depth);
  if (!known.isWhole || depth > MAX_ANCESTORS)
    flow.lose(trace, { file, node, why: 'it inherits from an object that is not seen' });
}

/** The methods of an object that others inherit from: those in its literal, what everybody puts into it, and its own prototype's. */
function giveObject(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, depth: number): void {
  holdsMembers(flow, trace, file, node, tag);
  if (isObjectMade(node)) {
    const { named, computed, isWhole } = flow.world.membersOf({ file, node });
    for (const [name, values] of named) for (const value of values) attach(flow, trace, value, name, tag);
    for (const { value } of computed) if (value !== null) attach(flow, trace, value, null, tag);
    // A method that is put there and not seen is one more name that is called and not seen: giveUpMethods counts those.
    if (node.type === 'Program' && !isWhole)
      flow.lose(trace, { file, node, why: 'it inherits from the exports of a file, which are not all seen' });
  }
  const [prototype] = node.type === 'CallExpression' ? node.arguments : [];
  if (prototype !== undefined && depth <= MAX_ANCESTORS)
    giveHeir(flow, trace, { file, node: prototype }, tag, depth + 1);
}

/** What is put on a constructor function's prototype where its own file does it plainly. */
function prototypeMembers(file: FlowFile, fn: Node): readonly (Site & { readonly name: string | null })[] {
  const members: (Site & { readonly name: string | null })[] = [];
  for (const read of namesOf(file, fn).flatMap(({ reads }) => reads)) {
    const { parent, child } = context(read);
    if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) !== 'prototype') continue;
    const outer = context(parent);
    if (outer.parent?.type === 'AssignmentExpression' && outer.parent.left === outer.child) {
      const literal = bare(outer.parent.right);
      if (literal.type !== 'ObjectExpression') continue;
      for (const property of literal.properties)
        if (property.type === 'Property')
          members.push({ file, node: property.value, name: keyName(property.key, property.computed) });
    } else if (outer.parent?.type === 'MemberExpression') {
      const assignment = context(outer.parent).parent;
      if (assignment?.type === 'AssignmentExpression')
        members.push({ file, node: assignment.right, name: memberName(outer.parent) });
    }
  }
  return members;
}

/** The variables that a function is declared as or assigned to where it is written. */
function namesOf(file: FlowFile, fn: Node): readonly Binding[] {
  const names: Binding[] = [];
  const add = (identifier: Node): void => {
    const binding = file.scopes.bindingOf(identifier);
    if (binding !== null) names.push(binding);
  };
  if ('id' in fn && fn.id !== null && fn.id !== undefined && fn.id.type === 'Identifier') add(fn.id);
  for (let { parent } = context(fn); parent !== null; parent = context(parent).parent) {
    if (parent.type === 'VariableDeclarator') add(parent.id);
    if (parent.type !== 'AssignmentExpression') break;
    add(parent.left);
  }
  return names;
}

/** `this` in a function, and what inherits it. */
export function thisRule(flow: Flow, trace: Trace, file: FlowFile, owner: Node, tag: Tag): void {
  for (const node of thisesOf(file, owner)) flow.push(trace, { kind: 'value', file, node, tag });
}

/** The name of a destructured property, for a path back to the object it comes from. */
export const patternKey = (property: Node): string =>
  property.type === 'Property' ? (keyName(property.key, property.computed) ?? ANY) : ANY;
