/**
 * Which of the language's and Node's own functions a file puts something else in the place of: `console.log = f`, `Object[name] = f`, `String = f`.
 *
 * Found by text, because only few files say any of it, and then looked at in the tree: comments say much (`{Object=}` is how they mark what
 * may be left out), and a variable of the file's own that is called `Map` or `util` is none of the language's. A fact of a file (file-facts.ts); the
 * value flow asks for it by `replacesNative` (flow-files.actions.ts).
 */
import { isGlobal } from './global-path.ts';
import { halfOfMember, halfOfOwner, replacedMembers } from './replaced-members.ts';
import type { Binding, Scopes } from './scopes.ts';
import { bare, isClass, isFunction, memberName, type Node, parentOf, type SyntaxTree } from './syntax.ts';

/** What natives.ts and flow-natives.ts know well enough to take an argument for forgotten; a program may put something else there. */
const OWNERS =
  'console|Object|Reflect|Array|JSON|Math|Promise|Buffer|Symbol|Number|String|Boolean|Map|Set|WeakMap|Proxy|Error|util|assert|isNaN';

/** `console.log = f`, `Object[name] = f`, `Object.assign(console, …)`, `global.JSON = x`, `require('util').inspect = f`, and `String = f` where a statement begins. */
const REPLACING = new RegExp(
  [
    `\\b(${OWNERS})\\s*\\.\\s*(\\w+)\\s*=(?![=>])`,
    `\\b(${OWNERS})\\[[^=\\n]{1,80}\\]\\s*=(?![=>])`,
    `\\b(?:assign|definePropert(?:y|ies)|set|extend|mixin)\\(\\s*(${OWNERS})\\s*,`,
    `\\bglobal(?:This)?\\s*\\.\\s*(${OWNERS})\\s*=(?![=>])`,
    `\\brequire\\(['"](?:node:)?(util|assert)['"]\\)\\s*\\.\\s*(\\w+)\\s*=(?![=>])`,
    `(?:^|[;{}])\\s*(${OWNERS})\\s*=(?![=>])`,
  ].join('|'),
  'dgm',
);

/** Properties of `Error` that are there to be set; what they are called with is no object of the program. */
const SETTINGS: ReadonlySet<string> = new Set(['stackTraceLimit', 'prepareStackTrace', 'prototype']);

/** The groups of the expression above, in its order. */
interface Groups<T> {
  readonly member: readonly [T | undefined, T | undefined];
  /** It may be any of the owner's functions. */
  readonly owner: T | undefined;
  readonly required: readonly [T | undefined, T | undefined];
  /** The owner itself. */
  readonly name: T | undefined;
}

const groupsIn = <T>([, owner, member, computed, given, whole, module, ofModule, name]: readonly (
  | T
  | undefined
)[]): Groups<T> => ({
  member: [owner, member],
  owner: computed ?? given ?? whole,
  required: [module, ofModule],
  name,
});

/** The names of which one is replaced where a native is: `util.inspect` itself, or any function of `util`. */
export function nativeAndOwner(name: string): readonly string[] {
  const plain = name.replace(/^node:/, '');
  const owner = plain.split(/[./]/)[0] ?? plain;
  return owner === plain ? [plain] : [plain, owner];
}

/** What two files say of it, of which one hands the owner on and the other gives it the member (replaced-members.ts). */
export function halvesOf(name: string): readonly [member: string, owner: string | null] {
  const [owner = '', member] = name.split('.');
  return member === undefined ? [halfOfMember(owner), null] : [halfOfMember(member), halfOfOwner(owner)];
}

/** Whether what a variable is declared as is certainly nothing of Node's. */
type IsOther = (init: Node) => boolean;

/**
 * `Object.keys`, or `Object` where it may be any of its functions.
 *
 * @param isOther What the syntax of one file does not say: which module a request gives.
 */
