/**
 * What a file exports, where it can be read off: ECMAScript exports, and the usual ways of CommonJS with those of the compilers
 * (TypeScript, Babel, esbuild). For a first look; who needs certainty about CommonJS follows the values.
 */
import { type FileWalk, placeOf } from './file-walk.ts';
import { isGlobal } from './global-path.ts';
import { namesIn } from './scopes.ts';
import { bare, isFunction, keyName, memberName, type Node, parentOf, textOf } from './syntax.ts';

export interface ExportFact {
  /** `default`, `*` for everything of another module (`export *`, `__exportStar`), `=` for `module.exports = …`, else the name. */
  readonly name: string;
  /** The variable that is exported, where it is one. */
  readonly local: string | null;
  /** The function that is exported, where it stands right there or is declared in the file. */
  readonly functionId: number | null;
  /** For re-exports: the module as written, and the name there (`*` for its namespace). */
  readonly from: { readonly specifier: string; readonly name: string } | null;
  readonly start: number;
  readonly line: number;
}

export const exportsOf = (walk: FileWalk): readonly ExportFact[] =>
  walk.tree.nodes.flatMap((node) => [...declaredExports(node, walk), ...assignedExports(node, walk)]);

interface Exported {
  readonly name: string;
  readonly value: Node | null;
  readonly from?: ExportFact['from'];
}

const fact = (node: Node, { name, value, from = null }: Exported, walk: FileWalk): ExportFact => {
  const { start, line } = placeOf(node, walk);
  const target = value === null ? null : bare(value);
  return {
    name,
    local: target?.type === 'Identifier' ? target.name : null,
    functionId: target === null ? null : functionIdOf(target, walk),
    from: from ?? (target === null ? null : requiredBy(target, walk)),
    start,
    line,
  };
};

function functionIdOf(value: Node, { scopes, functionIds }: FileWalk): number | null {
  if (isFunction(value)) return functionIds.get(value) ?? null;
  const [declaration, ...others] = (value.type === 'Identifier' ? scopes.bindingOf(value) : null)?.declarations ?? [];
  const parent = declaration === undefined || others.length > 0 ? undefined : parentOf(declaration);
  if (parent?.type === 'FunctionDeclaration') return functionIds.get(parent) ?? null;
  const init = parent?.type === 'VariableDeclarator' && parent.init !== null ? bare(parent.init) : null;
  return init === null ? null : (functionIds.get(init) ?? null);
}

/** `exports.x = require('./x')` and `= require('./x').y` are re-exports. */
function requiredBy(value: Node, { scopes }: FileWalk): ExportFact['from'] {
  const call = value.type === 'MemberExpression' ? bare(value.object) : value;
  const name = value.type === 'MemberExpression' ? memberName(value) : '*';
  if (call.type !== 'CallExpression' || name === null || !isGlobal(call.callee, 'require', scopes)) return null;
  const specifier = textOf(call.arguments[0]);
  return specifier === null ? null : { specifier, name };
}

function declaredExports(node: Node, walk: FileWalk): readonly ExportFact[] {
  switch (node.type) {
    case 'ExportDefaultDeclaration':
      return [fact(node, { name: 'default', value: node.declaration }, walk)];
    case 'ExportAllDeclaration': {
      const name = node.exported === null ? '*' : (keyName(node.exported, false) ?? '*');
      return [fact(node, { name, value: null, from: { specifier: node.source.value, name: '*' } }, walk)];
    }
    case 'TSExportAssignment':
      return [fact(node, { name: '=', value: node.expression }, walk)];
    case 'ExportNamedDeclaration':
      return [...node.specifiers.map((specifier) => specified(specifier, node, walk)), ...declared(node, walk)];
    default:
      return [];
  }
}

type NamedExport = Node & { type: 'ExportNamedDeclaration' };

