/**
 * What a file exports under which name, as expressions: by the plain forms of CommonJS and by those of ECMAScript modules.
 *
 * flow-resolve.ts asks it. What is done with `exports` in any other way makes the answer incomplete.
 */
import type { FlowFile } from './flow-file.ts';
import { bare, context, isClass, isFunction, keyName, memberName, textOf, type Node } from './syntax.ts';

/** `a` and `'a b'` in import and export lists. */
export const nameOf = (node: Node): string | null => (node.type === 'Identifier' ? node.name : textOf(node));

/** The key of the module's whole export, which no export can have as its name. */
export const WHOLE_EXPORT = ' whole';

export interface Exports {
  readonly values: ReadonlyMap<string, readonly Node[]>;
  /** `export … from` statements: by the name they give, or all (`null`). */
  readonly passedOn: readonly { readonly statement: Node; readonly as: string | null; readonly name: string | null }[];
  /** False where something is done with `exports` that is not one of the plain forms. */
  readonly isWhole: boolean;
}

const exportsByFile = new WeakMap<FlowFile, Exports>();

export function exportsOf(file: FlowFile): Exports {
  let known = exportsByFile.get(file);
  if (known === undefined) exportsByFile.set(file, (known = file.isEsm ? namespaceOf(file) : commonExportsOf(file)));
  return known;
}

const adder =
  (values: Map<string, Node[]>) =>
  (name: string, node: Node): void => {
    const list = values.get(name);
    if (list === undefined) values.set(name, [node]);
    else list.push(node);
  };

function commonExportsOf(file: FlowFile): Exports {
  const values = new Map<string, Node[]>();
  const add = adder(values);
  let isWhole = true;
  const references = [...(file.scopes.globals.get('exports') ?? []), ...(file.scopes.globals.get('module') ?? [])];
  for (const reference of references) {
    const alias = aliasOfExports(file, reference);
    for (const each of alias ?? [reference]) {
      const use = useOfExports(each);
      if (use === 'other') isWhole = false;
      else if (use !== 'read') add(use.name ?? WHOLE_EXPORT, use.value);
    }
  }
  return { values, passedOn: [], isWhole };
}

/** `const api = exports;` where that is all that the variable ever is: its reads mention the exports as well. */
function aliasOfExports(file: FlowFile, reference: Node): readonly Node[] | null {
  if (reference.type !== 'Identifier' || reference.name !== 'exports' || file.scopes.isOpaque) return null;
  const { parent, child } = context(reference);
  if (parent?.type !== 'VariableDeclarator' || parent.init !== child || parent.id.type !== 'Identifier') return null;
  if (parent.id.name === 'module') return null;
  const binding = file.scopes.bindingOf(parent.id);
  const isAll = binding !== null && binding.writes.length === 0 && binding.declarations.length === 1;
  return isAll && binding.kind !== 'parameter' ? binding.reads : null;
}

type ExportsUse = { readonly name: string | null; readonly value: Node } | 'read' | 'other';

/** What one mention of `exports` or `module` does. */
function useOfExports(reference: Node): ExportsUse {
  let holder = reference;
  if (reference.type === 'Identifier' && reference.name === 'module') {
    const { parent, child } = context(reference);
    if (parent?.type === 'UnaryExpression') return 'read';
    if (parent?.type !== 'MemberExpression' || parent.object !== child) return 'other';
    if (memberName(parent) !== 'exports') return memberName(parent) === null ? 'other' : 'read';
    holder = parent;
  }
  const { parent, child } = context(holder);
  if (parent?.type === 'UnaryExpression') return 'read';
  if (parent?.type === 'AssignmentExpression' && parent.operator === '=') {
    // `module.exports = value`, and the value of `exports = module.exports = value`.
    if (parent.left === child) return { name: null, value: parent.right };
    return context(parent).parent?.type === 'ExpressionStatement' ? 'read' : 'other';
  }
  if (parent?.type !== 'MemberExpression' || parent.object !== child) return useInCall(parent, child);
  const name = memberName(parent);
  if (name === null) return 'other';
  const outer = context(parent);
  if (outer.parent?.type === 'AssignmentExpression' && outer.parent.left === outer.child)
    return outer.parent.operator === '=' ? { name, value: outer.parent.right } : 'other';
  return outer.parent?.type === 'UnaryExpression' && outer.parent.operator === 'delete' ? 'other' : 'read';
}

