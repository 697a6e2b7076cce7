/**
 * The members of an object that leads to the function which is searched: what is attached to it, and what is called on it and so has it as `this`.
 *
 * A method that is not seen counts as a loss only at the end (`giveUpMethods` in flow.ts), since the trace may come to it later.
 */
import { arrayMethod, settled } from './flow-call.ts';
import { isPatternTarget, keyOf, type Site } from './flow-file.ts';
import { isEnumerated } from './flow-keyed.ts';
import { givenByName } from './flow-by-name.ts';
import { whoCanBe } from './flow-parameter.ts';
import { usesThis } from './flow-receiver.ts';
import { resolve } from './flow-resolve.ts';
import { calledAsMethods } from './resolved.ts';
import { askFor } from './idle-reads.ts';
import { isGlobal } from './native-globals.ts';
import { attachAssigned, giveHeir, heldBy } from './flow-members.ts';
import { ANY, isConverted, isElement, isOfInstancesOnly, keysIn, PROMISED, through, type Tag } from './flow-tag.ts';
import { isPassedOver, type Flow, type MethodCall, type Trace } from './flow-trace.ts';
import * as natives from './natives.ts';
import { context, isClass, memberName, parentOf, type Node } from './syntax.ts';

/** A member of an object that holds the function: attached to it, or called as its method and so given the object as `this`. */
export function methodOf(flow: Flow, trace: Trace, { file, node }: Site, read: Node, tag: Tag): void {
  const { parent, child } = context(read);
  const name = memberName(read);
  if (parent?.type === 'AssignmentExpression' && parent.left === child) {
    const from = attachAssigned(flow, trace, { file, node: parent.right }, read, tag);
    // `A.prototype = x`, `a.__proto__ = x`: the members of x have the instance, or the object, as `this`.
    const held = name === '__proto__' ? [tag] : name === 'prototype' ? through({ name }, tag) : [];
    for (const heir of held) giveHeir(flow, trace, { file, node: parent.right }, heir);
    if (from !== null) {
      if ((tag.back & 1) !== 0) backToSource(flow, trace, { file, node: from }, from.object, tag);
      return;
    }
    heldBy(
      flow,
      trace,
      { file, node: parent.right },
      keyOf(
        file,
        read.type === 'MemberExpression' ? read.property : read,
        read.type === 'MemberExpression' && read.computed,
      ),
      tag,
    );
    return;
  }
  if (isPatternTarget(read)) trace.methods.unseen.add(name ?? ANY);
  const isCall = parent?.type === 'CallExpression' && parent.callee === child;
  // The tag of a template is a call as well (ECMA-262, 13.3.11).
  if (parent === null || (!isCall && !(parent.type === 'TaggedTemplateExpression' && parent.tag === child))) return;
  if (tag.path[0] === PROMISED) {
    settled(flow, trace, file, name, parent, tag);
    return;
  }
  if (name === 'bind') flow.push(trace, { kind: 'value', file, node: parent, tag });
  const isInert = name !== null && natives.INERT_METHODS.has(name) && !flow.world.overridesInherited(name);
  if (name === 'toString') joined(flow, trace, { file, node: parent }, tag);
  // The text of an array is made of those of its elements.
  const isText = name === 'toString' && isElement(tag) && isConverted(tag);
  if (!isText && (isInert || (name !== null && ['call', 'apply', 'bind', 'toString'].includes(name)))) return;
  if (isElement(tag) && name !== null && arrayMethod(flow, trace, file, { method: name, call: parent, shift: 0 }, tag))
    return;
  const known = resolve(flow.world, file, read);
  for (const fn of calledAsMethods(known.found)) flow.push(trace, { kind: 'this', ...fn, tag });
  if (name === 'valueOf') flow.push(trace, { kind: 'value', file, node: parent, tag });
  if (name !== null && ACCESSORS.test(name))
    flow.lose(trace, { file, node: parent, why: 'a getter or a setter gets it as this' });
  if (isPassedOver(flow.world, tag)) return;
  if (node.type === 'Identifier' && isGlobal(node.name) && file.scopes.bindingOf(node) === null) return;
  const origin = originOf(flow, known);
  const unseen = (): void => {
    if (name !== null) askFor(flow, trace, name);
    trace.methods.called.set(parent, {
      file,
      node: parent,
      name,
      origin,
      why: `its object is the this of ${name === null ? 'a method' : `.${name}()`}, which is not seen`,
    });
  };
  const key = read.type === 'MemberExpression' ? keyOf(file, read.property, read.computed).name : null;
  if (origin !== 'unseen' || !givenByName(flow, trace, key, tag, unseen)) unseen();
  else if (key !== null) heard(flow, trace, { file, node: parent }, key, tag);
}

