/**
 * What the texts of a file could be as programs. A function that `Function` makes of a text has no `require` and none of the names around it
 * (ECMA-262, 20.2.1.1.1: its scope is the global one), so it gets at a module only by certain words: `import()`, what `process` leads to, and
 * the function that called it.
 *
 * The program puts such texts together of its own ones: literals, names of properties, functions that are turned into texts. Where none of
 * them has one of the words, neither has what is put together. file-facts.ts keeps what is found; made-texts.ts decides by it.
 */
import type { CodeSite } from './code-sites.ts';
import type { Scopes } from './scopes.ts';
import { isGlobal } from './native-globals.ts';
import { isNativeMethod } from './native-methods.ts';
import { bare, memberName, type Node, parentOf, type SyntaxTree, type TextNode, textOf } from './syntax.ts';

/** What a program that is made of a text needs to get at anything but what it is handed: it has no `require` of its own. */
const LOADING_TEXT = /\b(?:require|import|binding|_load)\s*\(|\b(?:mainModule|getBuiltinModule|createRequire)\b/;
/** Three words in a row are a sentence, and no program: `is not supported`. */
const SENTENCE =
  /\b(?!(?:async|await|class|const|default|delete|export|extends|function|in|instanceof|let|new|of|return|throw|typeof|var|void|yield)\b)[a-z]+(?: (?!(?:extends|in|instanceof|of)\b)[a-z]{2,}){2}\b/;

/** What LOADING_TEXT matches has one of these, and hardly another text. */
const mayLoad = (text: string): boolean => text.includes('(') || text.includes('Module') || text.includes('createReq');

export function isLoadingText(node: TextNode): boolean {
  const text = node.type === 'Literal' ? node.value : (node.value.cooked ?? 'require(');
  return typeof text === 'string' && mayLoad(text) && LOADING_TEXT.test(text) && !SENTENCE.test(text);
}

/**
 * Ways to a module that start from nothing: `import()` (and its forms `import.defer`, `import.source`); of `process` (Node documentation,
 * "Process") the main module, the built-in ones and the internal ones; of a function that runs its `arguments`, or those of its caller, which hold
 * a `require` where that is the function around a file; of an error the functions on the stack.
 */
const LOADER =
  /\bimport\s*(?:\/[*/]|\.\s*(?:defer|source)\b|\((?!\s*\)))|\b(?:mainModule|getBuiltinModule|_linkedBinding|dlopen|prepareStackTrace|createRequire)\b|\bprocess\s*(?:\?\.\s*)?\[|\bprocess\s*\??\.\s*binding\s*(?:[(;,)\]}]|$)|(?:\.|\[\s*['"`])\s*(?:arguments|require)\b/;

/** `process` on its way to another name, and a property of it that is none of the well-known ones: it may be the beginning of one that loads. */
const TOWARDS_LOADER =
  /['"`]process['"`]|(?:[=(,:[{?|&>]|\b(?:in|of|return)\s)\s*process\s*(?:[;,)\]}|&?]|$)|\bprocess\s*\??\.(?!\s|(?:arch|argv|binding|browser|chdir|config|cwd|emit|emitWarning|env|execArgv|execPath|exit|exitCode|features|hrtime|kill|memoryUsage|nextTick|off|on|once|pid|platform|release|removeListener|stderr|stdin|stdout|title|type|uptime|version|versions)\b)/;

/**
 * A way past what the flow follows: the class of an instance (but for `(async function () {}).constructor`). And what everybody uses, given another meaning: what objects inherit is written to or handed on (`Object.prototype.hasOwnProperty.call(…)` only
 * reads it), and properties are defined. ECMA-262, 20.1.2 and B.2.2.
 */
const CHANGER =
  /(?<!\}\s*\)\s*)\.\s*constructor\b|\[\s*['"`]constructor['"`]\s*\]|(?:\.|\[\s*['"`])\s*prototype\b['"`\]\s]*(?:\.\s*[\w$]+\s*=(?![=>])|\.?\s*$|[[;,)\]}])|(?:\.|\[\s*['"`])\s*__proto__\b['"`\]\s]*(?:[.[=;,)\]}]|$)|(?<!\.)\b(?:hasOwnProperty|isPrototypeOf|propertyIsEnumerable)\s*[:=(]|\b(?:hasInstance|definePropert(?:y|ies)|[gs]etPrototypeOf|__define[GS]etter__)\b/;

/**
 * `isNaN = f`, `console[x] = f`, `o.inspect = f`: what stands before the sign of an assignment. It is looked for from each sign backwards, for texts
 * are as long as a whole program.
 */
const WRITTEN =
  /(?:(?<![\w$.]|\b(?:var|let|const)\s)([A-Za-z_$][\w$]*)\s*(?:\[[^\]\n]{1,80}\]\s*)?|([\w$]+)\s*\.\s*([A-Za-z_$][\w$]*)\s*)$/;

/** Longer than what WRITTEN can match of code that somebody wrote. */
const BEFORE_SIGN = 200;

/** Of those names the ones that no object of Node has for a function. */
const PLAIN: ReadonlySet<string> = new Set(['exports', 'length', 'message', 'name']);

/** Whether what a text writes to is Node's, or may be by its name, whatever the object is. */
function writesToOthers(text: string): boolean {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    const next = text.charAt(at + 1);
    if (next === '=' || next === '>') continue;
    const [, name, owner, member = 'name'] = WRITTEN.exec(text.slice(Math.max(0, at - BEFORE_SIGN), at)) ?? [];
    if (isGlobal(name ?? owner ?? '') || (isNativeMethod(member) && !PLAIN.has(member))) return true;
  }
  return false;
}

/** `Object.assign(console, …)`. */
const GIVEN = /\b(?:assign|extend|merge|mixin|set)\s*\(\s*([A-Za-z_$][\w$]*)\b/g;

const changesOthers = (text: string): boolean =>
  CHANGER.test(text) || [...text.matchAll(GIVEN)].some(([, name = '']) => isGlobal(name)) || writesToOthers(text);

/** For a text that the program has, or that lies in a file which it may read: a function that is made of it can reach more than it is handed. */
export const reachesFurther = (text: string): boolean =>
  (LOADER_HINT.test(text) && (LOADER.test(text) || TOWARDS_LOADER.test(text))) ||
  (CHANGER_HINT.test(text) && !NAME.test(text) && changesOthers(text));

/** What the former two match has one of these. */
const LOADER_HINT = /import|process|Module|_linkedB|dlopen|prepareS|createReq|arguments|require/;
const CHANGER_HINT = /[=(:]|hasInstance|prototype|Prototype|constructor|__|defineP/;
/** A name, or that of a module. */
const NAME = /^(?:(?:\.{1,2}\/|@?[\w-]+\/)[\w@./-]*|\w+)$/;

/** Names that lead to a module wherever they stand: a function with one may be turned into a text, and a key is one already. */
const LOADER_NAME = /^(?:mainModule|getBuiltinModule|_linkedBinding|dlopen)$/;

/** The words of LOADER, of which a text may have a piece. */
const LOADING_WORDS = [
  'mainModule',
  'getBuiltinModule',
  '_linkedBinding',
  'dlopen',
  'createRequire',
  'prepareStackTrace',
  'import(',
];

/** The beginnings and the ends of a word that have three letters or more and are not all of it. */
const piecesOf = (word: string): readonly { readonly begin: string; readonly end: string }[] =>
  Array.from({ length: word.length - 3 }, (_, at) => ({ begin: word.slice(0, at + 3), end: word.slice(-at - 3) }));

/** The text ends in the beginning of such a word, or begins with the end of one. */
const PIECE = (() => {
  const pieces = LOADING_WORDS.flatMap(piecesOf);
  const any = (texts: readonly string[]): string =>
    [...new Set(texts)].map((text) => text.replace('(', '\\(')).join('|');
  return new RegExp(
    `(?<![\\w$])(?:${any(pieces.map(({ begin }) => begin))})$|^(?:${any(pieces.map(({ end }) => end))})(?![\\w$])`,
  );
})();

/** What the texts that a file has at hand could be: literals, patterns, names. */
export interface TextsHeld {
  /**
   * One could lead a made function to a module. A function that is turned into a text may load what it loads by `import()`, which is a site that
   * closure.actions.ts knows.
   */
  readonly holdsLoader: boolean;
  /** One could be the beginning or the end of a word by which such a function gets at a module, with the rest of it somewhere else. */
  readonly holdsPiece: boolean;
  /** One could give the global object a property by another way than a name that stands in it. */
  readonly holdsGlobal: boolean;
}

export function textsHeld({ kinds, source }: SyntaxTree, codes: readonly CodeSite[]): TextsHeld {
  let holdsLoader =
    codes.some(({ construct }) => construct === 'native' || construct === 'module-internals') ||
    kinds.names.some(({ name }) => LOADER_NAME.test(name)) ||
    kinds.members.some(isArgumentsOfCaller);
  let holdsGlobal = false;
  let holdsPiece = false;
  const look = (text: string): void => {
    holdsLoader ||= reachesFurther(text);
    holdsPiece ||= PIECE.test(text);
    holdsGlobal ||= text !== 'this' && GLOBAL_OBJECT.test(text) && !SENTENCE.test(text);
  };
  for (const node of [...kinds.texts, ...kinds.others]) {
    for (const text of textsAt(node, source)) look(text);
    if (holdsLoader && holdsGlobal && holdsPiece) break;
  }
  return { holdsLoader, holdsPiece, holdsGlobal };
}

/** `f.caller.arguments`. */
const isArgumentsOfCaller = (member: Node & { type: 'MemberExpression' }): boolean =>
  memberName(member) === 'arguments' && memberName(bare(member.object)) === 'caller';

/** The texts that stand there: a literal, the source of a pattern, what literals that follow each other make, and a comment that is all that a function has. */
function textsAt(node: Node, source: string): readonly string[] {
  switch (node.type) {
    case 'BlockStatement':
      return node.body.length === 0 ? [source.slice(node.start, node.end)] : [];
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : 'regex' in node ? [node.raw ?? ''] : [];
    case 'TemplateElement':
      return [node.value.cooked ?? node.value.raw];
    case 'BinaryExpression':
      return node.operator === '+' && parentOf(node)?.type !== 'BinaryExpression' ? [joined(operandsOf(node))] : [];
    case 'ArrayExpression':
      return [joined(node.elements)];
    default:
      return [];
  }
}

/** What is not known is a character that no word has. */
const joined = (parts: readonly (Node | null)[]): string =>
  parts.map((part) => (part === null ? '' : (textOf(bare(part)) ?? '\0'))).join('');

function operandsOf(sum: Node): readonly Node[] {
  const operands: Node[] = [];
  const open: Node[] = [sum];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const operand = bare(node);
    if (operand.type === 'BinaryExpression' && operand.operator === '+') open.push(operand.right, operand.left);
    else operands.push(operand);
  }
  return operands;
}

/**
 * `this` is the global object in a function that is made, where it is called by its name alone (ECMA-262, 10.2.1.2). The names are those of
 * assigning-lines.ts, which finds them where they stand in one piece. What `return this` gives is seen where
 * it goes, and so is that of `this` alone, which `eval` is asked for.
 */
const GLOBAL_OBJECT =
  /\bthis\s*\[|(?<!\breturn )\bthis\s*(?:[,;)\]}=]|$)|\bglobal(?:This)?\b|\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\s*[|&?]{0,2}=[^=]/;

const DECODERS: ReadonlySet<string> = new Set(['atob', 'decodeURI', 'decodeURIComponent', 'unescape']);

/** Whether the file makes texts of what does not look like them: then the words of a program need not stand anywhere. */
export function decodesTexts(tree: SyntaxTree, { bindingOf }: Scopes): boolean {
  return (
    tree.kinds.texts.some(
      (node) => node.type === 'Literal' && typeof node.value === 'string' && ENCODING.test(node.value),
    ) ||
    tree.kinds.calls.some((call) => {
      const callee = bare(call.callee);
      if (callee.type === 'Identifier') return DECODERS.has(callee.name) && bindingOf(callee) === null;
      return /^fromC(?:har|odeP)/.test(memberName(callee) ?? '');
    })
  );
}

const ENCODING = /^(?:base64(?:url)?|hex)$/i;
