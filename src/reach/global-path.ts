/**
 * Which global or built-in module of Node an expression means: `fs.readdirSync` for `require('node:fs').readdirSync`, for a
 * variable that holds it, and for an import of it.
 *
 * An answer is certain only in one direction: what it names is meant. What it does not recognise may still be the same thing;
 * whoever needs that asks builtin-uses.ts.
 */
import type { Scopes } from './scopes.ts';
import { bare, keyName, memberName, type Node } from './syntax.ts';

/** `a.b.c` for a chain of constant names on a global, an `import.meta`, or a required built-in module, which is then `a`. */
export function dottedPath(node: Node, scopes: Scopes): string | null {
  if (!mayHavePath(node, scopes)) return null;
  let known = answered.get(scopes);
  if (known === undefined) answered.set(scopes, (known = new Map()));
  let path = known.get(node);
  if (path === undefined) known.set(node, (path = findPath(node, scopes)));
  return path;
}

/** False for most of a file, at a glance: what begins with `this`, with a parameter, with a function or class of the file's own. */
function mayHavePath(node: Node, scopes: Scopes): boolean {
  let at = bare(node);
  while (at.type === 'MemberExpression') at = bare(at.object);
  switch (at.type) {
    case 'MetaProperty':
    case 'CallExpression':
    case 'AwaitExpression':
      return true;
    case 'Identifier': {
      const kind = scopes.bindingOf(at)?.kind;
      return kind === undefined || kind === 'var' || kind === 'let' || kind === 'const' || kind === 'import';
    }
    default:
      return false;
  }
}

/** Every reader of a file asks about the same calls. */
const answered = new WeakMap<Scopes, Map<Node, string | null>>();

function findPath(node: Node, scopes: Scopes): string | null {
  const names: string[] = [];
  let at = bare(node);
  for (; at.type === 'MemberExpression'; at = bare(at.object)) {
    const name = memberName(at);
    if (name === null || names.length > 4) return null;
    names.unshift(name);
  }
  const root = rootName(at, scopes);
  if (root === null) return null;
  // `globalThis.process` is `process`.
  if (GLOBAL_OBJECTS.has(root) && names.length > 0) return names.join('.');
  // Node's `Module` is a property of itself, and so is the `default` of every built-in module.
  if (names[0] === 'default' || (root === 'module' && names[0] === 'Module')) names.shift();
  return [root, ...names].join('.');
}

const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(['global', 'globalThis']);

function rootName(node: Node, scopes: Scopes, aliases = 0): string | null {
  if (node.type === 'MetaProperty') return 'import.meta';
  if (node.type === 'CallExpression') return builtinOf(node, scopes);
  if (node.type === 'AwaitExpression') {
    const awaited = bare(node.argument);
    return awaited.type === 'ImportExpression' ? builtinNamed(awaited.source) : null;
  }
  if (node.type !== 'Identifier') return null;
  const binding = scopes.bindingOf(node);
  if (binding === null) return node.name;
  const [declaration, ...others] = binding.declarations;
  if (binding.writes.length > 0 || others.length > 0 || aliases > MOST_ALIASES) return null;
  return declaration === undefined ? null : importedPath(declaration, scopes, aliases + 1);
}

/** `a = b`, `b = c`, …: longer chains, and those that lead back, are not followed. */
const MOST_ALIASES = 8;

/** `path` for `const x = require('path')` and `import x from 'node:path'`; `path.join` for `const { join: x } = require('path')`. */
export function importedPath(declaration: Node, scopes: Scopes, aliases = 0): string | null {
  const { parent } = declaration;
  switch (parent?.type) {
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return parent.parent?.type === 'ImportDeclaration' ? builtinName(parent.parent.source.value) : null;
    case 'ImportSpecifier': {
      const source = parent.parent?.type === 'ImportDeclaration' ? builtinName(parent.parent.source.value) : null;
      const name = keyName(parent.imported, false);
      if (source === null || name === null) return null;
      return name === 'default' ? source : `${source}.${name}`;
    }
    case 'TSImportEqualsDeclaration': {
      const { moduleReference } = parent;
      return moduleReference.type === 'TSExternalModuleReference' ? builtinNamed(moduleReference.expression) : null;
    }
    case 'VariableDeclarator': {
      if (parent.init === null || parent.id !== declaration) return null;
      const init = withoutPromisify(withoutInterop(bare(parent.init)), scopes, aliases);
      return init.type === 'MemberExpression'
        ? memberOfBuiltin(init, scopes, aliases)
        : builtinValue(init, scopes, aliases);
    }
    case 'Property': {
      const declarator = parent.parent?.parent;
      if (declarator?.type !== 'VariableDeclarator' || declarator.init === null || declarator.id !== parent.parent)
        return null;
      const init = bare(declarator.init);
      const source = builtinValue(init, scopes, aliases);
      const name = keyName(parent.key, parent.computed);
      return source === null || name === null ? null : `${source}.${name}`;
    }
    default:
      return null;
  }
}

