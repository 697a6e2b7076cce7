/**
 * What the value flow asks of one parsed file: syntax.ts and scopes.ts, and a few questions to both.
 */
import type { Key } from './flow-tag.ts';
import { PRIVATE, UNKNOWN_KEY } from './flow-tag.ts';
import { listedNames } from './listed-keys.ts';
import type { Binding, Scopes } from './scopes.ts';
import {
  bare,
  context,
  isClass,
  isFunction,
  keyName,
  memberName,
  parentOf,
  textOf,
  type Node,
  type Spans,
  type SyntaxTree,
  type FunctionNode,
} from './syntax.ts';

export interface FlowFile {
  /** The path by which the closure calls it. */
  readonly path: string;
  readonly tree: SyntaxTree;
  readonly scopes: Scopes;
  /** Node's module system for this file: an ES module has a namespace instead of `module.exports`. */
  readonly isEsm: boolean;
  /** As in FileFacts; `null` where the tree is not that of the text that the facts are of (`writtenOut`), so that only the tree knows. */
  readonly elsewhere: Spans | null;
  /** Some file of the program puts others in the place of the methods by which lists are gone through. */
  readonly hasOtherLists?: boolean;
}

/** A place in a file. */
export interface Site {
  readonly file: FlowFile;
  readonly node: Node;
  /** For a node that is looked for only when it is asked for (placed-site.ts): one object for one node. */
  readonly place?: Place;
}

export interface Place {
  readonly start: number;
  readonly end: number;
  /** No function is around it. */
  readonly isAtTop: boolean;
}

/** What `this` belongs to: the nearest function that has one of its own, a class field, a static block, or the file. */
export function ownerOfThis(node: Node): Node {
  let owner = node;
  for (let above = parentOf(node), child = node; above !== undefined; child = above, above = parentOf(above)) {
    owner = above;
    if (isFunction(above) && above.type !== 'ArrowFunctionExpression') return above;
    if (above.type === 'StaticBlock') return above;
    if ((above.type === 'PropertyDefinition' || above.type === 'AccessorProperty') && above.value === child)
      return above;
  }
  return owner;
}

/** The `this`, `super.` and `arguments` of each owner, arrow functions within it included. */
function thisByOwner(file: FlowFile): ReadonlyMap<Node, readonly Node[]> {
  let known = indexes.get(file);
  if (known === undefined) {
    known = new Map();
    const { names, others } = file.tree.kinds;
    const isThis = ({ type }: Node): boolean =>
      type === 'ThisExpression' || type === 'Super' || type === 'MetaProperty';
    for (const node of [...others.filter(isThis), ...names.filter(isArguments)]) {
      const owner = ownerOfThis(node);
      const list = known.get(owner);
      if (list === undefined) known.set(owner, [node]);
      else list.push(node);
    }
    indexes.set(file, known);
  }
  return known;
}

const indexes = new WeakMap<FlowFile, Map<Node, Node[]>>();

const isArguments = (node: Node): boolean => node.type === 'Identifier' && node.name === 'arguments';

/** The `this` expressions of an owner, and the `super` of its `super.x`, which has what `this` inherits. */
export const thisesOf = (file: FlowFile, owner: Node): readonly Node[] =>
  (thisByOwner(file).get(owner) ?? []).filter(
    (node) => node.type === 'ThisExpression' || (node.type === 'Super' && parentOf(node)?.type === 'MemberExpression'),
  );

/** The calls of `super(…)` in a constructor. */
export const superCallsOf = (file: FlowFile, owner: Node | null): readonly Node[] =>
  (owner === null ? [] : (thisByOwner(file).get(owner) ?? [])).flatMap((node) => {
    const parent = node.type === 'Super' ? parentOf(node) : undefined;
    return parent?.type === 'CallExpression' && parent.callee === node ? [parent] : [];
  });

/** The `new.target` of an owner. */
export const newTargetsOf = (file: FlowFile, owner: Node): readonly Node[] =>
  (thisByOwner(file).get(owner) ?? []).filter((node) => node.type === 'MetaProperty' && node.meta.name === 'new');

