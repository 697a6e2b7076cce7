/**
 * Where a file gives all objects, functions or arrays something by another name for their prototype: `const proto = Object.prototype; proto.x = f`, and
 * `extend(Function.prototype, { … })`, `({}).__proto__.x = f`; and where it gives something to the maps, dates or errors of the language.
 *
 * Written as if the prototype itself stood there, for the patterns of assigning-lines.ts, which go by the text. Programs have classes of their own that
 * are called `Map`, so those of the language are marked.
 */
import { declaredFunction } from './declared-function.ts';
import { isPatternTarget } from './flow-file.ts';
import type { Binding, Scopes } from './scopes.ts';
import {
  bare,
  context,
  functionAround,
  isFunction,
  keyName,
  memberName,
  parentOf,
  type Node,
  type SyntaxTree,
} from './syntax.ts';

const OWNERS: readonly string[] = ['Object', 'Function', 'Array'];
const MARKED: readonly string[] =
  'Map Set WeakMap WeakSet Date RegExp Promise URL Buffer Error TypeError RangeError SyntaxError'.split(' ');

/** So much stands behind the name in a line. */
const LINE_CHARS = 240;

export function prototypeLines({ source, nodes, kinds }: SyntaxTree, scopes: Scopes): readonly string[] {
  const line = (owner: string, holder: Node): readonly string[] => {
    const mark = MARKED.includes(owner) ? 'native ' : '';
    return writtenTo(holder, source, scopes).map(
      ([before, after]) => `${mark}${before}${owner}.prototype${after.slice(0, LINE_CHARS)}`,
    );
  };
  const named = source.includes('prototype')
    ? [...OWNERS, ...MARKED].flatMap((owner) =>
        (scopes.globals.get(owner) ?? [])
          .flatMap((name) => holdersOf(name, scopes))
          .map((holder) => ({ owner, holder })),
      )
    : [];
  const asked = WAYS.test(source)
    ? nodes.flatMap((node) => {
        const owner = ownerAsked(node, scopes);
        return owner === null ? [] : heldAt(node, scopes).map((holder) => ({ owner, holder }));
      })
    : [];
  const known = [...named, ...asked];
  const all = [...known, ...givenBack(nodes, known, scopes)];
  const given = all.some(({ holder }) => isExported(holder)) ? [EXPORTS_PROTOTYPE] : [];
  const imported: Written[] = [];
  for (const node of [...kinds.names, ...kinds.members, ...kinds.calls]) {
    // Few are written to, and that is the cheaper question.
    const written = writtenTo(node, source, scopes);
    if (written.length > 0 && isImported(node, scopes)) imported.push(...written);
  }
  return [
    ...all.flatMap(({ owner, holder }) => line(owner, holder)),
    ...given,
    ...imported.map(([before, after]) => `${IMPORTED}${before}Object.prototype${after.slice(0, LINE_CHARS)}`),
  ];
}

/** What leads to a prototype but its own name has one of these. */
const WAYS = /__proto__|[pP]rototypeOf|\bprototype\b|\b(?:Object|Function|Array)\s*[[)]/;

interface Holder {
  readonly owner: string;
  readonly holder: Node;
}

/** What the calls of a function give that gives one back. */
function givenBack(nodes: readonly Node[], all: readonly Holder[], scopes: Scopes): readonly Holder[] {
  const owners = new Map<Node, string>();
  for (const { owner, holder } of all) {
    const { parent } = context(holder);
    const fn =
      parent?.type === 'ReturnStatement' || parent?.type === 'ArrowFunctionExpression' ? functionAround(holder) : null;
    if (fn !== null) owners.set(fn, owner);
  }
  if (owners.size === 0) return [];
  return nodes.flatMap((node) => {
    const callee = node.type === 'CallExpression' ? bare(node.callee) : null;
    const fn = callee === null ? null : isFunction(callee) ? callee : declaredFunction(callee, scopes);
    const owner = fn === null ? undefined : owners.get(fn);
    return owner === undefined ? [] : heldAt(node, scopes).map((holder) => ({ owner, holder }));
  });
}

/** Another file may have the prototype of all objects from this one. */
export const EXPORTS_PROTOTYPE = 'a prototype is exported';
/** Before a line that is meant only if some file exports such a prototype. */
const IMPORTED = 'imported ';

