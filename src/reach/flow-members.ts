/**
 * The members of an object, where the object leads to the function that is searched: they have it as `this`, in whatever way they came to it
 * (written in a literal or a class, copied, inherited).
 *
 * Property descriptors are flow-descriptors.ts; calls of members are flow-methods.ts.
 */
import { argumentsOf, keyOf, newTargetsOf, superCallsOf, type FlowFile, type Site } from './flow-file.ts';
import { copiesName } from './flow-keyed.ts';
import { resolve } from './flow-resolve.ts';
import { writtenTo } from './flow-steady.ts';
import { calledAsMethods, constructorOf, functionsOf } from './resolved.ts';
import { usesThis } from './flow-receiver.ts';
import { whoCanBe } from './flow-parameter.ts';
import { bindPattern } from './flow-store.ts';
import {
  ACCESS,
  ANY,
  CONSTRUCTOR,
  INDEX,
  COPIED,
  isQuiet,
  perhaps,
  keysIn,
  through,
  under,
  UNKNOWN_KEY,
  type Key,
  type Tag,
  isOfInstancesOnly,
  ofInstances,
} from './flow-tag.ts';
import type { Flow, Trace } from './flow-trace.ts';
import { isAskedOfGenerators, isCalledByNatives, mayGiveThisOn } from './natives.ts';
import { returnedBy } from './returned-values.ts';
import type { Binding } from './scopes.ts';
import { isUncallable } from './uncallable.ts';
import { bare, context, isClass, isFunction, keyName, memberName, parentOf, type Node } from './syntax.ts';