/** The uses of `arguments` in a function; of a variable of that name where one is declared, too, which is rare and does no harm. */
export const argumentsOf = (file: FlowFile, owner: Node): readonly Node[] =>
  (thisByOwner(file).get(owner) ?? []).filter(isArguments);

/** Whether it is sloppy code: not of an ECMAScript module, a class, or behind `'use strict'` (ECMA-262, 11.2.2). */
export function isLoose(file: FlowFile, fn: FunctionNode): boolean {
  if (file.isEsm) return false;
  for (let above: Node | undefined = fn; above !== undefined; above = parentOf(above)) {
    if (isClass(above)) return false;
    const body =
      above.type === 'Program'
        ? above.body
        : isFunction(above) && above.body?.type === 'BlockStatement'
          ? above.body.body
          : [];
    if (body.some((statement) => 'directive' in statement && statement.directive === 'use strict')) return false;
  }
  return true;
}

/** Whether some function of the file is asked for its `arguments` from outside. */
export function readsArguments(file: FlowFile): boolean {
  let answer = outsideArguments.get(file);
  if (answer === undefined) {
    // Most texts that have the word have it in a comment, or mean what a function has inside.
    answer = file.tree.source.includes('arguments') && file.tree.nodes.some(asksForArguments);
    outsideArguments.set(file, answer);
  }
  return answer;
}

/** `f.arguments`, `const { arguments: given } = f`, and the name as a text, by which `f[name]` may ask. */
function asksForArguments(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return !node.computed && node.property.type === 'Identifier' && node.property.name === 'arguments';
    case 'Literal':
      return node.value === 'arguments';
    case 'TemplateElement':
      return node.value.cooked === 'arguments';
    case 'Property':
      return parentOf(node)?.type === 'ObjectPattern' && keyName(node.key, node.computed) === 'arguments';
    default:
      return false;
  }
}

const outsideArguments = new WeakMap<FlowFile, boolean>();

/** Whether the text of the file says that something is assigned to a property of that name. */
export function writesMember(file: FlowFile, name: string): boolean {
  const { source } = file.tree;
  let answers = written.get(file);
  if (answers === undefined) written.set(file, (answers = new Map()));
  let answer = answers.get(name);
  if (answer === undefined) answers.set(name, (answer = source.includes(`.${name} =`) || source.includes(`.${name}=`)));
  return answer;
}

const written = new WeakMap<FlowFile, Map<string, boolean>>();

/** The name of a property, as far as it can be known. */
export function keyOf(file: FlowFile, key: Node, computed: boolean): Key {
  // A private name is no property that a computed key could mean, and no text that begins with a number sign.
  if (key.type === 'PrivateIdentifier') return { name: `${PRIVATE}${key.name}` };
  const name = keyName(key, computed);
  return name === null ? keyOfExpression(file, key, 0) : { name };
}

/** Variables that stand for variables are followed this far. */
const MAX_ALIASES = 8;

/**
 * The keys that are known, by the depth at which they were asked for. Counters that are assigned from each other (`i = j + k`) are asked
 * for along every way between them, and without this the ways multiply.
 */
const keys = new WeakMap<FlowFile, Map<Node, Key>[]>();

function keyOfExpression(file: FlowFile, expression: Node, depth: number): Key {
  const node = bare(expression);
  const text = textOf(node);
  if (text !== null) return { name: text };
  if (depth > MAX_ALIASES) return UNKNOWN_KEY;
  let depths = keys.get(file);
  if (depths === undefined) keys.set(file, (depths = Array.from({ length: MAX_ALIASES + 1 }, () => new Map())));
  const known = depths[depth]?.get(node);
  if (known !== undefined) return known;
  const key = keyOfComputed(file, node, depth);
  depths[depth]?.set(node, key);
  return key;
}

function keyOfComputed(file: FlowFile, node: Node, depth: number): Key {
  switch (node.type) {
    case 'Literal':
      return { name: String(node.value) };
    case 'UpdateExpression':
      return NUMERIC;
    case 'UnaryExpression':
      return node.operator === '-' || node.operator === '+' || node.operator === '~' ? NUMERIC : UNKNOWN_KEY;
    case 'TemplateLiteral':
      return keyOfTemplate(file, node, depth);
    case 'BinaryExpression':
      return keyOfBinary(file, node.operator, node.left, node.right, depth);
    case 'MemberExpression':
      return keyOfMember(file, node.object, node.property, node.computed);
    case 'CallExpression':
      return keyOfSymbol(file, node, bare(node.callee), node.arguments[0]);
    case 'Identifier':
      return keyOfVariable(file, node, depth);
    default:
      return UNKNOWN_KEY;
  }
}

