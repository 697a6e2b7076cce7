/**
 * Which functions a value can be that an object is given as a member: flow-steady.ts asks, because a method has the object as `this` and may
 * give it other members.
 *
 * It stands below flow-resolve.ts, which asks flow-steady.ts itself, so it goes by the syntax, and by what files export plainly.
 */
import { isSurelyArray } from './array-like.ts';
import { exportsOf, isOwnExport, isOwnExports, nameOf, WHOLE_EXPORT } from './exported-values.ts';
import { argumentsOf, isPatternTarget, readsArguments, valuesOf, type FlowFile } from './flow-file.ts';
import type { FlowWorld, FunctionRef, ImportSite, RequestTarget } from './flow-trace.ts';
import { INTEROP } from './global-path.ts';
import { functionsMeant, OF_OBJECTS } from './held-places.ts';
import { bare, context, isFunction, memberName, parentOf, passedAt, type FunctionNode, type Node } from './syntax.ts';
import type { Binding } from './scopes.ts';
import { callMeant, isFreshThis, marksItself, wrapping } from './wrapped-module.ts';

/** Values that stand for values are followed this far. */
const MAX_DEPTH = 8;

/** `null`: perhaps one that is not seen. Node's own functions give no member to their `this`. */
export function methodsMeant(world: FlowWorld, file: FlowFile, node: Node, depth = 0): readonly FunctionRef[] | null {
  if (depth > MAX_DEPTH || file.scopes.isOpaque) return null;
  const value = bare(node);
  const functions = functionsMeant(file, value);
  if (functions !== null) return functions.map((fn) => ({ file, node: fn }));
  const all = (parts: readonly Node[]): readonly FunctionRef[] | null =>
    joined(parts.map((part) => methodsMeant(world, file, part, depth + 1)));
  switch (value.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'ClassExpression':
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
      return [];
    case 'ConditionalExpression':
      return all([value.consequent, value.alternate]);
    case 'LogicalExpression':
      return all([value.left, value.right]);
    case 'AssignmentExpression':
      return value.operator === '=' ? all([value.right]) : null;
    case 'CallExpression':
      return isSurelyArray(file, value) ? [] : ofModule(world, world.targetOf(file, value), null, depth);
    case 'MemberExpression': {
      const name = memberName(value);
      if (name !== null && isOwnExports(file, bare(value.object))) return all(ownValues(file, name));
      const target = moduleIn(world, file, value.object);
      if (target !== null && target.kind !== 'unknown') return ofModule(world, target, name ?? undefined, depth);
      return name === null ? null : ofWrapped(world, file, value.object, name, depth);
    }
    case 'Identifier':
      return ofName(world, file, value, depth);
    default:
      return null;
  }
}

const joined = (parts: readonly (readonly FunctionRef[] | null)[]): readonly FunctionRef[] | null =>
  parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? []);