function specified(specifier: NamedExport['specifiers'][number], node: NamedExport, walk: FileWalk): ExportFact {
  const name = keyName(specifier.exported, false) ?? '*';
  if (node.source === null) return fact(specifier, { name, value: specifier.local }, walk);
  const from = { specifier: node.source.value, name: keyName(specifier.local, false) ?? '*' };
  return fact(specifier, { name, value: null, from }, walk);
}

function declared({ declaration }: NamedExport, walk: FileWalk): readonly ExportFact[] {
  if (declaration === null) return [];
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) =>
      namesIn(id).map((name) => fact(name, { name: name.name, value: name }, walk)),
    );
  }
  const { id } = declaration as { id?: Node | null };
  return id?.type === 'Identifier' ? [fact(declaration, { name: id.name, value: id }, walk)] : [];
}

/** `module.exports = …`, `exports.x = …`, `Object.defineProperty(exports, 'x', …)`, `__exportStar(require('…'), exports)`, `__export(…)`. */
function assignedExports(node: Node, walk: FileWalk): readonly ExportFact[] {
  if (node.type === 'AssignmentExpression') return assigned(node, walk);
  if (node.type !== 'CallExpression') return [];
  const callee = bare(node.callee);
  const called = callee.type === 'Identifier' ? callee.name : memberName(callee);
  const [first, second, third] = node.arguments;
  if (called === 'defineProperty' && first !== undefined && third !== undefined && isExports(first, walk)) {
    const name = textOf(second);
    return name === null || name === '__esModule' ? [] : [fact(node, { name, value: definedValue(third) }, walk)];
  }
  if ((called === '__exportStar' || called === '__export') && first !== undefined) {
    const value = bare(first);
    const from = requiredBy(value, walk);
    if (from !== null) return [fact(node, { name: '*', value: null, from }, walk)];
    // esbuild: `__export(exports, { name: () => value })`.
    const table = second === undefined ? null : bare(second);
    return table?.type === 'ObjectExpression' ? tableExports(table, walk) : [];
  }
  return [];
}

function assigned(node: Node & { type: 'AssignmentExpression' }, walk: FileWalk): readonly ExportFact[] {
  const target = bare(node.left);
  if (target.type !== 'MemberExpression') return [];
  // `exports = module.exports = f`: the value is at the end of the chain.
  let value = bare(node.right);
  while (value.type === 'AssignmentExpression') value = bare(value.right);
  if (isExports(target, walk)) {
    const whole = fact(node, { name: '=', value }, walk);
    return value.type === 'ObjectExpression' ? [whole, ...tableExports(value, walk)] : [whole];
  }
  const name = isExports(target.object, walk) ? memberName(target) : null;
  return name === null || name === '__esModule' ? [] : [fact(node, { name, value }, walk)];
}

const tableExports = (table: Node & { type: 'ObjectExpression' }, walk: FileWalk): readonly ExportFact[] =>
  table.properties.flatMap((property) => {
    if (property.type !== 'Property') return [];
    const name = keyName(property.key, property.computed);
    return name === null ? [] : [fact(property, { name, value: property.value }, walk)];
  });

/** `exports` or `module.exports`, where the file declares neither. */
function isExports(node: Node, { scopes }: FileWalk): boolean {
  const value = bare(node);
  if (value.type === 'MemberExpression')
    return memberName(value) === 'exports' && isGlobal(value.object, 'module', scopes);
  return isGlobal(value, 'exports', scopes);
}

/** The value of `{ value: x }`, or what the getter of `{ get: function () { return x } }` returns. */
function definedValue(descriptor: Node): Node | null {
  const value = bare(descriptor);
  if (value.type !== 'ObjectExpression') return null;
  for (const property of value.properties) {
    if (property.type !== 'Property') continue;
    const name = keyName(property.key, property.computed);
    if (name === 'value') return property.value;
    if (name !== 'get' || !isFunction(property.value)) continue;
    const { body } = property.value;
    if (body?.type !== 'BlockStatement') return body;
    const [last] = body.body.slice(-1);
    return last?.type === 'ReturnStatement' ? last.argument : null;
  }
  return null;
}
