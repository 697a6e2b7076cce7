/**
 * The places of a file that could change what all of a program's code relies on: they write to a global object, to what all objects
 * inherit from, or read the class of an instance. By text, because only few files say any of it, and a hit too many costs precision only.
 *
 * Facts of a file (file-facts.ts), so that a text is searched once; what they mean for the value flow is flow-files.actions.ts.
 */
import type { Binding, Scopes } from './scopes.ts';
import { bare, isClass, isFunction, memberName, parentOf, type Node, type SyntaxTree } from './syntax.ts';

/** Lines that write to a global object or to one of the names, so that not all texts are kept. */
const INTERESTING =
  /(?:\bconstructor\s*(?:\?\.|[.[])|\.constructor\b(?!\s*(?:\?\.|[.[(]|[=!]==?|=[^=>]|&&|instanceof\b))|\[\s*['"`]con[structo]*r?['"`]\s*[\]+]|['"]constructor['"]\s*\)|\bnew\.target\b|\bconstructor\b[^{}]{0,80}\}\s*=|\bglobal(?:This)?\s*[,)]|\bglobal(?:This)?\.(?:require|module|exports)\s*=[^=]|\b(?:Object|Function)\.prototype(?:\.[\w$]+|\[[^\]\n]{1,80}\])\s*=[^=]|\bassign\(\s*(?:Object|Function)\.prototype\b|\b(?:Object|Function)\.prototype\.__define[GS]etter__\s*\(|\bthis\[\s*['"`][^\]\n]{0,80}\]\s*=[^=]|\bglobal(?:This)?\[[^\]\n]{1,80}\]\s*=[^=]|\b(?:assign|defineProperty|defineProperties)\(\s*global(?:This)?\b|\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\s*=[^=])/g;

/** With their descriptor, which stands on the lines that follow. */
const DESCRIPTORS = /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b[^;]{0,240}/g;

/** The global object as a value: not one of its properties, and not what is assigned to the name. */
const GLOBAL = /(?<![\w$.])global(?:This)?(?![\w$]|\s*[.[=])/g;

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
    (text.match(new RegExp(`(?<![\\w$.])${name}\\[[^\\]\\n]{1,80}\\]\\s*=[^=]`, 'g')) ?? []).map(
      (write) => `global${write.slice(write.indexOf('['))}`,
    ),
  );
}

/** What natives.ts and flow-natives.ts know well enough to take an argument for forgotten; a program may put something else there. */
const OWNERS =
  'console|Object|Reflect|Array|JSON|Math|Promise|Buffer|Symbol|Number|String|Boolean|Map|Set|WeakMap|Proxy|Error|util|assert|isNaN';

const OWNER_NAMES: ReadonlySet<string> = new Set(OWNERS.split('|'));

/**
 * The text of a file, in which names stand blank that look like more than they are: of an object or a function of the file's own (`var util =
 * Object.create(require('x'))`, `function assert() {}`), of a parameter where it is declared (`function (global, factory) {`), of a class that is
 * the key of a map (`handlers.set(Map, (value) => …)`). What is written to those changes nothing that others have.
 */
export function withoutOwnNames(tree: SyntaxTree, scopes: Scopes): string {
  const blank = [...namesOfOwn(scopes), ...keysOfMaps(tree)];
  if (blank.length === 0) return tree.source;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of blank.toSorted((left, right) => left.start - right.start)) {
    if (start < at) continue;
    pieces.push(tree.source.slice(at, start), ' '.repeat(end - start));
    at = end;
  }
  return [...pieces, tree.source.slice(at)].join('');
}

function namesOfOwn({ bindings, bindingOf, isOpaque }: Scopes): readonly Node[] {
  if (isOpaque) return [];
  return bindings.flatMap((binding) => {
    if (binding.name === 'global' || binding.name === 'globalThis') return binding.declarations;
    return OWNER_NAMES.has(binding.name) && isMadeHere(binding, bindingOf) ? binding.reads : [];
  });
}

/** A function is no list of properties, and what sets one property of an object names it: `set(console, 'log', f)`. */
const keysOfMaps = ({ nodes }: SyntaxTree): readonly Node[] =>
  nodes.flatMap((node) => {
    if (node.type !== 'CallExpression' || memberName(bare(node.callee)) !== 'set') return [];
    const [key, value, ...others] = node.arguments;
    const isKey = key?.type === 'Identifier' && OWNER_NAMES.has(key.name);
    return isKey && value !== undefined && isFunction(bare(value)) && others.length === 0 ? [key] : [];
  });

function isMadeHere({ kind, declarations, writes }: Binding, bindingOf: Scopes['bindingOf']): boolean {
  const [declaration, ...others] = declarations;
  const parent = declaration === undefined ? undefined : parentOf(declaration);
  if (parent === undefined || others.length > 0 || writes.length > 0) return false;
  if (kind === 'function' || kind === 'class') return true;
  if (parent.type !== 'VariableDeclarator' || parent.id !== declaration || parent.init === null) return false;
  const value = bare(parent.init);
  if (value.type === 'ObjectExpression' || isFunction(value) || isClass(value)) return true;
  const callee = value.type === 'CallExpression' ? bare(value.callee) : null;
  return (
    callee?.type === 'MemberExpression' &&
    memberName(callee) === 'create' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Object' &&
    bindingOf(callee.object) === null
  );
}

/** `console.log = f`, `Object[name] = f`, `Object.assign(console, …)`, `global.JSON = x`, `require('util').inspect = f`, and `String = f` where a statement begins. */
export const REPLACING = new RegExp(
  [
    `\\b(${OWNERS})\\s*\\.\\s*(\\w+)\\s*=(?![=>])`,
    `\\b(${OWNERS})\\[[^\\]\\n]{1,80}\\]\\s*=(?![=>])`,
    `\\b(?:assign|definePropert(?:y|ies)|set|extend|mixin)\\(\\s*(${OWNERS})\\s*,`,
    `\\bglobal(?:This)?\\s*\\.\\s*(${OWNERS})\\s*=(?![=>])`,
    `\\brequire\\(['"](?:node:)?(util|assert)['"]\\)\\s*\\.\\s*(\\w+)\\s*=(?![=>])`,
    // In a comment `{Object=}` is a type that may be left out.
    `(?:^|[;{}])\\s*(${OWNERS})\\s*=(?!\\s*[=>}])`,
  ].join('|'),
  'gm',
);

/** What stands around each mark; a whole line may be a whole bundle. */
export function assigningLines(text: string): readonly string[] {
  const lines = [...text.matchAll(INTERESTING), ...text.matchAll(REPLACING)].map(({ index }) =>
    text.slice(Math.max(0, index - 120), index + 240),
  );
  return [...lines, ...(text.match(DESCRIPTORS) ?? []), ...computedByAlias(text)];
}
