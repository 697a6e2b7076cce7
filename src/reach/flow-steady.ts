/**
 * Whether the members of an object are those that it was made with: every place that holds the object is looked at, and what is written to it there
 * is added to what flow-resolve.ts found where it is made.
 *
 * Where the object gets out of sight (an argument of a function that is not seen, an element of another object that is handed on) anybody may replace
 * a member, and the answer is incomplete.
 */
import { exportsOf, nameOf, WHOLE_EXPORT } from './exported-values.ts';
import { isPatternTarget, thisesOf, type FlowFile, type Site } from './flow-file.ts';
import {
  constructorsIn,
  factoryCall,
  behind,
  exportedByGetter,
  firstOf,
  freeName,
  within,
  functionsMeant,
  givesItself,
  HARMLESS_CONTEXTS,
  hasOtherUse,
  isCalled,
  isGetter,
  isIndex,
  isNoneOfFunctions,
  isTopOfModule,
  isWholeExport,
  LOOKING_NATIVES,
  TO_PROTOTYPES,
  valuesIn,
} from './held-places.ts';
import type { FlowWorld, ImportSite } from './flow-trace.ts';
import { INTEROP } from './global-path.ts';
import { defined, isTested, lookedAt } from './held-natives.ts';
import {
  callNamed,
  give,
  hasItself,
  hold,
  lose,
  newWalk,
  ofMethod,
  readOf,
  record,
  type Holder,
  type Walk,
  type Written,
} from './held-walk.ts';
import { nativeMeant } from './methods-meant.ts';
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
  type FunctionNode,
  type Node,
} from './syntax.ts';

/** More places hold it than this, and it is given up. */
const MOST_HOLDERS = 1_000;

const known = new WeakMap<FlowWorld, Map<object, Written>>();

/** What is written to an object literal, or to the static side of a class. */
export const writtenTo = (world: FlowWorld, site: Site): Written =>
  remembered(world, site.node, (walk) => {
    hold(walk, { ...site, member: null });
    if (isClass(site.node) || isFunction(site.node))
      for (const node of constructorsIn(site.file)) hold(walk, { file: site.file, node, member: null });
    for (const { name, value } of valuesIn(site.node)) {
      give(walk, name, { file: site.file, node: value });
      // What a getter gives is called on the object as well.
      if (isGetter(value))
        for (const given of returnedBy(site.file, value)) ofMethod(walk, { file: site.file, node: given });
    }
  });

/** What other files write to the exports of a CommonJS file; what it writes itself is exported-values.ts. */
export const writtenToExports = (world: FlowWorld, file: FlowFile): Written =>
  remembered(world, file, (walk) => {
    exportedWhole(walk, file, null);
    // The whole export is no member of itself.
    for (const [name, values] of exportsOf(file).values)
      if (name !== WHOLE_EXPORT) for (const node of values) give(walk, name, { file, node });
  });