/** Methods get the object that holds them as `this`: of a literal, of a class, of a constructor function. */
export function holdsMembers(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  node: Node,
  tag: Tag,
  line: Line = newLine(),
): void {
  const [first] = tag.path;
  if (first === undefined) {
    if (isClass(node)) giveStatics(flow, trace, file, node, tag);
    return;
  }
  if (node.type === 'ObjectExpression') {
    for (const property of node.properties)
      if (property.type === 'SpreadElement') attachAll(flow, trace, { file, node: property.argument }, tag, COPIED);
      else {
        const name = keyName(property.key, property.computed);
        if (property.kind === 'get') attachGetter(flow, trace, { file, node: property.value }, name, tag);
        else attach(flow, trace, { file, node: property.value }, name, tag);
        if (
          name === '__proto__' &&
          property.kind === 'init' &&
          !property.computed &&
          !property.shorthand &&
          !property.method
        )
          giveHeir(flow, trace, { file, node: property.value }, tag, next(line));
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
    constructorHolds(flow, trace, { file, node }, tag);
    for (const instance of ofInstances(tag)) giveInstance(flow, trace, { file, node }, instance);
    if (!isOfInstancesOnly(tag)) {
      giveStatics(flow, trace, file, node, tag);
      giveConstructor(flow, trace, { file, node }, tag);
    }
  } else if (isFunction(node)) {
    constructorHolds(flow, trace, { file, node }, tag);
    for (const instance of ofInstances(tag)) {
      if (node.generator && isAskedOfGenerators(instance.path[0]))
        flow.lose(trace, { file, node, why: 'a loop may call it on a generator that it is given to' });
      flow.push(trace, { kind: 'this', file, node, tag: instance });
    }
    if (!isOfInstancesOnly(tag) && node.type !== 'ArrowFunctionExpression')
      giveConstructor(flow, trace, { file, node }, tag);
  }
}

/** `this.constructor.x = f` gives the x to the class whose instance that is, or to one that inherits from it. */
function constructorHolds(flow: Flow, trace: Trace, site: Site, tag: Tag): void {
  for (const instance of ofInstances(tag)) {
    const [first] = instance.path;
    if (first === undefined || !keysIn(first).includes('constructor')) continue;
    for (const held of through({ name: 'constructor' }, instance))
      if (held.path.length > 0) flow.push(trace, { kind: 'value', ...site, tag: perhaps(held) });
  }
}

/** An instance has its class as `constructor`, and a constructor has it as `new.target`: both have the static members. */
function giveConstructor(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const [first] = tag.path;
  if (first === undefined || isQuiet(tag) || isOfInstancesOnly(tag)) return;
  if (first !== '__proto__' && !keysIn(first).some(flow.world.readsConstructors)) return;
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
  const isSeen = (known.isWhole && !known.natives.some(mayGiveThisOn)) || isUncallable(flow.world, file, node);
  if (name !== null) (isSeen ? trace.methods.seen : trace.methods.unseen).add(name);
  else if (!isSeen) trace.methods.unseen.add(ANY);
  for (const fn of calledAsMethods(known.found))
    if (usesThis(fn)) flow.push(trace, { kind: isCalledWithIt(fn.node) ? 'this' : 'method', ...fn, tag });
}

/**
 * `o.x = f`. Where it is `o[key] = from[key]` the object has under a name what the other has under the same, and that is given back.
 *
 * @param target What stands left of the sign.
 */
export function attachAssigned(
  flow: Flow,
  trace: Trace,
  { file, node }: Site,
  target: Node,
  tag: Tag,
): (Node & { type: 'MemberExpression' }) | null {
  const name = memberName(target);
  const value = bare(node);
  if (name === null && value.type === 'MemberExpression' && copiesName(file, target, value)) {
    attachAll(flow, trace, { file, node: value.object }, tag);
    return value;
  }
  attach(flow, trace, { file, node }, name, tag);
  return null;
}

/** `get x() {}`, `set x(v) {}`: whoever reads or writes the property calls it on the object. A constructor is called on its instance. */
function isCalledWithIt(fn: Node): boolean {
  const member = parentOf(fn);
  const isMember = member?.type === 'Property' || member?.type === 'MethodDefinition';
  return isMember && (member.kind === 'get' || member.kind === 'set' || member.kind === 'constructor');
}

/** A getter has the object as `this`, and so has a function that it gives, when that is called as a method (`o.x()`). */
export function attachGetter(flow: Flow, trace: Trace, { file, node }: Site, name: string | null, tag: Tag): void {
  attach(flow, trace, { file, node }, name, tag);
  for (const fn of functionsOf(resolve(flow.world, file, node).found).functions)
    flow.push(trace, { kind: 'this', ...fn, tag });
  resultsAsMethods(flow, trace, { file, node }, name, tag);
}

/** What a getter gives has the object as `this` when it is called as a method. */
function resultsAsMethods(flow: Flow, trace: Trace, { file, node }: Site, name: string | null, tag: Tag): void {
  const { functions, isWhole } = functionsOf(resolve(flow.world, file, node).found);
  for (const fn of functions)
    for (const value of returnedBy(fn.file, fn.node)) {
      attach(flow, trace, { file: fn.file, node: value }, name, tag);
      heldBy(flow, trace, { file: fn.file, node: value }, name === null ? UNKNOWN_KEY : { name }, tag);
    }
  if (!isWhole) trace.methods.unseen.add(name ?? ANY);
}

function giveStatics(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag, depth = 0): void {
  if (!isClass(node)) return;
  const { superClass } = node;
  if (superClass !== null)
    whoCanBe(flow, trace, file, superClass, (above) => {
      const isSeen = above.isWhole && depth <= MAX_ANCESTORS;
      // What the class itself is given to as `this` by methods that are not seen is lost where they are called.
      if (!isSeen && tag.path.length > 0)
        flow.lose(trace, { file, node: superClass, why: 'the class extends one that is not seen' });
      for (const parent of isSeen ? above.found : [])
        giveStatics(flow, trace, parent.file, parent.node, tag, depth + 1);
    });
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') flow.push(trace, { kind: 'this', file, node: member, tag });
    else if (member.type === 'MethodDefinition' && member.static) {
      const name = keyName(member.key, member.computed);
      if (member.kind === 'get') attachGetter(flow, trace, { file, node: member.value }, name, tag);
      else attach(flow, trace, { file, node: member.value }, name, tag);
      if (member.kind === 'set')
        setBy(flow, trace, { file, node: member.value }, keyOf(file, member.key, member.computed), tag);
    } else if (member.type === 'PropertyDefinition' && member.static) giveField(flow, trace, file, member, tag);
  }
}

