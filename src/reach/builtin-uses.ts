/**
 * Where a built-in module that can load or run code is passed on whole, or one of its functions is: `module.exports =
 * require('child_process')`, `promisify(exec)`. What is done with it then is not seen in this file.
 */
import { builtinNamed, dottedPath, importedPath, INTEROP, isGlobal, isPromisify } from './global-path.ts';
import type { FileWalk } from './file-walk.ts';
import { STARTS } from './process-sites.ts';
import type { RequireUse } from './require-uses.ts';
import type { Binding, Scopes } from './scopes.ts';
import { bare, context, memberName, type Node, parentOf } from './syntax.ts';
import type { TextReader } from './text-reader.ts';
import { constantOf } from './text-shape.ts';

/** Those that run code which they are given. */
export const VM: ReadonlySet<string> = new Set([
  'vm.runInThisContext',
  'vm.runInNewContext',
  'vm.runInContext',
  'vm.compileFunction',
  'vm.Script',
  'vm.SourceTextModule',
  'vm.SyntheticModule',
  'repl.start',
  'repl.REPLServer',
  'inspector.Session',
  'test.run',
]);

/** Their functions that load or run code, besides those of process-sites.ts. All others are harmless when they are passed on. */
const LOADING: ReadonlySet<string> = new Set([
  ...STARTS,
  'cluster.setupPrimary',
  'cluster.setupMaster',
  'module._load',
  'module.createRequire',
  'module.register',
  'module.registerHooks',
  'module.Module',
  ...VM,
]);

const MODULES: ReadonlySet<string> = new Set(['child_process', 'cluster', 'module', 'repl', 'vm', 'worker_threads']);

/** The expressions that pass one on. */
export function escapedBuiltins(walk: FileWalk, uses: readonly RequireUse[]): readonly Node[] {
  const escaped: Node[] = [...unnamed(walk, uses)];
  const isLoading = (path: string | null): boolean => path !== null && (MODULES.has(path) || LOADING.has(path));
  for (const binding of walk.scopes.bindings) {
    if (!binding.declarations.some((declaration) => isLoading(importedPath(declaration, walk.scopes)))) continue;
    // A variable that is set twice is not recognised at its calls.
    const isSetOnce = binding.writes.length === 0 && binding.declarations.length === 1;
    for (const read of binding.reads) if (!isSetOnce || isPassedOn(read, walk.scopes)) escaped.push(read);
  }
  const { calls, members, others } = walk.tree.kinds;
  for (const node of [...calls, ...members]) {
    const path = dottedPath(node, walk.scopes);
    if (!isLoading(path) || !isPassedOn(node, walk.scopes)) continue;
    const variable = path === null ? null : assignedTo(node, walk.scopes);
    if (variable === null || path === null || !WITH_PLAIN_MEMBERS.has(path)) escaped.push(node);
    else escaped.push(...variable.reads.filter((read) => !isHarmlessRead(read, path)));
  }
  for (const node of others) {
    switch (node.type) {
      case 'ImportExpression': {
        const isNamed = builtinNamed(node.source) !== null;
        if (
          isNamed
            ? isLoading(builtinNamed(node.source)) && isPassedOn(node, walk.scopes)
            : namesLoading(node.source, walk.texts)
        ) {
          escaped.push(node);
        }
        break;
      }
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (node.source !== null && isLoading(builtinNamed(node.source))) escaped.push(node);
        break;
      default:
    }
  }
  return escaped;
}

/** All that can start something in them stands in LOADING; the loader has internals besides (code-sites.ts). */
const WITH_PLAIN_MEMBERS: ReadonlySet<string> = new Set(['child_process', 'cluster', 'worker_threads']);

/**
 * The variable that a statement gives the module: `let cluster; try { cluster = require('cluster'); } catch {}`. What is done with it is not
 * recognised as the module's, so each of its reads is looked at.
 */
function assignedTo(node: Node, scopes: Scopes): Binding | null {
  const { parent, child } = context(node);
  if (parent?.type !== 'AssignmentExpression' || parent.operator !== '=' || parent.right !== child) return null;
  if (context(parent).parent?.type !== 'ExpressionStatement' || parent.left.type !== 'Identifier') return null;
  const binding = scopes.isOpaque ? null : scopes.bindingOf(parent.left);
  const isExported = binding?.declarations.some((each) =>
    parentOf(parentOf(parentOf(each) ?? each) ?? each)?.type.startsWith('Export'),
  );
  return isExported === true ? null : binding;
}

/** It only looks whether the module is there, or reads something of it that starts nothing. */
function isHarmlessRead(read: Node, path: string): boolean {
  let { parent, child } = context(read);
  // The last of `a && b` is the value of the whole.
  while (parent?.type === 'LogicalExpression' && parent.operator === '&&' && parent.right === child)
    ({ parent, child } = context(parent));
  switch (parent?.type) {
    case 'MemberExpression': {
      const name = parent.object === child ? memberName(parent) : null;
      return name !== null && name !== 'default' && !LOADING.has(`${path}.${name}`);
    }
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'ExpressionStatement':
      return true;
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test === child;
    case 'LogicalExpression':
      return parent.operator === '&&' && parent.left === child;
    default:
      return false;
  }
}

function isPassedOn(node: Node, scopes: Scopes): boolean {
  let { parent, child } = context(node);
  while (parent?.type === 'AwaitExpression') ({ parent, child } = context(parent));
  switch (parent?.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== child && !isInterop(parent) && !isPromisified(parent, scopes);
    case 'MemberExpression':
      return parent.object === child && memberName(parent) === null;
    case 'VariableDeclarator':
      // A variable or a pattern that holds it is looked at where it is read.
      return parent.init !== child || (parent.id.type === 'ObjectPattern' && hasRest(parent.id));
    case 'UnaryExpression':
    case 'ExpressionStatement':
    case 'BinaryExpression':
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return false;
    default:
      return true;
  }
}

const hasRest = (pattern: Node & { type: 'ObjectPattern' }): boolean =>
  pattern.properties.some((property) => property.type === 'RestElement' || property.computed);

/** `__importStar(require('child_process'))` gives the same to a variable that is looked at. */
const isInterop = (call: Node & { type: 'CallExpression' | 'NewExpression' }): boolean => {
  const callee = bare(call.callee);
  const name = callee.type === 'Identifier' ? callee.name : memberName(callee);
  const { parent } = context(call);
  return name !== null && INTEROP.test(name) && parent?.type === 'VariableDeclarator';
};

/** `const execAsync = promisify(exec)`: the variable is looked at (global-path.ts). */
const isPromisified = (call: Node & { type: 'CallExpression' | 'NewExpression' }, scopes: Scopes): boolean => {
  const { parent } = context(call);
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' && isPromisify(call, scopes);
};

/** Loaded in a way that global-path.ts does not know: by another `require`, or under a name that is put together. */
function unnamed({ scopes, texts }: FileWalk, uses: readonly RequireUse[]): readonly Node[] {
  return uses.flatMap((use) => {
    if (use.kind !== 'call') return [];
    const [argument] = use.call.arguments;
    const isKnown =
      argument !== undefined && argument.type === 'Literal' && isGlobal(use.call.callee, 'require', scopes);
    return argument === undefined || isKnown || !namesLoading(argument, texts) ? [] : [use.call];
  });
}

const namesLoading = (name: Node, texts: TextReader): boolean =>
  texts.textOf(name).some((shape) => MODULES.has((constantOf(shape) ?? '').replace(/^node:/, '')));