const NUMERIC: Key = { name: null, prefix: '', suffix: '', numeric: true };

function keyOfBinary(file: FlowFile, operator: string, left: Node, right: Node, depth: number): Key {
  // The operators whose result is a number (or a BigInt, whose name is digits too) whatever stands beside them.
  if (['-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>'].includes(operator)) return NUMERIC;
  if (operator !== '+') return UNKNOWN_KEY;
  const before = keyOfExpression(file, left, depth + 1);
  const after = keyOfExpression(file, right, depth + 1);
  if (before.name !== null && after.name !== null) return { name: before.name + after.name };
  // `1 + x` may be a sum as well as a text: a text on one side decides it.
  const leftText = textOf(bare(left)) !== null || (before.name === null && before.prefix !== '');
  const rightText = textOf(bare(right)) !== null || (after.name === null && after.suffix !== '');
  if (!leftText && !rightText) {
    const numbers = isNumeric(before) && isNumeric(after);
    return numbers ? NUMERIC : UNKNOWN_KEY;
  }
  return (
    listedAround(textOf(bare(left)), after, textOf(bare(right)), before) ?? {
      name: null,
      prefix: before.name ?? before.prefix,
      suffix: after.name ?? after.suffix,
      numeric: false,
    }
  );
}

function keyOfTemplate(
  file: FlowFile,
  { quasis, expressions }: Node & { type: 'TemplateLiteral' },
  depth: number,
): Key {
  const prefix = quasis[0]?.value.cooked ?? '';
  const suffix = quasis.at(-1)?.value.cooked ?? '';
  const [only, ...others] = expressions;
  const key = only === undefined || others.length > 0 ? UNKNOWN_KEY : keyOfExpression(file, only, depth + 1);
  return key.name === null && key.names !== undefined
    ? oneOf(key.names.map((name) => prefix + name + suffix))
    : { name: null, prefix, suffix, numeric: false };
}

/** `'on' + name`, where the name comes of a list: each of its names, with the text before it or behind it. */
function listedAround(before: string | null, name: Key, after: string | null, other: Key): Key | null {
  if (before !== null && name.name === null && name.names !== undefined)
    return oneOf(name.names.map((each) => before + each));
  if (after !== null && other.name === null && other.names !== undefined)
    return oneOf(other.names.map((each) => each + after));
  return null;
}

const isNumeric = (key: Key): boolean => (key.name === null ? key.numeric : /^-?\d+$/.test(key.name));

/** `Symbol.x` is a well-known symbol; `util.inspect.custom` and `util.promisify.custom` are those of Node that it asks for. */
function keyOfMember(file: FlowFile, object: Node, property: Node, computed: boolean): Key {
  const name = keyName(property, computed);
  const owner = bare(object);
  const ofNode = memberName(owner) ?? (owner.type === 'Identifier' ? owner.name : '');
  const isSymbol = isGlobalSymbol(file, owner) || (name === 'custom' && /^(?:inspect|promisify)$/.test(ofNode));
  return isSymbol && name !== null ? { name: `Symbol.${name}` } : UNKNOWN_KEY;
}

/** A variable of that name may be anything: `const Symbol = { iterator: '@@iterator' }`. */
const isGlobalSymbol = (file: FlowFile, node: Node): boolean =>
  node.type === 'Identifier' && node.name === 'Symbol' && file.scopes.bindingOf(node) === null;

/** `Symbol.for('nodejs.…')` is a symbol that Node asks for (nodejs.org/api/util.html); any other name is one of its own. */
function keyOfSymbol(file: FlowFile, call: Node, callee: Node, argument: Node | undefined): Key {
  // Every `Symbol()` is a key of its own (ECMA-262, 20.4.1.1), and no other expression ever gives it.
  if (isGlobalSymbol(file, callee)) return { name: `Symbol(${file.path}:${call.start})` };
  const text = textOf(argument);
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'for' || text === null) return UNKNOWN_KEY;
  return isGlobalSymbol(file, bare(callee.object)) ? { name: `Symbol.for(${text})` } : UNKNOWN_KEY;
}