export function replacedNatives(tree: SyntaxTree, scopes: Scopes, isOther: IsOther = () => false): readonly string[] {
  const names = new Set<string>();
  let words: Words | null = null;
  for (const match of tree.source.matchAll(REPLACING)) {
    const { member, owner, required, name } = groupsIn<string>(match);
    const [of, called] = member[0] === undefined ? required : member;
    const replaced = of !== undefined && called !== undefined ? `${of}.${called}` : (owner ?? name ?? of ?? '');
    if (names.has(replaced) || (called !== undefined && SETTINGS.has(called))) continue;
    if (!isNothing((words ??= wordsOf(tree)), scopes, match, isOther)) names.add(replaced);
  }
  for (const replaced of [...replacedByAlias(tree.source), ...replacedMembers(tree, scopes)]) names.add(replaced);
  // It is no function of Node's, but what V8 calls with every error: flow-members.ts asks for it.
  if (tree.source.includes('prepareStackTrace') || (ALIAS_OF_ERROR.test(tree.source) && COMPUTED.test(tree.source)))
    names.add('Error.prepareStackTrace');
  for (const [, set, defined] of tree.source.matchAll(OF_ARRAYS)) names.add(nameOfArrays(set ?? defined));
  for (const [, timer = ''] of tree.source.matchAll(TIMERS))
    names.add(timer === 'nextTick' ? 'process.nextTick' : timer);
  return [...names];
}

