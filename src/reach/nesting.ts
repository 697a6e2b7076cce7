/**
 * How deeply a source text nests at most, without parsing it: the guard before a parser that has no bound of its own.
 *
 * It counts what makes a recursive parser descend: brackets, and what chains to the right without any (`a ? b : c ? d : …`,
 * `else if`, `a = b = …`, arrows, `**`, `new`, labels, generics). It does not know strings, comments or regular expressions, so it
 * may answer too much, never too little.
 */

/** An upper bound of the depth; linear in the length of the text. */
export function nestingOf(source: string): number {
  /** What chains inside each open bracket, since its last `;` or `,`. */
  const chains: number[] = [0];
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < source.length; at += 1) {
    const change = changeAt(source, at);
    if (change === 0) continue;
    const top = chains.length - 1;
    if (change === OPEN) {
      chains.push(0);
      depth += 1;
    } else if (change === CLOSE) {
      if (top > 0) {
        depth -= 1 + (chains.pop() ?? 0);
      }
    } else if (change === END) {
      depth -= chains[top] ?? 0;
      chains[top] = 0;
    } else {
      chains[top] = (chains[top] ?? 0) + 1;
      depth += 1;
    }
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

const OPEN = 1;
const CLOSE = 2;
const END = 3;
const CHAIN = 4;

/** By the code of the character, so that the scan stays one pass over numbers. */
function changeAt(source: string, at: number): number {
  switch (source.charCodeAt(at)) {
    case 0x28: // (
    case 0x5b: // [
    case 0x7b: // {
      return OPEN;
    case 0x29: // )
    case 0x5d: // ]
    case 0x7d: // }
      return CLOSE;
    case 0x3b: // ;
    case 0x2c: // ,
      return END;
    case 0x3d: // = and =>, but neither == nor ===
      return isPartOfComparison(source, at) ? 0 : CHAIN;
    case 0x3f: // ?
    case 0x3c: // <
      return CHAIN;
    case 0x2a: // ** begins here
      return source.charCodeAt(at + 1) === 0x2a ? CHAIN : 0;
    case 0x3a: // : of a label that follows another one
      return LABEL.test(source.slice(Math.max(0, at - 40), at)) ? CHAIN : 0;
    default:
      return startsChain(source, at) ? CHAIN : 0;
  }
}

const LABEL = /[:;{}]\s*[\w$]{1,30}\s*$/;

function isPartOfComparison(source: string, at: number): boolean {
  const before = source.charCodeAt(at - 1);
  const after = source.charCodeAt(at + 1);
  return after === 0x3d || before === 0x3d || before === 0x21 || before === 0x3c || (before === 0x3e && after !== 0x3e);
}

/** `else`, `new`, `if`, `for`, `while`, `do`, `with`, `await`, `yield`, `extends`, `typeof` and their like, where a word begins. */
function startsChain(source: string, at: number): boolean {
  const code = source.charCodeAt(at);
  if (code < 0x61 || code > 0x79 || isWordPart(source.charCodeAt(at - 1))) return false;
  CHAINING.lastIndex = at;
  return CHAINING.test(source);
}

const CHAINING =
  /(?:async|await|asserts|delete|do|else|extends|for|if|infer|keyof|new|readonly|typeof|unique|void|while|with|yield)\b/y;

const isWordPart = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  code === 0x24;