/** The lines as they are meant where files give each other what they have. */
export const meantLines = (lines: readonly string[], exportsPrototype: boolean): readonly string[] =>
  lines.flatMap((line) =>
    !line.startsWith(IMPORTED) ? [line] : exportsPrototype ? [line.slice(IMPORTED.length)] : [],
  );

/**
 * Whose prototype it may be: `({}).__proto__`, `Object.getPrototypeOf([])`, `globalThis.Object.prototype`, and what a function gives that is handed
 * `Object` itself. Of an object that is not seen it may be that of all objects.
 */
function ownerAsked(node: Node, scopes: Scopes): string | null {
  if (node.type === 'MemberExpression') {
    const name = memberName(node);
    if (name === '__proto__') return ownerOf(node.object, scopes) ?? 'Object';
    if (name === null) return globalOwner(node.object, scopes);
    return name === 'prototype' ? ownerNamed(node.object, scopes) : null;
  }
  if (node.type !== 'CallExpression' || node.arguments[0] === undefined) return null;
  const callee = bare(node.callee);
  const name = memberName(callee) ?? (callee.type === 'Identifier' ? callee.name : '');
  if (/^getPrototypeOf$/.test(name)) return ownerOf(node.arguments[0], scopes) ?? 'Object';
  const handed = node.arguments.map((each) => globalOwner(each, scopes)).find((each) => each !== null);
  return handed ?? null;
}

/** `Object`, `Function`, `Array` as they are everywhere. */
function globalOwner(node: Node, scopes: Scopes): string | null {
  const value = bare(node);
  return value.type === 'Identifier' && OWNERS.includes(value.name) && scopes.bindingOf(value) === null
    ? value.name
    : null;
}

/** What stands before `.prototype`, where it is not the plain name: `globalThis.Object`, `({}).constructor`, `const O = Object`. */
function ownerNamed(node: Node, scopes: Scopes): string | null {
  const owner = bare(node);
  if (owner.type === 'MemberExpression') {
    const name = memberName(owner) ?? '';
    const of = bare(owner.object);
    if (name === 'constructor') return ownerOf(of, scopes);
    const isGlobal =
      of.type === 'Identifier' && /^(?:global(?:This)?|window|self)$/.test(of.name) && scopes.bindingOf(of) === null;
    return isGlobal && [...OWNERS, ...MARKED].includes(name) ? name : null;
  }
  const value = valueOf(owner, scopes);
  return value === null ? globalKey(owner, scopes) : globalOwner(value, scopes);
}

/** `const { Object: O } = globalThis`. */
function globalKey(name: Node, scopes: Scopes): string | null {
  const [declaration] = name.type === 'Identifier' ? (scopes.bindingOf(name)?.declarations ?? []) : [];
  const property = declaration === undefined ? undefined : parentOf(declaration);
  if (property?.type !== 'Property' || parentOf(property)?.type !== 'ObjectPattern') return null;
  const key = keyName(property.key, property.computed) ?? '';
  return OWNERS.includes(key) ? key : null;
}