/** `exports` of a CommonJS file that is nowhere made to be another object than the file began with. */
export function isOwnExports(file: FlowFile, node: Node): boolean {
  if (file.isEsm || node.type !== 'Identifier' || node.name !== 'exports' || file.scopes.bindingOf(node) !== null)
    return false;
  return (file.scopes.globals.get('exports') ?? []).every((reference) => {
    const { parent, child } = context(reference);
    return parent?.type !== 'AssignmentExpression' || parent.left !== child;
  });
}

/** `exports.x`, for that name. */
export function isOwnExport(file: FlowFile, expression: Node, name: string): boolean {
  const node = bare(expression);
  return node.type === 'MemberExpression' && memberName(node) === name && isOwnExports(file, bare(node.object));
}

/** `Object.defineProperty(exports, 'x', { enumerable: true, get: function () { return _x.default; } })`, which every compiler writes. */
function useInCall(call: Node | null, exports: Node): ExportsUse {
  if (call?.type !== 'CallExpression' || call.arguments[0] !== exports) return 'other';
  if (memberName(bare(call.callee)) !== 'defineProperty') return 'other';
  const name = textOf(call.arguments[1]);
  if (name === '__esModule') return 'read';
  const descriptor = call.arguments[2];
  const value = descriptor === undefined ? null : describedValue(descriptor);
  const isStatement = context(call).parent?.type === 'ExpressionStatement';
  return name === null || value === null || !isStatement ? 'other' : { name, value };
}

/** What a property has by its descriptor (ECMA-262, 6.2.6): its `value`, or what its getter gives; `null` where that is not plain to see. */
function describedValue(descriptor: Node): Node | null {
  if (descriptor.type !== 'ObjectExpression') return null;
  let found: Node | null = null;
  for (const property of descriptor.properties) {
    const part = property.type === 'Property' ? keyName(property.key, property.computed) : null;
    if (property.type !== 'Property' || part === null || property.kind !== 'init') return null;
    if (part === 'value') found = property.value;
    else if (part === 'get') found = givenByGetter(property.value);
    else if (part !== 'enumerable' && part !== 'configurable' && part !== 'writable') return null;
    if ((part === 'value' || part === 'get') && found === null) return null;
  }
  return found;
}

/** `function () { return _x.default; }`: a name, or a member of one, and nothing that the getter does besides. */
export function givenByGetter(getter: Node): Node | null {
  if (!isFunction(getter) || getter.async || getter.generator || getter.params.length > 0) return null;
  const { body } = getter;
  if (body === null) return null;
  const [statement, ...others] = body.type === 'BlockStatement' ? body.body : [];
  const returned =
    body.type !== 'BlockStatement'
      ? body
      : statement?.type === 'ReturnStatement' && others.length === 0
        ? statement.argument
        : null;
  let value = returned === null ? null : bare(returned);
  while (value?.type === 'MemberExpression' && memberName(value) !== null) value = bare(value.object);
  return value?.type === 'Identifier' && value.name !== 'arguments' ? returned : null;
}

/** What is exported is the variable (ECMA-262, 16.2.1.6.4): a function or a class whose name is set to another is not all that it can be. */
function liveName({ scopes }: FlowFile, declaration: Node): Node {
  if ((!isFunction(declaration) && !isClass(declaration)) || declaration.id === null) return declaration;
  return (scopes.bindingOf(declaration.id)?.writes.length ?? 0) > 0 ? declaration.id : declaration;
}

function namespaceOf(file: FlowFile): Exports {
  const values = new Map<string, Node[]>();
  const passedOn: Exports['passedOn'][number][] = [];
  const add = adder(values);
  let isWhole = true;
  for (const node of file.tree.program.body) {
    if (node.type === 'ExportAllDeclaration') {
      if (node.exported === null) passedOn.push({ statement: node, as: null, name: null });
      else isWhole = false;
    } else if (node.type === 'ExportDefaultDeclaration') add('default', liveName(file, node.declaration));
    else if (node.type === 'ExportNamedDeclaration') {
      for (const specifier of node.specifiers) {
        const name = nameOf(specifier.exported);
        if (name === null) isWhole = false;
        else if (node.source === null) add(name, specifier.local);
        else passedOn.push({ statement: node, as: name, name: nameOf(specifier.local) });
      }
      const { declaration } = node;
      if (declaration === null) continue;
      if (declaration.type === 'VariableDeclaration') {
        for (const { id } of declaration.declarations) {
          if (id.type === 'Identifier') add(id.name, id);
          else isWhole = false;
        }
      } else if ((isFunction(declaration) || isClass(declaration)) && declaration.id !== null)
        add(declaration.id.name, liveName(file, declaration));
      else isWhole = false;
    }
  }
  return { values, passedOn, isWhole };
}