/** A built-in module where it is loaded, or a variable that holds one: `const { spawn } = childProcess`. */
function builtinValue(node: Node, scopes: Scopes, aliases: number): string | null {
  const value = withoutInterop(node);
  const isLoaded = value.type === 'CallExpression' || value.type === 'AwaitExpression';
  if (!isLoaded && value.type !== 'Identifier') return null;
  const path = rootName(value, scopes, aliases);
  return path !== null && MODULES_READ.has(path) ? path : null;
}

const memberOfBuiltin = (init: Node, scopes: Scopes, aliases: number): string | null => {
  if (init.type !== 'MemberExpression') return null;
  const object = bare(init.object);
  const source = builtinValue(object, scopes, aliases);
  const name = memberName(init);
  return source === null || name === null ? null : `${source}.${name}`;
};

/** The compilers wrap what they require: `__importStar(require('path'))`, `_interopRequireDefault(require('path'))`. */
function withoutInterop(node: Node): Node {
  if (node.type !== 'CallExpression' || node.arguments.length !== 1) return node;
  const callee = bare(node.callee);
  const name = callee.type === 'Identifier' ? callee.name : memberName(callee);
  const [argument] = node.arguments;
  return name !== null && INTEROP.test(name) && argument !== undefined ? bare(argument) : node;
}

/** `promisify(exec)` starts what `exec` starts, with the same arguments. */
function withoutPromisify(node: Node, scopes: Scopes, aliases: number): Node {
  if (node.type !== 'CallExpression' || node.arguments.length !== 1 || aliases > MOST_ALIASES) return node;
  const [argument] = node.arguments;
  return argument !== undefined && isPromisify(node, scopes, aliases) ? bare(argument) : node;
}

/** @param aliases Counts the variables that were followed on the way, so that `var f = f(a)` ends. */
export function isPromisify(
  call: Node & { type: 'CallExpression' | 'NewExpression' },
  scopes: Scopes,
  aliases = 0,
): boolean {
  const callee = bare(call.callee);
  if (callee.type === 'MemberExpression') {
    return memberName(callee) === 'promisify' && builtinValue(bare(callee.object), scopes, aliases) === 'util';
  }
  return callee.type === 'Identifier' && rootName(callee, scopes, aliases) === 'util.promisify';
}

export const INTEROP = /^_*(?:importStar|importDefault|interopRequire(?:Default|Wildcard)|interopDefault|toESM)\d*$/;

/** `path` for `require('path')` and `require('node:path')`. */
function builtinOf(call: Node & { type: 'CallExpression' }, scopes: Scopes): string | null {
  const [argument] = call.arguments;
  const isLoad =
    isGlobal(call.callee, 'require', scopes) || dottedPathOfGlobal(call.callee, scopes) === 'process.getBuiltinModule';
  if (!isLoad || argument === undefined) return null;
  return builtinNamed(argument);
}

const dottedPathOfGlobal = (node: Node, scopes: Scopes): string | null => {
  const callee = bare(node);
  return callee.type === 'MemberExpression' && isGlobal(callee.object, 'process', scopes)
    ? `process.${memberName(callee) ?? '?'}`
    : null;
};

/** The built-in modules whose functions are read here or in load-sites.ts and code-facts.ts. */
const READ_BUILTINS =
  /^(?:node:)?(path|path\/posix|fs|fs\/promises|url|module|vm|child_process|worker_threads|cluster|process|repl|inspector|inspector\/promises|test|util)$/;

const MODULES_READ: ReadonlySet<string> = new Set([
  'child_process',
  'cluster',
  'fs',
  'inspector',
  'module',
  'path',
  'process',
  'repl',
  'test',
  'url',
  'util',
  'vm',
  'worker_threads',
]);

/** The same for the literal that an import names. */
export function builtinNamed(specifier: Node): string | null {
  const value = bare(specifier);
  return value.type === 'Literal' && typeof value.value === 'string' ? builtinName(value.value) : null;
}

const builtinName = (specifier: string): string | null => {
  const name = READ_BUILTINS.exec(specifier)?.[1] ?? null;
  return name?.replace(/\/(?:posix|promises)$/, '') ?? null;
};

/** An identifier that means the global of that name, because the file declares none. */
export function isGlobal(node: Node, name: string, scopes: Scopes): boolean {
  const value = bare(node);
  return value.type === 'Identifier' && value.name === name && scopes.bindingOf(value) === null;
}
