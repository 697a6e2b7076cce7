/**
 * Which functions a value can be that an object is given as a member: flow-steady.ts asks, because a method has the object as `this` and may
 * give it other members.
 *
 * It stands below flow-resolve.ts, which asks flow-steady.ts itself, so it goes by the syntax, and by what files export plainly.
 */
import { exportsOf, nameOf, WHOLE_EXPORT } from './exported-values.ts';
import { valuesOf, type FlowFile } from './flow-file.ts';
import type { FlowWorld, FunctionRef, RequestTarget } from './flow-trace.ts';
import { functionsMeant } from './held-places.ts';
import { bare, memberName, parentOf, type Node } from './syntax.ts';

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
      return ofModule(world, world.targetOf(file, value), null, depth);
    case 'MemberExpression': {
      const target = moduleIn(world, file, value.object);
      return target === null ? null : ofModule(world, target, memberName(value) ?? undefined, depth);
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
  if (binding === null) return name.name === 'undefined' ? [] : null;
  if (binding.kind === 'class') return [];
  const [declaration] = binding.declarations;
  const specifier = declaration === undefined ? undefined : parentOf(declaration);
  if (binding.kind === 'import') {
    const statement = specifier === undefined ? undefined : parentOf(specifier);
    if (statement === undefined || specifier?.type === 'ImportNamespaceSpecifier') return [];
    const imported = specifier?.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
    return imported === null ? null : ofModule(world, world.targetOf(file, statement), imported, depth);
  }
  const values = binding.kind === 'parameter' ? null : valuesOf(binding);
  return values === null ? null : joined(values.map((value) => methodsMeant(world, file, value, depth + 1)));
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
  const found = values.get(name ?? WHOLE_EXPORT) ?? [];
  // A member of the whole export is not looked for; where there is no whole export, the exports are a plain object.
  if (!isWhole || passedOn.length > 0 || (name !== null && (found.length === 0 || values.has(WHOLE_EXPORT))))
    return null;
  return joined(found.map((value) => methodsMeant(world, target.file, value, depth + 1)));
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
