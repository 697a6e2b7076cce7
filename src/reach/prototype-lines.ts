/**
 * Where a file gives all objects, functions or arrays something by another name for their prototype: `const proto = Object.prototype; proto.x = f`, and
 * `extend(Function.prototype, { … })`, `({}).__proto__.x = f`; and where it gives something to the maps, dates or errors of the language.
 *
 * Written as if the prototype itself stood there, for the patterns of assigning-lines.ts, which go by the text. Programs have classes of their own that
 * are called `Map`, so those of the language are marked.
 */
import type { Binding, Scopes } from './scopes.ts';
import { bare, context, isFunction, keyName, memberName, parentOf, type Node, type SyntaxTree } from './syntax.ts';

const OWNERS: readonly string[] = ['Object', 'Function', 'Array'];
const MARKED: readonly string[] =
  'Map Set WeakMap WeakSet Date RegExp Promise URL Buffer Error TypeError RangeError SyntaxError'.split(' ');

/** So much stands behind the name in a line. */
const LINE_CHARS = 240;

export function prototypeLines({ source, nodes }: SyntaxTree, scopes: Scopes): readonly string[] {
  const line = (owner: string, holder: Node): readonly string[] => {
    const written = writtenBy(holder, scopes);
    const mark = MARKED.includes(owner) ? 'native ' : '';
    return written === null
      ? []
      : [`${mark}${written}${owner}.prototype${source.slice(holder.end, holder.end + LINE_CHARS)}`];
  };
  const named = source.includes('prototype')
    ? [...OWNERS, ...MARKED].flatMap((owner) =>
        (scopes.globals.get(owner) ?? [])
          .flatMap((name) => holdersOf(name, scopes))
          .flatMap((each) => line(owner, each)),
      )
    : [];
  if (!source.includes('__proto__') && !source.includes('getPrototypeOf')) return named;
  const asked = nodes.flatMap((node) => {
    const owner = ownerAsked(node);
    return owner === null ? [] : heldAt(node, scopes).flatMap((each) => line(owner, each));
  });
  return [...named, ...asked];
}

/** Whose prototype it is: `({}).__proto__`, `Object.getPrototypeOf([])`. */
function ownerAsked(node: Node): string | null {
  if (node.type === 'MemberExpression') return memberName(node) === '__proto__' ? ownerOf(node.object) : null;
  if (node.type !== 'CallExpression' || node.arguments[0] === undefined) return null;
  return memberName(bare(node.callee)) === 'getPrototypeOf' ? ownerOf(node.arguments[0]) : null;
}

/** Of a literal; what else an object inherits from is followed (`throughInherited` in flow-tag.ts). */
function ownerOf(object: Node): string | null {
  const value = bare(object);
  if (value.type === 'ObjectExpression') return 'Object';
  if (value.type === 'ArrayExpression') return 'Array';
  return isFunction(value) ? 'Function' : null;
}

/** `Object.prototype` as it stands there, or the variables that are it. */
function holdersOf(owner: Node, scopes: Scopes): readonly Node[] {
  const { parent, child } = context(owner);
  if (parent?.type === 'VariableDeclarator' && parent.init === child && parent.id.type === 'ObjectPattern')
    return parent.id.properties.flatMap((property) =>
      property.type === 'Property' && keyName(property.key, property.computed) === 'prototype'
        ? readsOf(scopes.bindingOf(property.value))
        : [],
    );
  if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) !== 'prototype') return [];
  return heldAt(parent, scopes);
}

/** The prototype itself, or the variables that are it. */
function heldAt(holder: Node, scopes: Scopes): readonly Node[] {
  const { parent: above, child: prototype } = context(holder);
  if (above?.type === 'VariableDeclarator' && above.init === prototype) return readsOf(scopes.bindingOf(above.id));
  if (above?.type === 'AssignmentExpression' && above.right === prototype)
    return readsOf(scopes.bindingOf(bare(above.left)));
  return [holder];
}

const readsOf = (binding: Binding | null): readonly Node[] => binding?.reads ?? [];

/** What stands before the prototype in a line that gives it something; `null` where it is given nothing. */
function writtenBy(holder: Node, scopes: Scopes): string | null {
  const { parent, child } = context(holder);
  if (parent?.type === 'MemberExpression' && parent.object === child) {
    const { parent: above, child: member } = context(parent);
    return above?.type === 'AssignmentExpression' && above.left === member ? '' : null;
  }
  if (parent?.type !== 'CallExpression' || parent.arguments[0] !== child) return null;
  const callee = bare(parent.callee);
  const name = memberName(callee) ?? '';
  const owner = callee.type === 'MemberExpression' ? bare(callee.object) : null;
  if (owner?.type === 'Identifier' && /^(?:Object|Reflect)$/.test(owner.name) && scopes.bindingOf(owner) === null)
    return /^(?:assign|definePropert(?:y|ies))$/.test(name) ? `${name}(` : null;
  const gives = parent.arguments.slice(1).some((each) => isCode(bare(each), scopes));
  return gives && !/^(?:call|apply|bind)$/.test(name) ? 'assign(' : null;
}

/** A function or a literal, or a name of one. */
function isCode(value: Node, scopes: Scopes): boolean {
  if (isFunction(value) || value.type === 'ObjectExpression') return true;
  const [declaration] = value.type === 'Identifier' ? (scopes.bindingOf(value)?.declarations ?? []) : [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  if (declarator === undefined) return false;
  if (declarator.type !== 'VariableDeclarator' || declarator.init === null) return isFunction(declarator);
  const init = bare(declarator.init);
  return isFunction(init) || init.type === 'ObjectExpression';
}