/** What a field is set to has the object as `this`, and is a method of it where it is a function. */
function giveField(flow: Flow, trace: Trace, file: FlowFile, field: Node, tag: Tag): void {
  flow.push(trace, { kind: 'this', file, node: field, tag });
  if (field.type === 'PropertyDefinition' && field.value !== null)
    attach(flow, trace, { file, node: field.value }, keyName(field.key, field.computed), tag);
}

/** A setter of that name gets what is stored under it. */
export function setBy(flow: Flow, trace: Trace, { file, node }: Site, key: Key, tag: Tag): void {
  for (const stored of through(key, tag)) if (stored.path[0] !== ACCESS) setTo(flow, trace, { file, node }, stored);
}

function setTo(flow: Flow, trace: Trace, { file, node }: Site, stored: Tag): void {
  for (const fn of functionsOf(resolve(flow.world, file, node).found).functions) {
    const [parameter] = fn.node.params;
    if (parameter !== undefined)
      bindPattern(flow, trace, fn.file, parameter, parameter.type === 'RestElement' ? under(INDEX, stored) : stored);
    for (const use of argumentsOf(fn.file, fn.node))
      flow.push(trace, { kind: 'value', file: fn.file, node: use, tag: under(INDEX, stored) });
  }
}

/**
 * An object that is held under the key is the one that leads to the function, or may be: what else has it gets the property too.
 * `a.b = x; a.b.c = f` gives x a c.
 */
export function heldBy(flow: Flow, trace: Trace, { file, node }: Site, key: Key, tag: Tag): void {
  if ((tag.back & 1) === 0) return;
  for (const held of through(key, tag))
    if (held.path.length > 0 && held.path[0] !== ACCESS) flow.push(trace, { kind: 'store', file, node, tag: held });
}

/**
 * A class extends the one that is searched: that is called by `super(…)`, and where no constructor is written by whoever makes an instance (ECMA-262,
 * 15.7.14). Besides, one comes to it from the prototype of the class, and by the `constructor` of the prototype above.
 */
export function inheritedConstructor(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const value = (held: Tag): void => flow.push(trace, { kind: 'value', file, node, tag: held });
  if (constructorOf(node) === null) value(tag);
  // `eval('super()')`.
  else if (file.scopes.isOpaque) flow.call(trace, { file, node, how: 'call', may: tag.may, receiver: null });
  for (const call of superCallsOf(file, constructorOf(node)))
    flow.call(trace, { file, node: call, how: 'call', may: tag.may, receiver: null });
  value(under('__proto__', tag));
  value(perhaps(under('prototype', under(CONSTRUCTOR, tag))));
}

/** Longer chains of inheritance are given up. */
const MAX_ANCESTORS = 20;

/** How one property was handed from an heir up to its ancestors. */
interface Line {
  readonly depth: number;
  /** Those that have it already: a prototype may be set to what inherits from itself (`A.prototype = Object.create(A.prototype)`). */
  readonly classes: Set<Node>;
  readonly objects: Set<Node>;
}

const newLine = (): Line => ({ depth: 0, classes: new Set(), objects: new Set() });
const next = (line: Line): Line => ({ ...line, depth: line.depth + 1 });