function remembered(world: FlowWorld, key: object, begin: (walk: Walk) => void): Written {
  let ofWorld = known.get(world);
  if (ofWorld === undefined) known.set(world, (ofWorld = new Map()));
  let answer = ofWorld.get(key);
  if (answer === undefined) {
    const walk = newWalk(world);
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

// oxlint-disable-next-line max-lines-per-function -- one line for each kind of surroundings, as a table
function step(walk: Walk, holder: Holder): void {
  const { file, node, member } = holder;
  const { parent, child } = context(node);
  const on = (next: Node): void => hold(walk, { file, node: next, member });
  if (walk.world.isDead(file, node)) return;
  // The methods of what holds the object have that as `this`.
  if (member !== null) for (const { value } of valuesIn(node)) ofMethod(walk, { file, node: value }, member);
  if ((isClass(node) || isFunction(node)) && 'id' in node && node.id !== null) ofName(walk, holder, node.id);
  switch (parent?.type) {
    case undefined:
      return;
    case 'ConditionalExpression':
      return parent.test === child ? undefined : on(parent);
    case 'LogicalExpression':
    case 'AwaitExpression':
      return on(parent);
    case 'BinaryExpression':
      return parent.left === child && isTested(walk, file, parent) ? lose(walk) : undefined;
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
      return parent.object === child ? ofMember(walk, holder, parent) : undefined;
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === child ? undefined : passed(walk, holder, parent);
    case 'TemplateLiteral':
      return parentOf(parent)?.type === 'TaggedTemplateExpression' ? lose(walk) : undefined;
    case 'ClassDeclaration':
    case 'ClassExpression':
      // What the class has is called on its heirs.
      if (parent.superClass === child && member === null) callNamed(walk, null);
      // Who has an heir comes to the class by its prototype.
      return parent.superClass === child && TO_PROTOTYPES.test(file.tree.source) ? lose(walk) : undefined;
    case 'SpreadElement':
      return member === null && parentOf(parent)?.type === 'ObjectExpression' ? undefined : lose(walk);
    case 'Property': {
      const literal = parentOf(parent);
      const name = keyName(parent.key, parent.computed);
      // What inherits from a holder has what it holds.
      const isHeir = name === '__proto__' && !parent.computed && !parent.shorthand;
      const held = name === null ? null : isHeir ? member : within(name, member);
      if (held === null || parent.value !== child || literal?.type !== 'ObjectExpression') return lose(walk);
      return hold(walk, { file, node: literal, member: held });
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
      else if (name === firstOf(member)) into(walk, { ...holder, member: behind(member) }, property.value);
    }
    return undefined;
  }
  if (target.type !== 'MemberExpression') return lose(walk);
  const root = freeName(file, target.object);
  const name = memberName(target);
  if (isWholeExport(file, target)) return exportedWhole(walk, file, member);
  if (name !== null && member === null && givesItself(file, holder.node, target)) return hasItself(walk, name);
  const isExports = root === 'exports' || isWholeExport(file, target.object);
  const held = isExports && name !== null ? within(name, member) : null;
  return held === null ? lose(walk) : exportedWhole(walk, file, held);
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

/** The promise of `import()`, which is awaited there, or whose `then` has its callback there. */
function promised(walk: Walk, holder: Holder): void {
  const { parent, child } = context(holder.node);
  if (parent?.type === 'ExpressionStatement') return undefined;
  if (parent?.type === 'AwaitExpression') return wrapped(walk, holder);
  const call = parent?.type === 'MemberExpression' && parent.object === child ? context(parent).parent : null;
  const isThen = call?.type === 'CallExpression' && parent !== null && memberName(parent) === 'then';
  const callback = isThen && bare(call.callee) === parent ? call.arguments[0] : undefined;
  if (callback === undefined || !isFunction(callback)) return lose(walk);
  intoParameter(walk, holder, callback, 0);
  const asDefault = within('default', holder.member);
  return asDefault === null ? lose(walk) : intoParameter(walk, { ...holder, member: asDefault }, callback, 0);
}

/** What compilers put around a module, and `import()` of a CommonJS one: it is the module, or gives it as `default`. */
function wrapped(walk: Walk, holder: Holder): void {
  hold(walk, holder);
  const asDefault = within('default', holder.member);
  return asDefault === null ? lose(walk) : hold(walk, { ...holder, member: asDefault });
}

/** `o.x`, `o.x = f`, `o.x()`, `delete o.x`. */
function ofMember(walk: Walk, { file, member }: Holder, read: Node): void {
  if (read.type !== 'MemberExpression') return;
  const name = memberName(read);
  const { parent, child } = context(read);
  if (member !== null && (name === null || name === firstOf(member)))
    hold(walk, { file, node: read, member: behind(member) });
  if (name === 'valueOf' && parent?.type === 'CallExpression' && parent.callee === child)
    hold(walk, { file, node: parent, member });
  const isAssigned = parent?.type === 'AssignmentExpression' && parent.left === child;
  if (member !== null) {
    // A method that what holds the object is given later.
    if (isAssigned) ofMethod(walk, { file, node: parent.right }, member);
    return;
  }
  if (isCalled(parent, child)) callNamed(walk, name);
  readOf(walk, { file, node: read }, name);
  // Then the name is inherited.
  if (parent?.type === 'UnaryExpression' && parent.operator === 'delete' && name !== null) record(walk, name, null);
  if (isAssigned) {
    if (name !== null) record(walk, name, { file, node: parent.right });
    else if (isIndex(file, read)) ofMethod(walk, { file, node: parent.right });
    else lose(walk);
    return;
  }
  if (isPatternTarget(read) || (name !== null && /^__(?:define[GS]etter__|proto__)$/.test(name))) lose(walk);
}

function passed(walk: Walk, holder: Holder, call: Node & { type: 'CallExpression' | 'NewExpression' }): void {
  const { file, node, member } = holder;
  const at = call.arguments.findIndex((each) => bare(each) === node);
  const callee = bare(call.callee);
  const name = memberName(callee);
  const owner = callee.type === 'MemberExpression' ? bare(callee.object) : null;
  const isGlobal = owner?.type === 'Identifier' && file.scopes.bindingOf(owner) === null;
  const native = isGlobal ? `${owner.name}.${name ?? ''}` : '';
  const called = callee.type === 'Identifier' ? callee.name : (name ?? '');
  if (at < 0 || call.arguments.slice(0, at).some(({ type }) => type === 'SpreadElement')) return lose(walk);
  if (INTEROP.test(called)) return wrapped(walk, { file, node: call, member });
  if (LOOKING_NATIVES.test(native) && !walk.world.replacesNative(native))
    return lookedAt(walk, holder, call, native, at);
  if (native === 'Object.assign' || native.endsWith('.defineProperty') || native === 'Object.defineProperties')
    return defined(walk, holder, call, native, at);
  // It gives a constructor its `super_`, and its prototype another one (nodejs.org/api/util.html).
  if (at === 0 && member === null && nativeMeant(walk.world, file, callee) === 'util.inherits')
    return record(walk, 'super_', null);
  return passedTo(walk, holder, call, at);
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
  const exported = exportedByGetter(file, fn);
  if (exported !== null) {
    const held = within(exported, member);
    return held === null ? lose(walk) : exportedWhole(walk, file, held);
  }
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
  const importers = importersSeen(walk, file);
  for (const importer of importers ?? []) {
    if (importer.node.type !== 'CallExpression') return lose(walk);
    toCalls(walk, importer, member);
  }
  return importers === null ? lose(walk) : undefined;
}

function ofParameterCall(walk: Walk, { file, member }: Holder, fn: Node, at: number): void {
  const parameter = isFunction(fn) ? fn.params[at] : undefined;
  const binding = parameter?.type === 'Identifier' ? file.scopes.bindingOf(parameter) : null;
  if (binding === null || binding.writes.length > 0) return lose(walk);
  for (const read of binding.reads) {
    const use = context(read);
    if (use.parent?.type === 'CallExpression' && use.parent.callee === use.child)
      hold(walk, { file, node: use.parent, member });
    else if (use.parent?.type !== 'UnaryExpression' && !walk.world.isDead(file, read)) return lose(walk);
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
  if (!file.isEsm) for (const node of thisesOf(file, file.tree.program)) hold(walk, { file, node, member });
  const importers = importersSeen(walk, file);
  for (const importer of importers ?? []) imported(walk, importer, member);
  if (importers === null) lose(walk);
}

/** `null` where one of them is not followed. Asked before any is looked at: their files may not be parsed yet, and then need not be. */
function importersSeen({ world }: Walk, file: FlowFile): readonly ImportSite[] | null {
  const importers = world.importersOf(file);
  return importers.some(({ opaque }) => opaque !== null) ? null : importers;
}

function imported(walk: Walk, { file, node }: ImportSite, member: string | null): void {
  switch (node.type) {
    case 'CallExpression':
      return hold(walk, { file, node, member });
    case 'ImportExpression':
      return promised(walk, { file, node, member });
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) {
        const binding = file.scopes.bindingOf(specifier.local);
        const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
        if (binding === null) continue;
        if (specifier.type === 'ImportNamespaceSpecifier') {
          if (member !== null) ofBinding(walk, file, binding, member);
          const asDefault = within('default', member);
          if (asDefault === null) lose(walk);
          else ofBinding(walk, file, binding, asDefault);
        } else if (name === 'default') ofBinding(walk, file, binding, member);
        else if (member !== null && name === firstOf(member)) ofBinding(walk, file, binding, behind(member));
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
  const importers = importersSeen(walk, file);
  if (importers === null) return lose(walk);
  for (const { file: from, node } of importers) {
    if (node.type !== 'ImportDeclaration') {
      if (node.type !== 'NewExpression') lose(walk);
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
