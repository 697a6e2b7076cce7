/**
 * `Base.prototype.close.call(this)`, `this.onData.bind(this)`: an object is handed to a function as its `this`, and the function is a member of an
 * object that is not known there.
 *
 * By the name it is whoever has a function under it (flow-by-name.ts). Programs also put functions under names that are computed, and then a name says
 * nothing. What an object has can be told all the same where the object leads to the function which is searched: the trace comes to every
 * place where it is given a member (`attach` in flow-members.ts), and those members have it as `this`. The object whose member is taken need not be
 * the one that is handed over, so it is taken to have what that has: more is looked at then, and nothing less.
 */
import { keyOf, ownerOfThis, valuesOf, type FlowFile, type Site } from './flow-file.ts';
import { BY_THEMSELVES, givenByName } from './flow-by-name.ts';
import { prototypeMembers } from './flow-members.ts';
import { resolve } from './flow-resolve.ts';
import { ACCESS, isQuiet, perhaps, PRIVATE, PROMISED, type Tag } from './flow-tag.ts';
import type { Flow, FlowWorld, Trace } from './flow-trace.ts';
import { askFor } from './idle-reads.ts';
import { isNativeMethod } from './native-methods.ts';
import * as natives from './natives.ts';
import { bare, context, isClass, keyName, memberName, parentOf, type Node } from './syntax.ts';

/** A private name is another one than that which it looks like. */
export const nameCalled = (file: FlowFile, callee: Node): string | null =>
  callee.type === 'MemberExpression' ? keyOf(file, callee.property, callee.computed).name : null;

/**
 * The object at the site becomes the `this` of a function that is not known.
 *
 * @param target The function: `x.run` of `x.run.call(y)`.
 */
export function thisByName(flow: Flow, trace: Trace, site: Site, call: Node, target: Node, tag: Tag): void {
  const name = nameCalled(site.file, bare(target));
  const why = 'a function that is not seen gets it as this';
  const otherwise = (): void => {
    const owner = name === null ? null : ownerOf(flow, site.file, bare(target), name);
    const [first] = tag.path;
    if (
      name === null ||
      owner === null ||
      isQuiet(tag) ||
      first === undefined ||
      first === PROMISED ||
      first === ACCESS
    )
      return flow.lose(trace, { ...site, why });
    if (!isSame(site, owner)) flow.push(trace, { kind: 'store', file: site.file, node: owner, tag: perhaps(tag) });
    askFor(flow, trace, name);
    trace.methods.called.set(call, { file: site.file, node: call, name, origin: 'unseen', why });
    return undefined;
  };
  // A listener would get it as `this` in its turn.
  if (name === null || natives.OF_EVENTS.has(name) || !givenByName(flow, trace, name, tag, otherwise)) otherwise();
}

/**
 * The object whose member is taken, where all functions that are surely put under the name somewhere got the object as their `this` already, and Node has
 * none of that name: or the object is a prototype, or the `this` of a method, of classes that have one of their own, and so none of Node's. An object of
 * Node's own that such a method is called on is lost where it is given what leads to the function.
 */
function ownerOf({ world }: Flow, file: FlowFile, member: Node, name: string): Node | null {
  if (world.members === undefined || world.addsMethods() || file.scopes.isOpaque) return null;
  if (member.type !== 'MemberExpression' || name.startsWith(PRIVATE) || BY_THEMSELVES.has(name)) return null;
  const owner = bare(member.object);
  if (!['Identifier', 'MemberExpression', 'ThisExpression'].includes(owner.type)) return null;
  if (!isNativeMethod(name)) return owner;
  if (natives.OF_EVENTS.has(name) || natives.ARRAY_CALLBACKS.has(name)) return null;
  return classesOf(world, file, owner)?.every((each) => hasOwnMethod(each, name)) === true ? owner : null;
}

/** The classes and constructors of the program whose prototype an expression is, or whose instance; `null` where they are not known. */
function classesOf(world: FlowWorld, file: FlowFile, owner: Node): readonly Site[] | null {
  if (owner.type === 'MemberExpression' && memberName(owner) === 'prototype') {
    const { found, natives: known, isWhole } = resolve(world, file, owner.object);
    return isWhole && known.length === 0 && found.length > 0 ? found : null;
  }
  const binding = owner.type === 'Identifier' ? file.scopes.bindingOf(owner) : null;
  const [value, ...others] = binding === null || binding.kind === 'parameter' ? [] : (valuesOf(binding) ?? []);
  const self = value === undefined || others.length > 0 ? owner : bare(value);
  if (self.type !== 'ThisExpression') return null;
  const { parent, child } = context(ownerOfThis(self));
  if (parent?.type === 'MethodDefinition') {
    const above = parentOf(parentOf(parent) ?? parent);
    return above !== undefined && isClass(above) && !parent.static ? [{ file, node: above }] : null;
  }
  const left = parent?.type === 'AssignmentExpression' && parent.right === child ? bare(parent.left) : null;
  const prototype = left?.type === 'MemberExpression' ? bare(left.object) : null;
  return prototype?.type === 'MemberExpression' ? classesOf(world, file, prototype) : null;
}

const hasOwnMethod = ({ file, node }: Site, name: string): boolean =>
  isClass(node)
    ? node.body.body.some(
        (member) =>
          member.type === 'MethodDefinition' && !member.static && keyName(member.key, member.computed) === name,
      )
    : prototypeMembers(file, node).some((member) => member.name === name);

/** `this.run.bind(this)`, `self.run.call(self)`, of a variable that never changes. */
function isSame({ file, node }: Site, owner: Node): boolean {
  const handed = bare(node);
  if (handed.type === 'ThisExpression') return owner.type === 'ThisExpression';
  const binding = handed.type === 'Identifier' ? file.scopes.bindingOf(handed) : null;
  return (
    binding !== null &&
    owner.type === 'Identifier' &&
    file.scopes.bindingOf(owner) === binding &&
    binding.writes.length === 0 &&
    binding.declarations.length === 1
  );
}
