/**
 * Members that an object is given otherwise than by an assignment: property descriptors (ECMA-262, 6.2.6), `Object.assign`, spreads. Their
 * functions get the object as `this`, whatever property it is that leads to the function which is searched.
 */
import { declaredFunction } from './declared-function.ts';
import { isPatternTarget, keyOf, valuesOf, type FlowFile, type Site } from './flow-file.ts';
import { argumentOf, parameterOf } from './flow-parameter.ts';
import { resolve } from './flow-resolve.ts';
import { attach, attachGetter, giveHeir, heldBy } from './flow-members.ts';
import { UNKNOWN_KEY, type Tag } from './flow-tag.ts';
import type { Flow, Trace } from './flow-trace.ts';
import { returnedBy } from './returned-values.ts';
import {
  bare,
  context,
  isFunction,
  keyName,
  memberName,
  parentOf,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

/** An object that leads to the function gets a property by this descriptor, under the key that an expression gives. */
export function describeOn(flow: Flow, trace: Trace, descriptor: Site, key: Node | undefined, tag: Tag): void {
  describe(
    flow,
    trace,
    descriptor,
    key === undefined ? null : keyOf(descriptor.file, key, true).name,
    tag,
    key ?? null,
  );
}

/** @param name `null` where it is not known. */
function describe(
  flow: Flow,
  trace: Trace,
  descriptor: Site,
  name: string | null,
  tag: Tag,
  keyNode: Node | null = null,
): void {
  const literals = literalsOf(flow, descriptor);
  if (literals === null) {
    const from = copiedFrom(flow, descriptor);
    // Whatever other object has it, this one has it then as if it inherited from that.
    if (from !== null) giveHeir(flow, trace, { file: descriptor.file, node: from }, tag);
    else flow.lose(trace, { ...descriptor, why: 'a getter or a setter that is not seen gets it as this' });
    return;
  }
  for (const { file, node } of literals)
    for (const property of node.type === 'ObjectExpression' ? node.properties : []) {
      const key = property.type === 'Property' ? keyName(property.key, property.computed) : null;
      if (property.type !== 'Property' || key === null)
        flow.lose(trace, { file, node: property, why: 'a descriptor that is not seen gets it as this' });
      else if (key === 'value') {
        attach(flow, trace, { file, node: property.value }, name, tag);
        heldBy(flow, trace, { file, node: property.value }, name === null ? UNKNOWN_KEY : { name }, tag);
      } else if (key === 'get' || key === 'set')
        accessor(flow, trace, { file, node: property.value }, { name, key: keyNode }, tag);
    }
}

interface Property {
  readonly name: string | null;
  /** The expression that gives the name. */
  readonly key: Node | null;
}

function accessor(flow: Flow, trace: Trace, site: Site, property: Property, tag: Tag): void {
  if (takesNoThis(site)) return;
  const bound = boundToNothing(site);
  if (bound !== null) {
    // What it gives is called on the object all the same (`o.x()`).
    for (const value of returnedBy(site.file, bound))
      attach(flow, trace, { file: site.file, node: value }, property.name, tag);
    return;
  }
  const passed = flow.world.members === undefined ? null : parameterOf(site.file, site.node);
  if (passed !== null) accessorOfCallers(flow, trace, site, { ...passed, property }, tag);
  else {
    attachGetter(flow, trace, site, property.name, tag);
    const known = resolve(flow.world, site.file, site.node);
    if (!known.isWhole || known.natives.length > 0)
      flow.lose(trace, { ...site, why: 'a getter or a setter that is not seen gets it as this' });
  }
}

/** `define(o, 'x', f)`, where `define` passes its parameters on to `Object.defineProperty`: each caller's own function under its own name. */
function accessorOfCallers(
  flow: Flow,
  trace: Trace,
  { file }: Site,
  { fn, at, property }: { readonly fn: FunctionNode; readonly at: number; readonly property: Property },
  tag: Tag,
): void {
  const named = property.key === null ? null : parameterOf(file, property.key);
  const seen = new Set<Node>();
  flow.callersOf(
    trace,
    { file, node: fn },
    {
      onCall: (call) => {
        if (seen.has(call.node)) return;
        seen.add(call.node);
        const given = argumentOf(call, at);
        const key = named === null || named.fn !== fn ? null : argumentOf(call, named.at);
        const name = key === null || key === 'none' ? property.name : textOf(key);
        if (given === null || given === 'none')
          flow.lose(trace, {
            file: call.file,
            node: call.node,
            why: 'a getter or a setter that is not seen gets it as this',
          });
        else accessor(flow, trace, { file: call.file, node: given }, { name, key: key === 'none' ? null : key }, tag);
      },
      onLoss: (loss) => flow.lose(trace, loss),
    },
  );
}

/** Descriptors by name: the second argument of `Object.defineProperties` and `Object.create`. */
export function describeAllOn(flow: Flow, trace: Trace, descriptors: Site, tag: Tag): void {
  const literals = literalsOf(flow, descriptors);
  if (literals === null) {
    flow.lose(trace, { ...descriptors, why: 'a getter or a setter that is not seen gets it as this' });
    return;
  }
  for (const { file, node } of literals)
    for (const property of node.type === 'ObjectExpression' ? node.properties : [])
      if (property.type === 'Property')
        describe(flow, trace, { file, node: property.value }, keyName(property.key, property.computed), tag);
      else flow.lose(trace, { file, node: property, why: 'a descriptor that is not seen gets it as this' });
}

/** The literals that an expression is, when it is nothing else and no property of it is set later. */
function literalsOf(flow: Flow, { file, node }: Site): readonly Site[] | null {
  const value = bare(node);
  if (value.type === 'ObjectExpression') return [{ file, node: value }];
  if (value.type === 'Identifier' && value.name === 'undefined') return [];
  if (value.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(value);
  const known = resolve(flow.world, file, value);
  if (binding === null || !known.isWhole || known.natives.length > 0 || known.found.length === 0) return null;
  if (known.found.some((found) => found.node.type !== 'ObjectExpression')) return null;
  return binding.reads.some((read) => isSetLater(read, ['get', 'set', 'value'])) ? null : known.found;
}

/** The object that a descriptor is of, where that is what `Object.getOwnPropertyDescriptor` gave, and no part of it is set later. */
export function copiedFrom(flow: Flow, { file, node }: Site): Node | null {
  const value = bare(node);
  const binding = value.type === 'Identifier' ? file.scopes.bindingOf(value) : null;
  const [only, ...others] = binding === null || binding.kind === 'parameter' ? [] : (valuesOf(binding) ?? []);
  const call = bare(binding === null ? value : (only ?? value));
  if (call.type !== 'CallExpression' || others.length > 0 || file.scopes.isOpaque) return null;
  const [from, key] = call.arguments;
  const { natives, found, isWhole } = resolve(flow.world, file, call.callee);
  const isRead = isWhole && found.length === 0 && natives.length === 1 && DESCRIBING.test(natives[0] ?? '');
  if (!isRead || from === undefined || key === undefined || from.type === 'SpreadElement') return null;
  return binding?.reads.some((read) => isSetLater(read, ['get', 'set', 'value'])) === true ? null : from;
}

const DESCRIBING = /^(?:Object|Reflect)\.getOwnPropertyDescriptor$/;

/** Whether one of those parts of a descriptor may be another where it is used: they are named there, or it goes where that is not seen. */
export function isSetLater(read: Node, parts: readonly string[]): boolean {
  const { parent, child } = context(read);
  if (parent?.type === 'CallExpression') return !isDescriptorOf(parent, child);
  if (parent?.type !== 'MemberExpression') return true;
  const name = memberName(parent);
  return name === null || parts.includes(name);
}

/** It is what `Object.defineProperty` and its like describe properties by, and not the object that gets them. */
function isDescriptorOf(call: Node & { type: 'CallExpression' }, argument: Node): boolean {
  const callee = bare(call.callee);
  const isNative =
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    /^(?:Object|Reflect)$/.test(callee.object.name) &&
    /^(?:definePropert(?:y|ies)|create)$/.test(memberName(callee) ?? '');
  return isNative && call.arguments.findIndex((each) => each === argument) > 0;
}

/** `load.bind(null, 'Types')`, of a function of the file: its `this` is what it is bound to (ECMA-262, 10.4.1.1). */
function boundToNothing({ file, node }: Site): FunctionNode | null {
  const call = bare(node);
  const callee = call.type === 'CallExpression' ? bare(call.callee) : null;
  if (call.type !== 'CallExpression' || callee?.type !== 'MemberExpression' || memberName(callee) !== 'bind')
    return null;
  const self = call.arguments[0];
  if (self?.type !== 'Literal' || self.value !== null || self.raw !== 'null' || file.scopes.isOpaque) return null;
  const fn = declaredFunction(callee.object, file.scopes);
  const binding = callee.object.type === 'Identifier' ? file.scopes.bindingOf(callee.object) : null;
  // `load.bind = f` would make it a method of the program's own.
  const isOwn = binding?.reads.some((read) => {
    const { parent } = context(read);
    const above = parent === null ? null : context(parent).parent;
    return parent?.type === 'MemberExpression' && above?.type === 'AssignmentExpression';
  });
  return fn !== null && isOwn === false && !fn.async && !fn.generator ? fn : null;
}

/**
 * An arrow function has the `this` of where it stands. So has each of `all` in `(target, all) => { for (name in all) define(target, name, { get:
 * all[name] }) }`, as bundlers write it, when every call of that function is seen and gives it a literal of arrow functions.
 */
function takesNoThis({ file, node }: Site): boolean {
  const value = bare(node);
  if (value.type === 'ArrowFunctionExpression') return true;
  if (value.type !== 'MemberExpression' || value.object.type !== 'Identifier') return false;
  const binding = file.scopes.bindingOf(value.object);
  const owner = binding?.scope;
  if (binding?.kind !== 'parameter' || owner === undefined || !isFunction(owner) || binding.writes.length > 0)
    return false;
  // It is only read, so it is what the calls give.
  if (!binding.reads.every(isLookedInto)) return false;
  const at = owner.params.findIndex((parameter) => parameter === binding.declarations[0]);
  const calls = at < 0 ? null : callsOf(file, owner);
  return calls?.every(({ arguments: given }) => isLiteralOfArrows(given, at)) === true;
}

/** `name in all`, `all[name]`. */
function isLookedInto(read: Node): boolean {
  const { parent, child } = context(read);
  if (parent?.type === 'ForInStatement') return parent.right === child;
  if (parent?.type !== 'MemberExpression' || parent.object !== child || isPatternTarget(parent)) return false;
  const { parent: above, child: member } = context(parent);
  if (above?.type === 'AssignmentExpression') return above.left !== member;
  return above?.type !== 'UnaryExpression' && (above?.type !== 'CallExpression' || above.callee !== member);
}

const isLiteralOfArrows = (given: readonly Node[], at: number): boolean => {
  const literal = given[at];
  return (
    literal?.type === 'ObjectExpression' &&
    !given.slice(0, at).some(({ type }) => type === 'SpreadElement') &&
    literal.properties.every(
      (property) => property.type === 'Property' && property.value.type === 'ArrowFunctionExpression',
    )
  );
};

/** Every call of a function that has one name, which is used for nothing else. */
function callsOf(file: FlowFile, owner: Node): readonly (Node & { type: 'CallExpression' })[] | null {
  const { parent } = context(owner);
  const name =
    parent?.type === 'VariableDeclarator' ? parent.id : owner.type === 'FunctionDeclaration' ? owner.id : null;
  const binding = name === null ? null : file.scopes.bindingOf(name);
  if (binding === null || binding.writes.length > 0 || binding.declarations.length !== 1 || file.scopes.isOpaque)
    return null;
  if (parentOf(parentOf(parent ?? owner) ?? owner)?.type.startsWith('Export') === true) return null;
  const calls: (Node & { type: 'CallExpression' })[] = [];
  for (const read of binding.reads) {
    const use = context(read);
    if (use.parent?.type !== 'CallExpression' || use.parent.callee !== use.child) return null;
    calls.push(use.parent);
  }
  return calls;
}