/** Instances have the value: so has `this` in every method, inherited ones included. */
export function giveInstance(
  flow: Flow,
  trace: Trace,
  { file, node }: Site,
  tag: Tag,
  line = newLine(),
  isNamed = line.depth === 0,
): void {
  if (tag.path.length === 0) return;
  // Whoever holds the class can give its prototype a member, which has the instance as `this`.
  if (isNamed) flow.push(trace, { kind: 'value', file, node, tag: under('prototype', tag) });
  if (line.classes.has(node)) return;
  line.classes.add(node);
  if (isFunction(node)) {
    flow.push(trace, { kind: 'this', file, node, tag });
    for (const prototype of prototypesOf(file, node)) giveHeir(flow, trace, { file, node: prototype }, tag, next(line));
    for (const { name, ...member } of prototypeMembers(file, node)) attach(flow, trace, member, name, tag);
    return;
  }
  if (!isClass(node)) return;
  for (const member of node.body.body) {
    if (member.type === 'MethodDefinition' && member.kind === 'set' && !member.static)
      setBy(flow, trace, { file, node: member.value }, keyOf(file, member.key, member.computed), tag);
    const name = member.type === 'StaticBlock' || !('key' in member) ? null : keyName(member.key, member.computed);
    if (member.type === 'MethodDefinition' && !member.static) {
      if (member.kind === 'get') attachGetter(flow, trace, { file, node: member.value }, name, tag);
      else attach(flow, trace, { file, node: member.value }, name, tag);
    } else if (member.type === 'PropertyDefinition' && !member.static) giveField(flow, trace, file, member, tag);
  }
  if (node.superClass === null) return;
  const { superClass } = node;
  whoCanBe(flow, trace, file, superClass, (above) => {
    const isKnown = above.isWhole && line.depth < MAX_ANCESTORS;
    if (!isKnown || (above.natives.length > 0 && isCalledByNatives(tag.path, above.natives)))
      flow.lose(trace, { file, node: superClass, why: 'the class extends one that is not seen' });
    if (above.natives.some(isError)) givenToStackHook(flow, trace, { file, node: superClass }, tag);
    if (line.depth < MAX_ANCESTORS)
      for (const ancestor of above.found) giveInstance(flow, trace, ancestor, tag, next(line));
  });
}

/** The errors of the language (ECMA-262, 20.5); an instance of an heir is one as well. */
export const isError = (name: string): boolean => /^(?:\w*Error)$/.test(name);

/** An error goes to `Error.prepareStackTrace`, where a program has one, before anybody has its `stack` (v8.dev/docs/stack-trace-api). */
export function givenToStackHook(flow: Flow, trace: Trace, site: Site, tag: Tag): void {
  const { world } = flow;
  if (tag.path.length === 0 || !world.replacesNative(STACK_HOOK)) return;
  const lost = (): void => flow.lose(trace, { ...site, why: 'Error.prepareStackTrace gets it, and is not seen' });
  if (world.members === undefined) return lost();
  return world.members.named(
    'prepareStackTrace',
    (value) => {
      if (value === null) return lost();
      return whoCanBe(flow, trace, value.file, value.node, (known) => {
        for (const found of known.found) setTo(flow, trace, found, tag);
        if (!known.isWhole) lost();
      });
    },
    () => false,
  );
}

const STACK_HOOK = 'Error.prepareStackTrace';

/** The object inherits from a prototype: the methods there have it as `this`. */
export function giveHeir(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, line = newLine()): void {
  const prototype = bare(node);
  if (tag.path.length === 0 || (prototype.type === 'Literal' && prototype.value === null)) return;
  if (prototype.type === 'MemberExpression' && memberName(prototype) === 'prototype') {
    whoCanBe(flow, trace, file, prototype.object, (above) => {
      const isNative = above.natives.length > 0 && above.natives[0] !== 'Object';
      const isDeep = line.depth > MAX_ANCESTORS;
      if (!above.isWhole || isDeep || (isNative && isCalledByNatives(tag.path, above.natives)))
        flow.lose(trace, { file, node, why: 'it inherits from a prototype that is not seen' });
      if (!isDeep) for (const ancestor of above.found) giveInstance(flow, trace, ancestor, tag, next(line), true);
    });
    return;
  }
  if (prototype.type === 'NewExpression') {
    giveHeirOfInstance(flow, trace, { file, node: prototype.callee }, tag, line);
    return;
  }
  whoCanBe(flow, trace, file, prototype, (known) => {
    if (line.depth <= MAX_ANCESTORS) for (const found of known.found) giveObject(flow, trace, found, tag, line);
    // A variable or a parameter that is a prototype, or an instance, of something.
    if (known.leaf !== undefined && known.leaf.node !== prototype && known.found.length === 0)
      return giveHeir(flow, trace, known.leaf, tag, next(line));
    if (!known.isWhole || line.depth > MAX_ANCESTORS)
      flow.lose(trace, { file, node, why: 'it inherits from an object that is not seen' });
    return undefined;
  });
}

