/**
 * Where a file puts something in the place of a function of the language, by its tree: `[Object.keys] = [f]`, `Reflect.get(globalThis, 'JSON').parse = f`,
 * `({}).constructor.keys = f`. What the text shows is replaced-natives.ts, which asks.
 *
 * Where one file hands `Object` on and another gives `keys` to what it is handed, both say their half (`handed:`, `set:`), and flow-files.actions.ts puts them together.
 */
import { isPatternTarget } from './flow-file.ts';
import { isRequired } from './prototype-lines.ts';
import type { Scopes } from './scopes.ts';
import {
  bare,
  context,
  isFunction,
  keyName,
  memberName,
  type Node,
  parentOf,
  type SyntaxTree,
  textOf,
} from './syntax.ts';

/** Owners of functions that are known well (replaced-natives.ts), but for `console`, which everybody hands about, and modules. */
const OWNERS: ReadonlySet<string> = new Set([
  'Object',
  'Reflect',
  'Array',
  'JSON',
  'Math',
  'Promise',
  'Buffer',
  'Symbol',
  'Number',
  'String',
  'Boolean',
  'console',
]);

/** Functions of theirs that the rules for natives take for harmless, and that are called so seldom by anybody else that a name tells enough. */
const MEMBERS =
  /^(?:keys|values|entries|getOwnPropertyNames|hasOwn|freeze|seal|isFrozen|getPrototypeOf|ownKeys|stringify|parse|isArray|isInteger|isFinite|isNaN|max|min|floor|round)$/;

export const halfOfOwner = (owner: string): string => `handed:${owner}`;
export const halfOfMember = (member: string): string => `set:${member}`;

export function replacedMembers({ kinds }: SyntaxTree, scopes: Scopes): readonly string[] {
  const found: string[] = [];
  for (const owner of OWNERS)
    if (owner !== 'console' && scopes.globals.get(owner)?.some(isHandedOn) === true) found.push(halfOfOwner(owner));
  for (const call of kinds.calls) found.push(...definedBy(call, scopes));
  for (const member of kinds.members) found.push(...setBy(member, scopes));
  return found;
}

function setBy(node: Node & { type: 'MemberExpression' }, scopes: Scopes): readonly string[] {
  const isAccessor =
    /^__define[GS]etter__$/.test(memberName(node) ?? '') && context(node).parent?.type === 'CallExpression';
  if (!isAccessor && !isWritten(node)) return [];
  const owner = ownerIn(node.object, scopes, 0);
  const name = isAccessor ? null : memberName(node);
  if (owner !== null) return [name === null ? owner : `${owner}.${name}`];
  if (isGlobalObject(node.object, scopes)) return name !== null && OWNERS.has(name) ? [name] : [];
  return name !== null && MEMBERS.test(name) && comesFromOthers(node.object, scopes) ? [halfOfMember(name)] : [];
}

function isWritten(member: Node): boolean {
  const { parent, child } = context(member);
  return (parent?.type === 'AssignmentExpression' && parent.left === child) || isPatternTarget(member);
}

const GIVING = /^(?:assign|definePropert(?:y|ies)|set|extend|mixin|merge)$/;

/** `Object.defineProperty(owner, 'keys', …)`, `Object.defineProperty(globalThis, 'JSON', …)`. */
function definedBy(call: Node & { type: 'CallExpression' }, scopes: Scopes): readonly string[] {
  const [target, key] = call.arguments;
  const callee = bare(call.callee);
  const name = memberName(callee) ?? (callee.type === 'Identifier' ? callee.name : '');
  if (target === undefined || !GIVING.test(name)) return [];
  const owner = bare(target).type === 'Identifier' && OWNERS.has(nameOf(target)) ? null : ownerIn(target, scopes, 0);
  if (owner !== null) return [owner];
  const whole = textOf(key);
  return isGlobalObject(target, scopes) && whole !== null && OWNERS.has(whole) ? [whole] : [];
}

const nameOf = (node: Node): string => {
  const value = bare(node);
  return value.type === 'Identifier' ? value.name : '';
};