/** What a variable is set to where it is declared. */
function valueOf(name: Node, scopes: Scopes): Node | null {
  const [declaration] = name.type === 'Identifier' ? (scopes.bindingOf(name)?.declarations ?? []) : [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  return declarator?.type === 'VariableDeclarator' && declarator.id === declaration && declarator.init !== null
    ? bare(declarator.init)
    : null;
}

/** Of a literal; what else an object inherits from is followed (`throughInherited` in flow-tag.ts) if it leads to the function. */
function ownerOf(object: Node, scopes: Scopes): string | null {
  const value = valueOf(bare(object), scopes) ?? bare(object);
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
  if (above?.type === 'VariableDeclarator' && above.init === prototype)
    return [holder, ...readsOf(scopes.bindingOf(above.id))];
  if (above?.type === 'AssignmentExpression' && above.right === prototype)
    return [holder, ...readsOf(scopes.bindingOf(bare(above.left)))];
  return [holder];
}

const readsOf = (binding: Binding | null): readonly Node[] => binding?.reads ?? [];

/** It is what the module gives to others, or a part of that. */
function isExported(holder: Node): boolean {
  const { parent, child } = context(holder);
  switch (parent?.type) {
    case 'AssignmentExpression':
      return parent.right === child && /(?:^|\.)exports(?:$|[.[])/.test(pathOf(parent.left));
    case 'ExportDefaultDeclaration':
    case 'ExportSpecifier':
      return true;
    case 'VariableDeclarator': {
      const declaration = parentOf(parent);
      return declaration !== undefined && parentOf(declaration)?.type === 'ExportNamedDeclaration';
    }
    case 'Property': {
      const literal = context(parentOf(parent) ?? parent);
      return literal.parent?.type === 'AssignmentExpression' && /(?:^|\.)exports$/.test(pathOf(literal.parent.left));
    }
    default:
      return false;
  }
}

/** `module.exports.x`, as far as it is plain. */
function pathOf(node: Node): string {
  const value = bare(node);
  if (value.type === 'Identifier') return value.name;
  return value.type === 'MemberExpression' ? `${pathOf(value.object)}.${memberName(value) ?? ''}` : '';
}

/** `require('x')`, a member of it, or a variable that is what another module gave. */
function isImported(node: Node, scopes: Scopes): boolean {
  if (node.type === 'Identifier') {
    const binding = scopes.bindingOf(node);
    const [declaration] = binding?.declarations ?? [];
    if (declaration === undefined || declaration === node) return false;
    if (/^Import\w*Specifier$/.test(parentOf(declaration)?.type ?? '')) return true;
    return isRequired(declaration);
  }
  return (node.type === 'CallExpression' || node.type === 'MemberExpression') && isRequest(node);
}

/** Whether a variable is declared as what `require` gives, or a member of that. */
export function isRequired(declaration: Node): boolean {
  let above = parentOf(declaration);
  while (above?.type === 'Property' || above?.type === 'ObjectPattern') above = parentOf(above);
  return above?.type === 'VariableDeclarator' && above.init !== null && isRequest(above.init);
}

function isRequest(node: Node): boolean {
  const value = bare(node);
  if (value.type === 'MemberExpression') return isRequest(value.object);
  return value.type === 'CallExpression' && value.callee.type === 'Identifier' && value.callee.name === 'require';
}

/** What stands before and behind the prototype in a line that gives it something. */
type Written = readonly [before: string, after: string];

function writtenTo(holder: Node, source: string, scopes: Scopes): readonly Written[] {
  const { parent, child } = context(holder);
  if (parent?.type === 'MemberExpression' && parent.object === child) return writtenByMember(parent, source);
  if (parent?.type !== 'CallExpression' || parent.arguments[0] !== child) return [];
  const callee = bare(parent.callee);
  const name = memberName(callee) ?? '';
  const owner = callee.type === 'MemberExpression' ? bare(callee.object) : null;
  const after = source.slice(child.end, child.end + LINE_CHARS);
  if (owner?.type === 'Identifier' && /^(?:Object|Reflect)$/.test(owner.name) && scopes.bindingOf(owner) === null) {
    if (name === 'set') return [['', `[${textIn(parent.arguments[1], source)}] = f`]];
    return /^(?:assign|definePropert(?:y|ies))$/.test(name) ? [[`${name}(`, after]] : [];
  }
  const gives = parent.arguments.slice(1).some((each) => isCode(bare(each), scopes));
  return gives && !/^(?:call|apply|bind)$/.test(name) ? [['assign(', after]] : [];
}

/** `.x = f` in whatever form, and getters in the old one. */
function writtenByMember(member: Node & { type: 'MemberExpression' }, source: string): readonly Written[] {
  const { parent, child } = context(member);
  const name = memberName(member);
  const key = name !== null && /^[\w$]+$/.test(name) ? `.${name}` : `[${textIn(member.property, source)}]`;
  if (parent?.type === 'AssignmentExpression' && parent.left === child)
    return [['', `${key} = ${textIn(parent.right, source)}`]];
  if (isPatternTarget(member)) return [['', `${key} = f`]];
  const isAccessor =
    parent?.type === 'CallExpression' && parent.callee === child && /^__define[GS]etter__$/.test(name ?? '');
  if (!isAccessor) return [];
  return [
    ['', `${key}(${parent.arguments.map((each) => textIn(each, source)).join(', ')})`],
    ['', `[${textIn(parent.arguments[0], source)}] = f`],
  ];
}

const textIn = (node: Node | undefined, source: string): string =>
  node === undefined ? '' : source.slice(node.start, Math.min(node.end, node.start + LINE_CHARS));

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