/** `B.prototype = new A()`. */
function giveHeirOfInstance(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, line: Line): void {
  whoCanBe(flow, trace, file, node, (above) => {
    if (line.depth <= MAX_ANCESTORS)
      for (const ancestor of above.found) giveInstance(flow, trace, ancestor, tag, next(line));
    // The traps of a proxy get the heir as the receiver (ECMA-262, 10.5.8).
    const isNative =
      above.natives.includes('Proxy') || (above.natives.length > 0 && isCalledByNatives(tag.path, above.natives));
    if (!above.isWhole || isNative || line.depth > MAX_ANCESTORS)
      flow.lose(trace, { file, node, why: 'it inherits from an instance of a class that is not seen' });
  });
}

/** The methods of an object that others inherit from: those in its literal, those put into it by name, and its own prototype's. */
function giveObject(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, line: Line): void {
  if (line.objects.has(node)) return;
  line.objects.add(node);
  holdsMembers(flow, trace, file, node, tag, line);
  // Whoever holds the prototype can give it a getter, which has the heir as `this`.
  flow.push(trace, { kind: 'value', file, node, tag: perhaps(tag) });
  for (const read of namesOf(file, node).flatMap(({ reads }) => reads)) {
    const { parent, child } = context(read);
    if (parent?.type !== 'MemberExpression' || parent.object !== child) continue;
    const assignment = context(parent);
    if (assignment.parent?.type === 'AssignmentExpression' && assignment.parent.left === assignment.child)
      attachAssigned(flow, trace, { file, node: assignment.parent.right }, parent, tag);
  }
  const [prototype, descriptors] = node.type === 'CallExpression' ? node.arguments : [];
  if (descriptors !== undefined)
    flow.lose(trace, { file, node: descriptors, why: 'a getter or a setter that is not seen gets it as this' });
  if (prototype !== undefined) giveHeir(flow, trace, { file, node: prototype }, tag, next(line));
}

/** What is put on a constructor function's prototype where its own file does it plainly. */
export function prototypeMembers(file: FlowFile, fn: Node): readonly (Site & { readonly name: string | null })[] {
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

/** What a constructor function's prototype is set to as a whole, where that is no literal. */
function prototypesOf(file: FlowFile, fn: Node): readonly Node[] {
  return namesOf(file, fn)
    .flatMap(({ reads }) => reads)
    .flatMap((read) => {
      const { parent, child } = context(read);
      if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) !== 'prototype')
        return [];
      const { parent: above, child: member } = context(parent);
      const isSet = above?.type === 'AssignmentExpression' && above.left === member;
      return isSet && bare(above.right).type !== 'ObjectExpression' ? [above.right] : [];
    });
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

/**
 * Everything that one object has is copied to another which leads to the function: `Object.assign(target, from)`, `{ ...from }`.
 *
 * @param unseen What stands for the names that are not seen: `COPIED` where members that are found override them.
 */
export function attachAll(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, unseen = ANY): void {
  const value = bare(node);
  if (isNothing(value)) return;
  whoCanBe(flow, trace, file, value, (known) => {
    if (!known.isWhole || known.natives.length > 0 || known.found.length === 0) trace.methods.unseen.add(unseen);
    for (const found of known.found) attachMembers(flow, trace, found, tag, unseen);
  });
}

/** The members of a literal that is copied: those that it is made with, and those that somebody gives it later (flow-steady.ts). */
function attachMembers(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag, unseen: string): void {
  const written = node.type === 'ObjectExpression' ? writtenTo(flow.world, { file, node }) : null;
  if (node.type !== 'ObjectExpression' || written === null || !written.isWhole) trace.methods.unseen.add(unseen);
  for (const property of node.type === 'ObjectExpression' ? node.properties : []) {
    const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
    // What it inherits is copied as well by a loop over its keys.
    if (property.type !== 'Property' || property.kind !== 'init' || name === '__proto__')
      trace.methods.unseen.add(unseen);
    else attach(flow, trace, { file, node: property.value }, name, tag);
  }
  for (const [name, values] of written?.values ?? [])
    for (const value of values)
      if (value === null || name === '__proto__') trace.methods.unseen.add(name === '__proto__' ? unseen : name);
      else attach(flow, trace, value, name, tag);
}

const isNothing = (value: Node): boolean =>
  (value.type === 'Literal' && value.value === null) || (value.type === 'Identifier' && value.name === 'undefined');
