/**
 * The places of a file that could change what all of a program's code relies on: they write to a global object, to what all objects
 * inherit from, or read the class of an instance. By text, because only few files say any of it, and a hit too many costs precision only.
 *
 * Facts of a file (file-facts.ts), so that a text is searched once; what they mean for the value flow is flow-files.actions.ts.
 */

/** Lines that write to a global object or to one of the names, so that not all texts are kept. */
const INTERESTING =
  /(?:\bconstructor\s*(?:\?\.|[.[])|\.constructor\s*[;,)]|\bnew\.target\b|\bconstructor\b[^{}\n]*\}\s*=|\b(?:Object|Function)\.prototype(?:\.[\w$]+|\[[^\]\n]{1,80}\])\s*=[^=]|\bassign\(\s*(?:Object|Function)\.prototype\b|\b(?:Object|Function)\.prototype\.__define[GS]etter__\s*\(|\bthis\[\s*['"`][^\]\n]{0,80}\]\s*=[^=]|\bglobal(?:This)?\[[^\]\n]{1,80}\]\s*=[^=]|\b(?:assign|defineProperty|defineProperties)\(\s*global(?:This)?\b|\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\s*=[^=])/g;

/** With their descriptor, which stands on the lines that follow. */
const DESCRIPTORS = /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b[^;]{0,240}/g;

/** What natives.ts and flow-natives.ts know well enough to take an argument for forgotten; a program may put something else there. */
const OWNERS =
  'console|Object|Reflect|Array|JSON|Math|Promise|Buffer|Symbol|Number|String|Boolean|Map|Set|WeakMap|Proxy|Error|util|assert|isNaN';

/** `console.log = f`, `Object[name] = f`, `Object.assign(console, …)`, `global.JSON = x`, `require('util').inspect = f`, and `String = f` where a statement begins. */
export const REPLACING = new RegExp(
  [
    `\\b(${OWNERS})\\s*\\.\\s*(\\w+)\\s*=(?![=>])`,
    `\\b(${OWNERS})\\[[^\\]\\n]{1,80}\\]\\s*=(?![=>])`,
    `\\b(?:assign|definePropert(?:y|ies)|set|extend|mixin)\\(\\s*(${OWNERS})\\s*,`,
    `\\bglobal(?:This)?\\s*\\.\\s*(${OWNERS})\\s*=(?![=>])`,
    `\\brequire\\(['"](?:node:)?(util|assert)['"]\\)\\s*\\.\\s*(\\w+)\\s*=(?![=>])`,
    `(?:^|[;{}])\\s*(${OWNERS})\\s*=(?![=>])`,
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

/** `const g = globalThis`, `var root = typeof global === 'object' ? global : this`. */
const ALIAS = /([A-Za-z_$][\w$]{0,40})\s*=(?![=>])[^;\n]{0,120}?(?<![\w$.])global(?:This)?(?![\w$]|\s*[.[=])/g;

/** `g[key] = …`, written as if it were the global object itself. */
function computedByAlias(text: string): readonly string[] {
  if (!text.includes('global')) return [];
  const names = new Set([...text.matchAll(ALIAS)].map(([, name = '']) => name.replaceAll('$', '\\$')));
  return [...names].flatMap((name) =>
    (text.match(new RegExp(`(?<![\\w$.])${name}\\[[^\\]\\n]{1,80}\\]\\s*=[^=]`, 'g')) ?? []).map(
      (write) => `global${write.slice(write.indexOf('['))}`,
    ),
  );
}