/** The text of an array is what its `join` gives (ECMA-262, 23.1.3.36). */
function joined(flow: Flow, trace: Trace, call: Site, { path: [first] }: Tag): void {
  if (first !== undefined && keysIn(first).includes('join'))
    flow.lose(trace, { ...call, why: 'the language may ask it here for its join' });
}

/** `x.on('end', f)`, where that may be the method of Node's emitters: f gets x as `this`, and the call gives x. */
function heard(flow: Flow, trace: Trace, { file, node: call }: Site, name: string, tag: Tag): void {
  const isListened = natives.OF_EVENTS.get(name);
  if (isListened === undefined) return;
  flow.push(trace, { kind: 'value', file, node: call, tag });
  if (!isListened) return;
  const given = call.type === 'CallExpression' ? call.arguments : [];
  const listener = given.slice(0, 2).some(({ type }) => type === 'SpreadElement') ? undefined : given[1];
  const why = 'a listener that is not seen gets it as this';
  if (listener === undefined) return flow.lose(trace, { file, node: call, why });
  return whoCanBe(flow, trace, file, listener, (known) => {
    for (const fn of calledAsMethods(known.found)) if (usesThis(fn)) flow.push(trace, { kind: 'this', ...fn, tag });
    if (!known.isWhole) flow.lose(trace, { file, node: call, why });
  });
}

/**
 * What `to` has under a key, `from` has under the same. But where the key comes of `for (key in from)` it is never the `prototype` of a function
 * that has one from the beginning: that is not enumerable, and cannot be made so (ECMA-262, 10.2.5 MakeConstructor).
 */
function backToSource(flow: Flow, trace: Trace, read: Site, from: Node, tag: Tag): void {
  const store = (): void => flow.push(trace, { kind: 'store', file: read.file, node: from, tag });
  if (!isOfInstancesOnly(tag) || !isEnumerated(read.file, read.node)) return store();
  return whoCanBe(flow, trace, read.file, from, ({ found, natives: known, isWhole }) => {
    if (!isWhole || !found.every(({ node }) => hasPrototype(node)) || !known.every(natives.isClassOfNode)) store();
  });
}

/** Functions that can be called by `new` have it, and generators (ECMA-262, 10.2.5, 15.2.4, 15.5.3); arrows, methods and async ones do not. */
function hasPrototype(node: Node): boolean {
  if (isClass(node)) return true;
  return (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') && !node.async && !isMethod(node);
}

const isMethod = (fn: Node): boolean => {
  const member = parentOf(fn);
  return (
    member?.type === 'MethodDefinition' || (member?.type === 'Property' && (member.method || member.kind !== 'init'))
  );
};

/** What every object inherits of getters and setters (ECMA-262, B.2.2). */
const ACCESSORS = /^__(?:define|lookup)[GS]etter__$/;

/** A literal that lacks the name may be given it elsewhere; where it is not, the name is inherited from `Object.prototype`, if from anywhere. */
function originOf(
  { world }: Flow,
  { isWhole, natives: known, found }: ReturnType<typeof resolve>,
): MethodCall['origin'] {
  if (!isWhole || known.length > 0) return 'unseen';
  if (found.length > 0) return 'found';
  return world.addsMethods() ? 'unseen' : 'absent';
}