const isGlobalObject = (node: Node, scopes: Scopes): boolean =>
  /^global(?:This)?$/.test(nameOf(node)) && scopes.bindingOf(bare(node)) === null;

/** Variables that stand for variables are followed this far. */
const MAX_DEPTH = 4;

/** Which of them an expression is. */
function ownerIn(node: Node, scopes: Scopes, depth: number): string | null {
  const value = bare(node);
  if (depth > MAX_DEPTH) return null;
  if (value.type === 'Identifier') return ownerNamed(value, scopes, depth);
  if (value.type === 'MemberExpression') {
    const name = memberName(value) ?? '';
    if (name === 'constructor') return madeBy(bare(value.object));
    return OWNERS.has(name) && isGlobalObject(value.object, scopes) ? name : null;
  }
  if (value.type !== 'CallExpression' || memberName(bare(value.callee)) !== 'get') return null;
  const [target, key] = value.arguments;
  const name = textOf(key) ?? '';
  return target !== undefined && isGlobalObject(target, scopes) && OWNERS.has(name) ? name : null;
}

function ownerNamed(name: Node & { type: 'Identifier' }, scopes: Scopes, depth: number): string | null {
  const binding = scopes.bindingOf(name);
  if (binding === null) return OWNERS.has(name.name) ? name.name : null;
  const [declaration] = binding.declarations;
  const parent = declaration === undefined ? undefined : parentOf(declaration);
  if (parent?.type === 'VariableDeclarator' && parent.id === declaration)
    return parent.init === null ? null : ownerIn(parent.init, scopes, depth + 1);
  if (parent?.type !== 'Property') return null;
  const declarator = parentOf(parentOf(parent) ?? parent);
  const key = keyName(parent.key, parent.computed) ?? '';
  const isOfGlobal =
    declarator?.type === 'VariableDeclarator' && declarator.init !== null && isGlobalObject(declarator.init, scopes);
  return isOfGlobal && OWNERS.has(key) ? key : null;
}

/** The constructor of a literal. */
function madeBy(literal: Node): string | null {
  switch (literal.type) {
    case 'ObjectExpression':
      return 'Object';
    case 'ArrayExpression':
      return 'Array';
    case 'Literal':
      return typeof literal.value === 'string' ? 'String' : typeof literal.value === 'number' ? 'Number' : null;
    case 'TemplateLiteral':
      return 'String';
    case 'CallExpression': {
      const callee = bare(literal.callee);
      return isFunction(callee) && callee.async ? 'Promise' : null;
    }
    default:
      return null;
  }
}

/** `patch(Object)`, `exports.owner = Object`; not so the type of a member, as compilers write it for decorators. */
function isHandedOn(name: Node): boolean {
  const { parent, child } = context(name);
  switch (parent?.type) {
    case 'CallExpression': {
      const callee = bare(parent.callee);
      const asked = memberName(callee) ?? nameOf(callee);
      const owner = callee.type === 'MemberExpression' ? nameOf(callee.object) : '';
      return (
        parent.callee !== child &&
        !/metadata|^(?:map|filter|some|every|forEach|inherits)$/i.test(asked) &&
        !OWNERS.has(owner)
      );
    }
    case 'AssignmentExpression':
      return parent.right === child && bare(parent.left).type === 'MemberExpression';
    case 'Property':
      return parent.value === child && parentOf(parent)?.type === 'ObjectExpression';
    case 'ExportDefaultDeclaration':
    case 'ReturnStatement':
      return true;
    default:
      return false;
  }
}

/** A parameter, what a module gave, or a member of one of these. */
function comesFromOthers(node: Node, scopes: Scopes): boolean {
  const value = bare(node);
  if (value.type === 'MemberExpression')
    return memberName(value) !== 'prototype' && comesFromOthers(value.object, scopes);
  if (value.type === 'CallExpression') return nameOf(value.callee) === 'require';
  const binding = value.type === 'Identifier' ? scopes.bindingOf(value) : null;
  const [declaration] = binding?.declarations ?? [];
  if (binding === null || declaration === undefined) return false;
  if (binding.kind === 'parameter') return !/^(?:exports|module)$/.test(binding.name);
  if (binding.kind === 'import') return true;
  return isRequired(declaration);
}