/** Rules ask for these by their own names. */
const KEPT_APART =
  /^(?:prototype|super_|exports|module\.exports|default|then|value|get|set|constructor|__proto__|toString|toLocaleString|valueOf|toJSON|toISOString|join|length|lastIndex|prepareStackTrace|call|apply|next|return|throw)$|^Symbol\.|^\d/;

/** A name of a list, where none of them means more than any other name. */
const oneOf = (names: readonly string[]): Key =>
  names.some((name) => KEPT_APART.test(name))
    ? UNKNOWN_KEY
    : { name: null, prefix: '', suffix: '', numeric: false, names };

function keyOfVariable(file: FlowFile, node: Node, depth: number): Key {
  const binding = file.scopes.bindingOf(node);
  const names = binding === null || file.hasOtherLists === true ? null : listedNames(binding, file.scopes);
  if (names !== null) return oneOf(names);
  if (binding === null || !isPlainVariable(binding)) return UNKNOWN_KEY;
  const values = valuesOf(binding);
  if (values === null || values.length === 0) return keyFromSymbol(file, binding);
  const keys = values.map((value) => keyOfExpression(file, value, depth + 1));
  const [first] = keys;
  if (keys.length === 1 && first !== undefined && binding.writes.length === 0) return first;
  return keys.every(isNumeric) ? NUMERIC : UNKNOWN_KEY;
}

/** `const { iterator } = Symbol`. */
function keyFromSymbol(file: FlowFile, { declarations }: Binding): Key {
  const [declaration] = declarations;
  const property = declaration === undefined ? undefined : parentOf(declaration);
  const pattern = property === undefined ? undefined : parentOf(property);
  const declarator = pattern === undefined ? undefined : parentOf(pattern);
  if (property?.type !== 'Property' || declarator?.type !== 'VariableDeclarator' || declarator.init === null)
    return UNKNOWN_KEY;
  return keyOfMember(file, bare(declarator.init), property.key, property.computed);
}

const isPlainVariable = ({ kind }: Binding): boolean => kind === 'var' || kind === 'let' || kind === 'const';

/** Every expression that is assigned to a variable; `null` where one is not seen (a parameter, a pattern, a loop over values). */
export function valuesOf(binding: Binding): readonly Node[] | null {
  const values: Node[] = [];
  for (const declaration of binding.declarations) {
    const parent = parentOf(declaration);
    if (parent?.type !== 'VariableDeclarator' || parent.id !== declaration) return null;
    const above = parentOf(parent);
    const statement = above === undefined ? undefined : parentOf(above);
    if ((statement?.type === 'ForInStatement' || statement?.type === 'ForOfStatement') && statement.left === above)
      return null;
    if (parent.init !== null) values.push(parent.init);
  }
  for (const write of binding.writes) {
    const value = writtenBy(write);
    if (value === null) return null;
    values.push(...value);
  }
  return values;
}

/** What one write of a variable puts into it; an arithmetic one puts in what it computes itself. */
function writtenBy(write: Node): readonly Node[] | null {
  const parent = parentOf(write);
  if (parent?.type === 'UpdateExpression') return [parent];
  if (parent?.type !== 'AssignmentExpression' || parent.left !== write) return null;
  if (['=', '||=', '&&=', '??='].includes(parent.operator)) return [parent.right];
  return parent.operator === '+=' ? [parent.right] : [];
}

/** `[o.x] = list`, `({ a: o.x } = y)`, `for (o.x of list)`: what the member is given is not looked for. */
export function isPatternTarget(member: Node): boolean {
  const { parent, child } = context(member);
  switch (parent?.type) {
    case 'ArrayPattern':
    case 'RestElement':
      return true;
    case 'Property':
      return parent.value === child && parentOf(parent)?.type === 'ObjectPattern';
    case 'AssignmentPattern':
    case 'ForOfStatement':
    case 'ForInStatement':
      return parent.left === child;
    default:
      return false;
  }
}