/** What all arrays have: `Array.prototype.map = f`, and any of it where the name does not stand there. */
const OF_ARRAYS =
  /\bArray\s*\.\s*prototype\s*\.\s*(\w+)\s*=(?![=>])|\bdefineProperty\(\s*Array\s*\.\s*prototype\s*,\s*['"`](\w+)|\bdefineProperty\(\s*Array\s*\.\s*prototype\s*,|\b(?:assign|defineProperties|extend|mixin)\(\s*Array\s*\.\s*prototype\b|\bArray\s*\.\s*prototype\s*\[[^=\n]{1,80}\]\s*=(?![=>])/g;

const nameOfArrays = (method: string | undefined): string =>
  method === undefined ? 'Array.prototype' : `Array.prototype.${method}`;

/** The names of which one is replaced where all arrays have another method. */
export const methodOfArrays = (method: string): readonly string[] => [nameOfArrays(undefined), nameOfArrays(method)];

/** `const E = Error; E[key] = f`. */
const ALIAS_OF_ERROR = /=\s*Error\s*(?=[;,\n])/;
const COMPUTED = /\w\[[^=\n]{1,80}\]\s*=(?![=>])/;

/** What only calls its callback, wherever something of that name is set: as a global, as a member of what may be the global object. */
const TIMERS =
  /(?<!\b(?:var|let|const)\s+)(?<![\w$])(setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\s*=(?![=>])/g;

/** `const c = console; c.log = f`, `(function (c) { c.log = f; })(console)`: by the names, since what the variable is stands elsewhere. */
function replacedByAlias(text: string): readonly string[] {
  const owners = new Set([...text.matchAll(OWNER_AS_VALUE)].map(([, owner = '']) => owner));
  return [...owners].flatMap((owner) => {
    const members = MEMBERS_KNOWN.get(owner);
    if (members === undefined) return [];
    const written = new RegExp(`[\\w$)\\]]\\s*\\.\\s*(${members})\\s*=(?![=>])`, 'g');
    return [...text.matchAll(written)].map(([, member = '']) => `${owner}.${member}`);
  });
}

const OWNER_AS_VALUE = /(?:[=(,:?]|\breturn|\|\|)\s*(console|Object|Reflect|JSON|Promise)\s*(?=[;,)\n}:])/g;

/** Members that the rules for natives take for harmless. */
const MEMBERS_KNOWN: ReadonlyMap<string, string> = new Map([
  ['console', 'log|info|warn|error|debug|trace|dir|table|assert|time|timeEnd|group|groupEnd'],
  ['Object', 'keys|values|entries|getOwnPropertyNames|hasOwn|is|freeze|seal|getPrototypeOf|isFrozen'],
  ['Reflect', 'ownKeys|has|get|getPrototypeOf'],
  ['JSON', 'stringify|parse'],
  ['Promise', 'resolve|all'],
]);

interface Words {
  readonly identifiers: ReadonlyMap<number, Node>;
  /** Where the texts of the file stand, in order. */
  readonly texts: readonly Node[];
}

const wordsOf = ({ nodes }: SyntaxTree): Words => ({
  identifiers: new Map(nodes.flatMap((node) => (node.type === 'Identifier' ? [[node.start, node]] : []))),
  texts: nodes
    .filter(({ type }) => type === 'Literal' || type === 'TemplateElement' || type === 'JSXText')
    .toSorted((one, other) => one.start - other.start),
});

/** Whether the words stand in a comment, or speak of a variable of the file. */
function isNothing({ identifiers, texts }: Words, scopes: Scopes, match: RegExpExecArray, isOther: IsOther): boolean {
  const { member, owner, name } = groupsIn<readonly [number, number]>(match.indices ?? []);
  const [start] = member[0] ?? owner ?? name ?? [];
  if (start === undefined) return false;
  const identifier = identifiers.get(start);
  // What is no name and stands in no text, which may be a program, is a comment.
  if (identifier === undefined) return !isInText(texts, start);
  const binding = scopes.isOpaque ? null : scopes.bindingOf(identifier);
  return binding === null
    ? isKeyOfMap(identifier, scopes)
    : name !== undefined || isOwnObject(binding, scopes, isOther);
}

/** `handlers.set(Map, f)`, where `handlers` is a `new Map()` and nothing else: it keeps the class as a key. */
function isKeyOfMap(identifier: Node, scopes: Scopes): boolean {
  const call = parentOf(identifier);
  const callee = call?.type === 'CallExpression' && call.callee !== identifier ? bare(call.callee) : null;
  if (callee?.type !== 'MemberExpression' || memberName(callee) !== 'set') return false;
  const binding = callee.object.type === 'Identifier' ? scopes.bindingOf(callee.object) : null;
  const [declaration] = binding?.kind === 'const' ? binding.declarations : [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  return (
    declarator?.type === 'VariableDeclarator' &&
    declarator.id === declaration &&
    declarator.init?.type === 'NewExpression' &&
    ['Map', 'WeakMap'].some(
      (name) => declarator.init?.type === 'NewExpression' && isGlobal(declarator.init.callee, name, scopes),
    )
  );
}

function isInText(texts: readonly Node[], place: number): boolean {
  let low = 0;
  for (let high = texts.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((texts[middle]?.end ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return (texts[low]?.start ?? place + 1) <= place;
}

/** A variable that only ever holds what is made where it is declared, and so nothing of Node's: `var util = Object.create(require('core-util-is'))`. */
function isOwnObject({ declarations, writes, kind }: Binding, scopes: Scopes, isOther: IsOther): boolean {
  if (writes.length > 0 || kind === 'parameter' || kind === 'import') return false;
  return declarations.every((declaration) => {
    const parent = parentOf(declaration);
    if (parent === undefined) return false;
    if (isFunction(parent) || isClass(parent)) return 'id' in parent && parent.id === declaration;
    return (
      parent.type === 'VariableDeclarator' &&
      parent.id === declaration &&
      parent.init !== null &&
      (makesObject(bare(parent.init), scopes) || isOther(bare(parent.init)))
    );
  });
}

function makesObject(value: Node, scopes: Scopes): boolean {
  if (value.type === 'ObjectExpression' || isFunction(value) || isClass(value)) return true;
  if (value.type !== 'CallExpression') return false;
  const callee = bare(value.callee);
  return (
    callee.type === 'MemberExpression' && memberName(callee) === 'create' && isGlobal(callee.object, 'Object', scopes)
  );
}
