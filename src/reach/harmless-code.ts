/** Which code that is made while the program runs can be passed over: code-sites.ts asks. */
import { constantOf, type TextShapes } from './text-shape.ts';

/**
 * True for code whose text is known and that cannot load or run anything: short, without a call of what it does not make itself.
 * `return this`, `return a + b` and `return function* () {}` are; `require('x')` is not, and neither is `import('x')` or anything with a global that could.
 */
export function isHarmlessCode(code: TextShapes): boolean {
  return code.every((shape) => {
    const text = constantOf(shape);
    if (text === null || text.length > LONGEST_HARMLESS) return false;
    const plain = text.replaceAll(PARAMETERS, ' ').replaceAll(THE_GLOBAL_OBJECT, ' ');
    return !/[[(`\\]/.test(plain) && !LOADING_WORDS.test(text);
  });
}

const LONGEST_HARMLESS = 1_000;
/** Brackets around the names of parameters, which call nothing: `function (a, b) {`, `catch (e) {`, `(a) =>`. */
const PARAMETERS =
  /\b(?:function\b\s*\*?\s*[\w$]{0,50}|catch)\s*\([\w$,\s]{0,200}\)\s*(?=\{)|\([\w$,\s]{0,200}\)\s*=>/g;
/** `(function () { return this })()`, as reflect-metadata asks for it. */
const THE_GLOBAL_OBJECT =
  /\(\s*\{\s*return\s+this;?\s*\}\s*\)\s*\(\s*\)|\(\s*\{\s*return\s+this;?\s*\}\s*\(\s*\)\s*\)/g;
/** Without a bracket nothing is called and nothing is computed; a getter of these could still run something. */
const LOADING_WORDS = /\b(?:require|import|process|module|global|globalThis|eval|Function|constructor|new)\b/;
