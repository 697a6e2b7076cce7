/**
 * Whether the members of an object are those that it was made with: every place that holds the object is looked at, and what is written to it there
 * is added to what flow-resolve.ts found where it is made.
 *
 * Where the object gets out of sight (an argument of a function that is not seen, an element of another object that is handed on) anybody may replace
 * a member, and the answer is incomplete.
 */
import { exportsOf, nameOf, WHOLE_EXPORT } from './exported-values.ts';
import { isPatternTarget, keyOf, thisesOf, type FlowFile, type Site } from './flow-file.ts';
import {
  factoryCall,
  freeName,
  functionsMeant,
  HARMLESS_CONTEXTS,
  hasOtherUse,
  isGetter,
  isNoneOfFunctions,
  isTopOfModule,
  isWholeExport,
  LOOKING_NATIVES,
  valuesIn,
} from './held-places.ts';
import type { FlowWorld, ImportSite } from './flow-trace.ts';
import { dottedPath, INTEROP } from './global-path.ts';
import { methodsMeant } from './methods-meant.ts';
import { isCalledByNatives } from './natives.ts';
import { returnedBy } from './returned-values.ts';
import type { Binding } from './scopes.ts';
import {
  bare,
  context,
  functionAround,
  isClass,
  isFunction,
  keyName,
  memberName,
  parentOf,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

export interface Written {
  /** What is assigned to which member, besides where the object is made; `null` where that is not seen. */
  readonly values: ReadonlyMap<string, readonly (Site | null)[]>;
  /** False where any member may be replaced by what is not seen. */
  readonly isWhole: boolean;
}

/** An expression that is the object, or (`member`) has it as that property. */
interface Holder extends Site {
  readonly member: string | null;
}

interface Walk {
  readonly world: FlowWorld;
  readonly open: Holder[];
  readonly seen: Map<Node, Set<string | null>>;
  readonly values: Map<string, (Site | null)[]>;
  /** Members that may be functions which are not seen. They matter once one is called on the object, which then is its `this`. */
  readonly unseen: Set<string>;
  /** Members that are called on it; `null`: one whose name is not known. */
  readonly called: Set<string | null>;
  isWhole: boolean;
}

/** More places hold it than this, and it is given up. */
const MOST_HOLDERS = 1_000;

const known = new WeakMap<FlowWorld, Map<object, Written>>();

/** What is written to an object literal, or to the static side of a class. */
export const writtenTo = (world: FlowWorld, site: Site): Written =>
  remembered(world, site.node, (walk) => {
    hold(walk, { ...site, member: null });
    for (const value of valuesIn(site.node)) {
      ofMember(walk, nameOfMember(value), { file: site.file, node: value });
      // What a getter gives is called on the object as well.
      if (isGetter(value))
        for (const given of returnedBy(site.file, value)) ofMethod(walk, { file: site.file, node: given });
    }
  });

/** What other files write to the exports of a CommonJS file; what it writes itself is exported-values.ts. */
export const writtenToExports = (world: FlowWorld, file: FlowFile): Written =>
  remembered(world, file, (walk) => {
    exportedWhole(walk, file, null);
    for (const [name, values] of exportsOf(file).values)
      for (const node of values) ofMember(walk, name === WHOLE_EXPORT ? null : name, { file, node });
  });

function remembered(world: FlowWorld, key: object, begin: (walk: Walk) => void): Written {
  let ofWorld = known.get(world);
  if (ofWorld === undefined) known.set(world, (ofWorld = new Map()));
  let answer = ofWorld.get(key);
  if (answer === undefined) {
    const walk: Walk = {
      world,
      open: [],
      seen: new Map(),
      values: new Map(),
      unseen: new Set(),
      called: new Set(),
      isWhole: true,
    };
    begin(walk);
    for (let next = walk.open.pop(); next !== undefined && walk.isWhole; next = walk.open.pop()) {
      if (walk.seen.size > MOST_HOLDERS) walk.isWhole = false;
      step(walk, next);
    }
    answer = { values: walk.values, isWhole: walk.isWhole };
    ofWorld.set(key, answer);
  }
  return answer;
}

/** The name of a member of a literal or a class; `null` where it is computed, or where the code is called at once. */
function nameOfMember(value: Node): string | null {
  const member = parentOf(value);
  const isNamed =
    member?.type === 'Property' || member?.type === 'MethodDefinition' || member?.type === 'PropertyDefinition';
  return isNamed && !isGetter(value) ? keyName(member.key, member.computed) : null;
}

/**
 * A member that may be a function which is not seen gives the object other members only if it is called on it: by code that holds the object, all of
 * which is looked at, or by the language and Node, which have names of their own for that.
 */
function ofMember(walk: Walk, name: string | null, { file, node }: Site): void {
  const isSeen = name === null || isCalledByNatives([name]) || methodsMeant(walk.world, file, node) !== null;
  if (isSeen) return ofMethod(walk, { file, node });
  walk.unseen.add(name);
  if (walk.called.has(null) || walk.called.has(name)) lose(walk);
}

function callOn(walk: Walk, name: string | null): void {
  walk.called.add(name);
  if (name === null ? walk.unseen.size > 0 : walk.unseen.has(name)) lose(walk);
}

/** A method has the object as `this`; where it is not seen it may give it any member. */
function ofMethod(walk: Walk, { file, node }: Site, member: string | null = null): void {
  const methods = node.type === 'StaticBlock' ? [{ file, node }] : methodsMeant(walk.world, file, node);
  if (methods === null) return lose(walk);
  for (const method of methods)
    if (method.node.type !== 'ArrowFunctionExpression')
      for (const use of thisesOf(method.file, method.node))
        if (use.type === 'ThisExpression') hold(walk, { file: method.file, node: use, member });
}

function hold(walk: Walk, holder: Holder): void {
  let members = walk.seen.get(holder.node);
  if (members === undefined) walk.seen.set(holder.node, (members = new Set()));
  if (members.has(holder.member)) return;
  members.add(holder.member);
  walk.open.push(holder);
}

const lose = (walk: Walk): void => {
  walk.isWhole = false;
};

// oxlint-disable-next-line max-lines-per-function -- one line for each kind of surroundings, as a table
function step(walk: Walk, holder: Holder): void {
  const { file, node, member } = holder;
  const { parent, child } = context(node);
  const on = (next: Node): void => hold(walk, { file, node: next, member });
  if ((isClass(node) || node.type === 'FunctionDeclaration') && node.id !== null) ofName(walk, holder, node.id);
  switch (parent?.type) {
    case undefined:
      return;
    case 'ConditionalExpression':
      return parent.test === child ? undefined : on(parent);
    case 'LogicalExpression':
    case 'AwaitExpression':
      return on(parent);
    case 'SequenceExpression':
      return parent.expressions.at(-1) === child ? on(parent) : undefined;
    case 'VariableDeclarator':
      return parent.init === child ? into(walk, holder, parent.id) : undefined;
    case 'AssignmentPattern':
      return parent.right === child ? into(walk, holder, parent.left) : undefined;
    case 'AssignmentExpression':
      if (parent.right !== child) return;
      on(parent);
      return into(walk, holder, bare(parent.left));
    case 'MemberExpression':
      return parent.object === child ? read(walk, holder, parent) : undefined;
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === child ? undefined : passed(walk, holder, parent);
    case 'SpreadElement':
      return member === null && parentOf(parent)?.type === 'ObjectExpression' ? undefined : lose(walk);
    case 'Property': {
      const literal = parentOf(parent);
      const name = keyName(parent.key, parent.computed);
      if (member !== null || parent.value !== child || name === null || literal?.type !== 'ObjectExpression')
        return lose(walk);
      return hold(walk, { file, node: literal, member: name });
    }
    case 'ReturnStatement':
      return returned(walk, holder, functionAround(parent));
    case 'ArrowFunctionExpression':
      return parent.body === child ? returned(walk, holder, parent) : undefined;
    case 'ExportDefaultDeclaration':
      return exportedAs(walk, file, 'default', member);
    case 'ExportSpecifier': {
      const name = nameOf(parent.exported);
      return name === null ? lose(walk) : exportedAs(walk, file, name, member);
    }
    default:
      if (parent !== null && !HARMLESS_CONTEXTS.has(parent.type)) lose(walk);
  }
}

/** The target of an assignment, or a pattern. */
function into(walk: Walk, holder: Holder, target: Node): void {
  const { file, member } = holder;
  if (target.type === 'Identifier') {
    if (file.scopes.bindingOf(target) === null && target.name === 'exports') return exportedWhole(walk, file, member);
    return ofName(walk, holder, target);
  }
  if (target.type === 'ObjectPattern') {
    for (const property of target.properties) {
      const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
      if (member === null) continue;
      if (property.type !== 'Property' || name === null) lose(walk);
      else if (name === member) into(walk, { ...holder, member: null }, property.value);
    }
    return undefined;
  }
  if (target.type !== 'MemberExpression') return lose(walk);
  const root = freeName(file, target.object);
  const name = memberName(target);
  if (isWholeExport(file, target)) return exportedWhole(walk, file, member);
  const isExports = root === 'exports' || isWholeExport(file, target.object);
  return isExports && name !== null && member === null ? exportedWhole(walk, file, name) : lose(walk);
}

function ofName(walk: Walk, { file, member }: Holder, identifier: Node): void {
  const binding = file.scopes.bindingOf(identifier);
  if (binding === null || file.scopes.isOpaque) return lose(walk);
  return ofBinding(walk, file, binding, member);
}

function ofBinding(walk: Walk, file: FlowFile, binding: Binding, member: string | null): void {
  for (const read of binding.reads) hold(walk, { file, node: read, member });
  if (!file.isEsm) return;
  for (const declaration of binding.declarations)
    for (let above = parentOf(declaration); above !== undefined; above = parentOf(above)) {
      if (above.type === 'ExportNamedDeclaration') exportedAs(walk, file, binding.name, member);
      if (above.type.endsWith('Statement')) break;
    }
}

/** `o.x`, `o.x = f`, `o.x()`, `delete o.x`. */
function read(walk: Walk, { file, member }: Holder, node: Node): void {
  if (node.type !== 'MemberExpression') return;
  const name = memberName(node);
  const { parent, child } = context(node);
  // A wrapper of a module gives it as `default`, or is it.
  if (name === 'default' || (member !== null && (name === member || name === null)))
    hold(walk, { file, node, member: name === member || name === null ? null : member });
  if (member !== null) return;
  if (parent?.type === 'CallExpression' && parent.callee === child) callOn(walk, name);
  if (parent?.type === 'TaggedTemplateExpression') callOn(walk, name);
  if (parent?.type === 'AssignmentExpression' && parent.left === child) {
    if (name !== null) record(walk, name, { file, node: parent.right });
    else if (!isIndex(file, node)) lose(walk);
    return;
  }
  if (isPatternTarget(node) || (name !== null && /^__(?:define[GS]etter__|proto__)$/.test(name))) lose(walk);
}

function isIndex(file: FlowFile, { property, computed }: Node & { type: 'MemberExpression' }): boolean {
  const key = keyOf(file, property, computed);
  return key.name === null && key.numeric;
}

function record(walk: Walk, name: string, value: Site | null): void {
  const list = walk.values.get(name);
  if (list === undefined) walk.values.set(name, [value]);
  else list.push(value);
  if (value !== null) ofMember(walk, name, value);
}

function passed(walk: Walk, holder: Holder, call: Node & { type: 'CallExpression' | 'NewExpression' }): void {
  const { file, node, member } = holder;
  const at = call.arguments.findIndex((each) => bare(each) === node);
  const callee = bare(call.callee);
  const name = memberName(callee);
  const native = dottedPath(callee, file.scopes) ?? '';
  const called = callee.type === 'Identifier' ? callee.name : (name ?? '');
  if (at < 0 || call.arguments.slice(0, at).some(({ type }) => type === 'SpreadElement')) return lose(walk);
  if (INTEROP.test(called)) return hold(walk, { file, node: call, member });
  if (LOOKING_NATIVES.test(native) && !walk.world.replacesNative(native)) {
    // They hand the object on: as `this`, as an argument, as an element of what they give back.
    if (/^Reflect\.(?:apply|construct)$/.test(native) && at > 0) return lose(walk);
    if (member !== null && /\.(?:values|entries|get|getOwnPropertyDescriptors?)$/.test(native)) return lose(walk);
    if (/freeze|seal|prevent|setProto/.test(native)) hold(walk, { file, node: call, member });
    return native === 'JSON.stringify' && call.arguments.length > 1 ? lose(walk) : undefined;
  }
  if (native === 'Object.assign' || native.endsWith('.defineProperty') || native === 'Object.defineProperties')
    return defined(walk, holder, call, native, at);
  return passedTo(walk, holder, call, at);
}

/** `Object.assign(o, { x: f })`, `Object.defineProperty(o, 'x', …)`. */
function defined(walk: Walk, { file, member }: Holder, call: Node, native: string, at: number): void {
  if (call.type !== 'CallExpression') return lose(walk);
  if (at > 0) return native === 'Object.assign' && member === null ? undefined : lose(walk);
  hold(walk, { file, node: call, member });
  if (member !== null) return undefined;
  if (native.endsWith('.defineProperty')) {
    const name = textOf(call.arguments[1]);
    if (name === null) return lose(walk);
    return name === '__esModule' ? undefined : record(walk, name, null);
  }
  for (const source of call.arguments.slice(1)) {
    const literal = bare(source);
    if (literal.type !== 'ObjectExpression') return lose(walk);
    for (const property of literal.properties) {
      const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
      if (property.type !== 'Property' || name === null) return lose(walk);
      const isPlain = native === 'Object.assign' && property.kind === 'init';
      record(walk, name, isPlain ? { file, node: property.value } : null);
    }
  }
  return undefined;
}

/** Into a parameter of a function of the same file, where that is surely what is called. */
function passedTo(
  walk: Walk,
  holder: Holder,
  call: Node & { type: 'CallExpression' | 'NewExpression' },
  at: number,
): void {
  const { file } = holder;
  const callee = bare(call.callee);
  const indirect = callee.type === 'MemberExpression' && memberName(callee) === 'call' ? bare(callee.object) : null;
  const functions = functionsMeant(file, indirect ?? callee);
  if (functions === null || file.scopes.isOpaque) return lose(walk);
  for (const fn of functions) {
    // `f.call(o)`: o is the `this` of f, which an arrow function has not.
    if (indirect !== null && at === 0) ofMethod(walk, { file, node: fn }, holder.member);
    else intoParameter(walk, holder, fn, indirect === null ? at : at - 1);
  }
}

function intoParameter(walk: Walk, holder: Holder, fn: FunctionNode, at: number): void {
  const parameter = fn.params[at];
  const usesArguments = (holder.file.scopes.globals.get('arguments') ?? []).some(
    (use) => fn.start <= use.start && use.end <= fn.end,
  );
  if (usesArguments) return lose(walk);
  if (parameter === undefined) return fn.params.at(-1)?.type === 'RestElement' ? lose(walk) : undefined;
  const inner = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  return inner.type === 'Identifier' || inner.type === 'ObjectPattern' ? into(walk, holder, inner) : lose(walk);
}

/** What a function gives back goes to its calls, where all of them are seen. */
function returned(walk: Walk, holder: Holder, fn: Node | null): void {
  if (fn === null) return undefined;
  const { file, member } = holder;
  if (isFunction(fn) && (fn.async || fn.generator)) return lose(walk);
  const { parent, child } = context(fn);
  if (parent?.type === 'CallExpression' && parent.callee === child) return hold(walk, { file, node: parent, member });
  const factory = factoryCall(fn);
  if (factory !== null) return ofParameterCall(walk, holder, factory.fn, factory.at);
  const name =
    fn.type === 'FunctionDeclaration'
      ? fn.id
      : parent?.type === 'VariableDeclarator' && parent.init === child
        ? parent.id
        : null;
  const binding = name?.type === 'Identifier' ? file.scopes.bindingOf(name) : null;
  if (binding === null || binding.writes.length > 0 || binding.declarations.length > 1) return lose(walk);
  for (const read of binding.reads) toCalls(walk, { file, node: read }, member);
  return file.isEsm && parentOf(parentOf(parent ?? fn) ?? fn)?.type.startsWith('Export') === true
    ? lose(walk)
    : undefined;
}

/** What a function gives back goes to the calls of a place that has the function; where it is the whole export, to those of whoever imports it. */
function toCalls(walk: Walk, { file, node }: Site, member: string | null): void {
  const { parent, child } = context(node);
  if (parent?.type === 'CallExpression' && parent.callee === child) return hold(walk, { file, node: parent, member });
  if (parent?.type === 'VariableDeclarator' && parent.init === child && parent.id.type === 'Identifier') {
    const binding = file.scopes.bindingOf(parent.id);
    if (binding === null || binding.writes.length > 0 || binding.kind === 'parameter' || isTopOfModule(file, parent))
      return lose(walk);
    for (const read of binding.reads) toCalls(walk, { file, node: read }, member);
    return undefined;
  }
  // A member of it is another thing, unless functions have it by themselves.
  if (parent?.type === 'MemberExpression' && parent.object === child && isNoneOfFunctions(parent)) return undefined;
  if (parent?.type !== 'AssignmentExpression' || parent.right !== child || !isWholeExport(file, parent.left))
    return lose(walk);
  if (context(parent).parent?.type !== 'ExpressionStatement' || hasOtherUse(file)) return lose(walk);
  for (const importer of walk.world.importersOf(file)) {
    if (importer.opaque !== null || importer.node.type !== 'CallExpression') return lose(walk);
    toCalls(walk, importer, member);
  }
  return undefined;
}

function ofParameterCall(walk: Walk, { file, member }: Holder, fn: Node, at: number): void {
  const parameter = isFunction(fn) ? fn.params[at] : undefined;
  const binding = parameter?.type === 'Identifier' ? file.scopes.bindingOf(parameter) : null;
  if (binding === null || binding.writes.length > 0) return lose(walk);
  for (const read of binding.reads) {
    const use = context(read);
    if (use.parent?.type === 'CallExpression' && use.parent.callee === use.child)
      hold(walk, { file, node: use.parent, member });
    else if (use.parent?.type !== 'UnaryExpression' && use.parent?.type !== 'CallExpression') return lose(walk);
  }
  return undefined;
}

/** `module.exports = o`, or `exports.x = o`: whoever loads the file has it. */
function exportedWhole(walk: Walk, file: FlowFile, member: string | null): void {
  for (const reference of file.scopes.globals.get('exports') ?? []) hold(walk, { file, node: reference, member });
  for (const reference of file.scopes.globals.get('module') ?? []) {
    const { parent, child } = context(reference);
    if (parent?.type === 'MemberExpression' && parent.object === child && memberName(parent) === 'exports')
      hold(walk, { file, node: parent, member });
  }
  for (const site of walk.world.importersOf(file)) imported(walk, site, member);
}

function imported(walk: Walk, { file, node, opaque }: ImportSite, member: string | null): void {
  if (opaque !== null) return lose(walk);
  switch (node.type) {
    case 'CallExpression':
    case 'ImportExpression':
      return hold(walk, { file, node, member });
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) {
        const binding = file.scopes.bindingOf(specifier.local);
        const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
        if (binding === null) continue;
        if (specifier.type === 'ImportNamespaceSpecifier') ofBinding(walk, file, binding, member ?? 'default');
        else if (name === 'default') ofBinding(walk, file, binding, member);
        else if (name === member) ofBinding(walk, file, binding, null);
      }
      return undefined;
    case 'NewExpression':
      return undefined;
    default:
      return lose(walk);
  }
}

/** `export { o as x }`: whoever imports the name has it. */
function exportedAs(walk: Walk, file: FlowFile, name: string, member: string | null): void {
  for (const { file: from, node, opaque } of walk.world.importersOf(file)) {
    if (opaque !== null || node.type !== 'ImportDeclaration') {
      if (node.type !== 'NewExpression' || opaque !== null) lose(walk);
      continue;
    }
    for (const specifier of node.specifiers) {
      const binding = from.scopes.bindingOf(specifier.local);
      if (binding === null) continue;
      if (specifier.type === 'ImportNamespaceSpecifier') {
        if (member === null) ofBinding(walk, from, binding, name);
        else lose(walk);
      } else if ((specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default') === name)
        ofBinding(walk, from, binding, member);
    }
  }
}