function ofName(world: FlowWorld, file: FlowFile, name: Node, depth: number): readonly FunctionRef[] | null {
  if (name.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(name);
  // What is left is what the global object inherits.
  if (binding === null) return name.name === 'undefined' || OF_OBJECTS.has(name.name) ? [] : null;
  if (binding.kind === 'class') return [];
  const [declaration] = binding.declarations;
  const specifier = declaration === undefined ? undefined : parentOf(declaration);
  if (binding.kind === 'import') {
    const statement = specifier === undefined ? undefined : parentOf(specifier);
    if (statement === undefined || specifier?.type === 'ImportNamespaceSpecifier') return [];
    const imported = specifier?.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
    const target = world.targetOf(file, statement);
    // Of a CommonJS file it is the whole export.
    const isWhole = imported === 'default' && target.kind === 'file' && !target.file.isEsm;
    return imported === null ? null : ofModule(world, target, isWhole ? null : imported, depth);
  }
  const values = binding.kind === 'parameter' ? argumentsOfCalls(file, binding) : valuesOf(binding);
  return values === null ? null : joined(values.map((value) => methodsMeant(world, file, value, depth + 1)));
}

/** What a parameter is given by all the calls of its function, where that has a name which is used for nothing else. */
function argumentsOfCalls(file: FlowFile, { scope: fn, declarations, writes }: Binding): readonly Node[] | null {
  if (fn.type !== 'FunctionDeclaration' || fn.id === null || writes.length > 0 || declarations.length !== 1)
    return null;
  const at = fn.params.findIndex((parameter) => parameter === declarations[0]);
  const binding = file.scopes.bindingOf(fn.id);
  if (at < 0 || binding === null || binding.writes.length > 0 || binding.declarations.length !== 1) return null;
  const { parent } = context(fn);
  if (argumentsOf(file, fn).length > 0 || readsArguments(file) || parent?.type.startsWith('Export') === true)
    return null;
  const given: Node[] = [];
  for (const read of binding.reads) {
    const { parent: call, child } = context(read);
    if (call?.type !== 'CallExpression' || call.callee !== child) return null;
    const argument = passedAt(call, at);
    if (argument === null) return null;
    if (argument !== 'none') given.push(argument);
  }
  return given;
}

/** The module that an expression is: `require('x')`, or a variable that has nothing else. */
function moduleIn(world: FlowWorld, file: FlowFile, expression: Node): RequestTarget | null {
  const node = bare(expression);
  if (node.type === 'CallExpression') return world.targetOf(file, node);
  const binding = node.type === 'Identifier' ? file.scopes.bindingOf(node) : null;
  const values = binding === null || binding.kind === 'parameter' ? null : valuesOf(binding);
  const [only, ...others] = values ?? [];
  return only === undefined || others.length > 0 ? null : world.targetOf(file, bare(only));
}

/** A member of what the compilers put around a module: `_a.default`. Which of the two ways it is makes no difference here. */
function ofWrapped(
  world: FlowWorld,
  file: FlowFile,
  object: Node,
  name: string,
  depth: number,
): readonly FunctionRef[] | null {
  const call = callMeant(file, object);
  const copied = call === null ? null : moduleCopied(world, file, call, name);
  if (copied !== null) {
    const asDefault = name === 'default' ? [ofModule(world, copied, null, depth)] : [];
    return joined([ofModule(world, copied, name, depth), ...asDefault]);
  }
  const fn = call === null ? null : helperMeant(file, bare(call.callee));
  const wrap = fn === null ? null : wrapping(file, fn);
  const argument = wrap === null ? undefined : call?.arguments[wrap.marked.at];
  if (wrap === null || argument === undefined || call?.arguments.some(({ type }) => type === 'SpreadElement') === true)
    return null;
  const target = moduleIn(world, file, argument);
  if (target === null) return null;
  return joined(
    [wrap.marked, wrap.plain].map(({ within }) =>
      within === null || within.key === name ? ofModule(world, target, within === null ? name : null, depth) : [],
    ),
  );
}

/**
 * The module of `_interopRequireWildcard(require('./a'))` and `__importStar(require('./a'))`, which are that module, or an object with the same members
 * and the module as `default`; `null` where somebody may write to the object.
 */
function moduleCopied(
  world: FlowWorld,
  file: FlowFile,
  call: Node & { type: 'CallExpression' },
  name: string,
): RequestTarget | null {
  const [argument] = call.arguments;
  if (!COPYING.test(calledName(call.callee)) || argument === undefined || isTakenApart(call)) return null;
  return usesOf(file, call).every((use) => isHarmlessUse(use, name)) ? moduleIn(world, file, argument) : null;
}

const COPYING = /^_*(?:importStar|interopRequireWildcard)\d*$/;

/** The function of a helper: declared as one, or `(this && this.__importDefault) || function …`. */
function helperMeant(file: FlowFile, callee: Node): FunctionNode | null {
  const [only, ...others] = functionsMeant(file, callee) ?? [];
  if (only !== undefined) return others.length === 0 ? only : null;
  const binding = callee.type === 'Identifier' ? file.scopes.bindingOf(callee) : null;
  const [value] = binding === null || binding.kind === 'parameter' ? [] : (valuesOf(binding) ?? []);
  const choice = value === undefined ? null : bare(value);
  if (choice?.type !== 'LogicalExpression' || choice.operator !== '||') return null;
  const left = bare(choice.left);
  const asked = left.type === 'LogicalExpression' && left.operator === '&&' ? bare(left.right) : left;
  const helper = bare(choice.right);
  const isFresh = asked.type === 'MemberExpression' && isFreshThis(file, bare(asked.object));
  return isFresh && isFunction(helper) ? helper : null;
}

/** What the file itself puts into its `exports` under a name; `module.exports.default = exports.default` adds nothing. */
const ownValues = (file: FlowFile, name: string): readonly Node[] =>
  (exportsOf(file).values.get(name) ?? []).filter((value) => !isOwnExport(file, value, name));

/** @param name `null` for the whole export, `undefined` where it is not known. */
function ofModule(
  world: FlowWorld,
  target: RequestTarget,
  name: string | null | undefined,
  depth: number,
): readonly FunctionRef[] | null {
  if (target.kind === 'native') return [];
  if (target.kind !== 'file' || name === undefined) return null;
  const { isWhole, values, passedOn } = exportsOf(target.file);
  const found = name === null ? (values.get(WHOLE_EXPORT) ?? []) : ownValues(target.file, name);
  if (isWhole && name !== null && isWholeAs(target.file, name))
    return joined(found.map((value) => methodsMeant(world, target.file, value, depth + 1)));
  // Another file may have replaced the member, and what it is then is not looked for.
  if (name !== null && !target.file.isEsm && isReplaced(world, target.file, name)) return null;
  // A member of the whole export is not looked for; where there is no whole export, the exports are a plain object.
  if (!isWhole || passedOn.length > 0 || (name !== null && (found.length === 0 || values.has(WHOLE_EXPORT))))
    return null;
  return joined(found.map((value) => methodsMeant(world, target.file, value, depth + 1)));
}

/** `module.exports = exports.x; module.exports.x = exports.x`, of functions: the whole export has itself as its member. */
function isWholeAs(file: FlowFile, name: string): boolean {
  const { values } = exportsOf(file);
  const wholes = values.get(WHOLE_EXPORT) ?? [];
  const found = values.get(name) ?? [];
  return (
    wholes.length > 0 &&
    wholes.every((value) => isOwnExport(file, value, name)) &&
    found.some((value) => isOwnExport(file, value, name)) &&
    ownValues(file, name).every((value) => functionsMeant(file, bare(value)) !== null || isNothing(bare(value)))
  );
}

/** `void 0`, with which the compilers begin. */
const isNothing = (value: Node): boolean => value.type === 'UnaryExpression' && value.operator === 'void';
/** Whether somebody writes to the name besides the file itself: as far as it is written where the module is asked for. */
function isReplaced(world: FlowWorld, file: FlowFile, name: string): boolean {
  const importers = world.importersOf(file);
  // Asked of all before one is looked at, for which its file has to be parsed.
  return (
    importers.some(({ opaque }) => opaque !== null) || importers.some((importer) => !isOnlyRead(file, importer, name))
  );
}

function isOnlyRead(target: FlowFile, { file, node }: ImportSite, name: string): boolean {
  if (node.type === 'ImportDeclaration' || node.type === 'NewExpression') return true;
  if (node.type !== 'CallExpression') return false;
  const { parent, child } = context(node);
  const isWrapped =
    parent?.type === 'CallExpression' && parent.arguments[0] === child && INTEROP.test(calledName(parent.callee));
  if (isWrapped)
    return !isTakenApart(parent) && usesOf(file, parent).every((use) => isHarmlessWrapper(target, use, name));
  return usesOf(file, node).every((use) => isHarmlessUse(use, name));
}

const calledName = (callee: Node): string => {
  const node = bare(callee);
  return node.type === 'Identifier' ? node.name : (memberName(node) ?? '');
};

/** What has the mark gives its own `default`. */
const isOwnDefault = (target: FlowFile): boolean => marksItself(target) && !exportsOf(target).values.has(WHOLE_EXPORT);

/** The names by which an expression is known, where it is the value of a variable; a pattern that takes it apart writes nothing to it. */
function usesOf(file: FlowFile, node: Node): readonly Node[] {
  const { parent, child } = context(node);
  if (parent?.type !== 'VariableDeclarator' || parent.init !== child) return [node];
  if (parent.id.type === 'ObjectPattern') return [];
  return (parent.id.type === 'Identifier' ? file.scopes.bindingOf(parent.id)?.reads : null) ?? [node];
}

const isTakenApart = (node: Node): boolean => {
  const { parent } = context(node);
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern';
};

/** `_a.default` is the module itself, if that has no mark; then it must not go anywhere, and no member of it be written. */
function isHarmlessWrapper(target: FlowFile, use: Node, name: string): boolean {
  if (!isHarmlessUse(use, name) || !isHarmlessUse(use, 'default')) return false;
  const { parent } = context(use);
  if (parent?.type !== 'MemberExpression' || memberName(parent) !== 'default' || isOwnDefault(target)) return true;
  const { parent: above, child } = context(parent);
  return (above?.type === 'CallExpression' && above.callee === child) || isHarmlessUse(parent, name);
}

/** A member that is read or called, or another one that is written. */
function isHarmlessUse(use: Node, name: string): boolean {
  const { parent, child } = context(use);
  if (parent?.type === 'ExpressionStatement') return true;
  if (parent?.type !== 'MemberExpression' || parent.object !== child) return false;
  const member = memberName(parent);
  if (isPatternTarget(parent)) return member !== null && member !== name;
  const { parent: above, child: inner } = context(parent);
  const isWritten = above?.type === 'AssignmentExpression' && above.left === inner;
  return !isWritten || (member !== null && member !== name);
}

/** The function of Node's own modules that a callee is, and nothing else: `util.inherits` of `require('util').inherits`, also under a name. */
export function nativeMeant(world: FlowWorld, file: FlowFile, callee: Node): string | null {
  const value = bare(callee);
  if (value.type === 'MemberExpression') {
    const target = moduleIn(world, file, value.object);
    const native = target?.kind === 'native' ? `${target.name}.${memberName(value) ?? ''}` : null;
    return native === null || world.replacesNative(native) ? null : native;
  }
  const binding = value.type === 'Identifier' && !file.scopes.isOpaque ? file.scopes.bindingOf(value) : null;
  const [only, ...others] = binding === null || binding.kind === 'parameter' ? [] : (valuesOf(binding) ?? []);
  return only === undefined || others.length > 0 || bare(only).type !== 'MemberExpression'
    ? null
    : nativeMeant(world, file, only);
}
