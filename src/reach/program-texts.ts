/**
 * What the texts of a file could be as programs. A function that `Function` makes of a text has no `require` and none of the names around it
 * (ECMA-262, 20.2.1.1.1: its scope is the global one), so it gets at a module only by certain words: `import(…)`, what `process` leads to, and
 * the function that called it.
 *
 * The program puts such texts together of its own ones: literals, names of properties, functions that are turned into texts. Where none of
 * them has one of the words, neither has what is put together. file-facts.ts keeps what is found; made-texts.ts decides by it.
 */
import type { CodeSite } from './code-sites.ts';
import { bare, functionAround, memberName, type Node, parentOf, type SyntaxTree, textOf } from './syntax.ts';

export type TextNode = Node & { type: 'Literal' | 'TemplateElement' };

/** The nodes that are texts, or may be. */
export const isTextNode = (node: Node): node is TextNode => node.type === 'Literal' || node.type === 'TemplateElement';

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
 * Ways to a module that start from nothing: `import(…)` (and its forms `import.defer`, `import.source`); of `process` (Node documentation,
 * "Process") the main module, the built-in ones and the internal ones; of a function that runs its `arguments`, or those of its caller, which hold
 * a `require` where that is the function around a file; of an error the functions on the stack.
 */
const LOADER =
  /\bimport\s*(?:\/[*/]|\.\s*(?:defer|source)\b|\((?!\s*\)))|\b(?:mainModule|getBuiltinModule|_linkedBinding|dlopen|prepareStackTrace|createRequire)\b|\bprocess\s*(?:\?\.\s*)?\[|\bprocess\s*\??\.\s*binding\b|(?:\.|\[\s*['"`])\s*arguments\b/;

/** `process` on its way to another name, and a property of it that is none of the well-known ones: it may be the beginning of one that loads. */
const TOWARDS_LOADER =
  /['"`]process['"`]|[=(,:[{]\s*process\s*[;,)\]}]|=\s*process\s*$|\bprocess\s*\??\.(?!\s|(?:arch|argv|browser|config|cwd|emit|emitWarning|env|execArgv|execPath|exit|exitCode|features|hrtime|kill|memoryUsage|nextTick|off|on|once|pid|platform|release|removeListener|stderr|stdin|stdout|title|type|uptime|version|versions)\b)/;

/** For a text that the program has, or that lies in a file which it may read. */
export const leadsToLoader = (text: string): boolean =>
  LOADER_HINT.test(text) && (LOADER.test(text) || TOWARDS_LOADER.test(text));

/** What both match has one of these. */
const LOADER_HINT = /import|process|Module|_linkedB|dlopen|prepareS|createReq|arguments/;

/** Names that lead to a module wherever they stand: a function with one may be turned into a text, and a key is one already. */
const LOADER_NAME = /^(?:mainModule|getBuiltinModule|_linkedBinding|dlopen)$/;

/**
 * Whether some text that the file has at hand could lead a made function to a module: a literal, a pattern, a name, or a function in
 * which modules are loaded, turned into a text.
 */
export function holdsLoader(tree: SyntaxTree, codes: readonly CodeSite[]): boolean {
  if (codes.some(({ construct }) => construct === 'native' || construct === 'module-internals')) return true;
  return tree.nodes.some((node) => isLoaderInCode(node) || textsAt(node).some(leadsToLoader));
}

function isLoaderInCode(node: Node): boolean {
  switch (node.type) {
    case 'Identifier':
      return LOADER_NAME.test(node.name);
    case 'MemberExpression':
      return memberName(node) === 'arguments' && memberName(bare(node.object)) === 'caller';
    case 'ImportExpression':
      return functionAround(node) !== null;
    default:
      return false;
  }
}

/** The texts that stand there: a literal, the source of a pattern, and what literals that follow each other make. */
function textsAt(node: Node): readonly string[] {
  switch (node.type) {
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
 * assigning-lines.ts, which finds them where they stand in one piece. What `return this` gives is seen where it goes.
 */
const GLOBAL_OBJECT =
  /\bthis\s*\[|(?<!\breturn )\bthis\s*(?:[,;)\]}=]|$)|\bglobal(?:This)?\b|\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\s*[|&?]{0,2}=[^=]/;

/** Whether a text could give the global object a property by another way than a name that stands in it. */
export const holdsGlobal = ({ nodes }: SyntaxTree): boolean =>
  nodes.some((node) => textsAt(node).some((text) => GLOBAL_OBJECT.test(text) && !SENTENCE.test(text)));

const DECODERS: ReadonlySet<string> = new Set(['atob', 'decodeURI', 'decodeURIComponent', 'unescape']);

/** Whether the file makes texts of what does not look like them: then the words of a program need not stand anywhere. */
export function decodesTexts(tree: SyntaxTree): boolean {
  return tree.nodes.some((node) => {
    switch (node.type) {
      case 'CallExpression': {
        const callee = bare(node.callee);
        const name = callee.type === 'Identifier' ? callee.name : (memberName(callee) ?? '');
        return callee.type === 'Identifier' ? DECODERS.has(name) : name === 'fromCharCode' || name === 'fromCodePoint';
      }
      case 'Literal':
        return typeof node.value === 'string' && /^(?:base64(?:url)?|hex)$/i.test(node.value);
      default:
        return false;
    }
  });
}
