/**
 * The places of a file that could change what all of a program's code relies on: they write to a global object, to what all objects
 * inherit from, or read the class of an instance. By text, because only few files say any of it, and a hit too many costs precision only.
 *
 * Facts of a file (file-facts.ts), so that a text is searched once; what they mean for the value flow is flow-files.actions.ts. What a file puts
 * in place of Node's own functions is replaced-natives.ts.
 */
import { NAMES_CONSTRUCTOR, namesConstructor } from './constructor-names.ts';
import { STACK_READ } from './stack-reads.ts';
import type { Scopes } from './scopes.ts';
import { bare, context, isClass, isFunction, memberName, type Node, type SyntaxTree } from './syntax.ts';

/** Lines that write to a global object or to one of the names, so that not all texts are kept. */
const INTERESTING =
  /(?:\bconstructor\s*(?:\?\.|[.[])|\.constructor\b(?!\s*(?:\?\.|[.[(]|[=!]==?|=[^=>]|&&|instanceof\b))|\[\s*['"`]con[structo]*r?['"`]\s*[\]+]|['"]constructor['"]\s*\)|\bnew\.target\b|\bconstructor\b[^{}]{0,80}\}\s*=|\bglobal(?:This)?\s*[,)]|\bglobal(?:This)?\.(?:require|module|exports)\s*[|&?]{0,2}=[^=]|\bglobal(?:This)?\.__define[GS]etter__\s*\(|\bglobal(?:This)?\.[A-Za-z_$][\w$]*\s*(?:[,}\]]|of\b|in\b)|\b(?:Object|Function)\.prototype(?:\.[\w$]+|\[[^=\n]{1,80}\])\s*=[^=]|\bArray\.prototype(?:\.(?:to[A-Z]\w+|valueOf|join|then)|\[\s*['"S][^=\n]{1,80}\])\s*=[^=]|\bassign\(\s*(?:Object|Function)\.prototype\b|\b(?:Object|Function)\.prototype\.__define[GS]etter__\s*\(|\bthis\[\s*['"`][^\]\n]{0,80}\]\s*=[^=]|\bglobal(?:This)?\[[^=\n]{1,80}\]\s*=[^=]|\b(?:assign|defineProperty|defineProperties)\(\s*global(?:This)?\b|\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\s*[|&?]{0,2}=[^=])/g;

/** With their descriptor, which stands on the lines that follow. */
const DESCRIPTORS = /\bdefine(?:Property|Properties)\(\s*(?:Object|Function|Array)\.prototype\b[^;]{0,240}/g;

/** The global object as a value: not one of its properties, and not what is assigned to the name; or as what `(0, eval)('this')` and its like give. */
const GLOBAL =
  /(?<![\w$.])global(?:This)?(?![\w$]|\s*[.[=])|\beval\s*\)\s*\(\s*['"]this['"]|\bFunction\s*\(\s*['"]return this;?['"]/g;

/** `const g = globalThis`, `var root = typeof global === 'object' ? global : this`: the names, in what stands before the mark. */
const ALIAS = /([A-Za-z_$][\w$]{0,40})\s*=(?![=>])(?=[^;\n]{0,120}$)/g;
const ALIAS_CHARS = 1_000;

/** `g[key] = …`, written as if it were the global object itself. */
function computedByAlias(text: string): readonly string[] {
  const names = new Set<string>();
  for (const { index } of text.matchAll(GLOBAL))
    for (const [, name = ''] of text.slice(Math.max(0, index - ALIAS_CHARS), index).matchAll(ALIAS))
      names.add(name.replaceAll('$', '\\$'));
  return [...names].flatMap((name) =>
    (text.match(new RegExp(`(?<![\\w$.])${name}\\[[^=\\n]{1,80}\\]\\s*=[^=]`, 'g')) ?? []).map(
      (write) => `global${write.slice(write.indexOf('['))}`,
    ),
  );
}

/** `const root = require('./root')`, `import { root } from './root.js'`: what another file may have from the global object. */
const REQUEST = /\brequire\(|\bimport\s+(?:\*\s*as\s+)?\{?\s*([A-Za-z_$][\w$]{0,40})\s*\}?\s+from\b/g;
const NAMED = /([A-Za-z_$][\w$]{0,40})\s*\}?\s*=\s*$/;

/** Looked for backwards from each request: from each name forwards takes ten times as long. */
function namesOfRequired(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { index, 1: imported } of text.matchAll(REQUEST)) {
    const name = imported ?? NAMED.exec(text.slice(Math.max(0, index - BEFORE), index))?.[1];
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** A name, another one behind a dot, and what may stand around them. */
const BEFORE = 120;
const COMPUTED_WRITE = /\[(?=([^=\n]{1,80}\]\s*=[^=]))/g;
const OWNER = /(?<![\w$.])([A-Za-z_$][\w$]*)(?:\.[\w$]{1,40})?$/;

/** `root[key] = …` on what is required, `f.call(globalThis)` in a file that has `this[key] = …`: written as if it were the global object itself. */
function computedElsewhere(text: string): readonly string[] {
  const names = namesOfRequired(text);
  const writes: string[] = [];
  for (const { index, 1: write = '' } of names.size === 0 ? [] : text.matchAll(COMPUTED_WRITE)) {
    const owner = OWNER.exec(text.slice(Math.max(0, index - BEFORE), index))?.[1];
    if (owner !== undefined && names.has(owner)) writes.push(`[${write}`);
  }
  const required = writes.map((write) => `required${write}`);
  const isCalled = CALLED_FOR_GLOBAL.test(text) && OWN_COMPUTED.test(text);
  return isCalled || LOOSE_THIS.test(text) ? [...required, 'global[key] = '] : required;
}

const CALLED_FOR_GLOBAL = /\.(?:call|apply|bind)\(\s*global(?:This)?\b/;
const OWN_COMPUTED = /\bthis\[[^='"`\n]{1,80}\]\s*=[^=]/;
/** In a function that is called on the spot `this` is the global object, as long as the code is not strict. */
const LOOSE_THIS = /\(\s*function\s*\(\s*\)\s*\{(?!\s*['"]use strict)[^}]{0,400}\bthis\[[^='"`\n]{1,80}\]\s*=[^=]/;

/** A file that exports the global object. */
export const EXPORTED =
  /(?:\bexports(?:\.[\w$]+)?\s*=|\bexport\s+(?:default|(?:const|let|var)\s+[\w$]+\s*=))[^;\n]{0,120}(?<![\w$.])global(?:This)?(?![\w$]|\s*[.[=])/g;

/** Methods that every object or function inherits and nobody calls for what they do, where the program gives one to an object. */
export const OVERRIDING =
  /\bSymbol\s*\.\s*(hasInstance)\b|\b(hasOwnProperty|isPrototypeOf|propertyIsEnumerable)\s*(?:[:=]\s*(?:async\s*)?(?:function\b|\([^()\n]{0,80}\)\s*=>|[\w$]{1,40}\s*=>)|\([^()\n]{0,80}\)\s*\{)/g;

/**
 * The text of a file, in which parameters and variables called `global` stand blank where they are declared: `function (global, factory) {` hands
 * the global object to nobody.
 */
export function withoutDeclarations({ source }: SyntaxTree, { bindings, isOpaque }: Scopes): string {
  const declared = isOpaque
    ? []
    : bindings.flatMap(({ name, declarations }) => (name === 'global' || name === 'globalThis' ? declarations : []));
  if (declared.length === 0) return source;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of declared.toSorted((left, right) => left.start - right.start)) {
    pieces.push(source.slice(at, start), ' '.repeat(end - start));
    at = end;
  }
  return [...pieces, source.slice(at)].join('');
}

/** What stands around each mark; a whole line may be a whole bundle. */
export function assigningLines(text: string, tree: SyntaxTree, scopes: Scopes): readonly string[] {
  const marks = [INTERESTING, EXPORTED, OVERRIDING, new RegExp(STACK_READ, 'g')]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .filter(({ 0: match, index }) => !OTHER_ENVIRONMENT.test(match) || !isOfOwnPrototype(tree, scopes, index));
  const lines = marks.map(({ index }) => text.slice(Math.max(0, index - 120), index + 240));
  const described = [...text.matchAll(DESCRIPTORS)]
    .filter(({ index }) => isReadable(tree, index))
    .map(([match]) => match);
  const named = namesConstructor(tree) ? [NAMES_CONSTRUCTOR] : [];
  return [...lines, ...described, ...computedByAlias(text), ...computedElsewhere(text), ...named];
}

/** The last names that INTERESTING looks for, where they are written to. */
const OTHER_ENVIRONMENT = /^(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\b/;

/** `Cache.prototype.define = …` of a function or class that is declared in the file: the global object inherits from none of them. */
function isOfOwnPrototype({ nodes }: SyntaxTree, { bindingOf, isOpaque }: Scopes, index: number): boolean {
  const name = nodes.find(({ type, start }) => start === index && type === 'Identifier');
  const member = name?.parent;
  if (isOpaque || member?.type !== 'MemberExpression' || member.property !== name) return false;
  const prototype = bare(member.object);
  if (prototype.type !== 'MemberExpression' || memberName(prototype) !== 'prototype') return false;
  const owner = bare(prototype.object);
  const binding = owner.type === 'Identifier' ? bindingOf(owner) : null;
  return (
    binding !== null &&
    /^(?:function|class)$/.test(binding.kind) &&
    binding.writes.length === 0 &&
    !binding.reads.some(isGivenPrototype)
  );
}

/** `Cache.prototype = …`: that may be any object. */
function isGivenPrototype(read: Node): boolean {
  const { parent } = context(read);
  if (parent?.type !== 'MemberExpression' || (memberName(parent) ?? 'prototype') !== 'prototype') return false;
  const { parent: above, child } = context(parent);
  return (
    above?.type === 'AssignmentExpression' && above.left === child && bare(above.right).type !== 'ObjectExpression'
  );
}

/** Not in a comment that stands in no function: nobody can make a text of that, as one can of a function. */
const isReadable = ({ nodes }: SyntaxTree, index: number): boolean =>
  nodes.some(
    (node) => node.start <= index && index < node.end && (isFunction(node) || isClass(node) || LEAVES.has(node.type)),
  );

const LEAVES: ReadonlySet<string> = new Set(['Identifier', 'Literal', 'TemplateElement']);

/** Names by which the language calls a method of an object, whatever that is; see natives.ts. */
const CALLED = 'toString|toLocaleString|valueOf|toJSON|then';

/** All objects are given a method by such a name, or by one that is not seen: it has each of them as its `this`. */
const HOOKING_OBJECTS = new RegExp(
  `\\bObject\\.prototype(?:\\.(?:${CALLED})|\\[\\s*(?!['"])[^\\]\\n]{1,80}\\]|\\[\\s*['"](?:${CALLED})['"]\\s*\\])\\s*=[^=]|\\b(?:assign|define(?:Property|Properties))\\(\\s*Object\\.prototype\\b[^;]{0,200}\\b(?:${CALLED}|Symbol)\\b`,
);

/** All arrays, which `toString` asks for their `join` besides, and all functions; their `toString` is `CONVERTING`. */
const HOOKING_LISTS = (() => {
  const named = (owner: string, names: string): string =>
    `\\b${owner}\\.prototype(?:\\.(?:${names})|\\[\\s*(?:['"](?:${names})['"]|Symbol\\s*\\.\\s*(?:iterator|toPrimitive))\\s*\\])\\s*=[^=]|\\bdefineProperty\\(\\s*${owner}\\.prototype\\s*,\\s*(?:['"](?:${names})['"]|Symbol\\s*\\.\\s*(?:iterator|toPrimitive))\\s*,`;
  return new RegExp(
    `${named('Array', `${CALLED}|join`)}|\\bassign\\(\\s*Array\\.prototype\\b[^;]{0,200}\\b(?:${CALLED}|join)\\b|${named('Function', 'toLocaleString|valueOf|toJSON|then')}`,
  );
})();

/** `new Map(pairs)` and `new Set(list)` call them with what they are given (ECMA-262, 24.1.1.1, 24.2.2.1). The mark before is of prototype-lines.ts. */
const HOOKING_TABLES = /^native (?:Weak)?(?:Map|Set)\.prototype\.(?:set|add)\s*=[^=]/;

export const isHooking = (line: string): boolean =>
  HOOKING_OBJECTS.test(line) || HOOKING_LISTS.test(line) || HOOKING_TABLES.test(line);

/** All functions are given a `toString` that the program wrote. */
export const CONVERTING =
  /\bFunction\.prototype(?:\.toString|\[\s*['"]toString['"]\s*\])\s*=[^=]|\b(?:assign|define(?:Property|Properties))\(\s*Function\.prototype\b[^;]{0,200}\btoString\b/;

/** The objects of another class of the language are given a method that the language asks for. */
export const CONVERTING_NATIVES = new RegExp(
  `^native (?:defineProperty\\()?\\w+\\.prototype(?:\\.(?:${CALLED})|\\[\\s*(?:['"](?:${CALLED})['"]|Symbol\\s*\\.\\s*(?:iterator|toPrimitive))\\s*\\]|\\s*,\\s*['"](?:${CALLED})['"])`,
);
